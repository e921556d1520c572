// Package gdb lets gdb debug the machine: it speaks the GDB Remote Serial
// Protocol (the manual's appendix "GDB Remote Serial Protocol"; packets are cited
// by name) on a listener.
//
// What a client finds: registers by target description, memory, break- and
// watchpoints, vCont, reverse execution, the kernel and the modules as files
// (exec-file and vFile), a library list with the modules' section addresses that
// is announced when it changes, and the monitor's commands (qRcmd).
//
// One client at a time; others are sent away. Packets that make no sense are
// answered with nothing or an error. When a client leaves, however, the machine
// runs on until another one comes.
package gdb
