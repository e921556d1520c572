// stale - uses what is gone: how=0 calls its init code after init, 1 reads its
// init data, 2 writes what is read-only after init.
#include <linux/module.h>
#include <linux/cache.h>

static int how;
module_param(how, int, 0);

static int limit __ro_after_init = 1;
static int table[4] __initdata = { 1, 2, 3, 4 };

static noinline int __init helper(int n)
{
	return n + table[n & 3];
}

static int (*volatile call)(int) = helper;
static int *volatile data = table;

static int __init stale_init(void)
{
	limit = call(how);
	return 0;
}

static void __exit stale_exit(void)
{
	switch (how) {
	case 0:
		limit = call(1);
		break;
	case 1:
		pr_info("%d\n", *data);
		break;
	default:
		*(volatile int *)&limit = 3;
	}
}

module_init(stale_init);
module_exit(stale_exit);
MODULE_LICENSE("GPL");
