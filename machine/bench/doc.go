// Package bench measures the emulator: small guest programs, each an endless
// loop of one kind of work, run in S or U mode under Sv39 with 4 KiB pages.
//
// The programs are rows of assembly text (programs.go), put together by the
// core's own assembler, so that no cross compiler is needed. Speed is guest
// instructions per second of host time, the best of several rounds: what else
// the host does can only make a round slower.
package bench
