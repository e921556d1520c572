//go:build riscv64 || 386

package task

import (
	"rv86/kernel/abi"
	"rv86/kernel/nucleus"
)

// CloneArgs are clone(2)'s arguments.
type CloneArgs struct {
	Flags               uintptr
	Stack               uintptr
	ParentTID, ChildTID uintptr
	TLS                 uintptr
	ExitSignal          int
}

// unsupported clone flags: namespaces and pidfds.
const cloneUnsupported = abi.CLONE_NEWNS | abi.CLONE_NEWCGROUP | abi.CLONE_NEWUTS | abi.CLONE_NEWIPC |
	abi.CLONE_NEWUSER | abi.CLONE_NEWPID | abi.CLONE_NEWNET | abi.CLONE_PIDFD

// Clone makes a thread or a process and returns its number.
func (t *Thread) Clone(a CloneArgs) (int, abi.Errno) {
	thread := a.Flags&abi.CLONE_THREAD != 0
	switch {
	case a.Flags&cloneUnsupported != 0, a.ExitSignal > abi.NSIG,
		thread && a.Flags&abi.CLONE_SIGHAND == 0,
		a.Flags&abi.CLONE_SIGHAND != 0 && a.Flags&abi.CLONE_VM == 0:
		return 0, abi.EINVAL
	}
	c := &Thread{wakeup: make(chan struct{}, 1), mask: t.mask}
	if thread {
		c.Process = t.Process
		c.Frame = t.Frame.Fork(t.MM.Root())
	} else {
		p, e := t.fork(a)
		if e != 0 {
			return 0, e
		}
		c.Process = p
		c.Frame = p.frameOf(t)
	}
	if a.Flags&abi.CLONE_VM == 0 || a.Flags&abi.CLONE_VFORK != 0 {
		c.altStack = t.altStack // sigaltstack(2): kept but for CLONE_VM without VFORK
	}
	setReturn(c.Frame, a.Stack)
	if a.Flags&abi.CLONE_SETTLS != 0 {
		if e := t.setTLS(c.Frame, a.TLS); e != 0 {
			if !thread {
				c.Process.abandon()
			}
			return 0, e
		}
	}
	if a.Flags&abi.CLONE_CHILD_CLEARTID != 0 {
		c.clearTID = a.ChildTID
	}
	tasks.Lock()
	if t.exiting || t.execing != nil {
		tasks.Unlock()
		if !thread {
			c.Process.abandon()
		}
		return 0, abi.ERESTARTNOINTR
	}
	if len(threads) < maxThreads() {
		c.TID = newPID()
	}
	if c.TID == 0 {
		tasks.Unlock()
		if !thread {
			c.Process.abandon()
		}
		return 0, abi.EAGAIN
	}
	if !thread {
		c.adopt(t, a)
	}
	c.threads = append(c.threads, c)
	threads[c.TID] = c
	c.setCaller()
	c.recalc()
	forks++
	done := c.vforked
	tasks.Unlock()

	tid := c.TID
	if a.Flags&abi.CLONE_PARENT_SETTID != 0 {
		t.CopyOut32(a.ParentTID, uint32(tid))
	}
	if a.Flags&abi.CLONE_CHILD_SETTID != 0 {
		c.CopyOut32(a.ChildTID, uint32(tid))
	}
	go c.run()
	if done != nil {
		t.awaitVfork(done)
	}
	return tid, 0
}

// fork makes the process of a new thread: memory, files, limits. It is not in
// the tree yet.
func (t *Thread) fork(a CloneArgs) (*Process, abi.Errno) {
	p := &Process{exitSignal: a.ExitSignal, start: nucleus.Now()}
	if a.Flags&abi.CLONE_VM != 0 {
		p.MM = t.MM.Share()
	} else {
		for p.MM = t.MM.Fork(t.Caller()); p.MM == nil; p.MM = t.MM.Fork(t.Caller()) {
			if !t.makeRoom() {
				return nil, abi.ENOMEM
			}
		}
	}
	if a.Flags&abi.CLONE_FILES != 0 {
		p.Files = t.Files.Share()
	} else {
		p.Files = t.Files.Fork()
	}
	if a.Flags&abi.CLONE_FS != 0 {
		p.FS = t.FS.Share()
	} else {
		p.FS = t.FS.Fork()
	}
	if a.Flags&abi.CLONE_VFORK != 0 {
		p.vforked = make(chan struct{})
	}
	tasks.Lock()
	defer tasks.Unlock()
	p.name, p.cred, p.limits = t.name, t.cred, t.limits
	if t.exe != nil {
		p.exe = t.exe.Get()
	}
	if a.Flags&abi.CLONE_SIGHAND != 0 {
		p.actions = t.actions
	} else {
		copied := *t.actions
		p.actions = &copied
	}
	return p, 0
}

// abandon undoes fork.
func (p *Process) abandon() {
	p.MM.Drop(nil)
	p.Files.Drop(nil)
	p.FS.Drop()
	if p.exe != nil {
		p.exe.Put()
	}
}

// adopt puts a new process into the tree. Preconditions: tasks is held.
func (c *Thread) adopt(t *Thread, a CloneArgs) {
	p := c.Process
	p.PID = c.TID
	p.parent = t.Process
	if a.Flags&abi.CLONE_PARENT != 0 && t.parent != nil {
		p.parent = t.parent
	}
	p.parent.children = append(p.parent.children, p)
	p.pgid.Store(t.pgid.Load())
	p.sid.Store(t.sid.Load())
	processes[p.PID] = p
}

// awaitVfork waits until the child has left the parent's memory. Only the end
// of the parent cuts it short.
func (t *Thread) awaitVfork(done chan struct{}) {
	for {
		select {
		case <-done:
			return
		case <-t.wakeup:
			if t.work.Load()&workExit != 0 {
				return
			}
		}
	}
}

// leaveVfork lets the parent go on. Preconditions: tasks is not held.
func (p *Process) leaveVfork() {
	tasks.Lock()
	done := p.vforked
	p.vforked = nil
	tasks.Unlock()
	if done != nil {
		close(done)
	}
}
