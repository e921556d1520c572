package sv39

import (
	"testing"

	"rv86/mmu"
)

// memory is page table entries by address; an address in denied has no access.
type memory struct {
	ptes   map[uint64]uint64
	denied map[uint64]bool
	frozen bool // stores fail
	stores int
}

func (m *memory) LoadPTE(pa uint64) (uint64, bool) { return m.ptes[pa], !m.denied[pa] }

func (m *memory) StorePTE(pa, pte uint64) bool {
	if m.frozen {
		return false
	}
	m.stores++
	m.ptes[pa] = pte
	return true
}

const (
	root  = 0x1000
	table = 0x2000
	leafs = 0x3000
	rwx   = PTERead | PTEWrite | PTEExec
	used  = PTEAccessed | PTEDirty
)

func pointer(pa uint64) uint64     { return pa>>12<<ppnShift | PTEValid }
func leaf(pa, flags uint64) uint64 { return pa>>12<<ppnShift | PTEValid | flags }

// threeLevels maps va through all levels.
func threeLevels(flags uint64) *memory {
	return &memory{ptes: map[uint64]uint64{
		root + 1*8:  pointer(table),
		table + 2*8: pointer(leafs),
		leafs + 3*8: leaf(0x12345000, flags),
	}}
}

const va = 1<<30 | 2<<21 | 3<<12 | 0x678

func TestLevels(t *testing.T) {
	m := threeLevels(rwx | used)
	if l, f := Walk(m, root, va, mmu.Load, Mode{}); f != mmu.NoFault || l != (Leaf{0x12345678, 1 << 12}) {
		t.Errorf("4 KiB: %#x, %v", l, f)
	}
	m.ptes[table+2*8] = leaf(0x40000000, rwx|used)
	if l, f := Walk(m, root, va, mmu.Load, Mode{}); f != mmu.NoFault || l != (Leaf{0x40003678, 1 << 21}) {
		t.Errorf("2 MiB: %#x, %v", l, f)
	}
	m.ptes[root+1*8] = leaf(0x1_40000000, rwx|used)
	if l, f := Walk(m, root, va, mmu.Load, Mode{}); f != mmu.NoFault || l != (Leaf{0x1_40403678, 1 << 30}) {
		t.Errorf("1 GiB: %#x, %v", l, f)
	}
	if m.stores != 0 {
		t.Errorf("%d stores to entries that were marked already", m.stores)
	}
}

// TestFaults: every way in which a walk ends without a leaf (II 4.3.2).
func TestFaults(t *testing.T) {
	for name, c := range map[string]struct {
		change func(m *memory)
		va     uint64
		want   mmu.Fault
	}{
		"not canonical":             {nil, va | 1<<39, mmu.PageFault},
		"not canonical, negative":   {nil, va | 1<<63, mmu.PageFault},
		"invalid":                   {func(m *memory) { m.ptes[leafs+3*8] &^= PTEValid }, va, mmu.PageFault},
		"invalid pointer":           {func(m *memory) { m.ptes[root+8] = 0 }, va, mmu.PageFault},
		"W without R":               {func(m *memory) { m.ptes[leafs+3*8] &^= PTERead }, va, mmu.PageFault},
		"reserved bit":              {func(m *memory) { m.ptes[leafs+3*8] |= 1 << 54 }, va, mmu.PageFault},
		"N bit":                     {func(m *memory) { m.ptes[leafs+3*8] |= 1 << 63 }, va, mmu.PageFault},
		"PBMT bits":                 {func(m *memory) { m.ptes[leafs+3*8] |= 1 << 61 }, va, mmu.PageFault},
		"A in a pointer":            {func(m *memory) { m.ptes[root+8] |= PTEAccessed }, va, mmu.PageFault},
		"D in a pointer":            {func(m *memory) { m.ptes[table+2*8] |= PTEDirty }, va, mmu.PageFault},
		"U in a pointer":            {func(m *memory) { m.ptes[table+2*8] |= PTEUser }, va, mmu.PageFault},
		"pointer at the last level": {func(m *memory) { m.ptes[leafs+3*8] = pointer(0x9000) }, va, mmu.PageFault},
		"misaligned 2 MiB":          {func(m *memory) { m.ptes[table+2*8] = leaf(0x1000, rwx) }, va, mmu.PageFault},
		"misaligned 1 GiB":          {func(m *memory) { m.ptes[root+8] = leaf(1<<21, rwx) }, va, mmu.PageFault},
		"root denied":               {func(m *memory) { m.denied = map[uint64]bool{root + 8: true} }, va, mmu.AccessFault},
		"leaf denied":               {func(m *memory) { m.denied = map[uint64]bool{leafs + 3*8: true} }, va, mmu.AccessFault},
		"A cannot be stored":        {func(m *memory) { m.frozen = true }, va, mmu.AccessFault},
	} {
		m := threeLevels(rwx)
		if c.change != nil {
			c.change(m)
		}
		if l, f := Walk(m, root, c.va, mmu.Load, Mode{}); f != c.want {
			t.Errorf("%s: %#x, %v", name, l, f)
		}
	}
}

// TestMarking: A for every access, D for stores only, and no store where they
// are set.
func TestMarking(t *testing.T) {
	for access, want := range map[mmu.Access]uint64{
		mmu.Load: PTEAccessed, mmu.Fetch: PTEAccessed, mmu.Store: PTEAccessed | PTEDirty,
	} {
		m := threeLevels(rwx | PTEGlobal)
		for range 2 {
			if _, f := Walk(m, root, va, access, Mode{}); f != mmu.NoFault {
				t.Fatal(f)
			}
		}
		if got := m.ptes[leafs+3*8]; got != leaf(0x12345000, rwx|PTEGlobal|want) || m.stores != 1 {
			t.Errorf("access %d: %#x after %d stores", access, got, m.stores)
		}
	}
}

// TestNoMarkOnFault: an access that is refused leaves the entry alone.
func TestNoMarkOnFault(t *testing.T) {
	m := threeLevels(PTERead)
	if _, f := Walk(m, root, va, mmu.Store, Mode{}); f != mmu.PageFault || m.stores != 0 {
		t.Errorf("%v after %d stores", f, m.stores)
	}
}
