//go:build riscv64 || 386

package vm

import "rv86/kernel/nucleus"

// Kernel is the machine's memory.
var Kernel Memory = kernelMemory{}

type kernelMemory struct{}

var nucleusUse = [...]nucleus.PageUse{
	Anon: nucleus.PageAnon, Shared: nucleus.PageShared, File: nucleus.PageFile, Table: nucleus.PageTable,
}

func (kernelMemory) Alloc(u Use) uintptr      { return nucleus.AllocPage(nucleusUse[u]) }
func (kernelMemory) AllocDirty(u Use) uintptr { return nucleus.AllocPageDirty(nucleusUse[u]) }
func (kernelMemory) Lend(b []byte) uintptr    { return nucleus.LendPage(b) }
func (kernelMemory) Counted(pa uintptr) bool  { return nucleus.InRAM(pa) }

// Refs is never the only owner's for registers.
func (kernelMemory) Refs(pa uintptr) uint32 {
	const several = 2
	if !nucleus.InRAM(pa) {
		return several
	}
	return nucleus.PageRefs(pa)
}

func (kernelMemory) Ref(pa uintptr) {
	if nucleus.InRAM(pa) {
		nucleus.RefPage(pa)
	}
}

func (kernelMemory) Free(pa uintptr) {
	if nucleus.InRAM(pa) {
		nucleus.FreePage(pa)
	}
}

func (kernelMemory) Page(pa uintptr) *[PageSize]byte {
	return (*[PageSize]byte)(nucleus.Ptr(pa + nucleus.DirectMap))
}

func (kernelMemory) Table(pa uintptr) *[tableLen]pte { return nucleus.Table(pa) }
func (kernelMemory) NewRoot() uintptr                { return nucleus.NewRoot() }
func (kernelMemory) LeaveRoot(root uintptr)          { nucleus.LeaveRoot(root) }
