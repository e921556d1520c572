package module

import (
	"rv86/kernel/klog"
	"rv86/kernel/lkm"
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
	linked, taint := k.linked(), k.taint
	k.mu.Unlock()
	k.logf(level, "Modules linked in:%s", linked)
	k.logf(level, "CPU: 0 PID: %d Comm: %s %s %s #1", who.PID, who.Comm, tainted(taint), Release)
}

func (k *Kernel) traceLines(level klog.Level, trace []uint64) {
	k.logf(level, "Call Trace:")
	for _, a := range trace {
		k.logf(level, "[<%0*x>] %s", addressDigits, a, k.Symbol(a))
	}
}
