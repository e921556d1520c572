// Package cstruct gives the places of members in C structures that the kernel
// and modules share. A structure is declared once, as the list of its members
// in the header's order; offsets follow from the machine's word size by the
// psABIs of RISC-V and i386. A test compiles the headers and compares.
//
// Layout is such a list in words (Of); a Struct can have others as members, and
// a View reads and writes one in place. Neither checks addresses: an access that
// faults is an oops of the module whose pointer it was (lkm.Core, Guard).
package cstruct
