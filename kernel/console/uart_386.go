package console

import "rv86/kernel/nucleus"

// The first serial port of a PC.
const (
	uartBase = 0x3f8
	uartIRQ  = nucleus.UARTIRQ
)

// ports reaches registers in the I/O address space.
type ports uintptr

func (p ports) in(reg uintptr) uint8     { return nucleus.In8(uintptr(p) + reg) }
func (p ports) out(reg uintptr, v uint8) { nucleus.Out8(uintptr(p)+reg, v) }

var boardUART = ports(uartBase)
