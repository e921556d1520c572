package bus

import (
	"fmt"
	"io"
	"sort"

	"rv86/cpu/state"
	"rv86/machine/fdt"
)

// Device is a block of registers. Offsets are relative to the start of its
// window; size is 1, 2, 4 or 8 bytes and the access lies inside the window.
// ok is false for an access the hardware would answer with a bus error.
type Device interface {
	Load(off uint64, size int) (v uint64, ok bool)
	Store(off uint64, size int, v uint64) (ok bool)
	// Reset brings the registers to their power-on values and the output
	// lines low. It does not touch what is behind the device (disk contents).
	Reset()
	// Node describes the device to the guest, or is nil where the binding
	// has no node for it.
	Node(p Place) *fdt.Node
	// WriteState writes every guest-visible register in a fixed order.
	WriteState(w io.Writer) error
	// State saves or loads everything that the course of a run depends on.
	// Loading drives no output lines: their other ends are loaded too.
	State(c *state.Codec)
}

// Place says where a board put a device: its window, and the interrupt line
// (0 if none) of the controller with that phandle.
type Place struct {
	Base, Size uint64
	IRQ        uint32
	Controller uint32
}

// Line is an output wire: an interrupt request, level-triggered.
type Line func(level bool)

// NoLine is the wire that leads nowhere.
func NoLine(bool) {}

// Memory is the guest's RAM as a bus master sees it.
type Memory interface {
	// Slice returns n bytes of RAM at pa, for reading only, or false where
	// the range is not wholly RAM.
	Slice(pa, n uint64) ([]byte, bool)
	// Write stores b at pa and tells the processor, which may have decoded
	// instructions from there.
	Write(pa uint64, b []byte) bool
}

// Map is an address space of devices. It implements cpu.Bus. Not safe for
// concurrent use.
type Map struct {
	regions []Region // by base address
	last    int      // the region of the previous access: accesses come in runs
	// Unmapped, if set, is told of each access that nothing answered.
	Unmapped func(write bool, pa uint64, size int, v uint64)
	// Observe, if set, is told of each access that a device answered.
	Observe func(r *Region, write bool, pa uint64, size int, v uint64)
}

// Region is one placed device.
type Region struct {
	Name string
	Place
	Dev Device
}

// Add places a device. Overlapping windows are a bug of the board.
func (m *Map) Add(r Region) {
	i := sort.Search(len(m.regions), func(i int) bool { return m.regions[i].Base >= r.Base })
	if i > 0 && m.regions[i-1].Base+m.regions[i-1].Size > r.Base ||
		i < len(m.regions) && r.Base+r.Size > m.regions[i].Base {
		panic(fmt.Sprintf("bus: bug: window of %s at %#x overlaps another", r.Name, r.Base))
	}
	m.regions = append(m.regions, Region{})
	copy(m.regions[i+1:], m.regions[i:])
	m.regions[i] = r
}

// Regions lists the placed devices by rising address.
func (m *Map) Regions() []Region { return m.regions }

// find returns the region that holds all of [pa, pa+size).
func (m *Map) find(pa uint64, size int) *Region {
	if m.last < len(m.regions) {
		if r := &m.regions[m.last]; pa-r.Base < r.Size && pa-r.Base <= r.Size-uint64(size) {
			return r
		}
	}
	i := sort.Search(len(m.regions), func(i int) bool { return m.regions[i].Base > pa }) - 1
	if i < 0 {
		return nil
	}
	r := &m.regions[i]
	if off := pa - r.Base; off >= r.Size || off > r.Size-uint64(size) {
		return nil
	}
	m.last = i
	return r
}

// Load implements cpu.Bus.
func (m *Map) Load(pa uint64, size int) (uint64, bool) {
	if r := m.find(pa, size); r != nil {
		if v, ok := r.Dev.Load(pa-r.Base, size); ok {
			if m.Observe != nil {
				m.Observe(r, false, pa, size, v)
			}
			return v, true
		}
	}
	if m.Unmapped != nil {
		m.Unmapped(false, pa, size, 0)
	}
	return 0, false
}

// Store implements cpu.Bus.
func (m *Map) Store(pa uint64, size int, v uint64) bool {
	if r := m.find(pa, size); r != nil && r.Dev.Store(pa-r.Base, size, v) {
		if m.Observe != nil {
			m.Observe(r, true, pa, size, v)
		}
		return true
	}
	if m.Unmapped != nil {
		m.Unmapped(true, pa, size, v)
	}
	return false
}

// Reset resets every device, by rising address.
func (m *Map) Reset() {
	for i := range m.regions {
		m.regions[i].Dev.Reset()
	}
}

// WriteState writes the state of every device, by rising address.
func (m *Map) WriteState(w io.Writer) error {
	for i := range m.regions {
		r := &m.regions[i]
		if _, err := fmt.Fprintf(w, "%s@%x\n", r.Name, r.Base); err != nil {
			return err
		}
		if err := r.Dev.WriteState(w); err != nil {
			return err
		}
	}
	return nil
}

// State saves or loads the state of every device, by rising address.
func (m *Map) State(c *state.Codec) {
	for i := range m.regions {
		r := &m.regions[i]
		c.Label(r.Name)
		r.Dev.State(c)
		if err := c.Err(); err != nil {
			c.Wrap("%s at %#x: %w", r.Name, r.Base, err)
			return
		}
	}
}

// NodeName is the device-tree name of a device: name@unit-address.
func NodeName(name string, p Place) string { return fmt.Sprintf("%s@%x", name, p.Base) }

// Interrupt adds the properties that say which line a device drives.
func Interrupt(n *fdt.Node, p Place) *fdt.Node {
	return n.U32("interrupts", p.IRQ).U32("interrupt-parent", p.Controller)
}
