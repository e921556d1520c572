// Command rv86 boots a computer in a process of its own: a RISC-V board with
// the kernel and file system it comes with, or with the user's.
//
//	rv86 run      boot, with the console on the terminal or with commands to run
//	rv86 test     run golden scripts and compare
//	rv86 ko       say what the module loader makes of a .ko file
//	rv86 mod      write and build modules
//	rv86 bench    measure the emulator's speed
//	rv86 version
//
// The exit status of run is the guest's own, or one of those in status.go. The
// last line on stderr says why where the guest did not choose to end.
package main
