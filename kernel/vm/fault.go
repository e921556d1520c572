package vm

import (
	"rv86/kernel/abi"
	"rv86/kernel/vfs"
)

// Fault is the outcome of a page fault.
type Fault int

const (
	FaultDone   Fault = iota // the access can be tried again
	FaultMaperr              // nothing is mapped there: SEGV_MAPERR
	FaultAccerr              // not with this protection: SEGV_ACCERR
	FaultBus                 // past the end of a mapped file, or it cannot be read: SIGBUS
	FaultNoMem               // no page could be had
	FaultDriver              // the area's driver is to supply the page
)

// Fault resolves an access to va by the program that the hardware refused. p
// is the one right the access needs; who is the thread.
func (s *Space) Fault(who *vfs.Caller, va uintptr, p Prot) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		_, f := s.fault(va, p)
		if f != FaultDriver {
			return f
		}
		switch f := s.supply(who, va, p); f {
		case FaultDone:
		case FaultDriver: // the program tries again, and can be killed between
			return FaultDone
		default:
			return f
		}
	}
}

// fault makes the page of va accessible for p and gives its entry.
func (s *Space) fault(va uintptr, p Prot) (*pte, Fault) {
	a := s.at(va)
	if a == nil {
		if a = s.grow(va); a == nil {
			return nil, FaultMaperr
		}
	}
	allowed := a.prot
	if allowed&(ProtWrite|ProtExec) != 0 {
		allowed |= ProtRead // as the entry: no machine has write-only pages
	}
	if allowed&p == 0 {
		return nil, FaultAccerr
	}
	e := s.entry(va, true)
	if e == nil {
		return nil, FaultNoMem
	}
	var f Fault
	switch {
	case *e == 0:
		f = s.bring(a, va, e, p)
	case p&ProtWrite != 0 && *e&pteW == 0:
		f = s.unshare(a, e)
	default: // the hardware's view was stale
		*e |= pteA | pteD
	}
	s.mem.Flush(va)
	return e, f
}

// grow extends the stack area down to va, if va is within its limit.
func (s *Space) grow(va uintptr) *area {
	i := s.find(va)
	if i == len(s.areas) || !s.areas[i].grows {
		return nil
	}
	a := s.areas[i]
	if a.hi-va > StackLimit || i > 0 && s.areas[i-1].hi+stackGap > va {
		return nil
	}
	a.lo = va &^ pageMask
	return a
}

// bring gives a page to an entry that has none.
func (s *Space) bring(a *area, va uintptr, e *pte, p Prot) Fault {
	off := a.off + int64(va&^pageMask-a.lo)
	switch {
	case a.region != nil:
		return FaultDriver
	case a.object != nil:
		pa := s.objectPage(a.object, off>>pageShift)
		if pa == 0 {
			return FaultNoMem
		}
		*e = makePte(pa, hardware(a.prot, true))
	case a.file == nil:
		pa := s.mem.Alloc(Anon)
		if pa == 0 {
			return FaultNoMem
		}
		*e = makePte(pa, hardware(a.prot, true))
	case p&ProtWrite != 0:
		pa := s.mem.AllocDirty(Anon)
		if pa == 0 {
			return FaultNoMem
		}
		if e := readPage(s.mem, a.file, off, pa); e != 0 {
			s.mem.Free(pa)
			return FaultBus
		}
		*e = makePte(pa, hardware(a.prot, true))
	default:
		pa, c, f := cachedPage(s.mem, a.file, off)
		if f != FaultDone {
			return f
		}
		*e = makePte(pa, hardware(a.prot, false))
		s.around(a, va, c)
	}
	s.pages++
	s.peak = max(s.peak, s.pages)
	return FaultDone
}

// aroundPages is how many pages, at most, one fault on a file maps: those of
// the same aligned block that are in memory anyway. A program's start would
// else be mostly faults.
const aroundPages = 16

// around maps the cached neighbours of the page of va, for reading.
func (s *Space) around(a *area, va uintptr, c *filePages) {
	const span = aroundPages * PageSize
	lo := max(va&^(span-1), a.lo)
	hi := min(va&^(span-1)+span, a.hi)
	// The block lies within one table, since it is aligned.
	table := s.table(va)
	flags := hardware(a.prot, false)
	cacheMu.Lock()
	defer cacheMu.Unlock()
	f := a.file.File().(vfs.Mappable)
	i := (a.off + int64(lo-a.lo)) >> pageShift
	for p := lo; p < hi; p, i = p+PageSize, i+1 {
		e := &table[p>>pageShift&tableMask]
		if *e != 0 {
			continue
		}
		if pa := c.get(s.mem, f, i); pa != 0 {
			*e = makePte(pa, flags)
			s.mem.Flush(p)
			s.pages++
		}
	}
}

// unshare makes an entry writable, after copying a page that others have too.
func (s *Space) unshare(a *area, e *pte) Fault {
	old := pteAddr(*e)
	if !a.shared && !s.mem.Counted(old) {
		return FaultBus // registers are not copied
	}
	if !a.shared && s.mem.Refs(old) > 1 {
		pa := s.mem.AllocDirty(Anon)
		if pa == 0 {
			return FaultNoMem
		}
		*s.mem.Page(pa) = *s.mem.Page(old)
		s.mem.Free(old)
		old = pa
	}
	*e = makePte(old, hardware(a.prot, true))
	return FaultDone
}

// objectPage gives page i of a shared object, with a reference for the entry.
func (s *Space) objectPage(o *object, i int64) uintptr {
	cacheMu.Lock()
	defer cacheMu.Unlock()
	pa := o.pages[i]
	if pa == 0 {
		if pa = s.mem.Alloc(Shared); pa == 0 {
			return 0
		}
		o.pages[i] = pa
	}
	s.mem.Ref(pa)
	return pa
}

// readPage fills the page pa from a file; what lies past its end is zero. A
// page wholly past the end is an error (mmap(2): SIGBUS).
func readPage(mem Memory, d *vfs.Description, off int64, pa uintptr) abi.Errno {
	f := d.File().(vfs.Mappable)
	if off >= f.Size() {
		return abi.ENXIO
	}
	page := mem.Page(pa)
	n := 0
	for n < PageSize {
		m, e := f.ReadAt(page[n:], off+int64(n))
		if e != 0 {
			return e
		}
		if m == 0 {
			break
		}
		n += m
	}
	clear(page[n:])
	mem.FlushCode() // what was there before may have been executed
	return 0
}
