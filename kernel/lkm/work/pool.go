package work

import (
	"fmt"
	"sync"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cstruct"
	"rv86/kernel/lkm/sched"
	"rv86/kernel/wait"
)

// Layout is struct work_struct (linux/workqueue.h). Bit 0 of data says that the
// item is queued (WORK_STRUCT_PENDING).
func Layout(word int) *cstruct.Layout {
	return cstruct.Of(word, "work_struct", "long data", "list entry", "ptr func")
}

const pendingBit = 1

// Flags of alloc_workqueue.
const (
	flagUnbound = 1 << 1 // WQ_UNBOUND
	flagOrdered = 1 << 17
)

// Spawner starts kernel threads (package kthread).
type Spawner interface {
	Spawn(comm string, f func(who *lkm.Caller)) abi.Errno
}

// Work has the rows.
type Work struct {
	s       *sched.Sched
	threads Spawner
	layout  *cstruct.Layout

	mu      sync.Mutex
	changed sync.Cond // an item was taken, ended, or was cancelled
	queues  map[uint64]*queue
	items   map[uint64]*item // queued, by address
	running map[uint64]*item // being run, by address
	delayed map[uint64]*delayed
	pools   [2]pool // bound, unbound
	seq     uint64
}

// queue is a workqueue_struct: in C memory there is only its name.
type queue struct {
	addr      uint64
	name      string
	unbound   bool
	maxActive int
	active    int
	pending   []*item
}

// item is work that was queued.
type item struct {
	addr, fn uint64
	q        *queue
	seq      uint64
	who      *lkm.Caller // who runs it
	gone     string      // the module it was of, once that has gone
}

// pool is the threads for all bound or all unbound queues.
type pool struct {
	name    string
	threads int
	idle    []*idler // threads that wait for an item
	awake   int      // that run an item and do not sleep
}

// idleKept is how many idle threads a pool keeps.
const idleKept = 1

// maxThreads bounds a pool.
const maxThreads = 64

// New makes the rows for a scheduler.
func New(s *sched.Sched, threads Spawner) *Work {
	w := &Work{
		s: s, threads: threads, layout: Layout(s.Core.WordSize()),
		queues: map[uint64]*queue{}, items: map[uint64]*item{}, running: map[uint64]*item{}, delayed: map[uint64]*delayed{},
	}
	w.changed.L = &w.mu
	w.pools[0] = pool{name: "kworker/0:%d"}
	w.pools[1] = pool{name: "kworker/u2:%d"}
	return w
}

func (w *Work) poolOf(q *queue) *pool {
	if q.unbound {
		return &w.pools[1]
	}
	return &w.pools[0]
}

// enqueue queues an item, whose pending bit is set.
func (w *Work) enqueue(q *queue, addr, fn uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seq++
	it := &item{addr: addr, fn: fn, q: q, seq: w.seq}
	q.pending = append(q.pending, it)
	w.items[addr] = it
	w.poke(w.poolOf(q))
}

// poke makes a thread look for an item. Preconditions: mu is held.
func (w *Work) poke(p *pool) {
	if p == &w.pools[0] && p.awake > 0 || !w.ready(p) {
		return
	}
	if n := len(p.idle); n > 0 {
		i := p.idle[n-1]
		p.idle = p.idle[:n-1]
		i.called = true
		select {
		case i.waiter.C <- struct{}{}:
		default:
		}
		p.awake++
		return
	}
	if p.threads == maxThreads {
		return
	}
	n := p.threads
	p.threads++
	p.awake++ // until it has looked
	go func() {
		if w.threads.Spawn(fmt.Sprintf(p.name, n), func(who *lkm.Caller) { w.thread(p, who) }) != 0 {
			w.mu.Lock()
			p.threads--
			p.awake--
			w.mu.Unlock()
		}
	}()
}

// ready says whether an item of the pool may run. Preconditions: mu is held.
func (w *Work) ready(p *pool) bool { return w.pick(p) != nil }

// pick finds the first item that may run. Preconditions: mu is held.
func (w *Work) pick(p *pool) (best *item) {
	for _, q := range w.queues {
		if w.poolOf(q) != p || q.active >= q.maxActive {
			continue
		}
		for _, it := range q.pending {
			if w.running[it.addr] == nil {
				if best == nil || it.seq < best.seq {
					best = it
				}
				break
			}
			if q.maxActive == 1 {
				break // in order, whatever happens
			}
		}
	}
	return best
}

// thread is the life of a kworker. It is entered counted as awake.
func (w *Work) thread(p *pool, who *lkm.Caller) {
	if task := w.s.TaskOf(who.Thread); task != nil {
		task.OnSleep = func(asleep bool) { w.sleeps(p, asleep) }
	}
	for {
		w.mu.Lock()
		it := w.take(p)
		if it != nil {
			it.who = who
		}
		if it == nil {
			p.awake--
			if len(p.idle) >= idleKept {
				p.threads--
				w.mu.Unlock()
				return
			}
			i := &idler{waiter: who.Thread.NewWaiter()}
			p.idle = append(p.idle, i)
			w.mu.Unlock()
			w.rest(who, i)
			continue
		}
		if p == &w.pools[1] {
			w.poke(p) // another thread for another item
		}
		w.mu.Unlock()
		w.call(it, who)
		w.mu.Lock()
		delete(w.running, it.addr)
		it.q.active--
		w.changed.Broadcast()
		w.mu.Unlock()
	}
}

// idler is a thread that waits for an item.
type idler struct {
	waiter *wait.Waiter
	called bool // guarded by Work.mu
}

// rest waits for a poke, asleep as far as ps can see.
func (w *Work) rest(who *lkm.Caller, i *idler) {
	for {
		who.Thread.SleepDeep(lkm.Never)
		w.mu.Lock()
		called := i.called
		w.mu.Unlock()
		if called {
			return
		}
	}
}

// sleeps is told that a thread's item sleeps or goes on.
func (w *Work) sleeps(p *pool, asleep bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !asleep {
		p.awake++
		return
	}
	p.awake--
	w.poke(p)
}

// take removes the next item. Preconditions: mu is held.
func (w *Work) take(p *pool) *item {
	if p == &w.pools[0] && p.awake > 1 {
		return nil // another one runs
	}
	it := w.pick(p)
	if it == nil {
		return nil
	}
	w.remove(it)
	it.q.active++
	w.running[it.addr] = it
	return it
}

// remove takes an item off its queue. Preconditions: mu is held.
func (w *Work) remove(it *item) {
	for i, x := range it.q.pending {
		if x == it {
			it.q.pending = append(it.q.pending[:i:i], it.q.pending[i+1:]...)
			break
		}
	}
	delete(w.items, it.addr)
}

// call runs an item's function.
func (w *Work) call(it *item, who *lkm.Caller) {
	fn, core := it.fn, w.s.Core
	if it.gone != "" {
		core.Log(fmt.Sprintf("\x013BUG: work of module %s, which was removed, is run: its function %#x is gone\n", it.gone, fn))
	} else if !core.Guard(who, func() {
		w.setPending(it.addr, false)
		fn = cstruct.Word(core, it.addr+w.layout.At("func"))
	}) {
		return
	}
	who.Depth++
	core.Run(who, fn, it.addr)
	who.Depth--
	if count, ok := w.s.Check(who); !ok {
		core.Log(fmt.Sprintf("\x013BUG: workqueue leaked lock or atomic: %s/0x%08x/%d\n", who.Comm, count, who.PID))
		core.Log(fmt.Sprintf("\x013     last function: %s\n", core.Symbol(fn)))
	}
}

func (w *Work) setPending(addr uint64, on bool) {
	v := cstruct.Word(w.s.Core, addr) &^ pendingBit
	if on {
		v |= pendingBit
	}
	cstruct.SetWord(w.s.Core, addr, v)
}
