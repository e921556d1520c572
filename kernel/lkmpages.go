//go:build riscv64 || 386

package main

import (
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/mem"
	"rv86/kernel/module"
	"rv86/kernel/nucleus"
)

// modulePages is physical memory as modules have it (mem.Frames) and as it is mapped into
// programs (cfile.Pages).
type modulePages struct {
	k      *module.Kernel
	caches *mem.Mem
}

// Physical gives an address in physical memory.
func (p modulePages) Physical(va uint64) uint64 { return p.k.Physical(va) }

// Owned tells whether C code has a page.
func (modulePages) Owned(pa uint64) bool {
	return pa == uint64(uintptr(pa)) && nucleus.OfModules(uintptr(pa))
}

// Owners counts who holds a page.
func (p modulePages) Owners(pa uint64) uint32 {
	if !p.Owned(pa) {
		return 0
	}
	return nucleus.PageRefs(uintptr(pa) &^ (nucleus.PageSize - 1))
}

// Hold takes a reference to a page of C code's, or to a device's registers, which both
// boards have below RAM.
func (modulePages) Hold(pa uint64, registers bool) bool {
	if pa == uint64(uintptr(pa)) && nucleus.InRAM(uintptr(pa)) {
		return nucleus.HoldOfModules(uintptr(pa))
	}
	return registers && pa >= firstDevice && pa < uint64(nucleus.RAMTop())
}

// Release gives it up.
func (modulePages) Release(pa uint64) {
	if nucleus.InRAM(uintptr(pa)) {
		nucleus.FreePage(uintptr(pa))
	}
}

// Put gives up C code's reference to a page.
func (p modulePages) Put(_ *lkm.Caller, page uint64) { p.caches.Put(page) }

// Unmapped frees what only mappings had.
func (p modulePages) Unmapped() { p.caches.Sweep() }
