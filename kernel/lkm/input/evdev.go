package input

import (
	"encoding/binary"

	"rv86/kernel/abi"
	"rv86/kernel/vfs"
	"rv86/kernel/wait"
)

// Numbers of event devices (Documentation/admin-guide/devices.txt).
const (
	major      = 13
	firstMinor = 64
)

// client is an open event device.
type client struct {
	vfs.Base
	in    *Input
	d     *dev
	clock uintptr // CLOCK_*, of the times
	buf   []stamped
	queue wait.Queue
}

// stamped is an event and when it was, since boot.
type stamped struct {
	event
	at int64
}

// bufferMax is how many events wait for a reader; more than that are lost, and the
// reader is told (evdev.c, EVDEV_MIN_BUFFER_SIZE).
const bufferMax = 64

// put appends a group. Preconditions: Input.mu is held.
func (c *client) put(group []event, now int64) {
	for _, e := range group {
		if len(c.buf) == bufferMax {
			c.buf = append(c.buf[:0], stamped{event{evSyn, synDropped, 0}, now})
		}
		c.buf = append(c.buf, stamped{e, now})
	}
	c.queue.Notify(wait.Readable)
}

// openEvent opens a device's event device; the first one starts the device.
func (in *Input) openEvent(d *dev, vc *vfs.Caller) (vfs.File, abi.Errno) {
	c := &client{in: in, d: d}
	in.mu.Lock()
	if d.gone {
		in.mu.Unlock()
		return nil, abi.ENODEV
	}
	d.users++
	first := d.users == 1
	in.mu.Unlock()
	if first {
		if e := in.callOpen(d, vc); e != 0 {
			in.mu.Lock()
			d.users--
			in.mu.Unlock()
			return nil, e
		}
	}
	in.mu.Lock()
	d.clients = append(d.clients, c)
	in.mu.Unlock()
	return c, 0
}

// callOpen calls the driver's open, if there is one.
func (in *Input) callOpen(d *dev, vc *vfs.Caller) abi.Errno {
	who := in.files.CallerOf(vc)
	var fn uint64
	if e := in.files.Guard(who, func() { fn = Dev.At(in.core, d.addr).Get("open") }); e != 0 || fn == 0 {
		return e
	}
	r, e := in.files.Run(who, fn, d.addr)
	if e == 0 && int32(r) < 0 {
		e = abi.Errno(-int32(r))
	}
	return e
}

// Release implements vfs.File.
func (c *client) Release() {
	in, d := c.in, c.d
	in.mu.Lock()
	for i, o := range d.clients {
		if o == c {
			d.clients = append(d.clients[:i:i], d.clients[i+1:]...)
			break
		}
	}
	if d.grab == c {
		d.grab = nil
	}
	d.users--
	last := d.users == 0 && !d.gone
	in.mu.Unlock()
	if last {
		in.callClose(d)
	}
}

func (in *Input) callClose(d *dev) {
	who := in.files.CallerOf(nil)
	var fn uint64
	if e := in.files.Guard(who, func() { fn = Dev.At(in.core, d.addr).Get("close") }); e == 0 && fn != 0 {
		in.files.Run(who, fn, d.addr)
	}
}

// eventSize is the size of a struct input_event: a time of two longs, and 8 bytes.
const eventSize = 2*abi.WordSize + 8

// encode writes an event as programs have it.
func (c *client) encode(p []byte, e stamped) {
	const clockRealtime, perSecond = 0, 1_000_000_000
	if c.clock == clockRealtime {
		e.at += c.in.epoch
	}
	sec, usec := uint64(e.at/perSecond), uint64(e.at%perSecond/1000)
	le := binary.LittleEndian
	if abi.WordSize == 4 {
		le.PutUint32(p, uint32(sec))
		le.PutUint32(p[4:], uint32(usec))
	} else {
		le.PutUint64(p, sec)
		le.PutUint64(p[8:], usec)
	}
	p = p[2*abi.WordSize:]
	le.PutUint16(p, e.typ)
	le.PutUint16(p[2:], e.code)
	le.PutUint32(p[4:], uint32(e.value))
}

// Read gives whole events.
func (c *client) Read(p []byte, _ int64) (int, abi.Errno) {
	c.in.mu.Lock()
	defer c.in.mu.Unlock()
	switch {
	case c.d.gone:
		return 0, abi.ENODEV
	case len(p) > 0 && len(p) < eventSize:
		return 0, abi.EINVAL
	case len(c.buf) == 0:
		return 0, abi.EAGAIN
	}
	n := 0
	for len(c.buf) > 0 && n+eventSize <= len(p) {
		c.encode(p[n:], c.buf[0])
		c.buf = c.buf[1:]
		n += eventSize
	}
	return n, 0
}

// Write takes events for the device, such as lights to set.
func (c *client) Write(p []byte, _ int64) (int, abi.Errno) {
	if len(p) > 0 && len(p) < eventSize {
		return 0, abi.EINVAL
	}
	n := 0
	for ; n+eventSize <= len(p); n += eventSize {
		b := p[n+2*abi.WordSize:]
		le := binary.LittleEndian
		if e := c.in.inject(c, uint32(le.Uint16(b)), uint32(le.Uint16(b[2:])), int32(le.Uint32(b[4:]))); e != 0 {
			return n, e
		}
	}
	return n, 0
}

// inject performs input_inject_event.
func (in *Input) inject(c *client, typ, code uint32, value int32) abi.Errno {
	who := in.files.CallerOf(nil)
	var fn uint64
	gone := false
	e := in.files.Guard(who, func() {
		in.mu.Lock()
		defer in.mu.Unlock()
		if gone = c.d.gone; gone || c.d.grab != nil && c.d.grab != c {
			return
		}
		if in.report(c.d, typ, code, value) {
			fn = Dev.At(in.core, c.d.addr).Get("event")
		}
	})
	switch {
	case gone:
		return abi.ENODEV
	case e == 0 && fn != 0:
		_, e = in.files.Run(who, fn, c.d.addr, uint64(typ), uint64(code), uint64(value))
	}
	return e
}

// Poll implements vfs.File.
func (c *client) Poll() wait.Events {
	c.in.mu.Lock()
	defer c.in.mu.Unlock()
	switch {
	case c.d.gone:
		return wait.POLLHUP | wait.POLLERR
	case len(c.buf) > 0:
		return wait.Readable | wait.Writable
	}
	return wait.Writable
}

// Queue implements vfs.File.
func (c *client) Queue() *wait.Queue { return &c.queue }
