package sched_test

import (
	"strings"
	"testing"
	"time"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cstruct"
	"rv86/kernel/lkm/lkmtest"
	"rv86/kernel/lkm/sched"
	"rv86/kernel/wait"
)

func newSched(t *testing.T) (*lkmtest.Core, *sched.Sched) {
	core := lkmtest.New(t)
	s := sched.New(core)
	if !s.Start() {
		t.Fatal("no memory")
	}
	return core, s
}

// spinlock makes an initialized one.
func spinlock(c *lkmtest.Core) uint64 {
	l := sched.SpinLayout(8)
	p := c.Alloc(l.Size)
	cstruct.SetU32(c, p+l.At("magic"), 0xdead4ead)
	return p
}

// A lock keeps other callers out until it is given back, whatever else they do.
func TestSpinlockExcludes(t *testing.T) {
	core, s := newSched(t)
	rows := s.Exports()
	_, a := core.NewThread(10, "a")
	_, b := core.NewThread(11, "b")
	lock, other := spinlock(core), spinlock(core)
	core.Call(a, rows, "spin_lock", lock)
	got := make(chan bool)
	go func() {
		core.Call(b, rows, "spin_lock", other) // the CPU's token, not the lock, is what it waits for
		close(got)
	}()
	select {
	case <-got:
		t.Fatal("two callers in atomic context")
	case <-time.After(5 * time.Millisecond):
	}
	core.Call(a, rows, "spin_unlock", lock)
	<-got
	if r := core.Call(b, rows, "spin_trylock", other); r != 0 {
		t.Error("a lock was taken twice")
	}
	core.Call(b, rows, "spin_unlock", other)
	if a.Atomic != 0 || b.Atomic != 0 {
		t.Errorf("atomic: %d %d", a.Atomic, b.Atomic)
	}
	if log := core.TakeLog(); log != "" {
		t.Error(log)
	}
}

func TestSpinlockMistakes(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(core *lkmtest.Core, s *sched.Sched, who *lkm.Caller) (died string)
		log  string
	}{
		{"recursion", func(core *lkmtest.Core, s *sched.Sched, who *lkm.Caller) string {
			lock := spinlock(core)
			core.Call(who, s.Exports(), "spin_lock", lock)
			_, died := core.TryCall(who, s.Exports(), "spin_lock", lock)
			s.Check(who)
			return died
		}, "BUG: spinlock recursion on CPU#0, a/10"},
		{"magic", func(core *lkmtest.Core, s *sched.Sched, who *lkm.Caller) string {
			lock := core.Alloc(sched.SpinLayout(8).Size)
			core.Call(who, s.Exports(), "spin_lock", lock)
			core.Call(who, s.Exports(), "spin_unlock", lock)
			return ""
		}, "BUG: spinlock bad magic on CPU#0, a/10"},
		{"unlocked", func(core *lkmtest.Core, s *sched.Sched, who *lkm.Caller) string {
			core.Call(who, s.Exports(), "spin_unlock", spinlock(core))
			return ""
		}, "BUG: spinlock already unlocked on CPU#0, a/10"},
		{"asleep", func(core *lkmtest.Core, s *sched.Sched, who *lkm.Caller) string {
			lock := spinlock(core)
			core.Call(who, s.Exports(), "spin_lock", lock)
			core.Call(who, s.Exports(), "msleep", 1)
			core.Call(who, s.Exports(), "spin_unlock", lock)
			return ""
		}, "BUG: scheduling while atomic: a/10/0x00000001"},
		{"returned", func(core *lkmtest.Core, s *sched.Sched, who *lkm.Caller) string {
			core.Call(who, s.Exports(), "preempt_disable")
			s.Returned(who, true)
			return ""
		}, "BUG: scheduling while atomic: a/10/0x00000001: module code returned"},
		{"oops", func(core *lkmtest.Core, s *sched.Sched, who *lkm.Caller) string {
			core.Call(who, s.Exports(), "preempt_disable")
			s.Returned(who, false)
			return ""
		}, "note: a[10] exited with preempt_count 1"},
		{"rcu", func(core *lkmtest.Core, s *sched.Sched, who *lkm.Caller) string {
			core.Call(who, s.Exports(), "rcu_read_lock")
			_, died := core.TryCall(who, s.Exports(), "synchronize_rcu")
			core.Call(who, s.Exports(), "rcu_read_unlock")
			return died
		}, "BUG: synchronize_rcu() in an RCU read-side critical section of a/10"},
	} {
		core, s := newSched(t)
		_, who := core.NewThread(10, "a")
		died := c.do(core, s, who)
		if log := core.TakeLog(); !strings.HasPrefix(log, c.log) {
			t.Errorf("%s: log %q, want %q", c.name, log, c.log)
		}
		if deadly := c.name == "recursion" || c.name == "rcu"; deadly != (died != "") {
			t.Errorf("%s: died %q", c.name, died)
		}
		if who.Atomic != 0 {
			t.Errorf("%s: still atomic", c.name)
		}
	}
}

// What sleeps at an address leaves nothing behind when it goes on.
func TestAwait(t *testing.T) {
	core, s := newSched(t)
	rows := s.Exports()
	th, who := core.NewThread(10, "a")
	task := core.Call(who, rows, "get_current")
	deadline := core.Now() + int64(8*time.Millisecond)
	const key = 0x1234
	open := false
	await := func(st sched.State, deadline int64) abi.Errno {
		done := make(chan abi.Errno, 1)
		go func() {
			n := 0
			row := lkmRow(func(c *call) uint64 {
				n = int(s.Await(c, key, st, deadline, func() bool { return open }))
				return 0
			})
			core.Call(who, row, "row")
			done <- abi.Errno(n)
		}()
		for s.Waiting(key) == 0 && len(done) == 0 { // a loaded host may see the deadline first
			time.Sleep(time.Millisecond)
		}
		switch {
		case st == sched.Interruptible:
			th.Signal(abi.SIGUSR1)
		case deadline == lkm.Never:
			s.Release(key, 1, func() bool { open = true; return true })
		}
		e := <-done
		if s.Waiting(key) != 0 {
			t.Error("a waiter is left")
		}
		return e
	}
	if e := await(sched.Uninterruptible, deadline); e != abi.ETIMEDOUT {
		t.Errorf("deadline: %v", e)
	}
	if e := await(sched.Uninterruptible, lkm.Never); e != 0 {
		t.Errorf("woken: %v", e)
	}
	open = false
	if e := await(sched.Interruptible, lkm.Never); e != abi.ERESTARTSYS {
		t.Errorf("signal: %v", e)
	}
	blocks := core.Blocks()
	s.Ended(10)
	if core.Blocks() != blocks-1 || s.Lookup(task) != nil {
		t.Error("the task outlives its thread")
	}
}

// wake_up reaches pollers as well as sleepers.
func TestWatch(t *testing.T) {
	_, s := newSched(t)
	w := wait.NewWaiter()
	unwatch := s.Watch(0x1000, w, wait.POLLIN)
	s.WakeUp(0x1000, sched.Normal, 1, wait.POLLIN)
	select {
	case <-w.C:
	default:
		t.Error("not notified")
	}
	unwatch()
	if s.Waiting(0x1000) != 0 {
		t.Error("the queue is left")
	}
}

// A grace period ends when the readers from before it have left.
func TestGracePeriod(t *testing.T) {
	core, s := newSched(t)
	rows := s.Exports()
	_, reader := core.NewThread(10, "reader")
	_, late := core.NewThread(11, "late")
	_, writer := core.NewThread(12, "writer")
	core.Call(reader, rows, "rcu_read_lock")
	done := make(chan bool)
	go func() {
		core.Call(writer, rows, "synchronize_rcu")
		close(done)
	}()
	time.Sleep(5 * time.Millisecond)
	core.Call(late, rows, "rcu_read_lock") // begins after the period: nobody waits for it
	select {
	case <-done:
		t.Fatal("the grace period ended under a reader")
	default:
	}
	core.Call(reader, rows, "rcu_read_unlock")
	<-done
	core.Call(late, rows, "rcu_read_unlock")
}

// jiffies round waits up and wrap where Linux's do.
func TestJiffies(t *testing.T) {
	core, s := newSched(t)
	if j := s.Jiffies(); uint32(j) < 0xfffe_0000 {
		t.Errorf("jiffies begin at %#x", j)
	}
	at := s.AtJiffy(s.Jiffies() + 10)
	if d := at - core.Now(); d <= 9*sched.Tick-int64(time.Millisecond) || d > 10*sched.Tick {
		t.Errorf("ten jiffies are %d ns", d)
	}
	if s.Deadline(1<<63-1) != lkm.Never {
		t.Error("MAX_SCHEDULE_TIMEOUT ends")
	}
	if left := s.Left(lkm.Never); left != 1<<63-1 {
		t.Errorf("never is %#x jiffies away", left)
	}
}
