// Package cmos is the PC's real-time clock and its battery-backed memory.
//
// Source: Motorola MC146818A data sheet; the memory-size bytes are those of the
// PC/AT BIOS, as QEMU's pc board fills them. The clock runs on the machine's
// clock. Not modelled: daylight saving, square-wave output.
//
//	port 0x70  index (bit 7: mask NMI), write-only
//	port 0x71  data
package cmos

import (
	"encoding/binary"
	"io"
	"time"

	"rv86/cpu/state"
	"rv86/machine/bus"
	"rv86/machine/fdt"
)

// Registers.
const (
	regSeconds      = 0x00
	regAlarmSeconds = 0x01
	regMinutes      = 0x02
	regAlarmMinutes = 0x03
	regHours        = 0x04
	regAlarmHours   = 0x05
	regWeekday      = 0x06
	regDay          = 0x07
	regMonth        = 0x08
	regYear         = 0x09
	regA            = 0x0a
	regB            = 0x0b
	regC            = 0x0c
	regD            = 0x0d
	regEquipment    = 0x14
	regBaseLow      = 0x15 // memory below 1 MiB in KiB
	regExtLow       = 0x17 // memory above 1 MiB in KiB, at most 63 MiB
	regExt2Low      = 0x30 // the same again
	regCentury      = 0x32
	regAbove16Low   = 0x34 // memory above 16 MiB in 64 KiB
	indexMask       = 0x7f
	size            = 128
)

// Register bits.
const (
	aUIP     = 1 << 7 // update in progress
	aDivider = 0x20   // 32.768 kHz crystal
	aRate    = 0x0f
	bSet     = 1 << 7 // updates are held
	bPIE     = 1 << 6 // enables, at the same places as C's flags
	bAIE     = 1 << 5
	bUIE     = 1 << 4
	bBinary  = 1 << 2
	b24Hour  = 1 << 1
	cIRQF    = 1 << 7
	dValid   = 1 << 7

	hourPM        = 1 << 7
	alarmAny      = 0xc0 // an alarm byte of 0xc0 and above matches everything
	equipmentFPU  = 1 << 1
	baseMemoryKiB = 640
	mib           = 1 << 20
)

const (
	second = uint64(time.Second)
	// uipLead is how long before the update UIP is set (tBUC).
	uipLead = uint64(244 * time.Microsecond)
	crystal = 32_768
)

// Never is the deadline when no interrupt is enabled.
const Never = ^uint64(0)

// Config connects the clock to its board.
type Config struct {
	IRQ     bus.Line
	Now     func() uint64 // nanoseconds
	Epoch   uint64        // nanoseconds since 1970 when Now() is 0
	Memory  uint64        // bytes of RAM
	Changed func()        // the next interrupt may have moved
}

// RTC implements bus.Device.
type RTC struct {
	c      Config
	index  uint8
	ram    [size]byte
	offset uint64 // added to Now by a guest that sets the clock
	seen   uint64 // time up to which flags have been raised
	held   fields // the date while updates are held
}

// New returns the clock.
func New(c Config) *RTC {
	d := &RTC{c: c}
	d.ram[regA] = aDivider | 6 // 1.024 ms, the BIOS's choice
	d.ram[regB] = b24Hour
	d.ram[regD] = dValid
	d.ram[regEquipment] = equipmentFPU
	put := func(lo int, v uint64) {
		d.ram[lo], d.ram[lo+1] = byte(v), byte(v>>8)
	}
	put(regBaseLow, baseMemoryKiB)
	if c.Memory > mib {
		put(regExtLow, min((c.Memory-mib)>>10, 0xffff))
		put(regExt2Low, min((c.Memory-mib)>>10, 0xffff))
	}
	if c.Memory > 16*mib {
		put(regAbove16Low, min((c.Memory-16*mib)>>16, 0xffff))
	}
	d.seen = d.now()
	return d
}

func (d *RTC) now() uint64 { return d.c.Epoch + d.offset + d.c.Now() }

// fields is a date as software sees it. While updates are held it may be one
// that no calendar has, such as the 31st of February between two writes.
type fields struct{ Second, Minute, Hour, Day, Month, Year, Weekday int32 }

func fieldsOf(t time.Time) fields {
	return fields{
		int32(t.Second()), int32(t.Minute()), int32(t.Hour()),
		int32(t.Day()), int32(t.Month()), int32(t.Year()), int32(t.Weekday()) + 1,
	}
}

func (f fields) time() time.Time {
	return time.Date(int(f.Year), time.Month(f.Month), int(f.Day), int(f.Hour), int(f.Minute), int(f.Second), 0, time.UTC)
}

func (d *RTC) date() fields {
	if d.ram[regB]&bSet != 0 {
		return d.held
	}
	return fieldsOf(time.Unix(0, int64(d.now())).UTC())
}

// periodic is the period of the periodic interrupt in nanoseconds, 0 for none.
func (d *RTC) periodic() uint64 {
	r := uint(d.ram[regA] & aRate)
	if r == 0 {
		return 0
	}
	if r < 3 { // the two fastest rates alias the slower ones
		r += 7
	}
	return second * (1 << (r - 1)) / crystal
}

// Deadline is the time at which the next enabled interrupt may be due.
func (d *RTC) Deadline() uint64 {
	b := d.ram[regB]
	at := uint64(Never)
	if p := d.periodic(); p != 0 && b&bPIE != 0 && d.ram[regC]&bPIE == 0 {
		at = (d.seen/p + 1) * p
	}
	if b&(bUIE|bAIE) != 0 && b&bSet == 0 && d.ram[regC]&b&(bUIE|bAIE) != b&(bUIE|bAIE) {
		at = min(at, (d.seen/second+1)*second)
	}
	if at == Never {
		return Never
	}
	return at - d.c.Epoch - d.offset
}

// Tick raises the flags that have become due.
func (d *RTC) Tick() {
	now := d.now()
	if p := d.periodic(); p != 0 && now/p != d.seen/p {
		d.ram[regC] |= bPIE
	}
	if now/second != d.seen/second && d.ram[regB]&bSet == 0 {
		d.ram[regC] |= bUIE
		// A guest that idled may have let several seconds pass.
		for s := max(d.seen/second+1, now/second-min(now/second, 86_400)); s <= now/second; s++ {
			if d.alarm(time.Unix(int64(s), 0).UTC()) {
				d.ram[regC] |= bAIE
				break
			}
		}
	}
	d.seen = now
	d.update()
}

func (d *RTC) alarm(t time.Time) bool {
	for _, f := range []struct{ reg, v uint8 }{
		{regAlarmSeconds, d.encode(int32(t.Second()))},
		{regAlarmMinutes, d.encode(int32(t.Minute()))},
		{regAlarmHours, d.hour(int32(t.Hour()))},
	} {
		if a := d.ram[f.reg]; a < alarmAny && a != f.v {
			return false
		}
	}
	return true
}

func (d *RTC) update() {
	c := d.ram[regC] &^ cIRQF
	if c&d.ram[regB] != 0 {
		c |= cIRQF
	}
	d.ram[regC] = c
	d.c.IRQ(c&cIRQF != 0)
}

func (d *RTC) encode(v int32) uint8 {
	if d.ram[regB]&bBinary != 0 {
		return uint8(v)
	}
	return uint8(v/10%10<<4 | v%10)
}

func (d *RTC) decode(v uint8) int32 {
	if d.ram[regB]&bBinary != 0 {
		return int32(v)
	}
	return int32(v>>4)*10 + int32(v&15)
}

func (d *RTC) hour(h int32) uint8 {
	if d.ram[regB]&b24Hour != 0 {
		return d.encode(h)
	}
	v := d.encode((h+11)%12 + 1)
	if h >= 12 {
		v |= hourPM
	}
	return v
}

func (d *RTC) unhour(v uint8) int32 {
	if d.ram[regB]&b24Hour != 0 {
		return d.decode(v)
	}
	h := d.decode(v&^hourPM) % 12
	if v&hourPM != 0 {
		h += 12
	}
	return h
}

// read is a read of the data port.
func (d *RTC) read() uint8 {
	t := d.date()
	switch d.index {
	case regSeconds:
		return d.encode(t.Second)
	case regMinutes:
		return d.encode(t.Minute)
	case regHours:
		return d.hour(t.Hour)
	case regWeekday:
		return d.encode(t.Weekday)
	case regDay:
		return d.encode(t.Day)
	case regMonth:
		return d.encode(t.Month)
	case regYear:
		return d.encode(t.Year % 100)
	case regCentury:
		return d.encode(t.Year / 100)
	case regA:
		v := d.ram[regA]
		if d.ram[regB]&bSet == 0 && second-d.now()%second <= uipLead {
			v |= aUIP
		}
		return v
	case regC: // reading clears the flags
		d.Tick()
		v := d.ram[regC]
		d.ram[regC] = 0
		d.update()
		d.c.Changed()
		return v
	}
	return d.ram[d.index]
}

func (d *RTC) write(v uint8) {
	switch d.index {
	case regSeconds, regMinutes, regHours, regWeekday, regDay, regMonth, regYear, regCentury:
		d.set(v)
	case regA:
		d.ram[regA] = v &^ aUIP
	case regB:
		d.Tick()
		if v&bSet != 0 && d.ram[regB]&bSet == 0 {
			d.held = d.date()
		} else if v&bSet == 0 && d.ram[regB]&bSet != 0 {
			d.setDate(d.held)
		}
		d.ram[regB] = v
		d.update()
	case regC, regD: // read-only
	default:
		d.ram[d.index] = v
	}
	d.c.Changed()
}

// set writes one field of the date.
func (d *RTC) set(v uint8) {
	t := d.date()
	switch d.index {
	case regSeconds:
		t.Second = d.decode(v)
	case regMinutes:
		t.Minute = d.decode(v)
	case regHours:
		t.Hour = d.unhour(v)
	case regWeekday:
		t.Weekday = d.decode(v)
	case regDay:
		t.Day = d.decode(v)
	case regMonth:
		t.Month = d.decode(v)
	case regYear:
		t.Year = t.Year/100*100 + d.decode(v)
	case regCentury:
		t.Year = d.decode(v)*100 + t.Year%100
	}
	if d.ram[regB]&bSet != 0 {
		d.held = t
		return
	}
	d.setDate(t)
}

func (d *RTC) setDate(f fields) {
	d.offset += uint64(f.time().Unix())*second - d.now()/second*second
	d.seen = d.now()
}

// Load implements bus.Device.
func (d *RTC) Load(off uint64, size int) (uint64, bool) {
	if size != 1 {
		return 0, false
	}
	if off == 0 {
		return 0xff, true
	}
	return uint64(d.read()), true
}

// Store implements bus.Device.
func (d *RTC) Store(off uint64, size int, v uint64) bool {
	if size != 1 {
		return false
	}
	if off == 0 {
		d.index = uint8(v) & indexMask
	} else {
		d.write(uint8(v))
	}
	return true
}

// Reset clears the interrupt enables (the RESET pin); the battery keeps the rest.
func (d *RTC) Reset() {
	d.ram[regB] &^= bPIE | bAIE | bUIE
	d.ram[regC] = 0
	d.update()
}

// Node implements bus.Device.
func (d *RTC) Node(bus.Place) *fdt.Node { return nil }

// WriteState implements bus.Device.
func (d *RTC) WriteState(w io.Writer) error {
	return binary.Write(w, binary.LittleEndian, struct {
		Index        uint8
		RAM          [size]byte
		Offset, Seen uint64
		Held         fields
	}{d.index, d.ram, d.offset, d.seen, d.held})
}

// State implements bus.Device. The date at the start is part of it: it may be
// the host's.
func (d *RTC) State(c *state.Codec) {
	c.Fields(&d.c.Epoch, &d.index, &d.ram, &d.offset, &d.seen, &d.held)
}
