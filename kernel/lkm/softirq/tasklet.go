package softirq

import (
	"slices"

	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cstruct"
	"rv86/kmod/kapi"
)

// TaskletLayout is struct tasklet_struct (linux/interrupt.h). count is how often
// it was disabled.
func TaskletLayout(word int) *cstruct.Layout {
	return cstruct.Of(word, "tasklet_struct", "ptr next", "long state", "u32 count", "u8 use_callback", "ptr func", "long data")
}

// Bits of state.
const (
	stateSched = 1 << 0
	stateRun   = 1 << 1
)

func (e *Engine) taskletState(t uint64) uint64 {
	return cstruct.Word(e.s.Core, t+e.tasklet.At("state"))
}

func (e *Engine) setTaskletState(t, set, clear uint64) {
	at := t + e.tasklet.At("state")
	cstruct.SetWord(e.s.Core, at, cstruct.Word(e.s.Core, at)&^clear|set)
}

// schedule queues a tasklet, once; front is for those of high priority.
func (e *Engine) schedule(t uint64, front bool) {
	fn := cstruct.Word(e.s.Core, t+e.tasklet.At("func"))
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.taskletState(t)&stateSched != 0 {
		return
	}
	e.setTaskletState(t, stateSched, 0)
	e.seq++
	it := &item{addr: t, kind: "tasklet", run: e.runTasklet, fn: fn, seq: e.seq}
	if front {
		e.ready = slices.Insert(e.ready, 0, it)
	} else {
		e.ready = append(e.ready, it)
	}
	e.wake()
}

// runTasklet calls a tasklet's function. A disabled one waits, scheduled, until
// it is enabled.
func (e *Engine) runTasklet(it *item) {
	core := e.s.Core
	e.s.Softirq(&e.who, func() {
		fn, arg, off := it.fn, uint64(0), false
		if it.gone == "" && !core.Guard(&e.who, func() {
			off = cstruct.U32(core, it.addr+e.tasklet.At("count")) != 0
			if off {
				return
			}
			e.setTaskletState(it.addr, stateRun, stateSched)
			fn = cstruct.Word(core, it.addr+e.tasklet.At("func"))
			arg = cstruct.Word(core, it.addr+e.tasklet.At("data"))
			if core.Slice(it.addr+e.tasklet.At("use_callback"), 1)[0] != 0 {
				arg = it.addr
			}
		}) || off {
			return
		}
		core.Run(&e.who, fn, arg)
		if it.gone == "" {
			core.Guard(&e.who, func() { e.setTaskletState(it.addr, 0, stateRun) })
		}
	})
}

// count changes how often a tasklet is disabled. One that was scheduled
// meanwhile runs when it is enabled.
func (e *Engine) count(t uint64, by int32) {
	at := t + e.tasklet.At("count")
	n := cstruct.U32(e.s.Core, at) + uint32(by)
	cstruct.SetU32(e.s.Core, at, n)
	if n == 0 && e.taskletState(t)&stateSched != 0 {
		e.mu.Lock()
		queued := slices.ContainsFunc(e.ready, func(it *item) bool { return it.addr == t })
		e.mu.Unlock()
		if !queued {
			e.setTaskletState(t, 0, stateSched)
			e.schedule(t, false)
		}
	}
}

// kill is tasklet_kill: it waits until the tasklet is neither scheduled nor
// runs.
func (e *Engine) kill(c *kapi.Call, t uint64) {
	if lkm.From(c) == &e.who {
		c.Warn("tasklet_kill", "tasklet_kill: attempt to kill a tasklet from interrupt\n", taintWarn)
		return
	}
	e.s.Wait(c, "tasklet_kill", func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		for e.runs(t) || slices.ContainsFunc(e.ready, func(it *item) bool { return it.addr == t }) {
			e.changed.Wait()
		}
	})
	e.setTaskletState(t, 0, stateSched)
}

func (e *Engine) taskletFuncs() []kapi.Func {
	row := func(name string, f func(c *kapi.Call, t uint64)) kapi.Func {
		return kapi.Func{Name: name, Proto: "void " + name + "(struct tasklet_struct *t)", Call: func(c *kapi.Call) uint64 { f(c, c.Ptr()); return 0 }}
	}
	return []kapi.Func{
		row("tasklet_schedule", func(_ *kapi.Call, t uint64) { e.schedule(t, false) }),
		row("tasklet_hi_schedule", func(_ *kapi.Call, t uint64) { e.schedule(t, true) }),
		row("tasklet_kill", e.kill),
		row("tasklet_enable", func(_ *kapi.Call, t uint64) { e.count(t, -1) }),
		row("tasklet_disable_nosync", func(_ *kapi.Call, t uint64) { e.count(t, 1) }),
		row("tasklet_disable", func(c *kapi.Call, t uint64) {
			e.count(t, 1)
			e.await(c, "tasklet_disable", t)
		}),
	}
}
