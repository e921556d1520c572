/* bitmap.h - sets of small numbers. */
#ifndef _LINUX_BITMAP_H
#define _LINUX_BITMAP_H

#include <linux/bitops.h>
#include <linux/slab.h>
#include <linux/string.h>

#define BITMAP_LAST_WORD_MASK(nbits)	(~0UL >> (-(nbits) & (BITS_PER_LONG - 1)))

static inline unsigned long *bitmap_alloc(unsigned int nbits, gfp_t flags)
{
	return kmalloc_array(BITS_TO_LONGS(nbits), sizeof(long), flags);
}
static inline unsigned long *bitmap_zalloc(unsigned int nbits, gfp_t flags)
{
	return kcalloc(BITS_TO_LONGS(nbits), sizeof(long), flags);
}
static inline void bitmap_free(const unsigned long *bitmap) { kfree(bitmap); }
static inline void bitmap_zero(unsigned long *dst, unsigned int nbits) { memset(dst, 0, BITS_TO_LONGS(nbits) * sizeof(long)); }
static inline void bitmap_fill(unsigned long *dst, unsigned int nbits) { memset(dst, 0xff, BITS_TO_LONGS(nbits) * sizeof(long)); }
static inline void bitmap_copy(unsigned long *dst, const unsigned long *src, unsigned int nbits)
{
	memcpy(dst, src, BITS_TO_LONGS(nbits) * sizeof(long));
}
static inline void bitmap_set(unsigned long *map, unsigned int start, unsigned int n)
{
	while (n--)
		__set_bit(start++, map);
}
static inline void bitmap_clear(unsigned long *map, unsigned int start, unsigned int n)
{
	while (n--)
		__clear_bit(start++, map);
}
static inline unsigned int bitmap_weight(const unsigned long *src, unsigned int nbits)
{
	unsigned int i, n = 0;

	for (i = 0; i < nbits; i++)
		n += test_bit(i, src);
	return n;
}
static inline bool bitmap_empty(const unsigned long *src, unsigned int nbits) { return find_first_bit(src, nbits) == nbits; }
static inline bool bitmap_full(const unsigned long *src, unsigned int nbits) { return find_first_zero_bit(src, nbits) == nbits; }
#define __BITMAP_OP(name, expr)								\
static inline void bitmap_##name(unsigned long *dst, const unsigned long *a, const unsigned long *b, unsigned int nbits)	\
{											\
	unsigned int i;									\
											\
	for (i = 0; i < BITS_TO_LONGS(nbits); i++)					\
		dst[i] = expr;								\
}
__BITMAP_OP(and, a[i] & b[i])
__BITMAP_OP(or, a[i] | b[i])
__BITMAP_OP(xor, a[i] ^ b[i])
__BITMAP_OP(andnot, a[i] & ~b[i])
static inline bool bitmap_equal(const unsigned long *a, const unsigned long *b, unsigned int nbits)
{
	unsigned int i;

	for (i = 0; i < nbits; i++)
		if (test_bit(i, a) != test_bit(i, b))
			return false;
	return true;
}

#endif
