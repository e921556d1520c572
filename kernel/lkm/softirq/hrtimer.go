package softirq

import (
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cstruct"
	"rv86/kmod/kapi"
)

// HRTimerLayout is struct hrtimer (linux/hrtimer.h). state is 1 while it is
// queued.
func HRTimerLayout(word int) *cstruct.Layout {
	return cstruct.Of(word, "hrtimer", "u64 expires", "ptr function", "u32 clock", "u32 state")
}

// Values of linux/hrtimer.h and linux/time.h.
const (
	modeRel       = 1 // HRTIMER_MODE_REL
	restart       = 1 // HRTIMER_RESTART
	clockRealtime = 0 // CLOCK_REALTIME
)

func (e *Engine) setState(t uint64, queued bool) {
	cstruct.SetU32(e.s.Core, t+e.hrtimer.At("state"), uint32(truth(queued)))
}

func (e *Engine) expiry(t uint64) int64 { return int64(cstruct.Get(e.s.Core, t, 8)) }

// since is the timer's clock at boot.
func (e *Engine) since(t uint64) int64 {
	if cstruct.U32(e.s.Core, t+e.hrtimer.At("clock")) == clockRealtime {
		return e.s.Epoch
	}
	return 0
}

// startHR is hrtimer_start.
func (e *Engine) startHR(c *kapi.Call, t uint64, when int64, mode uint32) {
	fn := cstruct.Word(e.s.Core, t+e.hrtimer.At("function"))
	if fn == 0 {
		c.Warn("hrtimer_start", "hrtimer_start: the timer has no function\n", taintWarn)
		return
	}
	base := e.since(t)
	if mode&modeRel != 0 {
		when = add(when, base+e.s.Core.Now())
	}
	cstruct.Put(e.s.Core, t, 8, uint64(when))
	e.setState(t, true)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.arm(&item{addr: t, kind: "hrtimer", run: e.runHR, fn: fn}, max(when-base, 0))
}

// add is ktime_add_safe: the sum, or the end of time.
func add(a, b int64) int64 {
	if s := a + b; s >= a || b < 0 {
		return s
	}
	return lkm.Never
}

// runHR calls a timer's function, which says whether to go on.
func (e *Engine) runHR(it *item) {
	e.s.Hardirq(&e.who, func() {
		if it.gone == "" && !e.s.Core.Guard(&e.who, func() { e.setState(it.addr, false) }) {
			return
		}
		again, ok := e.s.Core.Run(&e.who, it.fn, it.addr)
		if !ok || uint32(again) != restart {
			return
		}
		e.s.Core.Guard(&e.who, func() {
			when := e.expiry(it.addr) - e.since(it.addr)
			e.mu.Lock()
			defer e.mu.Unlock()
			if e.pending[it.addr] == nil {
				e.setState(it.addr, true)
				e.arm(it, when)
			}
		})
	})
}

// forward is hrtimer_forward: it moves the expiry on by whole intervals until it
// is after now, and counts them.
func (e *Engine) forward(t uint64, now, interval int64) uint64 {
	x := e.expiry(t)
	if now < x {
		return 0
	}
	interval = max(interval, 1)
	n := (now-x)/interval + 1
	cstruct.Put(e.s.Core, t, 8, uint64(add(x, n*interval)))
	return uint64(n)
}

func (e *Engine) cancelHR(t uint64) bool {
	e.setState(t, false)
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.disarm(t)
}

func (e *Engine) hrtimerFuncs() []kapi.Func {
	return []kapi.Func{
		{Name: "hrtimer_start_range_ns", Proto: "void hrtimer_start_range_ns(struct hrtimer *timer, ktime_t tim, u64 range_ns, int mode)", Call: func(c *kapi.Call) uint64 {
			t, when := c.Ptr(), int64(c.Ulonglong())
			c.Ulonglong()
			e.startHR(c, t, when, c.Uint())
			return 0
		}},
		{Name: "hrtimer_cancel", Proto: "int hrtimer_cancel(struct hrtimer *timer)", Call: func(c *kapi.Call) uint64 {
			t := c.Ptr()
			was := e.cancelHR(t)
			e.await(c, "hrtimer_cancel", t)
			return truth(e.cancelHR(t) || was)
		}},
		{Name: "hrtimer_try_to_cancel", Proto: "int hrtimer_try_to_cancel(struct hrtimer *timer)", Call: func(c *kapi.Call) uint64 {
			t := c.Ptr()
			e.mu.Lock()
			busy := e.runs(t)
			e.mu.Unlock()
			if busy {
				return ^uint64(0)
			}
			return truth(e.cancelHR(t))
		}},
		{Name: "hrtimer_forward", Proto: "u64 hrtimer_forward(struct hrtimer *timer, ktime_t now, ktime_t interval)", Call: func(c *kapi.Call) uint64 {
			return e.forward(c.Ptr(), int64(c.Ulonglong()), int64(c.Ulonglong()))
		}},
		{Name: "__hrtimer_now", Proto: "ktime_t __hrtimer_now(const struct hrtimer *timer)", Call: func(c *kapi.Call) uint64 {
			return uint64(e.s.Core.Now() + e.since(c.Ptr()))
		}},
	}
}
