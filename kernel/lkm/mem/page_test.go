package mem

import (
	"testing"

	"rv86/kernel/lkm/lkmtest"
)

// frames are a core's blocks at their own addresses, with owners as the test says.
type frames struct {
	core   *lkmtest.Core
	owners map[uint64]uint32
}

func (f *frames) Physical(va uint64) uint64 { return va }
func (f *frames) Owned(uint64) bool         { return true }
func (f *frames) Owners(pa uint64) uint32   { return f.owners[pa] }

// TestPages: a page that was allocated by itself is freed with its last reference, and not
// while it is mapped; a part of a block is freed with the block only.
func TestPages(t *testing.T) {
	core := lkmtest.New(t)
	f := &frames{core, map[uint64]uint32{}}
	m := New(core)
	m.Frames = f
	single := func() uint64 {
		p := core.Alloc(pageSize)
		m.frames[p>>pageShift] = &frame{va: p}
		f.owners[p] = 1
		return p
	}
	expect := func(what string, n int) {
		t.Helper()
		if got := core.Blocks(); got != n {
			t.Errorf("%s: %d blocks, want %d", what, got, n)
		}
	}
	p := single()
	m.get(p)
	m.freePages(p)
	expect("freed with a reference left", 1)
	m.Put(p)
	expect("the last reference", 0)
	p = single()
	f.owners[p] = 2
	m.Put(p)
	m.Sweep()
	expect("given to a mapping", 1)
	m.Put(p) // one too many
	f.owners[p] = 1
	m.Sweep()
	expect("unmapped", 0)
	p = core.Alloc(4 * pageSize)
	m.get(p)
	m.Put(p)
	m.Put(p)
	expect("a block", 1)
	m.freePages(p)
	expect("the block freed", 0)
	if len(m.frames) != 0 || len(m.doomed) != 0 {
		t.Errorf("left: %d frames, %d doomed", len(m.frames), len(m.doomed))
	}
}
