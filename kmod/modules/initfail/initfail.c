// SPDX-License-Identifier: GPL-2.0
/*
 * initfail - allocates, then finds no device: the load must fail with the
 * module's own error and leave nothing behind.
 */
#include <linux/module.h>
#include <linux/slab.h>

static int __init initfail_init(void)
{
	char *buffer = kzalloc(100, GFP_KERNEL);

	if (!buffer)
		return -ENOMEM;
	pr_info("initfail: no such device, giving up\n");
	kfree(buffer);
	return -ENODEV;
}

static void __exit initfail_exit(void)
{
	pr_info("initfail: never reached\n");
}

module_init(initfail_init);
module_exit(initfail_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("rv86");
MODULE_DESCRIPTION("Fails with ENODEV");
