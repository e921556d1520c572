// Package gofuncs lists the functions of a Go program from the table that the linker
// puts into it for tracebacks (runtime/symtab.go, "pclntab", as of Go 1.20). The
// runtime itself finds the function of an address only. Package debug/gosym reads the
// same table, all of it into memory; here it stays where it is, since a kernel has it
// mapped anyway.
//
// A table that contradicts itself is refused, or functions of it have no names.
package gofuncs
