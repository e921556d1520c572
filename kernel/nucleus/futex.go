//go:build riscv64 || 386

package nucleus

// futex operations, without FUTEX_PRIVATE_FLAG and FUTEX_CLOCK_REALTIME.
const (
	futexWait    = 0
	futexWake    = 1
	futexCmdMask = 127
)

// futex serves futex(2). blocked means that the thread waits and its result
// comes with the wakeup.
func futex(t *thread, addr, op, val, timeout uintptr) (ret uintptr, blocked bool) {
	switch op & futexCmdMask {
	case futexWait:
		if ld32(addr) != uint32(val) {
			return errno(eAGAIN), false
		}
		d := uint64(0)
		if timeout != 0 {
			d = ticks() + timespecTicks(timeout)
		}
		t.R[regResult] = 0
		block(t, addr, d)
		return 0, true
	case futexWake:
		n := uintptr(0)
		for i := 0; i < nThreads && n < val; i++ {
			if w := &threads[i]; w.state == tWait && w.wait == addr {
				wake(w, 0)
				n++
			}
		}
		return n, false
	}
	return errno(eNOSYS), false
}

// timespecTicks converts a timespec (two words) to ticks, rounded up.
func timespecTicks(ts uintptr) uint64 {
	return (uint64(ld(ts))*nsecPerSec + uint64(ld(ts+wordSize)) + nsPerTick - 1) / nsPerTick
}
