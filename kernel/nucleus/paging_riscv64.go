package nucleus

import "rv86/kmod/vmlinux"

// Kernel address space (Sv39, Priv. spec 4.4):
//
//	0x00_0000_0000  2 GiB     user images
//	0x00_8000_0000  1 GiB     kernel image, where it was linked: text r-x,
//	                          rodata r--, data rw-; nothing else
//	0x04_0000_0000 .. 127 GiB user mappings and stacks
//	0x20_0000_0000  16 GiB    the runtime's window: its heap, populated on
//	                          demand; at the top stack0 and the nucleus stack
//	0xffffffc0_0000_0000      all physical memory and devices, rw-; the image's
//	  64 GiB                  text and rodata r-- here too
//	0xffffffff_8000_0000      modules: code, data, C stacks; reachable by lui
//	  2 GiB                   and by auipc from itself
//
// Go's heap must be in the low half, since the runtime indexes its arenas by
// unsigned addresses of at most 48 bits. Second-level tables of the kernel's parts are
// allocated at start: a process' root is a copy of the kernel's root and stays
// right for ever.
const (
	directMap    = uintptr(0xffffffc000000000)
	directGiB    = 64
	windowBase   = uintptr(128 << 30)
	windowGiB    = 16
	windowTop    = windowBase + windowGiB<<30
	imageOffset  = 0 // what the image's link addresses are above the physical ones
	ModuleBase   = uintptr(0xffffffff80000000)
	ModuleEnd    = uintptr(0xfffffffffffff000) // the last page stays out of reach
	UserTop      = windowBase
	rootModules  = 510 // root entries 510 and 511
	entries      = 512
	megaSize     = 2 << 20
	gigaSize     = 1 << 30
	gigaShift    = 30
	megaShift    = 21
	pageShift    = 12
	entryMask    = 511
	ptePPNShift  = 10
	pteSizeShift = 3
)

// Bits of a page table entry (Priv. spec 4.3.1, 4.4.1). Software uses two
// bits, which the vm package defines.
const (
	PteV = 1 << 0
	PteR = 1 << 1
	PteW = 1 << 2
	PteX = 1 << 3
	PteU = 1 << 4
	PteG = 1 << 5
	PteA = 1 << 6
	PteD = 1 << 7

	// The kernel wants no A/D faults of its own (Priv. spec 4.3.1 allows either).
	pteKernel = PteV | PteG | PteA | PteD
)

var kernelRoot, kernelSatp uintptr

// PteAddr is the physical page an entry points to; MakePte the reverse.
//
//go:nosplit
func PteAddr(e uint64) uintptr { return uintptr(e << 10 >> 20 << pageShift) }

// MakePte points an entry at the physical page pa.
//
//go:nosplit
func MakePte(pa uintptr, flags uint64) uint64 {
	return uint64(pa>>pageShift<<ptePPNShift) | flags
}

// nextTable gives the table below entry i of table, allocating it; 0 if memory
// ran out.
//
//go:nosplit
func nextTable(table, i uintptr) uintptr {
	a := table + physOff + i<<pteSizeShift
	e := uint64(ld(a))
	if e&PteV != 0 {
		return PteAddr(e)
	}
	p := takePage(PageNucleus, 0)
	if p == 0 {
		return 0
	}
	for a := p + physOff; a < p+physOff+PageSize; a += 32 {
		st(a, 0)
		st(a+8, 0)
		st(a+16, 0)
		st(a+24, 0)
	}
	st(a, uintptr(MakePte(p, PteV)))
	return p
}

// leaf gives the direct-map address of the entry for the 4 KiB page of va in
// the kernel's tables; 0 if a table could not be allocated.
//
//go:nosplit
func leaf(va uintptr) uintptr {
	l1 := nextTable(kernelRoot, va>>gigaShift&entryMask)
	l0 := nextTable(l1, va>>megaShift&entryMask)
	if l0 == 0 {
		return 0
	}
	return l0 + physOff + va>>pageShift&entryMask<<pteSizeShift
}

// mapRange maps [va, va+n) to pa on, by the largest leaves that fit.
func mapRange(va, pa, n uintptr, flags uint64) {
	flags |= pteKernel
	for n > 0 {
		var size uintptr
		switch a := va | pa; {
		case a&(gigaSize-1) == 0 && n >= gigaSize:
			size = gigaSize
			st(kernelRoot+physOff+va>>gigaShift&entryMask<<pteSizeShift, uintptr(MakePte(pa, flags)))
		case a&(megaSize-1) == 0 && n >= megaSize:
			size = megaSize
			l1 := nextTable(kernelRoot, va>>gigaShift&entryMask)
			st(l1+physOff+va>>megaShift&entryMask<<pteSizeShift, uintptr(MakePte(pa, flags)))
		default: // pages, as far as their table reaches
			size = min(n, megaSize-va&(megaSize-1))
			e := leaf(va)
			for o := uintptr(0); o < size; o += PageSize {
				st(e, uintptr(MakePte(pa+o, flags)))
				e += 1 << pteSizeShift
			}
		}
		va, pa, n = va+size, pa+size, n-size
	}
}

// pagingInit builds the kernel's address space and turns it on.
func pagingInit() {
	kernelRoot = takeZeroed(PageNucleus)
	text, end := bound(vmlinux.Text), bound(vmlinux.End)
	const rw = PteR | PteW
	from := text
	for _, part := range [...]struct {
		end    uintptr
		rights uint64 // where the image was linked; nothing is executed elsewhere
	}{
		{bound(vmlinux.StartRodata), PteR | PteX},
		{bound(vmlinux.Sdata), PteR},
		{bound(vmlinux.StartTables), rw},
		{bound(vmlinux.InitBegin), PteR},
		{bound(vmlinux.InitEnd), rw},
		{end, PteR}, // the initramfs
	} {
		mapRange(from, from, part.end-from, part.rights)
		mapRange(from+directMap, from, part.end-from, part.rights&^PteX)
		from = part.end
	}
	exports, rodata := bound(vmlinux.ExportsLoad), bound(vmlinux.ExportsRodataLoad)
	mapRange(bound(vmlinux.ExportsBegin), exports, rodata-exports, PteR|PteX)
	mapRange(bound(vmlinux.ExportsRodata), rodata, bound(vmlinux.ExportsLoadEnd)-rodata, PteR)
	imageGiB := text &^ (gigaSize - 1)
	mapRange(directMap, 0, imageGiB, rw)
	mapRange(directMap+imageGiB, imageGiB, text-imageGiB, rw)
	mapRange(directMap+end, end, directGiB<<gigaShift-end, rw)
	for i := uintptr(0); i < windowGiB; i++ {
		nextTable(kernelRoot, windowBase>>gigaShift+i)
	}
	nextTable(kernelRoot, rootModules)
	nextTable(kernelRoot, rootModules+1)
	for a := nucStackTop - nucStackSize; a < nucStackTop; a += PageSize {
		st(leaf(a), uintptr(MakePte(takeZeroed(PageNucleus), rw|pteKernel)))
	}
	kernelSatp = satpSv39 | kernelRoot>>pageShift
	setSatp(kernelSatp)
	physOff, mmio = directMap, directMap
}

// MapPage maps the page va of the module window to pa with the given rights
// (PteR, PteW, PteX). It is false if memory for a table ran out.
func MapPage(va, pa uintptr, rights uint64) bool {
	s := intrOff()
	e := leaf(va)
	if e != 0 {
		st(e, uintptr(MakePte(pa, rights|pteKernel)))
	}
	intrRestore(s)
	SfencePage(va)
	return e != 0
}

// UnmapPage takes the page va of the module window away and gives what it was
// mapped to, or 0. The page itself stays its owner's to free.
func UnmapPage(va uintptr) (pa uintptr) {
	s := intrOff()
	if e := leaf(va); e != 0 {
		if v := uint64(ld(e)); v&PteV != 0 {
			pa = PteAddr(v)
			st(e, 0)
		}
	}
	intrRestore(s)
	SfencePage(va)
	return pa
}

// dropImagePage takes a page of the image from where it was linked; it stays in
// the direct map.
func dropImagePage(va uintptr) {
	st(leaf(va), 0)
	SfencePage(va)
}

// NewRoot makes the root table of an address space that holds the kernel's
// parts; 0 if memory is short.
func NewRoot() uintptr {
	r := AllocPageDirty(PageTable)
	if r != 0 {
		*Table(r) = *Table(kernelRoot)
	}
	return r
}

// KernelRoot is the physical address of the kernel's own root table.
func KernelRoot() uintptr { return kernelRoot }

// LeaveRoot makes sure that the hart does not translate through root, which
// the caller is about to free.
func LeaveRoot(root uintptr) {
	s := intrOff()
	if getSatp() == satpSv39|root>>pageShift {
		setSatp(kernelSatp)
	}
	intrRestore(s)
}
