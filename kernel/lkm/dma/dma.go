// Package dma is memory that devices reach (Linux 6.6 kernel/dma/mapping.c,
// linux/dma-mapping.h, Documentation/core-api/dma-api.rst).
//
// Devices here see the same memory as the processor, at physical addresses, and
// see it as the processor does: nothing is ever to be synchronised, and a mapping
// is an address. What a device gets at once must lie in adjacent pages. Kernel
// memory larger than a page often does not; mapping it is then an error, as it is
// on Linux for memory of vmalloc.
//
// Omitted: IOMMUs, bounce buffers, scatter lists, pools.
package dma

import (
	"fmt"

	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cstruct"
	"rv86/kernel/lkm/device"
	"rv86/kmod/kapi"
)

const (
	pageSize = 4096
	// addrSize is the size of a dma_addr_t, on both machines.
	addrSize = 8
	// mappingError is DMA_MAPPING_ERROR.
	mappingError = ^uint64(0)
	// tries bounds the search for adjacent pages.
	tries = 16
	// mostBytes is the largest buffer, that of the largest __get_free_pages.
	mostBytes = 4 << 20
)

// DMA has the rows.
type DMA struct {
	core  lkm.Core
	model *device.Model
	phys  func(va uint64) uint64
	top   uint64 // behind the end of RAM
}

// New makes them; phys gives physical addresses of kernel memory, which ends
// before top: 0, or one behind it, for what is none.
func New(core lkm.Core, model *device.Model, phys func(va uint64) uint64, top uint64) *DMA {
	return &DMA{core: core, model: model, phys: phys, top: top}
}

// bus gives the address of n bytes for a device; false if they are not in
// adjacent pages, or not memory.
func (d *DMA) bus(va, n uint64) (uint64, bool) {
	pa := d.phys(va)
	if pa == 0 || pa+n < pa || pa+n > d.top {
		return 0, false
	}
	for at := (va | (pageSize - 1)) + 1; at < va+n; at += pageSize {
		if d.phys(at)-pa != at-va {
			return 0, false
		}
	}
	return pa, true
}

// mask is what a device can reach; nothing said is everything.
func (d *DMA) mask(dev uint64, coherent bool) uint64 {
	if dev == 0 {
		return ^uint64(0)
	}
	v := device.Device.At(d.core, dev)
	if coherent {
		if m := v.Get("coherent_dma_mask"); m != 0 {
			return m
		}
		return ^uint64(0)
	}
	if p := v.Get("dma_mask"); p != 0 {
		return cstruct.Get(d.core, p, addrSize)
	}
	return ^uint64(0)
}

// alloc is dma_alloc_coherent: cleared whole pages, adjacent ones. It asks again
// while it gets others, and gives those back in the end.
func (d *DMA) alloc(c *kapi.Call, dev, size uint64) (va, handle uint64) {
	size = (size + pageSize - 1) &^ (pageSize - 1)
	if size == 0 || size > mostBytes {
		return 0, 0
	}
	var wrong []uint64
	defer func() {
		for _, p := range wrong {
			d.core.Free(p)
		}
	}()
	for range tries {
		p := c.Alloc(size)
		if p == 0 {
			return 0, 0
		}
		if pa, ok := d.bus(p, size); ok && pa+size-1 <= d.mask(dev, true) {
			clear(d.core.Slice(p, size))
			return p, pa
		}
		wrong = append(wrong, p)
	}
	d.core.Log(fmt.Sprintf("\x014dma_alloc_coherent: no %d adjacent pages are free\n", size/pageSize))
	return 0, 0
}

// allocRow serves the two rows that allocate.
func (d *DMA) allocRow(c *kapi.Call, managed bool) uint64 {
	dev, size, handleAt := c.Ptr(), c.Ulong(), c.Ptr()
	va, handle := d.alloc(c, dev, size)
	if va == 0 {
		return 0
	}
	cstruct.Put(d.core, handleAt, addrSize, handle)
	if managed {
		d.model.Manage(dev, va)
	}
	return va
}

// mapSingle is dma_map_single.
func (d *DMA) mapSingle(c *kapi.Call) uint64 {
	dev, va, size := c.Ptr(), c.Ptr(), c.Ulong()
	pa, ok := d.bus(va, size)
	if !ok || size == 0 || pa+size-1 > d.mask(dev, false) {
		return mappingError
	}
	return pa
}

// Exports are the rows of the package.
func (d *DMA) Exports() []kapi.Func {
	return []kapi.Func{
		{Name: "dma_supported", Proto: "int dma_supported(struct device *dev, u64 mask)", Call: func(c *kapi.Call) uint64 {
			c.Ptr()
			if c.Ulonglong() >= d.top-1 {
				return 1
			}
			return 0
		}},
		{Name: "dma_alloc_attrs", Proto: "void *dma_alloc_attrs(struct device *dev, size_t size, dma_addr_t *dma_handle, gfp_t flag, unsigned long attrs)", Call: func(c *kapi.Call) uint64 {
			return d.allocRow(c, false)
		}},
		{Name: "dma_free_attrs", Proto: "void dma_free_attrs(struct device *dev, size_t size, void *cpu_addr, dma_addr_t dma_handle, unsigned long attrs)", Call: func(c *kapi.Call) uint64 {
			c.Ptr()
			c.Ulong()
			if p := c.Ptr(); p != 0 {
				c.Free(p)
			}
			return 0
		}},
		{Name: "dmam_alloc_attrs", Proto: "void *dmam_alloc_attrs(struct device *dev, size_t size, dma_addr_t *dma_handle, gfp_t gfp, unsigned long attrs)", Call: func(c *kapi.Call) uint64 {
			return d.allocRow(c, true)
		}},
		{Name: "dmam_free_coherent", Proto: "void dmam_free_coherent(struct device *dev, size_t size, void *vaddr, dma_addr_t dma_handle)", Call: func(c *kapi.Call) uint64 {
			dev, _, p := c.Ptr(), c.Ulong(), c.Ptr()
			const taintWarn = 9 // TAINT_WARN
			if !d.model.Unmanage(dev, p) {
				c.Warn("dmam_free_coherent", "dmam_free_coherent: the memory is not the device's\n", taintWarn)
				return 0
			}
			c.Free(p)
			return 0
		}},
		{Name: "dma_map_single_attrs", Proto: "dma_addr_t dma_map_single_attrs(struct device *dev, void *ptr, size_t size, enum dma_data_direction dir, unsigned long attrs)", Call: d.mapSingle},
		{Name: "virt_to_phys", Proto: "phys_addr_t virt_to_phys(volatile void *address)", Call: func(c *kapi.Call) uint64 {
			pa, _ := d.bus(c.Ptr(), 1)
			return pa
		}},
	}
}
