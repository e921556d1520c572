package vm

// Layout of a user address space (the nucleus draws the whole map), Linux's
// for i386 without randomization:
//
//	0x0001_0000           lowest mapping (mmap_min_addr)
//	0x0804_8000           programs, by convention
//	0x5655_5000           position-independent programs
//	... below 0xbfff_0000 mmap, downwards from below the stack's limit
//	0xbfff_0000           top of the stack
//	0xbfff_e000           one page: the signal return code
//	0xc000_0000           kernel
const (
	minAddr  = 0x10000
	PIEBase  = 0x56555000
	StackTop = 0xbfff0000
	SigPage  = 0xbfffe000
	addrEnd  = SigPage + PageSize

	// There is no hole: this one is empty.
	holeStart = minAddr
	holeEnd   = minAddr

	// StackLimit is the largest stack, RLIMIT_STACK's default; mappings stay
	// out of its way, with a gap that catches an overflow.
	StackLimit = 8 << 20
	stackGap   = 1 << 20
	mmapTop    = StackTop - StackLimit - stackGap
)

// IA-32 page tables (SDM 3 4.3): two levels of 1024 entries.
const (
	tableLen  = 1024
	tableMask = tableLen - 1
	dirShift  = 22
)

// pte is a page table entry.
type pte = uint32

// Bits of an entry (SDM 3 tables 4-5 and 4-6). What is present can be read
// and executed: those two rights have no bits of their own.
const (
	pteV = 1 << 0
	pteW = 1 << 1
	pteU = 1 << 2
	pteA = 1 << 5
	pteD = 1 << 6
	pteR = 0
	// pteHeld is one of the three bits left to software: the entry owns a page,
	// though pteV may be off for a PROT_NONE area.
	pteHeld = 1 << 9

	pteFlags = PageSize - 1

	// dirFlags leave all rights to the table's entries (SDM 3 4.6).
	dirFlags = pteV | pteW | pteU | pteA
)

func pteAddr(e pte) uintptr { return uintptr(e &^ pteFlags) }

func makePte(pa uintptr, flags pte) pte { return pte(pa) | flags }

// hardware gives an entry's flags for a protection. A and D are set at once:
// the kernel does not page out, so it has no use for the accesses' traces.
func hardware(p Prot, writable bool) pte {
	if p == 0 {
		return pteHeld
	}
	f := pte(pteV | pteU | pteA | pteD | pteHeld)
	if p&ProtWrite != 0 && writable {
		f |= pteW
	}
	return f
}

// entry finds the entry of va; with alloc it makes the table on the way. It is
// nil if the table is missing (or cannot be made).
func (s *Space) entry(va uintptr, alloc bool) *pte {
	e := &s.mem.Table(s.root)[va>>dirShift]
	if *e&pteV == 0 {
		if !alloc {
			return nil
		}
		pa := s.mem.Alloc(Table)
		if pa == 0 {
			return nil
		}
		*e = makePte(pa, dirFlags)
	}
	return &s.mem.Table(pteAddr(*e))[va>>pageShift&tableMask]
}

// table gives the page table for va. Preconditions: it exists.
func (s *Space) table(va uintptr) *[tableLen]pte {
	return s.mem.Table(pteAddr(s.mem.Table(s.root)[va>>dirShift]))
}

// each calls f for the entries of [lo, hi) that hold a page, in order. f
// returns false to stop. What lies above the user's part is the kernel's: its
// tables are left alone whatever the range.
func (s *Space) each(lo, hi uintptr, f func(va uintptr, e *pte) bool) {
	root := s.mem.Table(s.root)
	hi = min(hi, addrEnd)
	for va := lo; va < hi; {
		next := (va>>dirShift + 1) << dirShift
		d := root[va>>dirShift]
		if d&pteV == 0 {
			va = next
			continue
		}
		t := s.mem.Table(pteAddr(d))
		for end := min(hi, next); va < end; va += PageSize {
			if e := &t[va>>pageShift&tableMask]; *e != 0 && !f(va, e) {
				return
			}
		}
	}
}

// freeTables gives back every table and the root. Preconditions: no entry
// holds a page any more.
func (s *Space) freeTables() {
	s.mem.LeaveRoot(s.root)
	for _, e := range s.mem.Table(s.root)[:(addrEnd-1)>>dirShift+1] {
		if e&pteV != 0 {
			s.mem.Free(pteAddr(e))
		}
	}
	s.mem.Free(s.root)
	s.root = 0
}
