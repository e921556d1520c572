package mem

import (
	"rv86/kernel/lkm/cstruct"
	"rv86/kmod/kapi"
)

// Page frames and references to pages (Linux mm/page_alloc.c, mm/swap.c). A page that was
// allocated by itself is freed with its last reference, of which whoever allocated it has
// the first; what is part of a larger block is freed with the block, whatever references
// there are. Memory that is freed while a program has it mapped stays with the program.
// A single page keeps its place in the kernel, too, until the last mapping is gone: so a driver
// may give its only reference to a mapping.

// Frames is physical memory.
type Frames interface {
	// Physical gives an address in physical memory, 0 if nothing is there.
	Physical(va uint64) uint64
	// Owned tells whether a page is C code's, and Owners counts who holds it: the block
	// it is in, and entries of page tables.
	Owned(pa uint64) bool
	Owners(pa uint64) uint32
}

// frame is a page to which C code has, or can have, references.
type frame struct {
	va     uint64 // as allocated; 0 if it is part of a block
	extra  int    // references but the first
	doomed bool   // without references, but mapped
}

const pageShift = 12

// allocPage is __get_free_pages of one page.
func (m *Mem) allocPage(c *kapi.Call) uint64 {
	m.Sweep()
	p := m.vmalloc(c, pageSize)
	if p != 0 && m.Frames != nil {
		pa := m.Frames.Physical(p)
		m.mu.Lock()
		m.frames[pa>>pageShift] = &frame{va: p}
		m.mu.Unlock()
	}
	return p
}

// frameOf gives the physical address of a struct page; one that is none faults, as far as
// that can be told.
func (m *Mem) frameOf(page uint64) uint64 {
	pa := m.Frames.Physical(page)
	if !m.Frames.Owned(pa) {
		cstruct.U32(m.core, page)
	}
	return pa
}

// get is get_page.
func (m *Mem) get(page uint64) {
	pa := m.frameOf(page)
	m.mu.Lock()
	defer m.mu.Unlock()
	f := m.frames[pa>>pageShift]
	if f == nil {
		f = &frame{}
		m.frames[pa>>pageShift] = f
	}
	f.extra++
}

// Put is put_page: it gives up a reference to the page at an address.
func (m *Mem) Put(page uint64) {
	pa := m.Frames.Physical(page)
	m.mu.Lock()
	f := m.frames[pa>>pageShift]
	var free uint64
	switch {
	case f == nil || f.doomed:
	case f.extra > 0:
		if f.extra--; f.extra == 0 && f.va == 0 {
			delete(m.frames, pa>>pageShift)
		}
	case m.Frames.Owners(pa) > 1:
		f.doomed = true
		m.doomed = append(m.doomed, pa)
	default:
		delete(m.frames, pa>>pageShift)
		free = f.va
	}
	m.mu.Unlock()
	if free != 0 && m.Frames.Physical(free)>>pageShift == pa>>pageShift {
		m.core.Free(free)
	}
}

// Sweep frees the pages without references that are not mapped any more.
func (m *Mem) Sweep() {
	m.mu.Lock()
	var free []uint64
	left := m.doomed[:0]
	for _, pa := range m.doomed {
		if m.Frames.Owners(pa) > 1 {
			left = append(left, pa)
			continue
		}
		free = append(free, m.frames[pa>>pageShift].va)
		delete(m.frames, pa>>pageShift)
	}
	m.doomed = left
	m.mu.Unlock()
	for _, va := range free {
		m.core.Free(va)
	}
}

// freePages is free_pages: a page allocated by itself may have other references.
func (m *Mem) freePages(p uint64) {
	if p == 0 {
		return
	}
	m.mu.Lock()
	single := false
	if m.Frames != nil && p%pageSize == 0 {
		f := m.frames[m.Frames.Physical(p)>>pageShift]
		single = f != nil && f.va == p
	}
	m.mu.Unlock()
	if single {
		m.Put(p)
		return
	}
	m.core.Free(p)
}

// frameRows are the functions.
func (m *Mem) frameRows() []kapi.Func {
	return []kapi.Func{
		{Name: "get_page", Proto: "void get_page(struct page *page)", Call: func(c *kapi.Call) uint64 {
			m.get(c.Ptr())
			return 0
		}},
		{Name: "put_page", Proto: "void put_page(struct page *page)", Call: func(c *kapi.Call) uint64 {
			page := c.Ptr()
			m.frameOf(page)
			m.Put(page)
			return 0
		}},
		{Name: "pfn_valid", Proto: "int pfn_valid(unsigned long pfn)", Call: func(c *kapi.Call) uint64 {
			if pfn := c.Ulong(); pfn < 1<<(64-pageShift) && m.Frames.Owned(pfn<<pageShift) {
				return 1
			}
			return 0
		}},
	}
}
