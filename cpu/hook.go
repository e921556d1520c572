package cpu

import "rv86/cpu/state"

// Hook is what a debugger wants to be told by a core. A core without one, and
// one whose functions are nil, runs as fast as ever: functions are asked when
// code is decoded and when translations are entered, and called on slow paths
// alone. The debugger never changes guest memory.
//
// The functions are called in the middle of an instruction. They may call
// RequestBreak and change nothing else.
type Hook struct {
	// Split reports whether an execution point lies at the address: decoded
	// code ends before it.
	Split func(pc uint64) bool
	// Exec is asked before the instruction at an address for which Split holds
	// is executed; true stops the run there.
	Exec func(pc uint64) bool
	// Watched reports whether accesses to a page, given by the virtual and the
	// physical address of its first byte, are to be told one by one.
	Watched func(va, pa uint64) bool
	// Access is told of a load or store to a watched page before it happens. It
	// lies within one page. Of page tables, only what instructions access is told.
	Access func(va, pa uint64, size int, write bool)
	// DMA is told that a device wrote n bytes at pa, afterwards.
	DMA func(pa, n uint64)
	// Trap is told of an exception or interrupt when its handler is entered.
	// cause is the code in scause without its highest bit, or the vector.
	Trap func(cause uint64, interrupt bool)
	// Privilege is told that the privilege level may have changed.
	Privilege func()
	// Root is told that the root of the page tables was written.
	Root func()
	// Magic is told that a magic instruction was executed.
	Magic func()
}

// Debugged is a core that a debugger can attach to, and whose state can be put
// back to an earlier one.
type Debugged interface {
	Core
	// SetHook attaches a debugger; nil takes it away. Call it again after the
	// answer of Split or Watched changed.
	SetHook(h *Hook)
	// RequestBreak makes the run in progress return StopBreak after the current
	// instruction. It gives way to stops that the board asked for.
	RequestBreak()
	// TrackWrites starts or stops taking down which pages of RAM are written.
	TrackWrites(on bool)
	// Written calls f with the number of each RAM page that was written since
	// the last call, and forgets them.
	Written(f func(page int))
	// State saves or loads all registers and everything else that the course of
	// a run depends on, but not RAM. Loading forgets no decoded code: tell
	// InvalidateCode of RAM that was changed.
	State(c *state.Codec)
}
