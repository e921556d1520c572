// glutton allocates until it gets nothing, and gives all back when it goes.
#include <linux/module.h>
#include <linux/slab.h>

struct block {
	struct block *next;
	char rest[60000];
};

static struct block *blocks;

static int __init glutton_init(void)
{
	struct block *b;

	while ((b = kmalloc(sizeof(*b), GFP_KERNEL))) {
		b->next = blocks;
		blocks = b;
	}
	return 0;
}

static void __exit glutton_exit(void)
{
	while (blocks) {
		struct block *next = blocks->next;

		kfree(blocks);
		blocks = next;
	}
}

module_init(glutton_init);
module_exit(glutton_exit);
MODULE_LICENSE("GPL");
