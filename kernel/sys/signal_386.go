package sys

import (
	"encoding/binary"

	"rv86/kernel/abi"
	"rv86/kernel/task"
)

// signalCalls386 are the calls from before real-time signals, with sets of 32
// signals; the rest of a mask stays as it is only where Linux leaves it.
var signalCalls386 = []row{
	{abi.SYS_SIGACTION, "sigaction", oldSigaction},
	{abi.SYS_SIGNAL, "signal", oldSignal},
	{abi.SYS_SIGPROCMASK, "sigprocmask", oldSigprocmask},
	{abi.SYS_SIGPENDING, "sigpending", func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		return 0, t.CopyOut32(a[0], uint32(t.Pending()))
	}},
	{abi.SYS_SIGSUSPEND, "sigsuspend", func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		t.SuspendMask(task.SigSet(a[2])) // the first two are history
		return pause(t, a)
	}},
	{abi.SYS_SIGRETURN, "sigreturn", func(t *task.Thread, _ *args) (uintptr, abi.Errno) {
		t.OldSigReturn()
		return 0, task.NoResult
	}},
	{abi.SYS_PAUSE, "pause", pause},
}

// oldSigaction reads and writes struct old_sigaction: handler, mask (one
// word), flags, restorer.
func oldSigaction(t *task.Thread, a *args) (uintptr, abi.Errno) {
	le := binary.LittleEndian
	var b [16]byte
	var act *task.Action
	if a[1] != 0 {
		if e := t.CopyIn(a[1], b[:]); e != 0 {
			return 0, e
		}
		act = &task.Action{
			Handler: word(b[:]), Mask: task.SigSet(le.Uint32(b[4:])), Flags: uint64(le.Uint32(b[8:])), Restorer: word(b[12:]),
		}
	}
	old, e := t.Action(int(a[0]), act)
	if e != 0 || a[2] == 0 {
		return 0, e
	}
	l := abi.Layout{}
	l.U32(uint32(old.Handler), uint32(old.Mask), uint32(old.Flags), uint32(old.Restorer))
	return 0, t.CopyOut(a[2], l.B)
}

// oldSignal is System V's signal(2): the handler is for one time.
func oldSignal(t *task.Thread, a *args) (uintptr, abi.Errno) {
	old, e := t.Action(int(a[0]), &task.Action{Handler: a[1], Flags: abi.SA_RESETHAND | abi.SA_NODEFER})
	return old.Handler, e
}

func oldSigprocmask(t *task.Thread, a *args) (uintptr, abi.Errno) {
	old := t.Mask()
	if a[1] != 0 {
		v, e := t.CopyIn32(a[1])
		if e != 0 {
			return 0, e
		}
		m := task.SigSet(v)
		if a[0] == abi.SIG_SETMASK {
			m |= old &^ (1<<32 - 1)
		}
		if e := changeMask(t, a[0], m); e != 0 {
			return 0, e
		}
	}
	if a[2] == 0 {
		return 0, 0
	}
	return 0, t.CopyOut32(a[2], uint32(old))
}
