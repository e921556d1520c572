package sched

import (
	"rv86/kernel/lkm"
	"rv86/kmod/kapi"
)

// enter begins a section in which the caller is not interrupted, leave ends it.
func (s *Sched) enter(who *lkm.Caller) {
	if who.Atomic == 0 {
		s.cpu.Lock()
	}
	who.Atomic++
}

func (s *Sched) leave(who *lkm.Caller) {
	if who.Atomic--; who.Atomic == 0 {
		s.cpu.Unlock()
	}
}

// Softirq runs f as a softirq or a timer's function runs: atomic, for nobody in
// particular.
func (s *Sched) Softirq(who *lkm.Caller, f func()) {
	x := s.of(who)
	s.enter(who)
	x.soft++
	who.Depth++
	f()
	who.Depth--
	s.after(who, func() { x.soft-- })
}

// BottomHalf runs f with softirqs off, for a caller of any context.
func (s *Sched) BottomHalf(who *lkm.Caller, f func()) {
	if who.Atomic > 0 {
		f()
		return
	}
	s.Softirq(who, f)
}

// Hardirq runs f as an interrupt handler runs.
func (s *Sched) Hardirq(who *lkm.Caller, f func()) {
	x := s.of(who)
	s.enter(who)
	x.hardirq++
	x.irqsOff = true
	who.Depth++
	f()
	who.Depth--
	s.after(who, func() { x.hardirq--; x.irqsOff = false })
}

// after ends a section in which C code ran, which must have left what it
// entered.
func (s *Sched) after(who *lkm.Caller, undo func()) {
	x := s.of(who)
	undo()
	if who.Atomic > 1 {
		// Its own sections are left for it, as Linux does for a timer's
		// function.
		s.Core.Log(levelErr + "BUG: module code left interrupt context with a spinlock held, or preemption or interrupts off\n")
		x.preempt, x.soft, x.irqsOff = 0, 0, false
		who.Atomic = 1
	}
	s.leave(who)
}

// irqsOff turns the caller's interrupts off and tells whether they were.
func (s *Sched) irqsOff(who *lkm.Caller) bool {
	x := s.of(who)
	was := x.irqsOff
	if !was {
		s.enter(who)
		x.irqsOff = true
	}
	return was
}

// irqsOn turns them on; within a handler they stay off.
func (s *Sched) irqsOn(who *lkm.Caller) {
	if x := s.of(who); x.irqsOff && x.hardirq == 0 {
		x.irqsOff = false
		s.leave(who)
	}
}

func (s *Sched) preemptOff(who *lkm.Caller) {
	s.enter(who)
	s.of(who).preempt++
}

func (s *Sched) preemptOn(c *kapi.Call) {
	s.lower(c, &s.of(lkm.From(c)).preempt, "preempt_enable", "DEBUG_LOCKS_WARN_ON(val > preempt_count())")
}

// lower takes one level of a count back; one that is 0 already is a mistake of the
// module's.
func (s *Sched) lower(c *kapi.Call, count *int, by, check string) {
	if *count == 0 {
		warn(c, by, check)
		return
	}
	*count--
	s.leave(lkm.From(c))
}

func (s *Sched) softOff(who *lkm.Caller) {
	s.enter(who)
	s.of(who).soft++
}

func (s *Sched) softOn(c *kapi.Call) {
	s.lower(c, &s.of(lkm.From(c)).soft, "local_bh_enable", "DEBUG_LOCKS_WARN_ON(cnt > softirq_count())")
}

// atomicFuncs are the rows about atomic context (Linux include/linux/preempt.h,
// irqflags.h, bottom_half.h). The flags of local_irq_save are 1 for on.
func (s *Sched) atomicFuncs() []kapi.Func {
	row := func(name, proto string, f func(who *lkm.Caller) uint64) kapi.Func {
		return kapi.Func{Name: name, Proto: proto, Call: func(c *kapi.Call) uint64 { return f(lkm.From(c)) }}
	}
	return []kapi.Func{
		row("preempt_disable", "void preempt_disable(void)", func(who *lkm.Caller) uint64 { s.preemptOff(who); return 0 }),
		{Name: "preempt_enable", Proto: "void preempt_enable(void)", Call: func(c *kapi.Call) uint64 { s.preemptOn(c); return 0 }},
		row("preempt_count", "int preempt_count(void)", func(who *lkm.Caller) uint64 {
			x := s.of(who)
			return uint64(x.preempt) + uint64(x.soft)<<8 + uint64(x.hardirq)<<16
		}),
		row("local_bh_disable", "void local_bh_disable(void)", func(who *lkm.Caller) uint64 { s.softOff(who); return 0 }),
		{Name: "local_bh_enable", Proto: "void local_bh_enable(void)", Call: func(c *kapi.Call) uint64 { s.softOn(c); return 0 }},
		row("local_irq_disable", "void local_irq_disable(void)", func(who *lkm.Caller) uint64 { s.irqsOff(who); return 0 }),
		row("local_irq_enable", "void local_irq_enable(void)", func(who *lkm.Caller) uint64 { s.irqsOn(who); return 0 }),
		row("__local_irq_save", "unsigned long __local_irq_save(void)", func(who *lkm.Caller) uint64 { return truth(!s.irqsOff(who)) }),
		{Name: "local_irq_restore", Proto: "void local_irq_restore(unsigned long flags)", Call: func(c *kapi.Call) uint64 {
			s.restore(lkm.From(c), c.Ulong())
			return 0
		}},
		row("irqs_disabled", "int irqs_disabled(void)", func(who *lkm.Caller) uint64 { return truth(s.of(who).irqsOff) }),
		{Name: "__might_sleep", Proto: "void __might_sleep(const char *file, int line)", Call: func(c *kapi.Call) uint64 {
			if lkm.From(c).Atomic > 0 {
				file := c.Str(c.Ptr())
				s.MightSleep(c, file+":"+itoa(c.Int()))
			}
			return 0
		}},
	}
}

func (s *Sched) restore(who *lkm.Caller, flags uint64) {
	if flags != 0 {
		s.irqsOn(who)
	} else {
		s.irqsOff(who)
	}
}
