package rv64

import (
	"unsafe"

	"rv86/mmu"
)

// Filling the TLBs, which hold host addresses of guest pages.

// hostPage returns the host address of the RAM page of pa; nil where that is
// not RAM or not all of it has one PMP answer.
func (h *Hart) hostPage(pa uint64) unsafe.Pointer {
	b := h.ramAt(pa&^mmu.PageMask, mmu.PageSize)
	if b == nil || !h.pmp.uniform(pa) {
		return nil
	}
	return unsafe.Pointer(unsafe.SliceData(b))
}

// physOf is the inverse of hostPage.
func (h *Hart) physOf(page unsafe.Pointer) uint64 {
	return uint64(uintptr(page)-uintptr(unsafe.Pointer(unsafe.SliceData(h.ram)))) + h.ramBase
}

// fillData enters va's page into the current TLB for the access. It returns
// false where the access must take the reference path: it faults, or the page
// cannot be cached.
func (h *Hart) fillData(va uint64, access mmu.Access) bool {
	pa, size, t := h.translate(va, 1, access)
	if t != noTrap {
		return false
	}
	page := h.hostPage(pa)
	if page == nil {
		return false
	}
	if h.debug.watched(va, pa) {
		return false
	}
	tlb := h.fast.loads
	if access == mmu.Store {
		tlb = h.fast.stores
		h.debug.wrote(pa - h.ramBase)
		if h.codePage(pa) != nil {
			tlb.Guard(va, page)
			return false
		}
	}
	if size > mmu.PageSize {
		tlb.Large(va, size)
	}
	tlb.Fill(va, page)
	return true
}

// cachedBytes returns the RAM at addr, which lies in one page, if the current
// TLB holds that page or can be given it.
func (h *Hart) cachedBytes(addr, size uint64, access mmu.Access) []byte {
	tlb := h.fast.loads
	if access == mmu.Store {
		tlb = h.fast.stores
	}
	e := tlb.Entry(addr)
	if e.Tag != addr&^mmu.PageMask && !h.fillData(addr, access) {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Add(e.Page, addr&mmu.PageMask)), size)
}

// fetchPage finds the physical address of the instruction at va; ok is false
// where it cannot be cached or t was raised.
func (h *Hart) fetchPage(va uint64) (pa uint64, t trap, ok bool) {
	f := &h.fast
	tlb := &f.fetchTLB[h.priv]
	if e := tlb.Entry(va); e.Tag == va&^mmu.PageMask {
		return h.physOf(e.Page) + va&mmu.PageMask, noTrap, true
	}
	pa, size, t := h.translate(va, 2, mmu.Fetch)
	if t != noTrap {
		return 0, t, false
	}
	page := h.hostPage(pa)
	if page == nil {
		return 0, noTrap, false
	}
	if size > mmu.PageSize {
		tlb.Large(va, size)
	}
	tlb.Fill(va, page)
	f.noteCode(va)
	return pa, noTrap, true
}

// dropWritable removes the write entries of a page that has come to hold code.
func (h *Hart) dropWritable(pa uint64) {
	page := unsafe.Pointer(unsafe.SliceData(h.ramAt(pa&^mmu.PageMask, mmu.PageSize)))
	for i := range h.fast.storeTLB {
		h.fast.storeTLB[i].FlushHost(page)
	}
}

// index is the number of in within b.
func (b *block) index(in *inst) uint64 {
	return uint64(uintptr(unsafe.Pointer(in))-uintptr(unsafe.Pointer(b.code))) / uint64(unsafe.Sizeof(*in))
}

// next is the instruction after in.
func next(in *inst) *inst {
	return (*inst)(unsafe.Add(unsafe.Pointer(in), unsafe.Sizeof(*in)))
}
