package softirq

import "rv86/kernel/lkm"

// Raise runs f once, in softirq context, after what is ready now: a softirq of the
// kernel's own. It may be called in any context.
func (e *Engine) Raise(f func(who *lkm.Caller)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.seq++
	e.ready = append(e.ready, &item{kind: "softirq", seq: e.seq, run: func(*item) {
		e.s.Softirq(&e.who, func() { f(&e.who) })
	}})
	e.wake()
}

// After runs f once, in softirq context, in so many nanoseconds.
func (e *Engine) After(ns int64, f func(who *lkm.Caller)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	// No C object is at an odd address.
	e.own += 2
	e.arm(&item{addr: e.own, kind: "softirq", run: func(*item) {
		e.s.Softirq(&e.who, func() { f(&e.who) })
	}}, e.s.Core.Now()+ns)
}
