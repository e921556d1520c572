/* atomic64.h - 64-bit counters where a word has 32 bits: of the compiler's
 * sequences only the compare and exchange (CMPXCHG8B) is one instruction, and
 * the others are made of it.
 */
#if !defined(_LINUX_ATOMIC64_H) && __SIZEOF_LONG__ == 4
#define _LINUX_ATOMIC64_H

#include <linux/types.h>

#if __SIZEOF_LONG__ == 8
#include <linux/atomic.h>
#else

static inline s64 atomic64_cmpxchg(atomic64_t *v, s64 old, s64 i)
{
	__asm__ __volatile__("lock; cmpxchg8b %1" : "+A"(old), "+m"(v->counter)
			     : "b"((u32)i), "c"((u32)((u64)i >> 32)) : "memory", "cc");
	return old;
}
static inline bool atomic64_try_cmpxchg(atomic64_t *v, s64 *old, s64 i)
{
	s64 was = atomic64_cmpxchg(v, *old, i);
	bool done = was == *old;

	*old = was;
	return done;
}
/* A value of 0 is exchanged for itself. */
static inline s64 atomic64_read(const atomic64_t *v) { return atomic64_cmpxchg((atomic64_t *)v, 0, 0); }

/* c is the value found; stop ends without a change. The value is c. */
#define __atomic64_loop(v, stop, change)				\
	({								\
		s64 c = (v)->counter;					\
									\
		while (!(stop) && !atomic64_try_cmpxchg(v, &c, change))	\
			;						\
		c;							\
	})

static inline s64 atomic64_xchg(atomic64_t *v, s64 i) { return __atomic64_loop(v, 0, i); }
static inline void atomic64_set(atomic64_t *v, s64 i) { atomic64_xchg(v, i); }
static inline s64 atomic64_fetch_add(s64 i, atomic64_t *v) { return __atomic64_loop(v, 0, c + i); }
static inline s64 atomic64_fetch_sub(s64 i, atomic64_t *v) { return __atomic64_loop(v, 0, c - i); }
static inline s64 atomic64_fetch_and(s64 i, atomic64_t *v) { return __atomic64_loop(v, 0, c & i); }
static inline s64 atomic64_fetch_or(s64 i, atomic64_t *v) { return __atomic64_loop(v, 0, c | i); }
static inline s64 atomic64_fetch_xor(s64 i, atomic64_t *v) { return __atomic64_loop(v, 0, c ^ i); }
static inline s64 atomic64_add_return(s64 i, atomic64_t *v) { return atomic64_fetch_add(i, v) + i; }
static inline s64 atomic64_sub_return(s64 i, atomic64_t *v) { return atomic64_fetch_sub(i, v) - i; }
static inline void atomic64_add(s64 i, atomic64_t *v) { atomic64_fetch_add(i, v); }
static inline void atomic64_sub(s64 i, atomic64_t *v) { atomic64_fetch_sub(i, v); }
static inline void atomic64_and(s64 i, atomic64_t *v) { atomic64_fetch_and(i, v); }
static inline void atomic64_or(s64 i, atomic64_t *v) { atomic64_fetch_or(i, v); }
static inline void atomic64_xor(s64 i, atomic64_t *v) { atomic64_fetch_xor(i, v); }
static inline void atomic64_inc(atomic64_t *v) { atomic64_add(1, v); }
static inline void atomic64_dec(atomic64_t *v) { atomic64_sub(1, v); }
static inline s64 atomic64_inc_return(atomic64_t *v) { return atomic64_add_return(1, v); }
static inline s64 atomic64_dec_return(atomic64_t *v) { return atomic64_sub_return(1, v); }
static inline bool atomic64_sub_and_test(s64 i, atomic64_t *v) { return atomic64_sub_return(i, v) == 0; }
static inline bool atomic64_dec_and_test(atomic64_t *v) { return atomic64_dec_return(v) == 0; }
static inline bool atomic64_inc_and_test(atomic64_t *v) { return atomic64_inc_return(v) == 0; }
static inline s64 atomic64_fetch_add_unless(atomic64_t *v, s64 a, s64 u) { return __atomic64_loop(v, c == u, c + a); }
static inline bool atomic64_add_unless(atomic64_t *v, s64 a, s64 u) { return atomic64_fetch_add_unless(v, a, u) != u; }
static inline bool atomic64_inc_not_zero(atomic64_t *v) { return atomic64_add_unless(v, 1, 0); }

#endif /* 32 bits */

#endif
