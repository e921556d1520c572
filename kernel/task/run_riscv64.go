package task

import (
	"runtime"

	"rv86/kernel/abi"
	"rv86/kernel/nucleus"
	"rv86/kernel/vm"
)

// Syscall performs call n with the arguments a; package sys sets it. The result of a
// call that does not return to its place (execve, sigreturn) is NoResult.
var Syscall func(t *Thread, n uintptr, a *[6]uintptr) (uintptr, abi.Errno)

// NoResult leaves the registers alone.
const NoResult = abi.Errno(1 << 20)

// run is the life of a thread: its program, trap by trap.
func (t *Thread) run() {
	f := t.Frame
	t.mark = nucleus.Now()
	for !t.ended {
		nucleus.Run(f)
		now := nucleus.Now()
		t.times.User += now - t.mark
		t.mark = now
		result := abi.Errno(0)
		switch c := f.Cause; {
		case c&nucleus.CauseInterrupt != 0:
			// The nucleus took it when Run returned; give others their turn.
			runtime.Gosched()
			t.mark = nucleus.Now()
		case c == nucleus.CauseECallU:
			f.R[nucleus.RegPC] += ecallLen
			t.args = [6]uintptr(f.R[nucleus.RegA0 : nucleus.RegA0+6])
			t.passed = t.args
			v, e := Syscall(t, f.R[nucleus.RegA7], &t.passed)
			switch {
			case e == 0:
				f.R[nucleus.RegA0] = v
			case e != NoResult:
				f.R[nucleus.RegA0] = -uintptr(e)
				result = e
			}
			f = t.Frame
		case c == nucleus.CauseInsnPage:
			t.pageFault(vm.ProtExec)
		case c == nucleus.CauseLoadPage:
			t.pageFault(vm.ProtRead)
		case c == nucleus.CauseStorePage:
			t.pageFault(vm.ProtWrite)
		case c == nucleus.CauseIllegal:
			t.Fault(SigInfo{Signo: abi.SIGILL, Code: abi.ILL_ILLOPC, Addr: f.R[nucleus.RegPC]})
		case c == nucleus.CauseBreakpoint:
			t.Fault(SigInfo{Signo: abi.SIGTRAP, Code: abi.TRAP_BRKPT, Addr: f.R[nucleus.RegPC]})
		case c == nucleus.CauseInsnMisaligned, c == nucleus.CauseLoadMisaligned, c == nucleus.CauseStoreMisaligned:
			t.Fault(SigInfo{Signo: abi.SIGBUS, Code: abi.BUS_ADRALN, Addr: f.Tval})
		default: // access faults
			t.Fault(SigInfo{Signo: abi.SIGSEGV, Code: abi.SEGV_ACCERR, Addr: f.Tval})
		}
		if t.work.Load() != 0 || result != 0 && restartable(result) {
			t.handleWork(result)
		}
		now = nucleus.Now()
		t.times.System += now - t.mark
		t.mark = now
	}
	t.finish()
}

// pageFault resolves a page fault of the program, or signals it.
func (t *Thread) pageFault(p vm.Prot) {
	va := t.Frame.Tval
	for {
		switch t.MM.Fault(va, p) {
		case vm.FaultDone:
		case vm.FaultMaperr:
			t.Fault(SigInfo{Signo: abi.SIGSEGV, Code: abi.SEGV_MAPERR, Addr: va})
		case vm.FaultAccerr:
			t.Fault(SigInfo{Signo: abi.SIGSEGV, Code: abi.SEGV_ACCERR, Addr: va})
		case vm.FaultBus:
			t.Fault(SigInfo{Signo: abi.SIGBUS, Code: abi.BUS_ADRERR, Addr: va})
		case vm.FaultNoMem:
			if t.makeRoom() {
				continue
			}
			t.Fault(SigInfo{Signo: abi.SIGBUS, Code: abi.BUS_ADRERR, Addr: va})
		}
		return
	}
}
