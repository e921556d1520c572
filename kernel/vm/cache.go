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
	pages      map[int64]uintptr // by page number; each holds one reference
}

// cachedPage gives a file's page at off, with a reference for the caller.
func cachedPage(mem Memory, d *vfs.Description, off int64) (uintptr, Fault) {
	cacheMu.Lock()
	defer cacheMu.Unlock()
	gen := d.File().(vfs.Mappable).Generation()
	c := cache[d.Inode()]
	if c != nil && c.generation != gen {
		c.release(mem)
		c = nil
	}
	if c == nil {
		c = &filePages{gen, map[int64]uintptr{}}
		cache[d.Inode()] = c
	}
	pa := c.pages[off>>pageShift]
	if pa == 0 {
		if pa = mem.AllocDirty(); pa == 0 {
			return 0, FaultNoMem
		}
		if e := readPage(d, off, mem.Page(pa)); e != 0 {
			mem.Free(pa)
			return 0, FaultBus
		}
		c.pages[off>>pageShift] = pa
	}
	mem.Ref(pa)
	return pa, FaultDone
}

func (c *filePages) release(mem Memory) {
	for _, pa := range c.pages {
		mem.Free(pa)
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
		for i, pa := range c.pages {
			if mem.Refs(pa) == 1 {
				mem.Free(pa)
				delete(c.pages, i)
				n++
			}
		}
		if len(c.pages) == 0 {
			delete(cache, in)
		}
	}
	return n
}

// CachedPages counts the pages the cache holds, for /proc/meminfo.
func CachedPages() int {
	cacheMu.Lock()
	defer cacheMu.Unlock()
	n := 0
	for _, c := range cache {
		n += len(c.pages)
	}
	return n
}
