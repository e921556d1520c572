//go:build riscv64 || 386

package task

import (
	"rv86/kernel/abi"
	"rv86/kernel/nucleus"
	"rv86/kernel/vfs"
)

// RunHelper runs a program for the kernel, as root, without open files (Linux
// call_usermodehelper). It is nobody's child. With wait it gives the status the
// program ended with, as wait4 has it; otherwise 0 once it has begun.
func RunHelper(path string, argv, envp []string, wait bool) (status int, e abi.Errno) {
	tasks.Lock()
	first := processes[1]
	pid := 0
	if first != nil && !first.exiting && len(threads) < maxThreads() {
		pid = newPID()
	}
	if pid == 0 {
		tasks.Unlock()
		return 0, abi.EAGAIN
	}
	p := &Process{PID: pid, Files: vfs.NewFDTable(), FS: first.FS.Fork(), actions: &actions{}, start: nucleus.Now()}
	p.limits = defaultLimits()
	p.pgid.Store(int32(pid))
	p.sid.Store(int32(pid))
	p.ended = make(chan int, 1)
	t := &Thread{Process: p, TID: pid, wakeup: make(chan struct{}, 1)}
	p.threads = []*Thread{t}
	t.setCaller()
	processes[pid], threads[pid] = p, t
	forks++
	tasks.Unlock()
	if e := t.Exec(p.FS.Root(), path, argv, envp); e != NoResult {
		p.forgetHelper()
		return 0, e
	}
	go t.run()
	if !wait {
		return 0, 0
	}
	return <-p.ended, 0
}

// forgetHelper undoes a helper that has no program.
func (p *Process) forgetHelper() {
	p.Files.Drop(&vfs.Caller{FS: p.FS})
	p.FS.Drop()
	tasks.Lock()
	delete(processes, p.PID)
	delete(threads, p.PID)
	tasks.Unlock()
}
