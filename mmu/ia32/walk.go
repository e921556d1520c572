package ia32

// A page-table entry, both levels (SDM 3A figure 4-4):
//
//	31            12 11  9 8 7 6 5 4 3 2 1 0
//	[ frame          ][avl ][G S D A C T U W P]
//
// S (page size) exists in a directory entry and only under CR4.PSE; then bits
// 31:22 are the frame of a 4 MiB page and bits 21:13 are reserved.
const (
	PTEPresent  = 1 << 0
	PTEWrite    = 1 << 1
	PTEUser     = 1 << 2
	PTEAccessed = 1 << 5
	PTEDirty    = 1 << 6
	PDESize     = 1 << 7
	PTEGlobal   = 1 << 8

	FrameMask      = 0xffff_f000
	LargeFrameMask = 0xffc0_0000
	largeReserved  = 0x003f_e000

	PageShift = 12
	PageSize  = 1 << PageShift
	PageMask  = PageSize - 1
	largeMask = 1<<22 - 1
)

// Error-code bits of #PF (SDM 3A 4.7).
const (
	FaultPresent  = 1 << 0 // a protection violation rather than a missing page
	FaultWrite    = 1 << 1
	FaultUser     = 1 << 2
	FaultReserved = 1 << 3
)

// Memory is the physical memory that holds the tables.
type Memory interface {
	Load32(pa uint32) uint32
	Store32(pa uint32, v uint32)
}

// Config is the part of CR0, CR3 and CR4 that steers a walk.
type Config struct {
	CR3          uint32
	WriteProtect bool // CR0.WP: supervisor stores obey the W bit
	LargePages   bool // CR4.PSE
	Global       bool // CR4.PGE
}

// Access is one access to translate.
type Access struct {
	Write bool
	User  bool // CPL 3, and not an implicit access to a system structure
}

// Page is a translation of one 4 KiB page; a 4 MiB page is reported one 4 KiB
// piece at a time.
type Page struct {
	Frame    uint32 // physical address of the page
	Writable bool   // a store with the same User would succeed without another walk
	Global   bool   // survives a reload of CR3
	Large    bool   // a piece of a 4 MiB page, all of which INVLPG invalidates
}

// Walk translates la. ok is false on a fault, and code is then its error code;
// in that case no table entry was changed.
func Walk(m Memory, c Config, la uint32, a Access) (p Page, code uint32, ok bool) {
	fault := func(bits uint32) (Page, uint32, bool) {
		if a.Write {
			bits |= FaultWrite
		}
		if a.User {
			bits |= FaultUser
		}
		return Page{}, bits, false
	}

	pdeAddr := c.CR3&FrameMask | la>>22<<2
	pde := m.Load32(pdeAddr)
	if pde&PTEPresent == 0 {
		return fault(0)
	}
	if pde&PDESize != 0 && c.LargePages {
		if pde&largeReserved != 0 {
			return fault(FaultPresent | FaultReserved)
		}
		if !allowed(c, pde, a) {
			return fault(FaultPresent)
		}
		pde = mark(m, pdeAddr, pde, a.Write)
		return Page{
			Frame:    pde&LargeFrameMask | la&largeMask&FrameMask,
			Writable: writable(c, pde, a.User) && pde&PTEDirty != 0,
			Global:   c.Global && pde&PTEGlobal != 0,
			Large:    true,
		}, 0, true
	}

	pteAddr := pde&FrameMask | la>>PageShift&0x3ff<<2
	pte := m.Load32(pteAddr)
	if pte&PTEPresent == 0 {
		return fault(0)
	}
	// Rights of the two levels combine: the page is writable, or open to
	// user mode, only where both entries say so (SDM 3A 4.6.1).
	both := pde & pte
	if !allowed(c, both, a) {
		return fault(FaultPresent)
	}
	if pde&PTEAccessed == 0 {
		m.Store32(pdeAddr, pde|PTEAccessed)
	}
	// The directory entry may be its own table (a recursive mapping), so the
	// entry is read again before its bits are set.
	if pdeAddr == pteAddr {
		pte = m.Load32(pteAddr)
	}
	pte = mark(m, pteAddr, pte, a.Write)
	return Page{
		Frame:    pte & FrameMask,
		Writable: writable(c, both, a.User) && pte&PTEDirty != 0,
		Global:   c.Global && pte&PTEGlobal != 0,
	}, 0, true
}

func writable(c Config, rights uint32, user bool) bool {
	return rights&PTEWrite != 0 || !user && !c.WriteProtect
}

func allowed(c Config, rights uint32, a Access) bool {
	if a.User && rights&PTEUser == 0 {
		return false
	}
	return !a.Write || writable(c, rights, a.User)
}

// mark sets the accessed bit, and for a store the dirty bit, of a leaf entry.
func mark(m Memory, addr, entry uint32, write bool) uint32 {
	want := entry | PTEAccessed
	if write {
		want |= PTEDirty
	}
	if want != entry {
		m.Store32(addr, want)
	}
	return want
}
