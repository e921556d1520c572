package sched

import (
	"slices"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/wait"
	"rv86/kmod/kapi"
)

// queue is who waits at an address. It exists while somebody does.
type queue struct {
	waiters  []*Waiter
	watch    wait.Queue // those who poll
	watchers int
}

// Waiter is a task on a queue.
type Waiter struct {
	Task      *Task
	Exclusive bool   // a wakeup ends with this one
	Entry     uint64 // its struct wait_queue_entry, 0 for none
	Func      uint64 // C code to call instead of waking, 0 for none
	Stay      bool   // being woken does not take it off the queue
}

// Park puts w at the queue of an address: an exclusive one at the end, others
// at the front (Linux kernel/sched/wait.c). It does nothing if it is there.
func (s *Sched) Park(key uint64, w *Waiter) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.park(key, w)
}

func (s *Sched) park(key uint64, w *Waiter) {
	q := s.queueAt(key)
	switch {
	case slices.Contains(q.waiters, w):
	case w.Exclusive:
		q.waiters = append(q.waiters, w)
	default:
		q.waiters = slices.Insert(q.waiters, 0, w)
	}
}

func (s *Sched) queueAt(key uint64) *queue {
	q := s.queues[key]
	if q == nil {
		q = &queue{}
		s.queues[key] = q
	}
	return q
}

// Prepare parks w and gives its task, which may be another's, the state: in that
// order, so that a wakeup in between is not lost.
func (s *Sched) Prepare(key uint64, w *Waiter, t *Task, st State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.park(key, w)
	t.setState(st)
}

// SetRunning ends a wait that was prepared.
func (s *Sched) SetRunning(t *Task) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t.setState(Running)
}

// SignalEnds says whether a signal is waiting that ends a sleep in the state.
func (s *Sched) SignalEnds(t *Task, st State) bool {
	return st&Interruptible != 0 && t.Interrupted() || st&WakeKill != 0 && t.killed()
}

// Unpark takes w away; false if it was not there.
func (s *Sched) Unpark(key uint64, w *Waiter) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.unpark(key, w)
}

func (s *Sched) unpark(key uint64, w *Waiter) bool {
	q := s.queues[key]
	if q == nil {
		return false
	}
	i := slices.Index(q.waiters, w)
	if i < 0 {
		return false
	}
	q.waiters = slices.Delete(q.waiters, i, i+1)
	s.tidy(key, q)
	return true
}

// tidy drops a queue nobody is on. Preconditions: mu is held.
func (s *Sched) tidy(key uint64, q *queue) {
	if len(q.waiters) == 0 && q.watchers == 0 {
		delete(s.queues, key)
	}
}

// Parked finds the waiter of an entry, nil if there is none.
func (s *Sched) Parked(key, entry uint64) *Waiter {
	s.mu.Lock()
	defer s.mu.Unlock()
	if q := s.queues[key]; q != nil {
		for _, w := range q.waiters {
			if w.Entry == entry {
				return w
			}
		}
	}
	return nil
}

// Waiting counts who waits at an address.
func (s *Sched) Waiting(key uint64) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if q := s.queues[key]; q != nil {
		return len(q.waiters) + q.watchers
	}
	return 0
}

// forget takes a task off all queues. Preconditions: mu is held.
func (s *Sched) forget(t *Task) {
	for key, q := range s.queues {
		q.waiters = slices.DeleteFunc(q.waiters, func(w *Waiter) bool { return w.Task == t })
		s.tidy(key, q)
	}
}

// WakeUp wakes those at an address who sleep in one of the states: all that are
// not exclusive and n that are (0: all). It gives the waiters that have a
// function of their own, for the caller to run.
func (s *Sched) WakeUp(key uint64, states State, n int, events wait.Events) (funcs []*Waiter) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.wakeUp(key, states, n, events)
}

func (s *Sched) wakeUp(key uint64, states State, n int, events wait.Events) (funcs []*Waiter) {
	q := s.queues[key]
	if q == nil {
		return nil
	}
	if q.watchers > 0 {
		q.watch.Notify(events)
	}
	for _, w := range slices.Clone(q.waiters) {
		if w.Func != 0 {
			funcs = append(funcs, w)
			continue
		}
		if !s.wake(w.Task, states) {
			continue
		}
		if !w.Stay {
			s.unpark(key, w)
		}
		if w.Exclusive {
			if n--; n == 0 {
				break
			}
		}
	}
	return funcs
}

// Watch registers a poller's waiter at the wait queue head at an address, until
// the function it gives is called. The events are poll's.
func (s *Sched) Watch(head uint64, w *wait.Waiter, events wait.Events) (unwatch func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := s.queueAt(head)
	q.watchers++
	q.watch.Register(w, events)
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		q.watch.Unregister(w)
		q.watchers--
		if s.queues[head] == q {
			s.tidy(head, q)
		}
	}
}

// Await sleeps in a state until try is true: it is called with the words of C
// objects locked, first at once and then whenever somebody wakes the address.
// The error is ETIMEDOUT or ERESTARTSYS.
func (s *Sched) Await(c *kapi.Call, key uint64, st State, deadline int64, try func() bool) abi.Errno {
	t := s.Current(lkm.From(c))
	w := &Waiter{Task: t, Exclusive: true}
	for {
		if s.tryOrPark(key, w, st, try) {
			return 0
		}
		if e := s.block(c, t, deadline); e != 0 {
			s.Unpark(key, w)
			// A wakeup that came at the same moment must not be lost.
			if s.Do(try) {
				return 0
			}
			return e
		}
	}
}

// tryOrPark tries, and else gets ready to sleep.
func (s *Sched) tryOrPark(key uint64, w *Waiter, st State, try func() bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if try() {
		s.unpark(key, w)
		return true
	}
	w.Task.setState(st)
	s.park(key, w)
	return false
}

// Do runs f with the words of C objects locked. What f reaches may fault.
func (s *Sched) Do(f func() bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return f()
}

// Release runs f as Do does and, if it says so, wakes the first n that wait at
// the address (0: all).
func (s *Sched) Release(key uint64, n int, f func() bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f() {
		s.wakeUp(key, Any, n, ^wait.Events(0))
	}
}
