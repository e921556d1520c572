// SPDX-License-Identifier: GPL-2.0
/*
 * dep-a - exports a function and a variable, which dep-b uses.
 */
#include <linux/module.h>

int dep_a_calls;
EXPORT_SYMBOL(dep_a_calls);

int dep_a_add(int a, int b)
{
	dep_a_calls++;
	return a + b;
}
EXPORT_SYMBOL_GPL(dep_a_add);

static int __init dep_a_init(void)
{
	pr_info("dep-a: loaded\n");
	return 0;
}

static void __exit dep_a_exit(void)
{
	pr_info("dep-a: unloaded after %d calls\n", dep_a_calls);
}

module_init(dep_a_init);
module_exit(dep_a_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("rv86");
MODULE_DESCRIPTION("Exports dep_a_add");
