package mem

import (
	"rv86/kernel/lkm/cstruct"
	"rv86/kmod/kapi"
)

// DMA (Linux kernel/dma; linux/dma-mapping.h): devices see memory at its physical
// addresses, and what the CPU wrote at once. Memory for a device must be
// contiguous there.

// mappingError is DMA_MAPPING_ERROR.
const mappingError = ^uint64(0)

// contiguous gives the physical address of n bytes; ok is false if their pages
// do not follow each other.
func (m *Mem) contiguous(va, n uint64) (pa uint64, ok bool) {
	pa = m.physical(va)
	if pa == 0 {
		return 0, false
	}
	for off := pageSize - va%pageSize; off < n; off += pageSize {
		if m.physical(va+off) != pa+off {
			return 0, false
		}
	}
	return pa, true
}

func (m *Mem) dmaFuncs() []kapi.Func {
	return []kapi.Func{
		{Name: "dma_alloc_coherent", Proto: "void *dma_alloc_coherent(struct device *dev, size_t size, dma_addr_t *dma_handle, gfp_t gfp)", Call: func(c *kapi.Call) uint64 {
			c.Ptr()
			size, handle := c.Ulong(), c.Ptr()
			p := m.vmalloc(size)
			if p == 0 {
				return 0
			}
			pa, ok := m.contiguous(p, size)
			if !ok {
				m.core.Free(p)
				return 0
			}
			cstruct.Put(m.core, handle, 8, pa)
			return p
		}},
		{Name: "dma_free_coherent", Proto: "void dma_free_coherent(struct device *dev, size_t size, void *cpu_addr, dma_addr_t dma_handle)", Call: func(c *kapi.Call) uint64 {
			c.Ptr()
			c.Ulong()
			return m.vfree(c.Ptr())
		}},
		{Name: "__dma_map", Proto: "dma_addr_t __dma_map(const void *ptr, size_t size)", Call: func(c *kapi.Call) uint64 {
			p := c.Ptr()
			if pa, ok := m.contiguous(p, c.Ulong()); ok {
				return pa
			}
			return mappingError
		}},
	}
}
