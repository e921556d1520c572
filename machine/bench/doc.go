// Package bench measures the emulator: small guest programs, each an endless
// loop of one kind of work, run with paging in 4 KiB pages: in S or U mode of the
// RISC-V board, in ring 0 of the PC.
//
// The programs are rows of assembly text (programs.go), put together by the
// core's own assembler, or of machine code (i386.go), so that no cross compiler
// is needed. Speed is guest
// instructions per second of host time, the best of several rounds: what else
// the host does can only make a round slower.
package bench
