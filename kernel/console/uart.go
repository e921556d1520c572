package console

// A 16550 UART (PC16550D data sheet, section 8). Registers, by offset:
//
//	0 RBR/THR  receive buffer (read), transmit holding (write)
//	1 IER      interrupt enable
//	2 FCR      FIFO control (write)
//	3 LCR      line control
//	4 MCR      modem control
//	5 LSR      line status
const (
	regData = 0
	regIER  = 1
	regFCR  = 2
	regLCR  = 3
	regMCR  = 4
	regLSR  = 5

	ierReceived = 0x01 // interrupt when data has come in
	fcrEnable   = 0x01
	fcrClear    = 0x06 // both FIFOs
	lcrWord8    = 0x03 // 8 data bits, 1 stop bit, no parity
	mcrDTR      = 0x01
	mcrRTS      = 0x02
	mcrOut2     = 0x08 // lets the interrupt line through, on PCs
	lsrData     = 0x01
	lsrTHRE     = 0x20 // the transmit FIFO is empty

	// fifoSize bytes may be written each time the transmit FIFO is empty.
	fifoSize = 16
)

// registers is how a UART is reached: memory on some boards, ports on others.
type registers interface {
	in(reg uintptr) uint8
	out(reg uintptr, v uint8)
}

// uart drives one.
type uart struct{ registers }

// start puts the UART to work: FIFOs on, interrupts for input only. Output is
// by polling; the wire is as fast as the machine that models it.
func (u uart) start() {
	u.out(regLCR, lcrWord8)
	u.out(regFCR, fcrEnable|fcrClear)
	u.out(regMCR, mcrDTR|mcrRTS|mcrOut2)
	u.out(regIER, ierReceived)
}

// send writes p to the wire.
func (u uart) send(p []byte) {
	for len(p) > 0 {
		for u.in(regLSR)&lsrTHRE == 0 {
		}
		n := min(len(p), fifoSize)
		for _, c := range p[:n] {
			u.out(regData, c)
		}
		p = p[n:]
	}
}

// receive takes what has come in.
func (u uart) receive() []byte {
	var b []byte
	for u.in(regLSR)&lsrData != 0 && len(b) < lineMax {
		b = append(b, u.in(regData))
	}
	return b
}
