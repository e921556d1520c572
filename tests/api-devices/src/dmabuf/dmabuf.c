/* Memory for DMA: addresses, masks, and what cannot be mapped. */
#include <linux/module.h>
#include <linux/dma-mapping.h>
#include <linux/io.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

static int dmabuf_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	dma_addr_t handle = 0, mapped;
	u8 *one, *many, *small;
	int i, wrong = 0;

	pr_info("without mask %d\n", dma_set_mask(dev, DMA_BIT_MASK(32)));
	pr_info("mask %d, too small %d\n", dma_coerce_mask_and_coherent(dev, DMA_BIT_MASK(32)),
		dma_set_mask(dev, DMA_BIT_MASK(20)));
	one = dma_alloc_coherent(dev, 100, &handle, GFP_KERNEL);
	pr_info("one page: aligned %d, cleared %d, its address %d\n", handle && handle % PAGE_SIZE == 0, one[99] == 0,
		handle == virt_to_phys(one));
	dma_free_coherent(dev, 100, one, handle);
	many = dmam_alloc_coherent(dev, 8 * PAGE_SIZE, &handle, GFP_KERNEL);
	for (i = 0; many && i < 8; i++)
		wrong += virt_to_phys(many + i * PAGE_SIZE) != handle + i * PAGE_SIZE;
	pr_info("8 pages: %d, not adjacent %d\n", many != NULL, wrong);
	small = kmalloc(200, GFP_KERNEL);
	mapped = dma_map_single(dev, small, 200, DMA_TO_DEVICE);
	pr_info("small: error %d, right %d\n", dma_mapping_error(dev, mapped), mapped == virt_to_phys(small));
	dma_unmap_single(dev, mapped, 200, DMA_TO_DEVICE);
	pr_info("map of all memory: begins at RAM %d, distance %d, back %d\n",
		phys_to_virt(virt_to_phys((void *)PAGE_OFFSET)) == (void *)PAGE_OFFSET,
		virt_to_phys(small) - virt_to_phys((void *)PAGE_OFFSET) == (unsigned long)small - PAGE_OFFSET,
		phys_to_virt(virt_to_phys(small)) == small);
	pr_info("valid %d %d %d, nothing %d, a program's %d\n", virt_addr_valid(small), virt_addr_valid(PAGE_OFFSET),
		virt_addr_valid(many), virt_addr_valid(NULL), virt_addr_valid(0x10000));
	pr_info("orders %d %d %d %d, page number %d\n", get_order(1), get_order(PAGE_SIZE), get_order(PAGE_SIZE + 1),
		get_order(5 * PAGE_SIZE), PFN_PHYS(PHYS_PFN(virt_to_phys(small))) == (virt_to_phys(small) & PAGE_MASK));
	memset32(memset(small, 0, 200), 0x01020304, 2);
	pr_info("words %*ph\n", 10, memset16((u16 *)small + 1, 0x0506, 1));
	kfree(small);
	pr_info("nothing: error %d\n", dma_mapping_error(dev, dma_map_single(dev, NULL, 200, DMA_TO_DEVICE)));
	pr_info("too much: %d\n", dma_alloc_coherent(dev, 64 << 20, &handle, GFP_KERNEL) == NULL);
	return 0;
}

static struct platform_driver dmabuf_driver = {
	.probe = dmabuf_probe,
	.driver = { .name = "dmabuf" },
};
static struct platform_device *pdev;

static int __init dmabuf_init(void)
{
	pdev = platform_device_register_simple("dmabuf", PLATFORM_DEVID_NONE, NULL, 0);
	if (IS_ERR(pdev))
		return PTR_ERR(pdev);
	return platform_driver_register(&dmabuf_driver);
}

static void __exit dmabuf_exit(void)
{
	platform_driver_unregister(&dmabuf_driver);
	platform_device_unregister(pdev);
}

module_init(dmabuf_init);
module_exit(dmabuf_exit);
MODULE_LICENSE("GPL");
