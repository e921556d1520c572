package cpu

import "io"

// Bus is everything outside the core's flat RAM: device registers, by physical
// address. size is 1, 2, 4 or 8 bytes; values are zero-extended. ok is false
// where nothing answers, which the core turns into an access fault.
//
// A device may call back into the core (interrupt lines, RequestStop) while a
// Load or Store is in progress.
type Bus interface {
	Load(pa uint64, size int) (v uint64, ok bool)
	Store(pa uint64, size int, v uint64) (ok bool)
}

// Reason says why Core.Run returned.
type Reason uint8

const (
	StopBudget Reason = iota // the instruction limit was reached
	StopIdle                 // waiting for an interrupt and none is pending
	StopEvent                // the board must look at its timers again (a compare register was written)
	StopExit                 // a device ended the machine; the board knows the status
	StopFault                // the core can make no progress: trap loop, triple fault
	StopBreak                // a debugger asked for it
)

// Stop is the result of a run. Detail is a sentence without a full stop, for
// the user, and is empty for the first three reasons.
type Stop struct {
	Why    Reason
	Detail string
}

// Core is one processor as a board sees it. Not safe for concurrent use: all
// calls, and all calls of devices back into the core, come from one goroutine.
type Core interface {
	// Run executes until Insns() == limit or something stops it earlier. An
	// interrupt is taken before the first instruction at which it is pending
	// and enabled: never earlier, never later, whichever execution path runs.
	Run(limit uint64) Stop
	// Step executes one instruction (or takes one trap) on the reference path. A
	// debugger is told as in Run, and may stop before it or after it.
	Step() Stop
	// Insns counts instruction slots since reset: retired instructions plus
	// instructions that trapped. It is the machine's clock.
	Insns() uint64
	// AdvanceIdle moves the clock on to n while the core waits for an interrupt.
	AdvanceIdle(n uint64)
	// RequestStop makes the run in progress return s after the current
	// instruction. Only from a Bus call or between runs.
	RequestStop(s Stop)
	// InvalidateCode says that a device wrote n bytes of RAM at pa.
	InvalidateCode(pa, n uint64)
	// WriteState writes every architectural register in a fixed order, for
	// state hashes and comparisons. RAM is the board's to write.
	WriteState(w io.Writer) error
}
