package kthread

import (
	"fmt"
	"sync"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/sched"
	"rv86/kmod/kapi"
)

// Thread is a thread of the kernel's own.
type Thread interface {
	lkm.Thread
	// Allow makes it take a signal or ignore it; TakeAny removes the next
	// one that waits, 0 if none does.
	Allow(sig int, on bool) abi.Errno
	TakeAny() int
	// EndKernel is the last thing its goroutine does.
	EndKernel()
}

// Threads makes them.
type Threads interface {
	New(comm string) (Thread, abi.Errno)
	// Signal sends a signal to any thread, with a code and a value (siginfo_t).
	Signal(tid, sig, code int, value uint64) abi.Errno
	// Kill sends one to a process, or to a group if pid is less than 0.
	Kill(pid, sig, code int) abi.Errno
}

// Completer is package waitq's complete.
type Completer interface {
	Complete(c *kapi.Call, completion uint64, all bool)
}

// KThread has the rows.
type KThread struct {
	s       *sched.Sched
	threads Threads
	done    Completer

	mu      sync.Mutex
	running map[*sched.Task]*thread
}

// thread is one that was made and has not ended, or that somebody holds.
type thread struct {
	task       *sched.Task
	t          Thread
	who        *lkm.Caller
	fn, data   uint64
	stop, park bool
	parked     bool
	ended      bool
	result     uint64
}

// New makes the rows for a scheduler.
func New(s *sched.Sched, t Threads, done Completer) *KThread {
	return &KThread{s: s, threads: t, done: done, running: map[*sched.Task]*thread{}}
}

// Spawn starts a thread of the kernel's own that runs Go code, such as a
// workqueue's.
func (k *KThread) Spawn(comm string, f func(who *lkm.Caller)) abi.Errno {
	t, e := k.threads.New(comm)
	if e != 0 {
		return e
	}
	i := t.Info()
	go func() {
		defer t.EndKernel()
		f(&lkm.Caller{PID: i.PID, Comm: i.Comm, Thread: t})
	}()
	return 0
}

// create is kthread_create: the thread exists and sleeps until it is woken.
func (k *KThread) create(fn, data uint64, comm string) (*thread, abi.Errno) {
	t, e := k.threads.New(comm)
	if e != 0 {
		return nil, e
	}
	task := k.s.TaskOf(t)
	if task == nil {
		t.EndKernel()
		return nil, abi.ENOMEM
	}
	i := t.Info()
	th := &thread{task: task, t: t, who: &lkm.Caller{PID: i.PID, Comm: i.Comm, Thread: t}, fn: fn, data: data}
	k.mu.Lock()
	k.running[task] = th
	k.mu.Unlock()
	k.s.SetState(task, sched.Uninterruptible)
	go k.run(th)
	return th, 0
}

// run is the thread's life. One that is stopped before it was ever woken does
// not run its function.
func (k *KThread) run(th *thread) {
	k.s.Block(th.task, lkm.Never)
	result := lkm.Fail(abi.EINTR)
	if !k.stopped(th) {
		if r, ok := k.s.Core.Run(th.who, th.fn, th.data); ok {
			result = uint64(int64(int32(r)))
		}
	}
	k.s.Release(th.key(), 0, func() bool {
		th.ended, th.result = true, result
		return true
	})
	k.mu.Lock()
	delete(k.running, th.task)
	k.mu.Unlock()
	th.t.EndKernel()
}

// key is where kthread_stop and kthread_park wait: an address of the task's that
// is no object of its own.
func (th *thread) key() uint64 { return th.task.Addr() + 1 }

func (k *KThread) stopped(th *thread) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return th.stop
}

// find gives the thread whose task_struct is at an address, nil if it is none
// or has ended.
func (k *KThread) find(p uint64) *thread {
	task := k.s.Lookup(p)
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.running[task]
}

// self is the caller's thread, nil for a process.
func (k *KThread) self(c *kapi.Call) *thread {
	t := k.s.Current(lkm.From(c))
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.running[t]
}

// stopThread is kthread_stop.
func (k *KThread) stopThread(c *kapi.Call, p uint64) uint64 {
	th := k.find(p)
	if th == nil {
		k.notRunning(c, "kthread_stop", p)
		return lkm.Fail(abi.EINTR)
	}
	k.mu.Lock()
	th.stop, th.park = true, false
	k.mu.Unlock()
	k.s.WakeUp(th.key(), sched.Any, 0, 0)
	k.s.Wake(th.task, sched.Any)
	k.s.Await(c, th.key(), sched.Uninterruptible, lkm.Never, func() bool { return th.ended })
	return th.result
}

// notRunning reports a thread that ended by itself: its task_struct is gone, and
// on Linux this would be a use of freed memory.
func (k *KThread) notRunning(c *kapi.Call, at string, p uint64) {
	const taintWarn = 9 // TAINT_WARN
	c.Warn(at, fmt.Sprintf("%s: no kernel thread is at this address: it has ended by itself, or never was one\n", at), taintWarn)
}

// Exports are the rows of kernel threads.
func (k *KThread) Exports() []kapi.Func {
	return []kapi.Func{
		{Name: "kthread_create_on_node", Proto: "struct task_struct *kthread_create_on_node(int (*threadfn)(void *data), void *data, int node, const char *namefmt, ...)", Call: func(c *kapi.Call) uint64 {
			fn, data := c.Ptr(), c.Ptr()
			c.Int()
			th, e := k.create(fn, data, c.Text())
			if e != 0 {
				return lkm.Fail(e)
			}
			return th.task.Addr()
		}},
		{Name: "kthread_stop", Proto: "int kthread_stop(struct task_struct *k)", Call: func(c *kapi.Call) uint64 {
			return k.stopThread(c, c.Ptr())
		}},
		{Name: "kthread_should_stop", Proto: "bool kthread_should_stop(void)", Call: func(c *kapi.Call) uint64 {
			th := k.self(c)
			return truth(th != nil && k.stopped(th))
		}},
		{Name: "kthread_should_park", Proto: "bool kthread_should_park(void)", Call: func(c *kapi.Call) uint64 {
			th := k.self(c)
			return truth(th != nil && k.wantsPark(th))
		}},
		{Name: "kthread_parkme", Proto: "void kthread_parkme(void)", Call: func(c *kapi.Call) uint64 {
			if th := k.self(c); th != nil {
				k.parkMe(c, th)
			}
			return 0
		}},
		{Name: "kthread_park", Proto: "int kthread_park(struct task_struct *k)", Call: func(c *kapi.Call) uint64 {
			th := k.find(c.Ptr())
			if th == nil {
				return lkm.Fail(abi.ENOSYS)
			}
			k.mu.Lock()
			th.park = true
			k.mu.Unlock()
			k.s.Wake(th.task, sched.Any)
			k.s.Await(c, th.key(), sched.Uninterruptible, lkm.Never, func() bool { return th.parked || th.ended })
			return 0
		}},
		{Name: "kthread_unpark", Proto: "void kthread_unpark(struct task_struct *k)", Call: func(c *kapi.Call) uint64 {
			if th := k.find(c.Ptr()); th != nil {
				k.mu.Lock()
				th.park = false
				k.mu.Unlock()
				k.s.WakeUp(th.key(), sched.Any, 0, 0)
			}
			return 0
		}},
		{Name: "kthread_exit", Proto: "void kthread_exit(long result)", Call: func(c *kapi.Call) uint64 {
			return k.exit(c, uint64(c.Long()))
		}},
		{Name: "kthread_complete_and_exit", Proto: "void kthread_complete_and_exit(struct completion *comp, long code)", Call: func(c *kapi.Call) uint64 {
			comp, code := c.Ptr(), c.Long()
			if comp != 0 {
				k.done.Complete(c, comp, false)
			}
			return k.exit(c, uint64(code))
		}},
		{Name: "kthread_data", Proto: "void *kthread_data(struct task_struct *k)", Call: func(c *kapi.Call) uint64 {
			if th := k.find(c.Ptr()); th != nil {
				return th.data
			}
			return 0
		}},
		{Name: "allow_signal", Proto: "void allow_signal(int sig)", Call: func(c *kapi.Call) uint64 { return k.allow(c, true) }},
		{Name: "disallow_signal", Proto: "void disallow_signal(int sig)", Call: func(c *kapi.Call) uint64 { return k.allow(c, false) }},
		{Name: "flush_signals", Proto: "void flush_signals(struct task_struct *t)", Call: func(c *kapi.Call) uint64 {
			if th := k.find(c.Ptr()); th != nil {
				for th.t.TakeAny() != 0 {
				}
			}
			return 0
		}},
		{Name: "kernel_dequeue_signal", Proto: "int kernel_dequeue_signal(void)", Call: func(c *kapi.Call) uint64 {
			if th := k.self(c); th != nil {
				return uint64(th.t.TakeAny())
			}
			return 0
		}},
		{Name: "send_sig", Proto: "int send_sig(int sig, struct task_struct *p, int priv)", Call: func(c *kapi.Call) uint64 {
			return k.send(c.Int(), abi.SI_KERNEL, 0, c.Ptr())
		}},
		{Name: "__kill", Proto: "int __kill(pid_t pid, int sig, int code)", Call: func(c *kapi.Call) uint64 {
			pid, sig, code := c.Int(), c.Int(), c.Int()
			if sig < 1 || sig > abi.NSIG {
				return lkm.Fail(abi.EINVAL)
			}
			return lkm.Fail(k.threads.Kill(int(pid), int(sig), int(code)))
		}},
		{Name: "__send_sig_info", Proto: "int __send_sig_info(int sig, int code, unsigned long value, struct task_struct *p)", Call: func(c *kapi.Call) uint64 {
			sig, code, value := c.Int(), c.Int(), c.Ulong()
			return k.send(sig, code, value, c.Ptr())
		}},
	}
}

// send sends a signal to the task at an address.
func (k *KThread) send(sig, code int32, value, p uint64) uint64 {
	task := k.s.Lookup(p)
	if task == nil || sig < 1 || sig > abi.NSIG {
		return lkm.Fail(abi.EINVAL)
	}
	return lkm.Fail(k.threads.Signal(task.PID(), int(sig), int(code), value))
}

func (k *KThread) wantsPark(th *thread) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return th.park
}

// parkMe sleeps while the thread is to be parked.
func (k *KThread) parkMe(c *kapi.Call, th *thread) {
	k.s.Release(th.key(), 0, func() bool { th.parked = true; return true })
	k.s.Await(c, th.key(), sched.Uninterruptible, lkm.Never, func() bool { return !k.wantsPark(th) })
	k.s.Do(func() bool { th.parked = false; return true })
}

// exit ends the caller's thread, from whatever depth of C code. A process has no
// such end.
func (k *KThread) exit(c *kapi.Call, code uint64) uint64 {
	if k.self(c) == nil {
		c.Died = "kthread_exit by a process, which is no kernel thread"
		return 0
	}
	lkm.From(c).Exit(code)
	return 0
}

func (k *KThread) allow(c *kapi.Call, on bool) uint64 {
	sig := c.Int()
	if th := k.self(c); th != nil {
		th.t.Allow(int(sig), on)
	}
	return 0
}

func truth(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}
