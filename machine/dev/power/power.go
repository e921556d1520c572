// Package power is the "test finisher" of SiFive boards as QEMU's virt board
// has it (hw/misc/sifive_test.c): one 32-bit register through which software
// ends or restarts the machine. Linux, OpenSBI and xv6 find it through its
// "syscon" compatible string.
package power

import (
	"io"

	"rv86/cpu/state"
	"rv86/machine/bus"
	"rv86/machine/fdt"
)

// The register's low half is the command, its high half the status of FAIL.
const (
	CommandFail  = 0x3333
	CommandPass  = 0x5555
	CommandReset = 0x7777

	statusShift = 16
)

// Config names what the board does about each command.
type Config struct {
	Exit  func(status int) // the machine is to end
	Reset func()           // the machine is to start again
}

// Device implements bus.Device. It has no state.
type Device struct{ c Config }

// New returns the device.
func New(c Config) *Device { return &Device{c} }

// Load reads zero: the register is write-only.
func (d *Device) Load(uint64, int) (uint64, bool) { return 0, true }

// Store takes a command; other offsets and commands are ignored, as in QEMU.
func (d *Device) Store(off uint64, size int, v uint64) bool {
	if off != 0 || size < 2 {
		return true
	}
	switch v & 0xffff {
	case CommandPass:
		d.c.Exit(0)
	case CommandFail:
		d.c.Exit(int(v >> statusShift & 0xffff))
	case CommandReset:
		d.c.Reset()
	}
	return true
}

// Reset does nothing.
func (d *Device) Reset() {}

// Node follows the board's own syscon scheme: the node carries the register,
// the root's "poweroff" and "reboot" nodes refer to its phandle.
func (d *Device) Node(p bus.Place) *fdt.Node {
	return fdt.New(bus.NodeName("test", p)).
		Strings("compatible", "sifive,test1", "sifive,test0", "syscon").
		Reg(p.Base, p.Size)
}

// WriteState writes nothing.
func (d *Device) WriteState(io.Writer) error { return nil }

// State implements bus.Device: there is none.
func (d *Device) State(*state.Codec) {}
