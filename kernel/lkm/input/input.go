package input

import (
	"sync"
	"time"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cfile"
	"rv86/kernel/lkm/cstruct"
	"rv86/kernel/lkm/device"
	"rv86/kernel/vfs"
	"rv86/kernel/wait"
)

// Input is all input devices.
type Input struct {
	core  lkm.Core
	files *cfile.Files
	model *device.Model
	ns    *vfs.Namespace
	epoch int64  // wall clock at boot, in nanoseconds
	class uint64 // of devices and their event devices

	mu      sync.Mutex
	numbers int      // devices that were ever allocated
	devs    []*dev   // registered, in that order
	events  [32]bool // which event devices there are
}

// dev is a registered struct input_dev.
type dev struct {
	addr  uint64
	path  string // in /sys
	event int    // its event device's number

	packet  []event // since the last SYN_REPORT
	clients []*client
	users   int
	grab    *client // the only one that gets events; nil
	gone    bool

	repeat *time.Timer // of the key that is down
	again  uint32      // that key
}

// event is a struct input_event without its time.
type event struct {
	typ, code uint16
	value     int32
}

// New makes it. epoch is the wall clock at boot.
func New(model *device.Model, files *cfile.Files, ns *vfs.Namespace, epoch int64) *Input {
	in := &Input{core: files.Core, files: files, model: model, ns: ns, epoch: epoch}
	dir := ns.Proc().Sub("bus").Sub("input")
	const perm = 0o444
	dir.Add("devices", vfs.Text(perm, in.devicesText))
	dir.Add("handlers", vfs.Text(perm, func() []byte { return []byte("N: Number=0 Name=evdev Minor=64\n") }))
	return in
}

// Start makes the class, once exports have addresses.
func (in *Input) Start() (e abi.Errno) {
	in.class, e = in.model.Class("input", "input_devnode")
	return e
}

// find gives the record of a registered device.
func (in *Input) find(addr uint64) *dev {
	in.mu.Lock()
	defer in.mu.Unlock()
	for _, d := range in.devs {
		if d.addr == addr {
			return d
		}
	}
	return nil
}

// bit reads a bit of a bitmap in a device, setBit writes one.
func (in *Input) bit(addr uint64, field string, n uint32) bool {
	at, mask := in.place(addr, field, n)
	return in.core.Slice(at, 1)[0]&mask != 0
}

func (in *Input) setBit(addr uint64, field string, n uint32, on bool) {
	at, mask := in.place(addr, field, n)
	b := in.core.Slice(at, 1)
	b[0] &^= mask
	if on {
		b[0] |= mask
	}
}

// place is the byte that holds a bit: both machines put low bytes first.
func (in *Input) place(addr uint64, field string, n uint32) (at uint64, mask byte) {
	const perByte = 8
	return Dev.At(in.core, addr).Ptr(field) + uint64(n/perByte), 1 << (n % perByte)
}

// report takes one event of a device's driver, or of the key that repeats, and
// says whether the driver itself is to act on it, too (input_handle_event).
// Preconditions: mu is held; a Guard is around it.
func (in *Input) report(d *dev, typ, code uint32, value int32) (toDriver bool) {
	pass, toDriver := in.disposition(d, typ, code, value)
	if !pass {
		return toDriver
	}
	if typ == evKey && value != keyRepeats {
		in.repeat(d, code, value != 0)
	}
	d.packet = append(d.packet, event{uint16(typ), uint16(code), value})
	if typ == evSyn && code == synReport {
		if len(d.packet) > 1 {
			in.deliver(d)
		}
		d.packet = d.packet[:0]
	}
	return toDriver
}

// packetMax bounds a group that no SYN_REPORT ends.
const packetMax = 256

// disposition says what becomes of an event, and keeps the device's state.
func (in *Input) disposition(d *dev, typ, code uint32, value int32) (pass, toDriver bool) {
	b, known := bitmaps[typ]
	if typ > evMax || typ != evSyn && !in.bit(d.addr, "evbit", typ) || len(d.packet) >= packetMax && typ != evSyn {
		return false, false
	}
	v := Dev.At(in.core, d.addr)
	switch typ {
	case evSyn:
		return true, false
	case evRep:
		at := v.Ptr("rep") + uint64(code)*4
		if code > repPeriod || value < 0 || cstruct.U32(in.core, at) == uint32(value) {
			return false, false
		}
		cstruct.SetU32(in.core, at, uint32(value))
		return true, true
	}
	if !known || code >= b.count || !in.bit(d.addr, b.name, code) {
		return false, false
	}
	switch {
	case typ == evKey && value == keyRepeats, typ == evMsc:
		return true, typ == evMsc
	case b.state != "":
		if in.bit(d.addr, b.state, code) == (value != 0) {
			return false, false
		}
		in.setBit(d.addr, b.state, code, value != 0)
		return true, typ == evLed || typ == evSnd
	case typ == evRel:
		return value != 0, false
	case typ == evAbs:
		return in.absolute(v, code, value), false
	}
	return false, typ == evFF
}

// absolute notes the position of an axis; false if it is the old one.
func (in *Input) absolute(v cstruct.View, code uint32, value int32) bool {
	info := v.Get("absinfo")
	if info == 0 {
		return true
	}
	a := AbsInfo.At(in.core, info+uint64(code)*AbsInfo.Size(in.core))
	if a.Int("value") == int64(value) {
		return false
	}
	a.Set("value", uint64(uint32(value)))
	return true
}

// repeat starts or ends the repetition of a key (input_start_autorepeat).
func (in *Input) repeat(d *dev, code uint32, down bool) {
	if d.repeat != nil {
		d.repeat.Stop()
		d.repeat = nil
	}
	delay, period := in.repetition(d)
	if !down || delay == 0 || period == 0 || !in.bit(d.addr, "evbit", evRep) {
		return
	}
	d.again = code
	var t *time.Timer
	t = time.AfterFunc(delay, func() {
		in.mu.Lock()
		defer in.mu.Unlock()
		if d.repeat != t || d.gone {
			return
		}
		in.report(d, evKey, d.again, keyRepeats)
		in.report(d, evSyn, synReport, 1)
		if _, period := in.repetition(d); period > 0 {
			t.Reset(period)
		}
	})
	d.repeat = t
}

func (in *Input) repetition(d *dev) (delay, period time.Duration) {
	at := Dev.At(in.core, d.addr).Ptr("rep")
	ms := func(i uint64) time.Duration {
		const size = 4
		return time.Duration(cstruct.U32(in.core, at+i*size)) * time.Millisecond
	}
	return ms(repDelay), ms(repPeriod)
}

// deliver hands a group to those who have the event device open.
func (in *Input) deliver(d *dev) {
	now := in.core.Now()
	for _, c := range d.clients {
		if d.grab == nil || d.grab == c {
			c.put(d.packet, now)
		}
	}
}

// wake tells those who wait for a device.
func (d *dev) wake(events wait.Events) {
	for _, c := range d.clients {
		c.queue.Notify(events)
	}
}
