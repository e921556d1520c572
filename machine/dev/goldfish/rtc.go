// Package goldfish is the real-time clock of QEMU's virt board: a count of
// nanoseconds since 1970, and an alarm.
//
// Source: "Goldfish Virtual Hardware Guide" (Android), section on the RTC, and
// the driver's view of it in Linux's drivers/rtc/rtc-goldfish.c.
//
//	0x00 TIME_LOW         reading latches TIME_HIGH
//	0x04 TIME_HIGH
//	0x08 ALARM_LOW        writing arms the alarm
//	0x0c ALARM_HIGH       written before ALARM_LOW
//	0x10 IRQ_ENABLED
//	0x14 CLEAR_ALARM
//	0x18 ALARM_STATUS     1 while armed
//	0x1c CLEAR_INTERRUPT
package goldfish

import (
	"encoding/binary"
	"fmt"
	"io"

	"rv86/cpu/state"
	"rv86/machine/bus"
	"rv86/machine/fdt"
)

const (
	offTimeLow        = 0x00
	offTimeHigh       = 0x04
	offAlarmLow       = 0x08
	offAlarmHigh      = 0x0c
	offIRQEnabled     = 0x10
	offClearAlarm     = 0x14
	offAlarmStatus    = 0x18
	offClearInterrupt = 0x1c
)

// Never is the deadline of an alarm that is not armed.
const Never = ^uint64(0)

// Config connects the device to its board.
type Config struct {
	IRQ     bus.Line
	Now     func() uint64 // the machine's clock in nanoseconds
	Epoch   uint64        // nanoseconds since 1970 when Now() is 0
	Changed func()        // the alarm was set
}

// RTC implements bus.Device.
type RTC struct {
	c        Config
	offset   uint64 // added by a guest that sets the time
	latched  uint32 // TIME_HIGH, from the last read of TIME_LOW
	alarm    uint64
	armed    bool
	enabled  bool
	pending  bool
	timeHigh uint32 // a written TIME_HIGH, until TIME_LOW completes it
}

// New returns the clock.
func New(c Config) *RTC {
	return &RTC{c: c}
}

func (d *RTC) time() uint64 { return d.c.Epoch + d.c.Now() + d.offset }

// Deadline is the value of Now at which the alarm goes off, or Never.
func (d *RTC) Deadline() uint64 {
	if !d.armed {
		return Never
	}
	return d.alarm - d.c.Epoch - d.offset
}

// Tick sounds the alarm if its time has come.
func (d *RTC) Tick() {
	if d.armed && d.time() >= d.alarm {
		d.armed, d.pending = false, true
		d.update()
	}
}

func (d *RTC) update() { d.c.IRQ(d.pending && d.enabled) }

// Load implements bus.Device.
func (d *RTC) Load(off uint64, size int) (uint64, bool) {
	if size != 4 {
		return 0, false
	}
	switch off {
	case offTimeLow:
		t := d.time()
		d.latched = uint32(t >> 32)
		return uint64(uint32(t)), true
	case offTimeHigh:
		return uint64(d.latched), true
	case offAlarmLow:
		return uint64(uint32(d.alarm)), true
	case offAlarmHigh:
		return d.alarm >> 32, true
	case offIRQEnabled:
		return flag(d.enabled), true
	case offAlarmStatus:
		return flag(d.armed), true
	}
	return 0, true
}

func flag(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// Store implements bus.Device.
func (d *RTC) Store(off uint64, size int, v uint64) bool {
	if size != 4 {
		return false
	}
	v = uint64(uint32(v))
	switch off {
	case offTimeLow:
		d.offset += (uint64(d.timeHigh)<<32 | v) - d.time()
	case offTimeHigh:
		d.timeHigh = uint32(v)
	case offAlarmLow:
		d.alarm = d.alarm&^0xffffffff | v
		d.armed = true
		d.Tick()
		d.c.Changed()
	case offAlarmHigh:
		d.alarm = v<<32 | d.alarm&0xffffffff
	case offIRQEnabled:
		d.enabled = v&1 != 0
		d.update()
	case offClearAlarm:
		d.armed = false
	case offClearInterrupt:
		d.pending = false
		d.update()
	}
	return true
}

// Reset disarms the alarm. A clock on a battery keeps the time.
func (d *RTC) Reset() {
	*d = RTC{c: d.c, offset: d.offset}
	d.c.IRQ(false)
}

// Node implements bus.Device.
func (d *RTC) Node(p bus.Place) *fdt.Node {
	return bus.Interrupt(fdt.New(bus.NodeName("rtc", p)).
		Strings("compatible", "google,goldfish-rtc").Reg(p.Base, p.Size), p)
}

// WriteState implements bus.Device.
func (d *RTC) WriteState(w io.Writer) error {
	return binary.Write(w, binary.LittleEndian, struct {
		Offset, Alarm           uint64
		Latched, TimeHigh       uint32
		Armed, Enabled, Pending bool
	}{d.offset, d.alarm, d.latched, d.timeHigh, d.armed, d.enabled, d.pending})
}

// State implements bus.Device. The date at the start is part of it: it may be
// the host's.
func (d *RTC) State(c *state.Codec) {
	c.Fields(&d.c.Epoch, &d.offset, &d.latched, &d.alarm, &d.armed, &d.enabled, &d.pending, &d.timeHigh)
}

// Inspect tells the time and the alarm.
func (d *RTC) Inspect() []string {
	return []string{fmt.Sprintf("time %d ns  alarm %d ns, armed %v, enabled %v, pending %v", d.time(), d.alarm, d.armed, d.enabled, d.pending)}
}
