//go:build riscv64 || 386

package nucleus

// The runtime's window. mmap hands out addresses upwards and never reuses one,
// except that unmapping the newest mapping moves the pointer back, on which
// the runtime's way of aligning its arenas depends. Pages come with the first
// touch.

// At the top of the window: a guard page, stack0 (the first thread's stack,
// populated on demand), a guard page, the nucleus stack, a guard page.
const (
	stack0Size   = 128 << 10
	nucStackSize = 32 << 10
	nucStackPos  = windowTop - PageSize
	stack0Pos    = nucStackPos - nucStackSize - PageSize
	windowEnd    = stack0Pos - stack0Size - PageSize
)

var mmapNext = windowBase

// mmap serves the runtime's anonymous mappings. A fixed address only changes
// the rights of what the runtime reserved before, which here always are rw-.
func mmap(addr, n, prot, flags uintptr) uintptr {
	const mapFixed = 0x10
	n = (n + pageMask) &^ pageMask
	if flags&mapFixed != 0 {
		if prot != 0 && !commit(addr, n) {
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
	if prot != 0 && !commit(a, n) {
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
