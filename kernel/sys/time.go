//go:build riscv64 || 386

package sys

import (
	"encoding/binary"
	"math"

	"rv86/kernel/abi"
	"rv86/kernel/nucleus"
	"rv86/kernel/task"
)

var timeCalls = []row{
	{abi.SYS_CLOCK_GETTIME, "clock_gettime", clockGettime(wordSize)},
	{abi.SYS_CLOCK_GETRES, "clock_getres", clockGetres(wordSize)},
	{abi.SYS_CLOCK_SETTIME, "clock_settime", clockSettime(wordSize)},
	{abi.SYS_GETTIMEOFDAY, "gettimeofday", func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		if a[0] == 0 {
			return 0, 0
		}
		var b [timevalSize]byte
		putTimeval(b[:], task.WallNow())
		return 0, t.CopyOut(a[0], b[:])
	}},
	{abi.SYS_SETTIMEOFDAY, "settimeofday", func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		if a[0] == 0 {
			return 0, 0
		}
		ns, e := timeval(t, a[0])
		if e != 0 {
			return 0, e
		}
		return 0, setWall(t, ns)
	}},
	{abi.SYS_NANOSLEEP, "nanosleep", func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		d, e := timeSize(wordSize).nanoseconds(t, a[0])
		if e != 0 {
			return 0, e
		}
		return 0, sleep(t, after(d), a[1], wordSize)
	}},
	{abi.SYS_CLOCK_NANOSLEEP, "clock_nanosleep", clockNanosleep(wordSize)},
	{abi.SYS_TIMES, "times", times},
	{abi.SYS_SETITIMER, "setitimer", func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		v, e := itimerval(t, a[1])
		if e != 0 || a[0] > abi.ITIMER_PROF {
			return 0, abi.EINVAL
		}
		old := t.SetItimer(int(a[0]), v)
		if a[2] == 0 {
			return 0, 0
		}
		return 0, putItimerval(t, a[2], old)
	}},
	{abi.SYS_GETITIMER, "getitimer", func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		if a[0] > abi.ITIMER_PROF {
			return 0, abi.EINVAL
		}
		return 0, putItimerval(t, a[1], t.SetItimer(int(a[0]), nil))
	}},
	{abi.SYS_TIMER_CREATE, "timer_create", timerCreate},
	{abi.SYS_TIMER_SETTIME, "timer_settime", timerSettime(wordSize)},
	{abi.SYS_TIMER_GETTIME, "timer_gettime", timerGettime(wordSize)},
	{abi.SYS_TIMER_GETOVERRUN, "timer_getoverrun", nothing},
	{abi.SYS_TIMER_DELETE, "timer_delete", func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		return 0, t.DeleteTimer(int(a[0]))
	}},
}

const (
	nsPerSecond = 1_000_000_000
	nsPerMicro  = 1000
)

func clockGettime(size timeSize) handler {
	return func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		ns, e := clock(t, a[0])
		if e != 0 {
			return 0, e
		}
		return 0, size.put(t, a[1], ns)
	}
}

func clockGetres(size timeSize) handler {
	return func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		if _, e := clock(t, a[0]); e != 0 || a[1] == 0 {
			return 0, e
		}
		return 0, size.put(t, a[1], 1)
	}
}

func clockSettime(size timeSize) handler {
	return func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		if a[0] != abi.CLOCK_REALTIME {
			return 0, abi.EINVAL
		}
		ns, e := size.nanoseconds(t, a[1])
		if e != 0 {
			return 0, e
		}
		return 0, setWall(t, ns)
	}
}

// after is the deadline d nanoseconds from now.
func after(d int64) int64 {
	now := nucleus.Now()
	if d > math.MaxInt64-now {
		return task.Never
	}
	return now + d
}

// clock reads a clock in nanoseconds.
func clock(t *task.Thread, id uintptr) (int64, abi.Errno) {
	switch int32(id) {
	case abi.CLOCK_REALTIME, abi.CLOCK_REALTIME_COARSE, abi.CLOCK_REALTIME_ALARM:
		return task.WallNow(), 0
	case abi.CLOCK_MONOTONIC, abi.CLOCK_MONOTONIC_RAW, abi.CLOCK_MONOTONIC_COARSE, abi.CLOCK_BOOTTIME, abi.CLOCK_BOOTTIME_ALARM:
		return nucleus.Now(), 0
	case abi.CLOCK_PROCESS_CPUTIME_ID:
		c := t.Process.CPU()
		return c.User + c.System, 0
	case abi.CLOCK_THREAD_CPUTIME_ID:
		c := t.CPU()
		return c.User + c.System, 0
	}
	return 0, abi.EINVAL
}

func setWall(t *task.Thread, ns int64) abi.Errno {
	if t.Cred().EUID != 0 {
		return abi.EPERM
	}
	task.SetWall(ns)
	return 0
}

// timeval reads a struct timeval.
func timeval(t *task.Thread, va uintptr) (int64, abi.Errno) {
	var v abi.Timespec
	if e := timeSize(wordSize).read(t, va, &v); e != 0 {
		return 0, e
	}
	return join(v.Sec, v.Nsec, nsPerMicro)
}

// join makes nanoseconds of seconds and a fraction in the given unit.
func join(sec, frac, unit int64) (int64, abi.Errno) {
	if sec < 0 || frac < 0 || frac >= nsPerSecond/unit {
		return 0, abi.EINVAL
	}
	if sec >= math.MaxInt64/nsPerSecond {
		return math.MaxInt64, 0
	}
	return sec*nsPerSecond + frac*unit, 0
}

// timevalSize is struct timeval: two words.
const timevalSize = 2 * wordSize

func putTimeval(b []byte, ns int64) {
	putWord(b, uint64(ns/nsPerSecond))
	putWord(b[wordSize:], uint64(ns%nsPerSecond/nsPerMicro))
}

// sleep waits for the deadline. A signal whose handler runs ends it with EINTR
// and the rest of the time at rem; without a handler it goes on.
func sleep(t *task.Thread, deadline int64, rem uintptr, size timeSize) abi.Errno {
	deadline = t.Restarted(deadline)
	for {
		switch e := t.Sleep(deadline); e {
		case 0: // a stale wakeup
		case abi.ETIMEDOUT:
			return 0
		default:
			if rem != 0 {
				if e := size.put(t, rem, max(deadline-nucleus.Now(), 0)); e != 0 {
					return e
				}
			}
			t.WillRestart(deadline)
			return abi.ERESTART_RESTARTBLOCK
		}
	}
}

func clockNanosleep(size timeSize) handler {
	return func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		d, e := size.nanoseconds(t, a[2])
		if e != 0 {
			return 0, e
		}
		now, e := clock(t, a[0])
		if e != 0 {
			return 0, e
		}
		if a[1]&abi.TIMER_ABSTIME == 0 {
			return 0, sleep(t, after(d), a[3], size)
		}
		return 0, sleep(t, after(d-now), 0, size)
	}
}

// times: struct tms is user, system, and the same of waited-for children, in
// ticks.
func times(t *task.Thread, a *args) (uintptr, abi.Errno) {
	const tick = nsPerSecond / 100
	if a[0] != 0 {
		var b [4 * wordSize]byte
		own, kids := t.Process.CPU(), t.ChildrenCPU()
		for i, v := range []int64{own.User, own.System, kids.User, kids.System} {
			putWord(b[wordSize*i:], uint64(v/tick))
		}
		if e := t.CopyOut(a[0], b[:]); e != 0 {
			return 0, e
		}
	}
	return uintptr(nucleus.Now() / tick), 0
}

// itimerval is interval, then value, each a timeval.
func itimerval(t *task.Thread, va uintptr) (*task.Timer, abi.Errno) {
	if va == 0 {
		return &task.Timer{}, 0
	}
	interval, e := timeval(t, va)
	if e != 0 {
		return nil, e
	}
	value, e := timeval(t, va+timevalSize)
	return &task.Timer{Value: value, Interval: interval}, e
}

func putItimerval(t *task.Thread, va uintptr, v task.Timer) abi.Errno {
	var b [2 * timevalSize]byte
	putTimeval(b[:], v.Interval)
	putTimeval(b[timevalSize:], v.Value)
	return t.CopyOut(va, b[:])
}

// timerCreate reads struct sigevent: value, signo, notify, thread id.
func timerCreate(t *task.Thread, a *args) (uintptr, abi.Errno) {
	const sigevSignal, sigevNone, sigevThreadID = 0, 1, 4
	if _, e := clock(t, a[0]); e != 0 {
		return 0, e
	}
	info := task.SigInfo{Signo: abi.SIGALRM}
	var thread *task.Thread
	quiet := false
	if a[1] != 0 {
		const signo, notify, threadID = wordSize, wordSize + 4, wordSize + 8
		var b [threadID + 4]byte
		if e := t.CopyIn(a[1], b[:]); e != 0 {
			return 0, e
		}
		le := binary.LittleEndian
		info.Value, info.Signo = uint64(word(b[:])), int(int32(le.Uint32(b[signo:])))
		switch le.Uint32(b[notify:]) {
		case sigevSignal:
		case sigevNone:
			quiet = true
		case sigevThreadID:
			thread = task.FindThread(int(le.Uint32(b[threadID:])))
			if thread == nil || thread.Process != t.Process {
				return 0, abi.EINVAL
			}
		default:
			return 0, abi.EINVAL
		}
		if !quiet && (info.Signo < 1 || info.Signo > abi.NSIG) {
			return 0, abi.EINVAL
		}
	}
	id, e := t.NewTimer(info, thread, quiet)
	if e != 0 {
		return 0, e
	}
	return 0, t.CopyOut32(a[2], uint32(id))
}

func timerGettime(size timeSize) handler {
	return func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		v, e := t.SetTimer(int(a[0]), nil)
		if e != 0 {
			return 0, e
		}
		return 0, size.put(t, a[1], v.Interval, v.Value)
	}
}

func timerSettime(size timeSize) handler {
	return func(t *task.Thread, a *args) (uintptr, abi.Errno) { return setTimer(t, a, size) }
}

func setTimer(t *task.Thread, a *args, size timeSize) (uintptr, abi.Errno) {
	interval, e := size.nanoseconds(t, a[2])
	if e != 0 {
		return 0, e
	}
	value, e := size.nanoseconds(t, a[2]+uintptr(2*size))
	if e != 0 {
		return 0, e
	}
	if a[1]&abi.TIMER_ABSTIME != 0 && value != 0 {
		value = max(value-nucleus.Now(), 1)
	}
	old, e := t.SetTimer(int(a[0]), &task.Timer{Value: value, Interval: interval})
	if e != 0 || a[3] == 0 {
		return 0, e
	}
	return 0, size.put(t, a[3], old.Interval, old.Value)
}
