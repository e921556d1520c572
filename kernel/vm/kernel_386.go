package vm

import "rv86/kernel/nucleus"

func (kernelMemory) Flush(va uintptr) { nucleus.FlushPage(va) }
func (kernelMemory) FlushAll()        { nucleus.FlushAll() }

// FlushCode has nothing to do: the processor watches its own stores (SDM 3
// 11.6).
func (kernelMemory) FlushCode() {}
