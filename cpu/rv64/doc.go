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
// # The fast path
//
//   - compile.go turns the instructions at a physical address into a block of
//     eight-byte records; block.go keeps blocks by page and finds them again.
//     A block ends at the first instruction that can change the flow of control
//     or what the following ones mean. Neighbours that often come together are
//     one case of the switch.
//   - Blocks link to each other. A link is followed only if the target carries
//     the number of the current context (context.go): privilege, translations,
//     floating-point state. A fence makes new numbers and leaves blocks decoded.
//   - Loads and stores go through software TLBs (package mmu), one pair for each
//     kind of privilege, so that a system call flushes nothing. A page that
//     holds blocks has no entry for stores: slow.go does those, and kills the
//     blocks whose bytes are written, and no others.
//   - What the switch cannot do it leaves to slow.go, its only call, which runs
//     the instruction's exec with pc and Insns exact. Interrupts and the budget
//     are looked at between blocks; a block that does not fit into the budget is
//     stepped. Both paths therefore agree at every instruction count.
//   - The cache is bounded (block.go): some 25 MiB when full, and emptied then.
//
// Files named *_unsafe.go hold what needs package unsafe; they assume a
// little-endian host.
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
