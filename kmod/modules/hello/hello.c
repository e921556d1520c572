// SPDX-License-Identifier: GPL-2.0
/*
 * hello - the first module: a line when it is loaded, a line when it goes.
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>

static int __init hello_init(void)
{
	pr_info("Hello, world from hello.ko\n");
	return 0;
}

static void __exit hello_exit(void)
{
	pr_info("Goodbye, world from hello.ko\n");
}

module_init(hello_init);
module_exit(hello_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("rv86");
MODULE_DESCRIPTION("Says hello and goodbye");
MODULE_VERSION("1.0");
