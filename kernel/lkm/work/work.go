package work

import (
	"fmt"
	"slices"
	"time"

	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cstruct"
	"rv86/kmod/kapi"
)

const (
	taintWarn = 9 // TAINT_WARN
	// defaultActive is max_active for 0 (WQ_DFL_ACTIVE).
	defaultActive = 256
)

// systemQueues are the queues everybody shares, each an exported variable.
var systemQueues = []struct {
	variable, name string
	unbound        bool
}{
	{"system_wq", "events", false},
	{"system_highpri_wq", "events_highpri", false},
	{"system_long_wq", "events_long", false},
	{"system_unbound_wq", "events_unbound", true},
	{"system_freezable_wq", "events_freezable", false},
	{"system_power_efficient_wq", "events_power_efficient", false},
}

// Vars makes the system's queues and gives their variables.
func (w *Work) Vars() []kapi.Var {
	var vars []kapi.Var
	for _, s := range systemQueues {
		q := w.newQueue(w.s.Core, s.name, s.unbound, defaultActive)
		if q == nil {
			return nil
		}
		vars = append(vars, kapi.Var{Name: s.variable, Words: []kapi.Word{{Num: q.addr}}})
	}
	return vars
}

// nameLen is the size of a workqueue's name in C memory (WQ_NAME_LEN).
const nameLen = 32

// newQueue makes a queue in memory of a; nil without.
func (w *Work) newQueue(a lkm.Allocator, name string, unbound bool, maxActive int) *queue {
	addr := a.Alloc(nameLen)
	if addr == 0 {
		return nil
	}
	b := w.s.Core.Slice(addr, nameLen)
	clear(b)
	copy(b[:nameLen-1], name)
	if maxActive <= 0 {
		maxActive = defaultActive
	}
	q := &queue{addr: addr, name: name, unbound: unbound, maxActive: maxActive}
	w.mu.Lock()
	w.queues[addr] = q
	w.mu.Unlock()
	return q
}

// find gives the queue at an address; a wrong one is reported.
func (w *Work) find(c *kapi.Call, at string, addr uint64) *queue {
	w.mu.Lock()
	q := w.queues[addr]
	w.mu.Unlock()
	if q == nil {
		cstruct.Word(w.s.Core, addr) // faults where nothing is, as in C
		c.Warn(at, at+": no workqueue is at this address, or it was destroyed\n", taintWarn)
	}
	return q
}

// submit queues an item unless it is queued. It tells whether it did.
func (w *Work) submit(c *kapi.Call, at string, q *queue, addr uint64) bool {
	fn := cstruct.Word(w.s.Core, addr+w.layout.At("func"))
	if fn == 0 {
		c.Warn(at, at+": the work has no function: INIT_WORK was not called\n", taintWarn)
		return false
	}
	if q == nil || !w.claim(addr) {
		return false
	}
	w.enqueue(q, addr, fn)
	return true
}

// claim sets an item's pending bit; false if it was set.
func (w *Work) claim(addr uint64) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if cstruct.Word(w.s.Core, addr)&pendingBit != 0 {
		return false
	}
	w.setPending(addr, true)
	return true
}

// delayed is a delayed_work whose time has not come.
type delayed struct {
	timer *time.Timer
	q     *queue
	fn    uint64
	seq   uint64
	gone  string
}

// submitLater is queue_delayed_work: delay is in jiffies.
func (w *Work) submitLater(c *kapi.Call, at string, q *queue, addr uint64, delay int64) bool {
	if delay == 0 {
		return w.submit(c, at, q, addr)
	}
	fn := cstruct.Word(w.s.Core, addr+w.layout.At("func"))
	if fn == 0 {
		c.Warn(at, at+": the work has no function: INIT_DELAYED_WORK was not called\n", taintWarn)
		return false
	}
	if q == nil || !w.claim(addr) {
		return false
	}
	deadline := w.s.Deadline(delay)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seq++
	d := &delayed{q: q, fn: fn, seq: w.seq}
	w.delayed[addr] = d
	if deadline != lkm.Never {
		d.timer = time.AfterFunc(time.Duration(deadline-w.s.Core.Now()), func() { w.expire(addr, d) })
	}
	return true
}

// expire queues a delayed item.
func (w *Work) expire(addr uint64, d *delayed) {
	w.mu.Lock()
	if w.delayed[addr] != d {
		w.mu.Unlock()
		return
	}
	delete(w.delayed, addr)
	w.mu.Unlock()
	w.enqueue(d.q, addr, d.fn)
	if d.gone != "" {
		w.mu.Lock()
		if it := w.items[addr]; it != nil {
			it.gone = d.gone
		}
		w.mu.Unlock()
	}
}

// stop ends a delay; false if there was none. Preconditions: mu is held.
func (w *Work) stop(addr uint64) *delayed {
	d := w.delayed[addr]
	if d != nil {
		if d.timer != nil {
			d.timer.Stop()
		}
		delete(w.delayed, addr)
	}
	return d
}

// cancel takes an item off whatever it is on; false if it was on nothing.
func (w *Work) cancel(addr uint64) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	was := w.stop(addr) != nil
	if it := w.items[addr]; it != nil {
		w.remove(it)
		was = true
	}
	if was {
		w.setPending(addr, false)
		w.changed.Broadcast()
	}
	return was
}

// awaitItem waits until the item neither is queued (if so asked) nor runs. It
// tells whether there was anything to wait for.
func (w *Work) awaitItem(c *kapi.Call, at string, addr uint64, queued bool) (waited bool) {
	w.s.Wait(c, at, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		for w.running[addr] != nil || queued && w.items[addr] != nil {
			waited = true
			w.changed.Wait()
		}
	})
	return waited
}

// cancelSync is cancel_work_sync: after it, the item is neither queued nor
// running, even if it queues itself.
func (w *Work) cancelSync(c *kapi.Call, at string, addr uint64) bool {
	was := w.cancel(addr)
	w.awaitItem(c, at, addr, false)
	return w.cancel(addr) || was
}

// flushDelayed makes a delayed item due and waits for it.
func (w *Work) flushDelayed(c *kapi.Call, addr uint64) bool {
	w.mu.Lock()
	d := w.stop(addr)
	w.mu.Unlock()
	if d != nil {
		w.enqueue(d.q, addr, d.fn)
	}
	return w.awaitItem(c, "flush_delayed_work", addr, true)
}

// flush waits for all items that are on a queue now.
func (w *Work) flush(c *kapi.Call, at string, q *queue, all bool) {
	w.s.Wait(c, at, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		last := w.seq
		for w.busy(q, last, all) {
			w.changed.Wait()
		}
	})
}

// busy says whether an item queued before last is not over. Preconditions: mu is
// held.
func (w *Work) busy(q *queue, last uint64, all bool) bool {
	for _, it := range q.pending {
		if all || it.seq <= last {
			return true
		}
	}
	for _, it := range w.running {
		if it.q == q && (all || it.seq <= last) {
			return true
		}
	}
	return false
}

// destroy is destroy_workqueue.
func (w *Work) destroy(c *kapi.Call, q *queue) {
	w.flush(c, "destroy_workqueue", q, true)
	w.mu.Lock()
	left := 0
	for addr, d := range w.delayed {
		if d.q == q {
			w.stop(addr)
			left++
		}
	}
	delete(w.queues, q.addr)
	w.mu.Unlock()
	if left > 0 {
		c.Warn("destroy_workqueue", fmt.Sprintf("destroy_workqueue: %q still has %d delayed work items, which will not run\n", q.name, left), taintWarn)
	}
	w.s.Core.Free(q.addr)
}

// Leaving lists what a module that goes away leaves behind.
func (w *Work) Leaving(name string, in func(addr uint64) bool) (left []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	type found struct {
		seq  uint64
		text string
	}
	var all []found
	note := func(seq, addr, fn uint64, what string) {
		all = append(all, found{seq, fmt.Sprintf("work %s (function %s) is still %s: cancel or flush it before the module goes",
			w.s.Core.Symbol(addr), w.s.Core.Symbol(fn), what)})
	}
	for addr, it := range w.items {
		if in(addr) || in(it.fn) {
			it.gone = name
			note(it.seq, addr, it.fn, "queued")
		}
	}
	for addr, it := range w.running {
		if in(addr) || in(it.fn) {
			note(it.seq, addr, it.fn, "running")
		}
	}
	for addr, d := range w.delayed {
		if in(addr) || in(d.fn) {
			d.gone = name
			note(d.seq, addr, d.fn, "waiting for its time")
		}
	}
	slices.SortFunc(all, func(a, b found) int { return int(int64(a.seq - b.seq)) })
	for _, f := range all {
		left = append(left, f.text)
	}
	return left
}
