//go:build riscv64 || 386

package nucleus

import "unsafe"

// thread is one OS thread of the Go runtime (an M). The frame is first: the
// vector gets a thread by its frame's address.
type thread struct {
	frame
	state    uintptr
	wait     uintptr // what a tWait thread waits for: a futex word, or a wait* value
	deadline uint64  // in ticks; 0 = none
	altSP    uintptr // sigaltstack
	altSize  uintptr
	mask     uint64 // blocked signals
	pending  uint64
	events   uintptr // epoll_pwait's buffer and its length
	nEvents  uintptr
}

// States of a thread.
const (
	tFree = iota
	tRun
	tWait
)

// Values of thread.wait that no futex word can have.
const (
	waitSleep = 1
	waitEpoll = 2
)

const (
	maxThreads    = 128
	bootStackSize = 8192
	stackSlack    = 512 // what a nested trap needs of the nucleus stack

	// slice is the time after which another runnable thread gets its turn, and
	// the runtime's sysmon its chance to preempt goroutines.
	slice = TickHz / 100

	// minSleep rounds sysmon's sleeps of 20 us up: each costs two thread
	// switches, which made the start of the runtime five times as long.
	minSleep = TickHz / 1000
)

var (
	cur         uintptr // *thread; the vector reads it
	ncur        int
	nThreads    int // threads[nThreads:] were never used
	threads     [maxThreads]thread
	blankG      [64]uintptr
	nestFrame   frame
	nucStackTop uintptr
	bootStack   [bootStackSize]byte
)

// Stats are counters since boot.
type Stats struct {
	Traps, Switches, Signals uint64
	IdleTicks                uint64 // of the board's clock
	Interrupts               uint64
}

func wake(t *thread, result uintptr) {
	t.state = tRun
	t.wait = 0
	t.deadline = 0
	t.R[regResult] = result
}

// expire wakes the sleepers whose time has come, programs the timer and counts
// the runnable threads. There is no tick while all wait.
func expire() (runnable int) {
	now := ticks()
	next := ^uint64(0)
	for i := 0; i < nThreads; i++ {
		t := &threads[i]
		if t.state == tWait && t.deadline != 0 {
			if t.deadline <= now {
				r := uintptr(0)
				if t.wait > waitEpoll {
					r = errno(eTIMEDOUT)
				}
				wake(t, r)
			} else if t.deadline < next {
				next = t.deadline
			}
		}
		if t.state == tRun {
			runnable++
		}
	}
	if runnable > 0 && now+slice < next {
		next = now + slice
	}
	setTimer(next)
	return runnable
}

// schedule picks the thread to resume: the current one if it can go on and
// need not yield, else the next in turn. With none runnable it waits for an
// interrupt.
func schedule(yield bool) {
	old := (*thread)(ptr(cur))
	for expire() == 0 {
		t0 := ticks()
		idle()
		kstat().IdleTicks += ticks() - t0
	}
	if old.state == tRun && (!yield || mustStay(old)) {
		return
	}
	n := ncur
	for {
		n++
		if n >= nThreads {
			n = 0
		}
		if threads[n].state == tRun {
			break
		}
	}
	if n == ncur {
		return
	}
	kstat().Switches++
	ncur = n
	t := &threads[n]
	cur = uintptr(unsafe.Pointer(t))
	switchState(old, t)
}

func block(t *thread, what uintptr, deadline uint64) {
	t.state = tWait
	t.wait = what
	t.deadline = deadline
	schedule(false)
}

// clone starts a thread of the runtime: same context, own stack, result 0.
func clone(t *thread, sp uintptr) uintptr {
	for i := range threads {
		c := &threads[i]
		if c.state != tFree {
			continue
		}
		copyState(c, t)
		c.R[regResult] = 0
		c.R[RegSP] = sp
		c.mask, c.pending, c.altSize = t.mask, 0, 0
		c.state = tRun
		if i >= nThreads {
			nThreads = i + 1
		}
		expire() // a second runnable thread starts the time slices
		return uintptr(i) + 1
	}
	return errno(eAGAIN)
}
