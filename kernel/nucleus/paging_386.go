package nucleus

import "rv86/kmod/vmlinux"

// Kernel address space (two-level tables, SDM 3 4.3):
//
//	0x0000_0000  3 GiB     user programs
//	0xc000_0000  256 MiB   all physical memory, as far as it fits; the kernel
//	                       image where it was linked; text and rodata r--
//	0xd000_0000  512 MiB   the runtime's window: its heap; at the top stack0
//	                       and the nucleus stack
//	0xf000_0000  64 MiB    modules: code, data, C stacks; the last page is
//	                       for a device beyond the direct map
//
// There is no execute permission to withhold: what is present and readable can
// be executed. Writing to text is refused to ring 0, too (CR0.WP).
//
// Page tables of the kernel's parts are allocated at start: a process' page
// directory is a copy of the kernel's and stays right for ever. Of the window only
// as much has tables as the heap can come to need: windowRAMs times RAM, since the
// runtime does not use all addresses of an arena at once.
const (
	directMap  = uintptr(0xc0000000)
	directSize = 256 << 20
	windowBase = directMap + directSize
	windowTop  = uintptr(0xf0000000)
	ModuleBase = windowTop
	ModuleEnd  = devicePage
	devicePage = ModuleBase + 64<<20 - PageSize
	UserTop    = directMap

	tableEntries = PageSize / 4
	megaShift    = 22 // what a directory entry covers
	megaSize     = 1 << megaShift
	pageShift    = 12
	entryMask    = tableEntries - 1
	pteSizeShift = 2

	// imageOffset is what the image's link addresses are above the physical ones.
	imageOffset = directMap

	windowRAMs = 4

	directPDE  = directMap >> megaShift
	directPDEs = directSize / megaSize
)

// Bits of a page table entry (SDM 3 tables 4-4 to 4-6).
const (
	PteP   = 1 << 0
	PteW   = 1 << 1
	PteU   = 1 << 2
	PteA   = 1 << 5
	PteD   = 1 << 6
	ptePCD = 1 << 4 // not to be cached
	pdePS  = 1 << 7 // a 4 MiB page
	PteG   = 1 << 8

	pteAddrMask = ^uintptr(pageMask)
	pteKernel   = PteP | PteG | PteA | PteD
	pdeTable    = PteP | PteW | PteU | PteA // rights are the table entry's to take away
)

// Control register bits (SDM 3 2.5). CR0 and CR4 are as the startup code of
// images/kernelimg left them.
const (
	cr4PSE, cr4PGE, cr4OSFXSR, cr4OSXMMEXCPT = 1 << 4, 1 << 7, 1 << 9, 1 << 10
	cr4Init                                  = cr4PSE | cr4OSFXSR | cr4OSXMMEXCPT
)

var kernelRoot, curRoot uintptr

// leaf gives the direct-map address of the entry for va in the kernel's
// tables. Preconditions: va is in the window or the modules' part, so there is
// a table.
func leaf(va uintptr) uintptr {
	pde := ld(kernelRoot + directMap + va>>megaShift<<pteSizeShift)
	return pde&pteAddrMask + directMap + va>>pageShift&entryMask<<pteSizeShift
}

// pagingInit builds the kernel's address space and turns it on. Text, constants
// and the image's tables are never written. From the first to the last part of
// the image there are single pages, so that each has its own rights.
func pagingInit() {
	text, data := bound(vmlinux.Text), bound(vmlinux.Sdata)
	tables, init, initEnd := bound(vmlinux.StartTables), bound(vmlinux.InitBegin), bound(vmlinux.InitEnd)
	kernelRoot = takeZeroed(PageNucleus)
	for i := uintptr(0); i < directPDEs; i++ {
		pde := kernelRoot + directMap + (directPDE+i)<<pteSizeShift
		pa := i * megaSize
		if pa+megaSize <= text-directMap || pa >= initEnd-directMap {
			st(pde, pa|pdePS|PteW|pteKernel)
			continue
		}
		t := takeZeroed(PageNucleus)
		for j := uintptr(0); j < tableEntries; j++ {
			p := pa + j*PageSize
			e := p | pteKernel
			va := p + directMap
			if !(va >= text && va < data || va >= tables && va < init) {
				e |= PteW
			}
			st(t+directMap+j<<pteSizeShift, e)
		}
		st(pde, t|pdeTable)
	}
	windowEnd = min(windowEnd, windowBase+(ramTop-ramBase+megaSize-1)&^(megaSize-1)*windowRAMs)
	for va := windowBase; va < ModuleEnd; va += megaSize {
		if va >= windowEnd && va < windowMost&^(megaSize-1) {
			continue
		}
		st(kernelRoot+directMap+va>>megaShift<<pteSizeShift, takeZeroed(PageNucleus)|pdeTable)
	}
	mapExports(bound(vmlinux.ExportsBegin), bound(vmlinux.ExportsLoad), bound(vmlinux.ExportsLoadEnd))
	setCR3(kernelRoot)
	curRoot = kernelRoot
	if hasPGE() {
		setCR4(cr4Init | cr4PGE)
	}
}

// mapExports shows [load, end) of the image in the module window, at va.
func mapExports(va, load, end uintptr) {
	for ; load < end; va, load = va+PageSize, load+PageSize {
		st(leaf(va), load-imageOffset|pteKernel)
	}
}

// dropImagePage has nothing to do: the image lies in the direct map, where every
// page of RAM belongs.
func dropImagePage(uintptr) {}

// MapPage maps the page va of the module window to pa with the given rights
// (PteW or nothing). It is always true: the tables are there.
func MapPage(va, pa uintptr, rights uintptr) bool {
	st(leaf(va), pa|rights|pteKernel)
	FlushPage(va)
	return true
}

// MapDevice maps a page of device registers, the only one: another call takes
// the place of the one before.
func MapDevice(pa uintptr) (va uintptr) {
	MapPage(devicePage, pa, PteW|ptePCD)
	return devicePage
}

// UnmapPage takes the page va of the module window away and gives what it was
// mapped to, or 0. The page itself stays its owner's to free.
func UnmapPage(va uintptr) (pa uintptr) {
	if e := ld(leaf(va)); e&PteP != 0 {
		pa = e & pteAddrMask
		st(leaf(va), 0)
	}
	FlushPage(va)
	return pa
}

// Table is a physical page seen as a table of page table entries.
func Table(pa uintptr) *[tableEntries]uint32 {
	return (*[tableEntries]uint32)(ptr(pa + DirectMap))
}

// NewRoot makes the page directory of an address space that holds the kernel's
// parts; 0 if memory is short.
func NewRoot() uintptr {
	r := AllocPageDirty(PageTable)
	if r != 0 {
		*Table(r) = *Table(kernelRoot)
	}
	return r
}

// KernelRoot is the physical address of the kernel's own page directory.
func KernelRoot() uintptr { return kernelRoot }

// LeaveRoot makes sure that the processor does not translate through root,
// which the caller is about to free.
func LeaveRoot(root uintptr) {
	s := intrOff()
	if curRoot == root {
		curRoot = kernelRoot
		setCR3(kernelRoot)
	}
	intrRestore(s)
}

// FlushAll forgets all translations but the kernel's.
func FlushAll() {
	s := intrOff()
	setCR3(curRoot)
	intrRestore(s)
}
