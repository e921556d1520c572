//go:build riscv64 || 386

package task

import (
	"runtime"
	"sync/atomic"

	"rv86/kernel/nucleus"
)

// wallOffset is the wall clock's distance from nucleus.Now, in nanoseconds.
var wallOffset atomic.Int64

func init() { wallOffset.Store(nucleus.Epoch * 1_000_000_000) }

// WallNow is the time since 1970 in nanoseconds.
func WallNow() int64 { return nucleus.Now() + wallOffset.Load() }

// SetWall sets it.
func SetWall(ns int64) { wallOffset.Store(ns - nucleus.Now()) }

// Yield offers the processor to other threads.
func Yield() { runtime.Gosched() }

// CPU is the time the thread has used.
func (t *Thread) CPU() Times {
	c := t.times
	c.System += nucleus.Now() - t.mark
	return c
}

// CPU is the time all threads of the process have used.
func (p *Process) CPU() Times {
	tasks.Lock()
	defer tasks.Unlock()
	return p.cpu()
}

func (p *Process) cpu() Times {
	c := p.times
	for _, t := range p.threads {
		c.add(t.times)
	}
	return c
}

// ChildrenCPU is that of the children that were waited for.
func (p *Process) ChildrenCPU() Times {
	tasks.Lock()
	defer tasks.Unlock()
	return p.waited
}

// SetClearTID sets the word that the thread's end clears and wakes.
func (t *Thread) SetClearTID(va uintptr) { t.clearTID = va }

// SetRobustList notes the head of the thread's list of robust futexes.
func (t *Thread) SetRobustList(va uintptr) { t.robust = va }

// RobustList gives it.
func (t *Thread) RobustList() uintptr { return t.robust }

// SetDeathSignal is PR_SET_PDEATHSIG.
func (p *Process) SetDeathSignal(sig int) {
	tasks.Lock()
	defer tasks.Unlock()
	p.deathSig = sig
}

// SetSubreaper is PR_SET_CHILD_SUBREAPER.
func (p *Process) SetSubreaper(on bool) {
	tasks.Lock()
	defer tasks.Unlock()
	p.subreaper = on
}

// WillRestart keeps the deadline of a sleep with a relative timeout that ends
// with ERESTART_RESTARTBLOCK: if no handler runs, the call runs again and gets
// it from Restarted.
func (t *Thread) WillRestart(deadline int64) { t.restartAt = deadline }

// Restarted gives the deadline to sleep to: d, or the earlier run's.
func (t *Thread) Restarted(d int64) int64 {
	if r := t.restartAt; r != 0 {
		t.restartAt = 0
		return r
	}
	return d
}
