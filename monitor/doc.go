// Package monitor is the built-in debugger's front end: it reads commands,
// knows symbols, source and modules, and drives a Target, which is the machine.
// It is the same for all machines; what differs is a row in arch.go.
//
// Commands are rows of one table (commands.go). Help, abbreviations, completion,
// the manual page and a test of each command come from the rows.
//
// The kernel tells which modules are loaded: its list is read in guest memory
// (kernel/abi, debuglist.go), and a breakpoint of the monitor's own stands where
// the kernel announces a change, so that breakpoints in a module's init function
// are set before it runs. Module symbols come and go with the list, also when
// the machine goes back in time.
//
// The monitor never changes what the guest does unless told to: breakpoints are
// the Target's, not the guest's memory's.
//
// Not safe for concurrent use.
package monitor
