package task

import (
	"math/bits"

	"rv86/kernel/abi"
)

// SigSet is a set of signals: bit n-1 is signal n.
type SigSet uint64

// SetOf makes a set.
func SetOf(sigs ...int) SigSet {
	var s SigSet
	for _, n := range sigs {
		s |= 1 << (n - 1)
	}
	return s
}

// Has tells whether sig is in the set.
func (s SigSet) Has(sig int) bool { return s>>(sig-1)&1 != 0 }

// first gives the signal to handle first: the end, then those that the
// program's own instruction caused, then by number (Linux kernel/signal.c,
// next_signal; a killed process takes nothing else).
func (s SigSet) first() int {
	if s.Has(abi.SIGKILL) {
		return abi.SIGKILL
	}
	if f := s & synchronous; f != 0 {
		s = f
	}
	return bits.TrailingZeros64(uint64(s)) + 1
}

var (
	synchronous = SetOf(abi.SIGSEGV, abi.SIGBUS, abi.SIGILL, abi.SIGTRAP, abi.SIGFPE, abi.SIGSYS)
	// unblockable can be neither blocked nor caught.
	unblockable = SetOf(abi.SIGKILL, abi.SIGSTOP)
	// Default actions (signal(7)); what is in no set ends the process.
	defaultIgnore = SetOf(abi.SIGCHLD, abi.SIGCONT, abi.SIGURG, abi.SIGWINCH)
	defaultStop   = SetOf(abi.SIGSTOP, abi.SIGTSTP, abi.SIGTTIN, abi.SIGTTOU)
	defaultCore   = SetOf(abi.SIGQUIT, abi.SIGILL, abi.SIGABRT, abi.SIGFPE, abi.SIGSEGV, abi.SIGBUS,
		abi.SIGSYS, abi.SIGTRAP, abi.SIGXCPU, abi.SIGXFSZ)
)

// disposition is what a signal without a handler does.
type disposition int

const (
	actTerminate disposition = iota
	actCore                  // as terminate; there are no core files
	actStop
	actIgnore
)

// defaultOf is a signal's default action.
func defaultOf(sig int) disposition {
	switch {
	case defaultIgnore.Has(sig):
		return actIgnore
	case defaultStop.Has(sig):
		return actStop
	case defaultCore.Has(sig):
		return actCore
	}
	return actTerminate
}

// maskable is the part of a set that can be blocked.
func (s SigSet) maskable() SigSet { return s &^ unblockable }

// SigInfo is what a handler learns of a signal. Addr is for faults, Status for
// SIGCHLD, Value for sigqueue and timers.
type SigInfo struct {
	Signo, Code   int
	PID           int
	UID           uint32
	Status        int
	Addr          uintptr
	Value         uint64
	Timer, Orders int // timer id and overrun count of SI_TIMER
}

// firstRealtime is the first signal that queues several times (SIGRTMIN of the
// kernel).
const firstRealtime = 32

// maxQueued bounds a queue of real-time signals (RLIMIT_SIGPENDING).
const maxQueued = 1024

// sigQueue holds pending signals.
type sigQueue struct {
	set   SigSet
	infos []SigInfo // in the order of arrival; one for each standard signal
}

// add queues a signal; false if it is a real-time one and the queue is full.
func (q *sigQueue) add(i SigInfo) bool {
	if i.Signo < firstRealtime && q.set.Has(i.Signo) {
		return true
	}
	if len(q.infos) >= maxQueued {
		return false
	}
	q.set |= SetOf(i.Signo)
	q.infos = append(q.infos, i)
	return true
}

// take removes the first signal that is in want.
func (q *sigQueue) take(want SigSet) (SigInfo, bool) {
	if q.set&want == 0 {
		return SigInfo{}, false
	}
	sig := (q.set & want).first()
	var got SigInfo
	found, more := false, false
	keep := q.infos[:0]
	for _, i := range q.infos {
		switch {
		case i.Signo != sig:
			keep = append(keep, i)
		case !found:
			got, found = i, true
		default:
			more = true
			keep = append(keep, i)
		}
	}
	q.infos = keep
	if !more {
		q.set &^= SetOf(sig)
	}
	return got, true
}

// remove forgets every signal of s.
func (q *sigQueue) remove(s SigSet) {
	if q.set&s == 0 {
		return
	}
	keep := q.infos[:0]
	for _, i := range q.infos {
		if !s.Has(i.Signo) {
			keep = append(keep, i)
		}
	}
	q.infos = keep
	q.set &^= s
}

// Action is a struct sigaction.
type Action struct {
	Handler uintptr
	Flags   uint64
	Mask    SigSet
	// Restorer is where the handler returns to, on machines where that is the
	// program's to say; 0 is the kernel's own code.
	Restorer uintptr
}

// actions are a process' dispositions; threads and CLONE_SIGHAND share them.
type actions struct{ of [abi.NSIG + 1]Action }

// ignores tells whether sig is thrown away: on request, or by default.
func (a *actions) ignores(sig int) bool {
	switch a.of[sig].Handler {
	case abi.SIG_IGN:
		return true
	case abi.SIG_DFL:
		return defaultIgnore.Has(sig)
	}
	return false
}

// AltStack is a thread's alternate signal stack; Size 0 means none.
type AltStack struct{ SP, Size uintptr }
