//go:build riscv64 || 386

package task

import (
	"math"
	"time"

	"rv86/kernel/abi"
	"rv86/kernel/nucleus"
	"rv86/kernel/wait"
)

// Never is the deadline that does not come. Deadlines are in nanoseconds of
// nucleus.Now.
const Never = int64(math.MaxInt64)

// Block runs try until it is done or the wait is cut short, and returns its
// error. Between tries the thread sleeps until q reports an event of mask.
// A nil q means that only the deadline or a signal ends the wait.
//
// The wait ends with ETIMEDOUT at the deadline (0 is "at once") and with
// ERESTARTSYS when a signal is to be handled: the system call layer makes that
// EINTR or restarts the call, as sigaction(2) has it.
func (t *Thread) Block(q *wait.Queue, mask wait.Events, deadline int64, try func() (bool, abi.Errno)) abi.Errno {
	if done, e := try(); done {
		return e
	}
	if q != nil {
		w := t.NewWaiter()
		q.Register(w, mask)
		defer q.Unregister(w)
	}
	for {
		if done, e := try(); done {
			return e
		}
		if e := t.Sleep(deadline); e != 0 {
			// What was waited for may have come with the signal, or at the last
			// moment: a child's end with its SIGCHLD. It wins, as in Linux.
			if done, late := try(); done {
				return late
			}
			return e
		}
	}
}

// NewWaiter makes a waiter whose notifications end the thread's Sleep, for
// callers that watch several queues (poll).
func (t *Thread) NewWaiter() *wait.Waiter { return &wait.Waiter{C: t.wakeup} }

// Sleep waits until one of the thread's waiters is notified (result 0), the
// deadline comes (ETIMEDOUT) or a signal is to be handled (ERESTARTSYS). A
// wakeup from before the call counts, so that looking at the state, then
// calling Sleep loses none.
func (t *Thread) Sleep(deadline int64) abi.Errno {
	if t.Interrupted() {
		return abi.ERESTARTSYS
	}
	if e := t.SleepDeep(deadline); e != 0 {
		return e
	}
	return t.afterSleep()
}

// SleepDeep is Sleep that no signal ends: one that comes is a wakeup like any
// other (TASK_UNINTERRUPTIBLE).
func (t *Thread) SleepDeep(deadline int64) abi.Errno {
	t.sleeping.Store(true)
	slept := nucleus.Now()
	defer func() {
		t.sleeping.Store(false)
		t.mark += nucleus.Now() - slept // no CPU time was used meanwhile
	}()
	if deadline == Never {
		<-t.wakeup
		return 0
	}
	d := deadline - nucleus.Now()
	if d <= 0 {
		return abi.ETIMEDOUT
	}
	timer := time.NewTimer(time.Duration(d))
	defer timer.Stop()
	select {
	case <-t.wakeup:
		return 0
	case <-timer.C:
		return abi.ETIMEDOUT
	}
}

func (t *Thread) afterSleep() abi.Errno {
	if t.Interrupted() {
		return abi.ERESTARTSYS
	}
	return 0
}

// Interrupted tells whether a signal to be handled, or the end of the process,
// is waiting for the thread.
func (t *Thread) Interrupted() bool { return t.work.Load() != 0 }

// Killed tells whether the process ends, or a SIGKILL is waiting.
func (t *Thread) Killed() bool {
	tasks.Lock()
	defer tasks.Unlock()
	return t.exiting || (t.queued.set | t.Process.pending.set).Has(abi.SIGKILL)
}

// Signals are those that wait for the thread, and its mask.
func (t *Thread) Signals() (pending, blocked uint64) {
	tasks.Lock()
	defer tasks.Unlock()
	return uint64(t.queued.set | t.Process.pending.set), uint64(t.mask)
}

// poke ends the thread's Sleep.
func (t *Thread) poke() {
	select {
	case t.wakeup <- struct{}{}:
	default:
	}
}
