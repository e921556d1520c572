//go:build riscv64 || 386

package nucleus

// The runtime's window. mmap hands out addresses upwards and never reuses one,
// except that unmapping the newest mapping moves the pointer back, on which
// the runtime's way of aligning its arenas depends. Pages come with the first
// touch.

// At the top of the window: a guard page, stack0 (the first thread's stack,
// populated on demand), a guard page, the nucleus stack, a guard page.
const (
	stack0Size   = 64<<10 + PageSize // as much as rt0_go takes for granted, and initStack
	nucStackSize = 32 << 10
	nucStackPos  = windowTop - PageSize
	stack0Pos    = nucStackPos - nucStackSize - PageSize
	windowMost   = stack0Pos - stack0Size - PageSize
)

// The part of the window that mmap has given out ends at mmapNext; what it may
// give out, at windowEnd.
var mmapNext, windowEnd = windowBase, windowMost

// mmap serves the runtime's anonymous mappings. A fixed address only changes
// the rights of what the runtime reserved before, which here always are rw-.
func mmap(addr, n, prot, flags uintptr) uintptr {
	const mapFixed = 0x10
	n = (n + pageMask) &^ pageMask
	if flags&mapFixed != 0 {
		switch {
		case prot == 0:
			discard(addr, n)
		case !commit(addr, n, true):
			return 0
		}
		return addr
	}
	a := mmapNext
	if addr >= mmapNext && addr+n <= windowEnd && addr+n > addr {
		a = addr
	}
	if a+n > windowEnd || a+n < a {
		return 0
	}
	mmapNext = a + n
	if prot != 0 && !commit(a, n, false) {
		return 0
	}
	return a
}

func munmap(addr, n uintptr) {
	release(addr, n)
	if addr+n == mmapNext {
		mmapNext = addr
	}
}
