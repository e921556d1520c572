//go:build riscv64 || 386

package sys

import (
	"encoding/binary"
	"time"

	"rv86/kernel/abi"
	"rv86/kernel/event"
	"rv86/kernel/nucleus"
	"rv86/kernel/task"
	"rv86/kernel/vfs"
	"rv86/kernel/wait"
)

var eventCalls = []row{
	{abi.SYS_EPOLL_CREATE1, "epoll_create1", sysEpollCreate1},
	{abi.SYS_EPOLL_CTL, "epoll_ctl", sysEpollCtl},
	{abi.SYS_EPOLL_PWAIT, "epoll_pwait", sysEpollPwait},
	{abi.SYS_EPOLL_PWAIT2, "epoll_pwait2", sysEpollPwait2},
	{abi.SYS_EVENTFD2, "eventfd2", sysEventfd2},
	{abi.SYS_TIMERFD_CREATE, "timerfd_create", sysTimerfdCreate},
	{abi.SYS_TIMERFD_SETTIME, "timerfd_settime", timerfdSettime(wordSize)},
	{abi.SYS_TIMERFD_GETTIME, "timerfd_gettime", timerfdGettime(wordSize)},
}

// installAnon gives a file without a name a descriptor. flags may have
// O_CLOEXEC and O_NONBLOCK, which EPOLL_, EFD_ and TFD_ flags are too.
func installAnon(t *task.Thread, kind string, f vfs.File, flags uintptr) (uintptr, abi.Errno) {
	path := t.FS.Namespace().Anonymous("anon_inode:["+kind+"]", 0o600, t.Caller())
	d := vfs.NewDescription(f, path, abi.O_RDWR|int(flags)&abi.O_NONBLOCK)
	return install(t, d, int(flags))
}

func sysEpollCreate1(t *task.Thread, a *args) (uintptr, abi.Errno) {
	if a[0]&^abi.O_CLOEXEC != 0 {
		return 0, abi.EINVAL
	}
	return installAnon(t, "eventpoll", event.NewEpoll(), a[0])
}

// struct epoll_event is events, and data at the next place where the machine
// puts a 64-bit number: a multiple of the word size.
const (
	epollDataAt    = wordSize
	epollEventSize = epollDataAt + 8
)

// withEpoll hands the epoll instance of descriptor fd to fn.
func withEpoll(t *task.Thread, fd uintptr, fn func(ep *event.Epoll) abi.Errno) abi.Errno {
	return withFile(t, fd, func(d *vfs.Description) abi.Errno {
		ep, ok := d.File().(*event.Epoll)
		if !ok {
			return abi.EINVAL
		}
		return fn(ep)
	})
}

func sysEpollCtl(t *task.Thread, a *args) (uintptr, abi.Errno) {
	var ev event.Event
	if a[1] != event.CtlDel {
		var b [epollEventSize]byte
		if e := t.CopyIn(a[3], b[:]); e != 0 {
			return 0, e
		}
		ev.Events = binary.LittleEndian.Uint32(b[:])
		ev.Data = binary.LittleEndian.Uint64(b[epollDataAt:])
	}
	return 0, withEpoll(t, a[0], func(ep *event.Epoll) abi.Errno {
		return withFile(t, a[2], func(d *vfs.Description) abi.Errno {
			return ep.Ctl(int(a[1]), int(int32(a[2])), d, ev)
		})
	})
}

func sysEpollPwait(t *task.Thread, a *args) (uintptr, abi.Errno) {
	deadline := task.Never
	if ms := int64(int32(a[3])); ms >= 0 {
		deadline = deadlineIn(ms/1000, ms%1000*int64(time.Millisecond))
	}
	return epollWait(t, a, deadline)
}

func sysEpollPwait2(t *task.Thread, a *args) (uintptr, abi.Errno) {
	deadline, e := timeLimit(t, a[3], wideSize)
	if e != 0 {
		return 0, e
	}
	return epollWait(t, a, deadline)
}

// epollMax bounds how many events one call takes: what fits in a chunk.
const epollMax = chunkSize / epollEventSize

func epollWait(t *task.Thread, a *args, deadline int64) (uintptr, abi.Errno) {
	room := int(int32(a[2]))
	if room <= 0 {
		return 0, abi.EINVAL
	}
	var got []event.Event
	e := withEpoll(t, a[0], func(ep *event.Epoll) abi.Errno {
		restore, e := swapSigmask(t, a[4], a[5])
		if e != 0 {
			return e
		}
		e = t.Block(ep.Queue(), wait.POLLIN, deadline, func() (bool, abi.Errno) {
			got = ep.Collect(min(room, epollMax))
			return len(got) > 0, 0
		})
		switch e {
		case abi.ETIMEDOUT:
			e = 0
		case abi.ERESTARTSYS:
			e = abi.EINTR // signal(7): epoll_wait is never restarted
		}
		restore()
		return e
	})
	if e != 0 {
		return 0, e
	}
	l := abi.Layout{}
	for i, ev := range got {
		l.U32(ev.Events)
		l.Pad(i*epollEventSize + epollDataAt)
		l.U64(ev.Data)
	}
	return uintptr(len(got)), t.CopyOut(a[1], l.B)
}

// efdSemaphore is EFD_SEMAPHORE.
const efdSemaphore = 1

func sysEventfd2(t *task.Thread, a *args) (uintptr, abi.Errno) {
	if a[1]&^(efdSemaphore|abi.O_CLOEXEC|abi.O_NONBLOCK) != 0 {
		return 0, abi.EINVAL
	}
	return installAnon(t, "eventfd", event.NewEventfd(uint32(a[0]), a[1]&efdSemaphore != 0), a[1])
}

// Clocks of timerfd_create(2). No machine of ours is ever suspended, so that
// the alarm clocks are the plain ones.
const (
	clockRealtime      = 0
	clockMonotonic     = 1
	clockBoottime      = 7
	clockRealtimeAlarm = 8
	clockBoottimeAlarm = 9
)

func sysTimerfdCreate(t *task.Thread, a *args) (uintptr, abi.Errno) {
	if a[1]&^(abi.O_CLOEXEC|abi.O_NONBLOCK) != 0 {
		return 0, abi.EINVAL
	}
	c := event.Clock{
		Now:   nucleus.Now,
		After: func(d time.Duration, f func()) func() bool { return time.AfterFunc(d, f).Stop },
	}
	switch int32(a[0]) {
	case clockRealtime, clockRealtimeAlarm:
		c.Now = func() int64 { return nucleus.Epoch*nsPerSec + nucleus.Now() }
	case clockMonotonic, clockBoottime, clockBoottimeAlarm:
	default:
		return 0, abi.EINVAL
	}
	return installAnon(t, "timerfd", event.NewTimerfd(c), a[1])
}

// tfdAbstime is TFD_TIMER_ABSTIME, tfdCancelOnSet TFD_TIMER_CANCEL_ON_SET.
const (
	tfdAbstime     = 1
	tfdCancelOnSet = 2
)

func timerfdSettime(size timeSize) handler {
	return func(t *task.Thread, a *args) (uintptr, abi.Errno) { return setTimerfd(t, a, size) }
}

func setTimerfd(t *task.Thread, a *args, size timeSize) (uintptr, abi.Errno) {
	if a[1]&^(tfdAbstime|tfdCancelOnSet) != 0 {
		return 0, abi.EINVAL
	}
	var interval, value abi.Timespec
	if e := size.read(t, a[2], &interval, &value); e != 0 {
		return 0, e
	}
	for _, s := range []abi.Timespec{interval, value} {
		if s.Sec < 0 || s.Nsec < 0 || s.Nsec >= nsPerSec {
			return 0, abi.EINVAL
		}
	}
	return 0, withTimerfd(t, a[0], func(f *event.Timerfd) abi.Errno {
		v, i := f.Set(nanoseconds(value), nanoseconds(interval), a[1]&tfdAbstime != 0)
		if a[3] == 0 {
			return 0
		}
		return size.put(t, a[3], i, v)
	})
}

func timerfdGettime(size timeSize) handler {
	return func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		return 0, withTimerfd(t, a[0], func(f *event.Timerfd) abi.Errno {
			v, i := f.Get()
			return size.put(t, a[1], i, v)
		})
	}
}

func withTimerfd(t *task.Thread, fd uintptr, fn func(f *event.Timerfd) abi.Errno) abi.Errno {
	return withFile(t, fd, func(d *vfs.Description) abi.Errno {
		f, ok := d.File().(*event.Timerfd)
		if !ok {
			return abi.EINVAL
		}
		return fn(f)
	})
}

// nanoseconds is a time as one number, cut at a century or so, far from the
// overflow.
func nanoseconds(s abi.Timespec) int64 {
	const limit = 100 * 366 * 24 * 60 * 60
	return min(s.Sec, limit)*nsPerSec + s.Nsec
}
