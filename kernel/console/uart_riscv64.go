package console

import "rv86/kernel/nucleus"

// The first UART of the virt board (QEMU hw/riscv/virt.c: VIRT_UART0).
const (
	uartBase = 0x10000000
	uartIRQ  = 10
)

// mmio reaches registers in memory, one byte apart.
type mmio uintptr

func (m mmio) in(reg uintptr) uint8     { return nucleus.In8(uintptr(m) + reg) }
func (m mmio) out(reg uintptr, v uint8) { nucleus.Out8(uintptr(m)+reg, v) }

var boardUART = mmio(uartBase)
