package kapi

import "math/bits"

// Memory (Linux mm/slab_common.c). gfp flags only tell cleared memory from
// uncleared; every caller may sleep.
var slabFuncs = []Func{
	{Name: "kmalloc", Proto: "void *kmalloc(size_t size, gfp_t flags)", Call: func(c *Call) uint64 { return c.kmalloc(c.Ulong(), c.Uint()) }},
	{Name: "kzalloc", Proto: "void *kzalloc(size_t size, gfp_t flags)", Call: func(c *Call) uint64 { return c.kmalloc(c.Ulong(), gfpZero) }},
	{Name: "kcalloc", Proto: "void *kcalloc(size_t n, size_t size, gfp_t flags)", Call: func(c *Call) uint64 { return c.kmallocArray(gfpZero) }},
	{Name: "kmalloc_array", Proto: "void *kmalloc_array(size_t n, size_t size, gfp_t flags)", Call: func(c *Call) uint64 { return c.kmallocArray(0) }},
	{Name: "krealloc", Proto: "void *krealloc(const void *p, size_t size, gfp_t flags)", Call: krealloc},
	{Name: "kfree", Proto: "void kfree(const void *p)", Call: func(c *Call) uint64 { c.kfree(c.Ptr()); return 0 }},
	{Name: "kfree_sensitive", Proto: "void kfree_sensitive(const void *p)", Call: func(c *Call) uint64 {
		p := c.Ptr()
		if n := c.SizeOf(p); n > 0 {
			clear(c.Slice(p, n))
		}
		c.kfree(p)
		return 0
	}},
	{Name: "ksize", Proto: "size_t ksize(const void *p)", Call: func(c *Call) uint64 { return c.SizeOf(c.Ptr()) }},
	{Name: "kstrdup", Proto: "char *kstrdup(const char *s, gfp_t gfp)", Call: func(c *Call) uint64 {
		p := c.Ptr()
		if p == 0 {
			return 0
		}
		return c.dup(c.str(p))
	}},
	{Name: "kstrndup", Proto: "char *kstrndup(const char *s, size_t n, gfp_t gfp)", Call: func(c *Call) uint64 {
		p := c.Ptr()
		if p == 0 {
			return 0
		}
		return c.dup(c.strn(p, c.Ulong()))
	}},
	{Name: "kmemdup", Proto: "void *kmemdup(const void *src, size_t n, gfp_t gfp)", Call: func(c *Call) uint64 {
		src, n := c.Ptr(), c.Ulong()
		p := c.kmalloc(n, 0)
		if p != 0 && p != zeroSizePtr {
			copy(c.Slice(p, n), c.Slice(src, n))
		}
		return p
	}},
}

const (
	gfpZero = 0x100
	// zeroSizePtr is what an allocation of no bytes gives: not NULL, and any
	// use of it faults (ZERO_SIZE_PTR).
	zeroSizePtr = 16
	// sizeMax is the largest allocation (KMALLOC_MAX_SIZE).
	sizeMax = 4 << 20
)

func (c *Call) kmalloc(size uint64, flags uint32) uint64 {
	if size == 0 {
		return zeroSizePtr
	}
	if size > sizeMax {
		return 0
	}
	p := c.Alloc(size)
	if p != 0 && flags&gfpZero != 0 {
		clear(c.Slice(p, size))
	}
	return p
}

// kmallocArray checks the product, which is the function's whole point.
func (c *Call) kmallocArray(more uint32) uint64 {
	n, size, flags := c.Ulong(), c.Ulong(), c.Uint()
	hi, lo := bits.Mul64(n, size)
	if hi != 0 {
		return 0
	}
	return c.kmalloc(lo, flags|more)
}

func (c *Call) kfree(p uint64) {
	if p > zeroSizePtr {
		c.Free(p)
	}
}

func krealloc(c *Call) uint64 {
	p, size, flags := c.Ptr(), c.Ulong(), c.Uint()
	if size == 0 {
		c.kfree(p)
		return zeroSizePtr
	}
	if p <= zeroSizePtr {
		return c.kmalloc(size, flags)
	}
	old := c.SizeOf(p)
	if old >= size {
		return p
	}
	q := c.kmalloc(size, flags)
	if q != 0 {
		copy(c.Slice(q, old), c.Slice(p, old))
		c.kfree(p)
	}
	return q
}
