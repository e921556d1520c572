package sched

import (
	"runtime"
	"sync"
	"time"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cstruct"
	"rv86/kmod/kapi"
)

// State is a task's __state (Linux include/linux/sched.h).
type State uint32

const (
	Running         State = 0
	Interruptible   State = 0x1
	Uninterruptible State = 0x2
	WakeKill        State = 0x100 // a fatal signal ends the sleep
	NoLoad          State = 0x400
	Killable              = WakeKill | Uninterruptible
	Normal                = Interruptible | Uninterruptible // what wake_up wakes
	Any             State = 0xffffffff
)

// Sched is the scheduler as modules see it.
type Sched struct {
	Core lkm.Core
	// Find gives a thread by its number, Threads the numbers of all, in order,
	// for for_each_process and find_vpid. Nil if there are no processes.
	Find    func(tid int) lkm.Thread
	Threads func() []int
	// ThreadsOf gives the numbers of a process' threads, in order.
	ThreadsOf func(pid int) []int

	// TTY gives the struct tty_struct of a caller's terminal, 0 if it has none.
	TTY func(who *lkm.Caller) uint64
	// Epoch is the wall clock at boot, in nanoseconds since 1970.
	Epoch int64

	layout  *cstruct.Layout
	offsets lockOffsets
	cpu     sync.Mutex // the token of atomic context
	rcu     rcu

	mu      sync.Mutex // guards what follows, and words of C objects in use
	tasks   map[int]*Task
	byAddr  map[uint64]*Task
	queues  map[uint64]*queue
	swapper *Task
}

// New makes the scheduler of a core.
func New(core lkm.Core) *Sched {
	s := &Sched{
		Core: core, layout: TaskLayout(core.WordSize()),
		tasks: map[int]*Task{}, byAddr: map[uint64]*Task{}, queues: map[uint64]*queue{},
	}
	s.offsets = offsetsOf(SpinLayout(core.WordSize()))
	s.rcu.readers = map[uint64]int{}
	s.rcu.changed.L = &s.rcu.mu
	s.rcu.who.Comm = "rcu_preempt"
	return s
}

// context is what the scheduler knows of a caller (lkm.Caller.Local).
type context struct {
	task                   *Task
	preempt, soft, hardirq int
	irqsOff                bool

	rcu    int    // nesting of rcu_read_lock
	period uint64 // of the outermost
}

// of finds a caller's context.
func (s *Sched) of(who *lkm.Caller) *context {
	if x, ok := who.Local.(*context); ok {
		return x
	}
	x := &context{}
	who.Local = x
	return x
}

// Current gives the caller's task.
func (s *Sched) Current(who *lkm.Caller) *Task {
	x := s.of(who)
	if x.task == nil {
		x.task = s.taskFor(who)
	}
	return x.task
}

// block is schedule(): it returns when the task's state is Running. An error
// says that the deadline came (ETIMEDOUT) or a signal that the state cares for
// (ERESTARTSYS); the state is Running then too.
func (s *Sched) block(c *kapi.Call, t *Task, deadline int64) abi.Errno {
	who := lkm.From(c)
	if who.Atomic > 0 {
		if t.State() == Running {
			return 0
		}
		s.reportAtomicSchedule(c, t)
		s.cpu.Unlock()
		defer s.cpu.Lock()
	}
	if s.of(who).rcu > 0 && t.State() != Running {
		warn(c, "schedule", "Voluntary context switch within RCU read-side critical section!")
	}
	return s.Block(t, deadline)
}

// Block is block for a thread that is in no atomic context.
func (s *Sched) Block(t *Task, deadline int64) abi.Errno {
	defer t.setState(Running)
	for {
		st := t.State()
		switch {
		case st == Running:
			runtime.Gosched()
			return 0
		case s.SignalEnds(t, st):
			return abi.ERESTARTSYS
		}
		if t.OnSleep != nil {
			t.OnSleep(true)
		}
		e := t.sleep(st, deadline)
		if t.OnSleep != nil {
			t.OnSleep(false)
		}
		if e == abi.ETIMEDOUT {
			if t.State() == Running {
				return 0 // woken at the last moment
			}
			return e
		}
	}
}

// SetState gives a task a state before anybody else knows it.
func (s *Sched) SetState(t *Task, st State) { t.setState(st) }

// Wake is try_to_wake_up: it makes a task that sleeps in one of the states
// runnable.
func (s *Sched) Wake(t *Task, states State) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.wake(t, states)
}

// wake is Wake. Preconditions: mu is held.
func (s *Sched) wake(t *Task, states State) bool {
	if t.ended || t.State()&states == 0 {
		return false
	}
	t.setState(Running)
	t.poke()
	return true
}

// Sleep puts the caller to sleep in a state until the deadline, a signal or a
// wake_up_process.
func (s *Sched) Sleep(c *kapi.Call, st State, deadline int64) abi.Errno {
	t := s.Current(lkm.From(c))
	t.setState(st)
	return s.block(c, t, deadline)
}

// Wait runs f, which waits for another caller's C code. In atomic context that
// code could never run, so the token is given up meanwhile, after a report.
func (s *Sched) Wait(c *kapi.Call, at string, f func()) {
	if who := lkm.From(c); who.Atomic > 0 {
		s.MightSleep(c, at)
		s.cpu.Unlock()
		defer s.cpu.Lock()
	}
	f()
}

// Delay lets time pass without a schedule: busy waiting, which is allowed in
// atomic context.
func (s *Sched) Delay(ns int64) {
	if ns > 0 {
		time.Sleep(time.Duration(ns))
	}
}
