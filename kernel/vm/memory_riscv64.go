package vm

import "rv86/kernel/nucleus"

// Kernel is the machine's memory.
var Kernel Memory = kernelMemory{}

type kernelMemory struct{}

func (kernelMemory) Alloc() uintptr         { return nucleus.AllocPage() }
func (kernelMemory) AllocDirty() uintptr    { return nucleus.AllocPageDirty() }
func (kernelMemory) Ref(pa uintptr)         { nucleus.RefPage(pa) }
func (kernelMemory) Free(pa uintptr)        { nucleus.FreePage(pa) }
func (kernelMemory) Refs(pa uintptr) uint32 { return nucleus.PageRefs(pa) }

func (kernelMemory) Page(pa uintptr) *[PageSize]byte {
	return (*[PageSize]byte)(nucleus.Ptr(pa + nucleus.DirectMap))
}

func (kernelMemory) Table(pa uintptr) *[tableLen]pte { return nucleus.Table(pa) }
func (kernelMemory) NewRoot() uintptr                { return nucleus.NewRoot() }
func (kernelMemory) LeaveRoot(root uintptr)          { nucleus.LeaveRoot(root) }
func (kernelMemory) Flush(va uintptr)                { nucleus.SfencePage(va) }
func (kernelMemory) FlushAll()                       { nucleus.Sfence() }
func (kernelMemory) FlushCode()                      { nucleus.FenceI() }
