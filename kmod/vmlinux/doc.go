// Package vmlinux says what the kernel's image holds beside what the Go linker
// made: the header with the section bounds, the tables of exported symbols, of
// boot parameters and of initcalls, and the notes. The image builder writes
// them (images/kernelimg), the kernel reads them; neither may import the other.
//
// The layouts follow Linux's include/asm-generic/vmlinux.lds.h,
// include/linux/export.h and include/linux/elfnote.h. A row that holds a
// function has its address in the first word, which makes the row's own address
// a Go function value.
//
// Everything here is pure and bounded; a wrong table is an error, never a panic.
package vmlinux
