package vm

import (
	"sync"

	"rv86/kernel/vfs"
)

// The file cache: copies of file pages, shared by every space that maps the
// file and kept when none does, so that the next exec of a program finds its
// text in memory. A change of the file (its generation) makes its copies
// worthless; pages already mapped stay as they were, which POSIX leaves open
// for private mappings.

var (
	cacheMu sync.Mutex
	cache   = map[*vfs.Inode]*filePages{}
)

type filePages struct {
	generation uint64
	pages      []uintptr // by page number; 0 is absent; each holds one reference
}

// cachedPage gives a file's page at off, with a reference for the caller, and
// the cached pages of the file.
func cachedPage(mem Memory, d *vfs.Description, off int64) (uintptr, *filePages, Fault) {
	cacheMu.Lock()
	defer cacheMu.Unlock()
	f := d.File().(vfs.Mappable)
	c, gen := cache[d.Inode()], f.Generation()
	if c != nil && c.generation != gen {
		c.release(mem)
		c = nil
	}
	if c == nil {
		c = &filePages{gen, make([]uintptr, (f.Size()+pageMask)>>pageShift)}
		cache[d.Inode()] = c
	}
	i := off >> pageShift
	if i >= int64(len(c.pages)) {
		return 0, nil, FaultBus
	}
	pa := c.pages[i]
	if pa == 0 {
		if pa = mem.AllocDirty(File); pa == 0 {
			return 0, nil, FaultNoMem
		}
		if e := readPage(mem, d, off, pa); e != 0 {
			mem.Free(pa)
			return 0, nil, FaultBus
		}
		c.pages[i] = pa
	}
	mem.Ref(pa)
	return pa, c, FaultDone
}

// get gives page i with a reference for the caller, if the cache holds it.
func (c *filePages) get(mem Memory, i int64) uintptr {
	if i < 0 || i >= int64(len(c.pages)) || c.pages[i] == 0 {
		return 0
	}
	mem.Ref(c.pages[i])
	return c.pages[i]
}

func (c *filePages) release(mem Memory) {
	for _, pa := range c.pages {
		if pa != 0 {
			mem.Free(pa)
		}
	}
	c.pages = nil
}

// ReclaimCache gives back every cached page that no space maps and counts
// them.
func ReclaimCache(mem Memory) int {
	cacheMu.Lock()
	defer cacheMu.Unlock()
	n := 0
	for in, c := range cache {
		left := 0
		for i, pa := range c.pages {
			switch {
			case pa == 0:
			case mem.Refs(pa) == 1:
				mem.Free(pa)
				c.pages[i] = 0
				n++
			default:
				left++
			}
		}
		if left == 0 {
			delete(cache, in)
		}
	}
	return n
}
