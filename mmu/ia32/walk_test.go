package ia32

import "testing"

// tables is physical memory by word.
type tables map[uint32]uint32

func (t tables) Load32(pa uint32) uint32     { return t[pa] }
func (t tables) Store32(pa uint32, v uint32) { t[pa] = v }

const (
	dir   = 0x1000
	table = 0x2000
	la    = 0x0040_3123 // directory entry 1, table entry 3
	pde   = dir + 4
	pte   = table + 12
)

func TestRights(t *testing.T) {
	const p, w, u = PTEPresent, PTEWrite, PTEUser
	for _, x := range []struct {
		pde, pte uint32
		wp       bool
		access   Access
		ok       bool
		code     uint32
	}{
		{0, 0, false, Access{}, false, 0},
		{p, 0, false, Access{Write: true}, false, FaultWrite},
		{p, 0, false, Access{User: true}, false, FaultUser},
		{p, p, false, Access{}, true, 0},
		{p, p, false, Access{Write: true}, true, 0}, // WP is clear
		{p, p, true, Access{Write: true}, false, FaultPresent | FaultWrite},
		{p | w, p, true, Access{Write: true}, false, FaultPresent | FaultWrite},
		{p, p | w, true, Access{Write: true}, false, FaultPresent | FaultWrite},
		{p | w, p | w, true, Access{Write: true}, true, 0},
		{p | u, p, false, Access{User: true}, false, FaultPresent | FaultUser},
		{p, p | u, false, Access{User: true}, false, FaultPresent | FaultUser},
		{p | u, p | u, false, Access{User: true}, true, 0},
		{p | u | w, p | u, false, Access{User: true, Write: true}, false, FaultPresent | FaultUser | FaultWrite},
		{p | u | w, p | u | w, true, Access{User: true, Write: true}, true, 0},
	} {
		m := tables{pde: x.pde, pte: x.pte}
		if x.pde != 0 {
			m[pde] |= table
		}
		if x.pte != 0 {
			m[pte] |= 0x7000
		}
		before := [2]uint32{m[pde], m[pte]}
		page, code, ok := Walk(m, Config{CR3: dir, WriteProtect: x.wp}, la, x.access)
		if ok != x.ok || code != x.code {
			t.Errorf("%+v: ok %v, code %#x", x, ok, code)
			continue
		}
		if !ok {
			if before != [2]uint32{m[pde], m[pte]} {
				t.Errorf("%+v: a fault changed the tables", x)
			}
			continue
		}
		if page.Frame != 0x7000 {
			t.Errorf("%+v: frame %#x", x, page.Frame)
		}
		if m[pde]&PTEAccessed == 0 || m[pte]&PTEAccessed == 0 || m[pte]&PTEDirty != 0 != x.access.Write || m[pde]&PTEDirty != 0 {
			t.Errorf("%+v: entries %#x %#x", x, m[pde], m[pte])
		}
		// Writable promises that a store needs no walk: not before the
		// dirty bit is set.
		if page.Writable && m[pte]&PTEDirty == 0 {
			t.Errorf("%+v: writable, but clean", x)
		}
	}
}

func TestLargePages(t *testing.T) {
	const large = PTEPresent | PTEWrite | PDESize | PTEGlobal
	m := tables{pde: 0x0080_0000 | large}
	page, _, ok := Walk(m, Config{CR3: dir, LargePages: true, Global: true}, la, Access{Write: true})
	if !ok || page != (Page{Frame: 0x0080_3000, Writable: true, Global: true, Large: true}) {
		t.Errorf("%+v %v", page, ok)
	}
	if m[pde]&(PTEAccessed|PTEDirty) != PTEAccessed|PTEDirty {
		t.Errorf("entry %#x", m[pde])
	}
	// A reserved bit of the frame.
	m[pde] |= 1 << 13
	if _, code, ok := Walk(m, Config{CR3: dir, LargePages: true}, la, Access{}); ok || code != FaultPresent|FaultReserved {
		t.Errorf("reserved bit: ok %v, code %#x", ok, code)
	}
	// Without PSE the bit means nothing: the entry points to a table.
	m = tables{pde: table | large, pte: 0x7000 | PTEPresent}
	if page, _, ok := Walk(m, Config{CR3: dir}, la, Access{}); !ok || page.Frame != 0x7000 {
		t.Errorf("without PSE: %+v %v", page, ok)
	}
}

// TestRecursive: a directory that is its own table, as some kernels map it.
func TestRecursive(t *testing.T) {
	m := tables{dir + 0xffc: dir | PTEPresent | PTEWrite}
	page, _, ok := Walk(m, Config{CR3: dir}, 0xffff_f000, Access{Write: true})
	if !ok || page.Frame != dir || m[dir+0xffc] != dir|PTEPresent|PTEWrite|PTEAccessed|PTEDirty {
		t.Errorf("%+v %v, entry %#x", page, ok, m[dir+0xffc])
	}
}
