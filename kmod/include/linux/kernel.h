/* kernel.h - what nearly every module uses. */
#ifndef _LINUX_KERNEL_H
#define _LINUX_KERNEL_H

#include <linux/types.h>
#include <linux/limits.h>
#include <linux/errno.h>
#include <linux/printk.h>
#include <linux/sprintf.h>
#include <linux/kstrtox.h>
#include <linux/minmax.h>
#include <linux/container_of.h>
#include <linux/stringify.h>
#include <linux/bug.h>
#include <linux/linkage.h>
#include <linux/bitops.h>

#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]) + __must_be_array(a))
#define ALIGN(x, a)		(((x) + ((__typeof__(x))(a) - 1)) & ~((__typeof__(x))(a) - 1))
#define IS_ALIGNED(x, a)	(((x) & ((__typeof__(x))(a) - 1)) == 0)
#define DIV_ROUND_UP(n, d)	(((n) + (d) - 1) / (d))
#define roundup(x, y)		((((x) + ((y) - 1)) / (y)) * (y))
#define rounddown(x, y)		((x) - ((x) % (y)))
#define abs(x)			({ __typeof__(x) __v = (x); __v < 0 ? -__v : __v; })
#define upper_32_bits(n)	((u32)(((n) >> 16) >> 16))
#define lower_32_bits(n)	((u32)(n))

/* One number of a list: 0 there is none, 1 the last, 2 a comma follows, 3 a hyphen. */
static inline int get_option(char **str, int *pint)
{
	char *cur = *str;
	int value;

	if (!cur || !*cur)
		return 0;
	value = *cur == '-' ? -(int)simple_strtoul(cur + 1, str, 0) : (int)simple_strtoul(cur, str, 0);
	if (pint)
		*pint = value;
	if (cur == *str)
		return 0;
	if (**str == ',') {
		(*str)++;
		return 2;
	}
	return **str == '-' ? 3 : 1;
}

__printf(1, 2) __noreturn __cold void panic(const char *fmt, ...);

/* Bits of the kernel's taint mask. */
#define TAINT_PROPRIETARY_MODULE	0
#define TAINT_FORCED_MODULE		1
#define TAINT_FORCED_RMMOD		3
#define TAINT_DIE			7
#define TAINT_WARN			9
#define TAINT_CRAP			10
#define TAINT_OOT_MODULE		12
#define LOCKDEP_NOW_UNRELIABLE		0
#define LOCKDEP_STILL_OK		1
void add_taint(unsigned int flag, int lockdep);

#endif
