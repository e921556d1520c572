// chain3: for tests of the order in which modules are loaded and removed.
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>

int chain2_value(void);
int chain3_value(void);

int chain3_value(void)
{
	return 1 + chain2_value();
}
EXPORT_SYMBOL(chain3_value);

static int __init chain3_init(void)
{
	pr_info("chain3: here, value %d\n", chain3_value());
	return 0;
}

static void __exit chain3_exit(void)
{
	pr_info("chain3: gone\n");
}

module_init(chain3_init);
module_exit(chain3_exit);
MODULE_LICENSE("GPL");
