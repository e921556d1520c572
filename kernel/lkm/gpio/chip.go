package gpio

import (
	"sync"

	"rv86/kernel/abi"
	"rv86/kernel/lkm/irq"
)

// Compatible is the controller's kind in a device tree.
const Compatible = "sifive,gpio0"

// Pins is the number of pins.
const Pins = 32

// Registers (chapter 17, table 63). Interrupts have an enable and a pending one
// for each kind.
const (
	regInputVal  = 0x00
	regInputEn   = 0x04
	regOutputEn  = 0x08
	regOutputVal = 0x0c
	regDrive     = 0x14
	regRiseIE    = 0x18
	regFallIE    = 0x20
	regHighIE    = 0x28
	regLowIE     = 0x30
	regPending   = 4 // from an enable register to its pending one
)

// kinds are the enable registers, in the order of the bits of IRQF_TRIGGER_*.
var (
	kinds  = [...]uint32{regRiseIE, regFallIE, regHighIE, regLowIE}
	levels = [...]uint32{regHighIE, regLowIE}
)

// Registers are the controller's.
type Registers interface {
	Load(off uint32) uint32
	Store(off, v uint32)
}

// Present says whether a GPIO controller answers at the registers: one of them
// that only tunes the outputs must hold what is written to it, and gets its value
// back. It is for boards that cannot say what they have; where nothing is, reads
// give all ones or zeros and writes are lost.
func Present(r Registers) bool {
	old := r.Load(regDrive)
	defer r.Store(regDrive, old)
	for _, pattern := range [...]uint32{0x5a5a_a5a5, 0xa5a5_5a5a} {
		r.Store(regDrive, pattern)
		if r.Load(regDrive) != pattern {
			return false
		}
	}
	return true
}

// Chip is the controller.
type Chip struct {
	regs Registers
	name string // the device's, such as 10060000.gpio
	open func() irq.Line

	mu     sync.Mutex
	pins   [Pins]pin
	parent irq.Line // the board's line, once somebody needs it
}

// pin is what is known of one.
type pin struct {
	used    bool
	label   string
	labelAt uint64 // where the label lies, which tells whose it is
	sysfs   bool   // taken for programs, by them
	shown   bool   // has files in /sys

	trigger uint32 // IRQF_TRIGGER_*, while there is a handler
	fired   chan struct{}
}

// NewChip drives the controller at the registers; open gives the board's line
// that its pins raise.
func NewChip(r Registers, name string, open func() irq.Line) *Chip {
	c := &Chip{regs: r, name: name, open: open}
	for i := range c.pins {
		c.pins[i].fired = make(chan struct{}, 1)
	}
	for _, ie := range kinds {
		r.Store(ie, 0)
	}
	return c
}

// change sets or clears a pin's bit in a register. Preconditions: mu is held.
func (c *Chip) change(reg uint32, n int, on bool) {
	v := c.regs.Load(reg) &^ (1 << n)
	if on {
		v |= 1 << n
	}
	c.regs.Store(reg, v)
}

func (c *Chip) bit(reg uint32, n int) bool { return c.regs.Load(reg)>>n&1 != 0 }

// Input makes a pin an input.
func (c *Chip) Input(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.change(regOutputEn, n, false)
	c.change(regInputEn, n, true)
}

// Output makes a pin an output of that level; the level is there first.
func (c *Chip) Output(n int, high bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.change(regOutputVal, n, high)
	c.change(regInputEn, n, false)
	c.change(regOutputEn, n, true)
}

// Set sets the level that a pin has as an output.
func (c *Chip) Set(n int, high bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.change(regOutputVal, n, high)
}

// Get is the level: what an output was set to, or what an input sees.
func (c *Chip) Get(n int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.get(n)
}

func (c *Chip) get(n int) bool {
	if c.bit(regOutputEn, n) {
		return c.bit(regOutputVal, n)
	}
	return c.bit(regInputVal, n)
}

// Request takes a pin: EBUSY if somebody has it.
func (c *Chip) Request(n int, label string, labelAt uint64) abi.Errno {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := &c.pins[n]
	if p.used {
		return abi.EBUSY
	}
	p.used, p.label, p.labelAt, p.sysfs = true, label, labelAt, false
	return 0
}

// Release gives a pin back; false if nobody had it. It stays as it was set.
func (c *Chip) Release(n int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := &c.pins[n]
	was := p.used
	p.used, p.label, p.labelAt, p.sysfs = false, "", 0, false
	return was
}
