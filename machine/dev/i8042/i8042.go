// Package i8042 is the PC's keyboard controller. Its keyboard answers commands
// but has no keys: the console is the serial port. What programs need it for
// besides is here too: the processor's reset line and the A20 gate.
//
// Source: IBM PC/AT Technical Reference, "Keyboard Controller"; the fast gate at
// port 0x92 is that of the PS/2 (System Control Port A).
//
//	0x60  data: from and to the keyboard, parameters of commands
//	0x64  read: status; write: command
//	0x92  bit 1: A20, bit 0: reset
package i8042

import (
	"encoding/binary"
	"fmt"
	"io"

	"rv86/cpu/state"
	"rv86/machine/bus"
	"rv86/machine/fdt"
)

// Status register.
const (
	statusOut     = 1 << 0 // output buffer full
	statusSystem  = 1 << 2 // self-test passed
	statusCommand = 1 << 3 // the last write was to 0x64
	statusUnlock  = 1 << 4
)

// Controller commands.
const (
	cmdReadByte   = 0x20
	cmdWriteByte  = 0x60
	cmdSelfTest   = 0xaa
	cmdPortTest   = 0xab
	cmdDisable    = 0xad
	cmdEnable     = 0xae
	cmdAuxDisable = 0xa7
	cmdAuxEnable  = 0xa8
	cmdReadInput  = 0xc0
	cmdReadOut    = 0xd0
	cmdWriteOut   = 0xd1
	cmdPulse      = 0xf0 // low nibble: output bits to pulse low
	selfTestOK    = 0x55
)

// Command byte and output port bits.
const (
	byteIRQ     = 1 << 0
	byteSystem  = 1 << 2
	byteDisable = 1 << 4
	outReset    = 1 << 0 // low resets the processor
	outA20      = 1 << 1
	outPower    = 0xcc | 1<<4 // lines that have no meaning here, as they read
)

// Keyboard commands and answers.
const (
	kbdSetLEDs     = 0xed
	kbdEcho        = 0xee
	kbdScanSet     = 0xf0
	kbdIdentify    = 0xf2
	kbdSetRate     = 0xf3
	kbdResend      = 0xfe
	kbdReset       = 0xff
	answerAck      = 0xfa
	answerTestOK   = 0xaa
	kbdID0, kbdID1 = 0xab, 0x83
)

// Config connects the controller to its board.
type Config struct {
	IRQ   bus.Line
	A20   func(on bool)
	Reset func()
}

// Device implements bus.Device for ports 0x60 to 0x64.
type Device struct {
	c      Config
	queue  []byte // towards the processor, oldest first
	mode   uint8  // the command byte
	output uint8  // the output port
	due    uint8  // command whose parameter the next data byte is
	param  uint8  // keyboard command whose parameter is due
	status uint8
}

// New returns the controller.
func New(c Config) *Device {
	d := &Device{c: c}
	d.Reset()
	return d
}

// OffCommand is the offset of the status and command port, 0x64.
const OffCommand = 4

func (d *Device) send(b ...byte) {
	d.queue = append(d.queue, b...)
	d.update()
}

func (d *Device) update() {
	d.c.IRQ(len(d.queue) > 0 && d.mode&byteIRQ != 0)
}

// Load implements bus.Device.
func (d *Device) Load(off uint64, size int) (uint64, bool) {
	if size != 1 || off != 0 && off != OffCommand {
		return 0, false
	}
	if off == OffCommand {
		v := d.status | statusUnlock
		if len(d.queue) > 0 {
			v |= statusOut
		}
		if d.mode&byteSystem != 0 {
			v |= statusSystem
		}
		return uint64(v), true
	}
	if len(d.queue) == 0 {
		return 0, true
	}
	b := d.queue[0]
	d.queue = d.queue[1:]
	d.c.IRQ(false) // each byte is an edge of its own
	d.update()
	return uint64(b), true
}

// Store implements bus.Device.
func (d *Device) Store(off uint64, size int, v uint64) bool {
	if size != 1 || off != 0 && off != OffCommand {
		return false
	}
	if off == OffCommand {
		d.status |= statusCommand
		d.command(uint8(v))
		return true
	}
	d.status &^= statusCommand
	switch d.due {
	case cmdWriteByte:
		d.mode = uint8(v)
		d.update()
	case cmdWriteOut:
		d.setOutput(uint8(v))
	case 0:
		d.keyboard(uint8(v))
	}
	d.due = 0
	return true
}

func (d *Device) command(v uint8) {
	d.due = 0
	switch v {
	case cmdReadByte:
		d.send(d.mode)
	case cmdWriteByte, cmdWriteOut:
		d.due = v
	case cmdSelfTest:
		d.mode |= byteSystem
		d.send(selfTestOK)
	case cmdPortTest, cmdReadInput:
		d.send(0)
	case cmdDisable:
		d.mode |= byteDisable
	case cmdEnable:
		d.mode &^= byteDisable
	case cmdAuxDisable, cmdAuxEnable: // there is no mouse
	case cmdReadOut:
		d.send(d.output)
	default:
		if v >= cmdPulse && v&outReset == 0 {
			d.c.Reset()
		}
	}
}

func (d *Device) setOutput(v uint8) {
	d.output = v
	d.c.A20(v&outA20 != 0)
	if v&outReset == 0 {
		d.c.Reset()
	}
}

// keyboard is a byte to the keyboard.
func (d *Device) keyboard(v uint8) {
	if d.param != 0 {
		d.param = 0
		d.send(answerAck)
		return
	}
	switch v {
	case kbdEcho:
		d.send(kbdEcho)
	case kbdIdentify:
		d.send(answerAck, kbdID0, kbdID1)
	case kbdReset:
		d.send(answerAck, answerTestOK)
	case kbdResend:
	case kbdSetLEDs, kbdScanSet, kbdSetRate:
		d.param = v
		d.send(answerAck)
	default:
		d.send(answerAck)
	}
}

// Reset implements bus.Device. The A20 gate opens, as after QEMU's BIOS.
func (d *Device) Reset() {
	*d = Device{c: d.c, mode: byteSystem, output: outPower | outA20 | outReset}
	d.c.IRQ(false)
	d.c.A20(true)
}

// Node implements bus.Device.
func (d *Device) Node(bus.Place) *fdt.Node { return nil }

// WriteState implements bus.Device.
func (d *Device) WriteState(w io.Writer) error {
	if err := binary.Write(w, binary.LittleEndian, uint32(len(d.queue))); err != nil {
		return err
	}
	if _, err := w.Write(d.queue); err != nil {
		return err
	}
	_, err := w.Write([]byte{d.mode, d.output, d.due, d.param, d.status})
	return err
}

// Fast is System Control Port A at 0x92.
type Fast struct{ d *Device }

// Fast returns the fast A20 and reset port.
func (d *Device) Fast() *Fast { return &Fast{d} }

const fastReset = 1 << 0

// Load implements bus.Device.
func (f *Fast) Load(_ uint64, size int) (uint64, bool) {
	return uint64(f.d.output & outA20), size == 1
}

// Store implements bus.Device.
func (f *Fast) Store(_ uint64, size int, v uint64) bool {
	if size != 1 {
		return false
	}
	f.d.output = f.d.output&^outA20 | uint8(v)&outA20
	f.d.c.A20(v&outA20 != 0)
	if v&fastReset != 0 {
		f.d.c.Reset()
	}
	return true
}

// Reset implements bus.Device: the controller's own reset covers it.
func (f *Fast) Reset() {}

// Node implements bus.Device.
func (f *Fast) Node(bus.Place) *fdt.Node { return nil }

// WriteState implements bus.Device: the controller's state covers it.
func (f *Fast) WriteState(io.Writer) error { return nil }

// maxQueue bounds the bytes of a queue that is being saved. Nobody lets so many
// wait.
const maxQueue = 1 << 16

// State implements bus.Device.
func (d *Device) State(c *state.Codec) {
	c.Bytes(&d.queue, maxQueue)
	c.Fields(&d.mode, &d.output, &d.due, &d.param, &d.status)
}

// State implements bus.Device: the controller's state covers it.
func (f *Fast) State(*state.Codec) {}

// Inspect tells the controller's registers; nothing is taken out of the queue.
func (d *Device) Inspect() []string {
	return []string{fmt.Sprintf("command byte %02x  output port %02x  %d bytes wait for the processor", d.mode, d.output, len(d.queue))}
}
