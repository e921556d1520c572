/* atomic.h - read-modify-write that no other hart sees half done. The functions
 * that return a value are full barriers, the others order nothing.
 */
#ifndef _LINUX_ATOMIC_H
#define _LINUX_ATOMIC_H

#include <linux/types.h>

#define __ATOMIC_OPS(name, atype, type)								\
static inline type name##_read(const atype *v) { return __atomic_load_n(&v->counter, __ATOMIC_RELAXED); }	\
static inline void name##_set(atype *v, type i) { __atomic_store_n(&v->counter, i, __ATOMIC_RELAXED); }	\
static inline void name##_add(type i, atype *v) { __atomic_fetch_add(&v->counter, i, __ATOMIC_RELAXED); }	\
static inline void name##_sub(type i, atype *v) { __atomic_fetch_sub(&v->counter, i, __ATOMIC_RELAXED); }	\
static inline void name##_inc(atype *v) { name##_add(1, v); }					\
static inline void name##_dec(atype *v) { name##_sub(1, v); }					\
static inline void name##_and(type i, atype *v) { __atomic_fetch_and(&v->counter, i, __ATOMIC_RELAXED); }	\
static inline void name##_or(type i, atype *v) { __atomic_fetch_or(&v->counter, i, __ATOMIC_RELAXED); }	\
static inline void name##_xor(type i, atype *v) { __atomic_fetch_xor(&v->counter, i, __ATOMIC_RELAXED); }	\
static inline type name##_add_return(type i, atype *v) { return __atomic_add_fetch(&v->counter, i, __ATOMIC_SEQ_CST); }	\
static inline type name##_sub_return(type i, atype *v) { return __atomic_sub_fetch(&v->counter, i, __ATOMIC_SEQ_CST); }	\
static inline type name##_inc_return(atype *v) { return name##_add_return(1, v); }		\
static inline type name##_dec_return(atype *v) { return name##_sub_return(1, v); }		\
static inline type name##_fetch_add(type i, atype *v) { return __atomic_fetch_add(&v->counter, i, __ATOMIC_SEQ_CST); }	\
static inline type name##_fetch_sub(type i, atype *v) { return __atomic_fetch_sub(&v->counter, i, __ATOMIC_SEQ_CST); }	\
static inline bool name##_sub_and_test(type i, atype *v) { return name##_sub_return(i, v) == 0; }	\
static inline bool name##_dec_and_test(atype *v) { return name##_sub_return(1, v) == 0; }	\
static inline bool name##_inc_and_test(atype *v) { return name##_add_return(1, v) == 0; }	\
static inline bool name##_add_negative(type i, atype *v) { return name##_add_return(i, v) < 0; }	\
static inline type name##_xchg(atype *v, type i) { return __atomic_exchange_n(&v->counter, i, __ATOMIC_SEQ_CST); }	\
static inline type name##_cmpxchg(atype *v, type old, type i)					\
{												\
	__atomic_compare_exchange_n(&v->counter, &old, i, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);	\
	return old;										\
}												\
static inline bool name##_add_unless(atype *v, type a, type u)					\
{												\
	type c = name##_read(v);								\
												\
	while (c != u)										\
		if (__atomic_compare_exchange_n(&v->counter, &c, c + a, 0, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))	\
			return true;								\
	return false;										\
}												\
static inline bool name##_inc_not_zero(atype *v) { return name##_add_unless(v, 1, 0); }

__ATOMIC_OPS(atomic, atomic_t, int)
#if __SIZEOF_LONG__ == 8
__ATOMIC_OPS(atomic64, atomic64_t, s64)
#endif

#define xchg(p, v)	__atomic_exchange_n(p, v, __ATOMIC_SEQ_CST)
#define cmpxchg(p, o, n)								\
	({										\
		__typeof__(*(p)) __o = (o);						\
		__atomic_compare_exchange_n(p, &__o, n, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);	\
		__o;									\
	})

#define smp_mb()	__atomic_thread_fence(__ATOMIC_SEQ_CST)
#define smp_rmb()	__atomic_thread_fence(__ATOMIC_ACQUIRE)
#define smp_wmb()	__atomic_thread_fence(__ATOMIC_RELEASE)

#endif
