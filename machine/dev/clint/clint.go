// Package clint is SiFive's core-local interruptor (CLINT): for each hart a
// software interrupt bit and a timer compare register, and the machine timer
// that they share.
//
// Source: SiFive FU540-C000 manual, v1p4, chapter 9, with the 64-bit and 32-bit
// accesses that the RISC-V ACLINT specification 1.0 allows. One hart.
//
//	0x0000  msip      4 bytes, bit 0
//	0x4000  mtimecmp  8 bytes
//	0xbff8  mtime     8 bytes
package clint

import (
	"encoding/binary"
	"fmt"
	"io"

	"rv86/cpu/state"
	"rv86/machine/bus"
	"rv86/machine/fdt"
)

// Register offsets.
const (
	offMSIP     = 0x0000
	offMTimeCmp = 0x4000
	offMTime    = 0xbff8
)

// Interrupt numbers of the hart's local controller (Priv. spec 3.1.9).
const (
	irqMSI = 3
	irqMTI = 7
)

// Never is the deadline of a timer that is not set.
const Never = ^uint64(0)

// Config connects the device to its board.
type Config struct {
	Ticks   func() uint64 // the free-running counter behind mtime
	MSIP    bus.Line
	MTIP    bus.Line
	Changed func() // mtimecmp or mtime was written: deadlines moved
}

// Device implements bus.Device.
type Device struct {
	c        Config
	msip     bool
	mtimecmp uint64
	offset   uint64 // mtime - Ticks(), moved by a write of mtime
}

// New returns the device in its reset state.
func New(c Config) *Device {
	d := &Device{c: c}
	d.Reset()
	return d
}

// MTime is the machine timer's value now.
func (d *Device) MTime() uint64 { return d.c.Ticks() + d.offset }

// Deadline is the counter value (in Ticks) at which MTIP will rise, or Never.
func (d *Device) Deadline() uint64 {
	if d.mtimecmp == Never || d.MTime() >= d.mtimecmp {
		return Never
	}
	return d.mtimecmp - d.offset
}

// TicksAt converts a value of mtime to one of Ticks.
func (d *Device) TicksAt(mtime uint64) uint64 { return mtime - d.offset }

// Tick brings MTIP up to date with the time.
// The interrupt is pending while mtime >= mtimecmp (Priv. spec 3.2.1).
func (d *Device) Tick() { d.c.MTIP(d.MTime() >= d.mtimecmp) }

// Load implements bus.Device.
func (d *Device) Load(off uint64, size int) (uint64, bool) {
	if size < 4 {
		return 0, false
	}
	switch off &^ 7 {
	case offMSIP:
		if off == offMSIP && d.msip {
			return 1, true
		}
		return 0, true
	case offMTimeCmp:
		return part(d.mtimecmp, off, size), true
	case offMTime:
		return part(d.MTime(), off, size), true
	}
	return 0, true // registers of harts that do not exist
}

// Store implements bus.Device.
func (d *Device) Store(off uint64, size int, v uint64) bool {
	if size < 4 {
		return false
	}
	switch off &^ 7 {
	case offMSIP:
		if off == offMSIP {
			d.msip = v&1 != 0
			d.c.MSIP(d.msip)
		}
	case offMTimeCmp:
		d.mtimecmp = merge(d.mtimecmp, off, size, v)
		d.Tick()
		d.c.Changed()
	case offMTime:
		d.offset = merge(d.MTime(), off, size, v) - d.c.Ticks()
		d.Tick()
		d.c.Changed()
	}
	return true
}

// part is the addressed half, or all, of a 64-bit register.
func part(reg, off uint64, size int) uint64 {
	if size == 8 {
		return reg
	}
	return reg >> (8 * (off & 4)) & 0xffffffff
}

// merge replaces the addressed half, or all, of a 64-bit register.
func merge(reg, off uint64, size int, v uint64) uint64 {
	if size == 8 {
		return v
	}
	shift := 8 * (off & 4)
	return reg&^(0xffffffff<<shift) | v&0xffffffff<<shift
}

// Reset disarms the timer. The manual leaves mtimecmp undefined at reset; the
// largest value keeps MTIP low, which is what software expects to find.
func (d *Device) Reset() {
	d.msip, d.mtimecmp, d.offset = false, Never, 0
	d.c.MSIP(false)
	d.c.MTIP(false)
}

// Node describes the device; p.Controller is the hart's local controller.
func (d *Device) Node(p bus.Place) *fdt.Node {
	return fdt.New(bus.NodeName("clint", p)).
		Strings("compatible", "sifive,clint0", "riscv,clint0").
		U32("interrupts-extended", p.Controller, irqMSI, p.Controller, irqMTI).
		Reg(p.Base, p.Size)
}

// WriteState writes the registers; mtime follows from the clock and the offset.
func (d *Device) WriteState(w io.Writer) error {
	return binary.Write(w, binary.LittleEndian, struct {
		MSIP             bool
		MTimeCmp, Offset uint64
	}{d.msip, d.mtimecmp, d.offset})
}

// State implements bus.Device.
func (d *Device) State(c *state.Codec) { c.Fields(&d.msip, &d.mtimecmp, &d.offset) }

// Inspect tells the registers.
func (d *Device) Inspect() []string {
	return []string{fmt.Sprintf("msip %v  mtime %d  mtimecmp %d", d.msip, d.MTime(), d.mtimecmp)}
}
