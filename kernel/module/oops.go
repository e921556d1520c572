package module

import (
	"rv86/kernel/klog"
	"rv86/kernel/lkm"
	"rv86/kernel/wait"
)

// oops reports C code that cannot go on, as Linux's die() does, and marks the
// module: it cannot be removed any more, and nobody may use its symbols.
func (k *Kernel) oops(who *lkm.Caller, m *Module, f *Fault) {
	k.mu.Lock()
	if m != nil {
		m.crashed = true
	}
	if f.Reported {
		k.mu.Unlock()
		return
	}
	k.oopses++
	n := k.oopses
	k.mu.Unlock()
	defer k.states.Notify(wait.Readable) // nobody need wait for the module
	if f.Title != "" {
		k.logf(klog.Alert, "%s", f.Title)
	}
	die := f.Die
	if die == "" {
		die = "Oops"
	}
	k.logf(klog.Emerg, "%s [#%d]", die, n)
	k.header(klog.Emerg, who)
	for _, line := range f.Regs {
		k.logf(klog.Emerg, "%s", line)
	}
	if len(f.Trace) > 0 {
		k.traceLines(klog.Emerg, f.Trace)
	}
	if f.Code != "" {
		k.logf(klog.Emerg, "Code: %s", f.Code)
	}
	k.logf(klog.Emerg, "---[ end trace 0000000000000000 ]---")
	k.setTaint(TaintDie)
}

// header is the part of a report that says who and where.
func (k *Kernel) header(level klog.Level, who *lkm.Caller) {
	k.mu.Lock()
	linked, taint := k.linked(noListMax), k.taint
	k.mu.Unlock()
	k.logf(level, "Modules linked in:%s", linked)
	k.logf(level, "CPU: 0 PID: %d Comm: %s %s %s #1", who.PID, who.Comm, tainted(taint), Release)
}

// traceLines shows a call trace. The kernel's own functions are for the log
// only: who looks at the console has a module that does not work.
func (k *Kernel) traceLines(level klog.Level, trace []Frame) {
	k.logf(level, "Call Trace:")
	for _, f := range trace {
		guess := ""
		if f.Guess {
			guess = "? "
		}
		if f.Go != "" {
			k.logf(klog.Debug, " %s", f.Go)
			continue
		}
		k.logf(level, "[<%0*x>] %s%s", addressDigits, f.PC, guess, k.Symbol(f.PC))
	}
}
