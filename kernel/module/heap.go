package module

import (
	"fmt"
	"sync"

	"rv86/kmod"
)

// heap is kmalloc's memory: not the Go heap, since C code keeps pointers the
// garbage collector does not see. Small blocks come from pages cut into equal
// slots, larger ones are ranges of the module window, each with guard pages.
// A page whose slots are all free goes back at once, so that the number of
// free pages says whether a module leaks.
//
// Each block that C code allocates keeps who that was, so that what a module
// forgets can be told.
type heap struct {
	m     Machine
	fails func() bool // an injected failure; nil: none

	mu    sync.Mutex
	slabs [len(slotSizes)][]*slab // pages with a free slot
	pages map[uint64]*slab        // by address of the page
	large map[uint64]*largeBlock  // by address of the range
}

// site is who allocated a block: a module, and where in it. The zero value is
// the kernel itself.
type site struct {
	m    *Module
	pc   uint32 // the low half of the return address
	size uint32 // as asked for
}

// largeBlock is a range of its own.
type largeBlock struct {
	size uint64
	site site
}

// slotSizes are the sizes of small blocks. All are multiples of 16, the
// alignment C expects of an allocation.
var slotSizes = [...]uint64{16, 32, 48, 64, 96, 128, 192, 256, 336, 512, 672, 1008, 1360, 2048}

// slab is one page of slots.
type slab struct {
	page  uint64
	class int
	used  [kmod.PageSize / 16 / 64]uint64 // a bit for each slot
	inUse int
	sites []site // of the slots; nil until one belongs to a module
}

func (s *slab) slots() int { return int(kmod.PageSize / slotSizes[s.class]) }

// slot finds the slot that begins at p.
func (s *slab) slot(p uint64) (i int, ok bool) {
	off := p - s.page
	size := slotSizes[s.class]
	i = int(off / size)
	return i, off%size == 0 && i < s.slots() && s.used[i/64]>>(i%64)&1 != 0
}

// alloc gives size bytes to at, 0 if there is no memory.
func (h *heap) alloc(size uint64, at site) uint64 {
	if h.fails != nil && h.fails() {
		return 0
	}
	at.size = uint32(size)
	h.mu.Lock()
	defer h.mu.Unlock()
	for class, n := range slotSizes {
		if size <= n {
			return h.allocSlot(class, at)
		}
	}
	n := pages(size)
	p := h.m.MapData(n)
	if p != 0 {
		if h.large == nil {
			h.large = map[uint64]*largeBlock{}
		}
		h.large[p] = &largeBlock{n, at}
		at.count(1)
	}
	return p
}

// count keeps the number of a module's blocks. Preconditions: the heap's mu is
// held.
func (s site) count(by int) {
	if s.m != nil {
		s.m.blocks += by
	}
}

func (h *heap) allocSlot(class int, at site) uint64 {
	list := h.slabs[class]
	if len(list) == 0 {
		page := h.m.Page()
		if page == 0 {
			return 0
		}
		s := &slab{page: page, class: class}
		if h.pages == nil {
			h.pages = map[uint64]*slab{}
		}
		h.pages[page] = s
		list = append(list, s)
		h.slabs[class] = list
	}
	s := list[len(list)-1]
	i := 0
	for s.used[i/64]>>(i%64)&1 != 0 {
		i++
	}
	s.used[i/64] |= 1 << (i % 64)
	if s.inUse++; s.inUse == s.slots() {
		h.slabs[class] = list[:len(list)-1]
	}
	if at.m != nil && s.sites == nil {
		s.sites = make([]site, s.slots())
	}
	if s.sites != nil {
		s.sites[i] = at
	}
	at.count(1)
	return s.page + uint64(i)*slotSizes[class]
}

// free takes a block back. The error says what is wrong with a pointer that is
// no allocated block.
func (h *heap) free(p uint64) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if b := h.large[p]; b != nil {
		b.site.count(-1)
		delete(h.large, p)
		h.m.Unmap(p)
		return nil
	}
	s := h.pages[p&^(kmod.PageSize-1)]
	if s == nil {
		return fmt.Errorf("kfree of %#x, which was never allocated", p)
	}
	i, ok := s.slot(p)
	if !ok {
		return fmt.Errorf("kfree of %#x, which is free already or inside a block of %d bytes", p, slotSizes[s.class])
	}
	s.used[i/64] &^= 1 << (i % 64)
	if s.sites != nil {
		s.sites[i].count(-1)
		s.sites[i] = site{}
	}
	if s.inUse == s.slots() {
		h.slabs[s.class] = append(h.slabs[s.class], s)
	}
	if s.inUse--; s.inUse == 0 {
		list := h.slabs[s.class]
		for j := range list {
			if list[j] == s {
				h.slabs[s.class] = append(list[:j], list[j+1:]...)
				break
			}
		}
		delete(h.pages, s.page)
		h.m.FreePage(s.page)
	}
	return nil
}

// size is a block's usable size, 0 if p is no allocated block.
func (h *heap) size(p uint64) uint64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	if b := h.large[p]; b != nil {
		return b.size
	}
	s := h.pages[p&^(kmod.PageSize-1)]
	if s == nil {
		return 0
	}
	if _, ok := s.slot(p); !ok {
		return 0
	}
	return slotSizes[s.class]
}

// store allocates a copy of a string.
func (h *heap) store(s string) uint64 {
	p := h.alloc(uint64(len(s))+1, site{})
	if p != 0 {
		b := h.m.Slice(p, uint64(len(s))+1)
		b[copy(b, s)] = 0
	}
	return p
}
