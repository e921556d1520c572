//go:build !386

package vm

// Layout of a user address space (the nucleus draws the whole map):
//
//	0x00_0001_0000            lowest mapping (mmap_min_addr)
//	0x00_8000_0000  1 GiB     not the user's: the kernel image lies there
//	0x10_0000_0000            position-independent programs
//	... below 0x1f_c000_0000  mmap, downwards from below the stack's limit
//	0x1f_c000_0000            top of the stack
//	0x1f_c001_0000            one page: the signal return code
const (
	minAddr   = 0x10000
	holeStart = 0x80000000
	holeEnd   = 0xc0000000
	PIEBase   = 0x1000000000
	StackTop  = 0x1fc0000000
	SigPage   = StackTop + 0x10000
	addrEnd   = SigPage + PageSize

	// StackLimit is the largest stack, RLIMIT_STACK's default; mappings stay
	// out of its way, with a gap that catches an overflow.
	StackLimit = 8 << 20
	stackGap   = 1 << 20
	mmapTop    = StackTop - StackLimit - stackGap
)

// Sv39 page tables (Priv. spec 4.4): three levels of 512 entries.
const (
	tableLen  = 512
	tableMask = tableLen - 1
	megaShift = 21
	gigaShift = 30
	ppnShift  = 10
)

// pte is a page table entry.
type pte = uint64

// Bits of an entry (Priv. spec 4.4.1, figure 4.21).
const (
	pteV = 1 << 0
	pteR = 1 << 1
	pteW = 1 << 2
	pteX = 1 << 3
	pteU = 1 << 4
	pteA = 1 << 6
	pteD = 1 << 7
	// pteHeld is one of the two bits left to software: the entry owns a page,
	// though pteV may be off for a PROT_NONE area.
	pteHeld = 1 << 8

	pteFlags = 1<<ppnShift - 1
)

// userRoots are the root entries that belong to user mappings; the rest are
// copies of the kernel's.
func userRoot(i int) bool { return i <= (addrEnd-1)>>gigaShift && i != holeStart>>gigaShift }

func pteAddr(e pte) uintptr { return uintptr(e >> ppnShift << pageShift) }

func makePte(pa uintptr, flags pte) pte { return pte(pa>>pageShift<<ppnShift) | flags }

// hardware gives an entry's flags for a protection. A and D are set at once:
// the kernel does not page out, so it has no use for the accesses' traces.
func hardware(p Prot, writable bool) pte {
	if p == 0 {
		return pteHeld
	}
	f := pte(pteV | pteU | pteA | pteD | pteHeld)
	if p&(ProtRead|ProtWrite) != 0 {
		f |= pteR
	}
	if p&ProtWrite != 0 && writable {
		f |= pteW
	}
	if p&ProtExec != 0 {
		f |= pteX
	}
	return f
}

// entry finds the leaf entry of va; with alloc it makes the tables on the way.
// It is nil if a table is missing (or cannot be made).
func (s *Space) entry(va uintptr, alloc bool) *pte {
	t := s.mem.Table(s.root)
	for shift := uint(gigaShift); shift > pageShift; shift -= 9 {
		e := &t[va>>shift&tableMask]
		if *e&pteV == 0 {
			if !alloc {
				return nil
			}
			pa := s.mem.Alloc(Table)
			if pa == 0 {
				return nil
			}
			*e = makePte(pa, pteV)
		}
		t = s.mem.Table(pteAddr(*e))
	}
	return &t[va>>pageShift&tableMask]
}

// table gives the lowest table for va. Preconditions: it exists.
func (s *Space) table(va uintptr) *[tableLen]pte {
	l1 := s.mem.Table(pteAddr(s.mem.Table(s.root)[va>>gigaShift&tableMask]))
	return s.mem.Table(pteAddr(l1[va>>megaShift&tableMask]))
}

// each calls f for the entries of [lo, hi) that hold a page, in order. f
// returns false to stop.
func (s *Space) each(lo, hi uintptr, f func(va uintptr, e *pte) bool) {
	root := s.mem.Table(s.root)
	for va := lo; va < hi; {
		if !userRoot(int(va>>gigaShift)) || root[va>>gigaShift]&pteV == 0 {
			va = (va>>gigaShift + 1) << gigaShift
			continue
		}
		l1 := s.mem.Table(pteAddr(root[va>>gigaShift]))
		e1 := l1[va>>megaShift&tableMask]
		if e1&pteV == 0 {
			va = (va>>megaShift + 1) << megaShift
			continue
		}
		l0 := s.mem.Table(pteAddr(e1))
		for end := min(hi, (va>>megaShift+1)<<megaShift); va < end; va += PageSize {
			if e := &l0[va>>pageShift&tableMask]; *e != 0 && !f(va, e) {
				return
			}
		}
	}
}

// freeTables gives back every table and the root. Preconditions: no entry
// holds a page any more.
func (s *Space) freeTables() {
	s.mem.LeaveRoot(s.root)
	for i, e := range s.mem.Table(s.root)[:tableLen/2] {
		if !userRoot(i) || e&pteV == 0 {
			continue
		}
		for _, e1 := range s.mem.Table(pteAddr(e)) {
			if e1&pteV != 0 {
				s.mem.Free(pteAddr(e1))
			}
		}
		s.mem.Free(pteAddr(e))
	}
	s.mem.Free(s.root)
	s.root = 0
}
