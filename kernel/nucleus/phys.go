//go:build riscv64 || 386

package nucleus

// PhysOf gives the physical address of kernel memory that C code can have a
// pointer to: in RAM's direct map or in the module window; ok is false elsewhere.
func PhysOf(va uintptr) (pa uintptr, ok bool) {
	if pa = va - DirectMap; pa >= ramBase && pa < ramTop {
		return pa, true
	}
	if va < ModuleBase || va >= ModuleEnd {
		return 0, false
	}
	if pa = mapped(va); pa == 0 {
		return 0, false
	}
	return pa | va&pageMask, true
}

// RAMTop is the physical address behind the end of RAM.
func RAMTop() uintptr { return ramTop }
