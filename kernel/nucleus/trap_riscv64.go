package nucleus

import "unsafe"

// trap handles a trap that hit a thread of the runtime, or the nucleus itself,
// and returns the frame to resume. svector calls it.
func trap(f *frame) *frame {
	stat.Traps++
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
		stat.Interrupts++
		clearSoft()
		schedule(true)
	case c == causeSEI:
		stat.Interrupts++
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
