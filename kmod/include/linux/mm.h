/* mm.h - pages of memory. */
#ifndef _LINUX_MM_H
#define _LINUX_MM_H

#include <linux/types.h>
#include <linux/gfp.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <asm/page.h>

static inline struct page *alloc_pages(gfp_t gfp, unsigned int order) { return (struct page *)__get_free_pages(gfp, order); }
static inline void __free_pages(struct page *page, unsigned int order) { free_pages((unsigned long)page, order); }
#define alloc_page(gfp)		alloc_pages(gfp, 0)
#define __free_page(page)	__free_pages(page, 0)

#endif
