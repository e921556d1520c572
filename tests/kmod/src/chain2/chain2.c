// chain2: for tests of the order in which modules are loaded and removed.
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>

int chain1_value(void);
int chain2_value(void);

int chain2_value(void)
{
	return 1 + chain1_value();
}
EXPORT_SYMBOL(chain2_value);

static int __init chain2_init(void)
{
	pr_info("chain2: here, value %d\n", chain2_value());
	return 0;
}

static void __exit chain2_exit(void)
{
	pr_info("chain2: gone\n");
}

module_init(chain2_init);
module_exit(chain2_exit);
MODULE_LICENSE("GPL");
