package nucleus

// QEMU's virt board (docs/system/riscv/virt.rst, hw/riscv/virt.c).
//
//	0x0010_0000  power ("sifive,test0")
//	0x0010_2000  panic reason: rv86 only, present if the device tree says so
//	0x0200_0000  CLINT
//	0x0c00_0000  PLIC
//	0x1000_0000  16550 UART, interrupt 10
//	0x8000_0000  RAM
const (
	powerBase = 0x100000
	panicBase = 0x102000
	clintBase = 0x2000000
	plicBase  = 0xc000000
	UARTBase  = 0x10000000
	UARTIRQ   = 10

	defaultRAMBase = 0x80000000
	defaultRAMSize = 128 << 20
)

// The power device's commands: the low half of the word written; the upper
// half is the exit status of powerFail.
const (
	powerPass  = 0x5555
	powerFail  = 0x3333
	powerReset = 0x7777
)

const clintMTimeCmp = clintBase + 0x4000 // of hart 0

// TickHz is the frequency of mtime.
const TickHz = 10_000_000

// nsPerTick converts mtime to nanoseconds.
const nsPerTick = 1_000_000_000 / TickHz

// PLIC registers; context 1 is hart 0's supervisor mode.
const (
	plicPriority   = plicBase
	plicEnableS    = plicBase + 0x2080
	plicThresholdS = plicBase + 0x201000
	plicClaimS     = plicBase + 0x201004
	irqSources     = 96
)

// 16550 registers and bits that the nucleus' own output needs.
const (
	uartTHR     = 0
	uartLSR     = 5
	uartLSRTHRE = 0x20
)

func putc(c byte) {
	for in8(mmio+UARTBase+uartLSR)&uartLSRTHRE == 0 {
	}
	out8(mmio+UARTBase+uartTHR, c)
}

func powerOff(status uintptr) {
	v := uint32(powerPass)
	if status != 0 {
		v = powerFail | uint32(status&0xff)<<16
	}
	out32(mmio+powerBase, v)
	for {
		wfi()
	}
}

func powerRestart() {
	out32(mmio+powerBase, powerReset)
	for {
		wfi()
	}
}

// setTimer asks for a timer interrupt at mtime t: by stimecmp where the hart
// has Sstc, else by the CLINT, whose interrupt entry_riscv64.s hands on.
func setTimer(t uint64) {
	if hasSstc != 0 {
		setStimecmp(uintptr(t))
	} else {
		out64(mmio+clintMTimeCmp, uintptr(t))
	}
}

// external claims what the PLIC has pending. A source stays claimed, hence
// quiet, until its driver's goroutine has dealt with it and calls IRQ.Done.
func external() {
	for {
		irq := uintptr(in32(mmio + plicClaimS))
		if irq == 0 {
			return
		}
		if irq >= irqSources {
			out32(mmio+plicClaimS, uint32(irq))
			continue
		}
		postWord(wordIRQ + irq)
	}
}

// irqDone ends a claim.
func irqDone(irq uintptr) { out32(mmio+plicClaimS, uint32(irq)) }

// idle waits for an interrupt; they are off, but wfi wakes for a pending one
// (Priv. spec 3.3.3).
func idle() {
	if wfi()&sieSEI != 0 {
		external()
	}
	clearSoft()
}

// panicByte hands a byte of the panic reason to the machine.
func panicByte(c byte) { out8(mmio+panicBase, c) }

func irqEnable(irq uintptr) {
	out32(mmio+plicPriority+irq*4, 1)
	a := mmio + plicEnableS + irq/32*4
	out32(a, in32(a)|1<<(irq%32))
	out32(mmio+plicThresholdS, 0)
}
