package nucleus

// The PC/AT, as QEMU's pc machine and rv86's board have it. I/O ports:
//
//	0x020 0x0a0  8259 pair
//	0x040 0x061  8254 (clock_386.go)
//	0x0f4        QEMU's isa-debug-exit: v ends the machine with v<<1 | 1
//	0x0f8 0x0f9  rv86 only: panic reason, exit with any status
//	0x3f8        16550 UART, interrupt 4
//	0x4d0        interrupt lines' edge or level mode
//	0x604        power management control (PIIX4)
const (
	picMaster   = 0x20
	picSlave    = 0xa0
	elcrPort    = 0x4d0
	debugExit   = 0xf4
	panicPort   = 0xf8
	exitPort    = 0xf9
	uartPort    = 0x3f8
	pm1aPort    = 0x604
	resetPort   = 0x64
	resetPulse  = 0xfe // i8042: pulse output 0, which is the processor's reset
	pm1aSoftOff = 1 << 13
)

// UARTIRQ is the interrupt of the first serial port.
const UARTIRQ = 4

// Intel 8259A data sheet: the words of its initialization, and the commands.
const (
	picICW1      = 0x11 // edge triggered, cascade, ICW4 follows
	picICW4      = 0x01 // 8086 mode
	picCascade   = 2    // the slave's line, and its identity
	picEOI       = 0x20
	picReadISR   = 0x0b
	picLines     = 8
	picSpurious  = 7 // the line that a request which went away comes in on
	timerIRQ     = 0
	irqSources   = 2 * picLines
	picAllMasked = 0xff
)

// 16550 registers and bits that the nucleus' own output needs.
const (
	uartTHR     = 0
	uartLSR     = 5
	uartLSRTHRE = 0x20
)

var picMask = uint16(0xffff) &^ (1<<timerIRQ | 1<<picCascade)

func picInit() {
	for i, port := range [...]uintptr{picMaster, picSlave} {
		outb(port, picICW1)
		outb(port+1, uint8(vecIRQ+i*picLines))
		if i == 0 {
			outb(port+1, 1<<picCascade)
		} else {
			outb(port+1, picCascade)
		}
		outb(port+1, picICW4)
	}
	// A level-triggered line that is still raised asks again when it is
	// unmasked; with edges a driver that left something would never hear of it.
	outb(elcrPort, 1<<UARTIRQ)
	picWriteMask()
}

func picWriteMask() {
	outb(picMaster+1, uint8(picMask))
	outb(picSlave+1, uint8(picMask>>picLines))
}

// interrupt serves line n. A device's line stays masked until its driver's
// goroutine has dealt with it and calls IRQ.Done. It tells whether it was the
// timer.
func interrupt(n uintptr) (timer bool) {
	kstat().Interrupts++
	port := uintptr(picMaster)
	if n >= picLines {
		port = picSlave
	}
	if n%picLines == picSpurious {
		outb(port, picReadISR)
		if inb(port)>>picSpurious&1 == 0 {
			if port == picSlave {
				outb(picMaster, picEOI) // the cascade line itself was real
			}
			return false
		}
	}
	if n != timerIRQ {
		picMask |= 1 << n
		picWriteMask()
	}
	if port == picSlave {
		outb(picSlave, picEOI)
	}
	outb(picMaster, picEOI)
	if n == timerIRQ {
		armed = ^uint64(0)
		return true
	}
	postWord(wordIRQ + n)
	return false
}

func irqEnable(n uintptr) {
	if n < irqSources {
		picMask &^= 1 << n
		picWriteMask()
	}
}

// irqDone lets the line in again.
func irqDone(n uintptr) { irqEnable(n) }

// idle waits for an interrupt and serves it.
func idle() {
	if v := halt(); v >= vecIRQ && v < vecIRQ+irqSources {
		interrupt(v - vecIRQ)
	}
}

func putc(c byte) {
	for inb(uartPort+uartLSR)&uartLSRTHRE == 0 {
	}
	outb(uartPort+uartTHR, c)
}

// panicByte hands a byte of the panic reason to the machine; elsewhere than on
// rv86 nothing listens.
func panicByte(c byte) { outb(panicPort, c) }

// powerOff tries what there may be: rv86's exit port, then QEMU's devices, of
// which the second cannot say 0, and the first works with a delay.
func powerOff(status uintptr) {
	outb(exitPort, uint8(status))
	if status == 0 {
		outw(pm1aPort, pm1aSoftOff)
	} else {
		outb(debugExit, uint8(status))
	}
	for {
		halt()
	}
}

func powerRestart() {
	outb(resetPort, resetPulse)
	for {
		halt()
	}
}
