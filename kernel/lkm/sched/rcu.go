package sched

import (
	"fmt"
	"sync"

	"rv86/kernel/lkm"
	"rv86/kmod/kapi"
)

// RCU (Linux kernel/rcu; linux/rcupdate.h). Readers may be preempted, so a grace
// period is over when all that were reading at its beginning have left: readers
// are counted by the period in which they entered.
type rcu struct {
	mu      sync.Mutex
	changed sync.Cond
	period  uint64
	readers map[uint64]int
	calls   []rcuCall
	started bool
	pending int // calls that have not ended
	who     lkm.Caller
}

// rcuCall is something to be done after a grace period: call fn with the head,
// or, without fn, free the block.
type rcuCall struct{ fn, head uint64 }

// readLock enters a read-side section, which may be inside another.
func (s *Sched) readLock(who *lkm.Caller) {
	x, r := s.of(who), &s.rcu
	if x.rcu++; x.rcu > 1 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	x.period = r.period
	r.readers[x.period]++
}

func (s *Sched) readUnlock(c *kapi.Call) {
	x, r := s.of(lkm.From(c)), &s.rcu
	if x.rcu == 0 {
		warn(c, "rcu_read_unlock", "rcu_read_unlock() without rcu_read_lock()")
		return
	}
	if x.rcu--; x.rcu == 0 {
		r.leave(x.period)
	}
}

func (r *rcu) leave(period uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.readers[period]--; r.readers[period] == 0 {
		delete(r.readers, period)
	}
	r.changed.Broadcast()
}

// synchronize waits for all readers there are.
func (r *rcu) synchronize() {
	r.mu.Lock()
	defer r.mu.Unlock()
	period := r.period
	r.period++
	for r.before(period) {
		r.changed.Wait()
	}
}

func (r *rcu) before(period uint64) bool {
	for p := range r.readers {
		if p <= period {
			return true
		}
	}
	return false
}

// later is call_rcu.
func (s *Sched) later(call rcuCall) {
	r := &s.rcu
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls = append(r.calls, call)
	r.pending++
	r.changed.Broadcast()
	if !r.started {
		r.started = true
		go s.callLater()
	}
}

// callLater is the goroutine that makes the calls.
func (s *Sched) callLater() {
	r := &s.rcu
	for {
		r.mu.Lock()
		for len(r.calls) == 0 {
			r.changed.Wait()
		}
		calls := r.calls
		r.calls = nil
		r.mu.Unlock()
		r.synchronize()
		for _, c := range calls {
			if c.fn == 0 {
				s.Core.Free(c.head)
			} else {
				s.Softirq(&r.who, func() { s.Core.Run(&r.who, c.fn, c.head) })
			}
			r.mu.Lock()
			r.pending--
			r.changed.Broadcast()
			r.mu.Unlock()
		}
	}
}

// barrier waits until all calls so far have been made.
func (r *rcu) barrier() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.pending > 0 {
		r.changed.Wait()
	}
}

// grace runs f, which waits for a grace period: a reader would wait for itself.
func (s *Sched) grace(c *kapi.Call, at string, f func()) {
	who := lkm.From(c)
	if s.of(who).rcu > 0 {
		c.Log(fmt.Sprintf("%sBUG: %s() in an RCU read-side critical section of %s\n", levelErr, at, name(who)))
		c.Died = at + " waits for its own caller, who would sleep for ever"
		return
	}
	s.Wait(c, at, f)
}

func (s *Sched) rcuFuncs() []kapi.Func {
	row := func(name string, f func(c *kapi.Call)) kapi.Func {
		return kapi.Func{Name: name, Proto: "void " + name + "(void)", Call: func(c *kapi.Call) uint64 { f(c); return 0 }}
	}
	return []kapi.Func{
		row("rcu_read_lock", func(c *kapi.Call) { s.readLock(lkm.From(c)) }),
		row("rcu_read_unlock", s.readUnlock),
		row("synchronize_rcu", func(c *kapi.Call) { s.grace(c, "synchronize_rcu", s.rcu.synchronize) }),
		row("rcu_barrier", func(c *kapi.Call) { s.grace(c, "rcu_barrier", s.rcu.barrier) }),
		{Name: "call_rcu", Proto: "void call_rcu(struct rcu_head *head, void (*func)(struct rcu_head *head))", Call: func(c *kapi.Call) uint64 {
			head, fn := c.Ptr(), c.Ptr()
			if fn != 0 {
				s.later(rcuCall{fn, head})
			}
			return 0
		}},
		{Name: "__kfree_rcu", Proto: "void __kfree_rcu(void *p)", Call: func(c *kapi.Call) uint64 {
			if p := c.Ptr(); p != 0 {
				s.later(rcuCall{0, p})
			}
			return 0
		}},
		{Name: "rcu_read_lock_held", Proto: "int rcu_read_lock_held(void)", Call: func(c *kapi.Call) uint64 {
			return truth(s.of(lkm.From(c)).rcu > 0)
		}},
	}
}
