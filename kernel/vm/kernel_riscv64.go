package vm

import "rv86/kernel/nucleus"

func (kernelMemory) Flush(va uintptr) { nucleus.SfencePage(va) }
func (kernelMemory) FlushAll()        { nucleus.Sfence() }
func (kernelMemory) FlushCode()       { nucleus.FenceI() }
