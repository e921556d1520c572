// SPDX-License-Identifier: GPL-2.0
/*
 * crash - goes wrong in the way that its parameter chooses.
 */
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

#ifdef __riscv
#define NOWHERE 0xffffffc0deadbeefUL /* no half of memory */
#define FAR 0x123456789abcUL /* a user's, unmapped */
#define ILLEGAL ".word 0"
#define WRONG "ecall"
#else
#define NOWHERE 0xdeadbeefUL
#define FAR 0x12345678UL
#define ILLEGAL "ud2"
#define WRONG "push $0xfff8; pop %gs" /* a selector outside the table */
#endif

static int how;
module_param(how, int, 0);

/* More stack than there is. */
static noinline int deep(int n)
{
	volatile char b[512];

	b[0] = n;
	return n ? deep(n - 1) + b[0] : b[0];
}

static noinline int poke(int *p)
{
	*p = 1;
	return 0;
}

static int __init crash_init(void)
{
	volatile long i;
	char *p;

	switch (how) {
	case 0:
		return poke((int *)0);
	case 1:
		return poke((int *)NOWHERE);
	case 2:
		BUG();
	case 3:
		WARN(1, "warned about %d\n", how);
		return 0;
	case 4:
		return deep(100000);
	case 5:
		pr_info("%s\n", (char *)0xdead0000);
		return 0;
	case 6:
		return strlen((char *)FAR);
	case 7:
		p = kmalloc(10, GFP_KERNEL);
		kfree(p);
		kfree(p);
		return 0;
	case 8:
		asm volatile(ILLEGAL);
		return 0;
	case 9:
		((void (*)(void))0)();
		return 0;
	case 10: /* code is not writable */
		*(int *)crash_init = 0;
		return 0;
	case 11:
		__builtin_trap();
	case 12:
		asm volatile(WRONG);
		return 0;
	case 13: /* the length wraps around memory */
		memchr(kmalloc(10, GFP_KERNEL), 0, ~0UL);
		return 0;
	case 14: /* others run meanwhile */
		for (i = 0; i < 10000000; i++)
			;
		pr_info("loop done\n");
		return 0;
	case 15:
		panic("crash says %d", how);
	case 16:
		for (;;)
			i = 0;
	}
	return -EINVAL;
}

static void __exit crash_exit(void)
{
	pr_info("crash: unloaded\n");
}

module_init(crash_init);
module_exit(crash_exit);
MODULE_LICENSE("GPL");
