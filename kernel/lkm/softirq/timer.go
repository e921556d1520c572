package softirq

import (
	"slices"

	"rv86/kernel/lkm/cstruct"
	"rv86/kmod/kapi"
)

// TimerLayout is struct timer_list (linux/timer.h). pprev is not 0 while the
// timer is pending, as in Linux.
func TimerLayout(word int) *cstruct.Layout {
	return cstruct.Of(word, "timer_list", "ptr next", "ptr pprev", "long expires", "ptr function", "u32 flags")
}

const taintWarn = 9 // TAINT_WARN

func sortItems(items []*item) {
	slices.SortFunc(items, func(a, b *item) int { return int(int64(a.seq - b.seq)) })
}

// shown sets what timer_pending looks at.
func (e *Engine) shown(t uint64, pending bool) {
	cstruct.SetWord(e.s.Core, t+e.timer.At("pprev"), truth(pending))
}

// mod is mod_timer, with the expiry in jiffies.
func (e *Engine) mod(c *kapi.Call, at string, t, expires uint64) bool {
	fn := cstruct.Word(e.s.Core, t+e.timer.At("function"))
	if fn == 0 {
		c.Warn(at, at+": the timer has no function: timer_setup was not called, or it was shut down\n", taintWarn)
		return false
	}
	cstruct.SetWord(e.s.Core, t+e.timer.At("expires"), expires)
	e.shown(t, true)
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.arm(&item{addr: t, kind: "timer", run: e.runTimer, fn: fn}, e.s.AtJiffy(expires))
}

// del is timer_delete.
func (e *Engine) del(t uint64) bool {
	e.shown(t, false)
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.disarm(t)
}

// runTimer calls a timer's function, with the timer.
func (e *Engine) runTimer(it *item) {
	e.s.Softirq(&e.who, func() {
		fn := it.fn
		if it.gone == "" && !e.s.Core.Guard(&e.who, func() {
			e.shown(it.addr, false)
			fn = cstruct.Word(e.s.Core, it.addr+e.timer.At("function"))
		}) {
			return
		}
		e.s.Core.Run(&e.who, fn, it.addr)
	})
}

func (e *Engine) timerFuncs() []kapi.Func {
	del := func(name string, f func(c *kapi.Call, t uint64) uint64) kapi.Func {
		return kapi.Func{Name: name, Proto: "int " + name + "(struct timer_list *timer)", Call: func(c *kapi.Call) uint64 { return f(c, c.Ptr()) }}
	}
	mod := func(name string, f func(c *kapi.Call, t, expires uint64) uint64) kapi.Func {
		return kapi.Func{Name: name, Proto: "int " + name + "(struct timer_list *timer, unsigned long expires)", Call: func(c *kapi.Call) uint64 {
			return f(c, c.Ptr(), c.Ulong())
		}}
	}
	expires := func(t uint64) uint64 { return cstruct.Word(e.s.Core, t+e.timer.At("expires")) }
	pending := func(t uint64) bool {
		e.mu.Lock()
		defer e.mu.Unlock()
		return e.pending[t] != nil
	}
	return []kapi.Func{
		mod("mod_timer", func(c *kapi.Call, t, x uint64) uint64 { return truth(e.mod(c, "mod_timer", t, x)) }),
		mod("mod_timer_pending", func(c *kapi.Call, t, x uint64) uint64 {
			return truth(pending(t) && e.mod(c, "mod_timer_pending", t, x))
		}),
		mod("timer_reduce", func(c *kapi.Call, t, x uint64) uint64 {
			if pending(t) && e.s.AtJiffy(expires(t)) <= e.s.AtJiffy(x) {
				return 1
			}
			return truth(e.mod(c, "timer_reduce", t, x))
		}),
		{Name: "add_timer", Proto: "void add_timer(struct timer_list *timer)", Call: func(c *kapi.Call) uint64 {
			t := c.Ptr()
			if pending(t) {
				c.Warn("add_timer", "add_timer: the timer is pending already\n", taintWarn)
				return 0
			}
			e.mod(c, "add_timer", t, expires(t))
			return 0
		}},
		del("timer_delete", func(_ *kapi.Call, t uint64) uint64 { return truth(e.del(t)) }),
		del("timer_delete_sync", func(c *kapi.Call, t uint64) uint64 { return e.delSync(c, "timer_delete_sync", t) }),
		del("try_to_del_timer_sync", func(_ *kapi.Call, t uint64) uint64 {
			e.mu.Lock()
			busy := e.runs(t)
			e.mu.Unlock()
			if busy {
				return ^uint64(0)
			}
			return truth(e.del(t))
		}),
		del("timer_shutdown", func(_ *kapi.Call, t uint64) uint64 {
			was := e.del(t)
			cstruct.SetWord(e.s.Core, t+e.timer.At("function"), 0)
			return truth(was)
		}),
		del("timer_shutdown_sync", func(c *kapi.Call, t uint64) uint64 {
			cstruct.SetWord(e.s.Core, t+e.timer.At("function"), 0)
			return e.delSync(c, "timer_shutdown_sync", t)
		}),
	}
}

// delSync deletes a timer whose function may be running and set it anew.
func (e *Engine) delSync(c *kapi.Call, at string, t uint64) uint64 {
	was := e.del(t)
	e.await(c, at, t)
	return truth(e.del(t) || was)
}
