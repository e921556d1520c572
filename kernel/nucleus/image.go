//go:build riscv64 || 386

package nucleus

import "rv86/kmod/vmlinux"

// imageHead is where the image begins: the page in front of the first function,
// which holds the bounds of the sections.
var imageHead uintptr

// bound gives a boundary symbol's address.
//
//go:nosplit
func bound(b vmlinux.Bound) uintptr {
	return ld(imageHead + vmlinux.BoundsOffset + uintptr(b)*wordSize)
}

// perCPU is the processor's own area, .data..percpu: first its counters. The
// rest is free.
var perCPU uintptr

// findImage learns where the image and its areas are, from the address of the
// first function.
func findImage(text uintptr) {
	imageHead = text&^pageMask - PageSize
	perCPU = bound(vmlinux.PerCPUStart)
}

// kstat counts what the nucleus did on this processor (Linux kernel_stat).
//
//go:nosplit
func kstat() *Stats { return (*Stats)(ptr(perCPU)) }

// ImageHeader is the header that vmlinux.ReadBounds reads.
func ImageHeader() []byte {
	return Bytes(imageHead+vmlinux.HeaderOffset, PageSize-vmlinux.HeaderOffset)
}

// Slice views n bytes at a kernel address.
func Slice(va, n uint64) []byte { return Bytes(uintptr(va), uintptr(n)) }

// Notes are the image's, above all its build identifier.
func Notes() []byte {
	lo, hi := bound(vmlinux.StartNotes), bound(vmlinux.StopNotes)
	return Bytes(lo, hi-lo)
}

// Initramfs is the root file system inside the image; nil if there is none. Its
// memory is never reused.
func Initramfs() []byte {
	lo, hi := bound(vmlinux.InitramfsStart), bound(vmlinux.InitramfsEnd)
	if hi == lo {
		return nil
	}
	return Bytes(lo, hi-lo)
}

// initPoison fills init memory before it goes to new owners, so that what still
// uses it does not go on as if nothing had happened (POISON_FREE_INITMEM).
const initPoison = 0xcc

// FreeInit gives the memory from __init_begin to __init_end to the allocator and
// says how many pages that were. Preconditions: it is called once; nothing that
// lies there is used any more.
func FreeInit() (pages uintptr) {
	lo, hi := bound(vmlinux.InitBegin), bound(vmlinux.InitEnd)
	for va := lo; va < hi; va += PageSize {
		pa := va - imageOffset
		b := Bytes(pa+DirectMap, PageSize)
		for i := range b {
			b[i] = initPoison
		}
		s := intrOff()
		dropImagePage(va)
		pagesTotal++
		addPage(pa)
		intrRestore(s)
		pages++
	}
	return pages
}
