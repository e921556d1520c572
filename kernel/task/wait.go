//go:build riscv64 || 386

package task

import (
	"rv86/kernel/abi"
	"rv86/kernel/wait"
)

// WaitFor says whose change of state to wait for: Kind is P_ALL, P_PID or
// P_PGID; Options are W* bits.
type WaitFor struct {
	Kind, ID int
	Options  int
}

// Waited is what a wait found: PID 0 means nothing yet (WNOHANG).
type Waited struct {
	PID    int
	UID    uint32
	Status int // as wait4 encodes it
	Code   int // siginfo's CLD_*
	Value  int // siginfo's status
	Times  Times
}

// Wait waits for a child.
func (t *Thread) Wait(w WaitFor) (Waited, abi.Errno) {
	var got Waited
	e := t.Block(&t.changed, wait.POLLIN, Never, func() (bool, abi.Errno) {
		var e abi.Errno
		got, e = t.look(w)
		return e != 0 || got.PID != 0 || w.Options&abi.WNOHANG != 0, e
	})
	return got, e
}

const (
	statusStopped   = 0x7f
	statusContinued = 0xffff
)

// look finds a child that has something to report.
func (t *Thread) look(w WaitFor) (got Waited, e abi.Errno) {
	tasks.Lock()
	defer tasks.Unlock()
	e = abi.ECHILD
	for _, c := range t.children {
		if w.Kind == abi.P_PID && c.PID != w.ID || w.Kind == abi.P_PGID && c.PGID() != w.ID {
			continue
		}
		e = 0
		got = Waited{PID: c.PID, UID: c.cred.UID}
		switch {
		case c.zombie && w.Options&abi.WEXITED != 0:
			got.Status = c.status
			got.Code, got.Value = endOf(c.status)
			got.Times = c.times
			got.Times.add(c.waited)
			if w.Options&abi.WNOWAIT == 0 {
				c.reap()
			}
		case c.stopped && c.stopNews && w.Options&abi.WSTOPPED != 0:
			got.Status = c.stopSignal<<8 | statusStopped
			got.Code, got.Value = abi.CLD_STOPPED, c.stopSignal
			if w.Options&abi.WNOWAIT == 0 {
				c.stopNews = false
			}
		case c.contNews && w.Options&abi.WCONTINUED != 0:
			got.Status = statusContinued
			got.Code, got.Value = abi.CLD_CONTINUED, abi.SIGCONT
			if w.Options&abi.WNOWAIT == 0 {
				c.contNews = false
			}
		default:
			got = Waited{}
			continue
		}
		return got, 0
	}
	return got, e
}
