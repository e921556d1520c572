/* ioport.h - claims on ranges of device registers. */
#ifndef _LINUX_IOPORT_H
#define _LINUX_IOPORT_H

#include <linux/types.h>

typedef u64 resource_size_t;

/* The kernel has the same layout. */
struct resource {
	resource_size_t start;
	resource_size_t end;
	const char *name;
	unsigned long flags;
};

#define IORESOURCE_IO	0x00000100
#define IORESOURCE_MEM	0x00000200
#define IORESOURCE_IRQ	0x00000400
#define IORESOURCE_DMA	0x00000800
#define IORESOURCE_BUSY	0x80000000

static inline resource_size_t resource_size(const struct resource *res) { return res->end - res->start + 1; }

struct resource *__request_region(resource_size_t start, resource_size_t n, const char *name);
void __release_region(resource_size_t start, resource_size_t n);
struct resource *__request_mem_region(resource_size_t start, resource_size_t n, const char *name);
void __release_mem_region(resource_size_t start, resource_size_t n);

#define request_region(start, n, name)		__request_region(start, n, name)
#define release_region(start, n)		__release_region(start, n)
#define request_mem_region(start, n, name)	__request_mem_region(start, n, name)
#define release_mem_region(start, n)		__release_mem_region(start, n)

#endif
