package sched

import (
	"fmt"

	"rv86/kernel/lkm"
	"rv86/kmod/kapi"
)

const (
	levelErr  = "\x013"
	taintWarn = 9 // TAINT_WARN
)

// warn reports a misuse with a call trace and goes on.
func warn(c *kapi.Call, at, text string) { c.Warn(at, text+"\n", taintWarn) }

// bug writes the lines of a report that Linux begins with BUG, then the trace.
func bug(c *kapi.Call, lines ...string) {
	for _, l := range lines {
		c.Log(levelErr + l + "\n")
	}
	c.DumpStack()
	c.Taint(taintWarn)
}

// count is preempt_count, in Linux's fields: preemption off, softirq, hardirq.
func (x *context) count() uint32 {
	n := uint32(x.preempt) + uint32(x.soft)<<8 + uint32(x.hardirq)<<16
	if x.irqsOff && n == 0 {
		n = 1
	}
	return n
}

// name is how reports call a caller: comm/pid.
func name(who *lkm.Caller) string { return fmt.Sprintf("%s/%d", who.Comm, who.PID) }

func (s *Sched) reportAtomicSchedule(c *kapi.Call, _ *Task) {
	who := lkm.From(c)
	bug(c, fmt.Sprintf("BUG: scheduling while atomic: %s/0x%08x", name(who), s.of(who).count()))
}

// MightSleep reports a caller that must not sleep.
func (s *Sched) MightSleep(c *kapi.Call, at string) {
	who := lkm.From(c)
	if who.Atomic == 0 {
		return
	}
	x := s.of(who)
	bug(c,
		"BUG: sleeping function called from invalid context at "+at,
		fmt.Sprintf("in_atomic(): %d, irqs_disabled(): %d, non_block: 0, pid: %d, name: %s",
			truth(x.preempt+x.soft+x.hardirq > 0), truth(x.irqsOff), who.PID, who.Comm),
		fmt.Sprintf("preempt_count: %x, expected: 0", x.count()))
}

// Check is called when all C code of a caller has returned: nobody may leave the
// kernel in atomic context. It tells whether all was well, and what the C code
// had counted; the count is 0 afterwards.
func (s *Sched) Check(who *lkm.Caller) (count uint32, ok bool) {
	if who.Local == nil {
		return 0, true
	}
	x := s.of(who)
	if x.rcu > 0 {
		s.rcu.leave(x.period)
		x.rcu = 0
		s.Core.Log(fmt.Sprintf("%sBUG: %s returned inside an RCU read-side critical section\n", levelErr, name(who)))
	}
	if who.Atomic == 0 {
		return 0, true
	}
	count = x.count()
	x.preempt, x.soft, x.hardirq, x.irqsOff = 0, 0, 0, false
	who.Atomic = 0
	s.cpu.Unlock()
	return count, false
}

// Returned is Check when all C code of a caller has returned, or ended in an
// oops: it reports as Linux's schedule() and make_task_dead() do.
func (s *Sched) Returned(who *lkm.Caller, ok bool) {
	count, fine := s.Check(who)
	switch {
	case fine:
	case ok:
		s.Core.Log(fmt.Sprintf("%sBUG: scheduling while atomic: %s/0x%08x: module code returned with a spinlock held, or preemption or interrupts off\n",
			levelErr, name(who), count))
	default:
		s.Core.Log(fmt.Sprintf("\x016note: %s[%d] exited with preempt_count %d\n", who.Comm, who.PID, count))
	}
}
