// Package softirq is what runs in interrupt context but no device asked for:
// timers, high-resolution timers and tasklets (Linux kernel/time/timer.c,
// hrtimer.c, kernel/softirq.c). One goroutine runs them all, one after the
// other, in the order in which they are due.
//
// A timer that its module leaves pending is named when the module goes, and
// again when it expires: the call of its function then faults.
package softirq
