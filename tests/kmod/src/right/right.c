// right: for tests of the order in which modules are loaded and removed.
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>

int base_value(void);
int right_value(void);

int right_value(void)
{
	return 1 + base_value();
}
EXPORT_SYMBOL(right_value);

static int __init right_init(void)
{
	pr_info("right: here, value %d\n", right_value());
	return 0;
}

static void __exit right_exit(void)
{
	pr_info("right: gone\n");
}

module_init(right_init);
module_exit(right_exit);
MODULE_LICENSE("GPL");
