package task

import (
	"rv86/kernel/abi"
	"rv86/kernel/nucleus"
	"rv86/kernel/vm"
)

// trap says what the program ran into.
func (t *Thread) trap() (trapKind, vm.Prot) {
	switch c := t.Frame.Cause; {
	case c&nucleus.CauseInterrupt != 0:
		return trapInterrupt, 0
	case c == nucleus.CauseECallU:
		return trapCall, 0
	case c == nucleus.CauseInsnPage:
		return trapPage, vm.ProtExec
	case c == nucleus.CauseLoadPage:
		return trapPage, vm.ProtRead
	case c == nucleus.CauseStorePage:
		return trapPage, vm.ProtWrite
	}
	return trapOther, 0
}

// trapSignal is the signal for a trap that the kernel cannot resolve.
func (t *Thread) trapSignal() SigInfo {
	f := t.Frame
	switch f.Cause {
	case nucleus.CauseIllegal:
		return SigInfo{Signo: abi.SIGILL, Code: abi.ILL_ILLOPC, Addr: f.R[nucleus.RegPC]}
	case nucleus.CauseBreakpoint:
		return SigInfo{Signo: abi.SIGTRAP, Code: abi.TRAP_BRKPT, Addr: f.R[nucleus.RegPC]}
	case nucleus.CauseInsnMisaligned, nucleus.CauseLoadMisaligned, nucleus.CauseStoreMisaligned:
		return SigInfo{Signo: abi.SIGBUS, Code: abi.BUS_ADRALN, Addr: f.Tval}
	}
	return SigInfo{Signo: abi.SIGSEGV, Code: abi.SEGV_ACCERR, Addr: f.Tval} // access faults
}

// beginCall notes the arguments of the system call and gives its number.
func (t *Thread) beginCall() uintptr {
	f := t.Frame
	f.R[nucleus.RegPC] += ecallLen
	t.args = [6]uintptr(f.R[nucleus.RegA0 : nucleus.RegA0+6])
	return f.R[nucleus.RegA7]
}

func setResult(f *nucleus.Frame, v uintptr) { f.R[nucleus.RegA0] = v }
