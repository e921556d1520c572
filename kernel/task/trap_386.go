package task

import (
	"rv86/kernel/abi"
	"rv86/kernel/nucleus"
	"rv86/kernel/vm"
)

// Bits of a page fault's error code (SDM 3 figure 4-12).
const pfWrite = 1 << 1

// Exceptions end below this vector; interrupts lie between them and the system
// call.
const firstInterrupt = 0x20

// callLen is the length of INT 0x80.
const callLen = 2

// trap says what the program ran into. Without an execute permission a fetch
// is a read.
func (t *Thread) trap() (trapKind, vm.Prot) {
	f := t.Frame
	switch c := f.R[nucleus.RegTrapNo]; {
	case c == nucleus.VecSyscall:
		return trapCall, 0
	case c >= firstInterrupt:
		return trapInterrupt, 0
	case c == nucleus.VecPageFault && f.R[nucleus.RegErr]&pfWrite != 0:
		return trapPage, vm.ProtWrite
	case c == nucleus.VecPageFault:
		return trapPage, vm.ProtRead
	}
	return trapOther, 0
}

// trapSignal is the signal for a trap that the kernel cannot resolve (Linux
// arch/x86/kernel/traps.c).
func (t *Thread) trapSignal() SigInfo {
	f := t.Frame
	pc := f.R[nucleus.RegPC]
	switch f.R[nucleus.RegTrapNo] {
	case nucleus.VecDivide:
		return SigInfo{Signo: abi.SIGFPE, Code: abi.FPE_INTDIV, Addr: pc}
	case nucleus.VecDebug:
		f.R[nucleus.RegEFLAGS] &^= nucleus.FlagTF
		return SigInfo{Signo: abi.SIGTRAP, Code: abi.TRAP_TRACE, Addr: pc}
	case nucleus.VecBreakpoint:
		return SigInfo{Signo: abi.SIGTRAP, Code: abi.SI_KERNEL}
	case nucleus.VecInvalidOp:
		return SigInfo{Signo: abi.SIGILL, Code: abi.ILL_ILLOPN, Addr: pc}
	case nucleus.VecFPU, nucleus.VecSIMD:
		return SigInfo{Signo: abi.SIGFPE, Code: fpCode(f), Addr: pc}
	case nucleus.VecAlignment:
		return SigInfo{Signo: abi.SIGBUS, Code: abi.BUS_ADRALN}
	}
	return SigInfo{Signo: abi.SIGSEGV, Code: abi.SI_KERNEL}
}

// fpCode names the unmasked exception: of the x87 or, if there is none, of
// SSE (SDM 1 8.1.3, 10.2.3).
func fpCode(f *nucleus.Frame) int {
	const (
		invalid, denormal, zeroDivide, overflow, underflow = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 4
		maskShift                                          = 7 // in MXCSR
		mxcsrAt                                            = 24
	)
	fp := f.FP()
	raised := uint(fp[2]) &^ uint(fp[0])
	if f.R[nucleus.RegTrapNo] == nucleus.VecSIMD {
		mxcsr := uint(fp[mxcsrAt]) | uint(fp[mxcsrAt+1])<<8
		raised = mxcsr &^ (mxcsr >> maskShift)
	}
	switch {
	case raised&invalid != 0:
		return abi.FPE_FLTINV
	case raised&zeroDivide != 0:
		return abi.FPE_FLTDIV
	case raised&overflow != 0:
		return abi.FPE_FLTOVF
	case raised&(underflow|denormal) != 0:
		return abi.FPE_FLTUND
	}
	return abi.FPE_FLTRES
}

// beginCall notes the arguments of the system call and gives its number.
func (t *Thread) beginCall() uintptr {
	r := &t.Frame.R
	t.args = [6]uintptr{
		r[nucleus.RegEBX], r[nucleus.RegECX], r[nucleus.RegEDX],
		r[nucleus.RegESI], r[nucleus.RegEDI], r[nucleus.RegEBP],
	}
	// The result replaces EAX; the error code's place keeps the number, as
	// Linux's orig_eax does.
	r[nucleus.RegErr] = r[nucleus.RegEAX]
	return r[nucleus.RegEAX]
}

func setResult(f *nucleus.Frame, v uintptr) { f.R[nucleus.RegEAX] = v }

func (t *Thread) stackPointer() uintptr { return t.Frame.R[nucleus.RegSP] }

func (t *Thread) pc() uintptr { return t.Frame.R[nucleus.RegPC] }

// rewind makes the call in progress run again when the program goes on.
func (t *Thread) rewind() {
	t.Frame.R[nucleus.RegPC] -= callLen
	t.Frame.R[nucleus.RegEAX] = t.Frame.R[nucleus.RegErr]
}

// unwind takes rewind back: the call fails with e.
func (t *Thread) unwind(e abi.Errno) {
	t.Frame.R[nucleus.RegPC] += callLen
	t.Frame.R[nucleus.RegEAX] = -uintptr(e)
}
