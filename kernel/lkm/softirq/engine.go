package softirq

import (
	"container/heap"
	"fmt"
	"slices"
	"sync"
	"time"

	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cstruct"
	"rv86/kernel/lkm/sched"
	"rv86/kmod/kapi"
)

// Engine runs timers and tasklets.
type Engine struct {
	s       *sched.Sched
	timer   *cstruct.Layout
	hrtimer *cstruct.Layout
	tasklet *cstruct.Layout
	who     lkm.Caller // of the goroutine
	kick    chan struct{}

	mu      sync.Mutex
	changed sync.Cond // something ended
	started bool
	pending map[uint64]*item // timers, by address
	due     queue
	ready   []*item // tasklets, in order
	running *item
	seq     uint64
	own     uint64 // the number of the last timer of the kernel's own
}

// item is something to run.
type item struct {
	addr  uint64 // of the C object
	when  int64  // ns of Core.Now; 0 for a tasklet
	seq   uint64
	index int // in Engine.due
	kind  string
	run   func(it *item)
	fn    uint64 // its function, as known when it was queued
	gone  string // the module it was of, once that has gone
}

// queue is a heap of timers by time, then by the order of their setting.
type queue []*item

func (q queue) Len() int { return len(q) }
func (q queue) Less(i, j int) bool {
	if q[i].when != q[j].when {
		return q[i].when < q[j].when
	}
	return q[i].seq < q[j].seq
}

func (q queue) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].index, q[j].index = i, j
}

// Push implements heap.Interface.
func (q *queue) Push(x any) {
	it := x.(*item)
	it.index = len(*q)
	*q = append(*q, it)
}

// Pop implements heap.Interface.
func (q *queue) Pop() any {
	last := len(*q) - 1
	it := (*q)[last]
	(*q)[last] = nil
	*q = (*q)[:last]
	return it
}

// New makes an engine; its goroutine starts with the first thing to run.
func New(s *sched.Sched) *Engine {
	w := s.Core.WordSize()
	e := &Engine{
		s: s, timer: TimerLayout(w), hrtimer: HRTimerLayout(w), tasklet: TaskletLayout(w),
		who: lkm.Caller{Comm: "swapper/0"}, kick: make(chan struct{}, 1), pending: map[uint64]*item{}, own: 1,
	}
	e.changed.L = &e.mu
	return e
}

// wake makes the goroutine look again. Preconditions: mu is held.
func (e *Engine) wake() {
	if !e.started {
		e.started = true
		go e.loop()
	}
	select {
	case e.kick <- struct{}{}:
	default:
	}
}

// arm sets a timer's expiry, whether it is pending or not, and tells which.
// Preconditions: mu is held.
func (e *Engine) arm(it *item, when int64) (was bool) {
	if old := e.pending[it.addr]; old != nil {
		heap.Remove(&e.due, old.index)
		was = true
	}
	e.seq++
	it.when, it.seq = when, e.seq
	e.pending[it.addr] = it
	heap.Push(&e.due, it)
	e.wake()
	return was
}

// disarm takes a timer off; false if it was not pending. Preconditions: mu is
// held.
func (e *Engine) disarm(addr uint64) bool {
	it := e.pending[addr]
	if it == nil {
		return false
	}
	heap.Remove(&e.due, it.index)
	delete(e.pending, addr)
	return true
}

// runs says whether the object's function is being called. Preconditions: mu is
// held.
func (e *Engine) runs(addr uint64) bool { return e.running != nil && e.running.addr == addr }

// await waits until the object's function has returned. The function itself
// would wait for ever.
func (e *Engine) await(c *kapi.Call, at string, addr uint64) {
	e.mu.Lock()
	busy := e.runs(addr)
	e.mu.Unlock()
	if !busy {
		return
	}
	if lkm.From(c) == &e.who {
		const taintWarn = 9 // TAINT_WARN
		c.Warn(at, at+" is called by the very function it would wait for\n", taintWarn)
		return
	}
	e.s.Wait(c, at, func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		for e.runs(addr) {
			e.changed.Wait()
		}
	})
}

// loop is the goroutine.
func (e *Engine) loop() {
	for {
		it, until := e.next()
		if it == nil {
			e.sleep(until)
			continue
		}
		if it.gone != "" {
			e.s.Core.Log(fmt.Sprintf("\x013BUG: %s of module %s, which was removed, is due: its function %#x is gone\n", it.kind, it.gone, it.fn))
		}
		it.run(it)
		e.mu.Lock()
		e.running = nil
		e.changed.Broadcast()
		e.mu.Unlock()
	}
}

func (e *Engine) sleep(until int64) {
	if until == lkm.Never {
		<-e.kick
		return
	}
	timer := time.NewTimer(time.Duration(until - e.s.Core.Now()))
	defer timer.Stop()
	select {
	case <-e.kick:
	case <-timer.C:
	}
}

// next takes what is to run now, or says when to look again.
func (e *Engine) next() (it *item, until int64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case len(e.due) > 0 && e.due[0].when <= e.s.Core.Now():
		it = heap.Pop(&e.due).(*item)
		delete(e.pending, it.addr)
	case len(e.ready) > 0:
		it = e.ready[0]
		e.ready = e.ready[1:]
	case len(e.due) > 0:
		return nil, e.due[0].when
	default:
		return nil, lkm.Never
	}
	e.running = it
	return it, 0
}

// Leaving lists what a module that goes away leaves behind.
func (e *Engine) Leaving(name string, in func(addr uint64) bool) (left []string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	mine := slices.Concat(e.due, e.ready)
	sortItems(mine)
	for _, it := range mine {
		if in(it.addr) || in(it.fn) {
			it.gone = name
			left = append(left, fmt.Sprintf("%s %s (function %s) is still pending: cancel it before the module goes",
				it.kind, e.s.Core.Symbol(it.addr), e.s.Core.Symbol(it.fn)))
		}
	}
	return left
}

// Exports are the rows of the package.
func (e *Engine) Exports() []kapi.Func {
	return append(append(e.timerFuncs(), e.hrtimerFuncs()...), e.taskletFuncs()...)
}

func truth(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}
