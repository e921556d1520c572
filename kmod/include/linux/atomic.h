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
static inline type name##_fetch_inc(atype *v) { return name##_fetch_add(1, v); }			\
static inline type name##_fetch_dec(atype *v) { return name##_fetch_sub(1, v); }			\
static inline type name##_fetch_and(type i, atype *v) { return __atomic_fetch_and(&v->counter, i, __ATOMIC_SEQ_CST); }	\
static inline type name##_fetch_or(type i, atype *v) { return __atomic_fetch_or(&v->counter, i, __ATOMIC_SEQ_CST); }	\
static inline type name##_fetch_xor(type i, atype *v) { return __atomic_fetch_xor(&v->counter, i, __ATOMIC_SEQ_CST); }	\
static inline void name##_andnot(type i, atype *v) { name##_and(~i, v); }			\
static inline type name##_read_acquire(const atype *v) { return __atomic_load_n(&v->counter, __ATOMIC_ACQUIRE); }	\
static inline void name##_set_release(atype *v, type i) { __atomic_store_n(&v->counter, i, __ATOMIC_RELEASE); }	\
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
static inline bool name##_try_cmpxchg(atype *v, type *old, type i)				\
{												\
	return __atomic_compare_exchange_n(&v->counter, old, i, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);	\
}												\
static inline type name##_fetch_add_unless(atype *v, type a, type u)				\
{												\
	type c = name##_read(v);								\
												\
	while (c != u && !name##_try_cmpxchg(v, &c, c + a))					\
		;										\
	return c;										\
}												\
static inline bool name##_inc_unless_negative(atype *v)						\
{												\
	type c = name##_read(v);								\
												\
	while (c >= 0)										\
		if (name##_try_cmpxchg(v, &c, c + 1))						\
			return true;								\
	return false;										\
}												\
static inline type name##_dec_if_positive(atype *v)						\
{												\
	type c = name##_read(v);								\
												\
	while (c > 0 && !name##_try_cmpxchg(v, &c, c - 1))					\
		;										\
	return c - 1;										\
}												\
static inline bool name##_inc_not_zero(atype *v) { return name##_add_unless(v, 1, 0); }

__ATOMIC_OPS(atomic, atomic_t, int)
#if __SIZEOF_LONG__ == 8
__ATOMIC_OPS(atomic64, atomic64_t, s64)
#else
#include <linux/atomic64.h>
#endif
__ATOMIC_OPS(atomic_long, atomic_long_t, long)

#define xchg(p, v)	__atomic_exchange_n(p, v, __ATOMIC_SEQ_CST)
#define cmpxchg(p, o, n)								\
	({										\
		__typeof__(*(p)) __o = (o);						\
		__atomic_compare_exchange_n(p, &__o, n, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);	\
		__o;									\
	})

#define try_cmpxchg(p, o, n)	__atomic_compare_exchange_n(p, o, n, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)

#define mb()		smp_mb()
#define rmb()		smp_rmb()
#define wmb()		smp_wmb()
#define smp_mb__before_atomic()	smp_mb()
#define smp_mb__after_atomic()	smp_mb()
#define smp_store_release(p, v)	__atomic_store_n(p, v, __ATOMIC_RELEASE)
#define smp_load_acquire(p)	__atomic_load_n(p, __ATOMIC_ACQUIRE)
#define smp_store_mb(var, v)	do { WRITE_ONCE(var, v); smp_mb(); } while (0)
#define smp_mb()	__atomic_thread_fence(__ATOMIC_SEQ_CST)
#define smp_rmb()	__atomic_thread_fence(__ATOMIC_ACQUIRE)
#define smp_wmb()	__atomic_thread_fence(__ATOMIC_RELEASE)

#endif
