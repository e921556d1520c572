package rv64

import (
	"encoding/binary"

	"rv86/mmu"
	"rv86/mmu/sv39"
)

// Memory accesses of the reference path: each one walks the page tables and
// checks PMP. The fast path comes here for what its TLB does not hold.

// Exceptions by kind of access.
var (
	pageFaultCause   = [...]Cause{mmu.Load: CauseLoadPage, mmu.Store: CauseStorePage, mmu.Fetch: CauseInsnPage}
	accessFaultCause = [...]Cause{mmu.Load: CauseLoadAccess, mmu.Store: CauseStoreAccess, mmu.Fetch: CauseInsnAccess}
	misalignedCause  = [...]Cause{mmu.Load: CauseLoadMisaligned, mmu.Store: CauseStoreMisaligned, mmu.Fetch: CauseInsnMisaligned}
)

// dataPriv is the privilege that loads and stores have: MPP's while MPRV is set
// (II 3.1.6.3).
func (h *Hart) dataPriv() uint8 {
	if h.mstatus&mstatusMPRV != 0 {
		return uint8(h.mstatus >> mppShift & 3)
	}
	return h.priv
}

func (h *Hart) accessPriv(access mmu.Access) uint8 {
	if access == mmu.Fetch {
		return h.priv
	}
	return h.dataPriv()
}

// translate finds the physical address of size bytes at va, which lie in one
// page, and checks every protection. page is the size of the page it found:
// the whole address space where nothing is translated.
func (h *Hart) translate(va, size uint64, access mmu.Access) (pa, page uint64, t trap) {
	priv := h.accessPriv(access)
	pa = va
	if h.translating(priv) {
		mode := sv39.Mode{User: priv == PrivU, SUM: h.mstatus&mstatusSUM != 0, MXR: h.mstatus&mstatusMXR != 0}
		leaf, f := sv39.Walk((*pageTables)(h), h.rootTable(), va, access, mode)
		switch f {
		case mmu.PageFault:
			return 0, 0, h.raise(pageFaultCause[access], va)
		case mmu.AccessFault:
			return 0, 0, h.raise(accessFaultCause[access], va)
		}
		pa, page = leaf.PA, leaf.Size
	}
	if !h.pmp.check(pa, size, priv, access) {
		return 0, 0, h.raise(accessFaultCause[access], va)
	}
	return pa, page, noTrap
}

// pageTables gives the Sv39 walker its memory. Its accesses have S privilege
// for PMP (II 3.7.2), whoever's translation it is. Tables lie in RAM: a device
// register is not asked for one.
type pageTables Hart

func (m *pageTables) LoadPTE(pa uint64) (uint64, bool) {
	h := (*Hart)(m)
	b := h.ramAt(pa, 8)
	if b == nil || !h.pmp.check(pa, 8, PrivS, mmu.Load) {
		return 0, false
	}
	return loadBytes(b), true
}

// StorePTE follows a LoadPTE of the same entry, so it is RAM.
func (m *pageTables) StorePTE(pa, pte uint64) bool {
	h := (*Hart)(m)
	return h.pmp.check(pa, 8, PrivS, mmu.Store) && h.storePhys(pa, 8, pte)
}

// ramAt returns the RAM at pa, or nil where it is not RAM for all n bytes.
func (h *Hart) ramAt(pa, n uint64) []byte {
	off := pa - h.ramBase
	size := uint64(len(h.ram))
	if off >= size || n > size-off {
		return nil
	}
	return h.ram[off:][:n]
}

func (h *Hart) loadPhys(pa uint64, size int) (uint64, bool) {
	if b := h.ramAt(pa, uint64(size)); b != nil {
		return loadBytes(b), true
	}
	return h.bus.Load(pa, size)
}

func (h *Hart) storePhys(pa uint64, size int, v uint64) bool {
	if b := h.ramAt(pa, uint64(size)); b != nil {
		storeBytes(b, v)
		h.debug.wrote(pa - h.ramBase)
		h.wroteRAM(pa, uint64(size))
		return true
	}
	return h.bus.Store(pa, size, v)
}

// loadBytes reads 1 to 8 bytes, little-endian.
func loadBytes(b []byte) (v uint64) {
	if len(b) == 8 {
		return binary.LittleEndian.Uint64(b)
	}
	for i, c := range b {
		v |= uint64(c) << (8 * i)
	}
	return v
}

func storeBytes(b []byte, v uint64) {
	for i := range b {
		b[i] = byte(v >> (8 * i))
	}
}

// load reads size bytes at va, zero-extended, at any alignment.
func (h *Hart) load(va uint64, size int) (uint64, trap) {
	if va&uint64(size-1) != 0 {
		return h.loadMisaligned(va, size)
	}
	pa, _, t := h.translate(va, uint64(size), mmu.Load)
	if t != noTrap {
		return 0, t
	}
	if h.debug.hook != nil {
		h.debug.accessed(va, pa, size, false)
	}
	v, ok := h.loadPhys(pa, size)
	if !ok {
		return 0, h.raise(CauseLoadAccess, va)
	}
	return v, noTrap
}

// store writes the low size bytes of v at va, at any alignment.
func (h *Hart) store(va uint64, size int, v uint64) trap {
	if va&uint64(size-1) != 0 {
		return h.storeMisaligned(va, size, v)
	}
	pa, _, t := h.translate(va, uint64(size), mmu.Store)
	if t != noTrap {
		return t
	}
	if h.debug.hook != nil {
		h.debug.accessed(va, pa, size, true)
	}
	if !h.storePhys(pa, size, v) {
		return h.raise(CauseStoreAccess, va)
	}
	return noTrap
}

// span is a misaligned access taken apart at the page boundary: n[1] is 0 if it
// lies in one page.
type span struct {
	pa [2]uint64
	n  [2]int
}

// translateSpan translates both parts before anything is accessed, so that a
// fault leaves memory unchanged; the trap value is the address of the part that
// faulted (II 3.1.16). Devices take aligned accesses only.
func (h *Hart) translateSpan(va uint64, size int, access mmu.Access) (s span, t trap) {
	s.n[0] = min(size, mmu.PageSize-int(va&mmu.PageMask))
	s.n[1] = size - s.n[0]
	for i := range s.n {
		if s.n[i] == 0 {
			break
		}
		part := va + uint64(i*s.n[0])
		if s.pa[i], _, t = h.translate(part, uint64(s.n[i]), access); t != noTrap {
			return s, t
		}
		if h.ramAt(s.pa[i], uint64(s.n[i])) == nil {
			return s, h.raise(accessFaultCause[access], part)
		}
	}
	if h.debug.hook != nil {
		for i, n := range s.n {
			if n != 0 {
				h.debug.accessed(va+uint64(i*s.n[0]), s.pa[i], n, access == mmu.Store)
			}
		}
	}
	return s, noTrap
}

func (h *Hart) loadMisaligned(va uint64, size int) (uint64, trap) {
	s, t := h.translateSpan(va, size, mmu.Load)
	if t != noTrap {
		return 0, t
	}
	v, _ := h.loadPhys(s.pa[0], s.n[0])
	if s.n[1] != 0 {
		high, _ := h.loadPhys(s.pa[1], s.n[1])
		v |= high << (8 * s.n[0])
	}
	return v, noTrap
}

func (h *Hart) storeMisaligned(va uint64, size int, v uint64) trap {
	s, t := h.translateSpan(va, size, mmu.Store)
	if t != noTrap {
		return t
	}
	h.storePhys(s.pa[0], s.n[0], v)
	if s.n[1] != 0 {
		h.storePhys(s.pa[1], s.n[1], v>>(8*s.n[0]))
	}
	return noTrap
}

// atomicAddr translates the address of an atomic access, which must be aligned
// (I 8.2, 8.4). The misaligned exception comes first: it needs no translation.
func (h *Hart) atomicAddr(va uint64, size int, access mmu.Access) (uint64, trap) {
	if va&uint64(size-1) != 0 {
		return 0, h.raise(misalignedCause[access], va)
	}
	pa, _, t := h.translate(va, uint64(size), access)
	return pa, t
}

// fetch reads the instruction at pc: two bytes first, since the second half of
// a 32-bit instruction may lie in another page with a fault of its own.
func (h *Hart) fetch(pc uint64) (uint32, trap) {
	low, t := h.fetchHalf(pc)
	if t != noTrap || low&3 != 3 {
		return low, t
	}
	high, t := h.fetchHalf(pc + 2)
	return low | high<<16, t
}

// fetchHalf reads 16 bits. Instructions come from RAM only: a device register
// is not executable.
func (h *Hart) fetchHalf(pc uint64) (uint32, trap) {
	pa, _, t := h.translate(pc, 2, mmu.Fetch)
	if t != noTrap {
		return 0, t
	}
	b := h.ramAt(pa, 2)
	if b == nil {
		return 0, h.raise(CauseInsnAccess, pc)
	}
	return uint32(binary.LittleEndian.Uint16(b)), noTrap
}

// Peek translates va as for S privilege, whatever its rights, and changes
// nothing: for monitors. ok is false where nothing is mapped.
func (h *Hart) Peek(va uint64) (pa uint64, ok bool) {
	if !h.translating(PrivS) {
		return va, true
	}
	return sv39.Find((*pageTables)(h), h.rootTable(), va)
}
