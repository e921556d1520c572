// SPDX-License-Identifier: GPL-2.0
/*
 * covered - a module of which not everything is executed.
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/moduleparam.h>

static int n;
module_param(n, int, 0444);

static noinline int half(int x)
{
	if (x & 1) {
		pr_info("covered: %d is odd\n", x);
		return -1;
	}
	return x / 2;
}

static noinline void never_called(void)
{
	pr_info("covered: nobody comes here\n");
}

static int __init covered_init(void)
{
	int i, sum = 0;

	for (i = 0; i < n; i++)
		sum += half(2 * i);
	if (sum < 0)
		never_called();
	return 0;
}

static void __exit covered_exit(void)
{
}

module_init(covered_init);
module_exit(covered_exit);

MODULE_LICENSE("GPL");
