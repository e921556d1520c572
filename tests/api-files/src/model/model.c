/* A bus of its own with everything on it: devices below a parent, two drivers, of
 * which one wants to be asked again; attributes of all kinds; managed memory.
 */
#include <linux/device.h>
#include <linux/module.h>
#include <linux/slab.h>

static int later = 1;

struct thing {
	struct device dev;
	int value;
};
#define to_thing(d) container_of(d, struct thing, dev)

static ssize_t level_show(const struct bus_type *bus, char *buf)
{
	return sysfs_emit(buf, "bus %s\n", bus->name);
}
static BUS_ATTR_RO(level);

static struct attribute *bus_attrs[] = { &bus_attr_level.attr, NULL };
ATTRIBUTE_GROUPS(bus);

static int model_match(struct device *dev, struct device_driver *drv)
{
	return dev_name(dev)[0] == drv->name[0];
}

static struct bus_type model_bus = {
	.name = "model",
	.match = model_match,
	.bus_groups = bus_groups,
};

static ssize_t value_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", to_thing(dev)->value);
}

static ssize_t value_store(struct device *dev, struct device_attribute *attr, const char *buf, size_t n)
{
	int ret = kstrtoint(buf, 0, &to_thing(dev)->value);

	return ret ? ret : n;
}
static DEVICE_ATTR_RW(value);

static struct attribute *thing_attrs[] = { &dev_attr_value.attr, NULL };
ATTRIBUTE_GROUPS(thing);

static void thing_release(struct device *dev)
{
	pr_info("model: %s released\n", dev_name(dev));
	kfree(to_thing(dev));
}

static const struct device_type thing_type = {
	.name = "thing",
	.groups = thing_groups,
	.release = thing_release,
};

static void undo(void *what)
{
	pr_info("model: undo %s\n", (char *)what);
}

static int a_probe(struct device *dev)
{
	char *s = devm_kasprintf(dev, GFP_KERNEL, "%s/%d", dev_name(dev), to_thing(dev)->value);

	if (!s || devm_add_action_or_reset(dev, undo, "first") || devm_add_action_or_reset(dev, undo, s))
		return -ENOMEM;
	if (to_thing(dev)->value == 13) {
		dev_err(dev, "an unlucky number\n");
		return -EIO;
	}
	dev_set_drvdata(dev, s);
	dev_info(dev, "probed, managed %s\n", s);
	return 0;
}

static int a_remove(struct device *dev)
{
	dev_info(dev, "removed, data %s\n", (char *)dev_get_drvdata(dev));
	return 0;
}

static ssize_t about_show(struct device_driver *drv, char *buf)
{
	return sysfs_emit(buf, "driver %s\n", drv->name);
}
static DRIVER_ATTR_RO(about);
static struct attribute *about_attrs[] = { &driver_attr_about.attr, NULL };
ATTRIBUTE_GROUPS(about);

static struct device_driver a_driver = {
	.name = "a-driver",
	.bus = &model_bus,
	.owner = THIS_MODULE,
	.probe = a_probe,
	.remove = a_remove,
	.groups = about_groups,
};

static int b_probe(struct device *dev)
{
	if (later) {
		later = 0;
		dev_info(dev, "asks to be probed later\n");
		return -EPROBE_DEFER;
	}
	dev_info(dev, "probed at last\n");
	return 0;
}

static struct device_driver b_driver = {
	.name = "b-driver",
	.bus = &model_bus,
	.probe = b_probe,
};

static struct class *model_class;
static struct device *parent, *plain;

static struct device *add(const char *name, int value)
{
	struct thing *t = kzalloc(sizeof(*t), GFP_KERNEL);
	int ret;

	t->value = value;
	device_initialize(&t->dev);
	t->dev.bus = &model_bus;
	t->dev.type = &thing_type;
	t->dev.parent = parent;
	dev_set_name(&t->dev, "%s", name);
	ret = device_add(&t->dev);
	if (ret) {
		pr_info("model: adding %s: %d\n", name, ret);
		put_device(&t->dev);
		return NULL;
	}
	return &t->dev;
}

static int print(struct device *dev, void *data)
{
	pr_info("model: %s has %s\n", (char *)data, dev_name(dev));
	return 0;
}

static struct device *a, *b;

static int __init model_init(void)
{
	int ret;

	pr_info("model: driver before its bus: %d\n", driver_register(&a_driver));
	pr_info("model: bus %d\n", bus_register(&model_bus));
	parent = root_device_register("model-root");
	model_class = class_create("model");
	b = add("b0", 2);
	a = add("a0", 1);
	ret = driver_register(&b_driver);
	ret |= driver_register(&a_driver);
	pr_info("model: drivers %d, again %d\n", ret, driver_register(&a_driver));
	add("a0", 3);
	plain = device_create(model_class, parent, 0, NULL, "plain%d", 7);
	ret = device_create_file(plain, &dev_attr_value);
	device_remove_file(plain, &dev_attr_value);
	bus_for_each_dev(&model_bus, NULL, "bus", print);
	device_for_each_child(parent, "parent", print);
	pr_info("model: %s\n", dev_driver_string(plain));
	return 0;
}

static void __exit model_exit(void)
{
	struct device *unlucky = add("a13", 13);

	device_unregister(unlucky);
	driver_unregister(&b_driver);
	device_unregister(a);
	driver_unregister(&a_driver);
	device_unregister(b);
	device_unregister(plain);
	class_destroy(model_class);
	root_device_unregister(parent);
	bus_unregister(&model_bus);
}

module_init(model_init);
module_exit(model_exit);
MODULE_LICENSE("GPL");
