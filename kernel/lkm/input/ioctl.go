package input

import (
	"encoding/binary"

	"rv86/kernel/abi"
	"rv86/kernel/vfs"
)

// Requests of event devices (linux/input.h), without direction and size.
const (
	reqVersion = 0x01
	reqID      = 0x02
	reqRepeat  = 0x03
	reqName    = 0x06
	reqPhys    = 0x07
	reqUniq    = 0x08
	reqProp    = 0x09
	reqKey     = 0x18
	reqLED     = 0x19
	reqSnd     = 0x1a
	reqSw      = 0x1b
	reqBit     = 0x20 // to 0x3f, by type
	reqAbs     = 0x40 // to 0x7f, by axis
	reqGrab    = 0x90
	reqClock   = 0xa0

	ioctlType = 'E'
	evVersion = 0x010001
)

// Ioctl implements vfs.File.
func (c *client) Ioctl(vc *vfs.Caller, cmd, arg uintptr) (uintptr, abi.Errno) {
	const typeShift, sizeShift, byteMask, sizeMask = 8, 16, 0xff, 0x3fff
	nr, size := uint32(cmd&byteMask), int(cmd>>sizeShift&sizeMask)
	if cmd>>typeShift&byteMask != ioctlType {
		return 0, abi.EINVAL
	}
	switch nr {
	case reqGrab:
		return 0, c.setGrab(arg != 0)
	case reqClock:
		var b [4]byte
		if e := vc.Mem.CopyIn(arg, b[:]); e != 0 {
			return 0, e
		}
		return 0, c.setClock(uintptr(binary.LittleEndian.Uint32(b[:])))
	}
	var out []byte
	var e abi.Errno
	if g := c.in.files.Guard(c.in.files.CallerOf(vc), func() { out, e = c.answer(nr) }); g != 0 {
		return 0, g
	}
	if e != 0 {
		return 0, e
	}
	out = out[:min(len(out), size)]
	return uintptr(len(out)), vc.Mem.CopyOut(arg, out)
}

func (c *client) setGrab(on bool) abi.Errno {
	c.in.mu.Lock()
	defer c.in.mu.Unlock()
	switch {
	case on && c.d.grab != nil:
		return abi.EBUSY
	case on:
		c.d.grab = c
	case c.d.grab != c:
		return abi.EINVAL
	default:
		c.d.grab = nil
	}
	return 0
}

// setClock chooses between the clocks; what waits is dropped.
func (c *client) setClock(clock uintptr) abi.Errno {
	const realtime, monotonic, boottime = 0, 1, 7
	if clock != realtime && clock != monotonic && clock != boottime {
		return abi.EINVAL
	}
	c.in.mu.Lock()
	defer c.in.mu.Unlock()
	c.clock = clock
	c.buf = nil
	return 0
}

// answer gives what a request asks for. Preconditions: a Guard is around it.
func (c *client) answer(nr uint32) ([]byte, abi.Errno) {
	in := c.in
	in.mu.Lock()
	defer in.mu.Unlock()
	if c.d.gone {
		return nil, abi.ENODEV
	}
	v := Dev.At(in.core, c.d.addr)
	raw := func(field string) []byte {
		return append([]byte(nil), in.core.Slice(v.Ptr(field), Dev.On(in.core.WordSize()).Len(field))...)
	}
	text := func(field string) ([]byte, abi.Errno) {
		if v.Get(field) == 0 {
			return nil, abi.ENOENT
		}
		return append([]byte(v.Str(field)), 0), 0
	}
	switch nr {
	case reqVersion:
		return binary.LittleEndian.AppendUint32(nil, evVersion), 0
	case reqID:
		return raw("id"), 0
	case reqRepeat:
		if !in.bit(c.d.addr, "evbit", evRep) {
			return nil, abi.ENOSYS
		}
		return raw("rep"), 0
	case reqName:
		return text("name")
	case reqPhys:
		return text("phys")
	case reqUniq:
		return text("uniq")
	case reqProp:
		return raw("propbit"), 0
	case reqKey:
		return raw("key"), 0
	case reqLED:
		return raw("led"), 0
	case reqSnd:
		return raw("snd"), 0
	case reqSw:
		return raw("sw"), 0
	}
	if nr >= reqBit && nr < reqBit+evMax+1 {
		if b, ok := bitmaps[nr-reqBit]; ok {
			return raw(b.name), 0
		}
		return nil, abi.EINVAL
	}
	info := v.Get("absinfo")
	if nr < reqAbs || nr >= reqAbs+bitmaps[evAbs].count || info == 0 {
		return nil, abi.EINVAL
	}
	n := AbsInfo.Size(in.core)
	return append([]byte(nil), in.core.Slice(info+uint64(nr-reqAbs)*n, n)...), 0
}
