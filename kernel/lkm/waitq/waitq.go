package waitq

import (
	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cstruct"
	"rv86/kernel/lkm/sched"
	"rv86/kernel/wait"
	"rv86/kmod/kapi"
)

// EntryLayout is struct wait_queue_entry (linux/wait.h).
func EntryLayout(word int) *cstruct.Layout {
	return cstruct.Of(word, "wait_queue_entry", "u32 flags", "ptr private", "ptr func", "list entry")
}

// flagExclusive is WQ_FLAG_EXCLUSIVE.
const flagExclusive = 1

// WaitQ has the rows.
type WaitQ struct {
	s      *sched.Sched
	entry  *cstruct.Layout
	doneAt uint64 // of a completion
}

// New makes them for a scheduler.
func New(s *sched.Sched) *WaitQ {
	w := s.Core.WordSize()
	return &WaitQ{s, EntryLayout(w), CompletionLayout(w).At("done")}
}

// waiter finds the waiter of an entry at a head, or makes one from what the
// entry says.
func (q *WaitQ) waiter(c *kapi.Call, head, entry uint64) *sched.Waiter {
	m := q.s.Core
	if w := q.s.Parked(head, entry); w != nil {
		return w
	}
	task := q.s.Lookup(cstruct.Word(m, entry+q.entry.At("private")))
	if task == nil {
		task = q.s.Current(lkm.From(c))
	}
	return &sched.Waiter{
		Task: task, Entry: entry,
		Exclusive: cstruct.U32(m, entry+q.entry.At("flags"))&flagExclusive != 0,
		Func:      cstruct.Word(m, entry+q.entry.At("func")),
	}
}

// prepare is prepare_to_wait: be on the queue first, change the state second.
func (q *WaitQ) prepare(c *kapi.Call, head, entry uint64, st sched.State) {
	q.s.CheckSpin(c, head)
	q.s.Prepare(head, q.waiter(c, head, entry), q.s.Current(lkm.From(c)), st)
}

func (q *WaitQ) setExclusive(entry uint64, on bool) {
	m, at := q.s.Core, entry+q.entry.At("flags")
	f := cstruct.U32(m, at) &^ flagExclusive
	if on {
		f |= flagExclusive
	}
	cstruct.SetU32(m, at, f)
}

// leave is finish_wait.
func (q *WaitQ) leave(c *kapi.Call, head, entry uint64) {
	if w := q.s.Parked(head, entry); w != nil {
		q.s.Unpark(head, w)
	}
	q.s.SetRunning(q.s.Current(lkm.From(c)))
}

// wakeUp is __wake_up. Entries with a function of their own are called in
// between, as in C; one that says it woke somebody counts if it is exclusive.
func (q *WaitQ) wakeUp(c *kapi.Call, head uint64, mode sched.State, n int32, key uint64) {
	q.s.CheckSpin(c, head)
	events := wait.Events(key)
	if events == 0 {
		events = ^wait.Events(0)
	}
	for _, w := range q.s.WakeUp(head, mode, int(n), events) {
		if _, ok := q.s.Core.Run(lkm.From(c), w.Func, w.Entry, uint64(mode), 0, key); !ok {
			c.Died = kapi.FaultInside
			return
		}
	}
}

// Exports are the rows of wait queues and completions.
func (q *WaitQ) Exports() []kapi.Func { return append(q.queueFuncs(), q.completionFuncs()...) }

func (q *WaitQ) queueFuncs() []kapi.Func {
	add := func(name string, exclusive bool) kapi.Func {
		return kapi.Func{
			Name: name, Proto: "void " + name + "(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry)",
			Call: func(c *kapi.Call) uint64 {
				head, entry := c.Ptr(), c.Ptr()
				q.s.CheckSpin(c, head)
				q.setExclusive(entry, exclusive)
				w := q.waiter(c, head, entry)
				w.Stay = true
				q.s.Park(head, w)
				return 0
			},
		}
	}
	prepare := func(name string, exclusive bool) kapi.Func {
		return kapi.Func{
			Name: name, Proto: "void " + name + "(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry, int state)",
			Call: func(c *kapi.Call) uint64 {
				head, entry, st := c.Ptr(), c.Ptr(), sched.State(c.Uint())
				q.setExclusive(entry, exclusive)
				q.prepare(c, head, entry, st)
				return 0
			},
		}
	}
	return []kapi.Func{
		add("add_wait_queue", false),
		add("add_wait_queue_exclusive", true),
		{Name: "remove_wait_queue", Proto: "void remove_wait_queue(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry)", Call: func(c *kapi.Call) uint64 {
			head, entry := c.Ptr(), c.Ptr()
			if w := q.s.Parked(head, entry); w != nil {
				q.s.Unpark(head, w)
			}
			return 0
		}},
		prepare("prepare_to_wait", false),
		prepare("prepare_to_wait_exclusive", true),
		{Name: "prepare_to_wait_event", Proto: "long prepare_to_wait_event(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry, int state)", Call: func(c *kapi.Call) uint64 {
			head, entry, st := c.Ptr(), c.Ptr(), sched.State(c.Uint())
			if q.s.SignalEnds(q.s.Current(lkm.From(c)), st) {
				if w := q.s.Parked(head, entry); w != nil {
					q.s.Unpark(head, w)
				}
				return lkm.Fail(abi.ERESTARTSYS)
			}
			q.prepare(c, head, entry, st)
			return 0
		}},
		{Name: "finish_wait", Proto: "void finish_wait(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry)", Call: func(c *kapi.Call) uint64 {
			q.leave(c, c.Ptr(), c.Ptr())
			return 0
		}},
		{Name: "__wake_up", Proto: "void __wake_up(struct wait_queue_head *wq_head, unsigned int mode, int nr, void *key)", Call: func(c *kapi.Call) uint64 {
			q.wakeUp(c, c.Ptr(), sched.State(c.Uint()), c.Int(), c.Ptr())
			return 0
		}},
		{Name: "waitqueue_active", Proto: "int waitqueue_active(struct wait_queue_head *wq_head)", Call: func(c *kapi.Call) uint64 {
			if q.s.Waiting(c.Ptr()) > 0 {
				return 1
			}
			return 0
		}},
		{Name: "default_wake_function", Proto: "int default_wake_function(struct wait_queue_entry *wq_entry, unsigned int mode, int flags, void *key)", Call: func(c *kapi.Call) uint64 {
			task := q.s.Lookup(cstruct.Word(q.s.Core, c.Ptr()+q.entry.At("private")))
			if task != nil && q.s.Wake(task, sched.State(c.Uint())) {
				return 1
			}
			return 0
		}},
	}
}
