//go:build riscv64

package sys

import (
	"encoding/binary"

	"rv86/kernel/abi"
	"rv86/kernel/task"
)

var signalCalls = []row{
	{abi.SYS_KILL, "kill", func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		i, e := userSignal(t, a[1], abi.SI_USER)
		if e != 0 {
			return 0, e
		}
		return 0, t.Kill(int(int32(a[0])), i)
	}},
	{abi.SYS_TKILL, "tkill", func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		i, e := userSignal(t, a[1], abi.SI_TKILL)
		if e != 0 || int32(a[0]) <= 0 {
			return 0, abi.EINVAL
		}
		return 0, t.KillThread(0, int(int32(a[0])), i)
	}},
	{abi.SYS_TGKILL, "tgkill", func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		i, e := userSignal(t, a[2], abi.SI_TKILL)
		if e != 0 || int32(a[0]) <= 0 || int32(a[1]) <= 0 {
			return 0, abi.EINVAL
		}
		return 0, t.KillThread(int(int32(a[0])), int(int32(a[1])), i)
	}},
	{abi.SYS_RT_SIGQUEUEINFO, "rt_sigqueueinfo", func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		i, e := queuedSignal(t, a[1], a[2])
		if e != 0 {
			return 0, e
		}
		return 0, t.Kill(int(int32(a[0])), i)
	}},
	{abi.SYS_RT_TGSIGQUEUEINFO, "rt_tgsigqueueinfo", func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		i, e := queuedSignal(t, a[2], a[3])
		if e != 0 {
			return 0, e
		}
		return 0, t.KillThread(int(int32(a[0])), int(int32(a[1])), i)
	}},
	{abi.SYS_RT_SIGACTION, "rt_sigaction", sigaction},
	{abi.SYS_RT_SIGPROCMASK, "rt_sigprocmask", sigprocmask},
	{abi.SYS_RT_SIGPENDING, "rt_sigpending", func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		if a[1] > sigSetSize {
			return 0, abi.EINVAL
		}
		return 0, t.CopyOutWord(a[0], uint64(t.Pending()))
	}},
	{abi.SYS_RT_SIGRETURN, "rt_sigreturn", func(t *task.Thread, _ *args) (uintptr, abi.Errno) {
		t.SigReturn()
		return 0, task.NoResult
	}},
	{abi.SYS_RT_SIGSUSPEND, "rt_sigsuspend", sigsuspend},
	{abi.SYS_RT_SIGTIMEDWAIT, "rt_sigtimedwait", sigtimedwait},
	{abi.SYS_SIGALTSTACK, "sigaltstack", sigaltstack},
}

// sigSetSize is the size of the kernel's sigset_t, which callers must state.
const sigSetSize = 8

// userSignal is the siginfo of a signal that a program sends.
func userSignal(t *task.Thread, sig uintptr, code int) (task.SigInfo, abi.Errno) {
	if sig > abi.NSIG {
		return task.SigInfo{}, abi.EINVAL
	}
	return task.SigInfo{Signo: int(sig), Code: code, PID: t.PID, UID: t.Cred().UID}, 0
}

// queuedSignal reads the siginfo_t of sigqueue(3): si_code at 8, si_pid and
// si_uid at 16, si_value at 24.
func queuedSignal(t *task.Thread, sig, va uintptr) (task.SigInfo, abi.Errno) {
	i, e := userSignal(t, sig, abi.SI_QUEUE)
	if e != 0 {
		return i, e
	}
	var b [32]byte
	if e := t.CopyIn(va, b[:]); e != 0 {
		return i, e
	}
	le := binary.LittleEndian
	i.Code = int(int32(le.Uint32(b[8:])))
	if i.Code >= 0 || i.Code == abi.SI_TKILL {
		return i, abi.EPERM // only the kernel says that it was the kernel
	}
	i.PID, i.UID, i.Value = int(le.Uint32(b[16:])), le.Uint32(b[20:]), le.Uint64(b[24:])
	return i, 0
}

// sigaction reads and writes struct sigaction: handler, flags, mask (riscv64
// has no restorer).
func sigaction(t *task.Thread, a *args) (uintptr, abi.Errno) {
	if a[3] != sigSetSize {
		return 0, abi.EINVAL
	}
	le := binary.LittleEndian
	var b [24]byte
	var act *task.Action
	if a[1] != 0 {
		if e := t.CopyIn(a[1], b[:]); e != 0 {
			return 0, e
		}
		act = &task.Action{
			Handler: uintptr(le.Uint64(b[0:])), Flags: le.Uint64(b[8:]), Mask: task.SigSet(le.Uint64(b[16:])),
		}
	}
	old, e := t.Action(int(a[0]), act)
	if e != 0 || a[2] == 0 {
		return 0, e
	}
	le.PutUint64(b[0:], uint64(old.Handler))
	le.PutUint64(b[8:], old.Flags)
	le.PutUint64(b[16:], uint64(old.Mask))
	return 0, t.CopyOut(a[2], b[:])
}

func sigprocmask(t *task.Thread, a *args) (uintptr, abi.Errno) {
	if a[3] != sigSetSize {
		return 0, abi.EINVAL
	}
	old := t.Mask()
	if a[1] != 0 {
		w, e := t.CopyInWord(a[1])
		if e != 0 {
			return 0, e
		}
		m := task.SigSet(w)
		switch a[0] {
		case abi.SIG_BLOCK:
			m |= old
		case abi.SIG_UNBLOCK:
			m = old &^ m
		case abi.SIG_SETMASK:
		default:
			return 0, abi.EINVAL
		}
		t.SetMask(m)
	}
	if a[2] != 0 {
		return 0, t.CopyOutWord(a[2], uint64(old))
	}
	return 0, 0
}

// sigsuspend waits for a signal with another mask; it always ends with EINTR,
// after the handler ran.
func sigsuspend(t *task.Thread, a *args) (uintptr, abi.Errno) {
	if a[1] != sigSetSize {
		return 0, abi.EINVAL
	}
	w, e := t.CopyInWord(a[0])
	if e != 0 {
		return 0, e
	}
	t.SuspendMask(task.SigSet(w))
	for {
		if e := t.Sleep(task.Never); e != 0 {
			return 0, abi.ERESTARTNOHAND
		}
	}
}

func sigtimedwait(t *task.Thread, a *args) (uintptr, abi.Errno) {
	if a[3] != sigSetSize {
		return 0, abi.EINVAL
	}
	w, e := t.CopyInWord(a[0])
	if e != 0 {
		return 0, e
	}
	deadline := task.Never
	if a[2] != 0 {
		d, e := timespec(t, a[2])
		if e != 0 {
			return 0, e
		}
		deadline = after(d)
	}
	want := task.SigSet(w)
	var got task.SigInfo
	e = t.Block(nil, 0, deadline, func() (ok bool, e abi.Errno) {
		got, ok = t.TakeSignal(want)
		return ok, 0
	})
	switch e {
	case 0:
	case abi.ETIMEDOUT:
		return 0, abi.EAGAIN
	default:
		return 0, abi.EINTR
	}
	if a[1] != 0 {
		if e := t.CopyOut(a[1], task.SigInfoBytes(got)); e != 0 {
			return 0, e
		}
	}
	return uintptr(got.Signo), 0
}

// sigaltstack: struct stack_t is sp, flags (32 bits), size.
func sigaltstack(t *task.Thread, a *args) (uintptr, abi.Errno) {
	le := binary.LittleEndian
	old, on := t.AltStack()
	var b [24]byte
	if a[0] != 0 {
		if on {
			return 0, abi.EPERM
		}
		if e := t.CopyIn(a[0], b[:]); e != 0 {
			return 0, e
		}
		switch flags, size := le.Uint32(b[8:]), le.Uint64(b[16:]); {
		case flags&abi.SS_DISABLE != 0:
			t.SetAltStack(task.AltStack{})
		case flags&^uint32(abi.SS_ONSTACK) != 0:
			return 0, abi.EINVAL
		case size < abi.MINSIGSTKSZ:
			return 0, abi.ENOMEM
		default:
			t.SetAltStack(task.AltStack{SP: uintptr(le.Uint64(b[0:])), Size: uintptr(size)})
		}
	}
	if a[1] == 0 {
		return 0, 0
	}
	clear(b[:])
	le.PutUint64(b[0:], uint64(old.SP))
	le.PutUint64(b[16:], uint64(old.Size))
	switch {
	case old.Size == 0:
		le.PutUint32(b[8:], abi.SS_DISABLE)
	case on:
		le.PutUint32(b[8:], abi.SS_ONSTACK)
	}
	return 0, t.CopyOut(a[1], b[:])
}
