package softirq_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cstruct"
	"rv86/kernel/lkm/lkmtest"
	"rv86/kernel/lkm/sched"
	"rv86/kernel/lkm/softirq"
)

type bench struct {
	*lkmtest.Core
	t   *testing.T
	s   *sched.Sched
	e   *softirq.Engine
	who *lkm.Caller
}

func newBench(t *testing.T) *bench {
	core := lkmtest.New(t)
	s := sched.New(core)
	if !s.Start() {
		t.Fatal("no memory")
	}
	_, who := core.NewThread(10, "insmod")
	return &bench{core, t, s, softirq.New(s), who}
}

func (b *bench) call(name string, args ...uint64) uint64 {
	b.t.Helper()
	return b.Call(b.who, b.e.Exports(), name, args...)
}

// timer makes one that calls f.
func (b *bench) timer(f func()) uint64 {
	l := softirq.TimerLayout(8)
	p := b.Alloc(l.Size)
	cstruct.SetWord(b.Core, p+l.At("function"), b.Func(func(who *lkm.Caller, _ ...uint64) uint64 {
		if who.Atomic == 0 {
			b.t.Error("not in atomic context")
		}
		f()
		return 0
	}))
	return p
}

// Timers run in the order of their expiry, whatever the order of their setting.
func TestTimersInOrder(t *testing.T) {
	b := newBench(t)
	ran := make(chan int, 3)
	now := b.s.Jiffies()
	for _, n := range []int{3, 1, 2} {
		p := b.timer(func() { ran <- n })
		if was := b.call("mod_timer", p, now+uint64(n)); was != 0 {
			t.Error("pending before it was set")
		}
	}
	for want := 1; want <= 3; want++ {
		if n := <-ran; n != want {
			t.Errorf("timer %d ran, want %d", n, want)
		}
	}
}

func TestTimerIsDeleted(t *testing.T) {
	b := newBench(t)
	p := b.timer(func() { t.Error("a deleted timer ran") })
	b.call("mod_timer", p, b.s.Jiffies()+1)
	if b.call("timer_delete_sync", p) != 1 || b.call("timer_delete_sync", p) != 0 {
		t.Error("timer_delete_sync does not tell whether it was pending")
	}
	b.call("timer_shutdown_sync", p)
	b.call("mod_timer", p, b.s.Jiffies())
	time.Sleep(10 * time.Millisecond)
	if log := b.TakeLog(); !strings.Contains(log, "the timer has no function") {
		t.Errorf("log %q", log)
	}
}

// timer_delete_sync waits for the function, which may set the timer anew.
func TestDeleteWaits(t *testing.T) {
	b := newBench(t)
	started, ended := make(chan bool), false
	var p uint64
	p = b.timer(func() {
		close(started)
		time.Sleep(10 * time.Millisecond)
		who := &lkm.Caller{Atomic: 1}
		b.Call(who, b.e.Exports(), "mod_timer", p, b.s.Jiffies()+1000)
		ended = true
	})
	b.call("mod_timer", p, b.s.Jiffies())
	<-started
	if b.call("timer_delete_sync", p) != 1 || !ended {
		t.Error("the function was not waited for, or the timer it set is still there")
	}
}

func TestHrtimerRestarts(t *testing.T) {
	b := newBench(t)
	l := softirq.HRTimerLayout(8)
	p := b.Alloc(l.Size)
	cstruct.SetU32(b.Core, p+l.At("clock"), 1) // CLOCK_MONOTONIC
	n, done := 0, make(chan bool)
	cstruct.SetWord(b.Core, p+l.At("function"), b.Func(func(who *lkm.Caller, _ ...uint64) uint64 {
		if n++; n == 3 {
			close(done)
			return 0
		}
		b.Call(who, b.e.Exports(), "hrtimer_forward", p, uint64(b.Now()), uint64(time.Millisecond))
		return 1
	}))
	b.call("hrtimer_start_range_ns", p, uint64(time.Millisecond), 0, 1)
	<-done
	if b.call("hrtimer_cancel", p) != 0 {
		t.Error("queued after HRTIMER_NORESTART")
	}
}

// A disabled tasklet waits; scheduling twice runs once.
func TestTasklet(t *testing.T) {
	b := newBench(t)
	l := softirq.TaskletLayout(8)
	p := b.Alloc(l.Size)
	ran := 0
	cstruct.SetWord(b.Core, p+l.At("data"), 77)
	cstruct.SetWord(b.Core, p+l.At("func"), b.Func(func(_ *lkm.Caller, args ...uint64) uint64 {
		if args[0] != 77 {
			t.Errorf("argument %d", args[0])
		}
		ran++
		return 0
	}))
	b.call("tasklet_disable", p)
	b.call("tasklet_schedule", p)
	b.call("tasklet_schedule", p)
	time.Sleep(5 * time.Millisecond)
	if ran != 0 {
		t.Error("a disabled tasklet ran")
	}
	b.call("tasklet_enable", p)
	b.call("tasklet_kill", p)
	if ran != 1 {
		t.Errorf("ran %d times", ran)
	}
}

// A module that goes is told what it leaves behind, in order.
func TestLeaving(t *testing.T) {
	b := newBench(t)
	p, q := b.timer(func() {}), b.timer(func() {})
	b.call("mod_timer", q, b.s.Jiffies()+1000)
	b.call("mod_timer", p, b.s.Jiffies()+500)
	left := b.e.Leaving("m", func(a uint64) bool { return a == p || a == q })
	want := fmt.Sprintf("timer %s", b.Symbol(q))
	if len(left) != 2 || !strings.HasPrefix(left[0], want) || !strings.Contains(left[0], "is still pending") {
		t.Errorf("left %q, want first %q", left, want)
	}
	b.call("timer_delete", p)
	b.call("timer_delete", q)
}
