// Package paniclog is rv86's own device for last words: a kernel that is about
// to give up writes its reason here byte by byte, then powers off. The reason
// becomes the last line that rv86 prints. It is absent on other machines, so a
// kernel looks for its node in the device tree before it writes.
//
//	offset 0  byte, write: appends to the reason text
//
// Reads give 0; other offsets are ignored.
package paniclog

import (
	"io"

	"rv86/cpu/state"
	"rv86/machine/bus"
	"rv86/machine/fdt"
)

// MaxReason bounds what a guest can make the host store.
const MaxReason = 4096

// Device implements bus.Device.
type Device struct{ reason []byte }

// New returns a device with no reason.
func New() *Device { return &Device{} }

// Reason is the text so far.
func (d *Device) Reason() string { return string(d.reason) }

// Load reads zero.
func (d *Device) Load(uint64, int) (uint64, bool) { return 0, true }

// Store appends a byte; what exceeds MaxReason is dropped.
func (d *Device) Store(off uint64, size int, v uint64) bool {
	if off == 0 && size == 1 && len(d.reason) < MaxReason {
		d.reason = append(d.reason, byte(v))
	}
	return true
}

// Reset forgets the reason.
func (d *Device) Reset() { d.reason = nil }

// Node is rv86's own binding.
func (d *Device) Node(p bus.Place) *fdt.Node {
	return fdt.New(bus.NodeName("panic", p)).Strings("compatible", "rv86,panic").Reg(p.Base, p.Size)
}

// WriteState writes the reason.
func (d *Device) WriteState(w io.Writer) error {
	_, err := w.Write(d.reason)
	return err
}

// State implements bus.Device.
func (d *Device) State(c *state.Codec) { c.Bytes(&d.reason, MaxReason) }
