//go:build riscv64 || 386

package sys

import (
	"rv86/kernel/lkm"
	"rv86/kernel/task"
)

// lkmThread is a process's thread as modules see it.
type lkmThread struct{ *task.Thread }

func (t lkmThread) Info() lkm.Info {
	c := t.Cred()
	return lkm.Info{PID: t.PID, TID: t.TID, PPID: t.PPID(), Comm: t.Name(), UID: c.UID, GID: c.GID}
}
