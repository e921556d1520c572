package vm

import (
	"sort"

	"rv86/kernel/abi"
	"rv86/kernel/vfs"
)

// Prot is a protection, with PROT_*'s values.
type Prot uint8

const (
	ProtRead  Prot = abi.PROT_READ
	ProtWrite Prot = abi.PROT_WRITE
	ProtExec  Prot = abi.PROT_EXEC
)

// area is a range of addresses whose pages come from one source.
type area struct {
	lo, hi uintptr
	prot   Prot
	shared bool // MAP_SHARED: fork shares the pages for writing, too
	grows  bool // the stack: a fault below extends it
	name   string

	file   *vfs.Description // nil: zeroes
	off    int64            // of lo, in the file or in object
	object *object          // pages of a shared anonymous mapping
	region *region          // the driver that supplies file's pages
}

// object is the memory behind a shared anonymous mapping. Guarded by the
// package's cache lock, since several spaces use it.
type object struct {
	refs  int
	pages map[int64]uintptr // by page number
}

// clone makes an area of space s that shares a's source.
func (a *area) clone(s *Space) *area {
	b := *a
	if b.file != nil {
		b.file.Get()
	}
	if b.region != nil {
		b.region = a.region.clone(s)
	}
	if b.object != nil {
		cacheMu.Lock()
		b.object.refs++
		cacheMu.Unlock()
	}
	return &b
}

// drop gives the claim of an area of s on its source back.
func (s *Space) drop(a *area) {
	if a.region != nil { // the file goes when the driver was told
		s.release(a.region)
		return
	}
	if a.file != nil {
		a.file.Put()
	}
	if a.object == nil {
		return
	}
	cacheMu.Lock()
	a.object.refs--
	if a.object.refs == 0 {
		for _, pa := range a.object.pages {
			s.mem.Free(pa)
		}
		a.object.pages = nil
	}
	cacheMu.Unlock()
}

// find gives the index of the first area that ends above va.
func (s *Space) find(va uintptr) int {
	return sort.Search(len(s.areas), func(i int) bool { return s.areas[i].hi > va })
}

// at gives the area that contains va, or nil.
func (s *Space) at(va uintptr) *area {
	if a := s.last; a != nil && va >= a.lo && va < a.hi {
		return a
	}
	i := s.find(va)
	if i == len(s.areas) || s.areas[i].lo > va {
		return nil
	}
	s.last = s.areas[i]
	return s.last
}

// split makes va an area border, if it lies inside one. For drivers the part below is the
// new one, or that above (Linux mm/mmap.c, __split_vma).
func (s *Space) split(va uintptr, below bool) {
	i := s.find(va)
	if i == len(s.areas) || s.areas[i].lo >= va {
		return
	}
	a := s.areas[i]
	b := a.clone(s)
	b.lo, b.off = va, a.off+int64(va-a.lo)
	b.grows = false
	a.hi = va
	if below {
		a.region, b.region = b.region, a.region
	}
	a.placed()
	b.placed()
	s.insertAt(i+1, b)
}

func (s *Space) insertAt(i int, a *area) {
	s.areas = append(s.areas, nil)
	copy(s.areas[i+1:], s.areas[i:])
	s.areas[i] = a
}

// insert adds an area and joins it with its neighbours where they are alike.
// Preconditions: nothing is mapped in its range.
func (s *Space) insert(a *area) {
	i := s.find(a.lo)
	s.insertAt(i, a)
	s.join(i + 1)
	s.join(i)
}

// join merges areas i-1 and i if they are one mapping.
func (s *Space) join(i int) {
	if i <= 0 || i >= len(s.areas) {
		return
	}
	a, b := s.areas[i-1], s.areas[i]
	if a.hi != b.lo || a.prot != b.prot || a.shared != b.shared || a.name != b.name || a.grows || b.grows ||
		a.file != b.file || a.object != b.object || a.region != b.region {
		return
	}
	if (a.file != nil || a.object != nil) && a.off+int64(a.hi-a.lo) != b.off {
		return
	}
	a.hi = b.hi
	s.drop(b)
	s.areas = append(s.areas[:i], s.areas[i+1:]...)
	s.last = nil
}

// usable tells whether [lo, hi) may hold user mappings.
func usable(lo, hi uintptr) bool {
	return lo >= minAddr && lo < hi && hi <= addrEnd && (hi <= holeStart || lo >= holeEnd)
}

// gap finds n free bytes below limit, as high as possible; 0 if there are none.
func (s *Space) gap(n, limit uintptr) uintptr {
	hi := limit
	for i := s.find(limit - 1); ; i-- {
		if i < len(s.areas) && i >= 0 {
			if a := s.areas[i]; a.hi <= hi && hi-a.hi >= n {
				return hi - n
			} else if a.lo < hi {
				hi = a.lo
			}
		}
		if i < 0 {
			break
		}
		if hi < holeEnd+n {
			return 0
		}
	}
	if hi >= holeEnd+n {
		return hi - n
	}
	return 0
}

// free tells whether nothing is mapped in [lo, hi).
func (s *Space) free(lo, hi uintptr) bool {
	i := s.find(lo)
	return i == len(s.areas) || s.areas[i].lo >= hi
}
