//go:build riscv64 || 386

package task

import (
	"rv86/kernel/abi"
	"rv86/kernel/nucleus"
	"rv86/kernel/vfs"
)

// handlerKernel is the disposition of a signal that a kernel thread allows: it
// is kept until the thread asks (Linux SIG_KTHREAD).
const handlerKernel = abi.SIG_IGN + 1

// NewKernelThread makes a thread of the kernel's own, which ps shows as [name]: a
// process without memory, files or parent, that ignores every signal. Its code
// runs on a goroutine of the caller's; EndKernel must be the last thing it does.
func NewKernelThread(name string) (*Thread, abi.Errno) {
	tasks.Lock()
	defer tasks.Unlock()
	first := processes[1]
	if first == nil || len(threads) >= maxThreads() {
		return nil, abi.EAGAIN
	}
	pid := newPID()
	if pid == 0 {
		return nil, abi.EAGAIN
	}
	p := &Process{PID: pid, Files: vfs.NewFDTable(), FS: first.FS.Fork(), actions: &actions{}, start: nucleus.Now()}
	p.limits = defaultLimits()
	for i := range p.actions.of {
		p.actions.of[i].Handler = abi.SIG_IGN
	}
	p.setName(name)
	t := &Thread{Process: p, TID: pid, wakeup: make(chan struct{}, 1)}
	p.threads = []*Thread{t}
	t.setCaller()
	processes[pid], threads[pid] = p, t
	forks++
	return t, 0
}

// EndKernel removes a kernel thread.
func (t *Thread) EndKernel() {
	t.Files.Drop(nil)
	t.FS.Drop()
	tasks.Lock()
	t.threads, t.zombie = nil, true
	delete(processes, t.PID)
	delete(threads, t.TID)
	tasks.Unlock()
	OnThreadExit(t.TID)
}

// Kernel says that the process is a thread of the kernel's own.
func (p *Process) Kernel() bool { return p.MM == nil }

// Allow makes a kernel thread take a signal, or ignore it again.
func (t *Thread) Allow(sig int, on bool) abi.Errno {
	if sig < 1 || sig > abi.NSIG {
		return abi.EINVAL
	}
	tasks.Lock()
	defer tasks.Unlock()
	t.actions.of[sig].Handler = abi.SIG_IGN
	if on {
		t.actions.of[sig].Handler = handlerKernel
	} else {
		t.forget(SetOf(sig))
		t.recalc()
	}
	return 0
}

// TakeAny removes the next pending signal of a kernel thread, 0 if there is
// none.
func (t *Thread) TakeAny() int {
	if i, ok := t.TakeSignal(^SigSet(0)); ok {
		return i.Signo
	}
	return 0
}

// Send sends a signal of the kernel's to the thread.
func (t *Thread) Send(i SigInfo) {
	tasks.Lock()
	defer tasks.Unlock()
	t.send(i)
}
