// Package mem is memory beyond kmalloc: object caches, vmalloc and pages (Linux
// mm/slab_common.c, vmalloc.c; linux/slab.h, vmalloc.h, gfp.h).
//
// A cache knows its objects: destroying one that still has any is reported with
// their addresses, and so is freeing what is not the cache's.
package mem

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"
	"sync"

	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cstruct"
	"rv86/kmod/kapi"
)

const (
	pageSize  = 4096
	cacheLine = 64
	taintWarn = 9 // TAINT_WARN

	gfpZero      = 0x100
	flagHWAlign  = 0x2000    // SLAB_HWCACHE_ALIGN
	flagPanic    = 0x40000   // SLAB_PANIC
	vmallocLimit = 256 << 20 // larger requests are mistakes
)

// Layout is struct kmem_cache: what C code can see of one.
func Layout(word int) *cstruct.Layout {
	return cstruct.Of(word, "kmem_cache", "u32 object_size", "u32 align", "ptr name")
}

// cache is an object cache.
type cache struct {
	addr    uint64
	name    string
	size    uint64 // of an object, as asked for
	block   uint64 // as allocated
	ctor    uint64
	objects map[uint64]bool
}

// Mem has the rows.
type Mem struct {
	core lkm.Core
	// Frames is physical memory; set before C code runs.
	Frames Frames

	mu     sync.Mutex
	caches map[uint64]*cache
	order  []*cache          // by creation
	frames map[uint64]*frame // by number
	doomed []uint64          // physical addresses
}

// New makes them for a core.
func New(core lkm.Core) *Mem {
	return &Mem{core: core, caches: map[uint64]*cache{}, frames: map[uint64]*frame{}}
}

// block is the size to allocate so that a block of the heap has the alignment:
// blocks of 16 << n bytes, up to 512, lie at multiples of their size.
func block(size, align uint64) uint64 {
	const largestAligned, half = 512, 2048
	switch n := max(size, align, 16); {
	case align <= 16:
		return max(size, 1)
	case n <= largestAligned:
		return 1 << bits.Len64(n-1)
	case n <= half:
		return half
	default:
		return max(n, half+1) // whole pages
	}
}

// create is kmem_cache_create.
func (m *Mem) create(c *kapi.Call, name string, nameAt, size, align uint64, flags uint32, ctor uint64) uint64 {
	if flags&flagHWAlign != 0 {
		align = max(align, min(cacheLine, uint64(1)<<bits.Len64(max(size, 1)-1)))
	}
	const biggest = 4 << 20
	if size == 0 || size > biggest || align&(align-1) != 0 || align > pageSize {
		return 0
	}
	l := Layout(m.core.WordSize())
	addr := c.Alloc(l.Size)
	if addr == 0 {
		if flags&flagPanic != 0 {
			c.Panic("kmem_cache_create: no memory for " + name)
		}
		return 0
	}
	cstruct.SetU32(m.core, addr, uint32(size))
	cstruct.SetU32(m.core, addr+l.At("align"), uint32(align))
	cstruct.SetWord(m.core, addr+l.At("name"), nameAt)
	k := &cache{addr: addr, name: name, size: size, block: block(size, align), ctor: ctor, objects: map[uint64]bool{}}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.caches[addr] = k
	m.order = append(m.order, k)
	return addr
}

// find gives the cache at an address; a wrong one is reported.
func (m *Mem) find(c *kapi.Call, at string, addr uint64) *cache {
	m.mu.Lock()
	k := m.caches[addr]
	m.mu.Unlock()
	if k == nil {
		cstruct.U32(m.core, addr) // faults where nothing is, as in C
		c.Warn(at, at+": no cache is at this address, or it was destroyed\n", taintWarn)
	}
	return k
}

func (m *Mem) alloc(c *kapi.Call, k *cache, flags uint32) uint64 {
	p := c.Alloc(k.block)
	if p == 0 {
		return 0
	}
	if flags&gfpZero != 0 {
		clear(m.core.Slice(p, k.size))
	}
	m.mu.Lock()
	k.objects[p] = true
	m.mu.Unlock()
	if k.ctor != 0 {
		if _, ok := m.core.Run(lkm.From(c), k.ctor, p); !ok {
			c.Died = kapi.FaultInside
		}
	}
	return p
}

func (m *Mem) free(c *kapi.Call, k *cache, p uint64) {
	if p == 0 {
		return
	}
	m.mu.Lock()
	mine := k.objects[p]
	delete(k.objects, p)
	m.mu.Unlock()
	if !mine {
		c.Warn("kmem_cache_free", fmt.Sprintf("kmem_cache_free(%s): %#x is no object of the cache, or free already\n", k.name, p), taintWarn)
		return
	}
	m.core.Free(p)
}

// destroy is kmem_cache_destroy. A cache with objects stays, as on Linux.
func (m *Mem) destroy(c *kapi.Call, k *cache) {
	m.mu.Lock()
	var left []uint64
	for p := range k.objects {
		left = append(left, p)
	}
	if len(left) == 0 {
		delete(m.caches, k.addr)
		m.order = slices.DeleteFunc(m.order, func(o *cache) bool { return o == k })
	}
	m.mu.Unlock()
	if len(left) == 0 {
		m.core.Free(k.addr)
		return
	}
	slices.Sort(left)
	c.Log(fmt.Sprintf("\x013BUG %s: Objects remaining in %s on __kmem_cache_shutdown()\n", k.name, k.name))
	for _, p := range left {
		c.Log(fmt.Sprintf("\x013Object 0x%0*x size %d\n", 2*m.core.WordSize(), p, k.size))
	}
	c.Warn("kmem_cache_destroy", fmt.Sprintf("kmem_cache_destroy %s: Slab cache still has objects when called\n", k.name), taintWarn)
}

// Text is /proc/slabinfo (slabinfo(5)), of the caches modules made.
func (m *Mem) Text() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var b strings.Builder
	b.WriteString("slabinfo - version: 2.1\n# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab>\n")
	for _, k := range m.order {
		fmt.Fprintf(&b, "%-17s %6d %6d %6d %4d %4d\n", k.name, len(k.objects), len(k.objects), k.size,
			max(pageSize/k.block, 1), (k.block+pageSize-1)/pageSize)
	}
	return b.String()
}

func pages(n uint64) uint64 { return (n + pageSize - 1) &^ (pageSize - 1) }

// vmalloc gives whole pages.
func (m *Mem) vmalloc(c *kapi.Call, size uint64) uint64 {
	if size == 0 || size > vmallocLimit {
		return 0
	}
	p := c.Alloc(pages(size))
	if p != 0 {
		clear(m.core.Slice(p, pages(size)))
	}
	return p
}

func (m *Mem) vfree(p uint64) uint64 {
	if p != 0 {
		m.core.Free(p)
	}
	return 0
}

// maxOrder bounds __get_free_pages (MAX_ORDER).
const maxOrder = 10

// Exports are the rows of the package.
func (m *Mem) Exports() []kapi.Func {
	vm := func(name string) kapi.Func {
		return kapi.Func{Name: name, Proto: "void *" + name + "(unsigned long size)", Call: func(c *kapi.Call) uint64 { return m.vmalloc(c, c.Ulong()) }}
	}
	kv := func(name, proto string, size func(c *kapi.Call) uint64) kapi.Func {
		return kapi.Func{Name: name, Proto: proto, Call: func(c *kapi.Call) uint64 {
			n := size(c)
			if flags := c.Uint(); n > 0 && n <= pageSize/2 {
				p := c.Alloc(n)
				if p != 0 && flags&gfpZero != 0 {
					clear(m.core.Slice(p, n))
				}
				return p
			}
			return m.vmalloc(c, n)
		}}
	}
	return append(m.frameRows(), []kapi.Func{
		{Name: "kmem_cache_create", Proto: "struct kmem_cache *kmem_cache_create(const char *name, unsigned int size, unsigned int align, unsigned int flags, void (*ctor)(void *))", Call: func(c *kapi.Call) uint64 {
			nameAt, size, align, flags, ctor := c.Ptr(), c.Uint(), c.Uint(), c.Uint(), c.Ptr()
			return m.create(c, c.Str(nameAt), nameAt, uint64(size), uint64(align), flags, ctor)
		}},
		{Name: "kmem_cache_destroy", Proto: "void kmem_cache_destroy(struct kmem_cache *s)", Call: func(c *kapi.Call) uint64 {
			p := c.Ptr()
			if p == 0 {
				return 0
			}
			if k := m.find(c, "kmem_cache_destroy", p); k != nil {
				m.destroy(c, k)
			}
			return 0
		}},
		{Name: "kmem_cache_alloc", Proto: "void *kmem_cache_alloc(struct kmem_cache *s, gfp_t flags)", Call: func(c *kapi.Call) uint64 {
			k := m.find(c, "kmem_cache_alloc", c.Ptr())
			if k == nil {
				return 0
			}
			return m.alloc(c, k, c.Uint())
		}},
		{Name: "kmem_cache_free", Proto: "void kmem_cache_free(struct kmem_cache *s, void *x)", Call: func(c *kapi.Call) uint64 {
			if k := m.find(c, "kmem_cache_free", c.Ptr()); k != nil {
				m.free(c, k, c.Ptr())
			}
			return 0
		}},
		vm("vmalloc"), vm("vzalloc"), vm("vmalloc_user"),
		{Name: "vfree", Proto: "void vfree(const void *addr)", Call: func(c *kapi.Call) uint64 { return m.vfree(c.Ptr()) }},
		kv("kvmalloc", "void *kvmalloc(size_t size, gfp_t flags)", func(c *kapi.Call) uint64 { return c.Ulong() }),
		kv("kvzalloc", "void *kvzalloc(size_t size, gfp_t flags)", func(c *kapi.Call) uint64 { return c.Ulong() }),
		kv("kvmalloc_array", "void *kvmalloc_array(size_t n, size_t size, gfp_t flags)", func(c *kapi.Call) uint64 {
			hi, lo := bits.Mul64(c.Ulong(), c.Ulong())
			if hi != 0 {
				return 0
			}
			return lo
		}),
		{Name: "kvfree", Proto: "void kvfree(const void *addr)", Call: func(c *kapi.Call) uint64 { return m.vfree(c.Ptr()) }},
		{Name: "__get_free_pages", Proto: "unsigned long __get_free_pages(gfp_t gfp_mask, unsigned int order)", Call: func(c *kapi.Call) uint64 {
			c.Uint()
			switch order := c.Uint(); {
			case order == 0:
				return m.allocPage(c)
			case order <= maxOrder:
				return m.vmalloc(c, pageSize<<order)
			}
			return 0
		}},
		{Name: "alloc_pages_exact", Proto: "void *alloc_pages_exact(size_t size, gfp_t gfp_mask)", Call: func(c *kapi.Call) uint64 {
			if size := c.Ulong(); size <= pageSize<<maxOrder {
				return m.vmalloc(c, size)
			}
			return 0
		}},
		{Name: "free_pages_exact", Proto: "void free_pages_exact(void *virt, size_t size)", Call: func(c *kapi.Call) uint64 { return m.vfree(c.Ptr()) }},
		{Name: "free_pages", Proto: "void free_pages(unsigned long addr, unsigned int order)", Call: func(c *kapi.Call) uint64 {
			m.freePages(c.Ptr())
			return 0
		}},
	}...)
}
