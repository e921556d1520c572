// SPDX-License-Identifier: GPL-2.0
/*
 * ext - a constructor, and a load whose fault is fixed up.
 */
#include <linux/module.h>

static int value;

static __attribute__((constructor)) void ctor(void)
{
	value = 42;
}

/* A fault at 1 goes on at 3. */
#define EXTABLE ".section __ex_table, \"a\"\n" \
		".balign 4\n" \
		".long 1b - ., 3b - ., 0\n" \
		".previous\n"

static int get(const int *p)
{
	int v = 7;

#ifdef __riscv
	asm volatile("1: lw %0, 0(%1)\n"
		     "2:\n"
		     ".section .text.fixup, \"ax\"\n"
		     "3: li %0, -14\n"
		     "j 2b\n"
		     ".previous\n"
		     EXTABLE
		     : "+r"(v) : "r"(p));
#else
	asm volatile("1: movl (%1), %0\n"
		     "2:\n"
		     ".section .text.fixup, \"ax\"\n"
		     "3: movl $-14, %0\n"
		     "jmp 2b\n"
		     ".previous\n"
		     EXTABLE
		     : "+r"(v) : "r"(p));
#endif
	return v;
}

static int __init ext_init(void)
{
	pr_info("constructor %d, good %d, bad %d\n", value, get(&value), get((int *)16));
	return 0;
}

static void __exit ext_exit(void)
{
}

module_init(ext_init);
module_exit(ext_exit);
MODULE_LICENSE("GPL");
