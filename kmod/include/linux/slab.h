/* slab.h - memory of any size. */
#ifndef _LINUX_SLAB_H
#define _LINUX_SLAB_H

#include <linux/gfp.h>
#include <linux/string.h>

#define ARCH_KMALLOC_MINALIGN	16

void *kmalloc(size_t size, gfp_t flags);
void *kzalloc(size_t size, gfp_t flags);
void *kcalloc(size_t n, size_t size, gfp_t flags);
void *kmalloc_array(size_t n, size_t size, gfp_t flags);
void *krealloc(const void *p, size_t size, gfp_t flags);
void kfree(const void *p);
void kfree_sensitive(const void *p);
size_t ksize(const void *p);

/* Object caches. A constructor is called for every object that is allocated. */
struct kmem_cache {
	unsigned int object_size;
	unsigned int align;
	const char *name;
};

#define SLAB_HWCACHE_ALIGN	0x00002000U
#define SLAB_CACHE_DMA		0x00004000U
#define SLAB_PANIC		0x00040000U
#define SLAB_TYPESAFE_BY_RCU	0x00080000U
#define SLAB_ACCOUNT		0x00400000U
#define SLAB_RECLAIM_ACCOUNT	0x00020000U
#define SLAB_POISON		0x00000800U
#define SLAB_RED_ZONE		0x00000400U
#define SLAB_CONSISTENCY_CHECKS	0x00000100U
#define SLAB_STORE_USER		0x00010000U

struct kmem_cache *kmem_cache_create(const char *name, unsigned int size, unsigned int align, unsigned int flags,
				     void (*ctor)(void *));
void kmem_cache_destroy(struct kmem_cache *s);
void *kmem_cache_alloc(struct kmem_cache *s, gfp_t flags);
void kmem_cache_free(struct kmem_cache *s, void *x);
static inline void *kmem_cache_zalloc(struct kmem_cache *s, gfp_t flags) { return kmem_cache_alloc(s, flags | __GFP_ZERO); }
static inline unsigned int kmem_cache_size(struct kmem_cache *s) { return s->object_size; }
#define KMEM_CACHE(__struct, __flags)	\
	kmem_cache_create(#__struct, sizeof(struct __struct), __alignof__(struct __struct), (__flags), NULL)

void *kvmalloc(size_t size, gfp_t flags);
void *kvzalloc(size_t size, gfp_t flags);
void *kvmalloc_array(size_t n, size_t size, gfp_t flags);
#define kvcalloc(n, size, flags)	kvmalloc_array(n, size, (flags) | __GFP_ZERO)
void kvfree(const void *addr);
static inline void *kvrealloc(const void *p, size_t oldsize, size_t newsize, gfp_t flags)
{
	void *n;

	if (oldsize >= newsize)
		return (void *)p;
	n = kvmalloc(newsize, flags);
	if (!n)
		return NULL;
	memcpy(n, p, oldsize);
	kvfree(p);
	return n;
}

#endif
