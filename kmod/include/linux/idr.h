/* idr.h - giving out numbers for pointers, and numbers alone. */
#ifndef _LINUX_IDR_H
#define _LINUX_IDR_H

#include <linux/bug.h>
#include <linux/xarray.h>

struct idr {
	struct xarray idr_rt;
	unsigned int idr_next;
};

#define IDR_INIT(name)		{ .idr_rt = XARRAY_INIT(name.idr_rt, 0) }
#define DEFINE_IDR(name)	struct idr name = IDR_INIT(name)
static inline void idr_init(struct idr *idr) { xa_init(&idr->idr_rt); idr->idr_next = 0; }
static inline void idr_destroy(struct idr *idr) { xa_destroy(&idr->idr_rt); }
static inline bool idr_is_empty(const struct idr *idr) { return xa_empty(&idr->idr_rt); }
static inline void idr_preload(gfp_t gfp) { (void)gfp; }
static inline void idr_preload_end(void) { }

/* end is the first number not to give out; 0 is no limit. */
static inline int idr_alloc(struct idr *idr, void *ptr, int start, int end, gfp_t gfp)
{
	u32 id;
	int err;

	if (start < 0)
		return -EINVAL;
	err = xa_alloc(&idr->idr_rt, &id, ptr, XA_LIMIT(start, end > 0 ? end - 1 : INT_MAX), gfp);
	return err == -EBUSY ? -ENOSPC : err ? err : (int)id;
}
static inline int idr_alloc_cyclic(struct idr *idr, void *ptr, int start, int end, gfp_t gfp)
{
	int from = (int)idr->idr_next < start ? start : (int)idr->idr_next;
	int id = idr_alloc(idr, ptr, from, end, gfp);

	if (id == -ENOSPC && from > start)
		id = idr_alloc(idr, ptr, start, end, gfp);
	if (id >= 0)
		idr->idr_next = id + 1;
	return id;
}
static inline void *idr_find(struct idr *idr, unsigned long id) { return xa_load(&idr->idr_rt, id); }
static inline void *idr_remove(struct idr *idr, unsigned long id) { return xa_erase(&idr->idr_rt, id); }
static inline void *idr_replace(struct idr *idr, void *ptr, unsigned long id)
{
	return xa_load(&idr->idr_rt, id) ? xa_store(&idr->idr_rt, id, ptr, 0) : ERR_PTR(-ENOENT);
}
static inline void *idr_get_next(struct idr *idr, int *nextid)
{
	unsigned long i = *nextid;
	void *p = xa_find(&idr->idr_rt, &i, INT_MAX, XA_PRESENT);

	if (p)
		*nextid = i;
	return p;
}
static inline int idr_for_each(struct idr *idr, int (*fn)(int id, void *p, void *data), void *data)
{
	unsigned long i;
	void *p;
	int ret = 0;

	xa_for_each(&idr->idr_rt, i, p)
		if ((ret = fn(i, p, data)))
			break;
	return ret;
}
#define idr_for_each_entry(idr, entry, id)					\
	for (id = 0; ((entry) = idr_get_next(idr, &(id))) != NULL; id += 1)

struct ida { struct xarray xa; };
#define IDA_INIT(name)		{ .xa = XARRAY_INIT(name.xa, 0) }
#define DEFINE_IDA(name)	struct ida name = IDA_INIT(name)
static inline void ida_init(struct ida *ida) { xa_init(&ida->xa); }
static inline void ida_destroy(struct ida *ida) { xa_destroy(&ida->xa); }
static inline bool ida_is_empty(const struct ida *ida) { return xa_empty(&ida->xa); }
static inline int ida_alloc_range(struct ida *ida, unsigned int min, unsigned int max, gfp_t gfp)
{
	u32 id;
	int err = xa_alloc(&ida->xa, &id, xa_mk_value(0), XA_LIMIT(min, max > INT_MAX ? INT_MAX : max), gfp);

	return err == -EBUSY ? -ENOSPC : err ? err : (int)id;
}
static inline int ida_alloc(struct ida *ida, gfp_t gfp) { return ida_alloc_range(ida, 0, ~0U, gfp); }
static inline int ida_alloc_min(struct ida *ida, unsigned int min, gfp_t gfp) { return ida_alloc_range(ida, min, ~0U, gfp); }
static inline int ida_alloc_max(struct ida *ida, unsigned int max, gfp_t gfp) { return ida_alloc_range(ida, 0, max, gfp); }
static inline void ida_free(struct ida *ida, unsigned int id)
{
	WARN(!xa_erase(&ida->xa, id), "ida_free called for id=%d which is not allocated.\n", id);
}
#define ida_simple_get(ida, start, end, gfp)	ida_alloc_range(ida, start, (end) ? (end) - 1 : ~0U, gfp)
#define ida_simple_remove(ida, id)		ida_free(ida, id)

#endif
