package lkmtest

import (
	"rv86/kernel/abi"
	"rv86/kernel/lkm"
)

// KernelThread is a thread of the kernel's own: package kthread's Thread.
type KernelThread struct {
	*Thread
	Ended chan struct{}
}

// NewKernelThread makes one.
func (c *Core) NewKernelThread(pid int, comm string) *KernelThread {
	t, _ := c.NewThread(pid, comm)
	t.ID.Kernel = true
	return &KernelThread{t, make(chan struct{})}
}

// Allow implements kthread.Thread: every signal is taken.
func (t *KernelThread) Allow(int, bool) abi.Errno { return 0 }

// TakeAny implements kthread.Thread.
func (t *KernelThread) TakeAny() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	for sig := 1; sig <= abi.NSIG; sig++ {
		if t.pending>>(sig-1)&1 != 0 {
			t.pending &^= 1 << (sig - 1)
			return sig
		}
	}
	return 0
}

// EndKernel implements kthread.Thread.
func (t *KernelThread) EndKernel() { close(t.Ended) }

// Spawner starts threads that run Go code, as package kthread does.
type Spawner struct {
	Core *Core
	last int
}

// Spawn implements work.Spawner and irq.Spawner.
func (s *Spawner) Spawn(comm string, f func(who *lkm.Caller)) abi.Errno {
	s.last++
	t := s.Core.NewKernelThread(1000+s.last, comm)
	go func() {
		defer t.EndKernel()
		f(&lkm.Caller{PID: t.ID.PID, Comm: comm, Thread: t})
	}()
	return 0
}
