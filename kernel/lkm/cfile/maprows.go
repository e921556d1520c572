package cfile

import (
	"fmt"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cstruct"
	"rv86/kmod/kapi"
)

// What a driver enters into an area itself (Linux 6.6 mm/memory.c). A page must be C
// code's, or with a page frame number a device's registers: any other is refused and
// the log says so.

// mostFrames bounds page frame numbers, on both machines.
const mostFrames = 1 << 52

// areaAt finds an area by its struct vm_area_struct; what is none is reported.
func (fs *Files) areaAt(c *kapi.Call, at string, vma uint64) *Area {
	fs.mu.Lock()
	a := fs.areas[vma]
	fs.mu.Unlock()
	if a == nil {
		const taintWarn = 9       // TAINT_WARN
		cstruct.U32(fs.Core, vma) // faults where nothing is, as in C
		c.Warn(at, at+": no area of memory is at this address\n", taintWarn)
	}
	return a
}

// size is how many bytes the area has from an address on; 0 if that is not in it.
func (a *Area) size(addr uint64) uint64 {
	lo, hi := a.view.Get("vm_start"), a.view.Get("vm_end")
	if addr < lo || addr > hi {
		return 0
	}
	return hi - addr
}

func (a *Area) setFlags(bits uint64) { a.view.Set("vm_flags", a.flags()|bits) }

// private tells whether a write makes a copy (is_cow_mapping).
func (a *Area) private() bool { return a.flags()&(vmShared|vmMayWrite) == vmMayWrite }

// refuse reports a page frame that cannot be mapped.
func (a *Area) refuse(at string, pfn uint64) abi.Errno {
	a.f.fs.Core.Log(fmt.Sprintf("\x014%s: page frame %#x is neither memory of a module nor a device's\n", at, pfn))
	return abi.EINVAL
}

// enter enters pages by their physical addresses, all or none.
func (a *Area) enter(at string, addr uint64, pages []uint64, registers bool) abi.Errno {
	fs := a.f.fs
	var held []uintptr
	defer func() {
		for _, pa := range held {
			fs.Pages.Release(uint64(pa))
		}
	}()
	for _, pa := range pages {
		if pa == 0 || !fs.Pages.Hold(pa, registers) {
			return a.refuse(at, pa>>pageShift)
		}
		held = append(held, uintptr(pa))
	}
	return a.space.Enter(a, uintptr(addr), held)
}

// remap is remap_pfn_range.
func (fs *Files) remap(c *kapi.Call, at string, vma, addr, pfn, size uint64) abi.Errno {
	a := fs.areaAt(c, at, vma)
	if a == nil {
		return abi.EINVAL
	}
	size = (size + pageMask) &^ pageMask
	if addr&pageMask != 0 || size == 0 {
		return abi.EINVAL
	}
	if pfn > mostFrames-size>>pageShift {
		return a.refuse(at, pfn)
	}
	if size > a.size(addr) {
		fs.Core.Log(fmt.Sprintf("\x014%s: %#x bytes at %#x are not in the area of %#x bytes at %#x\n",
			at, size, addr, a.size(a.view.Get("vm_start")), a.view.Get("vm_start")))
		return abi.EINVAL
	}
	if a.private() {
		if size != a.size(a.view.Get("vm_start")) {
			return abi.EINVAL
		}
		a.view.Set("vm_pgoff", pfn)
	}
	a.setFlags(vmIO | vmPFNMap | vmDontExpand | vmDontDump)
	pages := make([]uint64, size>>pageShift)
	for i := range pages {
		pages[i] = (pfn + uint64(i)) << pageShift
	}
	return a.enter(at, addr, pages, true)
}

// iomap is vm_iomap_memory: as much of len bytes at start as the area is for.
func (fs *Files) iomap(c *kapi.Call) abi.Errno {
	const at = "vm_iomap_memory"
	vma, start, n := c.Ptr(), c.Ulonglong(), c.Ulong()
	a := fs.areaAt(c, at, vma)
	if a == nil || start+n < start {
		return abi.EINVAL
	}
	pages := (n + start&pageMask + pageMask) >> pageShift
	lo := a.view.Get("vm_start")
	off, want := a.view.Get("vm_pgoff"), a.size(lo)
	if off > pages || want>>pageShift > pages-off {
		return abi.EINVAL
	}
	return fs.remap(c, at, vma, lo, start>>pageShift+off, want)
}

// insert is vm_insert_pages, for the struct pages given.
func (a *Area) insert(at string, addr uint64, pages []uint64) abi.Errno {
	if addr&pageMask != 0 || uint64(len(pages))*pageSize > a.size(addr) {
		return abi.EFAULT
	}
	frames := make([]uint64, len(pages))
	for i, page := range pages {
		if page == 0 {
			return abi.EINVAL
		}
		frames[i] = a.f.fs.Pages.Physical(page) &^ pageMask
	}
	a.setFlags(vmMixedMap)
	return a.enter(at, addr, frames, false)
}

// pagesAt reads an array of struct page pointers.
func (fs *Files) pagesAt(at, n uint64) []uint64 {
	word := uint64(fs.Core.WordSize())
	out := make([]uint64, 0, min(n, pageSize))
	for i := uint64(0); i < n; i++ {
		out = append(out, cstruct.Word(fs.Core, at+i*word))
	}
	return out
}

// insertPages serves vm_insert_pages, which counts down what num is of.
func (fs *Files) insertPages(c *kapi.Call) uint64 {
	const at = "vm_insert_pages"
	vma, addr, pages, num := c.Ptr(), c.Ulong(), c.Ptr(), c.Ptr()
	a := fs.areaAt(c, at, vma)
	if a == nil {
		return lkm.Fail(abi.EINVAL)
	}
	n := cstruct.Word(fs.Core, num)
	if n > a.size(addr)>>pageShift {
		return lkm.Fail(abi.EFAULT)
	}
	if e := a.insert(at, addr, fs.pagesAt(pages, n)); e != 0 {
		return lkm.Fail(e)
	}
	cstruct.SetWord(fs.Core, num, 0)
	return 0
}

// mapPages serves vm_map_pages and vm_map_pages_zero.
func (fs *Files) mapPages(at string, offset bool) func(c *kapi.Call) uint64 {
	return func(c *kapi.Call) uint64 {
		vma, pages, num := c.Ptr(), c.Ptr(), c.Ulong()
		a := fs.areaAt(c, at, vma)
		if a == nil {
			return lkm.Fail(abi.EINVAL)
		}
		lo, off := a.view.Get("vm_start"), uint64(0)
		if offset {
			off = a.view.Get("vm_pgoff")
		}
		n := a.size(lo) >> pageShift
		if off >= num || n > num-off {
			return lkm.Fail(abi.ENXIO)
		}
		return lkm.Fail(a.insert(at, lo, fs.pagesAt(pages+off*uint64(fs.Core.WordSize()), n)))
	}
}

// remapVmalloc is remap_vmalloc_range: the whole area, from a page of the block on.
func (fs *Files) remapVmalloc(c *kapi.Call) uint64 {
	const at = "remap_vmalloc_range"
	vma, addr, off := c.Ptr(), c.Ptr(), c.Ulong()
	a := fs.areaAt(c, at, vma)
	if a == nil {
		return lkm.Fail(abi.EINVAL)
	}
	lo := a.view.Get("vm_start")
	n, block := a.size(lo), c.SizeOf(addr)
	if addr&pageMask != 0 || off > block>>pageShift || n > block-off<<pageShift {
		return lkm.Fail(abi.EINVAL)
	}
	pages := make([]uint64, n>>pageShift)
	for i := range pages {
		pages[i] = addr + (off+uint64(i))<<pageShift
	}
	if e := a.insert(at, lo, pages); e != 0 {
		return lkm.Fail(e)
	}
	a.setFlags(vmDontExpand | vmDontDump)
	return 0
}

// insertPFN serves vmf_insert_pfn, whose result is that of fault.
func (fs *Files) insertPFN(c *kapi.Call) uint64 {
	const at = "vmf_insert_pfn"
	const sigbus = 0x2 // VM_FAULT_SIGBUS
	vma, addr, pfn := c.Ptr(), c.Ulong(), c.Ulong()
	a := fs.areaAt(c, at, vma)
	if a == nil || a.flags()&(vmPFNMap|vmMixedMap) == 0 || a.private() && a.flags()&vmPFNMap != 0 {
		fs.Core.Log("\x014" + at + ": the area lacks VM_PFNMAP and VM_MIXEDMAP, or is private\n")
		return sigbus
	}
	if pfn >= mostFrames {
		a.refuse(at, pfn)
		return sigbus
	}
	switch a.enter(at, addr&^pageMask, []uint64{pfn << pageShift}, true) {
	case 0, abi.EBUSY:
		return faultNoPage
	case abi.ENOMEM:
		return faultOOM
	}
	return sigbus
}

// mapRows are the functions.
func (fs *Files) mapRows() []kapi.Func {
	return []kapi.Func{
		{Name: "remap_pfn_range", Proto: "int remap_pfn_range(struct vm_area_struct *vma, unsigned long addr, unsigned long pfn, unsigned long size, pgprot_t prot)", Call: func(c *kapi.Call) uint64 {
			vma, addr, pfn, size := c.Ptr(), c.Ulong(), c.Ulong(), c.Ulong()
			return lkm.Fail(fs.remap(c, "remap_pfn_range", vma, addr, pfn, size))
		}},
		{Name: "vm_iomap_memory", Proto: "int vm_iomap_memory(struct vm_area_struct *vma, phys_addr_t start, unsigned long len)", Call: func(c *kapi.Call) uint64 {
			return lkm.Fail(fs.iomap(c))
		}},
		{Name: "vm_insert_page", Proto: "int vm_insert_page(struct vm_area_struct *vma, unsigned long addr, struct page *page)", Call: func(c *kapi.Call) uint64 {
			const at = "vm_insert_page"
			a, addr, page := fs.areaAt(c, at, c.Ptr()), c.Ulong(), c.Ptr()
			if a == nil {
				return lkm.Fail(abi.EINVAL)
			}
			return lkm.Fail(a.insert(at, addr, []uint64{page}))
		}},
		{Name: "vm_insert_pages", Proto: "int vm_insert_pages(struct vm_area_struct *vma, unsigned long addr, struct page **pages, unsigned long *num)", Call: fs.insertPages},
		{Name: "vm_map_pages", Proto: "int vm_map_pages(struct vm_area_struct *vma, struct page **pages, unsigned long num)", Call: fs.mapPages("vm_map_pages", true)},
		{Name: "vm_map_pages_zero", Proto: "int vm_map_pages_zero(struct vm_area_struct *vma, struct page **pages, unsigned long num)", Call: fs.mapPages("vm_map_pages_zero", false)},
		{Name: "vmf_insert_pfn", Proto: "vm_fault_t vmf_insert_pfn(struct vm_area_struct *vma, unsigned long addr, unsigned long pfn)", Call: fs.insertPFN},
		{Name: "remap_vmalloc_range", Proto: "int remap_vmalloc_range(struct vm_area_struct *vma, void *addr, unsigned long pgoff)", Call: fs.remapVmalloc},
		{Name: "zap_vma_ptes", Proto: "void zap_vma_ptes(struct vm_area_struct *vma, unsigned long address, unsigned long size)", Call: func(c *kapi.Call) uint64 {
			a, addr, size := fs.areaAt(c, "zap_vma_ptes", c.Ptr()), c.Ulong(), c.Ulong()
			if a != nil && a.flags()&vmPFNMap != 0 && size <= a.size(addr) {
				a.space.Remove(a, uintptr(addr), uintptr(size))
			}
			return 0
		}},
	}
}
