//go:build riscv64 || 386

package nucleus

import "unsafe"

// PageSize is the unit of allocation and of protection.
const PageSize = 4096

const pageMask = PageSize - 1

// PageUse says whose a page of RAM is, for /proc/meminfo.
type PageUse uint32

// The uses of a page.
const (
	PageNucleus PageUse = iota // the kernel's own tables and the allocator's counts
	PageHeap                   // the Go runtime's heap and stacks
	PageWindow                 // the module window
	PageSlab                   // small blocks of C code
	PageAnon                   // private memory of a program
	PageShared                 // anonymous memory that programs share
	PageFile                   // the file cache
	PageTable                  // translation tables of a program
	PageUses
)

// A page's word has its use above the number of its owners.
const (
	useShift = 29
	refMask  = 1<<useShift - 1
)

// The page allocator: a bump pointer over RAM that was never used, and a list
// of freed pages threaded through their first word. Both the nucleus and
// goroutines allocate, the latter with interrupts off.
var (
	ramBase, ramTop uintptr
	pageFirst       uintptr // the first page that was ever the allocator's
	pageNext        uintptr // all RAM from here on, less the holes, is untouched
	pageFree        uintptr // physical address of the first freed page
	pagesTotal      uintptr
	pagesLeft       uintptr
	pagesUsed       [PageUses]uintptr
	refBase         uintptr // direct-map address of one uint32 for each page of RAM
	holes           [4]hole
	nHoles          int
)

// hole is RAM that is somebody's: the initramfs, the device tree.
type hole struct{ lo, hi uintptr }

// userReserve is what user pages may not take: the kernel's own heap goes on
// from it while a process is being killed for memory.
var userReserve uintptr

// addHole keeps [lo, hi) from the allocator. Preconditions: before pageInit.
func addHole(lo, hi uintptr) {
	lo, hi = lo&^pageMask, (hi+pageMask)&^pageMask
	if nHoles == len(holes) || hi <= lo || hi <= ramBase || lo >= ramTop {
		return
	}
	holes[nHoles] = hole{lo, hi}
	nHoles++
}

// pageInit gives the allocator RAM from end on.
func pageInit(end uintptr) {
	pageNext = (end + pageMask) &^ pageMask
	for p := pageNext; p < ramTop; {
		if h := holeAt(p); h != 0 {
			p = h
			continue
		}
		next := ramTop
		for i := 0; i < nHoles; i++ {
			if holes[i].lo > p && holes[i].lo < next {
				next = holes[i].lo
			}
		}
		pagesTotal += (next - p) / PageSize
		p = next
	}
	pagesLeft = pagesTotal
	// One 64th, at least 1 MiB, unless that would be an eighth of all.
	userReserve = max(pagesTotal/64, 256)
	userReserve = min(userReserve, pagesTotal/8)
	// The counts are written when a page is taken, so they need no clearing. The image
	// and the holes are their owners'.
	n := ((ramTop-ramBase)/PageSize*4 + pageMask) / PageSize
	refBase = takeRun(n)
	pageFirst = pageNext
	for p := ramBase; p < pageFirst; p += PageSize {
		*pageRef(p) = uint32(PageNucleus)<<useShift | 1
	}
	for i := 0; i < nHoles; i++ {
		for p := max(holes[i].lo, ramBase); p < min(holes[i].hi, ramTop); p += PageSize {
			*pageRef(p) = uint32(PageNucleus)<<useShift | 1
		}
	}
}

// takeRun takes n adjacent pages; only while nothing was freed yet.
func takeRun(n uintptr) uintptr {
	for p := pageNext; p+n*PageSize <= ramTop; {
		bad := uintptr(0)
		for q := p; q < p+n*PageSize; q += PageSize {
			if h := holeAt(q); h != 0 {
				bad = h
			}
		}
		if bad == 0 {
			// The pages skipped between pageNext and p are lost to the allocator.
			taken := n
			for q := pageNext; q < p; q += PageSize {
				if holeAt(q) == 0 {
					taken++
				}
			}
			pageNext = p + n*PageSize
			pagesLeft -= taken
			pagesUsed[PageNucleus] += taken
			return p
		}
		p = bad
	}
	return 0
}

// holeAt gives the end of the hole that p lies in, or 0.
//
//go:nosplit
func holeAt(p uintptr) uintptr {
	for i := 0; i < nHoles; i++ {
		if p >= holes[i].lo && p < holes[i].hi {
			return holes[i].hi
		}
	}
	return 0
}

//go:nosplit
func pageRef(p uintptr) *uint32 {
	return (*uint32)(ptr(refBase + physOff + (p-ramBase)/PageSize*4))
}

// takePage takes a page of unknown content if more than reserve are left.
// Preconditions: interrupts are off; the table of counts is there.
//
//go:nosplit
func takePage(use PageUse, reserve uintptr) uintptr {
	if pagesLeft <= reserve {
		return 0
	}
	p := pageFree
	if p != 0 {
		pageFree = ld(p + physOff)
	} else {
		p = pageNext
		for h := holeAt(p); h != 0; h = holeAt(p) {
			p = h
		}
		pageNext = p + PageSize
	}
	pagesLeft--
	pagesUsed[use]++
	*pageRef(p) = uint32(use)<<useShift | 1
	return p
}

// putPage takes a page back from its last owner.
//
//go:nosplit
func putPage(p uintptr) {
	r := pageRef(p)
	pagesUsed[*r>>useShift]--
	*r = 0
	addPage(p)
}

// addPage gives the allocator a page that it has not, or no longer, counted.
//
//go:nosplit
func addPage(p uintptr) {
	st(p+physOff, pageFree)
	pageFree = p
	pagesLeft++
}

// takeZeroed is takePage for the nucleus itself: no reserve, and zeroed.
func takeZeroed(use PageUse) uintptr {
	p := takePage(use, 0)
	if p != 0 {
		clear((*[PageSize]byte)(ptr(p + physOff))[:])
	}
	return p
}

// AllocPage takes a zeroed page with a reference count of 1 and gives its
// physical address, or 0 if memory is short.
func AllocPage(use PageUse) uintptr {
	p := AllocPageDirty(use)
	if p != 0 {
		clear((*[PageSize]byte)(ptr(p + DirectMap))[:])
	}
	return p
}

// AllocPageDirty is AllocPage for a caller that will write all of the page.
func AllocPageDirty(use PageUse) uintptr {
	s := intrOff()
	p := takePage(use, userReserve)
	intrRestore(s)
	return p
}

// AllocRun takes n zeroed pages that lie one after the other, as AllocPage does each;
// 0 if there are no such pages.
func AllocRun(use PageUse, n uintptr) uintptr {
	s := intrOff()
	p := uintptr(0)
	if pagesLeft > userReserve+n {
		if p = latestRun(n); p == 0 {
			p = untouchedRun(n)
		}
		if p == 0 {
			p = freedRun(n)
		}
	}
	for q := p; p != 0 && q < p+n*PageSize; q += PageSize {
		pagesLeft--
		pagesUsed[use]++
		*pageRef(q) = uint32(use)<<useShift | 1
	}
	intrRestore(s)
	if p != 0 {
		clear(Phys(p, n*PageSize))
	}
	return p
}

// latestRun takes the n pages that were freed last, if they are a run that was freed
// upwards, as a block is: so blocks that come and go use the same memory.
// Preconditions: interrupts are off.
func latestRun(n uintptr) uintptr {
	p := pageFree
	for ; n > 1 && p != 0; n-- {
		if ld(p+physOff) != p-PageSize {
			return 0
		}
		p -= PageSize
	}
	if p != 0 {
		pageFree = ld(p + physOff)
	}
	return p
}

// untouchedRun takes n pages out of RAM that was never used; those that it passes by
// join the freed ones. Preconditions: interrupts are off.
func untouchedRun(n uintptr) uintptr {
	p := pageNext
	for q := p; q < p+n*PageSize; q += PageSize {
		if q >= ramTop {
			return 0
		}
		if h := holeAt(q); h != 0 {
			p, q = h, h-PageSize
		}
	}
	for ; pageNext < p; pageNext += PageSize {
		if holeAt(pageNext) == 0 {
			*pageRef(pageNext) = 0
			st(pageNext+physOff, pageFree)
			pageFree = pageNext
		}
	}
	pageNext = p + n*PageSize
	return p
}

// freedRun takes n pages out of the list of freed ones. Preconditions: interrupts are
// off.
func freedRun(n uintptr) uintptr {
	p := pageFirst
	for q := p; q < p+n*PageSize; q += PageSize {
		if q >= pageNext {
			return 0
		}
		if holeAt(q) != 0 || *pageRef(q)&refMask != 0 {
			p = q + PageSize
		}
	}
	last := uintptr(0)
	for q := pageFree; q != 0; q = ld(q + physOff) {
		switch {
		case q < p || q >= p+n*PageSize:
			last = q
		case last == 0:
			pageFree = ld(q + physOff)
		default:
			st(last+physOff, ld(q+physOff))
		}
	}
	return p
}

// RefPage adds an owner to a page of RAM.
func RefPage(p uintptr) {
	s := intrOff()
	*pageRef(p)++
	intrRestore(s)
}

// LendPage gives the page that b is, with a reference for the caller, if it is one of
// the initial file system's, whose own reference stays. Else it is 0.
func LendPage(b []byte) uintptr {
	p := uintptr(unsafe.Pointer(unsafe.SliceData(b))) - DirectMap
	if p&pageMask != 0 || len(b) != PageSize || p < boot.initrd || p+PageSize > boot.initrdEnd {
		return 0
	}
	RefPage(p)
	return p
}

// PageRefs counts the owners of a page of RAM.
func PageRefs(p uintptr) uint32 { return *pageRef(p) & refMask }

// FreePage drops one owner; the last one gives the page back.
func FreePage(p uintptr) {
	s := intrOff()
	r := pageRef(p)
	*r--
	if *r&refMask == 0 {
		putPage(p)
	}
	intrRestore(s)
}

// Pages counts the pages of RAM: all that were ever allocatable, and those
// that are free now.
func Pages() (total, free uintptr) { return pagesTotal, pagesLeft }

// PagesUsed counts the pages that are not free, by their use.
func PagesUsed() [PageUses]uintptr { return pagesUsed }

// UserReserve is the number of free pages at which AllocPage begins to fail.
func UserReserve() uintptr { return userReserve }

// InRAM tells whether pa is in RAM, so that the page has a reference count.
func InRAM(pa uintptr) bool { return pa >= ramBase && pa < ramTop }

// OfModules tells whether C code has the page at pa.
func OfModules(pa uintptr) bool {
	if pa < ramBase || pa >= pageNext || holeAt(pa) != 0 {
		return false
	}
	r := *pageRef(pa)
	use := PageUse(r >> useShift)
	return r&refMask != 0 && (use == PageWindow || use == PageSlab)
}

// HoldOfModules adds an owner to a page that C code has; false if it has not.
func HoldOfModules(pa uintptr) bool {
	s := intrOff()
	ok := OfModules(pa)
	if ok {
		*pageRef(pa)++
	}
	intrRestore(s)
	return ok
}
