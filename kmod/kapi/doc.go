// Package kapi is the kernel's interface for modules: one row for each symbol
// the kernel exports, with its C prototype and its meaning in Go. It is pure:
// the guest's memory, allocator, log and symbols are reached through Env, so
// the functions are tested on the host and the host's tools can say who
// provides a symbol.
//
// The functions follow Linux 6.6 (Documentation/core-api, lib/vsprintf.c,
// lib/kstrtox.c, kernel/params.c) in names, results and error numbers. They are
// called for C code that passes what it likes. A bad pointer faults, and the
// kernel reports the fault as an oops of the module, as it would if the
// function were C code; functions do not check pointers.
//
// Left out of printf: %pe (as without CONFIG_SYMBOLIC_ERRNAME), %pb %pd %pD %pg %pG %ph above 64 bytes, %pI6, %pO, %pr
// and %pR, %pt, %pC, %pf and %pF; they print the pointer like %p.
package kapi
