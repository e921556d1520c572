package virtio

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"
)

// ramDisk is a Disk in memory.
type ramDisk struct {
	b        []byte
	readOnly bool
	broken   bool
	synced   int
}

var errBroken = errors.New("broken disk")

func (d *ramDisk) ReadAt(p []byte, off int64) (int, error) {
	if d.broken {
		return 0, errBroken
	}
	return bytes.NewReader(d.b).ReadAt(p, off)
}

func (d *ramDisk) WriteAt(p []byte, off int64) (int, error) {
	if d.broken {
		return 0, errBroken
	}
	return copy(d.b[off:], p), nil
}
func (d *ramDisk) Size() int64    { return int64(len(d.b)) }
func (d *ramDisk) ReadOnly() bool { return d.readOnly }
func (d *ramDisk) Sync() error    { d.synced++; return nil }

func newDisk() *ramDisk {
	d := &ramDisk{b: make([]byte, 16*512+100)} // with a partial sector at the end
	for i := range d.b {
		d.b[i] = byte(i / 512)
	}
	return d
}

const allFeatures = ^uint64(0)

// block submits one block request and returns its status byte (5.2.6).
func (d *driver) block(kind uint32, sector uint64, data desc) (status byte) {
	d.t.Helper()
	hdr := d.mem.b[heapBase-memBase:]
	binary.LittleEndian.PutUint32(hdr, kind)
	binary.LittleEndian.PutUint64(hdr[8:], sector)
	hdr[16] = 0xff
	chain := []desc{{pa: heapBase, n: 16}}
	if data.n > 0 {
		chain = append(chain, data)
	}
	d.submit(0, append(chain, desc{pa: heapBase + 16, n: 1, flags: flagWrite})...)
	d.completed(0)
	return d.mem.b[heapBase-memBase+16]
}

const dataPA = heapBase + 0x1000

func TestIdentity(t *testing.T) {
	for _, c := range []struct {
		dev Backend
		id  uint32
	}{{NewBlock(newDisk(), ""), 2}, {NewConsole(nil), 3}, {NewEntropy(nil), 4}, {nil, 0}} {
		d := newDriver(t, c.dev, false)
		if d.in(0) != 0x74726976 || d.in(4) != 2 || d.in(8) != c.id {
			t.Errorf("magic %#x, version %d, device %d, want device %d", d.in(0), d.in(4), d.in(8), c.id)
		}
	}
	if d := newDriver(t, NewEntropy(nil), true); d.in(4) != 1 {
		t.Errorf("the legacy interface has version %d", d.in(4))
	}
}

func TestBlock(t *testing.T) {
	for _, legacy := range []bool{false, true} {
		disk := newDisk()
		d := newDriver(t, NewBlock(disk, "serial-1"), legacy)
		d.start(1, allFeatures)
		if v, _ := d.Load(0x100, 8); v != 16 {
			t.Errorf("capacity %d sectors, want 16", v)
		}
		data := d.mem.b[dataPA-memBase:]
		if st := d.block(0, 3, desc{pa: dataPA, n: 1024, flags: flagWrite}); st != 0 || data[0] != 3 || data[1023] != 4 {
			t.Errorf("read: status %d, data %d %d", st, data[0], data[1023])
		}
		copy(data, strings.Repeat("x", 512))
		if st := d.block(1, 5, desc{pa: dataPA, n: 512}); st != 0 || disk.b[5*512] != 'x' || disk.b[6*512-1] != 'x' || disk.b[6*512] != 6 {
			t.Errorf("write: status %d", st)
		}
		if st := d.block(4, 0, desc{}); st != 0 || disk.synced != 1 {
			t.Errorf("flush: status %d, %d syncs", st, disk.synced)
		}
		if st := d.block(8, 0, desc{pa: dataPA, n: 20, flags: flagWrite}); st != 0 || string(data[:9]) != "serial-1\x00" {
			t.Errorf("get id: status %d, %q", st, data[:9])
		}
		if st := d.block(99, 0, desc{}); st != 2 {
			t.Errorf("an unknown request has status %d", st)
		}
	}
}

func TestBlockErrors(t *testing.T) {
	disk := newDisk()
	d := newDriver(t, NewBlock(disk, ""), false)
	d.start(1, allFeatures)
	read := desc{pa: dataPA, n: 512, flags: flagWrite}
	for _, c := range []struct {
		name   string
		kind   uint32
		sector uint64
		data   desc
	}{
		{"read beyond the end", 0, 16, read},
		{"read that wraps", 0, ^uint64(0), read},
		{"write beyond the end", 1, 16, desc{pa: dataPA, n: 512}},
		{"half a sector", 0, 0, desc{pa: dataPA, n: 256, flags: flagWrite}},
		{"buffer outside RAM", 0, 0, desc{pa: 0x1000, n: 512, flags: flagWrite}},
		{"source outside RAM", 1, 0, desc{pa: 0x1000, n: 512}},
		{"huge buffer", 0, 0, desc{pa: dataPA, n: 0xfffffe00, flags: flagWrite}},
	} {
		if st := d.block(c.kind, c.sector, c.data); st != 1 {
			t.Errorf("%s: status %d, want 1", c.name, st)
		}
	}
	disk.broken = true
	if st := d.block(0, 0, read); st != 1 {
		t.Errorf("read of a broken disk: status %d", st)
	}
	if st := d.block(1, 0, desc{pa: dataPA, n: 512}); st != 1 {
		t.Errorf("write to a broken disk: status %d", st)
	}
}

func TestReadOnlyDisk(t *testing.T) {
	disk := newDisk()
	disk.readOnly = true
	d := newDriver(t, NewBlock(disk, ""), false)
	d.out(0x14, 0)
	if d.in(0x10)&(1<<5) == 0 {
		t.Error("VIRTIO_BLK_F_RO is not offered")
	}
	d.start(1, allFeatures)
	if st := d.block(1, 0, desc{pa: dataPA, n: 512}); st != 1 || disk.b[0] != 0 {
		t.Errorf("write: status %d", st)
	}
}

func TestIndirectDescriptors(t *testing.T) {
	d := newDriver(t, NewBlock(newDisk(), ""), false)
	d.start(1, allFeatures)
	binary.LittleEndian.PutUint64(d.mem.b[heapBase-memBase+8:], 7)
	const table = heapBase + 0x800
	d.putDesc(table, 0, desc{heapBase, 16, flagNext, 1})
	d.putDesc(table, 1, desc{dataPA, 512, flagNext | flagWrite, 2})
	d.putDesc(table, 2, desc{heapBase + 16, 1, flagWrite, 0})
	d.submit(0, desc{pa: table, n: 48, flags: flagIndirect})
	if n := d.completed(0); n != 513 || d.mem.b[dataPA-memBase] != 7 {
		t.Errorf("used length %d, data %d", n, d.mem.b[dataPA-memBase])
	}
}

// A ring that cannot be followed stops the device until it is reset (2.1.2).
func TestBadRings(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(d *driver)
	}{
		{"loop", func(d *driver) {
			d.putDesc(d.ring[0], 0, desc{heapBase, 16, flagNext, 1})
			d.putDesc(d.ring[0], 1, desc{heapBase, 16, flagNext, 0})
			d.offer(0, 0)
		}},
		{"more buffers than the ring holds", func(d *driver) {
			d.next[0] = ringNum
			d.offer(0, 0)
		}},
		{"head outside the table", func(d *driver) { d.offer(0, 8) }},
		{"next outside the table", func(d *driver) {
			d.putDesc(d.ring[0], 0, desc{heapBase, 16, flagNext, 1000})
			d.offer(0, 0)
		}},
		{"no status byte", func(d *driver) { d.submit(0, desc{pa: heapBase, n: 16}) }},
		{"status byte of no size", func(d *driver) {
			d.submit(0, desc{pa: heapBase, n: 16}, desc{pa: heapBase, n: 0, flags: flagWrite})
		}},
		{"indirect in indirect", func(d *driver) {
			d.putDesc(heapBase, 0, desc{heapBase, 16, flagIndirect, 0})
			d.submit(0, desc{pa: heapBase, n: 16, flags: flagIndirect})
		}},
		{"indirect with next", func(d *driver) {
			d.submit(0, desc{pa: heapBase, n: 16, flags: flagIndirect}, desc{pa: heapBase, n: 16})
		}},
		{"table outside RAM", func(d *driver) {
			d.submit(0, desc{pa: 0, n: 16, flags: flagIndirect})
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDriver(t, NewBlock(newDisk(), ""), false)
			d.start(1, allFeatures)
			c.do(d)
			if !d.needsReset() {
				t.Error("the device goes on")
			}
			d.start(1, allFeatures) // begins with a reset
			if d.needsReset() || d.block(0, 0, desc{pa: dataPA, n: 512, flags: flagWrite}) != 0 {
				t.Error("a reset does not help")
			}
		})
	}
}

func TestRingsOutsideRAM(t *testing.T) {
	d := newDriver(t, NewBlock(newDisk(), ""), false)
	d.start(1, allFeatures)
	d.out(0x94, 0xffffffff) // the available ring
	d.out(0x50, 0)
	if !d.needsReset() {
		t.Error("an available ring outside RAM is accepted")
	}
}

func TestFeatureNotOffered(t *testing.T) {
	d := newDriver(t, NewEntropy(nil), false)
	d.out(0x70, 1|2)
	d.out(0x24, 0)
	d.out(0x20, 1<<7)
	d.out(0x70, 1|2|8)
	if d.in(0x70)&8 != 0 {
		t.Error("FEATURES_OK sticks with a feature that was not offered")
	}
}

func TestNoNotifyBeforeDriverOK(t *testing.T) {
	d := newDriver(t, NewEntropy(zeros{}), false)
	d.start(1, allFeatures)
	d.out(0x70, 1|2|8) // without DRIVER_OK
	d.submit(0, desc{pa: dataPA, n: 4, flags: flagWrite})
	if d.get16(d.used(0)+2) != 0 {
		t.Error("a device that is not live works")
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 0xa5
	}
	return len(p), nil
}

func TestEntropy(t *testing.T) {
	d := newDriver(t, NewEntropy(zeros{}), false)
	d.start(1, allFeatures)
	d.submit(0, desc{pa: dataPA, n: 10, flags: flagWrite}, desc{pa: dataPA + 100, n: 5, flags: flagWrite})
	if n := d.completed(0); n != 15 {
		t.Errorf("%d bytes, want 15", n)
	}
	m := d.mem.b[dataPA-memBase:]
	if m[9] != 0xa5 || m[10] != 0 || m[100] != 0xa5 || m[104] != 0xa5 || m[105] != 0 {
		t.Errorf("buffers % x ... % x", m[:12], m[99:107])
	}
}

func TestEntropyEnds(t *testing.T) {
	d := newDriver(t, NewEntropy(io.LimitReader(zeros{}, 3)), false)
	d.start(1, allFeatures)
	d.submit(0, desc{pa: dataPA, n: 10, flags: flagWrite})
	if !d.needsReset() {
		t.Error("a source without bytes is not reported")
	}
}

func TestConsole(t *testing.T) {
	var sent []byte
	c := NewConsole(func(b []byte) { sent = append(sent, b...) })
	d := newDriver(t, c, false)
	d.start(2, allFeatures)
	copy(d.mem.b[dataPA-memBase:], "hello, console")
	d.submit(1, desc{pa: dataPA, n: 5}, desc{pa: dataPA + 5, n: 9})
	d.completed(1)
	if string(sent) != "hello, console" {
		t.Errorf("sent %q", sent)
	}
	if c.Listening(d.Transport) {
		t.Error("a console without buffers listens")
	}
	d.submit(0, desc{pa: dataPA + 0x100, n: 16, flags: flagWrite})
	if !c.Listening(d.Transport) {
		t.Fatal("a console with a buffer does not listen")
	}
	c.Receive(d.Transport, 'k')
	if n := d.completed(0); n != 1 || d.mem.b[dataPA+0x100-memBase] != 'k' || c.Listening(d.Transport) {
		t.Errorf("received %d bytes", n)
	}
}

// The driver may ask not to be interrupted (2.7.10).
func TestNoInterruptFlag(t *testing.T) {
	d := newDriver(t, NewEntropy(zeros{}), false)
	d.start(1, allFeatures)
	d.put16(d.avail(0), 1)
	d.submit(0, desc{pa: dataPA, n: 4, flags: flagWrite})
	if d.irq || d.get16(d.used(0)+2) != 1 {
		t.Errorf("interrupt %v, used %d", d.irq, d.get16(d.used(0)+2))
	}
}

func TestRegisterWidth(t *testing.T) {
	d := newDriver(t, NewEntropy(nil), false)
	if _, ok := d.Load(0, 2); ok {
		t.Error("a 2-byte load of a register works")
	}
	if d.Store(0x70, 1, 1) {
		t.Error("a 1-byte store to a register works")
	}
}
