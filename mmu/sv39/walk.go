// Package sv39 walks the page tables of the Sv39 scheme (The RISC-V
// Instruction Set Manual, volume II, Privileged Architecture, 20211203,
// sections 4.3 and 4.4). It sets A and D bits itself (4.3.1, the second of the
// two schemes). The extensions Svnapot and Svpbmt are not there: their bits
// are reserved.
package sv39

import "rv86/mmu"

// A page table entry (figure 4.21):
//
//	 63 62   61 60   54 53      28 27      19 18      10 9   8 7 6 5 4 3 2 1 0
//	+--+-------+-------+----------+----------+----------+-----+-+-+-+-+-+-+-+-+
//	| N| PBMT  | rsvd  |  PPN[2]  |  PPN[1]  |  PPN[0]  | RSW |D|A|G|U|X|W|R|V|
//	+--+-------+-------+----------+----------+----------+-----+-+-+-+-+-+-+-+-+
const (
	PTEValid    = 1 << 0
	PTERead     = 1 << 1
	PTEWrite    = 1 << 2
	PTEExec     = 1 << 3
	PTEUser     = 1 << 4
	PTEGlobal   = 1 << 5
	PTEAccessed = 1 << 6
	PTEDirty    = 1 << 7

	ppnShift = 10
	ppnMask  = 1<<44 - 1
	reserved = 0x3ff << 54
)

const (
	levels    = 3
	vpnBits   = 9
	pteSize   = 8
	vaBits    = mmu.PageShift + levels*vpnBits
	tableMask = 1<<vpnBits - 1
)

// Memory is where the page tables lie. ok is false where physical memory
// protection or the lack of memory forbids the access.
type Memory interface {
	LoadPTE(pa uint64) (pte uint64, ok bool)
	StorePTE(pa, pte uint64) (ok bool)
}

// Mode is what the permission check needs to know of the hart.
type Mode struct {
	User bool // effective privilege is U, else S
	SUM  bool // S may load and store on user pages
	MXR  bool // loads may use executable pages
}

// Leaf is the result of a walk.
type Leaf struct {
	PA   uint64 // the address translated
	Size uint64 // of the page: 4 KiB, 2 MiB or 1 GiB
}

// Walk translates va with the root table at physical address root (4.3.2).
func Walk(m Memory, root, va uint64, access mmu.Access, mode Mode) (Leaf, mmu.Fault) {
	// 4.4.1: bits 63..39 must all equal bit 38.
	if shift := 64 - vaBits; uint64(int64(va<<shift)>>shift) != va {
		return Leaf{}, mmu.PageFault
	}
	table := root
	for level := levels - 1; level >= 0; level-- {
		shift := uint(mmu.PageShift + level*vpnBits)
		ptePA := table + va>>shift&tableMask*pteSize
		pte, ok := m.LoadPTE(ptePA) // step 2
		if !ok {
			return Leaf{}, mmu.AccessFault
		}
		// Step 3; W without R is reserved.
		if pte&PTEValid == 0 || pte&(PTERead|PTEWrite) == PTEWrite || pte&reserved != 0 {
			return Leaf{}, mmu.PageFault
		}
		base := pte >> ppnShift & ppnMask << mmu.PageShift
		if pte&(PTERead|PTEExec) == 0 { // step 4: a pointer to the next table
			if pte&(PTEUser|PTEAccessed|PTEDirty) != 0 { // reserved there
				return Leaf{}, mmu.PageFault
			}
			table = base
			continue
		}
		size := uint64(1) << shift
		// Steps 5 and 6: permission; a superpage must be aligned.
		if !allowed(pte, access, mode) || base&(size-1) != 0 {
			return Leaf{}, mmu.PageFault
		}
		if !markUsed(m, ptePA, pte, access) { // step 7
			return Leaf{}, mmu.AccessFault
		}
		return Leaf{PA: base | va&(size-1), Size: size}, mmu.NoFault
	}
	return Leaf{}, mmu.PageFault // a pointer at level 0
}

// Find is Walk without a look at rights, and without any change.
func Find(m Memory, root, va uint64) (pa uint64, ok bool) {
	if shift := 64 - vaBits; uint64(int64(va<<shift)>>shift) != va {
		return 0, false
	}
	table := root
	for level := levels - 1; level >= 0; level-- {
		shift := uint(mmu.PageShift + level*vpnBits)
		pte, ok := m.LoadPTE(table + va>>shift&tableMask*pteSize)
		if !ok || pte&PTEValid == 0 || pte&reserved != 0 {
			return 0, false
		}
		base, size := pte>>ppnShift&ppnMask<<mmu.PageShift, uint64(1)<<shift
		if pte&(PTERead|PTEWrite|PTEExec) != 0 {
			return base&^(size-1) | va&(size-1), true
		}
		table = base
	}
	return 0, false
}

func allowed(pte uint64, access mmu.Access, mode Mode) bool {
	user := pte&PTEUser != 0
	switch {
	case mode.User && !user:
		return false
	case !mode.User && user && (access == mmu.Fetch || !mode.SUM): // 4.3.1: S never executes user pages
		return false
	}
	switch access {
	case mmu.Fetch:
		return pte&PTEExec != 0
	case mmu.Store:
		return pte&PTEWrite != 0
	}
	return pte&PTERead != 0 || mode.MXR && pte&PTEExec != 0
}

// markUsed sets A, and D for a store, where they are clear. Nothing can come
// between the walk's load and this store on a machine of one hart.
func markUsed(m Memory, ptePA, pte uint64, access mmu.Access) bool {
	want := pte | PTEAccessed
	if access == mmu.Store {
		want |= PTEDirty
	}
	return want == pte || m.StorePTE(ptePA, want)
}
