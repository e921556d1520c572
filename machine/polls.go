package machine

import "rv86/cpu"

const (
	pollsUntilInput = 64   // successive LSR reads that count as waiting for input
	slotsPerPoll    = 2000 // ... when they are no further apart than this on average
)

// pollWatch notices a guest that waits for input without interrupts, such as a
// boot loader at its prompt: many polls of the serial port in a row and close
// together. A program that polls now and then while it works is not waiting.
type pollWatch struct {
	m     *Machine
	start uint64 // slot of the first read of the run of polls
}

// polled is told of the n-th poll of a run.
func (w *pollWatch) polled(n int) {
	now := w.m.core.Insns()
	if n == 1 {
		w.start = now
	}
	if n < pollsUntilInput || n%pollsUntilInput != 0 {
		return
	}
	if now-w.start <= uint64(n)*slotsPerPoll {
		w.m.polled = true
		w.m.core.RequestStop(cpu.Stop{Why: cpu.StopEvent})
	}
}
