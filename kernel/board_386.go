package main

import (
	"rv86/kernel/console"
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
