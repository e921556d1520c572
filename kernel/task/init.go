//go:build riscv64 || 386

package task

import (
	"rv86/kernel/abi"
	"rv86/kernel/nucleus"
	"rv86/kernel/vfs"
)

// Start makes process 1 from the program name and lets it run. files are its
// open files.
func Start(ns *vfs.Namespace, files *vfs.FDTable, name string, argv, envp []string) abi.Errno {
	p := &Process{PID: 1, Files: files, FS: ns.NewFSContext(), actions: &actions{}, start: nucleus.Now()}
	p.limits = defaultLimits()
	p.pgid.Store(1)
	p.sid.Store(1)
	t := &Thread{Process: p, TID: 1, wakeup: make(chan struct{}, 1)}
	p.threads = []*Thread{t}
	t.setCaller()
	tasks.Lock()
	lastPID = 1
	processes[1], threads[1] = p, t
	tasks.Unlock()
	if e := t.Exec(p.FS.Root(), name, argv, envp); e != NoResult {
		return e
	}
	go t.run()
	return 0
}

func defaultLimits() (l [abi.RLIM_NLIMITS]Limit) {
	for i := range l {
		l[i] = Limit{abi.RLIM_INFINITY, abi.RLIM_INFINITY}
	}
	const processesMax = 4096
	l[abi.RLIMIT_STACK] = Limit{stackLimit, abi.RLIM_INFINITY}
	l[abi.RLIMIT_CORE] = Limit{0, abi.RLIM_INFINITY}
	l[abi.RLIMIT_NPROC] = Limit{processesMax, processesMax}
	l[abi.RLIMIT_NOFILE] = Limit{abi.DefaultNOFILE, abi.DefaultNOFILEHi}
	l[abi.RLIMIT_MEMLOCK] = Limit{stackLimit, stackLimit}
	return l
}

const stackLimit = 8 << 20
