// SPDX-License-Identifier: GPL-2.0
/*
 * dep-b - uses what dep-a exports, so dep-a must be loaded first and stay.
 */
#include <linux/module.h>

extern int dep_a_calls;
int dep_a_add(int a, int b);

static int __init dep_b_init(void)
{
	int sum = dep_a_add(40, 2);

	pr_info("dep-b: dep_a_add(40, 2) = %d, calls so far: %d\n", sum, dep_a_calls);
	return 0;
}

static void __exit dep_b_exit(void)
{
	pr_info("dep-b: unloaded\n");
}

module_init(dep_b_init);
module_exit(dep_b_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("rv86");
MODULE_DESCRIPTION("Uses dep_a_add");
