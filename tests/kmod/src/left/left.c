// left: for tests of the order in which modules are loaded and removed.
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>

int base_value(void);
int left_value(void);

int left_value(void)
{
	return 1 + base_value();
}
EXPORT_SYMBOL(left_value);

static int __init left_init(void)
{
	pr_info("left: here, value %d\n", left_value());
	return 0;
}

static void __exit left_exit(void)
{
	pr_info("left: gone\n");
}

module_init(left_init);
module_exit(left_exit);
MODULE_LICENSE("GPL");
