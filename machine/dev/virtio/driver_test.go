package virtio

import (
	"encoding/binary"
	"testing"
)

// A driver for tests. Its constants are written down from VIRTIO 1.2 a second
// time, so that a wrong one in the model is found.

const memBase = 0x80000000

// memory is guest RAM of one MiB.
type memory struct{ b []byte }

func (m *memory) Slice(pa, n uint64) ([]byte, bool) {
	if pa < memBase || n > uint64(len(m.b)) || pa-memBase > uint64(len(m.b))-n {
		return nil, false
	}
	return m.b[pa-memBase : pa-memBase+n], true
}

func (m *memory) Write(pa uint64, b []byte) bool {
	s, ok := m.Slice(pa, uint64(len(b)))
	copy(s, b)
	return ok
}

type driver struct {
	*Transport
	t    *testing.T
	mem  *memory
	irq  bool
	size uint16    // of each ring
	ring [2]uint64 // addresses of the queues
	next [2]uint16 // available index of each queue
}

const (
	ringNum   = 8
	ringBytes = 0x10000
	heapBase  = memBase + 0x40000
)

func newDriver(t *testing.T, dev Backend, legacy bool) *driver {
	d := &driver{t: t, mem: &memory{make([]byte, 1<<20)}, size: ringNum}
	d.Transport = New(Config{IRQ: func(l bool) { d.irq = l }, Mem: d.mem, Legacy: legacy, Dev: dev})
	return d
}

func (d *driver) out(reg uint64, v uint32) {
	d.t.Helper()
	if !d.Store(reg, 4, uint64(v)) {
		d.t.Fatalf("store to %#x fails", reg)
	}
}

func (d *driver) in(reg uint64) uint32 {
	d.t.Helper()
	v, ok := d.Load(reg, 4)
	if !ok {
		d.t.Fatalf("load of %#x fails", reg)
	}
	return uint32(v)
}

// start initialises the device as 3.1.1 says, accepting the features in mask,
// and sets up n queues.
func (d *driver) start(n int, mask uint64) {
	d.t.Helper()
	d.out(0x28, 4096) // as Linux does: the page size comes before the reset
	d.out(0x70, 0)
	d.out(0x70, 1|2)
	d.out(0x14, 0)
	f := uint64(d.in(0x10))
	d.out(0x14, 1)
	f |= uint64(d.in(0x10)) << 32
	f &= mask
	d.out(0x24, 0)
	d.out(0x20, uint32(f))
	d.out(0x24, 1)
	d.out(0x20, uint32(f>>32))
	d.out(0x70, 1|2|8)
	if d.in(0x70)&8 == 0 {
		d.t.Fatal("FEATURES_OK does not stick")
	}
	for q := range n {
		d.ring[q] = memBase + uint64(q)*ringBytes
		d.next[q] = 0
		clear(d.mem.b[q*ringBytes : (q+1)*ringBytes])
		d.out(0x30, uint32(q))
		if d.in(0x34) < ringNum {
			d.t.Fatalf("QueueNumMax is %d", d.in(0x34))
		}
		d.out(0x38, ringNum)
		if d.in(0x04) == 1 {
			d.out(0x3c, 4096)
			d.out(0x40, uint32(d.ring[q]/4096))
			continue
		}
		for i, a := range []uint64{d.ring[q], d.avail(q), d.used(q)} {
			d.out(0x80+0x10*uint64(i), uint32(a))
			d.out(0x84+0x10*uint64(i), uint32(a>>32))
		}
		d.out(0x44, 1)
		if d.in(0x44) != 1 {
			d.t.Fatal("QueueReady does not stick")
		}
	}
	d.out(0x70, 1|2|8|4)
}

// The layout of 2.7.2, which the modern interface may use as well.
func (d *driver) avail(q int) uint64 { return d.ring[q] + 16*ringNum }
func (d *driver) used(q int) uint64  { return d.ring[q] + 4096 }

func (d *driver) put16(pa uint64, v uint16) {
	binary.LittleEndian.PutUint16(d.mem.b[pa-memBase:], v)
}
func (d *driver) get16(pa uint64) uint16 { return binary.LittleEndian.Uint16(d.mem.b[pa-memBase:]) }
func (d *driver) get32(pa uint64) uint32 { return binary.LittleEndian.Uint32(d.mem.b[pa-memBase:]) }

type desc struct {
	pa          uint64
	n           uint32
	flags, next uint16
}

const (
	flagNext, flagWrite, flagIndirect = 1, 2, 4
)

func (d *driver) putDesc(table uint64, i int, e desc) {
	b := d.mem.b[table-memBase+16*uint64(i):]
	binary.LittleEndian.PutUint64(b, e.pa)
	binary.LittleEndian.PutUint32(b[8:], e.n)
	binary.LittleEndian.PutUint16(b[12:], e.flags)
	binary.LittleEndian.PutUint16(b[14:], e.next)
}

// submit puts a chain of buffers, in table order from 0, into queue q.
func (d *driver) submit(q int, chain ...desc) {
	d.t.Helper()
	for i, e := range chain {
		if i < len(chain)-1 {
			e.flags |= flagNext
			e.next = uint16(i + 1)
		}
		d.putDesc(d.ring[q], i, e)
	}
	d.offer(q, 0)
}

// offer makes the chain that starts at head available and notifies.
func (d *driver) offer(q int, head uint16) {
	d.t.Helper()
	d.put16(d.avail(q)+4+2*uint64(d.next[q]%ringNum), head)
	d.next[q]++
	d.put16(d.avail(q)+2, d.next[q])
	d.out(0x50, uint32(q))
}

// completed checks that the device used the last chain, and returns the length
// it reports.
func (d *driver) completed(q int) uint32 {
	d.t.Helper()
	if idx := d.get16(d.used(q) + 2); idx != d.next[q] {
		d.t.Fatalf("used index %d, want %d (status %#x)", idx, d.next[q], d.in(0x70))
	}
	if !d.irq || d.in(0x60) != 1 {
		d.t.Errorf("interrupt line %v, status %#x", d.irq, d.in(0x60))
	}
	d.out(0x64, 1)
	if d.irq {
		d.t.Error("the interrupt cannot be acknowledged")
	}
	return d.get32(d.used(q) + 4 + 8*uint64((d.next[q]-1)%ringNum) + 4)
}

func (d *driver) needsReset() bool { return d.in(0x70)&64 != 0 }
