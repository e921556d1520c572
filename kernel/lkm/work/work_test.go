package work_test

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cstruct"
	"rv86/kernel/lkm/lkmtest"
	"rv86/kernel/lkm/sched"
	"rv86/kernel/lkm/work"
)

type bench struct {
	*lkmtest.Core
	t   *testing.T
	s   *sched.Sched
	w   *work.Work
	who *lkm.Caller
}

func newBench(t *testing.T) *bench {
	core := lkmtest.New(t)
	s := sched.New(core)
	if !s.Start() {
		t.Fatal("no memory")
	}
	_, who := core.NewThread(10, "insmod")
	return &bench{core, t, s, work.New(s, &lkmtest.Spawner{Core: core}), who}
}

func (b *bench) call(name string, args ...uint64) uint64 {
	b.t.Helper()
	return b.Call(b.who, b.w.Exports(), name, args...)
}

func (b *bench) item(f func(who *lkm.Caller)) uint64 {
	l := work.Layout(8)
	p := b.Alloc(l.Size)
	cstruct.SetWord(b.Core, p+l.At("func"), b.Func(func(who *lkm.Caller, _ ...uint64) uint64 { f(who); return 0 }))
	return p
}

func (b *bench) queue(flags, active uint64) uint64 {
	return b.call("alloc_workqueue", b.Str("test"), flags, active)
}

// An ordered queue runs one item at a time, in order, even if items sleep.
func TestOrdered(t *testing.T) {
	b := newBench(t)
	q := b.queue(1<<1|1<<17, 1)
	var order []int
	for n := range 5 {
		b.call("queue_work", q, b.item(func(who *lkm.Caller) {
			order = append(order, n)
			b.Call(who, b.s.Exports(), "msleep", 1)
			order = append(order, n)
		}))
	}
	b.call("destroy_workqueue", q)
	for i, n := range order {
		if n != i/2 {
			t.Fatalf("order %v", order)
		}
	}
	if len(order) != 10 {
		t.Errorf("order %v", order)
	}
}

// In the shared pool an item that sleeps lets the next one begin, one that does
// not keeps it waiting.
func TestPool(t *testing.T) {
	b := newBench(t)
	q := b.queue(0, 0)
	var running, most atomic.Int32
	item := func(f func(who *lkm.Caller)) uint64 {
		return b.item(func(who *lkm.Caller) {
			most.Store(max(most.Load(), running.Add(1)))
			f(who)
			running.Add(-1)
		})
	}
	for range 3 {
		b.call("queue_work", q, item(func(*lkm.Caller) { time.Sleep(2 * time.Millisecond) }))
	}
	b.call("__flush_workqueue", q)
	if n := most.Load(); n != 1 {
		t.Errorf("%d items that do not sleep ran at once", n)
	}
	for range 3 {
		b.call("queue_work", q, item(func(who *lkm.Caller) { b.Call(who, b.s.Exports(), "msleep", 5) }))
	}
	b.call("__flush_workqueue", q)
	if n := most.Load(); n != 3 {
		t.Errorf("%d items that sleep ran at once, want 3", n)
	}
	b.call("destroy_workqueue", q)
}

func TestDelayed(t *testing.T) {
	b := newBench(t)
	q := b.queue(0, 0)
	ran := 0
	p := b.item(func(*lkm.Caller) { ran++ })
	if b.call("queue_delayed_work", q, p, 2) != 1 || b.call("queue_delayed_work", q, p, 2) != 0 {
		t.Error("queueing does not tell whether it was queued")
	}
	if b.call("cancel_delayed_work_sync", p) != 1 || b.call("cancel_delayed_work_sync", p) != 0 {
		t.Error("cancelling does not tell whether it was queued")
	}
	b.call("queue_delayed_work", q, p, 2)
	b.call("mod_delayed_work", q, p, 1000)
	time.Sleep(15 * time.Millisecond)
	if ran != 0 {
		t.Errorf("ran %d times", ran)
	}
	if b.call("flush_delayed_work", p) != 1 || ran != 1 {
		t.Errorf("flush: ran %d times", ran)
	}
	b.call("queue_delayed_work", q, p, 1000)
	left := b.w.Leaving("m", func(a uint64) bool { return a == p })
	if len(left) != 1 || !strings.Contains(left[0], "is still waiting for its time") {
		t.Errorf("left %q", left)
	}
	b.call("destroy_workqueue", q)
	if log := b.TakeLog(); !strings.Contains(log, `"test" still has 1 delayed work items`) {
		t.Errorf("log %q", log)
	}
}

// An item that queues itself runs again, never beside itself.
func TestRequeue(t *testing.T) {
	b := newBench(t)
	q := b.queue(1<<1, 0)
	n, inside := 0, false
	done := make(chan bool)
	var p uint64
	p = b.item(func(who *lkm.Caller) {
		if inside {
			t.Error("an item runs beside itself")
		}
		inside = true
		if n++; n < 4 {
			b.Call(who, b.w.Exports(), "queue_work", q, p)
			b.Call(who, b.s.Exports(), "msleep", 1)
		} else {
			close(done)
		}
		inside = false
	})
	b.call("queue_work", q, p)
	<-done
	b.call("destroy_workqueue", q)
}
