//go:build riscv64 || 386

package module

import (
	"sync"

	"rv86/kernel/nucleus"
	"rv86/kmod/vmlinux"
)

// window hands out the module window, from both ends:
//
//	windowBase  modules, upwards: their code must reach the exports, which are
//	            below, and each other
//	windowTop   C stacks and large blocks of the heap, downwards
//
// Where code was, there is code later or nothing: an i386 executes what it finds.
// The pages at both ends are never used. A RISC-V module must reach the absolute
// address 0 of a weak undefined symbol with auipc, and behind the window is the
// page of a device.
type window struct {
	mu            sync.Mutex
	modules, data area
}

const (
	windowBase  = nucleus.ModuleBase + vmlinux.ExportsRoom
	windowTop   = nucleus.ModuleEnd - nucleus.PageSize
	windowPages = int((windowTop - windowBase) / nucleus.PageSize)

	// modulesTurn is what the page tables of the window's first 2 MiB serve.
	modulesTurn = (2<<20 - vmlinux.ExportsRoom) / nucleus.PageSize
)

// address is where a range is.
func (w *window) address(a *area, r *pageRange) uintptr {
	if a == &w.data {
		return windowTop - uintptr(r.at+len(r.pages))*nucleus.PageSize
	}
	return windowBase + uintptr(r.at)*nucleus.PageSize
}

// allocModule maps n zeroed pages for a module and gives their address, 0 if
// memory is short.
func (w *window) allocModule(n int) uintptr {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.alloc(&w.modules, n, windowPages-w.data.end())
}

// allocData does so for what is never executed.
func (w *window) allocData(n int) uintptr {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.alloc(&w.data, n, windowPages-w.modules.end())
}

func (w *window) alloc(a *area, n, limit int) uintptr {
	i, at, ok := a.place(n, limit)
	if !ok {
		return 0
	}
	r := pageRange{at: at, pages: make([]uintptr, n)}
	va := w.address(a, &r)
	if !allocPages(r.pages, a == &w.data) {
		return 0
	}
	for j, pa := range r.pages {
		if !nucleus.MapPage(va+uintptr(j)*nucleus.PageSize, pa, rightsPte[ReadWrite]) {
			unmapRange(va, r.pages[:j])
			freePages(r.pages[j:])
			return 0
		}
	}
	a.insert(i, r)
	return va
}

// allocPages takes pages of memory, all or none. Those of a block of the heap lie one after the
// other if there are such: its physical addresses then are those of a block, too, which
// drivers hand to devices and to remap_pfn_range.
func allocPages(pages []uintptr, adjacent bool) bool {
	if adjacent && len(pages) > 1 {
		if p := nucleus.AllocRun(nucleus.PageWindow, uintptr(len(pages))); p != 0 {
			for i := range pages {
				pages[i] = p + uintptr(i)*nucleus.PageSize
			}
			return true
		}
	}
	for i := range pages {
		if pages[i] = nucleus.AllocPage(nucleus.PageWindow); pages[i] == 0 {
			freePages(pages[:i])
			return false
		}
	}
	return true
}

func freePages(pages []uintptr) {
	for _, pa := range pages {
		nucleus.FreePage(pa)
	}
}

func unmapRange(va uintptr, pages []uintptr) {
	for _, pa := range pages {
		nucleus.UnmapPage(va)
		nucleus.FreePage(pa)
		va += nucleus.PageSize
	}
}

// find gives the range that va is in and its address; a is nil if there is none.
func (w *window) find(va uintptr) (a *area, i int, at uintptr) {
	if va < windowBase || va >= windowTop {
		return nil, 0, 0
	}
	a = &w.modules
	if i = a.find(int((va - windowBase) / nucleus.PageSize)); i < 0 {
		a = &w.data
		if i = a.find(int((windowTop - 1 - va) / nucleus.PageSize)); i < 0 {
			return nil, 0, 0
		}
	}
	return a, i, w.address(a, &a.ranges[i])
}

func (w *window) free(va uintptr) {
	w.mu.Lock()
	defer w.mu.Unlock()
	a, i, at := w.find(va)
	if a == nil || at != va {
		panic("module: bug: freeing what is no range")
	}
	unmapRange(va, a.ranges[i].pages)
	a.remove(i)
}

// protect changes the rights of pages inside one range.
func (w *window) protect(va, n uintptr, rights pteRights) {
	w.mu.Lock()
	defer w.mu.Unlock()
	a, i, at := w.find(va)
	for end := va + n; va < end; va += nucleus.PageSize {
		nucleus.MapPage(va, a.ranges[i].pages[(va-at)/nucleus.PageSize], rights)
	}
}

// poke writes pages of one range, whatever their rights.
func (w *window) poke(va uintptr, b []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	a, i, at := w.find(va)
	if a == nil || va+uintptr(len(b)) > at+uintptr(len(a.ranges[i].pages))*nucleus.PageSize {
		return
	}
	for len(b) > 0 {
		in := va % nucleus.PageSize
		n := min(uintptr(len(b)), nucleus.PageSize-in)
		copy(nucleus.Phys(a.ranges[i].pages[(va-at)/nucleus.PageSize]+in, n), b[:n])
		va, b = va+n, b[n:]
	}
}

// physical gives the address of the memory at va, 0 if there is none.
func (w *window) physical(va uintptr) uintptr {
	w.mu.Lock()
	defer w.mu.Unlock()
	a, i, at := w.find(va)
	if a == nil {
		return 0
	}
	return a.ranges[i].pages[(va-at)/nucleus.PageSize] + va%nucleus.PageSize
}
