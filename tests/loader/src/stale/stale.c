// stale - uses what is gone: how=0 calls its init code after init, 1 reads its
// init data, 2 writes what is read-only after init, 3 calls its init code when
// others have new memory, which is full of instructions that return.
#include <linux/module.h>
#include <linux/cache.h>
#include <linux/slab.h>
#include <linux/string.h>

#define RETURN 0xc3 /* of an x86 */
#define BLOCKS 16

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
	int i;

	switch (how) {
	case 3:
		for (i = 0; i < BLOCKS; i++)
			memset(kmalloc(4096 << i % 2, GFP_KERNEL), RETURN, 4096 << i % 2);
		fallthrough;
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
