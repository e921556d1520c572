// Package kernelimg turns the Go linker's output for the guest kernel into an
// image that a machine can boot. Stock Go can place a program's text at an
// address and name its entry point, but it always writes its ELF header into
// the first loadable segment and knows nothing of reset vectors.
//
// The kernel is built with the flags of LinkFlags; Convert then edits the
// program headers and appends what is missing. Sections, symbols and DWARF
// stay as they are, for debuggers.
package kernelimg
