package uart16550

import (
	"encoding/binary"
	"fmt"
	"io"

	"rv86/cpu/state"
	"rv86/machine/bus"
	"rv86/machine/fdt"
)

// Register offsets (table II). RBR, THR and DLL share an offset, as do IER and
// DLM: the divisor latch is reached while LCR.DLAB is set.
const (
	regData = 0 // RBR (read), THR (write), DLL
	regIER  = 1 // and DLM
	regIIR  = 2 // IIR (read), FCR (write)
	regLCR  = 3
	regMCR  = 4
	regLSR  = 5
	regMSR  = 6
	regSCR  = 7
	regMask = 7
)

// Interrupt enable register (8.7).
const (
	ierRDA  = 1 << 0 // received data available
	ierTHRE = 1 << 1 // transmitter holding register empty
	ierLS   = 1 << 2 // receiver line status
	ierMS   = 1 << 3 // modem status
	ierMask = 0x0f
)

// Interrupt identification register (8.6, table IV), by falling priority.
const (
	iirLineStatus = 0x06
	iirData       = 0x04
	iirTimeout    = 0x0c
	iirTHRE       = 0x02
	iirModem      = 0x00
	iirNone       = 0x01
	iirFIFOs      = 0xc0 // set while the FIFOs are enabled
)

// FIFO control register (8.5).
const (
	fcrEnable  = 1 << 0
	fcrResetRx = 1 << 1
	fcrResetTx = 1 << 2
	fcrTrigger = 6 // shift of the two-bit trigger level
)

const lcrDLAB = 1 << 7 // line control register (8.1)

// Modem control register (8.8).
const (
	mcrDTR  = 1 << 0
	mcrRTS  = 1 << 1
	mcrOut1 = 1 << 2
	mcrOut2 = 1 << 3
	mcrLoop = 1 << 4
	mcrMask = 0x1f
)

// Line status register (8.4).
const (
	lsrDR   = 1 << 0 // data ready
	lsrOE   = 1 << 1 // overrun error
	lsrTHRE = 1 << 5
	lsrTEMT = 1 << 6
)

// Modem status register (8.9): the level bits, and their change bits below.
const (
	msrCTS    = 1 << 4
	msrDSR    = 1 << 5
	msrRI     = 1 << 6
	msrDCD    = 1 << 7
	msrLevels = 0xf0
	msrDTERI  = 1 << 2 // trailing edge of RI
	// A null modem with someone at the other end.
	msrConnected = msrCTS | msrDSR | msrDCD
)

const fifoSize = 16

// triggers are the receive FIFO's trigger levels (8.5, FCR bits 6 and 7).
var triggers = [4]int{1, 4, 8, 14}

// Config connects the device to its board.
type Config struct {
	IRQ  bus.Line
	Send func(b byte) // a byte left the transmitter
	// Polled, if set, is told of the n-th successive read of an LSR without
	// data, with no other access in between: the guest waits for input by
	// polling.
	Polled func(n int)
}

// Device implements bus.Device. Not safe for concurrent use.
type Device struct {
	c Config

	rx       []byte
	ier      uint8
	fifo     bool // FCR0
	trigger  uint8
	lcr, mcr uint8
	lsrErr   uint8 // error bits, cleared by reading LSR
	msr      uint8
	scr      uint8
	dll, dlm uint8
	threInt  bool // THRE interrupt pending

	// Not visible to the guest:
	polls    int // see Config.Polled
	accesses uint64
}

// New returns a port in its reset state.
func New(c Config) *Device {
	d := &Device{c: c}
	d.Reset()
	return d
}

// Reset implements bus.Device (8.1.1, table III: master reset).
func (d *Device) Reset() {
	*d = Device{c: d.c, msr: msrConnected}
	d.c.IRQ(false)
}

// Empty reports whether the guest has read all it was given.
func (d *Device) Empty() bool { return len(d.rx) == 0 }

// Accesses counts the guest's loads and stores.
func (d *Device) Accesses() uint64 { return d.accesses }

// Listening reports whether the guest asked for an interrupt on received data.
func (d *Device) Listening() bool { return d.ier&ierRDA != 0 }

func (d *Device) capacity() int {
	if d.fifo {
		return fifoSize
	}
	return 1
}

// Receive puts a byte on the input wire.
func (d *Device) Receive(b byte) {
	if d.mcr&mcrLoop == 0 { // the input is cut off in loopback mode
		d.push(b)
		d.signal()
	}
}

func (d *Device) push(b byte) {
	if len(d.rx) >= d.capacity() {
		d.lsrErr |= lsrOE
		if d.fifo {
			return // the FIFO keeps what it has; the new byte is lost
		}
		d.rx = d.rx[:0] // without FIFO, RBR is overwritten
	}
	d.rx = append(d.rx, b)
}

// pending is the interrupt identification of highest priority.
func (d *Device) pending() uint8 {
	switch {
	case d.ier&ierLS != 0 && d.lsrErr != 0:
		return iirLineStatus
	case d.ier&ierRDA != 0 && len(d.rx) > 0:
		if d.fifo && len(d.rx) < triggers[d.trigger] {
			return iirTimeout
		}
		return iirData
	case d.ier&ierTHRE != 0 && d.threInt:
		return iirTHRE
	case d.ier&ierMS != 0 && d.msr&^msrLevels != 0:
		return iirModem
	}
	return iirNone
}

func (d *Device) update() { d.c.IRQ(d.pending() != iirNone) }

// signal is update after an event of its own, a byte received or sent. The line
// drops first: an interrupt controller that looks at edges must see the event
// even if the driver has left another cause pending, as xv6 does with THRE.
func (d *Device) signal() {
	d.c.IRQ(false)
	d.update()
}

// Load implements bus.Device. Registers are bytes: a wider access sees the byte
// at its offset.
func (d *Device) Load(off uint64, _ int) (uint64, bool) {
	reg := off & regMask
	d.accesses++
	if reg != regLSR {
		d.polls = 0
	}
	return uint64(d.load(reg)), true
}

func (d *Device) load(reg uint64) uint8 {
	switch reg {
	case regData:
		if d.lcr&lcrDLAB != 0 {
			return d.dll
		}
		return d.readRBR()
	case regIER:
		if d.lcr&lcrDLAB != 0 {
			return d.dlm
		}
		return d.ier
	case regIIR:
		id := d.pending()
		if id == iirTHRE { // reading IIR acknowledges this source only (table IV)
			d.threInt = false
			d.update()
		}
		if d.fifo {
			id |= iirFIFOs
		}
		return id
	case regLCR:
		return d.lcr
	case regMCR:
		return d.mcr
	case regLSR:
		return d.readLSR()
	case regMSR:
		v := d.msr
		d.msr &= msrLevels
		d.update()
		return v
	default:
		return d.scr
	}
}

func (d *Device) readRBR() uint8 {
	if len(d.rx) == 0 {
		return 0
	}
	b := d.rx[0]
	d.rx = append(d.rx[:0], d.rx[1:]...)
	d.update()
	return b
}

func (d *Device) readLSR() uint8 {
	v := uint8(lsrTHRE|lsrTEMT) | d.lsrErr
	d.lsrErr = 0
	if len(d.rx) > 0 {
		v |= lsrDR
		d.polls = 0
	} else if d.polls++; d.c.Polled != nil {
		d.c.Polled(d.polls)
	}
	d.update()
	return v
}

// Store implements bus.Device.
func (d *Device) Store(off uint64, _ int, v uint64) bool {
	d.polls = 0
	d.accesses++
	reg := off & regMask
	d.store(reg, uint8(v))
	if reg == regData && d.lcr&lcrDLAB == 0 {
		d.signal()
	} else {
		d.update()
	}
	return true
}

func (d *Device) store(reg uint64, v uint8) {
	switch reg {
	case regData:
		if d.lcr&lcrDLAB != 0 {
			d.dll = v
			return
		}
		// The write lowers the THRE request; the byte leaves at once, so it
		// rises again.
		d.threInt = true
		if d.mcr&mcrLoop != 0 {
			d.push(v)
		} else {
			d.c.Send(v)
		}
	case regIER:
		if d.lcr&lcrDLAB != 0 {
			d.dlm = v
			return
		}
		// Enabling the THRE interrupt while the transmitter is empty raises it.
		if v&^d.ier&ierTHRE != 0 {
			d.threInt = true
		}
		d.ier = v & ierMask
	case regIIR:
		d.writeFCR(v)
	case regLCR:
		d.lcr = v
	case regMCR:
		d.writeMCR(v)
	case regSCR:
		d.scr = v
	}
}

// writeFCR: switching the FIFOs on or off empties them; the other bits count
// only while bit 0 is written as 1 (8.5). The transmit FIFO is always empty, so
// its reset has nothing to do.
func (d *Device) writeFCR(v uint8) {
	on := v&fcrEnable != 0
	if on != d.fifo || v&fcrResetRx != 0 {
		d.rx = d.rx[:0]
	}
	d.fifo = on
	if on {
		d.trigger = v >> fcrTrigger
	}
}

// writeMCR: in loopback mode the modem outputs are tied to the modem inputs
// (8.8); drivers use that to find out whether there is a port at all.
func (d *Device) writeMCR(v uint8) {
	d.mcr = v & mcrMask
	level := uint8(msrConnected)
	if d.mcr&mcrLoop != 0 {
		level = 0
		for _, tie := range [...]struct{ out, in uint8 }{
			{mcrRTS, msrCTS}, {mcrDTR, msrDSR}, {mcrOut1, msrRI}, {mcrOut2, msrDCD},
		} {
			if d.mcr&tie.out != 0 {
				level |= tie.in
			}
		}
	}
	changed := (level ^ d.msr&msrLevels) >> 4 // DCTS DDSR TERI DDCD
	if level&msrRI != 0 {
		changed &^= msrDTERI // only the trailing edge of RI counts
	}
	d.msr = level | d.msr&^msrLevels | changed
}

// Node implements bus.Device.
func (d *Device) Node(p bus.Place) *fdt.Node {
	const crystal = 3686400 // Hz, as on QEMU's board
	return bus.Interrupt(fdt.New(bus.NodeName("serial", p)).
		Strings("compatible", "ns16550a").
		Reg(p.Base, p.Size).
		U32("clock-frequency", crystal), p)
}

// WriteState implements bus.Device.
func (d *Device) WriteState(w io.Writer) error {
	if err := binary.Write(w, binary.LittleEndian, struct {
		N                           uint8
		IER                         uint8
		FIFO                        bool
		Trigger, LCR, MCR, LSR, MSR uint8
		SCR, DLL, DLM               uint8
		THREInterrupt               bool
	}{
		uint8(len(d.rx)), d.ier, d.fifo, d.trigger, d.lcr, d.mcr, d.lsrErr, d.msr,
		d.scr, d.dll, d.dlm, d.threInt,
	}); err != nil {
		return err
	}
	_, err := w.Write(d.rx)
	return err
}

// State implements bus.Device.
func (d *Device) State(c *state.Codec) {
	c.Bytes(&d.rx, fifoSize)
	c.Fields(&d.ier, &d.fifo, &d.trigger, &d.lcr, &d.mcr, &d.lsrErr, &d.msr, &d.scr, &d.dll, &d.dlm, &d.threInt,
		&d.polls, &d.accesses)
	c.Check(int(d.trigger) < len(triggers), "the UART's trigger level")
	c.Check(d.polls >= 0, "the UART's polls")
}

// Inspect tells the registers, without the effects that reading them has.
func (d *Device) Inspect() []string {
	return []string{
		fmt.Sprintf("IER %02x  LCR %02x  MCR %02x  MSR %02x  SCR %02x  divisor %d", d.ier, d.lcr, d.mcr, d.msr, d.scr, int(d.dlm)<<8|int(d.dll)),
		fmt.Sprintf("FIFO %v, %d bytes received and not read, interrupt identification %02x", d.fifo, len(d.rx), d.pending()),
	}
}
