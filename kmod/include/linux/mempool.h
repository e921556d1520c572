/* mempool.h - a reserve of objects, for when memory is short. */
#ifndef _LINUX_MEMPOOL_H
#define _LINUX_MEMPOOL_H

#include <linux/slab.h>
#include <linux/spinlock.h>

typedef void *(mempool_alloc_t)(gfp_t gfp_mask, void *pool_data);
typedef void (mempool_free_t)(void *element, void *pool_data);

typedef struct mempool_s {
	spinlock_t lock;
	int min_nr;
	int curr_nr;
	void **elements;
	void *pool_data;
	mempool_alloc_t *alloc;
	mempool_free_t *free;
} mempool_t;

static inline void mempool_destroy(mempool_t *pool)
{
	if (!pool)
		return;
	while (pool->curr_nr)
		pool->free(pool->elements[--pool->curr_nr], pool->pool_data);
	kfree(pool->elements);
	kfree(pool);
}

static inline mempool_t *mempool_create(int min_nr, mempool_alloc_t *alloc, mempool_free_t *release, void *pool_data)
{
	mempool_t *pool = kzalloc(sizeof(*pool), GFP_KERNEL);

	if (!pool)
		return NULL;
	spin_lock_init(&pool->lock);
	pool->min_nr = min_nr;
	pool->pool_data = pool_data;
	pool->alloc = alloc;
	pool->free = release;
	pool->elements = kcalloc(min_nr, sizeof(void *), GFP_KERNEL);
	while (pool->elements && pool->curr_nr < min_nr) {
		void *e = alloc(GFP_KERNEL, pool_data);

		if (!e)
			break;
		pool->elements[pool->curr_nr++] = e;
	}
	if (pool->curr_nr < min_nr) {
		mempool_destroy(pool);
		return NULL;
	}
	return pool;
}

static inline void *mempool_alloc(mempool_t *pool, gfp_t gfp_mask)
{
	void *e = pool->alloc(gfp_mask, pool->pool_data);
	unsigned long flags;

	if (e)
		return e;
	spin_lock_irqsave(&pool->lock, flags);
	if (pool->curr_nr)
		e = pool->elements[--pool->curr_nr];
	spin_unlock_irqrestore(&pool->lock, flags);
	return e;
}

static inline void mempool_free(void *element, mempool_t *pool)
{
	unsigned long flags;

	if (!element)
		return;
	spin_lock_irqsave(&pool->lock, flags);
	if (pool->curr_nr < pool->min_nr) {
		pool->elements[pool->curr_nr++] = element;
		element = NULL;
	}
	spin_unlock_irqrestore(&pool->lock, flags);
	if (element)
		pool->free(element, pool->pool_data);
}

static inline void *mempool_alloc_slab(gfp_t gfp_mask, void *pool_data) { return kmem_cache_alloc(pool_data, gfp_mask); }
static inline void mempool_free_slab(void *element, void *pool_data) { kmem_cache_free(pool_data, element); }
static inline void *mempool_kmalloc(gfp_t gfp_mask, void *pool_data) { return kmalloc((size_t)pool_data, gfp_mask); }
static inline void mempool_kfree(void *element, void *pool_data) { kfree(element); }
#define mempool_create_slab_pool(min_nr, kc)	mempool_create(min_nr, mempool_alloc_slab, mempool_free_slab, (void *)(kc))
#define mempool_create_kmalloc_pool(min_nr, size)	\
	mempool_create(min_nr, mempool_kmalloc, mempool_kfree, (void *)(size_t)(size))

#endif
