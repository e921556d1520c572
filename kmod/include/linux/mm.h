/* mm.h - pages of memory. */
#ifndef _LINUX_MM_H
#define _LINUX_MM_H

#include <linux/types.h>
#include <linux/gfp.h>
#include <linux/pfn.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <linux/errno.h>
#include <linux/io.h>
#include <asm/page.h>

static inline struct page *alloc_pages(gfp_t gfp, unsigned int order) { return (struct page *)__get_free_pages(gfp, order); }
static inline void __free_pages(struct page *page, unsigned int order) { free_pages((unsigned long)page, order); }

/* Page frames: the numbers of pages in physical memory. */
int pfn_valid(unsigned long pfn);
#define __phys_to_pfn(pa)	PHYS_PFN(pa)
#define __pfn_to_phys(pfn)	PFN_PHYS(pfn)
static inline phys_addr_t page_to_phys(const struct page *page) { return virt_to_phys(page_address(page)); }
static inline unsigned long page_to_pfn(const struct page *page) { return PHYS_PFN(page_to_phys(page)); }
static inline struct page *pfn_to_page(unsigned long pfn) { return (struct page *)phys_to_virt(PFN_PHYS(pfn)); }
static inline struct page *vmalloc_to_page(const void *addr) { return virt_to_page(addr); }
static inline unsigned long vmalloc_to_pfn(const void *addr) { return PHYS_PFN(virt_to_phys((void *)addr)); }
static inline unsigned long virt_to_pfn(const void *addr) { return vmalloc_to_pfn(addr); }

/* References to a page: one that was allocated by itself is freed with the last. */
void get_page(struct page *page);
void put_page(struct page *page);
static inline void SetPageReserved(struct page *page) { }
static inline void ClearPageReserved(struct page *page) { }
static inline void lock_page(struct page *page) { }
static inline void unlock_page(struct page *page) { }
static inline int set_page_dirty(struct page *page) { return 0; }

/* Areas of a program's memory. A driver's mmap enters pages itself (remap_pfn_range,
 * vm_insert_page) or sets vm_ops with a function that supplies them one by one.
 */
struct mm_struct;
typedef struct { unsigned long pgprot; } pgprot_t;
#define __pgprot(x)		((pgprot_t) { (x) })
#define pgprot_val(x)		((x).pgprot)
#define pgprot_noncached(prot)		(prot)
#define pgprot_writecombine(prot)	(prot)
#define pgprot_device(prot)		(prot)
typedef unsigned int vm_fault_t;
typedef unsigned long vm_flags_t;

#define VM_READ		0x00000001
#define VM_WRITE	0x00000002
#define VM_EXEC		0x00000004
#define VM_SHARED	0x00000008
#define VM_MAYREAD	0x00000010
#define VM_MAYWRITE	0x00000020
#define VM_MAYEXEC	0x00000040
#define VM_MAYSHARE	0x00000080
#define VM_PFNMAP	0x00000400
#define VM_LOCKED	0x00002000
#define VM_IO		0x00004000
#define VM_DONTCOPY	0x00020000
#define VM_DONTEXPAND	0x00040000
#define VM_DONTDUMP	0x04000000
#define VM_MIXEDMAP	0x10000000

#define VM_FAULT_OOM	0x0001
#define VM_FAULT_SIGBUS	0x0002
#define VM_FAULT_MAJOR	0x0004
#define VM_FAULT_SIGSEGV	0x0040
#define VM_FAULT_NOPAGE	0x0100
#define VM_FAULT_LOCKED	0x0200
#define VM_FAULT_RETRY	0x0400
#define VM_FAULT_ERROR	0x0873

#define FAULT_FLAG_WRITE	0x01
#define FAULT_FLAG_USER		0x40

struct vm_operations_struct;
struct vm_area_struct {
	unsigned long vm_start, vm_end;
	struct mm_struct *vm_mm;
	pgprot_t vm_page_prot;
	union {
		const vm_flags_t vm_flags;	/* changed by vm_flags_set and others */
		vm_flags_t __vm_flags;
	};
	const struct vm_operations_struct *vm_ops;
	unsigned long vm_pgoff;
	struct file *vm_file;
	void *vm_private_data;
};
struct vm_fault {
	struct vm_area_struct *vma;
	gfp_t gfp_mask;
	unsigned long pgoff;
	unsigned long address;		/* of the page */
	unsigned long real_address;
	unsigned int flags;
	struct page *page;
};
struct vm_operations_struct {
	void (*open)(struct vm_area_struct *area);
	void (*close)(struct vm_area_struct *area);
	vm_fault_t (*fault)(struct vm_fault *vmf);
};
static inline void vm_flags_set(struct vm_area_struct *vma, vm_flags_t flags) { vma->__vm_flags |= flags; }
static inline void vm_flags_clear(struct vm_area_struct *vma, vm_flags_t flags) { vma->__vm_flags &= ~flags; }
static inline void vm_flags_mod(struct vm_area_struct *vma, vm_flags_t set, vm_flags_t clear)
{
	vma->__vm_flags = (vma->__vm_flags | set) & ~clear;
}
static inline unsigned long vma_pages(const struct vm_area_struct *vma) { return (vma->vm_end - vma->vm_start) >> PAGE_SHIFT; }

/* Pages that lie one after the other in physical memory, or device registers. */
int remap_pfn_range(struct vm_area_struct *vma, unsigned long addr, unsigned long pfn, unsigned long size, pgprot_t prot);
#define io_remap_pfn_range(vma, addr, pfn, size, prot)	remap_pfn_range(vma, addr, pfn, size, prot)
int vm_iomap_memory(struct vm_area_struct *vma, phys_addr_t start, unsigned long len);
/* Pages of memory, each for itself. */
int vm_insert_page(struct vm_area_struct *vma, unsigned long addr, struct page *page);
int vm_insert_pages(struct vm_area_struct *vma, unsigned long addr, struct page **pages, unsigned long *num);
int vm_map_pages(struct vm_area_struct *vma, struct page **pages, unsigned long num);
int vm_map_pages_zero(struct vm_area_struct *vma, struct page **pages, unsigned long num);
vm_fault_t vmf_insert_pfn(struct vm_area_struct *vma, unsigned long addr, unsigned long pfn);
static inline vm_fault_t vmf_insert_page(struct vm_area_struct *vma, unsigned long addr, struct page *page)
{
	switch (vm_insert_page(vma, addr, page)) {
	case 0:
	case -EBUSY:
		return VM_FAULT_NOPAGE;
	case -ENOMEM:
		return VM_FAULT_OOM;
	}
	return VM_FAULT_SIGBUS;
}
void zap_vma_ptes(struct vm_area_struct *vma, unsigned long address, unsigned long size);

#define alloc_page(gfp)		alloc_pages(gfp, 0)
#define __free_page(page)	__free_pages(page, 0)

#endif
