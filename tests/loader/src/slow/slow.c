// slow - sleeps in its init function, and then succeeds or fails.
#include <linux/module.h>
#include <linux/delay.h>

static int fail;
module_param(fail, int, 0);

int slow_answer(void)
{
	return 42;
}
EXPORT_SYMBOL(slow_answer);

static int __init slow_init(void)
{
	pr_info("slow: begins\n");
	msleep(50);
	pr_info("slow: ends\n");
	return fail ? -ENODEV : 0;
}

static void __exit slow_exit(void)
{
}

module_init(slow_init);
module_exit(slow_exit);
MODULE_LICENSE("GPL");
