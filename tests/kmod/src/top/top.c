// top: for tests of the order in which modules are loaded and removed.
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>

int left_value(void);
int right_value(void);
int top_value(void);

int top_value(void)
{
	return 1 + left_value() + right_value();
}
EXPORT_SYMBOL(top_value);

static int __init top_init(void)
{
	pr_info("top: here, value %d\n", top_value());
	return 0;
}

static void __exit top_exit(void)
{
	pr_info("top: gone\n");
}

module_init(top_init);
module_exit(top_exit);
MODULE_LICENSE("GPL");
MODULE_ALIAS("diamond-*");
