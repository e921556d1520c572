//go:build riscv64 || 386

package sys

import (
	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/kthread"
	"rv86/kernel/task"
	"rv86/kernel/vfs"
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

// CopyIn reads the program's memory; a kernel thread has none.
func (t lkmThread) CopyIn(va uintptr, b []byte) abi.Errno {
	if t.Kernel() {
		return abi.EFAULT
	}
	return t.Thread.CopyIn(va, b)
}

// CopyOut writes the program's memory.
func (t lkmThread) CopyOut(va uintptr, b []byte) abi.Errno {
	if t.Kernel() {
		return abi.EFAULT
	}
	return t.Thread.CopyOut(va, b)
}

// KernelThreads makes kernel threads (kernel/lkm/kthread.Threads).
type KernelThreads struct{}

// New makes a thread that is visible from now on.
func (KernelThreads) New(comm string) (kthread.Thread, abi.Errno) {
	t, e := task.NewKernelThread(comm)
	if e != 0 {
		return nil, e
	}
	return lkmThread{t}, 0
}

// Signal sends a signal to the thread of a number.
func (KernelThreads) Signal(tid, sig, code int, value uint64) abi.Errno {
	t := task.FindThread(tid)
	if t == nil {
		return abi.ESRCH
	}
	t.Send(task.SigInfo{Signo: sig, Code: code, Value: value})
	return 0
}

// Kill sends a signal to a process or a group.
func (KernelThreads) Kill(pid, sig, code int) abi.Errno {
	i := task.SigInfo{Signo: sig, Code: code}
	if pid < 0 {
		return task.SignalGroup(-pid, i)
	}
	p := task.Find(pid)
	if p == nil {
		return abi.ESRCH
	}
	p.Signal(i)
	return 0
}

func (t lkmThread) Info() lkm.Info {
	c := t.Cred()
	return lkm.Info{PID: t.PID, TID: t.TID, PPID: t.PPID(), Comm: t.Name(), UID: c.UID, GID: c.GID, EUID: c.EUID, EGID: c.EGID, Kernel: t.Kernel()}
}

// Opener gives the caller for whom C code opens files: the process for which it
// runs, or the kernel, as root.
func Opener(ns *vfs.Namespace) func(who *lkm.Caller) *vfs.Caller {
	kernel := &vfs.Caller{FS: ns.NewFSContext()}
	return func(who *lkm.Caller) *vfs.Caller {
		if who.Thread != nil {
			if t := task.FindThread(who.Thread.Info().TID); t != nil && !t.Kernel() {
				return t.Caller()
			}
		}
		return kernel
	}
}

// ModuleCaller is the caller of a file operation as modules see it; nil is
// nobody in particular: the kernel.
func ModuleCaller(c *vfs.Caller) *lkm.Caller {
	if c == nil {
		return &lkm.Caller{Comm: "swapper/0"}
	}
	switch t := c.Task.(type) {
	case *task.Thread:
		return moduleCaller(t)
	case *lkm.Caller: // a softirq's own
		return t
	}
	return &lkm.Caller{PID: c.PID}
}
