// Package rom is read-only memory: reset code and tables that a board provides.
package rom

import (
	"io"

	"rv86/cpu/state"
	"rv86/machine/bus"
	"rv86/machine/fdt"
)

// Device implements bus.Device over fixed contents.
type Device struct{ data []byte }

// New returns a ROM that holds data, followed by zeros to the window's end.
func New(data []byte) *Device { return &Device{data} }

// Set replaces the contents; for a board that learns them when it loads.
func (d *Device) Set(data []byte) { d.data = data }

// Load reads little-endian.
func (d *Device) Load(off uint64, size int) (uint64, bool) {
	var v uint64
	for i := 0; i < size; i++ {
		if at := off + uint64(i); at < uint64(len(d.data)) {
			v |= uint64(d.data[at]) << (8 * i)
		}
	}
	return v, true
}

// Store is a bus error.
func (d *Device) Store(uint64, int, uint64) bool { return false }

// Reset does nothing.
func (d *Device) Reset() {}

// Node is nil: boards do not describe their reset ROM.
func (d *Device) Node(bus.Place) *fdt.Node { return nil }

// WriteState writes the contents.
func (d *Device) WriteState(w io.Writer) error {
	_, err := w.Write(d.data)
	return err
}

// maxSize bounds contents that are being saved: a BIOS.
const maxSize = 1 << 20

// State implements bus.Device.
func (d *Device) State(c *state.Codec) { c.Bytes(&d.data, maxSize) }
