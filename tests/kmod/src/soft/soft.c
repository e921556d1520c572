// soft: for tests of the order in which modules are loaded and removed.
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>

int soft_value(void);

int soft_value(void)
{
	return 1;
}
EXPORT_SYMBOL(soft_value);

static int __init soft_init(void)
{
	pr_info("soft: here, value %d\n", soft_value());
	return 0;
}

static void __exit soft_exit(void)
{
	pr_info("soft: gone\n");
}

module_init(soft_init);
module_exit(soft_exit);
MODULE_LICENSE("GPL");
MODULE_SOFTDEP("pre: left post: chain2");
