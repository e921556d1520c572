package nucleus

import "unsafe"

// call gives the number and the arguments of a system call of the runtime's.
func (t *thread) call() (n uintptr, a [6]uintptr) {
	return t.R[RegA7], [6]uintptr(t.R[RegA0 : RegA0+6])
}

// machineCall serves what only this machine's runtime calls: nothing.
func machineCall(_ *thread, _, _ uintptr) uintptr { return errno(eNOSYS) }

// mustStay is for machines whose traps use the stack of what they interrupt.
func mustStay(*thread) bool { return false }

// switchState changes what of the processor's state lies outside the frame:
// the floating point unit.
func switchState(old, t *thread) {
	if old.Status&statusFS == fsDirty {
		fpSave(uintptr(unsafe.Pointer(&old.F)))
	}
	fpLoad(uintptr(unsafe.Pointer(&t.F)))
	t.Status = t.Status&^statusFS | fsClean
	fpOwner = 0
}

// copyState makes c a copy of the running thread t.
func copyState(c, t *thread) {
	c.frame = t.frame
	fpSave(uintptr(unsafe.Pointer(&c.F)))
}

// trap handles a trap that hit a thread of the runtime, or the nucleus itself,
// and returns the frame to resume. svector calls it.
func trap(f *frame) *frame {
	kstat().Traps++
	c := f.Cause
	if c == CauseInsnPage || c == CauseLoadPage || c == CauseStorePage {
		if populate(f.Tval) {
			return f
		}
	}
	if f == &nestFrame {
		oops("fault in the nucleus", f)
	}
	t := (*thread)(unsafe.Pointer(f))
	switch {
	case c == CauseECallS:
		t.R[RegPC] += 4
		syscall(t)
	case c == causeSSI, c == causeSTI:
		kstat().Interrupts++
		clearSoft()
		schedule(true)
	case c == causeSEI:
		kstat().Interrupts++
		external()
		schedule(false)
	case c&CauseInterrupt != 0:
		oops("unexpected interrupt", f)
	case c == CauseIllegal:
		deliver(t, sigILL, siFault, t.R[RegPC])
	case c == CauseBreakpoint:
		deliver(t, sigTRAP, siFault, t.R[RegPC])
	case c == CauseInsnPage, c == CauseLoadPage, c == CauseStorePage:
		deliver(t, sigSEGV, siFault, f.Tval)
	default:
		deliver(t, sigBUS, siFault, f.Tval)
	}
	t = (*thread)(ptr(cur))
	deliverPending(t)
	return &t.frame
}
