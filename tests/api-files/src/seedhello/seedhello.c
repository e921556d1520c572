/* After the notes about uCore+'s hello.ko: a bus and a driver that were written for
 * Linux, with the alerts of the original.
 */
#include <linux/device.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/string.h>

static int test_bus_match(struct device *dev, struct device_driver *driver)
{
	int fits = !strncmp(dev_name(dev), driver->name, strlen(driver->name));

	printk(KERN_ALERT "test_bus: match %s with %s: %d\n", dev_name(dev), driver->name, fits);
	return fits;
}

struct bus_type test_bus_type = {
	.name = "test_bus",
	.match = test_bus_match,
};
EXPORT_SYMBOL(test_bus_type);

static struct device_driver test_driver = {
	.name = "test_driver",
};

int test_driver_register(struct device_driver *driver)
{
	driver->bus = &test_bus_type;
	return driver_register(driver);
}

static int __init hello_init(void)
{
	int ret;

	printk(KERN_ALERT "hello_init\n");
	ret = bus_register(&test_bus_type);
	printk(KERN_ALERT "bus_register: %s\n", ret ? "failed" : "done");
	ret = test_driver_register(&test_driver);
	printk(KERN_ALERT "driver_register: %s\n", ret ? "failed" : "done");
	return ret;
}

static void __exit hello_exit(void)
{
	driver_unregister(&test_driver);
	bus_unregister(&test_bus_type);
	printk(KERN_ALERT "hello_exit\n");
}

module_init(hello_init);
module_exit(hello_exit);
MODULE_LICENSE("GPL");
