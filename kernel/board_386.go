package main

import (
	"fmt"

	"rv86/kernel/console"
	"rv86/kernel/lkm/gpio"
	"rv86/kernel/lkm/ioport"
	"rv86/kernel/lkm/irq"
	"rv86/kernel/nucleus"
)

const irqChip = "XT-PIC"

// remap gives the address of device memory: what lies below the end of the direct
// map, such as the display's at 0xb8000.
func remap(pa, size uint64) uint64 {
	const end = 256 << 20 // of the direct map (nucleus/mem.go)
	if pa+size > end {
		return 0
	}
	return uint64(nucleus.DirectMap) + pa
}

// firstDevice is the lowest address of a device's memory: below is the PC's first RAM.
const firstDevice = 0xa0000

// What the kernel's own drivers use (nucleus/board_386.go).
var (
	ownPorts = []ioport.Range{
		{Start: 0x020, End: 0x021, Name: "pic1"},
		{Start: 0x040, End: 0x043, Name: "timer0"},
		{Start: 0x0a0, End: 0x0a1, Name: "pic2"},
		{Start: 0x3f8, End: 0x3ff, Name: "serial"},
	}
	ownMemory []ioport.Range
)

// ownLines are the interrupts that the kernel serves itself: the 8254's, the
// second controller's, the UART's.
var ownLines = map[int]irq.Own{
	0:               {Name: "timer", Count: func() uint64 { return nucleus.Counters().Interrupts - console.Interrupts.Load() }},
	2:               {Name: "cascade", Count: func() uint64 { return 0 }},
	console.UARTIRQ: {Name: "ttyS0", Shared: true, Count: console.Interrupts.Load},
}

// The GPIO controller of rv86's PC, which no other has: its registers and its
// line.
const (
	gpioPhys = 0xfe70_0000
	gpioIRQ  = 10
)

// findGPIO looks for it.
func findGPIO() (regs gpio.Registers, name string, line uint) {
	r := mmio(nucleus.MapDevice(gpioPhys))
	if !gpio.Present(r) {
		return nil, "", 0
	}
	return r, fmt.Sprintf("%x.gpio", uint32(gpioPhys)), gpioIRQ
}

// The keyboard controller (IBM PC/AT Technical Reference, "Keyboard Controller").
const (
	keyboardData   = 0x60
	keyboardStatus = 0x64
	statusOutput   = 1 << 0 // it has a byte for us
	statusInput    = 1 << 1 // it has not taken our byte yet
	keyboardSetLED = 0xed
)

// keyboardLEDs sets the keyboard's lights.
func keyboardLEDs(bits uint8) {
	for _, b := range [...]uint8{keyboardSetLED, bits} {
		const patience = 1000
		for i := 0; i < patience && nucleus.In8(keyboardStatus)&statusInput != 0; i++ {
		}
		nucleus.Out8(keyboardData, b)
		for i := 0; i < patience && nucleus.In8(keyboardStatus)&statusOutput != 0; i++ {
			nucleus.In8(keyboardData) // its acknowledgement
		}
	}
}
