package vm

import "testing"

// TestKernelTables: a range that reaches into the kernel's part of the address
// space leaves the tables there alone.
func TestKernelTables(t *testing.T) {
	m := newMemory(10)
	s := New(m)
	const kernelDir = 0xc0000000 >> dirShift
	table := m.Alloc(Table)
	m.Table(s.root)[kernelDir] = makePte(table, dirFlags)
	page := m.Alloc(Anon)
	m.Table(table)[0] = makePte(page, pteV|pteW)
	s.discard(0xbffff000, 0xc0010000)
	if m.Table(table)[0] != makePte(page, pteV|pteW) || m.Refs(page) != 1 {
		t.Error("a page of the kernel's is gone")
	}
}
