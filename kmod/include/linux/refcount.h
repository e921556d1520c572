/* refcount.h - counts of references, which never go past their ends. */
#ifndef _LINUX_REFCOUNT_H
#define _LINUX_REFCOUNT_H

#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>

typedef struct refcount_struct { atomic_t refs; } refcount_t;

#define REFCOUNT_INIT(n)	{ .refs = ATOMIC_INIT(n) }
#define REFCOUNT_SATURATED	(-1 << 30)

static inline void refcount_set(refcount_t *r, int n) { atomic_set(&r->refs, n); }
static inline unsigned int refcount_read(const refcount_t *r) { return atomic_read(&r->refs); }
static inline void refcount_add(int i, refcount_t *r)
{
	int old = atomic_fetch_add(i, &r->refs);

	if (old <= 0 || old + i < 0) {
		refcount_set(r, REFCOUNT_SATURATED);
		WARN(1, "refcount_t: %s\n", old ? "saturated; leaking memory." : "addition on 0; use-after-free.");
	}
}
static inline void refcount_inc(refcount_t *r) { refcount_add(1, r); }
static inline bool refcount_add_not_zero(int i, refcount_t *r) { return atomic_add_unless(&r->refs, i, 0); }
static inline bool refcount_inc_not_zero(refcount_t *r) { return refcount_add_not_zero(1, r); }
static inline bool refcount_sub_and_test(int i, refcount_t *r)
{
	int old = atomic_fetch_sub(i, &r->refs);

	if (old == i)
		return true;
	if (old < i) {
		refcount_set(r, REFCOUNT_SATURATED);
		WARN(1, "refcount_t: underflow; use-after-free.\n");
	}
	return false;
}
static inline bool refcount_dec_and_test(refcount_t *r) { return refcount_sub_and_test(1, r); }
static inline void refcount_dec(refcount_t *r)
{
	if (refcount_sub_and_test(1, r))
		WARN(1, "refcount_t: decrement hit 0; leaking memory.\n");
}
static inline bool refcount_dec_and_lock(refcount_t *r, spinlock_t *lock)
{
	spin_lock(lock);
	if (refcount_dec_and_test(r))
		return true;
	spin_unlock(lock);
	return false;
}
static inline bool refcount_dec_and_mutex_lock(refcount_t *r, struct mutex *lock)
{
	mutex_lock(lock);
	if (refcount_dec_and_test(r))
		return true;
	mutex_unlock(lock);
	return false;
}

#endif
