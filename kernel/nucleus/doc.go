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
// # Machines
//
// riscv64: the nucleus runs in S-mode under its own M-mode shim. A trap saves
// into the frame that sscratch points to and never touches the interrupted
// stack, so the runtime's memory is populated on demand.
//
// i386: the nucleus runs in ring 0, in the high half. A trap in ring 0 pushes on
// the interrupted stack, so the runtime's heap, where stacks lie, is committed
// when a span of it is taken, and only the runtime's tables are populated on
// demand; a stack that gives out all the same ends in the double fault's task,
// which makes Run return if the stack was C code's. A trap in ring 3 pushes right into
// the Frame. GS leads to g: each thread of the runtime, the nucleus and each
// program has a segment of its own. There is no tick: the time-stamp counter is
// the clock, and the 8254 interrupts once for each deadline.
//
// # Files
//
// Neutral: thread.go, futex.go, epoll.go, signal.go, syscall.go, page.go,
// window.go, auxv.go, bootinfo.go, image.go, panic.go, api.go. Per machine, by suffix:
// entry, vector and register access (*.s), frame, paging, window, sigframe,
// start, board; fdt.go (riscv64), multiboot, segments and clock (i386).
//
// Sources: RISC-V Privileged Architecture 20211203 ("Priv. spec"), the PLIC
// specification 1.0.0, QEMU's documentation of the virt board; Intel's Software
// Developer's Manual ("SDM"), the data sheets of the 8259A, 8254 and 16550, the
// Multiboot Specification 0.6.96; Linux's uapi headers. Omitted: more than one
// hart (others are parked in entry_riscv64.s); the calls that Go's runtime does
// not issue; on i386 RAM above 256 MiB and execute permissions.
package nucleus
