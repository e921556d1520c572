package nucleus

// Kernel memory is committed when it is mapped: a page fault needs the
// interrupted stack, and any page may be one's.

// commit gives memory to the pages of [va, va+n) that have none. It is false
// if memory ran out.
func commit(va, n uintptr) bool {
	if va < windowBase || va+n > windowEnd || va+n < va {
		return false
	}
	for end := va + n; va < end; va += PageSize {
		e := leaf(va)
		if ld(e)&PteP != 0 {
			continue
		}
		p := takeZeroed(PageHeap)
		if p == 0 {
			return false
		}
		st(e, p|PteW|pteKernel)
	}
	if pagesLeft < userReserve/2 {
		postWord(wordLowMem)
	}
	return true
}

// present calls for [va, va+n): f is 1 to free the pages there, 0 to zero them.
func eachPresent(va, n uintptr, free bool) {
	if va < windowBase || va+n > windowEnd || va+n < va {
		return
	}
	for end := va + n; va < end; va += PageSize {
		e := leaf(va)
		v := ld(e)
		switch {
		case v&PteP == 0:
		case free:
			st(e, 0)
			FlushPage(va)
			putPage(v & pteAddrMask)
		default:
			clear((*[PageSize]byte)(ptr(va))[:])
		}
	}
}

// discard is MADV_DONTNEED: the runtime expects to read zeroes afterwards, and
// to write without asking again, so the memory stays.
func discard(va, n uintptr) { eachPresent(va, n, false) }

// release gives the memory of [va, va+n) back.
func release(va, n uintptr) { eachPresent(va, n, true) }

// populate never has anything to do.
func populate(uintptr) bool { return false }
