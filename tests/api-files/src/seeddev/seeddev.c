/* A device for seedhello's bus. */
#include <linux/device.h>
#include <linux/module.h>

extern struct bus_type test_bus_type;

static void test_release(struct device *dev)
{
	printk(KERN_ALERT "test_device: released\n");
}

static struct device test_device = {
	.init_name = "test_driver.0",
	.bus = &test_bus_type,
	.release = test_release,
};

static int __init seeddev_init(void)
{
	int ret = device_register(&test_device);

	printk(KERN_ALERT "device_register: %d, driver %s\n", ret,
	       test_device.driver ? test_device.driver->name : "none");
	return ret;
}

static void __exit seeddev_exit(void)
{
	device_unregister(&test_device);
}

module_init(seeddev_init);
module_exit(seeddev_exit);
MODULE_LICENSE("GPL");
