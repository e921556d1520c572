// SPDX-License-Identifier: GPL-2.0
/*
 * watchme - something to look at with a debugger: a parameter, a structure, a
 * variable that a loop changes through a function.
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/moduleparam.h>

struct point {
	int x, y;
	const char *name;
	unsigned int seen : 3;
};

static int n = 3;
module_param(n, int, 0644);
MODULE_PARM_DESC(n, "How often to add");

static int total;
static struct point origin = { 1, 2, "origin", 0 };

static noinline int add(struct point *p, int by)
{
	int old = total;

	p->x += by;
	p->seen++;
	total = old + p->x;
	return total;
}

static int __init watchme_init(void)
{
	int i;

	for (i = 0; i < n; i++)
		add(&origin, i);
	pr_info("watchme: total=%d\n", total);
	return 0;
}

static void __exit watchme_exit(void)
{
	pr_info("watchme: bye, total was %d\n", total);
}

module_init(watchme_init);
module_exit(watchme_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Something to look at with a debugger");
