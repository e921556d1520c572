package waitq

import (
	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cstruct"
	"rv86/kernel/lkm/sched"
	"rv86/kmod/kapi"
)

// CompletionLayout is struct completion (linux/completion.h): a spinlock, whose
// magic number says that it was initialized, and how often it was completed.
func CompletionLayout(word int) *cstruct.Layout {
	return cstruct.Of(word, "completion", "u32 locked", "u32 magic", "u32 owner_cpu", "ptr owner", "u32 done")
}

// doneForAll is complete_all's done: it never runs out.
const doneForAll = 0xffffffff >> 1

// done is the address of a completion's count.
func (q *WaitQ) done(c *kapi.Call, x uint64) uint64 {
	q.s.CheckSpin(c, x)
	return x + q.doneAt
}

// take uses one completion up, if there is one.
func (q *WaitQ) take(done uint64) bool {
	n := cstruct.U32(q.s.Core, done)
	if n == 0 {
		return false
	}
	if n != doneForAll {
		cstruct.SetU32(q.s.Core, done, n-1)
	}
	return true
}

func (q *WaitQ) wait(c *kapi.Call, x uint64, st sched.State, deadline int64) abi.Errno {
	done := q.done(c, x)
	return q.s.Await(c, x, st, deadline, func() bool { return q.take(done) })
}

// Complete wakes one waiter of a completion, or all and for ever.
func (q *WaitQ) Complete(c *kapi.Call, x uint64, all bool) {
	done := q.done(c, x)
	n := 1
	if all {
		n = 0
	}
	q.s.Release(x, n, func() bool {
		switch v := cstruct.U32(q.s.Core, done); {
		case all:
			cstruct.SetU32(q.s.Core, done, doneForAll)
		case v != doneForAll:
			cstruct.SetU32(q.s.Core, done, v+1)
		}
		return true
	})
}

func (q *WaitQ) completionFuncs() []kapi.Func {
	plain := func(name string, st sched.State, result string) kapi.Func {
		return kapi.Func{Name: name, Proto: result + " " + name + "(struct completion *x)", Call: func(c *kapi.Call) uint64 {
			return lkm.Fail(q.wait(c, c.Ptr(), st, lkm.Never))
		}}
	}
	timed := func(name string, st sched.State, result string) kapi.Func {
		return kapi.Func{Name: name, Proto: result + " " + name + "(struct completion *x, unsigned long timeout)", Call: func(c *kapi.Call) uint64 {
			x := c.Ptr()
			deadline := q.s.Deadline(c.Long())
			switch e := q.wait(c, x, st, deadline); e {
			case 0:
				return max(q.s.Left(deadline), 1)
			case abi.ETIMEDOUT:
				return 0
			default:
				return lkm.Fail(e)
			}
		}}
	}
	return []kapi.Func{
		plain("wait_for_completion", sched.Uninterruptible, "void"),
		plain("wait_for_completion_interruptible", sched.Interruptible, "int"),
		plain("wait_for_completion_killable", sched.Killable, "int"),
		timed("wait_for_completion_timeout", sched.Uninterruptible, "unsigned long"),
		timed("wait_for_completion_interruptible_timeout", sched.Interruptible, "long"),
		timed("wait_for_completion_killable_timeout", sched.Killable, "long"),
		{Name: "try_wait_for_completion", Proto: "bool try_wait_for_completion(struct completion *x)", Call: func(c *kapi.Call) uint64 {
			done := q.done(c, c.Ptr())
			if q.s.Do(func() bool { return q.take(done) }) {
				return 1
			}
			return 0
		}},
		{Name: "completion_done", Proto: "bool completion_done(struct completion *x)", Call: func(c *kapi.Call) uint64 {
			if cstruct.U32(q.s.Core, q.done(c, c.Ptr())) != 0 {
				return 1
			}
			return 0
		}},
		{Name: "complete", Proto: "void complete(struct completion *x)", Call: func(c *kapi.Call) uint64 {
			q.Complete(c, c.Ptr(), false)
			return 0
		}},
		{Name: "complete_all", Proto: "void complete_all(struct completion *x)", Call: func(c *kapi.Call) uint64 {
			q.Complete(c, c.Ptr(), true)
			return 0
		}},
	}
}
