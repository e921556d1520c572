// Package isa holds the differential tests of the instruction sets: random
// programs made from the tables of a core run on that core, on both its paths,
// and on QEMU, which must come to the same.
//
//   - isa_test.go: random user-mode programs, all registers and memory;
//   - vectors_test.go: floating-point instructions on corner cases, in every
//     rounding mode, results and flags;
//   - traps_test.go: which encodings are illegal, and what each privilege mode
//     may do, by a bare-metal program on QEMU's virt board.
//
// Programs are ELF files written by the tests themselves, so that nothing but
// qemu-riscv64 and qemu-system-riscv64 (Debian packages qemu-user and
// qemu-system-misc) is needed. Where those are missing the comparison is
// skipped with a message, or fails if CI=true; the two paths of the core are
// compared with each other in any case.
//
// Instructions whose result is the machine's own are not tested here:
// counters, LR without SC. Nor are page tables and interrupts.
package isa
