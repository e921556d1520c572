package nucleus

import (
	"unsafe"

	"rv86/kernel/abi"
)

// call gives the number and the arguments of a system call of the runtime's.
// Calls that i386 has in several widths get the number of the neutral table.
func (t *thread) call() (n uintptr, a [6]uintptr) {
	n = t.R[RegEAX]
	switch n {
	case abi.SYS_MMAP2:
		n = abi.SYS_MMAP
	case abi.SYS_FCNTL64:
		n = abi.SYS_FCNTL
	}
	return n, [6]uintptr{t.R[RegEBX], t.R[RegECX], t.R[RegEDX], t.R[RegESI], t.R[RegEDI], t.R[RegEBP]}
}

// machineCall serves what only this machine's runtime calls. Calls with 64-bit
// times are refused, whereupon the runtime falls back on those with 32 bits.
func machineCall(t *thread, n, a0 uintptr) uintptr {
	switch n {
	case abi.SYS_SET_THREAD_AREA: // struct user_desc: entry number, base, limit, flags
		st(a0, tlsSelectorOut)
		t.tls = descriptor(ld(a0+wordSize), flatLimit, descData|descUser, descPages)
		gdt[gdtRuntimeTLS] = t.tls
		return 0
	case abi.SYS_BRK:
		return 0
	}
	return errno(eNOSYS)
}

// mustStay tells whether t may not be preempted: a thread in exitThread has
// given its stack away, and a trap would come back to it there.
func mustStay(t *thread) bool {
	const exitThreadSize = 32
	return t.R[RegPC]-exitThread < exitThreadSize
}

// switchState changes what of the processor's state lies outside the frame:
// floating point (the runtime's 64-bit atomics use MMX) and the thread's GS.
func switchState(old, t *thread) {
	fpSave(uintptr(unsafe.Pointer(&old.F)))
	fpLoad(uintptr(unsafe.Pointer(&t.F)))
	gdt[gdtRuntimeTLS] = t.tls
}

// copyState makes c a copy of the running thread t.
func copyState(c, t *thread) {
	c.frame = t.frame
	fpSave(uintptr(unsafe.Pointer(&c.F)))
}

// trap handles a trap that hit a thread of the runtime, or the nucleus itself,
// and returns the frame to resume. The vector calls it.
func trap(f *frame) *frame {
	kstat().Traps++
	if f.R[RegTrapNo] == VecPageFault && populate(f.Tval) {
		return f
	}
	if f == &nestFrame {
		oops("fault in the nucleus", f)
	}
	t := (*thread)(unsafe.Pointer(f))
	switch c := t.R[RegTrapNo]; {
	case c == VecSyscall:
		syscall(t)
	case c >= vecIRQ && c < vecIRQ+irqSources:
		schedule(interrupt(c - vecIRQ))
	case c == VecPageFault:
		deliver(t, sigSEGV, siFault, f.Tval)
	case c == VecDivide, c == VecFPU, c == VecSIMD:
		deliver(t, sigFPE, siFault, t.R[RegPC])
	case c == VecDebug, c == VecBreakpoint:
		deliver(t, sigTRAP, siFault, t.R[RegPC])
	case c == VecInvalidOp:
		deliver(t, sigILL, siFault, t.R[RegPC])
	case c == VecAlignment:
		deliver(t, sigBUS, siFault, t.R[RegPC])
	default:
		deliver(t, sigSEGV, siKernel, 0)
	}
	t = (*thread)(ptr(cur))
	deliverPending(t)
	return &t.frame
}

// doubleFault is reached through a task gate (SDM 3 6.15), so it has a stack
// though the one in use gave out. What ran is in the TSS it ran with. If that
// was C code in ring 0, Run returns, and the kernel goes on.
func doubleFault() {
	f := (*frame)(ptr(curFrame))
	if f.kind != frameForeign {
		f = &nestFrame
	}
	f.R = [19]uintptr{
		RegGS: tss.gs, RegFS: tss.fs, RegES: tss.es, RegDS: tss.ds, RegEDI: tss.edi, RegESI: tss.esi,
		RegEBP: tss.ebp, RegEBX: tss.ebx, RegEDX: tss.edx, RegECX: tss.ecx, RegEAX: tss.eax,
		RegTrapNo: VecDoubleFault, RegPC: tss.eip, RegCS: tss.cs, RegEFLAGS: tss.eflags,
		RegSP: tss.esp, RegSS: tss.ss,
	}
	f.Tval = getCR2()
	if f.kind == frameForeign {
		// A task's page directory is loaded, not saved, by a switch.
		tss = taskState{
			esp0: tss.esp0, ss0: SelKernelData, cr3: curRoot, ioMap: noIOBitmap,
			eip: foreignFault, eflags: flagOne, ebx: curFrame, esp: nucStackTop,
			cs: SelKernelCode, ss: SelKernelData, ds: SelKernelData, es: SelKernelData, gs: selNucleusTLS,
		}
		return
	}
	oops("double fault (a kernel stack gave out?)", f)
}
