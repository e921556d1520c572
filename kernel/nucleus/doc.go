// Package nucleus is the layer below the Go runtime of the kernel itself. The
// runtime is the stock one, built for GOOS=linux; the nucleus plays Linux for
// it: memory, threads, futexes, epoll, signals, clocks. Above the runtime the
// kernel is ordinary Go, and finds here the few things Go cannot do: running
// foreign code (Run), page tables, interrupts, device registers, power.
//
// # Two kinds of code
//
// Code reached from trap() runs with interrupts off, on the nucleus stack, to
// completion, with a blank g. It may be called before any package initializer
// has run and at any moment inside the runtime's allocator, so it obeys rules
// that the compiler is asked to confirm (package kernelimg's tests):
//
//   - no allocation, no defer, no panic, no map, no string concatenation;
//   - no pointer stored to memory, since a write barrier would follow:
//     addresses are uintptr, objects are static arrays;
//   - only constants and statically initialized data are read.
//
// Its stack check never fires, because the blank g's stack limit is zero.
//
// Code in the api*.go files is called from goroutines. Where it shares data
// with trap() it turns interrupts off (intrOff) and touches nothing that could
// fault or grow the stack meanwhile.
//
// # Files
//
// Neutral: thread.go, futex.go, epoll.go, signal.go, syscall.go, page.go,
// window.go, fdt.go, panic.go, api.go. Per machine, by suffix: entry, vector
// and register access (*.s), frame, paging, sigframe, board, call numbers.
//
// Sources: RISC-V Privileged Architecture 20211203 ("Priv. spec"), the PLIC
// specification 1.0.0, QEMU's documentation of the virt board, Linux's uapi
// headers. Omitted: more than one hart (others are parked in entry_riscv64.s);
// the calls that Go's runtime does not issue.
package nucleus
