package uaccess

import (
	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cstruct"
	"rv86/kmod/kapi"
)

// memory is a call's memory as package cstruct wants it.
type memory struct{ *kapi.Call }

func (m memory) WordSize() int { return m.Word }

// Exports are the functions.
func Exports() []kapi.Func {
	return []kapi.Func{
		{Name: "copy_to_user", Proto: "unsigned long copy_to_user(void *to, const void *from, unsigned long n)", Call: func(c *kapi.Call) uint64 {
			return Out(c, c.Ptr(), c.Ptr(), c.Ulong())
		}},
		{Name: "copy_from_user", Proto: "unsigned long copy_from_user(void *to, const void *from, unsigned long n)", Call: copyFromUser},
		{Name: "clear_user", Proto: "unsigned long clear_user(void *to, unsigned long n)", Call: func(c *kapi.Call) uint64 {
			return zeros(c, c.Ptr(), c.Ulong())
		}},
		{Name: "access_ok", Proto: "bool access_ok(const void *addr, unsigned long size)", Call: func(c *kapi.Call) uint64 {
			if accessOK(c, c.Ptr(), c.Ulong()) {
				return 1
			}
			return 0
		}},
		{Name: "strncpy_from_user", Proto: "long strncpy_from_user(char *dst, const char *src, long count)", Call: strncpyFromUser},
		{Name: "strnlen_user", Proto: "long strnlen_user(const char *str, long n)", Call: func(c *kapi.Call) uint64 {
			s, whole, e := Str(c, c.Ptr(), c.Ulong())
			switch {
			case e != 0:
				return 0
			case whole:
				return uint64(len(s)) + 1
			}
			return uint64(len(s)) + 1 // longer than n
		}},
		{Name: "memdup_user", Proto: "void *memdup_user(const void *src, size_t len)", Call: func(c *kapi.Call) uint64 {
			return memdup(c, 0)
		}},
		{Name: "vmemdup_user", Proto: "void *vmemdup_user(const void *src, size_t len)", Call: func(c *kapi.Call) uint64 {
			return memdup(c, 0)
		}},
		{Name: "memdup_user_nul", Proto: "void *memdup_user_nul(const void *src, size_t len)", Call: func(c *kapi.Call) uint64 {
			return memdup(c, 1)
		}},
		{Name: "strndup_user", Proto: "char *strndup_user(const char *s, long n)", Call: strndupUser},
		{Name: "copy_struct_from_user", Proto: "int copy_struct_from_user(void *dst, size_t ksize, const void *src, size_t usize)", Call: copyStruct},
		{Name: "simple_read_from_buffer", Proto: "ssize_t simple_read_from_buffer(void *to, size_t count, loff_t *ppos, const void *from, size_t available)", Call: readFromBuffer},
		{Name: "simple_write_to_buffer", Proto: "ssize_t simple_write_to_buffer(void *to, size_t available, loff_t *ppos, const void *from, size_t count)", Call: writeToBuffer},
		{Name: "memory_read_from_buffer", Proto: "ssize_t memory_read_from_buffer(void *to, size_t count, loff_t *ppos, const void *from, size_t available)", Call: memoryRead},
	}
}

// copyFromUser clears what could not be copied, so that nobody mistakes what
// was there before for the program's.
func copyFromUser(c *kapi.Call) uint64 {
	dst, src, n := c.Ptr(), c.Ptr(), c.Ulong()
	if n > intMax {
		return n // a negative length: nothing is touched (check_copy_size)
	}
	left := In(c, dst, src, n)
	clear(c.Slice(dst+n-left, left))
	return left
}

const intMax = 1<<31 - 1

func strncpyFromUser(c *kapi.Call) uint64 {
	dst, src, n := c.Ptr(), c.Ptr(), c.Long()
	if n <= 0 {
		return 0
	}
	s, whole, e := Str(c, src, uint64(n))
	if e != 0 {
		return lkm.Fail(e)
	}
	copy(c.Slice(dst, uint64(len(s))), s)
	if whole {
		c.Slice(dst+uint64(len(s)), 1)[0] = 0
	}
	return uint64(len(s))
}

// sizeMax is the largest block (KMALLOC_MAX_SIZE).
const sizeMax = 4 << 20

// block allocates a copy of n bytes; nul more bytes of zero follow.
func block(c *kapi.Call, n, nul uint64) uint64 {
	if n > sizeMax {
		return 0
	}
	return c.Alloc(max(n+nul, 1))
}

func memdup(c *kapi.Call, nul uint64) uint64 {
	src, n := c.Ptr(), c.Ulong()
	p := block(c, n, nul)
	if p == 0 {
		return lkm.Fail(abi.ENOMEM)
	}
	if In(c, p, src, n) != 0 {
		c.Free(p)
		return lkm.Fail(abi.EFAULT)
	}
	clear(c.Slice(p+n, nul))
	return p
}

func strndupUser(c *kapi.Call) uint64 {
	src, n := c.Ptr(), c.Ulong()
	s, whole, e := Str(c, src, min(n, sizeMax))
	switch {
	case e != 0:
		return lkm.Fail(e)
	case !whole:
		return lkm.Fail(abi.EINVAL)
	}
	p := block(c, uint64(len(s)), 1)
	if p == 0 {
		return lkm.Fail(abi.ENOMEM)
	}
	cstruct.PutString(memory{c}, p, string(s))
	return p
}

// copyStruct copies a structure that may be older or newer than the kernel's:
// what it lacks is zero, and what it has too much must be.
func copyStruct(c *kapi.Call) uint64 {
	dst, ksize, src, usize := c.Ptr(), c.Ulong(), c.Ptr(), c.Ulong()
	size := min(ksize, usize)
	if usize > ksize {
		rest := block(c, usize-ksize, 0)
		if rest == 0 {
			return lkm.Fail(abi.E2BIG)
		}
		defer c.Free(rest)
		if In(c, rest, src+size, usize-ksize) != 0 {
			return lkm.Fail(abi.EFAULT)
		}
		for _, b := range c.Slice(rest, usize-ksize) {
			if b != 0 {
				return lkm.Fail(abi.E2BIG)
			}
		}
	}
	clear(c.Slice(dst+size, ksize-size))
	if In(c, dst, src, size) != 0 {
		return lkm.Fail(abi.EFAULT)
	}
	return 0
}

// offset is the loff_t at an address.
func offset(c *kapi.Call, at uint64) int64 { return int64(cstruct.Get(memory{c}, at, 8)) }

func setOffset(c *kapi.Call, at uint64, off int64) {
	cstruct.Put(memory{c}, at, 8, uint64(off))
}

// through copies count bytes of a buffer, from *ppos on and at most what is there,
// and moves *ppos; copy leaves some if memory is not there.
func through(c *kapi.Call, ppos, available, count uint64, copy func(pos, n uint64) (left uint64)) uint64 {
	pos := offset(c, ppos)
	if pos < 0 {
		return lkm.Fail(abi.EINVAL)
	}
	if uint64(pos) >= available || count == 0 {
		return 0
	}
	count = min(count, available-uint64(pos))
	left := copy(uint64(pos), count)
	if left == count {
		return lkm.Fail(abi.EFAULT)
	}
	setOffset(c, ppos, pos+int64(count-left))
	return count - left
}

func readFromBuffer(c *kapi.Call) uint64 {
	to, count, ppos, from, available := c.Ptr(), c.Ulong(), c.Ptr(), c.Ptr(), c.Ulong()
	return through(c, ppos, available, count, func(pos, n uint64) uint64 { return Out(c, to, from+pos, n) })
}

func writeToBuffer(c *kapi.Call) uint64 {
	to, available, ppos, from, count := c.Ptr(), c.Ulong(), c.Ptr(), c.Ptr(), c.Ulong()
	return through(c, ppos, available, count, func(pos, n uint64) uint64 { return In(c, to+pos, from, n) })
}

func memoryRead(c *kapi.Call) uint64 {
	to, count, ppos, from, available := c.Ptr(), c.Ulong(), c.Ptr(), c.Ptr(), c.Ulong()
	return through(c, ppos, available, count, func(pos, n uint64) uint64 {
		copy(c.Slice(to, n), c.Slice(from+pos, n))
		return 0
	})
}
