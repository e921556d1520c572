//go:build riscv64 || 386

package module

import (
	"sort"
	"sync"

	"rv86/kernel/nucleus"
	"rv86/kmod/vmlinux"
)

// window hands out the module window (nucleus.ModuleBase to ModuleEnd) behind
// the part for the kernel's own exports: ranges of pages with at least one
// unmapped page on each side, so that running off a range faults. The first page
// is never used: a RISC-V module must reach the absolute address 0 of a weak
// undefined symbol with auipc.
//
// The lowest fit is taken, so that addresses are the same in every run and the
// page tables of the first 2 MiB serve for ever.
type window struct {
	mu     sync.Mutex
	ranges []windowRange // by address
	packed packing
}

type windowRange struct {
	va    uintptr
	pages []uintptr // physical
}

func (r *windowRange) end() uintptr { return r.va + uintptr(len(r.pages))*nucleus.PageSize }

// alloc maps n zeroed pages and gives their address, 0 if memory is short.
func (w *window) alloc(n int) uintptr {
	w.mu.Lock()
	defer w.mu.Unlock()
	size := uintptr(n) * nucleus.PageSize
	i, va := w.packed.start(n), uintptr(nucleus.ModuleBase+vmlinux.ExportsRoom)
	if i > 0 {
		va = w.ranges[i-1].end() + nucleus.PageSize
	}
	for ; i < len(w.ranges); i++ {
		gap := w.ranges[i].va - va
		if gap >= size+nucleus.PageSize {
			break
		}
		w.packed.passed(i, n, int(gap/nucleus.PageSize)-1)
		va = w.ranges[i].end() + nucleus.PageSize
	}
	if va > nucleus.ModuleEnd || nucleus.ModuleEnd-va < size {
		return 0
	}
	r := windowRange{va: va}
	for len(r.pages) < n {
		pa := nucleus.AllocPage(nucleus.PageWindow)
		if pa == 0 || !nucleus.MapPage(r.end(), pa, rightsPte[ReadWrite]) {
			if pa != 0 {
				nucleus.FreePage(pa)
			}
			r.unmap()
			return 0
		}
		r.pages = append(r.pages, pa)
	}
	w.ranges = append(w.ranges, windowRange{})
	copy(w.ranges[i+1:], w.ranges[i:])
	w.ranges[i] = r
	w.packed.inserted(i)
	return va
}

func (r *windowRange) unmap() {
	for i, pa := range r.pages {
		nucleus.UnmapPage(r.va + uintptr(i)*nucleus.PageSize)
		nucleus.FreePage(pa)
	}
}

// at finds the range that begins at or before va.
func (w *window) at(va uintptr) int {
	return sort.Search(len(w.ranges), func(i int) bool { return w.ranges[i].va > va }) - 1
}

func (w *window) free(va uintptr) {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := w.at(va)
	if i < 0 || w.ranges[i].va != va {
		panic("module: bug: freeing what is no range")
	}
	w.ranges[i].unmap()
	w.ranges = append(w.ranges[:i], w.ranges[i+1:]...)
	w.packed.removed(i)
}

// protect changes the rights of pages inside one range.
func (w *window) protect(va, n uintptr, rights pteRights) {
	w.mu.Lock()
	defer w.mu.Unlock()
	r := &w.ranges[w.at(va)]
	for end := va + n; va < end; va += nucleus.PageSize {
		nucleus.MapPage(va, r.pages[(va-r.va)/nucleus.PageSize], rights)
	}
}

// poke writes pages of one range, whatever their rights.
func (w *window) poke(va uintptr, b []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := w.at(va)
	if i < 0 || va+uintptr(len(b)) > w.ranges[i].end() {
		return
	}
	r := &w.ranges[i]
	for len(b) > 0 {
		in := va % nucleus.PageSize
		n := min(uintptr(len(b)), nucleus.PageSize-in)
		copy(nucleus.Phys(r.pages[(va-r.va)/nucleus.PageSize]+in, n), b[:n])
		va, b = va+n, b[n:]
	}
}

// physical gives the address of the memory at va, 0 if there is none.
func (w *window) physical(va uintptr) uintptr {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := w.at(va)
	if i < 0 || va >= w.ranges[i].end() {
		return 0
	}
	r := &w.ranges[i]
	return r.pages[(va-r.va)/nucleus.PageSize] + va%nucleus.PageSize
}
