/* minmax.h - each argument is evaluated once, and both must have one type. */
#ifndef _LINUX_MINMAX_H
#define _LINUX_MINMAX_H

#define __careful_cmp(x, y, op)						\
	({								\
		__typeof__(x) __x = (x);				\
		__typeof__(y) __y = (y);				\
		(void)(&__x == &__y);	/* warns if the types differ */	\
		__x op __y ? __x : __y;					\
	})
#define min(x, y)		__careful_cmp(x, y, <)
#define max(x, y)		__careful_cmp(x, y, >)
#define min_t(type, x, y)	__careful_cmp((type)(x), (type)(y), <)
#define max_t(type, x, y)	__careful_cmp((type)(x), (type)(y), >)
#define min3(x, y, z)		min((__typeof__(x))min(x, y), z)
#define max3(x, y, z)		max((__typeof__(x))max(x, y), z)
#define clamp(v, lo, hi)	min((__typeof__(v))max(v, lo), hi)
#define clamp_t(type, v, lo, hi) min_t(type, max_t(type, v, lo), hi)
#define swap(a, b)		do { __typeof__(a) __t = (a); (a) = (b); (b) = __t; } while (0)

#endif
