package mmu

import (
	"testing"
	"unsafe"
)

func newTLB() *TLB {
	t := new(TLB)
	t.Init()
	return t
}

// hit is the test of the fast paths.
func hit(t *TLB, va, size uint64) bool {
	return t.Entry(va).Tag == va&(^uint64(PageMask)|(size-1))
}

func TestTLBHit(t *testing.T) {
	tlb := newTLB()
	page := new([PageSize]byte)
	for _, va := range []uint64{0, 8, 1 << 11, 1 << 10, 0xfff, ^uint64(0)} {
		if hit(tlb, va, 1) || hit(tlb, va, 8) {
			t.Errorf("%#x hits in an empty TLB", va)
		}
	}
	const va = 0xffffffc0_12345000
	tlb.Fill(va+0x123, unsafe.Pointer(page))
	for off := uint64(0); off < PageSize; off++ {
		for size := uint64(1); size <= 8; size *= 2 {
			if want := off%size == 0; hit(tlb, va+off, size) != want {
				t.Fatalf("offset %#x, size %d: hit %v", off, size, !want)
			}
		}
	}
	for _, other := range []uint64{va - PageSize, va + PageSize, va ^ 1<<63, va + TLBSize*PageSize} {
		if hit(tlb, other, 1) {
			t.Errorf("%#x hits", other)
		}
	}
}

func TestTLBGuard(t *testing.T) {
	tlb := newTLB()
	page := unsafe.Pointer(new([PageSize]byte))
	tlb.Guard(0x1000, page)
	for off := uint64(0); off < PageSize; off++ {
		if hit(tlb, 0x1000+off, 1) {
			t.Fatalf("offset %#x of a guarded page hits", off)
		}
	}
	if tlb.GuardedPage(0x1234) != page || tlb.GuardedPage(0x2000) != nil {
		t.Error("GuardedPage is wrong")
	}
	tlb.Fill(0x1000, page)
	if tlb.GuardedPage(0x1000) != nil || !hit(tlb, 0x1000, 8) {
		t.Error("Fill does not replace the guard")
	}
}

// TestTLBFlush fills fewer and more entries than a flush lists.
func TestTLBFlush(t *testing.T) {
	tlb := newTLB()
	page := unsafe.Pointer(new([PageSize]byte))
	for _, n := range []uint64{1, maxFilled, maxFilled + 1, 2 * TLBSize, 5} {
		for i := range n {
			tlb.Fill(i<<PageShift, page)
		}
		tlb.Flush()
		for i := range n {
			if hit(tlb, i<<PageShift, 1) {
				t.Fatalf("after %d fills, page %d survives a flush", n, i)
			}
		}
	}
}

func TestTLBFlushHost(t *testing.T) {
	for _, n := range []uint64{10, maxFilled + 10} {
		tlb := newTLB()
		mine, other := unsafe.Pointer(new([PageSize]byte)), unsafe.Pointer(new([PageSize]byte))
		for i := range n {
			tlb.Fill(i<<PageShift, other)
		}
		tlb.Fill(3<<PageShift, mine)
		tlb.Guard(5<<PageShift, mine)
		tlb.FlushHost(mine)
		if hit(tlb, 3<<PageShift, 1) || tlb.GuardedPage(5<<PageShift) != nil {
			t.Error("an entry of the page survives")
		}
		if !hit(tlb, 4<<PageShift, 1) {
			t.Error("another page's entry is gone")
		}
	}
}

func TestTLBFlushPage(t *testing.T) {
	page := unsafe.Pointer(new([PageSize]byte))
	fill := func() *TLB {
		tlb := newTLB()
		tlb.Fill(0x200000, page)
		tlb.Fill(0x201000, page)
		tlb.Fill(0x400000, page)
		return tlb
	}
	tlb := fill()
	if tlb.FlushPage(0x200fff) || hit(tlb, 0x200000, 1) || !hit(tlb, 0x201000, 1) {
		t.Error("a small page's flush drops the wrong entries")
	}
	tlb = fill()
	tlb.Large(0x201000, 1<<21)
	if tlb.FlushPage(0x400000) || !hit(tlb, 0x200000, 1) {
		t.Error("an address outside the large page flushes it")
	}
	if !tlb.FlushPage(0x3ff000) || hit(tlb, 0x200000, 1) || hit(tlb, 0x201000, 1) {
		t.Error("an address inside the large page leaves pieces")
	}
	tlb = fill()
	for i := range uint64(10) { // more than it remembers
		tlb.Large(i<<30, 1<<30)
	}
	if !tlb.FlushPage(9<<30) || hit(tlb, 0x200000, 1) {
		t.Error("forgotten large pages are not flushed")
	}
}
