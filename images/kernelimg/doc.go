// Package kernelimg turns the Go linker's output for the guest kernel into an
// image that a machine can boot, with the sections and the boundary symbols
// that a linker script (Linux's vmlinux.lds.S) would give it. Stock Go can
// place a program's text at an address and name its entry point; it cannot
// place single functions or variables in sections, always writes its ELF header
// into the first loadable segment, and knows nothing of reset vectors.
//
// The kernel is built with Target.LinkFlags. Go's sections stay where they are;
// Build puts a page in front of them, sections of its own behind them, and
// writes a new ELF file around all that. What the sections hold comes from the
// list of exports and from tables in the kernel's Go code, read through their
// symbols (package vmlinux has the layouts). Debug information is kept.
//
// Sources: gABI chapters 4 and 5; Linux include/asm-generic/vmlinux.lds.h.
package kernelimg
