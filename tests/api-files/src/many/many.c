/* Many devices of one class. It says what each STEP of them cost, by the clock of
 * the machine, and all together when they go.
 */
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/ktime.h>
#include <linux/module.h>

#define STEP	100

static int count = 2000;
module_param(count, int, 0444);
MODULE_PARM_DESC(count, "how many devices");

static struct class *many_class;
static dev_t first;

static void undo(int made)
{
	while (made-- > 0)
		device_destroy(many_class, first + made);
	class_destroy(many_class);
	unregister_chrdev_region(first, count);
}

static int __init many_init(void)
{
	ktime_t start = ktime_get();
	int err, i;

	err = alloc_chrdev_region(&first, 0, count, "many");
	if (err)
		return err;
	many_class = class_create("many");
	if (IS_ERR(many_class)) {
		unregister_chrdev_region(first, count);
		return PTR_ERR(many_class);
	}
	for (i = 0; i < count; i++) {
		struct device *dev = device_create(many_class, NULL, first + i, NULL, "many%d", i);

		if (IS_ERR(dev)) {
			undo(i);
			return PTR_ERR(dev);
		}
		if ((i + 1) % STEP == 0) {
			ktime_t now = ktime_get();

			pr_info("many: devices up to %d took %lld ns\n", i + 1, ktime_to_ns(ktime_sub(now, start)));
			start = now;
		}
	}
	return 0;
}

static void __exit many_exit(void)
{
	ktime_t start = ktime_get();

	undo(count);
	pr_info("many: all are gone after %lld ns\n", ktime_to_ns(ktime_sub(ktime_get(), start)));
}

module_init(many_init);
module_exit(many_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("many devices");
