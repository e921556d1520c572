// Package module is the life of loadable modules in the kernel: loading,
// running their C code, references, removal, and what people see of them
// (/proc/modules, /proc/kallsyms, oops reports). The file format is package
// kmod's business, the functions modules may call package kapi's.
//
//	UNFORMED -> COMING -> LIVE -> GOING      (Linux enum module_state)
//
// A load is a list of named steps (load.go), each with its undo; when one
// fails, the undos of those before it run in reverse, so that nothing is left:
// no page, no list entry, no reference, no symbol.
//
// C code runs as a foreign frame in supervisor mode, on a stack of its own with
// guard pages. It is preemptible. A call of an exported function is a trap at
// that function's stub; the Go function that serves it may allocate, block and
// call C again. A fault in C code, or in an export that C code gave a bad
// pointer, is an oops: a report in the log; the module stays as it is for ever,
// since nobody knows what it was doing; the calling process is killed. So is one
// whose C code runs for seconds without calling an export: it loops.
//
// The machine is behind an interface, so that all but the traps is tested on
// the host. The files for the guest only (guest.go, ccall*.go,
// window.go, proc.go) are the ones that see the nucleus.
//
// A load waits for others: for one of the same name, whose outcome decides, and
// for modules that it needs and that are still COMING. Every refusal is an
// error with a hint, which goes to the log at debug level as "NAME: hint: ...".
//
// What a module leaves behind is told when it goes: blocks it allocated, by
// place; notifiers. Addresses it once had are remembered for a while
// (tombstones), so that a report can name what a stray pointer led to. Call
// traces are followed by package unwind.
//
// Lock order: a module's paramMu before Kernel.mu before the heap's own lock. No
// C code runs with either of the latter two held.
//
// Follows Linux 6.6 kernel/module and arch/{riscv,x86}/kernel/traps.c for messages
// and errors. Omitted: tracepoints, live patching, /sys/module for what is built in.
package module
