package nucleus

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
	p := takeZeroed(PageHeap)
	if e == 0 || p == 0 {
		die("kernel heap: out of memory")
	}
	st(e, uintptr(MakePte(p, PteR|PteW|pteKernel)))
	SfencePage(va)
	if pagesLeft < userReserve/2 {
		postWord(wordLowMem)
	}
	return true
}

// commit has nothing to do: pages come with the first touch.
func commit(_, _ uintptr, _ bool) bool { return true }

// discard is MADV_DONTNEED: the runtime expects to read zeroes afterwards.
func discard(va, n uintptr) { release(va, n) }

// release gives the memory of [va, va+n) back.
func release(va, n uintptr) {
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
			putPage(PteAddr(v))
		}
		va += PageSize
	}
	Sfence()
}
