/* uio.h - where the data of a read_iter or write_iter is: one range of user
 * memory.
 */
#ifndef _LINUX_UIO_H
#define _LINUX_UIO_H

#include <linux/types.h>

struct iov_iter {
	u8 iter_type;
	bool data_source;	/* the program writes */
	size_t iov_offset;
	void __user *ubuf;
	size_t count;		/* what is left */
};

size_t copy_to_iter(const void *addr, size_t bytes, struct iov_iter *i);
size_t copy_from_iter(void *addr, size_t bytes, struct iov_iter *i);

#define READ	0
#define WRITE	1
#define iov_iter_rw(i)	((i)->data_source ? WRITE : READ)

static inline size_t iov_iter_count(const struct iov_iter *i) { return i->count; }

static inline void iov_iter_advance(struct iov_iter *i, size_t n)
{
	if (n > i->count)
		n = i->count;
	i->iov_offset += n;
	i->count -= n;
}

static inline bool copy_from_iter_full(void *addr, size_t bytes, struct iov_iter *i)
{
	return copy_from_iter(addr, bytes, i) == bytes;
}

#endif
