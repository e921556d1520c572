package virtio

import (
	"encoding/binary"
	"io"

	"rv86/machine/bus"
)

// The split virtqueue (2.7): three areas in guest RAM.
//
//	descriptor table  16 bytes each: addr 8, len 4, flags 2, next 2
//	available ring    flags 2, idx 2, ring 2*num            (driver writes)
//	used ring         flags 2, idx 2, ring 8*num: id, len   (device writes)
const (
	descSize      = 16
	descNext      = 1 << 0
	descWrite     = 1 << 1 // device writes: a buffer for the answer
	descIndirect  = 1 << 2
	availHeader   = 4
	usedHeader    = 4
	usedElemSize  = 8
	availNoNotify = 1 // avail.flags: the driver polls

	// maxIndirect bounds the entries of an indirect table; 2.7.5.3.1 allows
	// the queue's size, drivers in practice stay below it.
	maxIndirect = queueNumMax
)

type queue struct {
	num               uint32
	ready             bool
	desc, avail, used uint64
	lastAvail         uint16 // next available entry to look at
	usedIdx           uint16 // next used entry to fill

	align, pfn uint32 // legacy
}

// setPFN places the three areas as the legacy layout has them (2.7.2): one
// block, the used ring aligned to QueueAlign.
func (q *queue) setPFN(pfn, pageSize uint32) {
	q.pfn = pfn
	q.lastAvail, q.usedIdx = 0, 0
	q.ready = pfn != 0 && q.num != 0
	if !q.ready {
		return
	}
	const defaultAlign = 4096
	align := uint64(q.align)
	if align == 0 || align&(align-1) != 0 {
		align = defaultAlign
	}
	q.desc = uint64(pfn) * uint64(pageSize)
	q.avail = q.desc + descSize*uint64(q.num)
	end := q.avail + availHeader + 2*uint64(q.num) + 2 // used_event follows the ring
	q.used = (end + align - 1) &^ (align - 1)
}

func (q *queue) writeState(w io.Writer) error {
	return binary.Write(w, binary.LittleEndian, struct {
		Num               uint32
		Ready             bool
		Desc, Avail, Used uint64
		LastAvail, Used16 uint16
		Align, PFN        uint32
	}{q.num, q.ready, q.desc, q.avail, q.used, q.lastAvail, q.usedIdx, q.align, q.pfn})
}

// buffer is one element of a descriptor chain.
type buffer struct {
	pa    uint64
	n     uint32
	write bool
}

// chain is one request: its head's index and its buffers in order.
type chain struct {
	head uint16
	bufs []buffer
}

func load16(m bus.Memory, pa uint64) (uint16, bool) {
	b, ok := m.Slice(pa, 2)
	if !ok {
		return 0, false
	}
	return binary.LittleEndian.Uint16(b), true
}

// next takes the next available chain. ok is false if there is none, or if the
// ring is malformed, which also marks the device.
func (t *Transport) next(qi int) (c chain, ok bool) {
	q := &t.queues[qi]
	if !q.ready {
		return c, false
	}
	idx, ok := load16(t.c.Mem, q.avail+2)
	if !ok {
		t.broken()
		return c, false
	}
	if idx == q.lastAvail {
		return c, false
	}
	// 2.7.13.1: no more buffers than the ring has entries. This also bounds
	// what one notification makes the device do.
	if uint32(idx-q.lastAvail) > q.num {
		t.broken()
		return c, false
	}
	slot := uint64(q.lastAvail) & uint64(q.num-1)
	c.head, ok = load16(t.c.Mem, q.avail+availHeader+2*slot)
	if ok {
		c.bufs, ok = t.walk(q.desc, q.num, c.head, true)
	}
	if !ok {
		t.broken()
		return chain{}, false
	}
	q.lastAvail++
	return c, true
}

// walk follows a chain of descriptors in a table of num entries. The number of
// steps is bounded by the table's size, so that a loop ends in an error.
func (t *Transport) walk(table uint64, num uint32, i uint16, indirectOK bool) (bufs []buffer, ok bool) {
	for range num {
		if uint32(i) >= num {
			return nil, false
		}
		d, ok := t.c.Mem.Slice(table+descSize*uint64(i), descSize)
		if !ok {
			return nil, false
		}
		pa := binary.LittleEndian.Uint64(d)
		n := binary.LittleEndian.Uint32(d[8:])
		flags := binary.LittleEndian.Uint16(d[12:])
		if flags&descIndirect != 0 {
			// 2.7.5.3.1: not inside an indirect table, not with NEXT.
			entries := n / descSize
			if !indirectOK || flags&descNext != 0 || entries == 0 || entries > maxIndirect {
				return nil, false
			}
			rest, ok := t.walk(pa, entries, 0, false)
			return append(bufs, rest...), ok
		}
		bufs = append(bufs, buffer{pa: pa, n: n, write: flags&descWrite != 0})
		if flags&descNext == 0 {
			return bufs, true
		}
		i = binary.LittleEndian.Uint16(d[14:])
	}
	return nil, false
}

// done returns a chain to the driver with the number of bytes written into it.
func (t *Transport) done(qi int, c chain, written uint32) {
	q := &t.queues[qi]
	var e [usedElemSize]byte
	binary.LittleEndian.PutUint32(e[:], uint32(c.head))
	binary.LittleEndian.PutUint32(e[4:], written)
	slot := uint64(q.usedIdx) & uint64(q.num-1)
	q.usedIdx++
	var idx [2]byte
	binary.LittleEndian.PutUint16(idx[:], q.usedIdx)
	if !t.c.Mem.Write(q.used+usedHeader+usedElemSize*slot, e[:]) || !t.c.Mem.Write(q.used+2, idx[:]) {
		t.broken()
		return
	}
	if flags, ok := load16(t.c.Mem, q.avail); ok && flags&availNoNotify == 0 {
		t.interrupt()
	}
}

// waiting reports whether the driver has made a buffer available.
func (t *Transport) waiting(qi int) bool {
	q := &t.queues[qi]
	if !q.ready || !t.Live() {
		return false
	}
	idx, ok := load16(t.c.Mem, q.avail+2)
	return ok && idx != q.lastAvail
}

// gather concatenates the readable buffers of a chain, up to limit bytes.
func (t *Transport) gather(bufs []buffer, limit int) ([]byte, bool) {
	var out []byte
	for _, b := range bufs {
		if b.write {
			continue
		}
		s, ok := t.c.Mem.Slice(b.pa, uint64(b.n))
		if !ok || len(out)+len(s) > limit {
			return nil, false
		}
		out = append(out, s...)
	}
	return out, true
}

// scatter spreads data over the writable buffers of a chain and returns how
// much fitted.
func (t *Transport) scatter(bufs []buffer, data []byte) (n uint32, ok bool) {
	for _, b := range bufs {
		if !b.write || len(data) == 0 {
			continue
		}
		part := data[:min(len(data), int(b.n))]
		if !t.c.Mem.Write(b.pa, part) {
			return n, false
		}
		n += uint32(len(part))
		data = data[len(part):]
	}
	return n, true
}

// capacity is the total size of the writable buffers of a chain.
func capacity(bufs []buffer) (n uint64) {
	for _, b := range bufs {
		if b.write {
			n += uint64(b.n)
		}
	}
	return n
}
