/* io.h - reading and writing device registers. */
#ifndef _LINUX_IO_H
#define _LINUX_IO_H

#include <linux/types.h>
#include <linux/ioport.h>
#include <linux/pfn.h>
#include <linux/string.h>
#include <asm/page.h>

void __iomem *ioremap(phys_addr_t offset, size_t size);
void iounmap(volatile void __iomem *addr);
#define ioremap_wc(offset, size)	ioremap(offset, size)
#define ioremap_np(offset, size)	ioremap(offset, size)

/* Accesses in program order: the fences keep them so on riscv64, where device
 * memory is ordered by itself only against itself.
 */
#if defined(__riscv)
#define __io_before()	__asm__ __volatile__("fence w,o" : : : "memory")
#define __io_after()	__asm__ __volatile__("fence i,r" : : : "memory")
#else
#define __io_before()	__asm__ __volatile__("" : : : "memory")
#define __io_after()	__asm__ __volatile__("" : : : "memory")
#endif

#define __MMIO(suffix, type)								\
static inline type read##suffix(const volatile void __iomem *addr)			\
{											\
	type v = *(const volatile type *)addr;						\
	__io_after();									\
	return v;									\
}											\
static inline void write##suffix(type v, volatile void __iomem *addr)			\
{											\
	__io_before();									\
	*(volatile type *)addr = v;							\
}											\
static inline type read##suffix##_relaxed(const volatile void __iomem *addr)		\
{											\
	return *(const volatile type *)addr;						\
}											\
static inline void write##suffix##_relaxed(type v, volatile void __iomem *addr)		\
{											\
	*(volatile type *)addr = v;							\
}

__MMIO(b, u8)
__MMIO(w, u16)
__MMIO(l, u32)
#if __SIZEOF_LONG__ == 8
__MMIO(q, u64)
#endif

#define ioread8(p)		readb(p)
#define ioread16(p)		readw(p)
#define ioread32(p)		readl(p)
#define iowrite8(v, p)		writeb(v, p)
#define iowrite16(v, p)		writew(v, p)
#define iowrite32(v, p)		writel(v, p)
static inline void memcpy_fromio(void *to, const volatile void __iomem *from, size_t n) { memcpy(to, (const void *)from, n); }
static inline void memcpy_toio(volatile void __iomem *to, const void *from, size_t n) { memcpy((void *)to, from, n); }
static inline void memset_io(volatile void __iomem *to, int c, size_t n) { memset((void *)to, c, n); }

/* Ports: an address space of their own on the PC, and nothing on riscv64, where
 * a module that uses them does not compile.
 */
#if defined(__i386__)
#define __PORT(suffix, type)								\
static inline type in##suffix(u16 port)							\
{											\
	type v;										\
	__asm__ __volatile__("in" #suffix " %1, %0" : "=a"(v) : "Nd"(port));		\
	return v;									\
}											\
static inline void out##suffix(type v, u16 port)					\
{											\
	__asm__ __volatile__("out" #suffix " %0, %1" : : "a"(v), "Nd"(port));		\
}											\
static inline type in##suffix##_p(u16 port) { return in##suffix(port); }		\
static inline void out##suffix##_p(type v, u16 port) { out##suffix(v, port); }

__PORT(b, u8)
__PORT(w, u16)
__PORT(l, u32)
#endif

#endif
