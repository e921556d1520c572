// Package debuginfo reads what compilers left about a program: symbols, source
// lines, functions, variables, types and how to unwind. It serves the kernel
// and programs (linked, Go) and modules (relocatable, C), which are placed at
// the addresses that the kernel gave their sections.
//
// Follows the DWARF standard, version 5, through debug/dwarf; what that package
// leaves out is here: location expressions (2.5) and lists (7.7.3), call frame
// information (6.4), and the relocation of a relocatable file's own debug
// sections. Omitted: DWARF 4's location lists, split files, type units,
// implicit pointers.
//
// A file is somebody's bytes: no contents make these functions panic; what
// cannot be read is an error or is as if it were not there.
package debuginfo
