// Package vga is the text mode of a VGA: its memory, and as many registers as a
// program needs that puts characters on the screen and moves the cursor. There
// is no picture: a monitor reads the text.
//
// Source: IBM PS/2 Video Subsystem Technical Reference (1992). Not modelled:
// graphics modes, fonts, palettes (they can be written, and are ignored).
//
//	memory 0xb8000  32 KiB: character and attribute bytes
//	0x3c0..0x3cf    attribute, sequencer, palette and graphics registers
//	0x3d4 0x3d5     CRT controller index and data
//	0x3da           input status 1
package vga

import (
	"encoding/binary"
	"io"
	"strings"

	"rv86/cpu/state"
	"rv86/machine/bus"
	"rv86/machine/fdt"
)

// The screen that a BIOS leaves: mode 3.
const (
	Columns = 80
	Rows    = 25
	// MemorySize is the size of the window at 0xb8000.
	MemorySize = 32 << 10

	blank     = 0x0720 // grey on black, a space
	startHigh = 0x0c
	startLow  = 0x0d
	curHigh   = 0x0e
	curLow    = 0x0f
	numCRTC   = 0x20

	portIndex  = 0x14 // offsets from 0x3c0
	portData   = 0x15
	portStatus = 0x1a
	portMiscR  = 0x0c
	miscColour = 0x67 // colour addresses, memory enabled, as after a BIOS

	statusRetrace = 0x09
)

// Text is the device's memory. It implements bus.Device.
type Text struct {
	mem   [MemorySize]byte
	crtc  [numCRTC]uint8
	index uint8
	phase uint8
}

// New returns a blank screen.
func New() *Text {
	t := &Text{}
	t.Reset()
	return t
}

// Load implements bus.Device.
func (t *Text) Load(off uint64, size int) (uint64, bool) {
	var b [8]byte
	copy(b[:size], t.mem[off:])
	return binary.LittleEndian.Uint64(b[:]), true
}

// Store implements bus.Device.
func (t *Text) Store(off uint64, size int, v uint64) bool {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], v)
	copy(t.mem[off:], b[:size])
	return true
}

// Reset implements bus.Device.
func (t *Text) Reset() {
	*t = Text{}
	for i := 0; i < len(t.mem); i += 2 {
		binary.LittleEndian.PutUint16(t.mem[i:], blank)
	}
}

// Node implements bus.Device.
func (t *Text) Node(bus.Place) *fdt.Node { return nil }

// WriteState implements bus.Device.
func (t *Text) WriteState(w io.Writer) error {
	if _, err := w.Write(t.mem[:]); err != nil {
		return err
	}
	if _, err := w.Write(t.crtc[:]); err != nil {
		return err
	}
	_, err := w.Write([]byte{t.index, t.phase})
	return err
}

// Screen is the visible text, a line a row, without trailing blanks.
func (t *Text) Screen() []string {
	start := (int(t.crtc[startHigh])<<8 | int(t.crtc[startLow])) * 2
	out := make([]string, Rows)
	for row := range out {
		var line strings.Builder
		for col := range Columns {
			ch := t.mem[(start+(row*Columns+col)*2)%MemorySize]
			if ch < ' ' || ch > '~' {
				ch = ' '
			}
			line.WriteByte(ch)
		}
		out[row] = strings.TrimRight(line.String(), " ")
	}
	return out
}

// Cursor is its place: column and row.
func (t *Text) Cursor() (col, row int) {
	at := int(t.crtc[curHigh])<<8 | int(t.crtc[curLow])
	return at % Columns, at / Columns
}

// Registers is the window of ports 0x3c0 to 0x3df.
type Registers struct{ t *Text }

// Registers returns the register window.
func (t *Text) Registers() *Registers { return &Registers{t} }

// Load implements bus.Device.
func (r *Registers) Load(off uint64, size int) (uint64, bool) {
	if size != 1 {
		return 0, false
	}
	t := r.t
	switch off {
	case portIndex:
		return uint64(t.index), true
	case portData:
		return uint64(t.crtc[t.index%numCRTC]), true
	case portStatus: // retrace comes and goes, so that nobody waits for ever
		t.phase ^= statusRetrace
		return uint64(t.phase), true
	case portMiscR:
		return miscColour, true
	}
	return 0, true
}

// Store implements bus.Device. A word write sets index and data at once.
func (r *Registers) Store(off uint64, size int, v uint64) bool {
	t := r.t
	switch {
	case off == portIndex:
		t.index = uint8(v)
		if size == 2 {
			t.crtc[t.index%numCRTC] = uint8(v >> 8)
		}
	case off == portData:
		t.crtc[t.index%numCRTC] = uint8(v)
	}
	return true
}

// Reset implements bus.Device: the memory's reset covers it.
func (r *Registers) Reset() {}

// Node implements bus.Device.
func (r *Registers) Node(bus.Place) *fdt.Node { return nil }

// WriteState implements bus.Device: the memory's state covers it.
func (r *Registers) WriteState(io.Writer) error { return nil }

// State implements bus.Device.
func (t *Text) State(c *state.Codec) { c.Fields(&t.mem, &t.crtc, &t.index, &t.phase) }

// State implements bus.Device: the memory's state covers it.
func (r *Registers) State(*state.Codec) {}
