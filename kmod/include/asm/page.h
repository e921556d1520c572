/* page.h - pages of memory. A struct page stands for one and is known by its
 * address: there is no array of them, and all memory is mapped always.
 */
#ifndef _ASM_PAGE_H
#define _ASM_PAGE_H

#include <linux/types.h>

#define PAGE_SHIFT	12
#define PAGE_SIZE	(1UL << PAGE_SHIFT)
#define PAGE_MASK	(~(PAGE_SIZE - 1))
#define PAGE_ALIGN(n)	(((n) + PAGE_SIZE - 1) & PAGE_MASK)
#define offset_in_page(p)	((unsigned long)(p) & ~PAGE_MASK)

/* Where the first byte of RAM appears in the map of all memory. What kmalloc gives of
 * less than a page has its addresses there. Whole pages, as larger memory, have others,
 * and need not lie together: only virt_to_phys knows where.
 */
#if defined(__riscv)
#define __PHYS_OFFSET	0x80000000UL
#define PAGE_OFFSET	(0xffffffc000000000UL + __PHYS_OFFSET)
#else
#define __PHYS_OFFSET	0UL
#define PAGE_OFFSET	0xc0000000UL
#endif

/* 0 for what is no memory that modules can have. */
phys_addr_t virt_to_phys(volatile void *address);
/* Of RAM: its place in the map of all memory, whatever other address it has. */
static inline void *phys_to_virt(phys_addr_t pa) { return (void *)((unsigned long)pa - __PHYS_OFFSET + PAGE_OFFSET); }
#define __pa(x)			virt_to_phys((void *)(unsigned long)(x))
#define __va(pa)		phys_to_virt(pa)
/* That virt_to_phys translates it. The PC's RAM begins at 0. */
static inline bool __virt_addr_valid(unsigned long va)
{
	return virt_to_phys((void *)va) != 0 || (va == PAGE_OFFSET && __PHYS_OFFSET == 0);
}
#define virt_addr_valid(p)	__virt_addr_valid((unsigned long)(p))

/* The smallest order whose pages hold size bytes (asm-generic/getorder.h). */
static inline int get_order(unsigned long size)
{
	int order = 0;

	while (order < __SIZEOF_LONG__ * 8 - PAGE_SHIFT && PAGE_SIZE << order < size)
		order++;
	return order;
}

struct page;

static inline void *page_address(const struct page *page) { return (void *)page; }
static inline struct page *virt_to_page(const void *addr) { return (struct page *)((unsigned long)addr & PAGE_MASK); }

#endif
