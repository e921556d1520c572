package vm

import (
	"sync"
	"sync/atomic"

	"rv86/kernel/abi"
	"rv86/kernel/vfs"
)

// Space is one user address space.
type Space struct {
	mem  Memory
	refs atomic.Int32 // processes (vfork) that use it

	mu    sync.Mutex
	root  uintptr // physical address of the root table
	areas []*area // by address, not overlapping
	last  *area   // of the latest lookup
	pages int     // present
	peak  int
	calls []driverCall // to make once mu is free

	brkStart, brk uintptr

	// What exec put where, for /proc. Written before the space is shared.
	Args, Env AddrRange
	Stack     uintptr // initial stack pointer
}

// AddrRange is [Lo, Hi).
type AddrRange struct{ Lo, Hi uintptr }

// New makes an empty address space; nil if memory is short.
func New(mem Memory) *Space {
	s := &Space{mem: mem, root: mem.NewRoot()}
	if s.root == 0 {
		return nil
	}
	s.refs.Store(1)
	return s
}

// Root is the physical address of the root table, for nucleus.Frame.
func (s *Space) Root() uintptr { return s.root }

// Share adds a user of the space (CLONE_VM).
func (s *Space) Share() *Space {
	s.refs.Add(1)
	return s
}

// Drop takes a user away; with the last one everything is given back. who is the
// thread that does so, nil if that is nobody in particular.
func (s *Space) Drop(who *vfs.Caller) {
	if s.refs.Add(-1) != 0 {
		return
	}
	s.mu.Lock()
	s.unmap(0, addrEnd)
	s.freeTables()
	s.mu.Unlock()
	s.Settle(who)
}

// Fork makes a copy: private pages are shared until one side writes. It is nil
// if memory is short. who is the thread that forks.
func (s *Space) Fork(who *vfs.Caller) *Space {
	n, ok := s.fork()
	if n == nil {
		return nil
	}
	n.Settle(who)
	if !ok {
		n.Drop(who)
		return nil
	}
	return n
}

// fork is Fork without what drivers hear of it; a copy that is not ok lacks pages.
func (s *Space) fork() (n *Space, ok bool) {
	if n = New(s.mem); n == nil {
		return nil, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	n.brkStart, n.brk, n.Args, n.Env, n.Stack = s.brkStart, s.brk, s.Args, s.Env, s.Stack
	ok = true
	for _, a := range s.areas {
		if a.region != nil && !a.region.Inherited() {
			continue
		}
		n.areas = append(n.areas, a.clone(n))
		s.each(a.lo, a.hi, func(va uintptr, e *pte) bool {
			to := n.entry(va, true)
			if to == nil {
				ok = false
				return false
			}
			if !a.shared {
				*e &^= pteW
			}
			s.mem.Ref(pteAddr(*e))
			*to = *e
			n.pages++
			return true
		})
	}
	s.mem.FlushAll()
	n.peak = n.pages
	return n, ok
}

// Mapping says what Map is to map.
type Mapping struct {
	Addr, Len uintptr
	Prot      Prot
	Fixed     bool // at Addr, replacing what is there
	NoReplace bool // at Addr, or EEXIST
	Shared    bool
	Grows     bool
	Name      string           // for anonymous mappings, as /proc shows it
	File      *vfs.Description // nil: anonymous. Map takes its own reference.
	Off       int64
	Who       *vfs.Caller // the thread that maps, for drivers
}

// Map makes a mapping and returns its address (mmap(2)).
func (s *Space) Map(m Mapping) (uintptr, abi.Errno) {
	n := pageUp(m.Len)
	if m.Len == 0 || n < m.Len || m.Off&pageMask != 0 || m.Off < 0 {
		return 0, abi.EINVAL
	}
	driver, e := s.driver(&m)
	if e != 0 {
		return 0, e
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	at, e := s.place(&m, n)
	if e != 0 {
		if driver != nil {
			driver.Free()
		}
		return 0, e
	}
	a := &area{lo: at, hi: at + n, prot: m.Prot, shared: m.Shared, grows: m.Grows, name: m.Name, off: m.Off}
	switch {
	case driver != nil:
		a.file = m.File.Get()
		a.region = &region{UserArea: driver, file: a.file, refs: 1}
		a.placed()
		s.insert(a)
		return at, s.mapDriver(&m, a)
	case m.File != nil:
		a.file = m.File.Get()
	case m.Shared:
		a.object = &object{refs: 1, pages: map[int64]uintptr{}}
		a.off = 0
	default:
		a.off = 0
	}
	s.insert(a)
	return at, 0
}

// place finds the place of a mapping of n bytes, and makes it free.
func (s *Space) place(m *Mapping, n uintptr) (uintptr, abi.Errno) {
	at := m.Addr &^ pageMask
	switch {
	case m.Fixed || m.NoReplace:
		if m.Addr&pageMask != 0 {
			return 0, abi.EINVAL
		}
		if !usable(at, at+n) {
			return 0, abi.ENOMEM
		}
		if m.NoReplace && !s.free(at, at+n) {
			return 0, abi.EEXIST
		}
		s.unmap(at, at+n)
	case at != 0 && usable(at, at+n) && at+n <= mmapTop && s.free(at, at+n):
	default:
		if n > mmapTop {
			return 0, abi.ENOMEM
		}
		if at = s.gap(n, mmapTop); at == 0 {
			return 0, abi.ENOMEM
		}
	}
	return at, 0
}

// Unmap removes what is mapped in [addr, addr+n) (munmap(2)).
func (s *Space) Unmap(addr, n uintptr) abi.Errno {
	hi, ok := rangeEnd(addr, n)
	if addr&pageMask != 0 || n == 0 || !ok {
		return abi.EINVAL
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unmap(addr, hi)
	return 0
}

// rangeEnd gives the page bound at or above addr+n; it is false if that is
// beyond what a program can have mapped.
func rangeEnd(addr, n uintptr) (uintptr, bool) {
	if addr > addrEnd || n > addrEnd-addr {
		return 0, false
	}
	return pageUp(addr + n), true
}

func (s *Space) unmap(lo, hi uintptr) {
	s.split(lo, true)
	s.split(hi, false)
	i := s.find(lo)
	j := i
	for ; j < len(s.areas) && s.areas[j].lo < hi; j++ {
		s.discard(s.areas[j].lo, s.areas[j].hi)
		s.drop(s.areas[j])
	}
	if i != j {
		s.areas = append(s.areas[:i], s.areas[j:]...)
		s.last = nil
	}
}

// discard frees the pages of [lo, hi).
func (s *Space) discard(lo, hi uintptr) {
	n := 0
	s.each(lo, hi, func(va uintptr, e *pte) bool {
		s.mem.Free(pteAddr(*e))
		*e = 0
		n++
		if n == 1 {
			s.mem.Flush(va)
		}
		return true
	})
	s.pages -= n
	if n > 1 {
		s.mem.FlushAll()
	}
}

// covered tells whether every page of [lo, hi) is mapped.
func (s *Space) covered(lo, hi uintptr) bool {
	for i := s.find(lo); lo < hi; i++ {
		if i == len(s.areas) || s.areas[i].lo > lo {
			return false
		}
		lo = s.areas[i].hi
	}
	return true
}

// Protect changes the protection of [addr, addr+n) (mprotect(2)).
func (s *Space) Protect(addr, n uintptr, p Prot) abi.Errno {
	if addr&pageMask != 0 {
		return abi.EINVAL
	}
	hi, ok := rangeEnd(addr, n)
	s.mu.Lock()
	defer s.mu.Unlock()
	if !ok || !s.covered(addr, hi) {
		return abi.ENOMEM
	}
	s.split(addr, true)
	s.split(hi, false)
	i := s.find(addr)
	for j := i; j < len(s.areas) && s.areas[j].lo < hi; j++ {
		a := s.areas[j]
		if !a.may(p) {
			return abi.EACCES
		}
		if a.prot == p {
			continue
		}
		a.prot = p
		a.placed()
		s.each(a.lo, a.hi, func(_ uintptr, e *pte) bool {
			// A page that nobody else has stays writable; others fault and copy.
			own := a.shared || s.mem.Refs(pteAddr(*e)) == 1
			*e = *e&^pteFlags | hardware(p, own)
			return true
		})
	}
	s.mem.FlushAll()
	for j := len(s.areas) - 1; j >= i; j-- {
		if s.areas[j].lo <= hi {
			s.join(j)
		}
	}
	s.join(i)
	return 0
}

// may tells whether the protection of an area can be p.
func (a *area) may(p Prot) bool {
	if a.region != nil {
		_, most := a.region.Prot()
		return p&^Prot(most) == 0
	}
	return !a.shared || a.file == nil || p&ProtWrite == 0
}

// Discard drops the pages of private memory so that they read as at the start
// (madvise(2), MADV_DONTNEED).
func (s *Space) Discard(addr, n uintptr) abi.Errno {
	if addr&pageMask != 0 {
		return abi.EINVAL
	}
	hi, ok := rangeEnd(addr, n)
	if !ok {
		return abi.EINVAL
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := s.find(addr); i < len(s.areas) && s.areas[i].lo < hi; i++ {
		if r := s.areas[i].region; r != nil && r.Special() {
			return abi.EINVAL
		}
	}
	s.discard(addr, hi)
	if !s.covered(addr, hi) {
		return abi.ENOMEM
	}
	return 0
}

// Resident fills out with 1 for each present page from addr on (mincore(2)).
func (s *Space) Resident(addr uintptr, out []byte) abi.Errno {
	if addr&pageMask != 0 {
		return abi.EINVAL
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	hi, ok := rangeEnd(addr, uintptr(len(out))*PageSize)
	if !ok || !s.covered(addr, hi) {
		return abi.ENOMEM
	}
	clear(out)
	s.each(addr, hi, func(va uintptr, _ *pte) bool {
		out[(va-addr)>>pageShift] = 1
		return true
	})
	return 0
}

// SetBrk says where the heap starts.
func (s *Space) SetBrk(at uintptr) { s.brkStart, s.brk = pageUp(at), pageUp(at) }

// Brk moves the end of the heap and returns where it is now (brk(2): an
// impossible request changes nothing).
func (s *Space) Brk(to uintptr) uintptr {
	s.mu.Lock()
	defer s.mu.Unlock()
	if to < s.brkStart || to > addrEnd {
		return s.brk
	}
	old, end := pageUp(s.brk), pageUp(to)
	switch {
	case end > old:
		if !usable(old, end) || !s.free(old, end) {
			return s.brk
		}
		s.insert(&area{lo: old, hi: end, prot: ProtRead | ProtWrite, name: "[heap]"})
	case end < old:
		s.unmap(end, old)
	}
	s.brk = to
	return to
}

// Remap changes the size of a mapping, moving it if it must and may
// (mremap(2)). to is used with fixed only.
func (s *Space) Remap(addr, oldLen, newLen uintptr, mayMove, fixed bool, to uintptr) (uintptr, abi.Errno) {
	if addr&pageMask != 0 || newLen == 0 || fixed && (!mayMove || to&pageMask != 0) {
		return 0, abi.EINVAL
	}
	if oldLen > addrEnd || newLen > addrEnd {
		return 0, abi.ENOMEM
	}
	oldLen, newLen = pageUp(oldLen), pageUp(newLen)
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.at(addr)
	if a == nil {
		return 0, abi.EFAULT
	}
	if oldLen == 0 || oldLen > a.hi-addr {
		return 0, abi.EFAULT
	}
	if newLen > oldLen && a.region != nil && a.region.Fixed() {
		return 0, abi.EFAULT
	}
	if fixed && (!usable(to, to+newLen) || to < addr+oldLen && addr < to+newLen) {
		return 0, abi.EINVAL
	}
	if newLen < oldLen {
		s.unmap(addr+newLen, addr+oldLen)
		oldLen = newLen
	}
	if !fixed {
		if newLen == oldLen {
			return addr, 0
		}
		if addr+oldLen == a.hi && usable(addr, addr+newLen) && s.free(a.hi, addr+newLen) {
			a.hi = addr + newLen
			a.placed()
			return addr, 0
		}
		if !mayMove {
			return 0, abi.ENOMEM
		}
		if to = s.gap(newLen, mmapTop); to == 0 {
			return 0, abi.ENOMEM
		}
	} else {
		s.unmap(to, to+newLen)
	}
	return to, s.move(addr, oldLen, to, newLen)
}

// move takes the pages of [from, from+n) to a new mapping of length m at to.
func (s *Space) move(from, n, to, m uintptr) abi.Errno {
	s.split(from, true)
	s.split(from+n, false)
	b := s.at(from).clone(s)
	b.lo, b.hi, b.grows = to, to+m, false
	b.placed()
	e := abi.Errno(0)
	s.each(from, from+n, func(va uintptr, old *pte) bool {
		p := s.entry(to+va-from, true)
		if p == nil {
			e = abi.ENOMEM
			return false
		}
		*p, *old = *old, 0
		return true
	})
	s.insert(b)
	s.unmap(from, from+n)
	s.mem.FlushAll()
	return e
}

// sigPage is the page of signal return code that all spaces map.
var sigPage *object

// MapSigPage maps the code that signal handlers return to at SigPage.
func (s *Space) MapSigPage(code []byte) abi.Errno {
	cacheMu.Lock()
	if sigPage == nil {
		pa := s.mem.Alloc(Shared)
		if pa == 0 {
			cacheMu.Unlock()
			return abi.ENOMEM
		}
		copy(s.mem.Page(pa)[:], code)
		sigPage = &object{refs: 1, pages: map[int64]uintptr{0: pa}}
	}
	sigPage.refs++
	cacheMu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.insert(&area{
		lo: SigPage, hi: SigPage + PageSize, prot: ProtRead | ProtExec, shared: true,
		name: "[vdso]", object: sigPage,
	})
	return 0
}
