//go:build riscv64 || 386

package nucleus

import "unsafe"

// wordSize is the size of a register, an address, and most system call fields.
const wordSize = unsafe.Sizeof(uintptr(0))

// ptr turns an address into a pointer: the one place, for go vet's sake.
func ptr(a uintptr) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&a)) }

// Ptr is ptr for the packages above: kernel addresses only.
func Ptr(a uintptr) unsafe.Pointer { return ptr(a) }

func ld(a uintptr) uintptr     { return *(*uintptr)(ptr(a)) }
func st(a, v uintptr)          { *(*uintptr)(ptr(a)) = v }
func ld32(a uintptr) uint32    { return *(*uint32)(ptr(a)) }
func st32(a uintptr, v uint32) { *(*uint32)(ptr(a)) = v }
func ld64(a uintptr) uint64    { return *(*uint64)(ptr(a)) }
func st64(a uintptr, v uint64) { *(*uint64)(ptr(a)) = v }
func ld8(a uintptr) byte       { return *(*byte)(ptr(a)) }
func st8(a uintptr, v byte)    { *(*byte)(ptr(a)) = v }

// physOff is what to add to a physical address: 0 until paging is on, then
// DirectMap. mmio is the same for device registers.
var physOff, mmio uintptr

// DirectMap is where all physical memory and all devices appear.
const DirectMap = directMap

// Phys gives the kernel's view of n bytes of physical memory.
func Phys(pa, n uintptr) []byte { return unsafe.Slice((*byte)(ptr(pa+DirectMap)), n) }
