//go:build riscv64 || 386

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
	{abi.SYS_RT_SIGTIMEDWAIT, "rt_sigtimedwait", sigtimedwait(wordSize)},
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

// siginfo_t, as sigqueue(3) fills it in: si_code at 8; the rest begins at a
// multiple of the word size: si_pid, si_uid, si_value.
const (
	infoCode  = 8
	infoPID   = (12 + wordSize - 1) / wordSize * wordSize
	infoUID   = infoPID + 4
	infoValue = infoPID + 8
	infoBytes = infoValue + wordSize
)

// queuedSignal reads a siginfo_t.
func queuedSignal(t *task.Thread, sig, va uintptr) (task.SigInfo, abi.Errno) {
	i, e := userSignal(t, sig, abi.SI_QUEUE)
	if e != 0 {
		return i, e
	}
	var b [infoBytes]byte
	if e := t.CopyIn(va, b[:]); e != 0 {
		return i, e
	}
	le := binary.LittleEndian
	i.Code = int(int32(le.Uint32(b[infoCode:])))
	if i.Code >= 0 || i.Code == abi.SI_TKILL {
		return i, abi.EPERM // only the kernel says that it was the kernel
	}
	i.PID, i.UID, i.Value = int(le.Uint32(b[infoPID:])), le.Uint32(b[infoUID:]), uint64(word(b[infoValue:]))
	return i, 0
}

// sigaction reads and writes a struct sigaction, whose layout is the machine's.
func sigaction(t *task.Thread, a *args) (uintptr, abi.Errno) {
	if a[3] != sigSetSize {
		return 0, abi.EINVAL
	}
	var b [actionSize]byte
	var act *task.Action
	if a[1] != 0 {
		if e := t.CopyIn(a[1], b[:]); e != 0 {
			return 0, e
		}
		act = getAction(b[:])
	}
	old, e := t.Action(int(a[0]), act)
	if e != 0 || a[2] == 0 {
		return 0, e
	}
	putAction(b[:], old)
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
		if e := changeMask(t, a[0], task.SigSet(w)); e != 0 {
			return 0, e
		}
	}
	if a[2] != 0 {
		return 0, t.CopyOutWord(a[2], uint64(old))
	}
	return 0, 0
}

// changeMask is what sigprocmask(2) does with a set.
func changeMask(t *task.Thread, how uintptr, m task.SigSet) abi.Errno {
	switch how {
	case abi.SIG_BLOCK:
		m |= t.Mask()
	case abi.SIG_UNBLOCK:
		m = t.Mask() &^ m
	case abi.SIG_SETMASK:
	default:
		return abi.EINVAL
	}
	t.SetMask(m)
	return 0
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
	return pause(t, a)
}

// pause waits for a signal.
func pause(t *task.Thread, _ *args) (uintptr, abi.Errno) {
	for {
		if e := t.Sleep(task.Never); e != 0 {
			return 0, abi.ERESTARTNOHAND
		}
	}
}

func sigtimedwait(size timeSize) handler {
	return func(t *task.Thread, a *args) (uintptr, abi.Errno) { return takeSignal(t, a, size) }
}

func takeSignal(t *task.Thread, a *args, size timeSize) (uintptr, abi.Errno) {
	if a[3] != sigSetSize {
		return 0, abi.EINVAL
	}
	w, e := t.CopyInWord(a[0])
	if e != 0 {
		return 0, e
	}
	deadline := task.Never
	if a[2] != 0 {
		d, e := size.nanoseconds(t, a[2])
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

// Layout of struct stack_t: sp, flags (32 bits), size.
const (
	stackFlags = wordSize
	stackSize  = 2 * wordSize
	stackBytes = 3 * wordSize
)

func sigaltstack(t *task.Thread, a *args) (uintptr, abi.Errno) {
	le := binary.LittleEndian
	old, on := t.AltStack()
	var b [stackBytes]byte
	if a[0] != 0 {
		if on {
			return 0, abi.EPERM
		}
		if e := t.CopyIn(a[0], b[:]); e != 0 {
			return 0, e
		}
		switch flags, size := le.Uint32(b[stackFlags:]), word(b[stackSize:]); {
		case flags&abi.SS_DISABLE != 0:
			t.SetAltStack(task.AltStack{})
		case flags&^uint32(abi.SS_ONSTACK) != 0:
			return 0, abi.EINVAL
		case size < abi.MINSIGSTKSZ:
			return 0, abi.ENOMEM
		default:
			t.SetAltStack(task.AltStack{SP: word(b[:]), Size: size})
		}
	}
	if a[1] == 0 {
		return 0, 0
	}
	clear(b[:])
	putWord(b[:], uint64(old.SP))
	putWord(b[stackSize:], uint64(old.Size))
	switch {
	case old.Size == 0:
		le.PutUint32(b[stackFlags:], abi.SS_DISABLE)
	case on:
		le.PutUint32(b[stackFlags:], abi.SS_ONSTACK)
	}
	return 0, t.CopyOut(a[1], b[:])
}
