// chain4: for tests of the order in which modules are loaded and removed.
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>

int chain3_value(void);
int chain4_value(void);

int chain4_value(void)
{
	return 1 + chain3_value();
}
EXPORT_SYMBOL(chain4_value);

static int __init chain4_init(void)
{
	pr_info("chain4: here, value %d\n", chain4_value());
	return 0;
}

static void __exit chain4_exit(void)
{
	pr_info("chain4: gone\n");
}

module_init(chain4_init);
module_exit(chain4_exit);
MODULE_LICENSE("GPL");
