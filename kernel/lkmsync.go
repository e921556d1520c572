//go:build riscv64 || 386

package main

import (
	"rv86/kernel/lkm/lock"
	"rv86/kernel/lkm/sched"
	"rv86/kernel/lkm/waitq"
	"rv86/kernel/module"
	"rv86/kernel/nucleus"
	"rv86/kernel/sys"
	"rv86/kernel/task"
)

// scheduler is the scheduler as modules see it; provideSync makes it.
var scheduler *sched.Sched

// provideSync makes what modules wait, lock and measure time with.
func provideSync(k *module.Kernel) {
	s := sched.New(k.Core())
	scheduler = s
	s.Epoch = nucleus.Epoch * nsPerSec
	s.Find, s.Threads = sys.ModuleThread, task.PIDs
	if !s.Start() {
		nucleus.Panic("no memory for the idle task")
	}
	k.Config.Returned = s.Returned
	task.OnThreadExit = s.Ended
	k.Provide(s.Exports(), nil)
	k.Provide(waitq.New(s).Exports(), nil)
	k.Provide(lock.New(s).Exports(), nil)
}
