// chain1: for tests of the order in which modules are loaded and removed.
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>

int chain1_value(void);

int chain1_value(void)
{
	return 1;
}
EXPORT_SYMBOL(chain1_value);

static int __init chain1_init(void)
{
	pr_info("chain1: here, value %d\n", chain1_value());
	return 0;
}

static void __exit chain1_exit(void)
{
	pr_info("chain1: gone\n");
}

module_init(chain1_init);
module_exit(chain1_exit);
MODULE_LICENSE("GPL");
