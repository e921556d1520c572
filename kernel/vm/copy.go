package vm

import (
	"encoding/binary"

	"rv86/kernel/abi"
	"rv86/kernel/vfs"
)

// touch gives the kernel's view of the user page at va, brought in for access
// p; nil if the program may not make that access. Preconditions: s.mu is held,
// and the view is used only while it is. It may have been free in between, for the
// code of a driver, which runs for who.
func (s *Space) touch(who *vfs.Caller, va uintptr, p Prot) (*[PageSize]byte, abi.Errno) {
	if va >= addrEnd || va < minAddr {
		return nil, abi.EFAULT
	}
	need := pte(pteV | pteU | pteR)
	if p == ProtWrite {
		need |= pteW
	}
	e := s.entry(va, false)
	if e == nil || *e&need != need {
		var f Fault
		for e, f = s.fault(va, p); f == FaultDriver; e, f = s.fault(va, p) {
			if f = s.supply(who, va, p); f != FaultDone {
				break
			}
		}
		switch f {
		case FaultDone:
		case FaultNoMem:
			return nil, abi.ENOMEM
		default:
			return nil, abi.EFAULT
		}
	}
	if !s.mem.Counted(pteAddr(*e)) {
		return nil, abi.EFAULT
	}
	return s.mem.Page(pteAddr(*e)), 0
}

// CopyIn copies user memory at va to b: all of it, or an error (EFAULT;
// ENOMEM if a page could not be had). Here and below who is the thread that does so, nil
// if that is nobody in particular.
func (s *Space) CopyIn(who *vfs.Caller, va uintptr, b []byte) abi.Errno {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(b) > 0 {
		page, e := s.touch(who, va, ProtRead)
		if e != 0 {
			return e
		}
		n := copy(b, page[va&pageMask:])
		b, va = b[n:], va+uintptr(n)
	}
	return 0
}

// CopyOut copies b to user memory at va.
func (s *Space) CopyOut(who *vfs.Caller, va uintptr, b []byte) abi.Errno {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(b) > 0 {
		page, e := s.touch(who, va, ProtWrite)
		if e != 0 {
			return e
		}
		n := copy(page[va&pageMask:], b)
		b, va = b[n:], va+uintptr(n)
	}
	return 0
}

// Zero clears n bytes of user memory.
func (s *Space) Zero(who *vfs.Caller, va, n uintptr) abi.Errno {
	s.mu.Lock()
	defer s.mu.Unlock()
	for n > 0 {
		page, e := s.touch(who, va, ProtWrite)
		if e != 0 {
			return e
		}
		m := min(n, PageSize-va&pageMask)
		clear(page[va&pageMask:][:m])
		va, n = va+m, n-m
	}
	return 0
}

// CopyInString reads a NUL-terminated string of fewer than max bytes; a longer
// one is ENAMETOOLONG.
func (s *Space) CopyInString(who *vfs.Caller, va uintptr, max int) (string, abi.Errno) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b []byte
	for {
		page, e := s.touch(who, va, ProtRead)
		if e != 0 {
			return "", e
		}
		part := page[va&pageMask:]
		for i, c := range part {
			if c == 0 {
				if len(b)+i >= max {
					return "", abi.ENAMETOOLONG
				}
				return string(append(b, part[:i]...)), 0
			}
		}
		if b = append(b, part...); len(b) >= max {
			return "", abi.ENAMETOOLONG
		}
		va += uintptr(len(part))
	}
}

// CopyInWord reads a 64-bit number.
func (s *Space) CopyInWord(who *vfs.Caller, va uintptr) (uint64, abi.Errno) {
	var b [8]byte
	e := s.CopyIn(who, va, b[:])
	return binary.LittleEndian.Uint64(b[:]), e
}

// CopyOutWord writes a 64-bit number.
func (s *Space) CopyOutWord(who *vfs.Caller, va uintptr, v uint64) abi.Errno {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], v)
	return s.CopyOut(who, va, b[:])
}

// CopyIn32 reads a 32-bit number.
func (s *Space) CopyIn32(who *vfs.Caller, va uintptr) (uint32, abi.Errno) {
	var b [4]byte
	e := s.CopyIn(who, va, b[:])
	return binary.LittleEndian.Uint32(b[:]), e
}

// CopyOut32 writes a 32-bit number.
func (s *Space) CopyOut32(who *vfs.Caller, va uintptr, v uint32) abi.Errno {
	var b [4]byte
	binary.LittleEndian.PutUint32(b[:], v)
	return s.CopyOut(who, va, b[:])
}

// Update32 replaces the 32-bit number at va by f's result, if f says so, as
// one step for everybody who uses the space through the kernel or runs on its
// only hart; it returns the old value.
func (s *Space) Update32(who *vfs.Caller, va uintptr, f func(old uint32) (uint32, bool)) (uint32, abi.Errno) {
	s.mu.Lock()
	defer s.mu.Unlock()
	page, e := s.touch(who, va, ProtWrite)
	if e != 0 {
		return 0, e
	}
	w := page[va&pageMask&^3:][:4]
	old := binary.LittleEndian.Uint32(w)
	if v, ok := f(old); ok {
		binary.LittleEndian.PutUint32(w, v)
	}
	return old, 0
}

// Key identifies the memory at va across address spaces: the page's physical
// address for shared memory, or this space and the address for private memory
// (futex(2)).
func (s *Space) Key(who *vfs.Caller, va uintptr) (space *Space, addr uintptr, e abi.Errno) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.at(va)
	if a == nil {
		return nil, 0, abi.EFAULT
	}
	if !a.shared {
		return s, va, 0
	}
	_, e = s.touch(who, va, ProtRead)
	if e != 0 {
		return nil, 0, e
	}
	return nil, pteAddr(*s.entry(va, false)) | va&pageMask, 0
}
