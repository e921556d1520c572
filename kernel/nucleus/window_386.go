package nucleus

// A page fault needs the interrupted stack, and any page of the heap may be one's.
// So a page of the heap gets its memory when the runtime says that it is about to
// use it, in the three states of its own memory manager (runtime/mem.go):
//
//	Reserved  mmap(PROT_NONE)                  an empty entry
//	Prepared  mmap(PROT_READ|PROT_WRITE) of it ptePrepared
//	Ready     mmap(PROT_READ|PROT_WRITE) again a page
//
// On Linux the runtime tells of the last step only with GODEBUG=harddecommit=1,
// see decommitHard. Then it also says mmap(PROT_NONE) of what it is done with,
// which is Prepared again. An arena of 4 MiB thus costs what is used of it.
//
// A mapping that was not reserved is the runtime's own tables (sysAlloc), where no
// stack ever lies: such a page gets its memory with the first touch.

// Marks in the entry of a page without memory; the processor looks at no bit of an
// entry that is not present (SDM 3 figure 4-4).
const (
	ptePrepared = 1 << 9
	pteOnDemand = 1 << 10
)

// commit takes each page of [va, va+n) one state on. It is false if memory ran
// out.
func commit(va, n uintptr, reserved bool) bool {
	if va < windowBase || va+n > windowEnd || va+n < va {
		return false
	}
	for end := va + n; va < end; va += PageSize {
		e := leaf(va)
		switch v := ld(e); {
		case v&PteP != 0:
		case !reserved:
			st(e, pteOnDemand)
		case v == 0:
			st(e, ptePrepared)
		case !give(e):
			return false
		}
	}
	return true
}

// give points the entry at e to a zeroed page, if there is one.
func give(e uintptr) bool {
	p := takeZeroed(PageHeap)
	if p == 0 {
		return false
	}
	st(e, p|PteW|pteKernel)
	if pagesLeft < userReserve/2 {
		postWord(wordLowMem)
	}
	return true
}

// populate gives a page of the runtime's tables its memory; it is false if va is
// in no such page, or has it.
func populate(va uintptr) bool {
	if va < windowBase || va >= mmapNext {
		return false
	}
	e := leaf(va)
	if ld(e) != pteOnDemand {
		return false
	}
	if !give(e) {
		die("kernel heap: out of memory")
	}
	return true
}

// drop takes the memory of [va, va+n) away and leaves state in the entries that
// had any.
func drop(va, n, state uintptr) {
	if va < windowBase || va+n > windowEnd || va+n < va {
		return
	}
	for end := va + n; va < end; va += PageSize {
		e := leaf(va)
		v := ld(e)
		if v == 0 {
			continue
		}
		st(e, state)
		if v&PteP != 0 {
			FlushPage(va)
			putPage(v & pteAddrMask)
		}
	}
}

// discard is MADV_DONTNEED, which the runtime says of what it is done with.
func discard(va, n uintptr) { drop(va, n, ptePrepared) }

// release gives the memory of [va, va+n) back.
func release(va, n uintptr) { drop(va, n, 0) }

// dbgVar is the runtime's row for a GODEBUG setting (runtime/runtime1.go).
type dbgVar struct {
	name, nameLen uintptr
	value         uintptr // *int32
}

// decommitHard sets harddecommit=1 in the runtime's slice of *dbgVar at vars. It
// cannot wait until the runtime reads GODEBUG, when the first arena is in use.
func decommitHard(vars uintptr) {
	const name = "harddecommit"
	rows, n := ld(vars), ld(vars+wordSize)
	for i := uintptr(0); i < n; i++ {
		row := (*dbgVar)(ptr(ld(rows + i*wordSize)))
		if row.nameLen != uintptr(len(name)) {
			continue
		}
		same := true
		for j := uintptr(0); j < row.nameLen; j++ {
			same = same && ld8(row.name+j) == name[j]
		}
		if same {
			st32(row.value, 1)
			return
		}
	}
	die("the runtime has no GODEBUG=" + name)
}
