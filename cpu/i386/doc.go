// Package i386 models a 32-bit x86 processor of the P6 family: the integer
// instruction set up to the Pentium Pro (CMOVcc, CMPXCHG8B, RDTSC, CPUID,
// SYSENTER), the x87, MMX, SSE and SSE2; real, protected and virtual-8086 mode;
// segmentation, gates, hardware tasks, the I/O permission bitmap, paging, debug
// registers. It follows the Intel 64 and IA-32 Architectures Software
// Developer's Manual (SDM), volumes 1 to 3, cited by section or by an
// instruction's page in volume 2.
//
// # Reading
//
// An instruction is a row (row.go), grouped by topic in the row_*.go files,
// with its semantics below it. Rows make the decoder's tables (decode.go) and
// the printer (text.go). The leaf functions of arithmetic and their flags are
// in alu.go and flags.go. mem.go, tlb.go and segment.go are the way to memory;
// fault.go, interrupt.go, far.go and task.go the way through gates. cpu.go has
// the machine's state and the reference path: fetch, decode, execute, one
// instruction at a time.
//
// The fast path executes blocks of decoded instructions (block.go) in one
// dense switch, generated into fast_unsafe.go by internal/fastgen: a form of an
// instruction that has a case there is chosen by translate.go, and any other
// is executed by its row's semantics. Both paths give the same state after the
// same number of instructions, which a test holds them to.
//
// # Choices
//
// One instruction slot is one instruction, or one that trapped, or up to
// repChunk iterations of a repeated string instruction. The time-stamp counter
// counts slots. Taking an interrupt costs no slot.
//
// Stores reach decoded code at once: an instruction that the one before it has
// rewritten is executed as rewritten, without a jump or a serialising
// instruction between them.
//
// Flags that the SDM leaves undefined are as alu.go says. An access past the
// end of a 4 GiB segment faults rather than wraps. Vectors and error codes of
// simultaneous faults follow the order in which the SDM's pseudo-code makes its
// checks. A triple fault stops the machine with a report instead of resetting
// it. LOCK is checked for legality and is otherwise without effect, there
// being one processor.
//
// Left out: PAE, PSE-36, VME and PVI (CPUID says so), performance counters, a
// local APIC, machine checks, system management mode, FERR# signalling of x87
// exceptions (with CR0.NE clear they stay pending), the caches. RSQRTSS and
// RCPSS give the nearest result, not a processor's approximation.
package i386
