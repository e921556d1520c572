// asker - asks the kernel for another module, and for a symbol of it.
#include <linux/module.h>
#include <linux/kmod.h>

static char *want = "dep-a";
module_param(want, charp, 0444);

extern int dep_a_add(int a, int b);

static int __init asker_init(void)
{
	int r = request_module("%s", want);
	int (*add)(int, int) = symbol_get(dep_a_add);

	pr_info("asker: request_module %d, dep_a_add is %s\n", r, add ? "there" : "not there");
	if (add) {
		pr_info("asker: %d\n", add(1, 2));
		symbol_put(dep_a_add);
	}
	return 0;
}

static void __exit asker_exit(void)
{
}

module_init(asker_init);
module_exit(asker_exit);
MODULE_LICENSE("GPL");
