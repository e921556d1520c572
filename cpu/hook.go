package cpu

import "rv86/cpu/state"

// Hook is what a debugger wants to be told by a core. A core without one, and
// one whose functions are nil, runs as fast as ever: functions are asked when
// code is decoded and when translations are entered, and called on slow paths
// alone. The debugger never changes guest memory.
//
// The functions are called in the middle of an instruction. They may call
// RequestBreak and change nothing else; Exec, which is asked between two
// instructions, may call SetHook, too.
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

// Join makes one hook of several. Each is told of everything; a run stops if
// any of them says so.
func Join(hooks ...*Hook) *Hook {
	j := &Hook{}
	for _, h := range hooks {
		j.Split = either(j.Split, h.Split)
		j.Exec = execs(j.Exec, h)
		j.Watched = either2(j.Watched, h.Watched)
		j.Access = accesses(j.Access, h)
		j.DMA = both2(j.DMA, h.DMA)
		j.Trap = both2(j.Trap, h.Trap)
		j.Privilege = both(j.Privilege, h.Privilege)
		j.Root = both(j.Root, h.Root)
		j.Magic = both(j.Magic, h.Magic)
	}
	return j
}

func either(f, g func(uint64) bool) func(uint64) bool {
	if f == nil || g == nil {
		return first(f, g, f == nil)
	}
	return func(a uint64) bool { return f(a) || g(a) }
}

func either2(f, g func(a, b uint64) bool) func(a, b uint64) bool {
	if f == nil || g == nil {
		return first(f, g, f == nil)
	}
	return func(a, b uint64) bool { return f(a, b) || g(a, b) }
}

func both(f, g func()) func() {
	if f == nil || g == nil {
		return first(f, g, f == nil)
	}
	return func() { f(); g() }
}

func both2[A, B any](f, g func(A, B)) func(A, B) {
	if f == nil || g == nil {
		return first(f, g, f == nil)
	}
	return func(a A, b B) { f(a, b); g(a, b) }
}

func first[F any](f, g F, missing bool) F {
	if missing {
		return g
	}
	return f
}

// execs asks h only about its own points.
func execs(f func(uint64) bool, h *Hook) func(uint64) bool {
	if h.Exec == nil {
		return f
	}
	own := func(pc uint64) bool { return h.Split(pc) && h.Exec(pc) }
	if f == nil {
		return own
	}
	return func(pc uint64) bool {
		stop := f(pc)
		return own(pc) || stop // both are told
	}
}

// accesses tells h only of accesses to its own pages.
func accesses(f func(va, pa uint64, size int, write bool), h *Hook) func(va, pa uint64, size int, write bool) {
	if h.Access == nil {
		return f
	}
	const page = 1<<12 - 1
	own := func(va, pa uint64, size int, write bool) {
		if h.Watched(va&^page, pa&^page) {
			h.Access(va, pa, size, write)
		}
	}
	if f == nil {
		return own
	}
	return func(va, pa uint64, size int, write bool) {
		f(va, pa, size, write)
		own(va, pa, size, write)
	}
}
