package vm

import (
	"bytes"
	"fmt"
	"testing"
	"unsafe"

	"rv86/kernel/abi"
	"rv86/kernel/vfs"
)

// fakeMemory is a machine of a given number of pages; page i is at i*PageSize.
type fakeMemory struct {
	pages [][tableLen]pte
	refs  []uint32
	left  int
}

func newMemory(n int) *fakeMemory {
	return &fakeMemory{pages: make([][tableLen]pte, n+1), refs: make([]uint32, n+1), left: n}
}

func (m *fakeMemory) Alloc(Use) uintptr {
	for i := 1; i < len(m.refs); i++ {
		if m.refs[i] == 0 {
			m.refs[i] = 1
			m.left--
			m.pages[i] = [tableLen]pte{}
			return uintptr(i) * PageSize
		}
	}
	return 0
}

// AllocDirty gives a page full of rubbish, so that a caller who relies on
// zeroes is found out.
func (m *fakeMemory) AllocDirty(u Use) uintptr {
	pa := m.Alloc(u)
	if pa != 0 {
		for i := range m.pages[pa/PageSize] {
			m.pages[pa/PageSize][i] = 0xdeadbeef
		}
	}
	return pa
}

// Lend lends every page that it is asked for.
func (m *fakeMemory) Lend(b []byte) uintptr {
	for i := range m.pages {
		if unsafe.Pointer(unsafe.SliceData(b)) == unsafe.Pointer(&m.pages[i]) {
			m.refs[i]++
			return uintptr(i) * PageSize
		}
	}
	return 0
}

func (m *fakeMemory) Ref(pa uintptr) { m.refs[pa/PageSize]++ }

func (m *fakeMemory) Free(pa uintptr) {
	r := &m.refs[pa/PageSize]
	if *r == 0 {
		panic(fmt.Sprintf("page %#x freed twice", pa))
	}
	if *r--; *r == 0 {
		m.left++
	}
}

func (m *fakeMemory) Refs(pa uintptr) uint32 { return m.refs[pa/PageSize] }

func (m *fakeMemory) Counted(uintptr) bool { return true }

func (m *fakeMemory) Page(pa uintptr) *[PageSize]byte {
	return (*[PageSize]byte)(unsafe.Pointer(&m.pages[pa/PageSize]))
}

func (m *fakeMemory) Table(pa uintptr) *[tableLen]pte { return &m.pages[pa/PageSize] }
func (m *fakeMemory) NewRoot() uintptr                { return m.Alloc(Table) }
func (m *fakeMemory) LeaveRoot(uintptr)               {}
func (m *fakeMemory) Flush(uintptr)                   {}
func (m *fakeMemory) FlushAll()                       {}
func (m *fakeMemory) FlushCode()                      {}

const rw = ProtRead | ProtWrite

func mustMap(t *testing.T, s *Space, m Mapping) uintptr {
	t.Helper()
	at, e := s.Map(m)
	if e != 0 {
		t.Fatalf("Map(%+v): %v", m, e)
	}
	return at
}

// load is what a program sees at va, by the tables alone.
func load(t *testing.T, s *Space, va uintptr) byte {
	t.Helper()
	e := s.entry(va, false)
	if e == nil || *e&(pteV|pteU|pteR) != pteV|pteU|pteR {
		t.Fatalf("%#x is not readable", va)
	}
	return s.mem.Page(pteAddr(*e))[va&pageMask]
}

func expectFault(t *testing.T, s *Space, va uintptr, p Prot, want Fault) {
	t.Helper()
	if f := s.Fault(nil, va, p); f != want {
		t.Errorf("Fault(%#x, %d) = %d, want %d", va, p, f, want)
	}
}

func TestFaults(t *testing.T) {
	s := New(newMemory(100))
	at := mustMap(t, s, Mapping{Len: 3 * PageSize, Prot: rw})
	ro := mustMap(t, s, Mapping{Len: PageSize, Prot: ProtRead})
	none := mustMap(t, s, Mapping{Len: PageSize})
	expectFault(t, s, at, ProtWrite, FaultDone)
	expectFault(t, s, at+2*PageSize, ProtRead, FaultDone)
	expectFault(t, s, at, ProtExec, FaultAccerr)
	expectFault(t, s, ro, ProtWrite, FaultAccerr)
	expectFault(t, s, none, ProtRead, FaultAccerr)
	expectFault(t, s, at+3*PageSize, ProtRead, FaultMaperr)
	if e := s.entry(at+PageSize, false); *e != 0 {
		t.Error("a page that was not touched is present")
	}
}

// TestForkCopies: after a fork each side sees its own writes only, and the last
// owner writes without a copy.
func TestForkCopies(t *testing.T) {
	m := newMemory(100)
	s := New(m)
	at := mustMap(t, s, Mapping{Len: PageSize, Prot: rw})
	s.CopyOut(nil, at, []byte{1})
	n := s.Fork(nil)
	if *s.entry(at, false)&pteW != 0 || *n.entry(at, false)&pteW != 0 {
		t.Fatal("a shared page is writable")
	}
	n.CopyOut(nil, at, []byte{2})
	if a, b := load(t, s, at), load(t, n, at); a != 1 || b != 2 {
		t.Fatalf("parent sees %d, child %d", a, b)
	}
	before := m.left
	s.CopyOut(nil, at, []byte{3})
	if m.left != before {
		t.Error("the only owner of a page copied it")
	}
}

func TestSharedAnonymous(t *testing.T) {
	s := New(newMemory(100))
	at := mustMap(t, s, Mapping{Len: 2 * PageSize, Prot: rw, Shared: true})
	n := s.Fork(nil)
	n.CopyOut(nil, at+PageSize, []byte{9}) // first touched after the fork
	var b [1]byte
	s.CopyIn(nil, at+PageSize, b[:])
	if b[0] != 9 {
		t.Fatalf("the parent reads %d", b[0])
	}
	_, k1, _ := s.Key(nil, at+PageSize)
	_, k2, _ := n.Key(nil, at+PageSize)
	if k1 == 0 || k1 != k2 {
		t.Errorf("futex keys %#x and %#x", k1, k2)
	}
}

// TestEverythingComesBack maps, forks, splits, moves and drops; no page may be
// missing at the end.
func TestEverythingComesBack(t *testing.T) {
	m := newMemory(400)
	d, _ := testFile(t, bytes.Repeat([]byte("x"), 3*PageSize))
	s := New(m)
	a := mustMap(t, s, Mapping{Len: 10 * PageSize, Prot: rw})
	f := mustMap(t, s, Mapping{Len: 3 * PageSize, Prot: rw, File: d})
	h := mustMap(t, s, Mapping{Len: 4 * PageSize, Prot: rw, Shared: true})
	for va := a; va < a+10*PageSize; va += PageSize {
		s.CopyOut(nil, va, []byte{1})
	}
	s.CopyOut(nil, f+PageSize, []byte{1})
	s.CopyOut(nil, h, []byte{1})
	s.Fault(nil, f, ProtRead)
	n := s.Fork(nil)
	n.CopyOut(nil, a, []byte{2})
	n.Protect(a+2*PageSize, 3*PageSize, ProtRead)
	n.Protect(a+3*PageSize, PageSize, 0)
	n.Unmap(a+4*PageSize, 2*PageSize)
	s.Discard(a, 5*PageSize)
	if _, e := s.Remap(a, 10*PageSize, 40*PageSize, true, false, 0); e != 0 {
		t.Fatal(e)
	}
	s.SetBrk(0x100000)
	s.Brk(0x105000)
	s.Zero(nil, 0x101000, 100)
	s.Brk(0x100800)
	s.Drop(nil)
	n.Drop(nil)
	ReclaimCache(m)
	if m.left != 400 {
		t.Fatalf("%d pages are lost", 400-m.left)
	}
}

func TestFileMapping(t *testing.T) {
	m := newMemory(100)
	text := append(bytes.Repeat([]byte("a"), PageSize), "tail"...)
	d, c := testFile(t, text)
	s := New(m)
	at := mustMap(t, s, Mapping{Len: 3 * PageSize, Prot: rw, File: d})
	b := make([]byte, 6)
	if e := s.CopyIn(nil, at+PageSize, b); e != 0 || string(b) != "tail\x00\x00" {
		t.Fatalf("%q, %v", b, e)
	}
	expectFault(t, s, at+2*PageSize, ProtRead, FaultBus)
	s.CopyOut(nil, at, []byte("b"))
	n, _ := d.ReadAt(c, b[:1], 0)
	if n != 1 || b[0] != 'a' {
		t.Error("a private write reached the file")
	}
	// Another space shares the cached page, until the file changes.
	o := New(m)
	ot := mustMap(t, o, Mapping{Len: PageSize, Prot: ProtRead, File: d})
	o.Fault(nil, ot, ProtRead)
	if _, e := d.WriteAt(c, []byte("c"), 0); e != 0 {
		t.Fatal(e)
	}
	p := New(m)
	pt := mustMap(t, p, Mapping{Len: PageSize, Prot: ProtRead, File: d})
	p.Fault(nil, pt, ProtRead)
	if got := load(t, p, pt); got != 'c' {
		t.Errorf("a new mapping reads %q of a changed file", got)
	}
	if _, e := p.Map(Mapping{Len: PageSize, Prot: rw, Shared: true, File: d}); e != abi.ENODEV {
		t.Errorf("shared writable: %v", e)
	}
	if _, e := p.Map(Mapping{Len: PageSize, Prot: ProtRead, File: d, Off: 1}); e != abi.EINVAL {
		t.Errorf("odd offset: %v", e)
	}
}

// TestInPlace maps a file of the initial file system: its whole pages are the
// archive's own, for reading only and for as long as the file has those contents.
func TestInPlace(t *testing.T) {
	m := newMemory(100)
	archive := m.Alloc(Anon)
	const pages = 4 // the header's, two of contents, and a part of one
	for range pages - 1 {
		m.Alloc(Anon)
	}
	image := unsafe.Slice((*byte)(unsafe.Pointer(m.Page(archive))), pages*PageSize)
	contents := append(bytes.Repeat([]byte("a"), 2*PageSize), "tail"...)
	const nameSize = PageSize - 110
	head := fmt.Sprintf("070701%08x%08x%08x%08x%08x%08x%08x%032x%08x%08x", 1, 0o100755, 0, 0, 1, 0, len(contents), 0, nameSize, 0)
	copy(image, head+"f")
	copy(image[PageSize:], contents)
	ns := vfs.NewNamespace(vfs.Config{})
	if err := ns.Unpack(image[:PageSize+len(contents)]); err != nil {
		t.Fatal(err)
	}
	c := &vfs.Caller{FS: ns.NewFSContext()}
	d, e := c.Open(ns.Root(), "/f", abi.O_RDWR, 0)
	if e != 0 {
		t.Fatal(e)
	}
	s := New(m)
	at := mustMap(t, s, Mapping{Len: 3 * PageSize, Prot: rw, File: d})
	expectFault(t, s, at+2*PageSize, ProtRead, FaultDone)
	for i := range uintptr(3) {
		pa := pteAddr(*s.entry(at+i*PageSize, false))
		if inPlace := pa == archive+(i+1)*PageSize; inPlace != (i < 2) {
			t.Errorf("page %d is at %#x, the archive at %#x", i, pa, archive)
		}
	}
	s.CopyOut(nil, at, []byte("b"))
	s.Protect(at+PageSize, PageSize, ProtRead)
	s.Protect(at+PageSize, PageSize, rw)
	s.CopyOut(nil, at+PageSize, []byte("b"))
	if image[PageSize] != 'a' || image[2*PageSize] != 'a' {
		t.Error("a private write reached the archive")
	}
	d.WriteAt(c, []byte("c"), 0)
	o := New(m)
	ot := mustMap(t, o, Mapping{Len: PageSize, Prot: ProtRead, File: d})
	o.Fault(nil, ot, ProtRead)
	if got := load(t, o, ot); got != 'c' {
		t.Errorf("a new mapping reads %q of a changed file", got)
	}
	s.Drop(nil)
	o.Drop(nil)
	ReclaimCache(m)
	if m.left != 100-pages {
		t.Errorf("%d pages are lost, or the archive's are not", 100-pages-m.left)
	}
}

// TestDeleted: what is cached of a file goes when the file goes, no earlier.
func TestDeleted(t *testing.T) {
	m := newMemory(100)
	d, c := testFile(t, bytes.Repeat([]byte("x"), 3*PageSize))
	s := New(m)
	at := mustMap(t, s, Mapping{Len: 3 * PageSize, Prot: ProtRead, File: d})
	for i := range uintptr(3) {
		expectFault(t, s, at+i*PageSize, ProtRead, FaultDone)
	}
	if e := c.Unlink(c.FS.Root(), "/f"); e != 0 {
		t.Fatal(e)
	}
	d.Put()
	s.Unmap(at, PageSize)
	expectFault(t, s, at+PageSize, ProtRead, FaultDone)
	if got := load(t, s, at+PageSize); got != 'x' {
		t.Errorf("a deleted file that is mapped reads %q", got)
	}
	s.Drop(nil)
	if m.left != 100 {
		t.Errorf("%d pages of a deleted file are left", 100-m.left)
	}
}

func testFile(t *testing.T, text []byte) (*vfs.Description, *vfs.Caller) {
	t.Helper()
	ns := vfs.NewNamespace(vfs.Config{})
	c := &vfs.Caller{FS: ns.NewFSContext()}
	d, e := c.Open(ns.Root(), "/f", abi.O_CREAT|abi.O_RDWR, 0o644)
	if e != 0 {
		t.Fatal(e)
	}
	if _, e := d.WriteAt(c, text, 0); e != 0 {
		t.Fatal(e)
	}
	return d, c
}

func TestFixedMappings(t *testing.T) {
	s := New(newMemory(100))
	for _, c := range []struct {
		addr, n uintptr
		want    abi.Errno
	}{
		{0x10000, PageSize, 0},
		{0x10001, PageSize, abi.EINVAL},
		{0, PageSize, abi.ENOMEM},                        // below mmap_min_addr
		{holeStart - PageSize, 2 * PageSize, abi.ENOMEM}, // into the kernel image, or too low
		{holeEnd - PageSize, PageSize, abi.ENOMEM},
		{holeEnd, PageSize, 0},
		{addrEnd - PageSize, 2 * PageSize, abi.ENOMEM},
		{0x10000, ^uintptr(0), abi.EINVAL}, // wraps
	} {
		if _, e := s.Map(Mapping{Addr: c.addr, Len: c.n, Prot: rw, Fixed: true}); e != c.want {
			t.Errorf("%#x+%#x: %v, want %v", c.addr, c.n, e, c.want)
		}
	}
	if _, e := s.Map(Mapping{Addr: 0x10000, Len: PageSize, NoReplace: true}); e != abi.EEXIST {
		t.Errorf("no-replace: %v", e)
	}
}

// TestAreasStaySorted does random mappings and compares with a plain array of
// pages.
func TestAreasStaySorted(t *testing.T) {
	const base, pages = uintptr(0x1000000), 64
	s := New(newMemory(2000))
	var model [pages]int // protection + 1; 0 is unmapped
	x := uint32(1)
	random := func(n uint32) uintptr {
		x = x*1664525 + 1013904223
		return uintptr(x >> 16 % n)
	}
	for range 5000 {
		lo := random(pages)
		n := 1 + random(uint32(pages-lo))
		prot := Prot(random(4))
		addr, size := base+lo*PageSize, n*PageSize
		switch random(3) {
		case 0:
			s.Map(Mapping{Addr: addr, Len: size, Prot: prot, Fixed: true})
			for i := lo; i < lo+n; i++ {
				model[i] = int(prot) + 1
			}
		case 1:
			s.Unmap(addr, size)
			clear(model[lo : lo+n])
		case 2:
			whole := true
			for i := lo; i < lo+n; i++ {
				whole = whole && model[i] != 0
			}
			if e := s.Protect(addr, size, prot); (e == 0) != whole {
				t.Fatalf("Protect over %v: %v", model[lo:lo+n], e)
			}
			for i := lo; whole && i < lo+n; i++ {
				model[i] = int(prot) + 1
			}
		}
		for i := 1; i < len(s.areas); i++ {
			if s.areas[i-1].hi > s.areas[i].lo {
				t.Fatal("areas overlap")
			}
		}
		for i, want := range model {
			got := 0
			if a := s.at(base + uintptr(i)*PageSize); a != nil {
				got = int(a.prot) + 1
			}
			if got != want {
				t.Fatalf("page %d has %d, want %d", i, got, want)
			}
		}
	}
}

func TestStackGrows(t *testing.T) {
	s := New(newMemory(100))
	mustMap(t, s, Mapping{Addr: StackTop - PageSize, Len: PageSize, Prot: rw, Fixed: true, Grows: true})
	expectFault(t, s, StackTop-100*PageSize, ProtWrite, FaultDone)
	expectFault(t, s, StackTop-StackLimit-PageSize, ProtWrite, FaultMaperr)
}

func TestShortMemory(t *testing.T) {
	m := newMemory(8)
	s := New(m)
	at := mustMap(t, s, Mapping{Len: 64 * PageSize, Prot: rw})
	f := FaultDone
	for va := at; f == FaultDone && va < at+64*PageSize; va += PageSize {
		f = s.Fault(nil, va, ProtWrite)
	}
	if f != FaultNoMem {
		t.Fatalf("got %d", f)
	}
	if n := s.Fork(nil); n != nil {
		t.Error("a fork succeeded without memory")
	}
	s.Drop(nil)
	if m.left != 8 {
		t.Errorf("%d pages are lost", 8-m.left)
	}
}

func TestCopyInString(t *testing.T) {
	s := New(newMemory(100))
	at := mustMap(t, s, Mapping{Len: 2 * PageSize, Prot: rw})
	edge := at + PageSize - 3
	s.CopyOut(nil, edge, []byte("abcdef\x00"))
	if v, e := s.CopyInString(nil, edge, 7); v != "abcdef" || e != 0 {
		t.Errorf("%q, %v", v, e)
	}
	if _, e := s.CopyInString(nil, edge, 6); e != abi.ENAMETOOLONG {
		t.Errorf("too long: %v", e)
	}
	s.CopyOut(nil, at+2*PageSize-1, []byte("x"))
	if _, e := s.CopyInString(nil, at+2*PageSize-1, 100); e != abi.EFAULT {
		t.Errorf("unterminated: %v", e)
	}
}

// TestHugeArguments: lengths and addresses that wrap or lie beyond the user's
// part are refused at once and change nothing.
func TestHugeArguments(t *testing.T) {
	s := New(newMemory(100))
	at := mustMap(t, s, Mapping{Len: 2 * PageSize, Prot: rw})
	s.CopyOut(nil, at, []byte{5})
	s.SetBrk(0x100000)
	for _, n := range []uintptr{^uintptr(0), ^uintptr(0) - pageMask, ^uintptr(0) - (^uintptr(0)-addrEnd)/2, addrEnd} {
		if e := s.Unmap(at, n); e != abi.EINVAL {
			t.Errorf("Unmap %#x: %v", n, e)
		}
		if e := s.Protect(at, n, 0); e != abi.ENOMEM {
			t.Errorf("Protect %#x: %v", n, e)
		}
		if e := s.Discard(at, n); e != abi.EINVAL {
			t.Errorf("Discard %#x: %v", n, e)
		}
		if _, e := s.Remap(at, PageSize, n, true, false, 0); e != abi.ENOMEM {
			t.Errorf("Remap to %#x: %v", n, e)
		}
		if _, e := s.Remap(at, n, PageSize, true, false, 0); e == 0 {
			t.Errorf("Remap of %#x succeeded", n)
		}
		if _, e := s.Map(Mapping{Len: n, Prot: rw}); e == 0 {
			t.Errorf("Map of %#x succeeded", n)
		}
		if got := s.Brk(n); got != 0x100000 {
			t.Errorf("Brk(%#x) = %#x", n, got)
		}
		if e := s.CopyOut(nil, n, []byte{1, 2}); e != abi.EFAULT {
			t.Errorf("CopyOut to %#x: %v", n, e)
		}
		if f := s.Fault(nil, n, ProtRead); f != FaultMaperr {
			t.Errorf("Fault at %#x: %d", n, f)
		}
	}
	if got := load(t, s, at); got != 5 {
		t.Errorf("the page now holds %d", got)
	}
}
