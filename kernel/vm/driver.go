package vm

import (
	"rv86/kernel/abi"
	"rv86/kernel/vfs"
)

// Areas whose pages a driver supplies (vfs.AreaMapper). Its code runs without
// Space.mu: while it does, the area may be unmapped, or split, by another thread.
// So what stands for the area is counted, and who lets go of it last says close. What
// is to be called because areas came and went is noted under the lock and called
// after it, in order (Settle).

// region is what an area has of its driver.
type region struct {
	vfs.UserArea
	file *vfs.Description
	refs int // the area and the calls in progress. Guarded by Space.mu
	// failed says that the driver refused the mapping, so that it is not told of its end.
	failed bool
}

// driverCall is something to tell a driver: that an area was opened, or closed.
type driverCall struct {
	r    *region
	open bool
}

// clone makes what a copy of the area in space s has. Preconditions: s.mu is held, or
// s is new; the file has a reference for it.
func (r *region) clone(s *Space) *region {
	n := &region{UserArea: r.Copy(s), file: r.file, refs: 1}
	s.calls = append(s.calls, driverCall{n, true})
	return n
}

// release gives up a reference to a region. Preconditions: s.mu is held.
func (s *Space) release(r *region) {
	if r.refs--; r.refs == 0 {
		s.calls = append(s.calls, driverCall{r, false})
	}
}

// Settle tells the drivers of areas what became of these, for the thread that changed
// the space. Whoever calls a method that maps, unmaps or changes areas calls it next.
func (s *Space) Settle(c *vfs.Caller) {
	s.mu.Lock()
	for len(s.calls) > 0 {
		calls := s.calls
		s.calls = nil
		s.mu.Unlock()
		for _, call := range calls {
			call.run(c)
		}
		s.mu.Lock()
	}
	s.mu.Unlock()
}

func (d driverCall) run(c *vfs.Caller) {
	if d.open {
		d.r.Open(c)
		return
	}
	if !d.r.failed {
		d.r.Close(c)
	}
	d.r.Free()
	d.r.file.PutFor(c)
}

// rangeOf is where an area is, as its driver sees it.
func (a *area) rangeOf() vfs.AreaRange {
	return vfs.AreaRange{Lo: a.lo, Hi: a.hi, Off: a.off, Prot: uint8(a.prot), Shared: a.shared}
}

// placed tells what stands for an area where it is now.
func (a *area) placed() {
	if a.region != nil {
		a.region.Place(a.rangeOf())
	}
}

// driver checks that a file can be mapped; it gives what stands for the area, if there is a
// driver that supplies its pages.
func (s *Space) driver(m *Mapping) (vfs.UserArea, abi.Errno) {
	if m.File == nil {
		return nil, 0
	}
	if f, ok := m.File.File().(vfs.AreaMapper); ok {
		return f.NewArea(m.Who, s, vfs.AreaRange{Off: m.Off, Prot: uint8(m.Prot), Shared: m.Shared})
	}
	if _, ok := m.File.File().(vfs.Mappable); !ok || m.Shared && m.Prot&ProtWrite != 0 {
		return nil, abi.ENODEV
	}
	return nil, 0
}

// mapDriver maps an area that is in its place for its driver, and removes it if the driver
// refuses. Preconditions: s.mu is held. It is not while the driver's code runs.
func (s *Space) mapDriver(m *Mapping, a *area) abi.Errno {
	r := a.region
	r.refs++
	s.mu.Unlock()
	e := r.Map(m.Who)
	s.mu.Lock()
	if e != 0 {
		r.failed = true
	}
	for _, b := range s.areas { // another thread may have unmapped it, or cut it
		if b.region != r {
			continue
		}
		if e != 0 {
			s.unmap(b.lo, b.hi)
		} else {
			now, _ := r.Prot()
			b.prot &= Prot(now)
		}
		break
	}
	s.release(r)
	return e
}

// supply asks the driver of the area at va for the page. Preconditions: s.mu is held. It
// is not while the driver's code runs. FaultDriver says that the driver has entered none,
// though it says so.
func (s *Space) supply(c *vfs.Caller, va uintptr, p Prot) Fault {
	r := s.at(va).region
	r.refs++
	s.mu.Unlock()
	page, e := r.Fault(c, va, p&ProtWrite != 0)
	s.mu.Lock()
	f := FaultDone
	a := s.at(va)
	there := a != nil && a.region == r
	switch {
	case e == abi.ENOMEM:
		f = FaultNoMem
	case e != 0:
		f = FaultBus
	case !there: // the access is tried again with what is there now
	case page == 0:
		if at := s.entry(va, false); at == nil || *at == 0 {
			f = FaultDriver
		}
	default:
		f = s.enter(a, va&^pageMask, page)
	}
	if page != 0 {
		s.mem.Free(page)
	}
	s.release(r)
	if len(s.calls) > 0 {
		s.mu.Unlock()
		s.Settle(c)
		s.mu.Lock()
	}
	return f
}

// enter makes the entry of a page that a driver supplied, if there is none. A private
// mapping has it for reading, and copies it for the first write.
func (s *Space) enter(a *area, va, page uintptr) Fault {
	e := s.entry(va, true)
	switch {
	case e == nil:
		return FaultNoMem
	case *e != 0: // another thread was faster
		return FaultDone
	}
	s.mem.Ref(page)
	*e = makePte(page, hardware(a.prot, a.shared))
	s.mem.Flush(va)
	s.pages++
	s.peak = max(s.peak, s.pages)
	return FaultDone
}

// ID implements vfs.AreaSpace.
func (s *Space) ID() uintptr { return s.root }

// of gives the area that has a driver's side and [va, va+n) in it, nil if there is none.
func (s *Space) of(d vfs.UserArea, va, n uintptr) *area {
	a := s.at(va)
	if va&pageMask != 0 || a == nil || a.region == nil || a.region.UserArea != d || n > a.hi-va {
		return nil
	}
	return a
}

// Enter implements vfs.AreaSpace.
func (s *Space) Enter(d vfs.UserArea, va uintptr, pages []uintptr) abi.Errno {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.of(d, va, uintptr(len(pages))*PageSize)
	if a == nil {
		return abi.EFAULT
	}
	busy := false
	s.each(va, va+uintptr(len(pages))*PageSize, func(uintptr, *pte) bool {
		busy = true
		return false
	})
	if busy {
		return abi.EBUSY
	}
	for i, page := range pages {
		if s.enter(a, va+uintptr(i)*PageSize, page) != FaultDone {
			s.discard(va, va+uintptr(i)*PageSize)
			return abi.ENOMEM
		}
	}
	return 0
}

// Remove implements vfs.AreaSpace.
func (s *Space) Remove(d vfs.UserArea, va, n uintptr) abi.Errno {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.of(d, va, n) == nil {
		return abi.EFAULT
	}
	s.discard(va, va+n)
	return 0
}
