// chain5: for tests of the order in which modules are loaded and removed.
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>

int chain4_value(void);
int chain5_value(void);

int chain5_value(void)
{
	return 1 + chain4_value();
}
EXPORT_SYMBOL(chain5_value);

static int __init chain5_init(void)
{
	pr_info("chain5: here, value %d\n", chain5_value());
	return 0;
}

static void __exit chain5_exit(void)
{
	pr_info("chain5: gone\n");
}

module_init(chain5_init);
module_exit(chain5_exit);
MODULE_LICENSE("GPL");
