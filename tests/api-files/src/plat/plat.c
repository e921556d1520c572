/* Platform devices found by name, by a table of names, and by a node of a device
 * tree that the module makes up.
 */
#include <linux/module.h>
#include <linux/of.h>
#include <linux/of_device.h>
#include <linux/platform_device.h>

struct about { const char *text; };

static const struct about first = { "table entry" }, second = { "tree entry" };

static const struct platform_device_id ids[] = {
	{ "plat-a", (kernel_ulong_t)&first },
	{ "plat-b", 0 },
	{ }
};
MODULE_DEVICE_TABLE(platform, ids);

static const struct of_device_id nodes[] = {
	{ .compatible = "test,other" },
	{ .compatible = "test,plat", .data = &second },
	{ }
};
MODULE_DEVICE_TABLE(of, nodes);

static int plat_probe(struct platform_device *pdev)
{
	const struct platform_device_id *id = platform_get_device_id(pdev);
	const struct about *about = of_device_get_match_data(&pdev->dev);
	struct resource *mem = platform_get_resource(pdev, IORESOURCE_MEM, 0);
	const char *label = "none";
	u32 reg[2] = { 0, 0 };

	if (!about && id)
		about = (const struct about *)id->driver_data;
	of_property_read_string(pdev->dev.of_node, "label", &label);
	of_property_read_u32_array(pdev->dev.of_node, "reg", reg, 2);
	dev_info(&pdev->dev, "id %d, %s, label %s, reg %x %x, flag %d, too far %d\n", pdev->id, about ? about->text : "nothing",
		 label, reg[0], reg[1], of_property_read_bool(pdev->dev.of_node, "flag"),
		 of_property_read_u32_index(pdev->dev.of_node, "reg", 2, reg));
	if (mem)
		dev_info(&pdev->dev, "memory %llx..%llx, irq %d, data %s\n", mem->start, mem->end, platform_get_irq(pdev, 0),
			 (char *)dev_get_platdata(&pdev->dev));
	return 0;
}

static int plat_remove(struct platform_device *pdev)
{
	dev_info(&pdev->dev, "removed\n");
	return pdev->id == 3 ? -EBUSY : 0;
}

static struct platform_driver plat_driver = {
	.probe = plat_probe,
	.remove = plat_remove,
	.id_table = ids,
	.driver = { .name = "plat-driver", .of_match_table = nodes },
};

static struct property flag = { .name = "flag" };
static u8 cells[] = { 0, 0, 0x12, 0x34, 0xff, 0, 0, 1 };
static struct property reg = { .name = "reg", .length = 8, .value = cells, .next = &flag };
static struct property label = { .name = "label", .length = 5, .value = "here", .next = &reg };
static struct property compatible = { .name = "compatible", .length = 19, .value = "test,new\0test,plat", .next = &label };
static struct device_node node = { .name = "plat", .full_name = "plat@1234", .properties = &compatible };

static void node_release(struct device *dev)
{
	pr_info("plat: %s released\n", dev_name(dev));
}

static struct platform_device described = {
	.name = "described", .id = PLATFORM_DEVID_NONE, .dev = { .of_node = &node, .release = node_release },
};

static struct platform_device *a, *b, *c;

static int __init plat_init(void)
{
	const struct resource res[] = { DEFINE_RES_MEM(0x1000, 0x100), DEFINE_RES_IRQ(9) };

	a = platform_device_register_resndata(NULL, "plat-a", 3, res, 2, "data", 5);
	b = platform_device_register_simple("plat-b", PLATFORM_DEVID_AUTO, NULL, 0);
	c = platform_device_register_simple("nobody", PLATFORM_DEVID_NONE, NULL, 0);
	pr_info("plat: described %d, twice %ld\n", platform_device_register(&described),
		PTR_ERR(platform_device_register_simple("nobody", PLATFORM_DEVID_NONE, NULL, 0)));
	return platform_driver_register(&plat_driver);
}

static void __exit plat_exit(void)
{
	platform_device_unregister(c);
	platform_device_unregister(a);
	platform_driver_unregister(&plat_driver);
	platform_device_unregister(b);
	platform_device_unregister(&described);
}

module_init(plat_init);
module_exit(plat_exit);
MODULE_LICENSE("GPL");
