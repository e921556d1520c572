// deep - faults some calls down, one of them through the kernel: the parameter's
// set function is called by the loader.
#include <linux/module.h>

static noinline int deepest(int *p, int n)
{
	char space[100];

	snprintf(space, sizeof(space), "%d", n);
	return *p + space[0];
}

static noinline int middle(int *p, int n)
{
	int r = n;

	if (n > 1)
		r += deepest(p, n - 1);
	return r + 1;
}

static int *volatile nowhere = (int *)4;

static int set(const char *val, const struct kernel_param *kp)
{
	return middle(nowhere, val[0]) < 0 ? -EINVAL : 0;
}

static const struct kernel_param_ops ops = { .set = set };
module_param_cb(fault, &ops, NULL, 0200);

static int __init deep_init(void)
{
	return 0;
}

static void __exit deep_exit(void)
{
}

module_init(deep_init);
module_exit(deep_exit);
MODULE_LICENSE("GPL");
