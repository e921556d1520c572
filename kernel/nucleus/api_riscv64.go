package nucleus

import "unsafe"

// Device registers, by physical address.

// In8 reads a byte register.
func In8(pa uintptr) uint8 { return in8(DirectMap + pa) }

// Out8 writes a byte register.
func Out8(pa uintptr, v uint8) { out8(DirectMap+pa, v) }

// In32 reads a 32-bit register.
func In32(pa uintptr) uint32 { return in32(DirectMap + pa) }

// Out32 writes a 32-bit register.
func Out32(pa uintptr, v uint32) { out32(DirectMap+pa, v) }

// Table is a physical page seen as a table of 512 page table entries.
func Table(pa uintptr) *[PageSize / 8]uint64 {
	return (*[PageSize / 8]uint64)(unsafe.Pointer(ptr(pa + DirectMap)))
}

// Load32 reads a device's register at a kernel address, Store32 writes one.
func Load32(va uintptr) uint32     { return in32(va) }
func Store32(va uintptr, v uint32) { out32(va, v) }
