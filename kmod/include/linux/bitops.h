/* bitops.h - bits of words and of arrays of words. */
#ifndef _LINUX_BITOPS_H
#define _LINUX_BITOPS_H

#include <linux/types.h>

#define BITS_PER_BYTE		8
#define BITS_PER_LONG		(8 * __SIZEOF_LONG__)
#define BIT(nr)			(1UL << (nr))
#define BIT_ULL(nr)		(1ULL << (nr))
#define GENMASK(h, l)		((~0UL << (l)) & (~0UL >> (BITS_PER_LONG - 1 - (h))))
#define BIT_MASK(nr)		(1UL << ((nr) % BITS_PER_LONG))
#define BIT_WORD(nr)		((nr) / BITS_PER_LONG)
#define BITS_TO_LONGS(n)	(((n) + BITS_PER_LONG - 1) / BITS_PER_LONG)
#define DECLARE_BITMAP(name, bits) unsigned long name[BITS_TO_LONGS(bits)]

/* Atomic changes are made to the 32-bit word that the bit is in: both machines are
 * little-endian, and so a variable that is only aligned for 32 bits will do.
 */
#define __BIT_WORD32(nr, addr)	((volatile u32 *)(addr) + (nr) / 32)
#define __BIT_MASK32(nr)	((u32)1 << ((nr) % 32))

static inline void set_bit(unsigned int nr, volatile unsigned long *addr)
{
	__atomic_fetch_or(__BIT_WORD32(nr, addr), __BIT_MASK32(nr), __ATOMIC_RELAXED);
}

static inline void clear_bit(unsigned int nr, volatile unsigned long *addr)
{
	__atomic_fetch_and(__BIT_WORD32(nr, addr), ~__BIT_MASK32(nr), __ATOMIC_RELAXED);
}

static inline void change_bit(unsigned int nr, volatile unsigned long *addr)
{
	__atomic_fetch_xor(__BIT_WORD32(nr, addr), __BIT_MASK32(nr), __ATOMIC_RELAXED);
}

static inline bool test_bit(unsigned int nr, const volatile unsigned long *addr)
{
	return addr[BIT_WORD(nr)] & BIT_MASK(nr);
}

static inline bool test_and_set_bit(unsigned int nr, volatile unsigned long *addr)
{
	return __atomic_fetch_or(__BIT_WORD32(nr, addr), __BIT_MASK32(nr), __ATOMIC_SEQ_CST) & __BIT_MASK32(nr);
}

static inline bool test_and_clear_bit(unsigned int nr, volatile unsigned long *addr)
{
	return __atomic_fetch_and(__BIT_WORD32(nr, addr), ~__BIT_MASK32(nr), __ATOMIC_SEQ_CST) & __BIT_MASK32(nr);
}

static inline bool test_and_change_bit(unsigned int nr, volatile unsigned long *addr)
{
	return __atomic_fetch_xor(__BIT_WORD32(nr, addr), __BIT_MASK32(nr), __ATOMIC_SEQ_CST) & __BIT_MASK32(nr);
}

static inline void __set_bit(unsigned int nr, unsigned long *addr) { addr[BIT_WORD(nr)] |= BIT_MASK(nr); }
static inline void __clear_bit(unsigned int nr, unsigned long *addr) { addr[BIT_WORD(nr)] &= ~BIT_MASK(nr); }

/* Number of the lowest set bit; undefined for 0. These loops stand in for the
 * compiler's built-ins, which would call its run-time library.
 */
static inline unsigned long __ffs(unsigned long w)
{
	unsigned long n = 0;

	while (!(w & 1)) {
		w >>= 1;
		n++;
	}
	return n;
}

/* Number of the highest set bit; undefined for 0. */
static inline unsigned long __fls(unsigned long w)
{
	unsigned long n = 0;

	while (w >>= 1)
		n++;
	return n;
}

static inline int ffs(int x) { return x ? (int)__ffs((unsigned int)x) + 1 : 0; }
static inline int fls(unsigned int x) { return x ? (int)__fls(x) + 1 : 0; }

static inline unsigned int hweight_long(unsigned long w)
{
	unsigned int n = 0;

	for (; w; w &= w - 1)
		n++;
	return n;
}
#define hweight8(w)	hweight_long((u8)(w))
#define hweight16(w)	hweight_long((u16)(w))
#define hweight32(w)	hweight_long((u32)(w))

static inline unsigned long find_next_bit(const unsigned long *addr, unsigned long size, unsigned long from)
{
	for (; from < size; from++)
		if (test_bit(from, addr))
			return from;
	return size;
}

static inline unsigned long find_next_zero_bit(const unsigned long *addr, unsigned long size, unsigned long from)
{
	for (; from < size; from++)
		if (!test_bit(from, addr))
			return from;
	return size;
}

#define find_first_bit(addr, size)	find_next_bit(addr, size, 0)
#define find_first_zero_bit(addr, size)	find_next_zero_bit(addr, size, 0)
#define for_each_set_bit(bit, addr, size) \
	for ((bit) = find_first_bit(addr, size); (bit) < (size); (bit) = find_next_bit(addr, size, (bit) + 1))

static inline u32 rol32(u32 w, unsigned int n) { return (w << (n & 31)) | (w >> (-n & 31)); }
static inline u32 ror32(u32 w, unsigned int n) { return (w >> (n & 31)) | (w << (-n & 31)); }

#endif
