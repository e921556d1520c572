package kthread_test

import (
	"strings"
	"testing"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/kthread"
	"rv86/kernel/lkm/lkmtest"
	"rv86/kernel/lkm/sched"
	"rv86/kernel/lkm/waitq"
)

// threads makes the test's kernel threads and tells the scheduler of their end.
type threads struct {
	core *lkmtest.Core
	s    *sched.Sched
	last int
	made []*lkmtest.KernelThread
}

type ending struct {
	*lkmtest.KernelThread
	s *sched.Sched
}

func (e ending) EndKernel() {
	e.s.Ended(e.ID.TID)
	e.KernelThread.EndKernel()
}

func (f *threads) New(comm string) (kthread.Thread, abi.Errno) {
	f.last++
	t := f.core.NewKernelThread(100+f.last, comm)
	f.made = append(f.made, t)
	return ending{t, f.s}, 0
}

func (f *threads) Signal(tid, sig, _ int, _ uint64) abi.Errno {
	for _, t := range f.made {
		if t.ID.TID == tid {
			t.Signal(sig)
		}
	}
	return 0
}

func (f *threads) Kill(int, int, int) abi.Errno { return abi.ESRCH }

func TestLife(t *testing.T) {
	core := lkmtest.New(t)
	s := sched.New(core)
	s.Start()
	f := &threads{core: core, s: s}
	k := kthread.New(s, f, waitq.New(s))
	rows, all := k.Exports(), append(k.Exports(), s.Exports()...)
	_, who := core.NewThread(10, "insmod")
	create := func(fn uint64) uint64 {
		return core.Call(who, rows, "kthread_create_on_node", fn, 7, 0, core.Str("worker/%d"), 3)
	}
	runs := make(chan bool)
	until := core.Func(func(me *lkm.Caller, args ...uint64) uint64 {
		close(runs)
		if args[0] != 7 || me.Comm != "worker/3" {
			t.Errorf("data %d, name %q", args[0], me.Comm)
		}
		for core.Call(me, all, "kthread_should_stop") == 0 {
			core.Call(me, all, "schedule_timeout_interruptible", 1000)
		}
		return 42
	})
	blocks := core.Blocks()
	p := create(until)
	core.Call(who, all, "wake_up_process", p)
	<-runs // one that is stopped before it gets that far does not run at all
	if left := k.Leaving("m", func(a uint64) bool { return a == until }); len(left) != 1 || !strings.Contains(left[0], "kernel thread [worker/3] (PID 101") {
		t.Errorf("left %q", left)
	}
	if r := core.Call(who, rows, "kthread_stop", p); r != 42 {
		t.Errorf("kthread_stop gives %d", r)
	}
	<-f.made[0].Ended

	// One that was never woken does not run.
	p = create(core.Func(func(*lkm.Caller, ...uint64) uint64 { t.Error("it ran"); return 0 }))
	if r := core.Call(who, rows, "kthread_stop", p); lkm.Errno(r) != abi.EINTR {
		t.Errorf("kthread_stop gives %d", int32(r))
	}
	<-f.made[1].Ended

	// kthread_exit ends it from within; stopping it then is reported.
	p = create(core.Func(func(me *lkm.Caller, _ ...uint64) uint64 {
		core.Call(me, rows, "kthread_exit", 5)
		return 9
	}))
	core.Call(who, all, "wake_up_process", p)
	<-f.made[2].Ended
	if log := core.TakeLog(); log != "" {
		t.Errorf("log %q", log)
	}
	if core.Blocks() > blocks+4 { // the names, and the caller's own task
		t.Errorf("%d blocks are left", core.Blocks()-blocks)
	}
	if _, died := core.TryCall(who, rows, "kthread_exit", 1); died == "" {
		t.Error("a process ended by kthread_exit")
	}
}
