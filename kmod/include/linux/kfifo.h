/* kfifo.h - rings for one writer and one reader. in and out count up and wrap; the
 * size is a power of two. The macros take a fifo of bytes or of any type, of a
 * size known to the compiler (DECLARE_KFIFO) or not (DECLARE_KFIFO_PTR).
 */
#ifndef _LINUX_KFIFO_H
#define _LINUX_KFIFO_H

#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>

struct __kfifo {
	unsigned int in, out, mask, esize;
	void *data;
};

/* A fifo is a struct with the counters, a pointer that has the element's type,
 * and, for DECLARE_KFIFO, the elements.
 */
#define STRUCT_KFIFO(type, size)	struct { struct __kfifo kfifo; type *type_of; type buf[((size) < 2 || ((size) & ((size) - 1))) ? -1 : (size)]; }
#define STRUCT_KFIFO_PTR(type)		struct { struct __kfifo kfifo; type *type_of; type buf[0]; }
struct kfifo { struct __kfifo kfifo; unsigned char *type_of; unsigned char buf[0]; };

#define DECLARE_KFIFO(fifo, type, size)	STRUCT_KFIFO(type, size) fifo
#define DECLARE_KFIFO_PTR(fifo, type)	STRUCT_KFIFO_PTR(type) fifo
#define DEFINE_KFIFO(fifo, type, size)							\
	DECLARE_KFIFO(fifo, type, size) = {						\
		.kfifo = { .mask = (size) - 1, .esize = sizeof(type), .data = fifo.buf },	\
	}
#define INIT_KFIFO(fifo)								\
	do {										\
		(fifo).kfifo = (struct __kfifo){					\
			.mask = ARRAY_SIZE((fifo).buf) - 1, .esize = sizeof(*(fifo).type_of), .data = (fifo).buf };	\
	} while (0)

static inline int __kfifo_alloc(struct __kfifo *f, unsigned int n, unsigned int esize, gfp_t gfp)
{
	unsigned int size = 2;

	while (size < n)
		size *= 2;
	*f = (struct __kfifo){ .mask = size - 1, .esize = esize, .data = kmalloc_array(size, esize, gfp) };
	return f->data ? 0 : -ENOMEM;
}
static inline int __kfifo_init(struct __kfifo *f, void *buffer, unsigned int bytes, unsigned int esize)
{
	unsigned int n = bytes / esize, size = 1;

	while (size * 2 <= n)
		size *= 2;
	if (size < 2)
		return -EINVAL;
	*f = (struct __kfifo){ .mask = size - 1, .esize = esize, .data = buffer };
	return 0;
}
static inline void __kfifo_free(struct __kfifo *f)
{
	kfree(f->data);
	*f = (struct __kfifo){ .data = NULL };
}
static inline unsigned int __kfifo_len(const struct __kfifo *f) { return READ_ONCE(f->in) - READ_ONCE(f->out); }
static inline void *__kfifo_slot(const struct __kfifo *f, unsigned int i) { return (char *)f->data + (i & f->mask) * f->esize; }
static inline unsigned int __kfifo_put(struct __kfifo *f, const void *buf, unsigned int n)
{
	unsigned int room = f->mask + 1 - __kfifo_len(f), i;

	if (n > room)
		n = room;
	for (i = 0; i < n; i++)
		memcpy(__kfifo_slot(f, f->in + i), (const char *)buf + i * f->esize, f->esize);
	smp_wmb();
	f->in += n;
	return n;
}
static inline unsigned int __kfifo_peek(struct __kfifo *f, void *buf, unsigned int n)
{
	unsigned int len = __kfifo_len(f), i;

	if (n > len)
		n = len;
	smp_rmb();
	for (i = 0; i < n; i++)
		memcpy((char *)buf + i * f->esize, __kfifo_slot(f, f->out + i), f->esize);
	return n;
}
static inline unsigned int __kfifo_get(struct __kfifo *f, void *buf, unsigned int n)
{
	n = __kfifo_peek(f, buf, n);
	smp_mb();
	f->out += n;
	return n;
}

#define kfifo_alloc(fifo, size, gfp)	__kfifo_alloc(&(fifo)->kfifo, size, sizeof(*(fifo)->type_of), gfp)
#define kfifo_init(fifo, buffer, size)	__kfifo_init(&(fifo)->kfifo, buffer, size, sizeof(*(fifo)->type_of))
#define kfifo_free(fifo)		__kfifo_free(&(fifo)->kfifo)
#define kfifo_initialized(fifo)		((fifo)->kfifo.mask != 0)
#define kfifo_size(fifo)		((fifo)->kfifo.mask + 1)
#define kfifo_esize(fifo)		((fifo)->kfifo.esize)
#define kfifo_len(fifo)			__kfifo_len(&(fifo)->kfifo)
#define kfifo_avail(fifo)		(kfifo_size(fifo) - kfifo_len(fifo))
#define kfifo_is_empty(fifo)		(kfifo_len(fifo) == 0)
#define kfifo_is_full(fifo)		(kfifo_len(fifo) > (fifo)->kfifo.mask)
#define kfifo_reset(fifo)		do { (fifo)->kfifo.in = (fifo)->kfifo.out = 0; } while (0)
#define kfifo_reset_out(fifo)		do { (fifo)->kfifo.out = (fifo)->kfifo.in; } while (0)
#define kfifo_skip(fifo)		do { (fifo)->kfifo.out++; } while (0)
#define kfifo_put(fifo, val)		\
	({ __typeof__(*(fifo)->type_of) __v = (val); __kfifo_put(&(fifo)->kfifo, &__v, 1); })
#define kfifo_get(fifo, val)		__kfifo_get(&(fifo)->kfifo, (__typeof__((fifo)->type_of))(val), 1)
#define kfifo_peek(fifo, val)		__kfifo_peek(&(fifo)->kfifo, (__typeof__((fifo)->type_of))(val), 1)
#define kfifo_in(fifo, buf, n)		__kfifo_put(&(fifo)->kfifo, buf, n)
#define kfifo_out(fifo, buf, n)		__kfifo_get(&(fifo)->kfifo, buf, n)
#define kfifo_out_peek(fifo, buf, n)	__kfifo_peek(&(fifo)->kfifo, buf, n)
#define kfifo_in_spinlocked(fifo, buf, n, lock)						\
	({ unsigned long __f; unsigned int __r; spin_lock_irqsave(lock, __f); __r = kfifo_in(fifo, buf, n); spin_unlock_irqrestore(lock, __f); __r; })
#define kfifo_out_spinlocked(fifo, buf, n, lock)					\
	({ unsigned long __f; unsigned int __r; spin_lock_irqsave(lock, __f); __r = kfifo_out(fifo, buf, n); spin_unlock_irqrestore(lock, __f); __r; })

/* To and from a program; *copied is in bytes. */
#define kfifo_from_user(fifo, from, len, copied)					\
	({										\
		unsigned int __n = (len) / (fifo)->kfifo.esize, __i = 0;		\
		const char __user *__from = (const char __user *)(from);		\
		int __err = 0;								\
		while (__i < __n && !kfifo_is_full(fifo)) {				\
			if (copy_from_user(__kfifo_slot(&(fifo)->kfifo, (fifo)->kfifo.in), __from + __i * (fifo)->kfifo.esize, (fifo)->kfifo.esize)) {	\
				__err = -EFAULT;					\
				break;							\
			}								\
			(fifo)->kfifo.in++;						\
			__i++;								\
		}									\
		*(copied) = __i * (fifo)->kfifo.esize;					\
		__err;									\
	})
#define kfifo_to_user(fifo, to, len, copied)						\
	({										\
		unsigned int __n = (len) / (fifo)->kfifo.esize, __i = 0;		\
		char __user *__to = (char __user *)(to);				\
		int __err = 0;								\
		while (__i < __n && !kfifo_is_empty(fifo)) {				\
			if (copy_to_user(__to + __i * (fifo)->kfifo.esize, __kfifo_slot(&(fifo)->kfifo, (fifo)->kfifo.out), (fifo)->kfifo.esize)) {	\
				__err = -EFAULT;					\
				break;							\
			}								\
			(fifo)->kfifo.out++;						\
			__i++;								\
		}									\
		*(copied) = __i * (fifo)->kfifo.esize;					\
		__err;									\
	})

#endif
