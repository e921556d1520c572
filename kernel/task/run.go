//go:build riscv64 || 386

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

// trapKind is what ended a stretch of the program; trap tells, and for a page
// fault the right that the access needed.
type trapKind int

const (
	trapInterrupt trapKind = iota
	trapCall
	trapPage
	trapOther // trapSignal gives the signal for it
)

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
		switch kind, prot := t.trap(); kind {
		case trapInterrupt:
			// The nucleus took it when Run returned; give others their turn.
			runtime.Gosched()
			t.mark = nucleus.Now()
		case trapCall:
			n := t.beginCall()
			t.passed = t.args
			v, e := Syscall(t, n, &t.passed)
			switch {
			case e == 0:
				setResult(f, v)
			case e != NoResult:
				setResult(f, -uintptr(e))
				result = e
			}
			f = t.Frame
		case trapPage:
			t.pageFault(prot)
		default:
			t.Fault(t.trapSignal())
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
		switch t.MM.Fault(t.Caller(), va, p) {
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
