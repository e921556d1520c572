/* gfp.h - how to allocate. This kernel may always sleep, so the flags only
 * choose between cleared and uncleared memory.
 */
#ifndef _LINUX_GFP_H
#define _LINUX_GFP_H

#include <linux/types.h>

#define GFP_ATOMIC	((gfp_t)0x820)
#define GFP_KERNEL	((gfp_t)0xcc0)
#define GFP_NOWAIT	((gfp_t)0x800)
#define GFP_NOIO	((gfp_t)0xc00)
#define GFP_NOFS	((gfp_t)0xc40)
#define GFP_USER	((gfp_t)0x100cc0)
#define GFP_DMA		((gfp_t)0x1)
#define __GFP_ZERO	((gfp_t)0x100)
#define __GFP_NOWARN	((gfp_t)0x2000)

/* Whole pages, by address; order is the logarithm of their number. */
unsigned long __get_free_pages(gfp_t gfp_mask, unsigned int order);
void free_pages(unsigned long addr, unsigned int order);
#define __get_free_page(gfp)	__get_free_pages(gfp, 0)
#define get_zeroed_page(gfp)	__get_free_pages((gfp) | __GFP_ZERO, 0)
#define free_page(addr)		free_pages(addr, 0)
/* As many pages as size needs, and no more. */
void *alloc_pages_exact(size_t size, gfp_t gfp_mask);
void free_pages_exact(void *virt, size_t size);

#endif
