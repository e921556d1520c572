// Package plic is the platform-level interrupt controller: it collects the
// devices' level-triggered lines and gives each context (a hart in one
// privilege mode) the most urgent one that is enabled for it.
//
// Source: RISC-V Platform-Level Interrupt Controller Specification 1.0.0, with
// SiFive's memory map. Sources 1 to 95, as on QEMU's virt board.
//
//	0x000000 + 4*s             priority of source s
//	0x001000 + 4*(s/32)        pending bits
//	0x002000 + 0x80*c + ...    enable bits of context c
//	0x200000 + 0x1000*c        priority threshold of context c
//	0x200004 + 0x1000*c        claim (read) / complete (write)
package plic

import (
	"encoding/binary"
	"fmt"
	"io"
	"math/bits"

	"rv86/cpu/state"
	"rv86/machine/bus"
	"rv86/machine/fdt"
)

// Sources is the number of interrupt sources, counting the reserved source 0.
const Sources = 96

const (
	words        = Sources / 32
	maxPriority  = 7 // three priority bits, as QEMU's virt board implements
	offPending   = 0x1000
	offEnable    = 0x2000
	enableStride = 0x80
	offContext   = 0x200000
	ctxStride    = 0x1000
	regThreshold = 0
	regClaim     = 4
)

// Context is one target of interrupts.
type Context struct {
	Line  bus.Line // to the hart
	CPU   uint32   // phandle of the hart's local controller
	Cause uint32   // its interrupt number there: 11 for M, 9 for S
}

// Device implements bus.Device.
type Device struct {
	ctx      []context
	priority [Sources]uint8
	level    [words]uint32 // the wires
	pending  [words]uint32
	claimed  [words]uint32 // no further claim before completion
}

type context struct {
	Context
	enable    [words]uint32
	threshold uint8
}

// New returns a controller for the contexts, numbered as given.
func New(ctx ...Context) *Device {
	d := &Device{}
	for _, c := range ctx {
		d.ctx = append(d.ctx, context{Context: c})
	}
	return d
}

// Source returns the wire of source s. The gateway takes the rise of a level as
// a request and its fall as the end of it. It does not look at the level again
// at completion (QEMU's hw/intc/sifive_plic.c): drivers exist that never clear
// a cause they are not interested in, and would be interrupted for ever.
func (d *Device) Source(s uint32) bus.Line {
	w, bit := s/32, uint32(1)<<(s%32)
	return func(level bool) {
		if level == (d.level[w]&bit != 0) {
			return
		}
		d.level[w] ^= bit
		d.pending[w] = d.pending[w]&^bit | d.level[w]&bit
		d.update()
	}
}

// best is the enabled pending source of highest priority above the threshold;
// ties go to the lowest number. 0 means none.
func (d *Device) best(c *context) (src uint32) {
	top := c.threshold
	for w := range uint32(words) {
		for m := d.pending[w] &^ d.claimed[w] & c.enable[w]; m != 0; m &= m - 1 {
			s := w*32 + uint32(bits.TrailingZeros32(m))
			if d.priority[s] > top {
				src, top = s, d.priority[s]
			}
		}
	}
	return src
}

func (d *Device) update() {
	for i := range d.ctx {
		c := &d.ctx[i]
		c.Line(d.best(c) != 0)
	}
}

// Load implements bus.Device.
func (d *Device) Load(off uint64, size int) (uint64, bool) {
	if size != 4 || off%4 != 0 {
		return 0, false
	}
	switch {
	case off < offPending:
		if s := off / 4; s < Sources {
			return uint64(d.priority[s]), true
		}
	case off < offEnable:
		if w := (off - offPending) / 4; w < words {
			return uint64(d.pending[w]), true
		}
	case off < offContext:
		c, w := (off-offEnable)/enableStride, (off-offEnable)%enableStride/4
		if c < uint64(len(d.ctx)) && w < words {
			return uint64(d.ctx[c].enable[w]), true
		}
	default:
		c, reg := (off-offContext)/ctxStride, (off-offContext)%ctxStride
		if c >= uint64(len(d.ctx)) {
			break
		}
		switch reg {
		case regThreshold:
			return uint64(d.ctx[c].threshold), true
		case regClaim:
			return uint64(d.claim(&d.ctx[c])), true
		}
	}
	return 0, true
}

// claim hands the best source to the context and clears its pending bit; the
// gateway holds the source back until it is completed.
func (d *Device) claim(c *context) uint32 {
	s := d.best(c)
	if s != 0 {
		w, bit := s/32, uint32(1)<<(s%32)
		d.pending[w] &^= bit
		d.claimed[w] |= bit
		d.update()
	}
	return s
}

// Store implements bus.Device.
func (d *Device) Store(off uint64, size int, v uint64) bool {
	if size != 4 || off%4 != 0 {
		return false
	}
	switch {
	case off < offPending:
		// Source 0 does not exist: its priority stays 0.
		if s := off / 4; s > 0 && s < Sources {
			d.priority[s] = uint8(v) & maxPriority
		}
	case off < offEnable: // pending bits are read-only
	case off < offContext:
		c, w := (off-offEnable)/enableStride, (off-offEnable)%enableStride/4
		if c < uint64(len(d.ctx)) && w < words {
			if w == 0 {
				v &^= 1
			}
			d.ctx[c].enable[w] = uint32(v)
		}
	default:
		c, reg := (off-offContext)/ctxStride, (off-offContext)%ctxStride
		if c >= uint64(len(d.ctx)) {
			break
		}
		switch reg {
		case regThreshold:
			d.ctx[c].threshold = uint8(v) & maxPriority
		case regClaim:
			d.complete(&d.ctx[c], v)
		}
	}
	d.update()
	return true
}

// complete lets source s be claimed again. A source that is not
// enabled for the context is ignored (PLIC spec, "Interrupt Completion").
func (d *Device) complete(c *context, s uint64) {
	if s == 0 || s >= Sources {
		return
	}
	w, bit := uint32(s/32), uint32(1)<<(s%32)
	if c.enable[w]&bit == 0 {
		return
	}
	d.claimed[w] &^= bit
}

// Reset implements bus.Device. The input wires keep their levels: they are the
// devices' to lower.
func (d *Device) Reset() {
	d.priority = [Sources]uint8{}
	d.claimed = [words]uint32{}
	d.pending = d.level
	for i := range d.ctx {
		d.ctx[i].enable = [words]uint32{}
		d.ctx[i].threshold = 0
	}
	d.update()
}

// Node describes the controller. Its phandle is p.Controller.
func (d *Device) Node(p bus.Place) *fdt.Node {
	var ext []uint32
	for i := range d.ctx {
		ext = append(ext, d.ctx[i].CPU, d.ctx[i].Cause)
	}
	return fdt.New(bus.NodeName("plic", p)).
		U32("phandle", p.Controller).
		Strings("compatible", "sifive,plic-1.0.0", "riscv,plic0").
		U32("#address-cells", 0).
		U32("#interrupt-cells", 1).
		Flag("interrupt-controller").
		U32("riscv,ndev", Sources-1).
		U32("interrupts-extended", ext...).
		Reg(p.Base, p.Size)
}

// WriteState writes the registers in the order of the map.
func (d *Device) WriteState(w io.Writer) error {
	if err := binary.Write(w, binary.LittleEndian, struct {
		Priority                [Sources]uint8
		Level, Pending, Claimed [words]uint32
	}{d.priority, d.level, d.pending, d.claimed}); err != nil {
		return err
	}
	for i := range d.ctx {
		c := &d.ctx[i]
		if err := binary.Write(w, binary.LittleEndian, struct {
			Enable    [words]uint32
			Threshold uint8
		}{c.enable, c.threshold}); err != nil {
			return err
		}
	}
	return nil
}

// State implements bus.Device.
func (d *Device) State(c *state.Codec) {
	c.Fields(&d.priority, &d.level, &d.pending, &d.claimed)
	for i := range d.ctx {
		c.Fields(&d.ctx[i].enable, &d.ctx[i].threshold)
	}
}

// IRQLines tells about the sources that have a priority, or that ask or are
// served, and about the contexts. Nothing is claimed.
func (d *Device) IRQLines() (out []string) {
	bit := func(set *[words]uint32, s int) bool { return set[s/32]>>(s%32)&1 != 0 }
	for s := 1; s < Sources; s++ {
		if d.priority[s] == 0 && !bit(&d.level, s) && !bit(&d.pending, s) && !bit(&d.claimed, s) {
			continue
		}
		var enabled []int
		for i := range d.ctx {
			if bit(&d.ctx[i].enable, s) {
				enabled = append(enabled, i)
			}
		}
		out = append(out, fmt.Sprintf("source %d: priority %d, line %v, pending %v, claimed %v, enabled for contexts %v",
			s, d.priority[s], bit(&d.level, s), bit(&d.pending, s), bit(&d.claimed, s), enabled))
	}
	for i := range d.ctx {
		c := &d.ctx[i]
		out = append(out, fmt.Sprintf("context %d: threshold %d, enabled %08x, most urgent source %d", i, c.threshold, c.enable, d.best(c)))
	}
	return out
}
