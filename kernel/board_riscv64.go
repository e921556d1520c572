package main

import (
	"fmt"

	"rv86/kernel/console"
	"rv86/kernel/fdt"
	"rv86/kernel/lkm/gpio"
	"rv86/kernel/lkm/ioport"
	"rv86/kernel/lkm/irq"
	"rv86/kernel/nucleus"
)

const irqChip = "SiFive PLIC"

// remap gives the address of device memory: all of it is in the direct map.
func remap(pa, size uint64) uint64 {
	const end = 1 << 36 // of the direct map (nucleus/mem.go)
	if pa+size > end {
		return 0
	}
	return uint64(nucleus.DirectMap) + pa
}

// firstDevice is the lowest address of a device's memory.
const firstDevice = 0

// What the kernel's own drivers use (the virt board).
var (
	ownPorts  []ioport.Range
	ownMemory = []ioport.Range{
		{Start: 0x0200_0000, End: 0x0200_ffff, Name: "clint"},
		{Start: 0x0c00_0000, End: 0x0fff_ffff, Name: "plic"},
		{Start: 0x1000_0000, End: 0x1000_00ff, Name: "serial"},
	}
)

// ownLines are the interrupts that the kernel serves itself. 0 is none (PLIC
// specification 3).
var ownLines = map[int]irq.Own{
	console.UARTIRQ: {Name: "ttyS0", Shared: true, Count: console.Interrupts.Load},
}

// findGPIO looks in the device tree for a GPIO controller.
func findGPIO() (regs gpio.Registers, name string, line uint) {
	d, ok := fdt.Find(nucleus.DeviceTree(), gpio.Compatible)
	if !ok {
		return nil, "", 0
	}
	return mmio(remap(d.Base, d.Size)), fmt.Sprintf("%x.gpio", d.Base), d.Interrupt
}

// keyboardLEDs: the virt board has no keyboard, and so no virtual consoles.
var keyboardLEDs func(bits uint8)
