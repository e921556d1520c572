/* math64.h - division of 64-bit numbers, which on i386 the compiler cannot do. */
#ifndef _LINUX_MATH64_H
#define _LINUX_MATH64_H

#include <linux/types.h>

#if __SIZEOF_LONG__ == 8
static inline u64 div64_u64_rem(u64 n, u64 d, u64 *rem) { *rem = n % d; return n / d; }
#else
u64 div64_u64_rem(u64 n, u64 d, u64 *rem);
#endif

static inline u64 div64_u64(u64 n, u64 d) { u64 r; return div64_u64_rem(n, d, &r); }
static inline u64 div_u64_rem(u64 n, u32 d, u32 *rem)
{
	u64 r, q = div64_u64_rem(n, d, &r);

	*rem = r;
	return q;
}
static inline u64 div_u64(u64 n, u32 d) { u32 r; return div_u64_rem(n, d, &r); }
static inline s64 div64_s64(s64 n, s64 d)
{
	u64 q = div64_u64(n < 0 ? -(u64)n : n, d < 0 ? -(u64)d : d);

	return (n < 0) != (d < 0) ? -q : q;
}
static inline s64 div_s64_rem(s64 n, s32 d, s32 *rem)
{
	s64 q = div64_s64(n, d);

	*rem = n - q * d;
	return q;
}
static inline s64 div_s64(s64 n, s32 d) { return div64_s64(n, d); }

/* n becomes the quotient; the value is the remainder. */
#define do_div(n, base)						\
	({							\
		u32 __rem;					\
		(n) = div_u64_rem(n, base, &__rem);		\
		__rem;						\
	})

#endif
