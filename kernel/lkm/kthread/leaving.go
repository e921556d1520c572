package kthread

import (
	"fmt"
	"slices"
	"time"

	"rv86/kernel/lkm"
	"rv86/kernel/lkm/sched"
)

const (
	// patience is how long Settle waits, and glance how long between its looks.
	// On Linux the removal of a module takes no less: it waits for readers of
	// RCU and for what runs asynchronously.
	patience = 10 * time.Millisecond
	glance   = time.Millisecond
)

// Settle lets threads that run a leaving module's functions, and that were
// woken, go on until they sleep or end. An exit function that wakes a thread and
// does not wait for its end is no good; but it is usual, and works where the
// thread only has to return.
func (k *KThread) Settle(who *lkm.Caller, in func(addr uint64) bool) {
	if who.Thread == nil {
		return
	}
	for end := k.s.Core.Now() + int64(patience); k.awake(in) && k.s.Core.Now() < end; {
		who.Thread.SleepDeep(k.s.Core.Now() + int64(glance))
	}
}

// awake says whether a thread that is not asleep runs such a function.
func (k *KThread) awake(in func(addr uint64) bool) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, th := range k.running {
		if in(th.fn) && th.task.State() == sched.Running {
			return true
		}
	}
	return false
}

// Leaving lists what a module that goes away leaves behind.
func (k *KThread) Leaving(_ string, in func(addr uint64) bool) (left []string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	var still []*thread
	for _, th := range k.running {
		if in(th.fn) {
			still = append(still, th)
		}
	}
	slices.SortFunc(still, func(a, b *thread) int { return a.who.PID - b.who.PID })
	for _, th := range still {
		left = append(left, fmt.Sprintf("kernel thread [%s] (PID %d, function %s) is still running: kthread_stop it before the module goes",
			th.who.Comm, th.who.PID, k.s.Core.Symbol(th.fn)))
	}
	return left
}
