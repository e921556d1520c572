//go:build riscv64

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

// populate gives a page of the window its memory; it is false if va is not a
// missing page of the runtime's.
func populate(va uintptr) bool {
	if !(va >= windowBase && va < mmapNext || va >= stack0Pos-stack0Size && va < stack0Pos) {
		return false
	}
	e := leaf(va)
	if e != 0 && ld(e)&PteV != 0 {
		return false
	}
	p := takeZeroed()
	if e == 0 || p == 0 {
		die("kernel heap: out of memory")
	}
	st(e, uintptr(MakePte(p, PteR|PteW|pteKernel)))
	SfencePage(va)
	stat.Populated++
	if pagesLeft < userReserve/2 {
		postWord(wordLowMem)
	}
	return true
}

// unpopulate gives the memory of [va, va+n) back: munmap, and MADV_DONTNEED,
// after which the runtime expects to read zeroes.
func unpopulate(va, n uintptr) {
	if va < windowBase || va+n > windowEnd || va+n < va {
		return
	}
	for end := va + n; va < end; {
		l1 := nextTable(kernelRoot, va>>gigaShift&entryMask)
		if ld(l1+physOff+va>>megaShift&entryMask<<pteSizeShift)&PteV == 0 {
			va = (va + megaSize) &^ (megaSize - 1)
			continue
		}
		e := leaf(va)
		if v := uint64(ld(e)); v&PteV != 0 {
			st(e, 0)
			*pageRef(PteAddr(v)) = 0
			putPage(PteAddr(v))
			stat.Populated--
		}
		va += PageSize
	}
	Sfence()
}

// mmap serves the runtime's anonymous mappings. A fixed address only changes
// the rights of what the runtime reserved before, which here always are rw-.
func mmap(addr, n, flags uintptr) uintptr {
	const mapFixed = 0x10
	n = (n + pageMask) &^ pageMask
	if flags&mapFixed != 0 {
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
	return a
}

func munmap(addr, n uintptr) {
	unpopulate(addr, n)
	if addr+n == mmapNext {
		mmapNext = addr
	}
}
