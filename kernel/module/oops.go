package module

import (
	"fmt"

	"rv86/kernel/klog"
	"rv86/kernel/lkm"
	"rv86/kernel/wait"
	"rv86/kmod"
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
	grave := ""
	if f.Access {
		grave = k.epitaph(f.Addr)
	}
	k.mu.Unlock()
	if grave == "" && f.Access && ofProgram(who, f.Addr) {
		grave = fmt.Sprintf("%#x is memory of the program %s: copy_from_user and copy_to_user reach it", f.Addr, who.Comm)
	}
	defer k.states.Notify(wait.Readable) // nobody need wait for the module
	for _, line := range k.titles(f) {
		k.logf(klog.Alert, "%s", line)
	}
	if grave != "" {
		k.logf(klog.Alert, "%s", grave)
	}
	die := f.Die
	if die == "" {
		die = "Oops"
	}
	k.logf(klog.Emerg, "%s [#%d]", die, n)
	if k.x86() {
		k.bodyX86(who, f)
	} else {
		k.bodyRISCV(who, f)
	}
	k.logf(klog.Emerg, "---[ end trace 0000000000000000 ]---")
	k.setTaint(TaintDie)
}

// ofProgram says that the program which called has memory at addr. C code that
// must not sleep is not asked about: the look may wait for a lock.
func ofProgram(who *lkm.Caller, addr uint64) bool {
	var b [1]byte
	return who.Thread != nil && who.Atomic == 0 && who.Thread.CopyIn(uintptr(addr), b[:]) == 0
}

// bug is what die() is told of a BUG(): on an x86 it is an instruction that does
// not exist (Linux arch/x86/kernel/traps.c, handle_bug).
func (k *Kernel) bug() string {
	if k.x86() {
		return "invalid opcode: 0000"
	}
	return dieBug
}

// dieBug is what die() is told elsewhere.
const dieBug = "Kernel BUG"

// x86 says which machine's grammar a report has.
func (k *Kernel) x86() bool { return k.Machine.Target() == kmod.I386 }

// titles are the lines before a report.
func (k *Kernel) titles(f *Fault) []string {
	const page = kmod.PageSize
	switch {
	case f.Bug:
		return []string{cutHere, f.Title}
	case !f.Access && f.Title != "":
		return []string{f.Title}
	case !f.Access:
		return nil
	case k.x86():
		what := "unable to handle page fault for address"
		if f.Addr < page {
			what = "kernel NULL pointer dereference, address"
		}
		return append([]string{fmt.Sprintf("BUG: %s: %0*x", what, k.digits(), f.Addr)}, f.Detail...)
	case f.Addr < page:
		return []string{fmt.Sprintf("Unable to handle kernel NULL pointer dereference at virtual address %0*x", k.digits(), f.Addr)}
	}
	return append([]string{fmt.Sprintf("Unable to handle kernel paging request at virtual address %0*x", k.digits(), f.Addr)}, f.Detail...)
}

// digits is how wide addresses are shown.
func (k *Kernel) digits() int { return 2 * k.Machine.Target().WordSize() }

// bodyRISCV is Linux's arch/riscv/kernel/traps.c, die.
func (k *Kernel) bodyRISCV(who *lkm.Caller, f *Fault) {
	k.header(klog.Emerg, who)
	k.lines(f.Regs)
	if len(f.Trace) > 0 {
		k.traceLines(klog.Emerg, f.Trace)
	}
	k.code(f)
}

// bodyX86 is arch/x86/kernel/dumpstack.c and process_32.c.
func (k *Kernel) bodyX86(who *lkm.Caller, f *Fault) {
	k.running(klog.Emerg, who)
	if len(f.Regs) > 0 {
		k.lines(f.Regs[:1]) // EIP
		k.code(f)
		k.lines(f.Regs[1:])
	}
	if len(f.Trace) > 0 {
		k.traceLines(klog.Emerg, f.Trace)
	}
	k.linkedIn(klog.Emerg)
}

func (k *Kernel) lines(lines []string) {
	for _, l := range lines {
		k.logf(klog.Emerg, "%s", l)
	}
}

func (k *Kernel) code(f *Fault) {
	if f.Code != "" {
		k.logf(klog.Emerg, "Code: %s", f.Code)
	}
}

// header is the part of a report that says who and where.
func (k *Kernel) header(level klog.Level, who *lkm.Caller) {
	k.linkedIn(level)
	k.running(level, who)
}

func (k *Kernel) linkedIn(level klog.Level) {
	k.mu.Lock()
	linked := k.linked(noListMax)
	k.mu.Unlock()
	k.logf(level, "Modules linked in:%s", linked)
}

func (k *Kernel) running(level klog.Level, who *lkm.Caller) {
	k.logf(level, "CPU: 0 PID: %d Comm: %s %s %s #1", who.PID, who.Comm, tainted(k.Taint()), Release)
}

// traceLines shows a call trace. The kernel's own functions are for the log
// only: who looks at the console has a module that does not work.
func (k *Kernel) traceLines(level klog.Level, trace []Frame) {
	k.logf(level, "Call Trace:")
	for _, f := range trace {
		guess, at := "", fmt.Sprintf("[<%0*x>]", k.digits(), f.PC)
		if f.Guess {
			guess = "? "
		}
		switch {
		case f.Go != "":
			k.logf(klog.Debug, " %s", f.Go)
		case k.x86():
			k.logf(level, " %s%s", guess, k.Symbol(f.PC))
		default:
			k.logf(level, "%s %s%s", at, guess, k.Symbol(f.PC))
		}
	}
}
