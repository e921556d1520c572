package sched

import (
	"time"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cstruct"
	"rv86/kmod/kapi"
)

const (
	// HZ is the number of jiffies in a second (Linux's default on both
	// machines).
	HZ = 250
	// Tick is a jiffy in nanoseconds.
	Tick = 1_000_000_000 / HZ
	// initial is jiffies at boot: five minutes before 32 bits wrap
	// (INITIAL_JIFFIES).
	initial = uint64(0x100000000 - 300*HZ)

	usec = 1_000
	msec = 1_000_000
	sec  = 1_000_000_000
)

// Jiffies is get_jiffies_64.
func (s *Sched) Jiffies() uint64 { return initial + uint64(s.Core.Now()/Tick) }

// AtJiffy is when a jiffy begins, in nanoseconds of Core.Now. jiffies is as C
// has it, in a word: the nearest moment of that number.
func (s *Sched) AtJiffy(jiffies uint64) int64 {
	now := s.Jiffies()
	left := int64(jiffies - now)
	if s.Core.WordSize() == 4 {
		left = int64(int32(uint32(jiffies) - uint32(now)))
	}
	if left > (lkm.Never-s.Core.Now())/Tick-1 {
		return lkm.Never
	}
	return (int64(now-initial) + left) * Tick
}

// Deadline is the moment that many jiffies from now; Never for the largest long.
func (s *Sched) Deadline(jiffies int64) int64 {
	forever := int64(1<<63 - 1)
	if s.Core.WordSize() == 4 {
		forever = 1<<31 - 1
	}
	if jiffies >= forever {
		return lkm.Never
	}
	return s.AtJiffy(s.Jiffies() + uint64(jiffies))
}

// Left is how many jiffies a deadline is away, at least 0.
func (s *Sched) Left(deadline int64) uint64 {
	if deadline == lkm.Never {
		return (1<<63 - 1) >> (64 - 8*uint(s.Core.WordSize()))
	}
	left := deadline/Tick - s.Core.Now()/Tick
	return uint64(max(left, 0))
}

// scheduleTimeout sleeps in the state the task has already (Any) or in st. It
// gives the jiffies that were left.
func (s *Sched) scheduleTimeout(c *kapi.Call, st State, jiffies int64) uint64 {
	t := s.Current(lkm.From(c))
	if jiffies < 0 {
		warn(c, "schedule_timeout", "wrong timeout value")
		t.setState(Running)
		return 0
	}
	if st != Any {
		t.setState(st)
	}
	deadline := s.Deadline(jiffies)
	s.block(c, t, deadline)
	return s.Left(deadline)
}

// sleepFor sleeps at least ns, in the way of msleep: to the end of the jiffy
// after.
func (s *Sched) sleepFor(c *kapi.Call, st State, ns int64) abi.Errno {
	jiffies := (ns + Tick - 1) / Tick
	deadline := s.Deadline(jiffies + 1)
	for {
		e := s.Sleep(c, st, deadline)
		if e != 0 {
			return e
		}
		if s.Core.Now() >= deadline {
			return 0
		}
	}
}

// exactly sleeps ns nanoseconds, not rounded to jiffies (usleep_range).
func (s *Sched) exactly(c *kapi.Call, ns int64) {
	deadline := s.Core.Now() + ns
	for s.Core.Now() < deadline {
		s.Sleep(c, Uninterruptible, deadline)
	}
}

// timeFuncs are delays and clocks (Linux kernel/time, lib/delay.c).
func (s *Sched) timeFuncs() []kapi.Func {
	return []kapi.Func{
		{Name: "get_jiffies_64", Proto: "u64 get_jiffies_64(void)", Call: func(*kapi.Call) uint64 { return s.Jiffies() }},
		{Name: "__jiffies", Proto: "unsigned long __jiffies(void)", Call: func(*kapi.Call) uint64 { return s.Jiffies() }},
		{Name: "msleep", Proto: "void msleep(unsigned int msecs)", Call: func(c *kapi.Call) uint64 {
			s.sleepFor(c, Uninterruptible, int64(c.Uint())*msec)
			return 0
		}},
		{Name: "msleep_interruptible", Proto: "unsigned long msleep_interruptible(unsigned int msecs)", Call: func(c *kapi.Call) uint64 {
			ns := int64(c.Uint()) * msec
			end := s.Core.Now() + ns
			if s.sleepFor(c, Interruptible, ns) != abi.ERESTARTSYS {
				return 0
			}
			return uint64(max(end-s.Core.Now(), 0) / msec)
		}},
		{Name: "usleep_range", Proto: "void usleep_range(unsigned long min, unsigned long max)", Call: func(c *kapi.Call) uint64 {
			s.exactly(c, int64(min(c.Ulong(), maxMicro))*usec)
			return 0
		}},
		{Name: "__udelay", Proto: "void __udelay(unsigned long usecs)", Call: func(c *kapi.Call) uint64 {
			s.Delay(int64(min(c.Ulong(), maxMicro)) * usec)
			return 0
		}},
		{Name: "__ndelay", Proto: "void __ndelay(unsigned long nsecs)", Call: func(c *kapi.Call) uint64 {
			s.Delay(int64(min(c.Ulong(), maxMicro)))
			return 0
		}},
		{Name: "ktime_get", Proto: "ktime_t ktime_get(void)", Call: func(*kapi.Call) uint64 { return uint64(s.Core.Now()) }},
		{Name: "nsecs_to_jiffies", Proto: "unsigned long nsecs_to_jiffies(u64 n)", Call: func(c *kapi.Call) uint64 { return c.Ulonglong() / Tick }},
		{Name: "div64_u64_rem", Proto: "u64 div64_u64_rem(u64 n, u64 d, u64 *rem)", Call: func(c *kapi.Call) uint64 {
			n, d, rem := c.Ulonglong(), c.Ulonglong(), c.Ptr()
			if d == 0 {
				c.Died = "divide error: 64-bit division by 0"
				return 0
			}
			cstruct.Put(s.Core, rem, 8, n%d)
			return n / d
		}},
		{Name: "time64_to_tm", Proto: "void time64_to_tm(time64_t totalsecs, int offset, struct tm *result)", Call: func(c *kapi.Call) uint64 {
			s.civil(int64(c.Ulonglong()), c)
			return 0
		}},
		{Name: "ktime_get_real", Proto: "ktime_t ktime_get_real(void)", Call: func(*kapi.Call) uint64 {
			return uint64(s.Core.Now() + s.Epoch)
		}},
	}
}

// TMLayout is struct tm (linux/timekeeping.h).
func TMLayout(word int) *cstruct.Layout {
	return cstruct.Of(word, "tm", "u32 tm_sec", "u32 tm_min", "u32 tm_hour", "u32 tm_mday", "u32 tm_mon", "long tm_year", "u32 tm_wday", "u32 tm_yday")
}

// civil is time64_to_tm, whose further arguments it reads.
func (s *Sched) civil(secs int64, c *kapi.Call) {
	t := time.Unix(secs+int64(c.Int()), 0).UTC()
	l, at := TMLayout(c.Word), c.Ptr()
	for _, f := range []struct {
		name string
		v    int
	}{
		{"tm_sec", t.Second()},
		{"tm_min", t.Minute()},
		{"tm_hour", t.Hour()},
		{"tm_mday", t.Day()},
		{"tm_mon", int(t.Month()) - 1},
		{"tm_wday", int(t.Weekday())},
		{"tm_yday", t.YearDay() - 1},
	} {
		cstruct.SetU32(s.Core, at+l.At(f.name), uint32(f.v))
	}
	const epoch = 1900
	cstruct.SetWord(s.Core, at+l.At("tm_year"), uint64(int64(t.Year()-epoch)))
}

// maxMicro bounds the arguments of delays: an hour, in microseconds.
const maxMicro = 3_600_000_000
