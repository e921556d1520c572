// leak - allocates and forgets.
#include <linux/module.h>
#include <linux/slab.h>

static void *kept[3];

static noinline void *helper(void)
{
	return kmalloc(5000, GFP_KERNEL);
}

static int __init leak_init(void)
{
	void *freed = kmalloc(100, GFP_KERNEL);

	kept[0] = kmalloc(64, GFP_KERNEL);
	kept[1] = kzalloc(10, GFP_KERNEL);
	kept[2] = helper();
	kfree(freed);
	return kept[0] && kept[1] && kept[2] ? 0 : -ENOMEM;
}

static void __exit leak_exit(void)
{
}

module_init(leak_init);
module_exit(leak_exit);
MODULE_LICENSE("GPL");
