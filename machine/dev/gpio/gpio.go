// Package gpio is the general-purpose input/output controller of SiFive's
// FU540: 32 pins, each an input, an output or both, with interrupts on edges
// and levels. Buttons and wires are outside: an Event sets the level of a pin
// from there at a definite time, a Wire leads from one pin to another.
//
// Source: SiFive FU540-C000 Manual v1p0, chapter 17 (GPIO).
//
//	0x00 input_val    the pins, where input_en is set
//	0x04 input_en
//	0x08 output_en
//	0x0c output_val
//	0x10 pue          pull-up: an input that nobody drives reads 1
//	0x14 ds           drive strength
//	0x18 rise_ie      0x1c rise_ip    interrupt enable and pending, of each kind;
//	0x20 fall_ie      0x24 fall_ip    writing 1 to a pending bit clears it, unless
//	0x28 high_ie      0x2c high_ip    the level is still there
//	0x30 low_ie       0x34 low_ip
//	0x40 out_xor      inverts outputs
//
// The chip has an interrupt wire for each pin; here they are joined into one, as
// boards with few lines do.
package gpio

import (
	"encoding/binary"
	"io"
	"slices"

	"rv86/cpu/state"
	"rv86/machine/bus"
	"rv86/machine/fdt"
)

// Pins is the number of pins.
const Pins = 32

// Never is the deadline when no event is left.
const Never = ^uint64(0)

const (
	offInputVal  = 0x00
	offInputEn   = 0x04
	offOutputEn  = 0x08
	offOutputVal = 0x0c
	offPullUp    = 0x10
	offDrive     = 0x14
	offInterrupt = 0x18 // {ie, ip} of rise, fall, high, low
	offOutXor    = 0x40
	sizeOfPair   = 8
)

// The kinds of interrupt, in the order of their registers.
const (
	rise = iota
	fall
	high
	low
	kinds
)

// Event sets a pin from outside.
type Event struct {
	At    uint64 // nanoseconds of the machine's clock
	Pin   int
	Level bool
}

// Wire leads the level of one pin to another.
type Wire struct{ From, To int }

// Config connects the device to its board and to what is outside.
type Config struct {
	IRQ     bus.Line
	Now     func() uint64 // the machine's clock in nanoseconds
	Changed func()        // the next event is another one
	Events  []Event       // by rising time
	Wires   []Wire
}

// Device implements bus.Device.
type Device struct {
	c Config

	inputEn, outputEn, outputVal, pullUp, drive, outXor uint32

	enable, pending [kinds]uint32

	driven, levels uint32 // from outside: which pins, and how
	next           int    // index of the next event
	pins           uint32 // the levels as they are
}

// New returns the controller.
func New(c Config) *Device {
	c.Events = slices.Clone(c.Events)
	slices.SortStableFunc(c.Events, func(a, b Event) int {
		switch {
		case a.At < b.At:
			return -1
		case a.At > b.At:
			return 1
		}
		return 0
	})
	return &Device{c: c}
}

// Deadline is the value of Now at which the next event comes, or Never.
func (d *Device) Deadline() uint64 {
	if d.next == len(d.c.Events) {
		return Never
	}
	return d.c.Events[d.next].At
}

// Tick lets the events happen whose time has come.
func (d *Device) Tick() {
	for d.next < len(d.c.Events) && d.c.Events[d.next].At <= d.c.Now() {
		e := d.c.Events[d.next]
		d.next++
		d.Set(e.Pin, e.Level)
	}
}

// Set drives a pin from outside, as a button does.
func (d *Device) Set(pin int, level bool) {
	bit := uint32(1) << pin
	d.driven |= bit
	d.levels &^= bit
	if level {
		d.levels |= bit
	}
	d.settle()
}

// Pin is the level of a pin.
func (d *Device) Pin(pin int) bool { return d.pins>>pin&1 != 0 }

// settle computes the levels of all pins and notes what changed. An output
// wins over what drives the pin from outside, which a real chip would not
// survive for ever.
func (d *Device) settle() {
	before := d.pins
	d.pins = d.pullUp&^d.driven | d.levels&d.driven
	d.output()
	// A wire may lead to the start of another one. As many rounds as there are
	// wires carry every level through, also if they form a ring.
	for range d.c.Wires {
		for _, w := range d.c.Wires {
			bit := uint32(1) << w.To
			d.pins &^= bit
			d.pins |= d.pins >> w.From & 1 << w.To
		}
		d.output()
	}
	d.pending[rise] |= d.pins &^ before & d.inputEn
	d.pending[fall] |= before &^ d.pins & d.inputEn
	d.raise()
}

// output puts the outputs on their pins.
func (d *Device) output() {
	d.pins = d.pins&^d.outputEn | (d.outputVal^d.outXor)&d.outputEn
}

// raise sets the pending bits of levels and the interrupt wire.
func (d *Device) raise() {
	d.pending[high] |= d.pins & d.inputEn
	d.pending[low] |= ^d.pins & d.inputEn
	want := uint32(0)
	for k := range kinds {
		want |= d.pending[k] & d.enable[k]
	}
	d.c.IRQ(want != 0)
}

// register gives the plain register at an offset, nil if there is none.
func (d *Device) register(off uint64) *uint32 {
	switch off {
	case offInputEn:
		return &d.inputEn
	case offOutputEn:
		return &d.outputEn
	case offOutputVal:
		return &d.outputVal
	case offPullUp:
		return &d.pullUp
	case offDrive:
		return &d.drive
	case offOutXor:
		return &d.outXor
	}
	return nil
}

// interrupt gives the kind of interrupt a register is about, and whether it is
// the one of pending bits; ok is false for another register.
func interrupt(off uint64) (kind int, isPending, ok bool) {
	off -= offInterrupt
	return int(off / sizeOfPair), off%sizeOfPair != 0, off < kinds*sizeOfPair
}

// Load implements bus.Device. What is not there reads as zero.
func (d *Device) Load(off uint64, size int) (uint64, bool) {
	if size != 4 || off%4 != 0 {
		return 0, false
	}
	if r := d.register(off); r != nil {
		return uint64(*r), true
	}
	if kind, isPending, ok := interrupt(off); ok {
		if isPending {
			return uint64(d.pending[kind]), true
		}
		return uint64(d.enable[kind]), true
	}
	if off == offInputVal {
		return uint64(d.pins & d.inputEn), true
	}
	return 0, true
}

// Store implements bus.Device.
func (d *Device) Store(off uint64, size int, v uint64) bool {
	if size != 4 || off%4 != 0 {
		return false
	}
	if r := d.register(off); r != nil {
		*r = uint32(v)
		d.settle()
		return true
	}
	if kind, isPending, ok := interrupt(off); ok {
		if isPending {
			d.pending[kind] &^= uint32(v)
		} else {
			d.enable[kind] = uint32(v)
		}
		d.raise()
	}
	return true
}

// Reset makes every pin a disabled input. What is outside stays as it is.
func (d *Device) Reset() {
	*d = Device{c: d.c, driven: d.driven, levels: d.levels, next: d.next}
	d.settle()
}

// Node implements bus.Device (Linux Documentation/devicetree/bindings/gpio/
// sifive,gpio.yaml).
func (d *Device) Node(p bus.Place) *fdt.Node {
	return bus.Interrupt(fdt.New(bus.NodeName("gpio", p)).
		Strings("compatible", "sifive,fu540-c000-gpio", "sifive,gpio0").Reg(p.Base, p.Size).
		U32("ngpios", Pins).Flag("gpio-controller").U32("#gpio-cells", 2), p)
}

// WriteState implements bus.Device.
func (d *Device) WriteState(w io.Writer) error {
	return binary.Write(w, binary.LittleEndian, struct {
		InputEn, OutputEn, OutputVal, PullUp, Drive, OutXor uint32
		Enable, Pending                                     [kinds]uint32
		Driven, Levels, Pins                                uint32
		Next                                                uint64
	}{
		d.inputEn, d.outputEn, d.outputVal, d.pullUp, d.drive, d.outXor, d.enable, d.pending,
		d.driven, d.levels, d.pins, uint64(d.next),
	})
}

// State implements bus.Device.
func (d *Device) State(c *state.Codec) {
	c.Fields(&d.inputEn, &d.outputEn, &d.outputVal, &d.pullUp, &d.drive, &d.outXor)
	for k := range kinds {
		c.Fields(&d.enable[k], &d.pending[k])
	}
	c.Fields(&d.driven, &d.levels, &d.pins, &d.next)
	c.Check(d.next >= 0 && d.next <= len(d.c.Events), "the GPIO controller's next event")
}
