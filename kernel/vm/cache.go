package vm

import (
	"sync"

	"rv86/kernel/vfs"
)

// The file cache: copies of file pages, shared by every space that maps the
// file and kept when none does, so that the next exec of a program finds its
// text in memory. A change of the file (its generation) makes its copies
// worthless; pages already mapped stay as they were, which POSIX leaves open
// for private mappings. When the file itself goes, so do its copies.
//
// A page of the initial file system that lies on a page of memory is no copy: that
// page itself is mapped.

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
		in := d.Inode()
		cache[in] = c
		in.OnFree(func() { forget(mem, in) })
	}
	i := off >> pageShift
	if i >= int64(len(c.pages)) {
		return 0, nil, FaultBus
	}
	pa := c.page(mem, f, i)
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

// page gives page i of the file f, if it is in memory. Preconditions: cacheMu is
// held, and there is such a page.
func (c *filePages) page(mem Memory, f vfs.Mappable, i int64) uintptr {
	if c.pages[i] == 0 {
		if b := f.InPlace(i << pageShift); b != nil {
			c.pages[i] = mem.Lend(b)
		}
	}
	return c.pages[i]
}

// get is page with a reference for the caller, for any i.
func (c *filePages) get(mem Memory, f vfs.Mappable, i int64) uintptr {
	if i < 0 || i >= int64(len(c.pages)) {
		return 0
	}
	pa := c.page(mem, f, i)
	if pa != 0 {
		mem.Ref(pa)
	}
	return pa
}

// forget drops the copies of a file that is gone. It is called with the file's lock
// held, for which nobody who holds cacheMu can wait: he has a file open.
func forget(mem Memory, in *vfs.Inode) {
	cacheMu.Lock()
	defer cacheMu.Unlock()
	if c := cache[in]; c != nil {
		c.release(mem)
		delete(cache, in)
	}
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
