// base: for tests of the order in which modules are loaded and removed.
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>

int base_value(void);

int base_value(void)
{
	return 1;
}
EXPORT_SYMBOL(base_value);

static int __init base_init(void)
{
	pr_info("base: here, value %d\n", base_value());
	return 0;
}

static void __exit base_exit(void)
{
	pr_info("base: gone\n");
}

module_init(base_init);
module_exit(base_exit);
MODULE_LICENSE("GPL");
