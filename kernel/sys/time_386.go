package sys

import (
	"time"

	"rv86/kernel/abi"
	"rv86/kernel/nucleus"
	"rv86/kernel/task"
)

// time64Calls386 are the calls whose times have 64 bits (numbers 403 to 422),
// and the classic ones that give times in other ways.
var time64Calls386 = []row{
	{abi.SYS_CLOCK_GETTIME64, "clock_gettime64", clockGettime(wideSize)},
	{abi.SYS_CLOCK_SETTIME64, "clock_settime64", clockSettime(wideSize)},
	{abi.SYS_CLOCK_GETRES_TIME64, "clock_getres_time64", clockGetres(wideSize)},
	{abi.SYS_CLOCK_NANOSLEEP_TIME64, "clock_nanosleep_time64", clockNanosleep(wideSize)},
	{abi.SYS_TIMER_GETTIME64, "timer_gettime64", timerGettime(wideSize)},
	{abi.SYS_TIMER_SETTIME64, "timer_settime64", timerSettime(wideSize)},
	{abi.SYS_TIMERFD_GETTIME64, "timerfd_gettime64", timerfdGettime(wideSize)},
	{abi.SYS_TIMERFD_SETTIME64, "timerfd_settime64", timerfdSettime(wideSize)},
	{abi.SYS_UTIMENSAT_TIME64, "utimensat_time64", utimensat(wideSize)},
	{abi.SYS_PSELECT6_TIME64, "pselect6_time64", pselect6(wideSize)},
	{abi.SYS_PPOLL_TIME64, "ppoll_time64", ppoll(wideSize)},
	{abi.SYS_RT_SIGTIMEDWAIT_TIME64, "rt_sigtimedwait_time64", sigtimedwait(wideSize)},
	{abi.SYS_FUTEX_TIME64, "futex_time64", futex(wideSize)},
	{abi.SYS_TIME, "time", func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		now := uintptr(task.WallNow() / nsPerSecond)
		if a[0] == 0 {
			return now, 0
		}
		return now, putUserWord(t, a[0], now)
	}},
	{abi.SYS_STIME, "stime", func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		sec, e := userWord(t, a[0])
		if e != 0 {
			return 0, e
		}
		return 0, setWall(t, signed(sec)*nsPerSecond)
	}},
	{abi.SYS_ALARM, "alarm", alarm},
}

// alarm gives the seconds that were left of the one before, rounded, but never
// down to none (Linux alarm_setitimer).
func alarm(t *task.Thread, a *args) (uintptr, abi.Errno) {
	old := t.SetItimer(abi.ITIMER_REAL, &task.Timer{Value: int64(a[0]) * nsPerSecond})
	left := (old.Value + nsPerSecond/2) / nsPerSecond
	if left == 0 && old.Value > 0 {
		left = 1
	}
	return uintptr(left), 0
}

// pollMillis is poll(2): the time limit is in milliseconds, negative for none.
func pollMillis(t *task.Thread, a *args) (uintptr, abi.Errno) {
	deadline := task.Never
	if ms := int64(int32(a[2])); ms >= 0 {
		deadline = deadlineIn(ms/1000, ms%1000*int64(time.Millisecond))
	}
	return poll(t, a[0], a[1], deadline, 0, 0)
}

// newSelect is select(2). Linux stores the time that is left in the timeval.
func newSelect(t *task.Thread, a *args) (uintptr, abi.Errno) {
	if a[4] == 0 {
		return selectFiles(t, a, task.Never, 0, 0)
	}
	limit, e := timeval(t, a[4])
	if e != 0 {
		return 0, e
	}
	deadline := deadlineIn(limit/nsPerSecond, limit%nsPerSecond)
	n, e := selectFiles(t, a, deadline, 0, 0)
	if e != 0 {
		return 0, e
	}
	var b [timevalSize]byte
	putTimeval(b[:], max(deadline-nucleus.Now(), 0))
	t.CopyOut(a[4], b[:]) // Linux, too, lets a fault pass here
	return n, 0
}

// oldSelect takes the arguments of select in memory.
func oldSelect(t *task.Thread, a *args) (uintptr, abi.Errno) {
	b, e := argsInMemory(t, a[0], 5)
	if e != 0 {
		return 0, e
	}
	return newSelect(t, &b)
}
