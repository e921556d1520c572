// hasty - needs slow.
#include <linux/module.h>

int slow_answer(void);

static int __init hasty_init(void)
{
	pr_info("hasty: %d\n", slow_answer());
	return 0;
}

static void __exit hasty_exit(void)
{
}

module_init(hasty_init);
module_exit(hasty_exit);
MODULE_LICENSE("GPL");
