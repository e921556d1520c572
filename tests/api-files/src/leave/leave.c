/* A module that goes without taking anything back. */
#include <linux/debugfs.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/kobject.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/proc_fs.h>

static ssize_t leave_read(struct file *file, char __user *buf, size_t n, loff_t *ppos)
{
	return 0;
}
static const struct file_operations fops = { .read = leave_read };
static const struct proc_ops pops = { .proc_read = leave_read };

static ssize_t attr_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "of %s\n", kobject_name(kobj));
}
static struct kobj_attribute attr = __ATTR(leave, 0444, attr_show, NULL);
static struct miscdevice misc = { .minor = MISC_DYNAMIC_MINOR, .name = "leavemisc", .fops = &fops };

static struct bus_type bus = { .name = "leave" };
static struct device_driver driver = { .name = "leave", .bus = &bus };
static void release(struct device *dev) { }
static struct device device = { .init_name = "leave", .bus = &bus, .release = release };

static int __init leave_init(void)
{
	int ret = register_chrdev(99, "leave", &fops);
	struct class *class = class_create("leave");

	device_create(class, NULL, MKDEV(99, 0), NULL, "leave");
	proc_create("leave", 0, NULL, &pops);
	debugfs_create_file("leave", 0444, NULL, NULL, &fops);
	ret |= sysfs_create_file(kernel_kobj, &attr.attr);
	ret |= misc_register(&misc);
	ret |= bus_register(&bus);
	ret |= driver_register(&driver);
	ret |= device_register(&device);
	return ret;
}

static void __exit leave_exit(void)
{
}

module_init(leave_init);
module_exit(leave_exit);
MODULE_LICENSE("GPL");
