package vm

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"rv86/kernel/abi"
	"rv86/kernel/vfs"
)

// driverFile is a file whose pages a driver of the test's supplies.
type driverFile struct {
	vfs.Base
	m      *fakeMemory
	page   uintptr // what every fault supplies
	log    []string
	refuse abi.Errno
	inside func(s vfs.AreaSpace, a vfs.UserArea) // called in mmap and in faults
	most   uint8
	closed bool
}

func (f *driverFile) Release() { f.closed = true }

func (f *driverFile) NewArea(_ *vfs.Caller, s vfs.AreaSpace, r vfs.AreaRange) (vfs.UserArea, abi.Errno) {
	return &driverArea{f: f, s: s, r: r}, 0
}

// driverArea is one area of it.
type driverArea struct {
	f *driverFile
	s vfs.AreaSpace
	r vfs.AreaRange
}

func (a *driverArea) note(what string) {
	a.f.log = append(a.f.log, fmt.Sprintf("%s %d+%d", what, a.r.Off/PageSize, (a.r.Hi-a.r.Lo)/PageSize))
}

func (a *driverArea) Map(*vfs.Caller) abi.Errno {
	a.note("map")
	if a.f.inside != nil {
		a.f.inside(a.s, a)
	}
	return a.f.refuse
}
func (a *driverArea) Open(*vfs.Caller)  { a.note("open") }
func (a *driverArea) Close(*vfs.Caller) { a.note("close") }

func (a *driverArea) Fault(_ *vfs.Caller, va uintptr, _ bool) (uintptr, abi.Errno) {
	if a.f.inside != nil {
		a.f.inside(a.s, a)
	}
	if a.f.page == 0 {
		return 0, abi.EFAULT
	}
	a.f.m.Ref(a.f.page)
	return a.f.page, 0
}

func (a *driverArea) Copy(s vfs.AreaSpace) vfs.UserArea { return &driverArea{f: a.f, s: s, r: a.r} }
func (a *driverArea) Place(r vfs.AreaRange)             { a.r = r }
func (a *driverArea) Prot() (now, most uint8)           { return a.r.Prot, a.f.most }
func (a *driverArea) Fixed() bool                       { return false }
func (a *driverArea) Special() bool                     { return false }
func (a *driverArea) Inherited() bool                   { return true }
func (a *driverArea) Free()                             {}

// openDriver makes a space, a file of a driver's and a page for it.
func openDriver(t *testing.T) (*Space, *driverFile, *vfs.Description) {
	t.Helper()
	m := newMemory(100)
	f := &driverFile{m: m, page: m.Alloc(Anon), most: uint8(rw | ProtExec)}
	c := &vfs.Caller{}
	return New(m), f, vfs.NewDescription(f, vfs.NewNamespace(vfs.Config{}).Anonymous("driver", abi.S_IFCHR, c), abi.O_RDWR)
}

func (f *driverFile) expect(t *testing.T, want ...string) {
	t.Helper()
	if !slices.Equal(f.log, want) {
		t.Errorf("the driver heard %s, want %s", strings.Join(f.log, ", "), strings.Join(want, ", "))
	}
	f.log = nil
}

// TestDriverAreas: the driver hears of each area that comes and goes, with its place, and the
// file is closed after the last.
func TestDriverAreas(t *testing.T) {
	s, f, d := openDriver(t)
	at := mustMap(t, s, Mapping{Len: 4 * PageSize, Prot: rw, Shared: true, File: d, Off: 8 * PageSize})
	d.Put()
	f.expect(t, "map 8+4")
	s.Unmap(at+PageSize, PageSize)
	s.Settle(nil)
	f.expect(t, "open 8+1", "open 10+2", "close 9+1")
	n := s.Fork(nil)
	f.expect(t, "open 8+1", "open 10+2")
	s.Protect(at+3*PageSize, PageSize, ProtRead)
	s.Settle(nil)
	f.expect(t, "open 10+1")
	if _, e := s.Remap(at, PageSize, 2*PageSize, true, true, at+100*PageSize); e != 0 {
		t.Fatal(e)
	}
	s.Settle(nil)
	f.expect(t, "open 8+2", "close 8+1")
	s.Drop(nil)
	f.expect(t, "close 10+1", "close 11+1", "close 8+2")
	if f.closed {
		t.Error("the file is closed, and mapped in another space")
	}
	n.Drop(nil)
	f.expect(t, "close 8+1", "close 10+2")
	if !f.closed {
		t.Error("the file stays open")
	}
}

// TestDriverRefuses: nothing is left of a mapping that the driver refuses, and it hears no more.
func TestDriverRefuses(t *testing.T) {
	s, f, d := openDriver(t)
	f.refuse = abi.EPERM
	f.inside = func(sp vfs.AreaSpace, a vfs.UserArea) {
		sp.Enter(a, a.(*driverArea).r.Lo, []uintptr{f.page})
	}
	if _, e := s.Map(Mapping{Len: PageSize, Prot: rw, Shared: true, File: d}); e != abi.EPERM {
		t.Errorf("Map: %v", e)
	}
	d.Put()
	s.Settle(nil)
	f.expect(t, "map 0+1")
	if len(s.areas) != 0 || f.m.Refs(f.page) != 1 || !f.closed {
		t.Errorf("%d areas, %d references, closed %v", len(s.areas), f.m.Refs(f.page), f.closed)
	}
}

// TestDriverPages: a page is the driver's to all who share it, and the program's own after
// the first write to a private mapping; no reference is left over.
func TestDriverPages(t *testing.T) {
	s, f, d := openDriver(t)
	shared := mustMap(t, s, Mapping{Len: PageSize, Prot: rw, Shared: true, File: d})
	private := mustMap(t, s, Mapping{Len: PageSize, Prot: rw, File: d})
	s.CopyOut(nil, shared, []byte{1})
	expectFault(t, s, private, ProtRead, FaultDone)
	if load(t, s, private) != 1 {
		t.Error("the private mapping does not see the page")
	}
	s.CopyOut(nil, private, []byte{2})
	if a, b := f.m.Page(f.page)[0], load(t, s, private); a != 1 || b != 2 {
		t.Errorf("the page has %d, the copy %d", a, b)
	}
	s.Discard(shared, PageSize)
	f.page, f.refuse = 0, 0
	expectFault(t, s, shared, ProtRead, FaultBus)
	if e := s.CopyIn(nil, shared, make([]byte, 1)); e != abi.EFAULT {
		t.Errorf("CopyIn: %v", e)
	}
	s.Drop(nil)
	d.Put()
	if left := len(f.m.pages) - 1 - f.m.left; left != 1 {
		t.Errorf("%d pages are used, want the driver's", left)
	}
}

// TestDriverUnmapsInside: another thread may unmap the area while the driver's code runs for
// it, in a fault and in mmap.
func TestDriverUnmapsInside(t *testing.T) {
	s, f, d := openDriver(t)
	at := mustMap(t, s, Mapping{Len: PageSize, Prot: rw, Shared: true, File: d})
	f.log = nil
	f.inside = func(vfs.AreaSpace, vfs.UserArea) {
		s.Unmap(at, PageSize)
		s.Settle(nil)
		f.expect(t) // not while it is used
	}
	expectFault(t, s, at, ProtRead, FaultMaperr)
	f.expect(t, "close 0+1")
	f.inside = func(_ vfs.AreaSpace, a vfs.UserArea) {
		s.Unmap(a.(*driverArea).r.Lo, PageSize)
	}
	mustMap(t, s, Mapping{Len: PageSize, Prot: rw, Shared: true, File: d})
	s.Settle(nil)
	f.expect(t, "map 0+1", "close 0+1")
	if f.m.Refs(f.page) != 1 {
		t.Errorf("%d references", f.m.Refs(f.page))
	}
}

// TestDriverEnters: a driver enters pages of its area and no others, where none are.
func TestDriverEnters(t *testing.T) {
	s, f, d := openDriver(t)
	f.inside = func(sp vfs.AreaSpace, a vfs.UserArea) {
		lo := a.(*driverArea).r.Lo
		for _, c := range []struct {
			va   uintptr
			n    int
			want abi.Errno
		}{
			{lo, 2, 0},
			{lo + PageSize, 1, abi.EBUSY},
			{lo - PageSize, 1, abi.EFAULT},
			{lo + 2*PageSize, 2, abi.EFAULT},
			{lo + 1, 1, abi.EFAULT},
			{lo + 2*PageSize, 1, 0},
		} {
			if e := sp.Enter(a, c.va, slices.Repeat([]uintptr{f.page}, c.n)); e != c.want {
				t.Errorf("Enter(%#x, %d pages): %v, want %v", c.va, c.n, e, c.want)
			}
		}
		if e := sp.Remove(a, lo, 4*PageSize); e != abi.EFAULT {
			t.Errorf("Remove: %v", e)
		}
		sp.Remove(a, lo, PageSize)
	}
	mustMap(t, s, Mapping{Len: 3 * PageSize, Prot: rw, Shared: true, File: d})
	if n := f.m.Refs(f.page); n != 3 {
		t.Errorf("%d references, want the driver's and two of entries", n)
	}
	f.most = uint8(ProtRead)
	if e := s.Protect(s.areas[0].lo, PageSize, rw); e != abi.EACCES {
		t.Errorf("Protect: %v", e)
	}
}
