//go:build riscv64 || 386

package sys

import (
	"rv86/kernel/lkm"
	"rv86/kernel/task"
)

// lkmThread is a process's thread as modules see it.
type lkmThread struct{ *task.Thread }

// ModuleThread gives the thread of a number as modules see it, nil if there is
// none.
func ModuleThread(tid int) lkm.Thread {
	if t := task.FindThread(tid); t != nil {
		return lkmThread{t}
	}
	return nil
}

func (t lkmThread) Info() lkm.Info {
	c := t.Cred()
	return lkm.Info{PID: t.PID, TID: t.TID, PPID: t.PPID(), Comm: t.Name(), UID: c.UID, GID: c.GID, EUID: c.EUID, EGID: c.EGID}
}
