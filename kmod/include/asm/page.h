/* page.h - pages of memory. A struct page stands for one and is known by its
 * address: there is no array of them, and all memory is mapped always.
 */
#ifndef _ASM_PAGE_H
#define _ASM_PAGE_H

#define PAGE_SHIFT	12
#define PAGE_SIZE	(1UL << PAGE_SHIFT)
#define PAGE_MASK	(~(PAGE_SIZE - 1))
#define PAGE_ALIGN(n)	(((n) + PAGE_SIZE - 1) & PAGE_MASK)
/* The order of the smallest number of pages, a power of two, that holds size bytes. */
static inline int get_order(unsigned long size)
{
	int order = 0;

	while ((PAGE_SIZE << order) < size)
		order++;
	return order;
}
#define offset_in_page(p)	((unsigned long)(p) & ~PAGE_MASK)

struct page;

static inline void *page_address(const struct page *page) { return (void *)page; }
static inline struct page *virt_to_page(const void *addr) { return (struct page *)((unsigned long)addr & PAGE_MASK); }

#endif
