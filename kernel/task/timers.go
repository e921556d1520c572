//go:build riscv64 || 386

package task

import (
	"sync"
	"time"

	"rv86/kernel/abi"
	"rv86/kernel/nucleus"
)

// Timer is the setting of an interval timer, in nanoseconds.
type Timer struct{ Value, Interval int64 }

// timers are a process' interval timers: the three of setitimer(2), and those
// of timer_create(2). CPU-time timers (VIRTUAL, PROF) run on the wall clock
// here while the process exists, which is what a profiler of a busy program
// sees anyway.
type timers struct {
	mu    sync.Mutex
	itv   [3]alarm
	posix map[int]*alarm
	last  int
}

// alarm is one running timer.
type alarm struct {
	timer    *time.Timer
	next     int64 // nucleus.Now of the next expiry; 0 = disarmed
	interval int64
	info     SigInfo
	thread   *Thread // SIGEV_THREAD_ID
	quiet    bool    // SIGEV_NONE
}

var itimerSignals = [3]int{abi.SIGALRM, abi.SIGVTALRM, abi.SIGPROF}

func (a *alarm) get() Timer {
	v := Timer{Interval: a.interval}
	if a.next != 0 {
		v.Value = max(a.next-nucleus.Now(), 1)
	}
	return v
}

// set arms the timer. Preconditions: p.timers.mu is held.
func (a *alarm) set(p *Process, v Timer) {
	if a.timer != nil {
		a.timer.Stop()
		a.timer = nil
	}
	a.next, a.interval = 0, v.Interval
	if v.Value <= 0 {
		return
	}
	a.next = nucleus.Now() + v.Value
	a.timer = time.AfterFunc(time.Duration(v.Value), func() { p.fire(a) })
}

// fire sends the signal of a timer that expired, and arms it again.
func (p *Process) fire(a *alarm) {
	ts := &p.timers
	ts.mu.Lock()
	if a.next == 0 || nucleus.Now() < a.next {
		ts.mu.Unlock() // it was set anew meanwhile
		return
	}
	a.next = 0
	if a.interval > 0 {
		// Expiries that were missed count as overruns, not as more signals.
		now := nucleus.Now()
		a.next = now + a.interval
		a.timer = time.AfterFunc(time.Duration(a.interval), func() { p.fire(a) })
	}
	info, thread, quiet := a.info, a.thread, a.quiet
	ts.mu.Unlock()
	if quiet {
		return
	}
	tasks.Lock()
	defer tasks.Unlock()
	if thread != nil {
		thread.send(info)
	} else {
		p.send(info)
	}
}

// SetItimer sets one of setitimer(2)'s timers (nil: only asks) and returns its
// old setting.
func (p *Process) SetItimer(which int, v *Timer) Timer {
	ts := &p.timers
	ts.mu.Lock()
	defer ts.mu.Unlock()
	a := &ts.itv[which]
	old := a.get()
	if v != nil {
		a.info = SigInfo{Signo: itimerSignals[which], Code: abi.SI_KERNEL}
		a.set(p, *v)
	}
	return old
}

// maxTimers bounds a process' timers (Linux: RLIMIT_SIGPENDING).
const maxTimers = 1024

// NewTimer makes a timer of timer_create(2); info.Value is sigev_value.
func (p *Process) NewTimer(info SigInfo, thread *Thread, quiet bool) (int, abi.Errno) {
	ts := &p.timers
	ts.mu.Lock()
	defer ts.mu.Unlock()
	if ts.posix == nil {
		ts.posix = map[int]*alarm{}
	}
	if len(ts.posix) >= maxTimers {
		return 0, abi.EAGAIN
	}
	id := ts.last
	ts.last++
	info.Code, info.Timer = abi.SI_TIMER, id
	ts.posix[id] = &alarm{info: info, thread: thread, quiet: quiet}
	return id, 0
}

// SetTimer sets a timer of NewTimer (nil: only asks).
func (p *Process) SetTimer(id int, v *Timer) (Timer, abi.Errno) {
	ts := &p.timers
	ts.mu.Lock()
	defer ts.mu.Unlock()
	a := ts.posix[id]
	if a == nil {
		return Timer{}, abi.EINVAL
	}
	old := a.get()
	if v != nil {
		a.set(p, *v)
	}
	return old, 0
}

// DeleteTimer removes a timer of NewTimer.
func (p *Process) DeleteTimer(id int) abi.Errno {
	ts := &p.timers
	ts.mu.Lock()
	defer ts.mu.Unlock()
	a := ts.posix[id]
	if a == nil {
		return abi.EINVAL
	}
	a.set(p, Timer{})
	delete(ts.posix, id)
	return 0
}

// dropPosix deletes the timers that do not survive execve.
func (ts *timers) dropPosix() {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	for id, a := range ts.posix {
		a.set(nil, Timer{})
		delete(ts.posix, id)
	}
}

// stop disarms everything.
func (ts *timers) stop() {
	ts.dropPosix()
	ts.mu.Lock()
	defer ts.mu.Unlock()
	for i := range ts.itv {
		ts.itv[i].set(nil, Timer{})
	}
}
