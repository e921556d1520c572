/* dma-mapping.h - memory that devices read and write. They see it where it is in
 * physical memory, and at once.
 */
#ifndef _LINUX_DMA_MAPPING_H
#define _LINUX_DMA_MAPPING_H

#include <linux/device.h>
#include <linux/errno.h>
#include <linux/types.h>

enum dma_data_direction {
	DMA_BIDIRECTIONAL = 0,
	DMA_TO_DEVICE = 1,
	DMA_FROM_DEVICE = 2,
	DMA_NONE = 3,
};

#define DMA_BIT_MASK(n)		((n) == 64 ? ~0ULL : (1ULL << (n)) - 1)
#define DMA_MAPPING_ERROR	(~(dma_addr_t)0)

void *dma_alloc_coherent(struct device *dev, size_t size, dma_addr_t *dma_handle, gfp_t gfp);
void dma_free_coherent(struct device *dev, size_t size, void *cpu_addr, dma_addr_t dma_handle);
dma_addr_t __dma_map(const void *ptr, size_t size);

static inline int dma_set_mask(struct device *dev, u64 mask)
{
	if (!dev->dma_mask)
		return -EIO;
	*dev->dma_mask = mask;
	return 0;
}
static inline int dma_set_coherent_mask(struct device *dev, u64 mask)
{
	dev->coherent_dma_mask = mask;
	return 0;
}
static inline int dma_set_mask_and_coherent(struct device *dev, u64 mask)
{
	int r = dma_set_mask(dev, mask);

	return r ? r : dma_set_coherent_mask(dev, mask);
}
static inline u64 dma_get_mask(struct device *dev) { return dev->dma_mask ? *dev->dma_mask : DMA_BIT_MASK(32); }

/* Freed with the device's other managed resources. */
static inline void __dmam_free(void *cpu_addr) { dma_free_coherent(NULL, 0, cpu_addr, 0); }
static inline void *dmam_alloc_coherent(struct device *dev, size_t size, dma_addr_t *dma_handle, gfp_t gfp)
{
	void *p = dma_alloc_coherent(dev, size, dma_handle, gfp);

	return p && devm_add_action_or_reset(dev, __dmam_free, p) ? NULL : p;
}

static inline dma_addr_t dma_map_single(struct device *dev, void *ptr, size_t size, enum dma_data_direction dir)
{
	return __dma_map(ptr, size);
}
static inline void dma_unmap_single(struct device *dev, dma_addr_t addr, size_t size, enum dma_data_direction dir) { }
static inline int dma_mapping_error(struct device *dev, dma_addr_t addr) { return addr == DMA_MAPPING_ERROR ? -ENOMEM : 0; }
static inline void dma_sync_single_for_cpu(struct device *dev, dma_addr_t addr, size_t size, enum dma_data_direction dir) { }
static inline void dma_sync_single_for_device(struct device *dev, dma_addr_t addr, size_t size, enum dma_data_direction dir) { }

#endif
