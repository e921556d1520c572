/* xarray.h - pointers by number. Here: an array sorted by number, in memory that
 * grows; the entries are found by halving.
 */
#ifndef _LINUX_XARRAY_H
#define _LINUX_XARRAY_H

#include <linux/err.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>

struct __xa_entry {
	unsigned long index;
	void *entry;
};

struct xarray {
	spinlock_t xa_lock;
	unsigned int xa_flags;
	unsigned int n, cap;
	struct __xa_entry *at;
};

struct xa_limit { u32 max, min; };
#define XA_LIMIT(_min, _max)	(struct xa_limit){ .min = _min, .max = _max }
#define xa_limit_32b		XA_LIMIT(0, UINT_MAX)
#define xa_limit_31b		XA_LIMIT(0, INT_MAX)
#define xa_limit_16b		XA_LIMIT(0, USHRT_MAX)
#define XA_FLAGS_ALLOC		4U
#define XA_FLAGS_ALLOC1		8U

#define XARRAY_INIT(name, flags)	{ .xa_lock = __SPIN_LOCK_UNLOCKED(name.xa_lock), .xa_flags = flags }
#define DEFINE_XARRAY_FLAGS(name, flags)	struct xarray name = XARRAY_INIT(name, flags)
#define DEFINE_XARRAY(name)		DEFINE_XARRAY_FLAGS(name, 0)
#define DEFINE_XARRAY_ALLOC(name)	DEFINE_XARRAY_FLAGS(name, XA_FLAGS_ALLOC)
#define DEFINE_XARRAY_ALLOC1(name)	DEFINE_XARRAY_FLAGS(name, XA_FLAGS_ALLOC1)

static inline void xa_init_flags(struct xarray *xa, gfp_t flags)
{
	memset(xa, 0, sizeof(*xa));
	spin_lock_init(&xa->xa_lock);
	xa->xa_flags = flags;
}
static inline void xa_init(struct xarray *xa) { xa_init_flags(xa, 0); }
#define xa_lock(xa)	spin_lock(&(xa)->xa_lock)
#define xa_unlock(xa)	spin_unlock(&(xa)->xa_lock)

static inline void *xa_mk_value(unsigned long v) { return (void *)((v << 1) | 1); }
static inline unsigned long xa_to_value(const void *entry) { return (unsigned long)entry >> 1; }
static inline bool xa_is_value(const void *entry) { return (unsigned long)entry & 1; }
/* An error is a small number, shifted by two, with the bits 10. */
static inline void *__xa_err(int err) { return (void *)(((long)err << 2) | 2); }
static inline bool xa_is_err(const void *entry)
{
	return ((unsigned long)entry & 3) == 2 && (long)entry < 0 && (long)entry >= -4L * MAX_ERRNO;
}
static inline int xa_err(void *entry) { return xa_is_err(entry) ? (long)entry >> 2 : 0; }

/* The first place whose number is not less than index. */
static inline unsigned int __xa_place(const struct xarray *xa, unsigned long index)
{
	unsigned int lo = 0, hi = xa->n;

	while (lo < hi) {
		unsigned int mid = lo + (hi - lo) / 2;

		if (xa->at[mid].index < index)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}
static inline bool __xa_has(const struct xarray *xa, unsigned int i, unsigned long index)
{
	return i < xa->n && xa->at[i].index == index;
}

static inline void *__xa_put(struct xarray *xa, unsigned long index, void *entry)
{
	unsigned int i = __xa_place(xa, index);
	void *old = NULL;

	if (__xa_has(xa, i, index)) {
		old = xa->at[i].entry;
		if (entry) {
			xa->at[i].entry = entry;
			return old;
		}
		memmove(&xa->at[i], &xa->at[i + 1], (--xa->n - i) * sizeof(*xa->at));
		if (!xa->n) {
			kfree(xa->at);
			xa->at = NULL;
			xa->cap = 0;
		}
		return old;
	}
	if (!entry)
		return NULL;
	if (xa->n == xa->cap) {
		unsigned int cap = xa->cap ? 2 * xa->cap : 4;
		struct __xa_entry *at = krealloc(xa->at, cap * sizeof(*at), GFP_ATOMIC);

		if (!at)
			return __xa_err(-ENOMEM);
		xa->at = at;
		xa->cap = cap;
	}
	memmove(&xa->at[i + 1], &xa->at[i], (xa->n++ - i) * sizeof(*xa->at));
	xa->at[i].index = index;
	xa->at[i].entry = entry;
	return NULL;
}

static inline void *xa_load(struct xarray *xa, unsigned long index)
{
	void *entry = NULL;
	unsigned int i;

	xa_lock(xa);
	i = __xa_place(xa, index);
	if (__xa_has(xa, i, index))
		entry = xa->at[i].entry;
	xa_unlock(xa);
	return entry;
}
static inline void *xa_store(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp)
{
	void *old;

	xa_lock(xa);
	old = __xa_put(xa, index, entry);
	xa_unlock(xa);
	return old;
}
static inline void *xa_erase(struct xarray *xa, unsigned long index) { return xa_store(xa, index, NULL, 0); }
static inline int xa_insert(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp)
{
	int err = -EBUSY;

	xa_lock(xa);
	if (!__xa_has(xa, __xa_place(xa, index), index))
		err = xa_err(__xa_put(xa, index, entry));
	xa_unlock(xa);
	return err;
}
static inline void *xa_cmpxchg(struct xarray *xa, unsigned long index, void *old, void *entry, gfp_t gfp)
{
	unsigned int i;
	void *cur = NULL;

	xa_lock(xa);
	i = __xa_place(xa, index);
	if (__xa_has(xa, i, index))
		cur = xa->at[i].entry;
	if (cur == old) {
		void *e = __xa_put(xa, index, entry);

		if (xa_is_err(e))
			cur = e;
	}
	xa_unlock(xa);
	return cur;
}
/* Finds the lowest free number. */
static inline int xa_alloc(struct xarray *xa, u32 *id, void *entry, struct xa_limit limit, gfp_t gfp)
{
	unsigned long index = limit.min;
	unsigned int i;
	int err = -EBUSY;

	if (xa->xa_flags & XA_FLAGS_ALLOC1 && !index)
		index = 1;
	xa_lock(xa);
	for (i = __xa_place(xa, index); __xa_has(xa, i, index); i++)
		index++;
	if (index <= limit.max) {
		err = xa_err(__xa_put(xa, index, entry));
		if (!err)
			*id = index;
	}
	xa_unlock(xa);
	return err;
}
static inline bool xa_empty(const struct xarray *xa) { return xa->n == 0; }
static inline void xa_destroy(struct xarray *xa)
{
	kfree(xa->at);
	xa->at = NULL;
	xa->n = xa->cap = 0;
}
/* The first entry from *index on, up to max. */
static inline void *xa_find(struct xarray *xa, unsigned long *index, unsigned long max, unsigned int filter)
{
	void *entry = NULL;
	unsigned int i;

	xa_lock(xa);
	i = __xa_place(xa, *index);
	if (i < xa->n && xa->at[i].index <= max) {
		*index = xa->at[i].index;
		entry = xa->at[i].entry;
	}
	xa_unlock(xa);
	return entry;
}
static inline void *xa_find_after(struct xarray *xa, unsigned long *index, unsigned long max, unsigned int filter)
{
	unsigned long next = *index + 1;
	void *entry;

	if (!next)
		return NULL;
	entry = xa_find(xa, &next, max, filter);
	if (entry)
		*index = next;
	return entry;
}
#define XA_PRESENT	8U
#define xa_for_each_range(xa, index, entry, start, last)			\
	for (index = start, entry = xa_find(xa, &index, last, XA_PRESENT); entry;	\
	     entry = xa_find_after(xa, &index, last, XA_PRESENT))
#define xa_for_each_start(xa, index, entry, start)	xa_for_each_range(xa, index, entry, start, ULONG_MAX)
#define xa_for_each(xa, index, entry)			xa_for_each_start(xa, index, entry, 0)

#endif
