// Package debugexit is how software ends a PC: QEMU's isa-debug-exit device,
// the power-management register at which QEMU's PIIX4 switches off, and rv86's
// own port, which can give every status.
//
//	0x0f4   debug exit: a write of v ends the machine with status v<<1 | 1
//	0x0f9   exit (rv86): a write of v ends it with status v
//	0x604   PM1a control: a word write with SLP_EN set and SLP_TYP 0 ends it
//	        with status 0 (ACPI 4.8.3.2.1; PIIX4's value for soft off)
package debugexit

import (
	"io"

	"rv86/cpu/state"
	"rv86/machine/bus"
	"rv86/machine/fdt"
)

const (
	sleepEnable = 1 << 13
	sleepType   = 7 << 10
	statusMask  = 0xff
)

// Port is one write-only register that may end the machine.
type Port struct {
	exit   func(status int)
	status func(size int, v uint64) (status int, ends bool)
}

// Debug is the register at 0xf4.
func Debug(exit func(int)) *Port {
	return &Port{exit, func(_ int, v uint64) (int, bool) { return int(v<<1|1) & statusMask, true }}
}

// Exit is the register at 0xf9.
func Exit(exit func(int)) *Port {
	return &Port{exit, func(_ int, v uint64) (int, bool) { return int(v & statusMask), true }}
}

// PM1a is the register at 0x604.
func PM1a(exit func(int)) *Port {
	return &Port{exit, func(size int, v uint64) (int, bool) {
		return 0, size >= 2 && v&sleepEnable != 0 && v&sleepType == 0
	}}
}

// Load implements bus.Device: zero, as QEMU's read.
func (p *Port) Load(uint64, int) (uint64, bool) { return 0, true }

// Store implements bus.Device.
func (p *Port) Store(off uint64, size int, v uint64) bool {
	if off != 0 {
		return true
	}
	if status, ends := p.status(size, v); ends {
		p.exit(status)
	}
	return true
}

// Reset implements bus.Device.
func (p *Port) Reset() {}

// Node implements bus.Device.
func (p *Port) Node(bus.Place) *fdt.Node { return nil }

// WriteState implements bus.Device.
func (p *Port) WriteState(io.Writer) error { return nil }

// State implements bus.Device: there is none.
func (p *Port) State(*state.Codec) {}
