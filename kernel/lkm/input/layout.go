package input

import (
	"rv86/kernel/lkm/cstruct"
	"rv86/kernel/lkm/device"
	"rv86/kernel/lkm/kobj"
)

const header = "linux/input.h"

// Types of events (linux/input-event-codes.h).
const (
	evSyn = 0x00
	evKey = 0x01
	evRel = 0x02
	evAbs = 0x03
	evMsc = 0x04
	evSw  = 0x05
	evLed = 0x11
	evSnd = 0x12
	evRep = 0x14
	evFF  = 0x15
	evMax = 0x1f

	synReport  = 0
	synDropped = 3

	repDelay  = 0
	repPeriod = 1

	keyRepeats = 2 // the value of a key that stays down
)

// bitmap is what a device says of one type of events: the codes it can have, and
// for some their state.
type bitmap struct {
	name, state string
	count       uint32 // codes are below this
	label       string // in /proc/bus/input/devices
}

var bitmaps = map[uint32]bitmap{
	evSyn: {"evbit", "", evMax + 1, "EV"},
	evKey: {"keybit", "key", 0x300, "KEY"},
	evRel: {"relbit", "", 0x10, "REL"},
	evAbs: {"absbit", "", 0x40, "ABS"},
	evMsc: {"mscbit", "", 0x08, "MSC"},
	evSw:  {"swbit", "sw", 0x11, "SW"},
	evLed: {"ledbit", "led", 0x10, "LED"},
	evSnd: {"sndbit", "snd", 0x08, "SND"},
	evFF:  {"ffbit", "", 0x80, "FF"},
}

// listed is the order in /proc/bus/input/devices.
var listed = [...]uint32{evSyn, evKey, evRel, evAbs, evMsc, evLed, evSnd, evFF, evSw}

const propCount = 0x20

// The structures shared with C code.
var (
	ID = cstruct.New("input_id", header,
		cstruct.Field{Name: "bustype", Type: cstruct.Short},
		cstruct.Field{Name: "vendor", Type: cstruct.Short},
		cstruct.Field{Name: "product", Type: cstruct.Short},
		cstruct.Field{Name: "version", Type: cstruct.Short},
	)

	AbsInfo = cstruct.New("input_absinfo", header,
		cstruct.Field{Name: "value", Type: cstruct.Int},
		cstruct.Field{Name: "minimum", Type: cstruct.Int},
		cstruct.Field{Name: "maximum", Type: cstruct.Int},
		cstruct.Field{Name: "fuzz", Type: cstruct.Int},
		cstruct.Field{Name: "flat", Type: cstruct.Int},
		cstruct.Field{Name: "resolution", Type: cstruct.Int},
	)

	Dev = cstruct.New("input_dev", header,
		cstruct.Field{Name: "name", Type: cstruct.Long},
		cstruct.Field{Name: "phys", Type: cstruct.Long},
		cstruct.Field{Name: "uniq", Type: cstruct.Long},
		cstruct.Field{Name: "id", Type: ID.Type()},
		cstruct.Field{Name: "propbit", Type: cstruct.Bits(propCount)},
		cstruct.Field{Name: "evbit", Type: cstruct.Bits(evMax + 1)},
		cstruct.Field{Name: "keybit", Type: cstruct.Bits(0x300)},
		cstruct.Field{Name: "relbit", Type: cstruct.Bits(0x10)},
		cstruct.Field{Name: "absbit", Type: cstruct.Bits(0x40)},
		cstruct.Field{Name: "mscbit", Type: cstruct.Bits(0x08)},
		cstruct.Field{Name: "ledbit", Type: cstruct.Bits(0x10)},
		cstruct.Field{Name: "sndbit", Type: cstruct.Bits(0x08)},
		cstruct.Field{Name: "ffbit", Type: cstruct.Bits(0x80)},
		cstruct.Field{Name: "swbit", Type: cstruct.Bits(0x11)},
		cstruct.Field{Name: "hint_events_per_packet", Type: cstruct.Int},
		cstruct.Field{Name: "keycodemax", Type: cstruct.Int},
		cstruct.Field{Name: "keycodesize", Type: cstruct.Int},
		cstruct.Field{Name: "keycode", Type: cstruct.Long},
		cstruct.Field{Name: "repeat_key", Type: cstruct.Int},
		cstruct.Field{Name: "rep", Type: cstruct.Array(2, cstruct.Int)},
		cstruct.Field{Name: "absinfo", Type: cstruct.Long},
		cstruct.Field{Name: "key", Type: cstruct.Bits(0x300)},
		cstruct.Field{Name: "led", Type: cstruct.Bits(0x10)},
		cstruct.Field{Name: "snd", Type: cstruct.Bits(0x08)},
		cstruct.Field{Name: "sw", Type: cstruct.Bits(0x11)},
		cstruct.Field{Name: "open", Type: cstruct.Long},
		cstruct.Field{Name: "close", Type: cstruct.Long},
		cstruct.Field{Name: "flush", Type: cstruct.Long},
		cstruct.Field{Name: "event", Type: cstruct.Long},
		cstruct.Field{Name: "users", Type: cstruct.Int},
		cstruct.Field{Name: "going_away", Type: cstruct.Char},
		cstruct.Field{Name: "dev", Type: device.Device.Type()},
		cstruct.Field{Name: "node", Type: kobj.ListHead},
	)
)

// Layouts are the structures, for the test that compares them with the headers.
var Layouts = []*cstruct.Struct{ID, AbsInfo, Dev}
