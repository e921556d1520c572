package i386

import "rv86/mmu/ia32"

const (
	pageShift = ia32.PageShift
	pageSize  = ia32.PageSize
	pageMask  = ia32.PageMask

	tlbBits = 10
	tlbSize = 1 << tlbBits
	tlbMask = tlbSize - 1

	largeShift   = 22 // of a 4 MiB page
	largeRegions = 1 << (32 - largeShift)
)

// What a physical page of RAM is (CPU.romap).
const (
	pageRAM  uint8 = iota
	pageHole       // the bus answers
	pageCode       // RAM that holds decoded instructions: stores are watched
)

// noTag matches no linear page: page tags have their low twelve bits clear.
const noTag = 1

// hotEntry serves the fast path: an access of n bytes at la hits if la+n-1
// rounded down to a page equals the tag, which also rules out crossing into
// the next page, since that page has another index. The physical address is
// delta+la, always in RAM.
type hotEntry struct {
	rtag, wtag uint32
	delta      uint32
	_          uint32 // sixteen bytes: an index is a shift
}

// coldEntry is the translation itself, for pages of every kind.
type coldEntry struct {
	tag      uint32
	frame    uint32
	writable bool
	global   bool
	large    bool // a piece of a 4 MiB page
}

// tlb is direct-mapped by linear page number. There is one for supervisor and
// one for user accesses, so that a change of privilege flushes nothing, and
// within it one for instruction fetches, so that data never push out the
// translation of code: that would break every link between blocks.
type tlb struct {
	hot   [tlbSize]hotEntry
	cold  [tlbSize]coldEntry
	fetch [tlbSize]coldEntry
}

// flushTLB drops translations: all, or those that are not global.
func (c *CPU) flushTLB(all bool) {
	for i := range c.tlbs {
		t := &c.tlbs[i]
		for j := range t.hot {
			if all || !t.cold[j].global {
				t.hot[j].rtag, t.hot[j].wtag, t.cold[j].tag = noTag, noTag, noTag
			}
			if all || !t.fetch[j].global {
				t.fetch[j].tag = noTag
			}
		}
	}
	c.code.forgetTranslations()
}

// flushPage drops the translations of one page, global or not (INVLPG). Of a
// 4 MiB page all pieces go (SDM 3A 4.10.2.3, 4.10.4.1).
func (c *CPU) flushPage(la uint32) {
	if c.large[la>>largeShift] {
		c.flushLarge(la >> largeShift)
	}
	j := la >> pageShift & tlbMask
	for i := range c.tlbs {
		t := &c.tlbs[i]
		t.hot[j].rtag, t.hot[j].wtag, t.cold[j].tag = noTag, noTag, noTag
		if t.fetch[j].tag == la&^pageMask {
			t.fetch[j].tag = noTag
			c.code.forgetTranslations()
		}
	}
}

// flushLarge drops the pieces of the 4 MiB page at a region.
func (c *CPU) flushLarge(region uint32) {
	drops := func(e *coldEntry) bool { return e.large && e.tag>>largeShift == region }
	for i := range c.tlbs {
		t := &c.tlbs[i]
		for j := range t.cold {
			if drops(&t.cold[j]) {
				t.hot[j].rtag, t.hot[j].wtag, t.cold[j].tag = noTag, noTag, noTag
			}
			if drops(&t.fetch[j]) {
				t.fetch[j].tag = noTag
				c.code.forgetTranslations()
			}
		}
	}
	c.large[region] = false
}

// dropWriteEntries is called when a physical page becomes pageCode, for which
// hot write entries may not exist.
func (c *CPU) dropWriteEntries(frame uint32) {
	for i := range c.tlbs {
		t := &c.tlbs[i]
		for j := range t.hot {
			if t.hot[j].wtag != noTag && t.cold[j].frame == frame {
				t.hot[j].wtag = noTag
			}
		}
	}
}

// hot is the entry that serves la, if its tag fits.
func (c *CPU) hot(la uint32, who int) *hotEntry {
	return &c.tlbs[who&1].hot[la>>pageShift&tlbMask]
}

// physMem gives the page walker physical memory.
type physMem struct{ c *CPU }

func (m physMem) Load32(pa uint32) uint32     { return uint32(m.c.physLoad(pa, 4)) }
func (m physMem) Store32(pa uint32, v uint32) { m.c.physStore(pa, 4, v) }

const (
	supervisor = 0
	user       = 1
)

// who is the TLB of ordinary accesses at the current privilege level.
func (c *CPU) who() int {
	if c.cpl == 3 {
		return user
	}
	return supervisor
}

// translate finds la's physical address, or raises #PF.
func (c *CPU) translate(la uint32, write bool, who int) (pa uint32, ok bool) {
	page := la &^ pageMask
	i := la >> pageShift & tlbMask
	e := &c.tlbs[who].cold[i]
	if e.tag == page && (!write || e.writable) {
		if h := &c.tlbs[who].hot[i]; write && h.wtag != page {
			c.fillHot(h, e, write)
		}
		return e.frame | la&pageMask, true
	}
	if !c.walk(e, la, write, who) {
		h := &c.tlbs[who].hot[i]
		h.rtag, h.wtag = noTag, noTag
		return 0, false
	}
	c.fillHot(&c.tlbs[who].hot[i], e, write)
	return e.frame | la&pageMask, true
}

// translateFetch is translate for an instruction fetch.
func (c *CPU) translateFetch(la uint32) (pa uint32, ok bool) {
	who := c.who()
	e := &c.tlbs[who].fetch[la>>pageShift&tlbMask]
	if e.tag != la&^pageMask {
		if e.tag != noTag {
			// The reference path would walk the tables again at its next fetch
			// from the page that loses its entry; so must blocks.
			c.code.forgetTranslations()
		}
		if !c.walk(e, la, false, who) {
			return 0, false
		}
	}
	return e.frame | la&pageMask, true
}

// walk fills e with la's translation from the page tables, or empties it and
// raises #PF.
func (c *CPU) walk(e *coldEntry, la uint32, write bool, who int) bool {
	page := la &^ pageMask
	*e = coldEntry{tag: page, frame: page & c.a20, writable: true}
	if c.cr0&CR0PG == 0 {
		return true
	}
	p, code, ok := ia32.Walk(physMem{c}, ia32.Config{
		CR3:          c.cr3,
		WriteProtect: c.cr0&CR0WP != 0,
		LargePages:   c.cr4&CR4PSE != 0,
		Global:       c.cr4&CR4PGE != 0,
	}, la, ia32.Access{Write: write, User: who == user})
	if !ok {
		e.tag = noTag
		return c.pageFault(la, code)
	}
	e.frame, e.writable, e.global, e.large = p.Frame&c.a20, p.Writable, p.Global, p.Large
	if p.Large {
		c.large[la>>largeShift] = true
	}
	return true
}

// fillHot makes the fast path's entry for a translation: none for a page the
// bus answers, none for stores to a page that holds decoded code or, while
// writes are taken down, was not written yet.
func (c *CPU) fillHot(h *hotEntry, e *coldEntry, write bool) {
	h.rtag, h.wtag = noTag, noTag
	n := e.frame >> pageShift
	if int(n) >= len(c.romap) || c.romap[n] == pageHole || c.dbg.active ||
		c.debug.hook != nil && c.debug.watched(e.tag, e.frame) {
		return
	}
	h.delta = e.frame - e.tag
	h.rtag = e.tag
	if !e.writable {
		return
	}
	if write {
		c.debug.wrote(e.frame)
	}
	if c.romap[n] == pageRAM && c.debug.mayWrite(e.frame) {
		h.wtag = e.tag
	}
}
