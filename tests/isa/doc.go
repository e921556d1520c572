// Package isa holds the differential tests of the instruction sets: random
// programs made from the tables of a core run on that core, on both its paths,
// and on QEMU's user-mode emulator, which must leave the same registers, flags
// and memory.
//
// A program is a static ELF file written by the test itself, so that nothing
// but qemu-riscv64 (Debian package qemu-user) is needed. Where that is missing
// the comparison with it is skipped with a message, or fails if CI=true; the
// two paths of the core are compared with each other in any case.
//
// What user mode cannot show is not tested here: privileged instructions,
// traps, page tables. Nor are instructions with a result that is the
// machine's own: counters, LR without SC.
package isa
