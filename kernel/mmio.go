//go:build riscv64 || 386

package main

import (
	"rv86/kernel/lkm/gpio"
	"rv86/kernel/lkm/irq"
	"rv86/kernel/nucleus"
)

// mmio is registers of 32 bits at a kernel address.
type mmio uintptr

// Load reads the register at an offset.
func (m mmio) Load(off uint32) uint32 { return nucleus.Load32(uintptr(m) + uintptr(off)) }

// Store writes one.
func (m mmio) Store(off, v uint32) { nucleus.Store32(uintptr(m)+uintptr(off), v) }

// openGPIO gives the board's GPIO controller and its pins as interrupt lines;
// both are nil where there is none.
func openGPIO() (*gpio.Chip, *irq.Pins) {
	regs, name, line := findGPIO()
	if regs == nil {
		return nil, nil
	}
	c := gpio.NewChip(regs, name, func() irq.Line { return nucleus.OpenIRQ(line) })
	return c, &irq.Pins{
		Chip: "sifive-gpio", Count: gpio.Pins, Parent: int(line),
		Open: func(n int) irq.Pin { return c.Line(n) },
	}
}
