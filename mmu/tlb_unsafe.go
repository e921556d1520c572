package mmu

import "unsafe"

// TLB is a direct-mapped software TLB for one kind of access at one privilege:
// it holds no permission bits. An access of size bytes (a power of two) hits
// iff
//
//	e := tlb.Entry(va); e.Tag == va&(^uint64(PageMask)|(size-1))
//
// which a misaligned address fails like a foreign page, so that the fast path
// needs one comparison. The zero TLB is not ready: call Flush once.
type TLB struct {
	entries [TLBSize]Entry
	filled  [maxFilled]uint16 // slots written since the last flush
	n       int               // how many; maxFilled+1 when they were too many to list
	large   largePages
}

// Entry maps one page.
type Entry struct {
	Tag  uint64         // page address; low bits are never all clear in an entry that must not hit
	Page unsafe.Pointer // host address of the page
}

const (
	TLBSize = 4096 // entries; reach 16 MiB
	tlbMask = TLBSize - 1

	// maxFilled bounds the list of slots that a flush visits. Beyond it the
	// flush clears the whole table, whose cost the many fills have earned.
	maxFilled = 512

	// noTag matches no access: the bits of an address in a page that are above
	// the alignment of the largest access are never part of a comparison.
	noTag = 1 << (PageShift - 1)

	// Guarded marks the entry of a page that may be written only after a look
	// at what else lies there (decoded code). It never hits; see Guard.
	Guarded = 1 << (PageShift - 2)
)

// Entry is the slot where va's page would be.
func (t *TLB) Entry(va uint64) *Entry { return &t.entries[va>>PageShift&tlbMask] }

// Fill enters the page of va. page is the host address of the page's first byte.
func (t *TLB) Fill(va uint64, page unsafe.Pointer) { t.fill(va&^PageMask, va, page) }

// Guard enters the page of va so that ordinary accesses miss it and Guarded
// finds it.
func (t *TLB) Guard(va uint64, page unsafe.Pointer) { t.fill(va&^PageMask|Guarded, va, page) }

// GuardedPage returns the host address of va's page if Guard entered it.
func (t *TLB) GuardedPage(va uint64) unsafe.Pointer {
	if e := t.Entry(va); e.Tag == va&^PageMask|Guarded {
		return e.Page
	}
	return nil
}

func (t *TLB) fill(tag, va uint64, page unsafe.Pointer) {
	i := va >> PageShift & tlbMask
	t.entries[i] = Entry{tag, page}
	if t.n < maxFilled {
		t.filled[t.n] = uint16(i)
	}
	t.n = min(t.n+1, maxFilled+1)
}

// Flush empties the TLB; it costs as much as what was filled.
func (t *TLB) Flush() {
	if t.n <= maxFilled {
		for _, i := range t.filled[:t.n] {
			t.entries[i].Tag = noTag
		}
	} else {
		for i := range t.entries {
			t.entries[i].Tag = noTag
		}
	}
	t.n = 0
	t.large = largePages{}
}

// Init makes a zero TLB ready.
func (t *TLB) Init() {
	t.n = maxFilled + 1
	t.Flush()
}

// FlushPage drops the translation of va. If va lies in a large page of which
// pieces were entered, all of the TLB goes, and the result is true.
func (t *TLB) FlushPage(va uint64) (all bool) {
	if t.large.contains(va) {
		t.Flush()
		return true
	}
	if e := t.Entry(va); e.Tag&^PageMask == va&^PageMask {
		e.Tag = noTag
	}
	return false
}

// Large notes that pieces of the size-byte page (a power of two) around va are
// being entered.
func (t *TLB) Large(va, size uint64) { t.large.add(va, size) }

// FlushHost drops the entries that map the host page, whatever their address.
func (t *TLB) FlushHost(page unsafe.Pointer) {
	if t.n <= maxFilled {
		for _, i := range t.filled[:t.n] {
			if e := &t.entries[i]; e.Page == page {
				e.Tag = noTag
			}
		}
		return
	}
	for i := range t.entries {
		if e := &t.entries[i]; e.Page == page {
			e.Tag = noTag
		}
	}
}

// Each calls f with each entry, guarded ones too.
func (t *TLB) Each(f func(va uint64, page unsafe.Pointer)) {
	for i := range t.entries {
		if e := &t.entries[i]; e.Tag&PageMask&^Guarded == 0 {
			f(e.Tag&^PageMask, e.Page)
		}
	}
}
