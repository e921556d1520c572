// Package pic8259 is the PC's pair of programmable interrupt controllers.
//
// Source: Intel 8259A data sheet (order 231468-003); section numbers below are
// its headings. The edge/level control registers are those of the 82371SB PIIX3
// (order 290550-002, 3.3.14). The slave hangs on the master's line 2. Not
// modelled: 8080 mode, buffered mode, polling of slaves through the cascade.
//
//	0x20 0xa0     ICW1, OCW2, OCW3; read: IRR or ISR
//	0x21 0xa1     ICW2..4, OCW1; read: the mask
//	0x4d0 0x4d1   ELCR: which lines are level-triggered
package pic8259

import (
	"encoding/binary"
	"fmt"
	"io"

	"rv86/cpu/state"
	"rv86/machine/bus"
	"rv86/machine/fdt"
)

// Command bits (Initialization Command Words, Operation Command Words).
const (
	icw1Init   = 1 << 4 // D4 of the command port: this is an ICW1
	icw1Need4  = 1 << 0
	icw1Single = 1 << 1
	icw1Level  = 1 << 3
	icw4AEOI   = 1 << 1
	icw4SFNM   = 1 << 4

	ocw3      = 1 << 3
	ocw3Poll  = 1 << 2
	ocw3RR    = 1 << 1 // read register command
	ocw3RIS   = 1 << 0 // ... ISR rather than IRR
	ocw3ESMM  = 1 << 6
	ocw3SMM   = 1 << 5
	ocw2Shift = 5 // R, SL, EOI
	levelMask = 7

	cascade = 2 // the master's line that the slave drives
	lines   = 8
	// A line that drops before it is acknowledged reads as line 7.
	spurious = 7
)

// OCW2 operations (R, SL, EOI).
const (
	rotateAEOIClear  = 0
	eoiNonSpecific   = 1
	eoiSpecific      = 3
	rotateAEOISet    = 4
	rotateOnEOI      = 5
	setPriority      = 6
	rotateOnSpecific = 7
)

// chip is one 8259A.
type chip struct {
	IRR, ISR, IMR uint8
	Line          uint8 // levels of the inputs
	ELCR          uint8
	Base          uint8 // vector of line 0
	Lowest        uint8 // the line of lowest priority
	Step          uint8 // ICW that is due at the data port: 0 none, 2, 3, 4
	Need4, Single bool
	AllLevel      bool // ICW1.LTIM
	AEOI, Rotate  bool
	SFNM, SMM     bool
	ReadISR, Poll bool
}

// set drives an input. A request latches on a rising edge; a level input
// requests as long as it is high.
func (c *chip) set(n uint, level bool) {
	bit := uint8(1) << n
	if level {
		if c.Line&bit == 0 || c.level(bit) {
			c.IRR |= bit
		}
		c.Line |= bit
		return
	}
	c.Line &^= bit
	// An edge that goes away unacknowledged is lost, as on the real part.
	c.IRR &^= bit
}

func (c *chip) level(bit uint8) bool { return c.AllLevel || c.ELCR&bit != 0 }

// priority orders lines: 0 is served first.
func (c *chip) priority(n int) int { return (n - int(c.Lowest) - 1) & levelMask }

// pending is the line to be served, or -1. A line in service holds back those
// of its own and lower priority; in special mask mode only itself, and in
// special fully nested mode the cascade does not hold itself back.
func (c *chip) pending() int {
	best := -1
	for n := range lines {
		if (c.IRR&^c.IMR)>>n&1 != 0 && (best < 0 || c.priority(n) < c.priority(best)) {
			best = n
		}
	}
	if best < 0 {
		return -1
	}
	for n := range lines {
		if c.ISR>>n&1 == 0 || c.SMM && c.IMR>>n&1 != 0 {
			continue
		}
		if c.SFNM && n == cascade && n == best {
			continue
		}
		if c.priority(n) <= c.priority(best) {
			return -1
		}
	}
	return best
}

// accept moves a request into service (the INTA cycle).
func (c *chip) accept(n int) {
	bit := uint8(1) << n
	if !c.level(bit) {
		c.IRR &^= bit
	}
	if !c.AEOI {
		c.ISR |= bit
	} else if c.Rotate {
		c.Lowest = uint8(n)
	}
}

// inService is the line of highest priority in service, or -1.
func (c *chip) inService() int {
	best := -1
	for n := range lines {
		if c.ISR>>n&1 != 0 && (best < 0 || c.priority(n) < c.priority(best)) {
			best = n
		}
	}
	return best
}

func (c *chip) command(v uint8) {
	switch {
	case v&icw1Init != 0:
		*c = chip{Line: c.Line, ELCR: c.ELCR, Lowest: levelMask, Step: 2}
		c.Need4, c.Single, c.AllLevel = v&icw1Need4 != 0, v&icw1Single != 0, v&icw1Level != 0
	case v&ocw3 != 0:
		c.Poll = v&ocw3Poll != 0
		if v&ocw3RR != 0 {
			c.ReadISR = v&ocw3RIS != 0
		}
		if v&ocw3ESMM != 0 {
			c.SMM = v&ocw3SMM != 0
		}
	default:
		c.ocw2(v>>ocw2Shift, int(v&levelMask))
	}
}

func (c *chip) ocw2(op uint8, n int) {
	switch op {
	case rotateAEOIClear, rotateAEOISet:
		c.Rotate = op == rotateAEOISet
		return
	case setPriority:
		c.Lowest = uint8(n)
		return
	case eoiNonSpecific, rotateOnEOI:
		n = c.inService()
	case eoiSpecific, rotateOnSpecific:
	default: // no operation
		return
	}
	if n < 0 {
		return
	}
	c.ISR &^= 1 << n
	if op == rotateOnEOI || op == rotateOnSpecific {
		c.Lowest = uint8(n)
	}
}

func (c *chip) data(v uint8) {
	switch c.Step {
	case 2:
		c.Base = v &^ levelMask
		switch {
		case !c.Single:
			c.Step = 3
		case c.Need4:
			c.Step = 4
		default:
			c.Step = 0
		}
	case 3: // how the chips are wired: a PC's never changes
		c.Step = 0
		if c.Need4 {
			c.Step = 4
		}
	case 4:
		c.AEOI, c.SFNM, c.Step = v&icw4AEOI != 0, v&icw4SFNM != 0, 0
	default:
		c.IMR = v
	}
}

// read is a read of the command port.
func (c *chip) read() uint8 {
	if c.Poll {
		c.Poll = false
		n := c.pending()
		if n < 0 {
			return 0
		}
		c.accept(n)
		return 1<<7 | uint8(n)
	}
	if c.ReadISR {
		return c.ISR
	}
	return c.IRR
}

// Pair is both chips.
type Pair struct {
	intr          bus.Line
	master, slave chip
}

// New returns the pair; intr is the processor's INTR.
func New(intr bus.Line) *Pair {
	p := &Pair{intr: intr}
	p.Reset()
	return p
}

// Source is the wire of IRQ n, 0 to 15.
func (p *Pair) Source(n uint) bus.Line {
	return func(level bool) {
		if n < lines {
			p.master.set(n, level)
		} else {
			p.slave.set(n-lines, level)
		}
		p.update()
	}
}

func (p *Pair) update() {
	p.master.set(cascade, p.slave.pending() >= 0)
	p.intr(p.master.pending() >= 0)
}

// Acknowledge is the processor's INTA cycle: it returns the vector.
func (p *Pair) Acknowledge() uint8 {
	defer p.update()
	n := p.master.pending()
	if n < 0 {
		return p.master.Base + spurious
	}
	p.master.accept(n)
	if n != cascade {
		return p.master.Base + uint8(n)
	}
	if n = p.slave.pending(); n < 0 {
		return p.slave.Base + spurious
	}
	p.slave.accept(n)
	return p.slave.Base + uint8(n)
}

// Pending is the set of unmasked requests, bit n for IRQ n: for the monitor.
func (p *Pair) Pending() uint16 {
	return uint16(p.master.IRR&^p.master.IMR) | uint16(p.slave.IRR&^p.slave.IMR)<<lines
}

// Reset brings both chips to their power-on state: nothing is masked, but
// nothing is requested either.
func (p *Pair) Reset() {
	p.master = chip{Lowest: levelMask}
	p.slave = chip{Lowest: levelMask}
	p.intr(false)
}

// Ports is the window of one chip: the master at 0x20, the slave at 0xa0.
type Ports struct {
	p *Pair
	c *chip
}

// Master is the window at 0x20.
func (p *Pair) Master() *Ports { return &Ports{p, &p.master} }

// Slave is the window at 0xa0.
func (p *Pair) Slave() *Ports { return &Ports{p, &p.slave} }

// Load implements bus.Device.
func (w *Ports) Load(off uint64, size int) (uint64, bool) {
	if size != 1 {
		return 0, false
	}
	if off == 1 {
		return uint64(w.c.IMR), true
	}
	v := w.c.read()
	w.p.update()
	return uint64(v), true
}

// Store implements bus.Device.
func (w *Ports) Store(off uint64, size int, v uint64) bool {
	if size != 1 {
		return false
	}
	if off == 0 {
		w.c.command(uint8(v))
	} else {
		w.c.data(uint8(v))
	}
	w.p.update()
	return true
}

// Reset resets the pair; both windows may do so.
func (w *Ports) Reset() { w.p.Reset() }

// Node implements bus.Device: a PC has no device tree.
func (w *Ports) Node(bus.Place) *fdt.Node { return nil }

// WriteState implements bus.Device.
func (w *Ports) WriteState(out io.Writer) error { return binary.Write(out, binary.LittleEndian, w.c) }

// ELCR is the window at 0x4d0: one byte per chip.
type ELCR struct{ p *Pair }

// ELCR returns the edge/level registers.
func (p *Pair) ELCR() *ELCR { return &ELCR{p} }

// Lines that a PC wires edge-triggered for ever: timer, keyboard, cascade; and
// on the slave the clock and the coprocessor.
const (
	elcrMaster = 0xf8
	elcrSlave  = 0xde
)

// Load implements bus.Device.
func (e *ELCR) Load(off uint64, size int) (uint64, bool) {
	if off == 0 {
		return uint64(e.p.master.ELCR), size == 1
	}
	return uint64(e.p.slave.ELCR), size == 1
}

// Store implements bus.Device.
func (e *ELCR) Store(off uint64, size int, v uint64) bool {
	if size != 1 {
		return false
	}
	if off == 0 {
		e.p.master.ELCR = uint8(v) & elcrMaster
	} else {
		e.p.slave.ELCR = uint8(v) & elcrSlave
	}
	return true
}

// Reset implements bus.Device.
func (e *ELCR) Reset() { e.p.master.ELCR, e.p.slave.ELCR = 0, 0 }

// Node implements bus.Device.
func (e *ELCR) Node(bus.Place) *fdt.Node { return nil }

// WriteState writes nothing: the chips' state holds the registers.
func (e *ELCR) WriteState(io.Writer) error { return nil }

// State implements bus.Device.
func (w *Ports) State(c *state.Codec) {
	c.Fields(w.c)
	c.Check(w.c.Lowest <= levelMask && w.c.Step <= 4, "the PIC's registers")
}

// State implements bus.Device: the chips' state holds the registers.
func (e *ELCR) State(*state.Codec) {}

// IRQLines tells about the inputs that are not masked, or that ask or are served.
func (w *Ports) IRQLines() (out []string) {
	c := w.c
	for n := range uint8(levelMask + 1) {
		bit := uint8(1) << n
		if c.IMR&bit != 0 && (c.Line|c.IRR|c.ISR)&bit == 0 {
			continue
		}
		out = append(out, fmt.Sprintf("input %d, vector %#02x: line %v, masked %v, requested %v, in service %v",
			n, c.Base+n, c.Line&bit != 0, c.IMR&bit != 0, c.IRR&bit != 0, c.ISR&bit != 0))
	}
	return out
}

// Inspect tells a chip's registers.
func (w *Ports) Inspect() []string {
	c := w.c
	return []string{fmt.Sprintf("IRR %02x  ISR %02x  IMR %02x  lines %02x  level-triggered %02x  first vector %#02x", c.IRR, c.ISR, c.IMR, c.Line, c.ELCR, c.Base)}
}
