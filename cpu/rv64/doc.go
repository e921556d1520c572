// Package rv64 is one RISC-V hart: RV64GC (I, M, A, F, D, C, Zicsr, Zifencei,
// Zicntr) with M, S and U mode, sixteen PMP entries, Sv39 and Sstc.
//
// It follows "The RISC-V Instruction Set Manual", volume I (Unprivileged,
// 20191213; cited as "I 2.4") and volume II (Privileged, 20211203; cited as
// "II 3.1.6"), and the Sstc extension, version 1.0.
//
// # An instruction, defined once
//
// Each extension has a file rv_*.go with one Row per instruction. A row's enc
// is the manual's figure read left to right; mask, match, operands, sign
// extension, the assembler, the printer and the decoder derive from it. Its do
// is the meaning, a value of one of the kinds in row.go. Two paths execute it:
//
//   - Step, the reference path: fetch, decode, and the row's exec, one at a time;
//     no cache of any kind stands between it and guest memory;
//   - Run, the fast path: basic blocks of pre-decoded instructions, executed by
//     one dense switch. That switch (loop_unsafe.go) is generated from
//     the rows, so that both paths call the same semantic functions.
//
// A row that the generated switch does not know runs through its exec on
// both paths; speed is the only difference.
//
// # Choices where the manual leaves one
//
//   - A and D bits of page table entries are updated by the walker (II 4.3.1,
//     second scheme), as QEMU's virt board does.
//   - Misaligned loads and stores work; misaligned LR, SC and AMOs raise the
//     address-misaligned exceptions.
//   - mtval/stval holds the address for memory faults and breakpoints, the
//     instruction's bits for illegal instructions, and is otherwise 0.
//   - WFI in S mode with mstatus.TW set, and WFI in U mode, are illegal at once.
//   - Stores are visible to instruction fetch at once, so FENCE.I orders nothing.
//   - An instruction takes one slot of the clock; mcycle counts slots.
//
// # What it omits
//
// Other hint and optional extensions (B, V, H, Zicbo*), hardware performance
// counters (they read 0), Sv48, big-endian modes, NMIs, debug triggers. One
// hart only: LR/SC reservations are lost to this hart's own SC or trap return.
//
// A Hart is not safe for concurrent use.
package rv64
