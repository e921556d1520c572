// Package cstruct is how the kernel's Go code sees structures that C code
// shares with it: a Struct lists the members in their order, once; a Layout is
// where they are on a machine with words of 4 or 8 bytes, by the rules of the
// System V ABIs; a View reads and writes one structure in place.
//
// A Struct says which header declares the C structure. A test compiles that
// header for each machine and compares every offset and size, so the two
// cannot drift apart.
//
// Views do not check addresses: an access that faults is an oops of the module
// whose pointer it was (lkm.Core, Guard).
package cstruct
