package ata

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"testing"
)

type memDisk struct {
	data     []byte
	readOnly bool
	broken   bool
	synced   int
}

func (d *memDisk) ReadAt(b []byte, off int64) (int, error) {
	if d.broken {
		return 0, errors.New("broken")
	}
	return bytes.NewReader(d.data).ReadAt(b, off)
}

func (d *memDisk) WriteAt(b []byte, off int64) (int, error) {
	if d.broken {
		return 0, io.ErrShortWrite
	}
	return copy(d.data[off:], b), nil
}
func (d *memDisk) Size() int64    { return int64(len(d.data)) }
func (d *memDisk) ReadOnly() bool { return d.readOnly }
func (d *memDisk) Sync() error    { d.synced++; return nil }

type rig struct {
	*Channel
	disk *memDisk
	irq  bool
}

func newRig(sectors int) *rig {
	r := &rig{disk: &memDisk{data: make([]byte, sectors*512)}}
	for i := range sectors {
		binary.LittleEndian.PutUint32(r.disk.data[i*512:], uint32(i)|0xab<<24)
	}
	r.Channel = New(func(l bool) { r.irq = l }, r.disk, "serial7")
	return r
}

func (r *rig) issue(cmd, lba, count uint64) {
	r.Store(regCount, 1, count)
	r.Store(regLow, 1, lba&0xff)
	r.Store(regMid, 1, lba>>8&0xff)
	r.Store(regHigh, 1, lba>>16&0xff)
	r.Store(regDevice, 1, 0xe0|lba>>24)
	r.Store(regStatus, 1, cmd)
}

// in reads a block of n bytes, having waited for the interrupt and DRQ.
func (r *rig) in(t *testing.T, n int) []byte {
	t.Helper()
	if !r.irq {
		t.Fatal("no interrupt announces the block")
	}
	if st, _ := r.Load(regStatus, 1); st&statusDRQ == 0 || st&statusERR != 0 {
		t.Fatalf("status %#x, want DRQ", st)
	}
	if r.irq {
		t.Fatal("reading the status does not acknowledge")
	}
	var out []byte
	for len(out) < n {
		v, _ := r.Load(regData, 2)
		out = binary.LittleEndian.AppendUint16(out, uint16(v))
	}
	return out
}

func TestIdentify(t *testing.T) {
	r := newRig(1000)
	r.issue(cmdIdentify, 0, 0)
	id := r.in(t, 512)
	word := func(n int) uint32 { return uint32(binary.LittleEndian.Uint16(id[2*n:])) }
	if n := word(60) | word(61)<<16; n != 1000 {
		t.Errorf("words 60-61 say %d sectors, want 1000", n)
	}
	if word(49)&(1<<9) == 0 {
		t.Error("word 49 does not offer LBA")
	}
	if id[20] != 'e' || id[21] != 's' {
		t.Errorf("serial number begins %q: characters go in pairs, high byte first", id[20:22])
	}
	if st, _ := r.Load(regStatus, 1); st != statusDRDY|statusDSC {
		t.Errorf("status %#x after the data", st)
	}
}

func TestRead(t *testing.T) {
	r := newRig(1000)
	r.issue(cmdReadSectors, 517, 3)
	for i := range uint32(3) {
		if got := binary.LittleEndian.Uint32(r.in(t, 512)); got != (517+i)|0xab<<24 {
			t.Errorf("sector %d holds %#x", 517+i, got)
		}
	}
	r.issue(cmdSetMultiple, 0, 2)
	r.issue(cmdReadMultiple, 10, 3)
	if b := r.in(t, 1024); b[512] != 11 {
		t.Error("the block of READ MULTIPLE does not hold two sectors")
	}
	if b := r.in(t, 512); b[0] != 12 {
		t.Error("the last block of READ MULTIPLE is not the rest")
	}
}

func TestCylinderHeadSector(t *testing.T) {
	r := newRig(3000)
	r.Store(regCount, 1, 1)
	r.Store(regLow, 1, 5) // sector 5, cylinder 1, head 2
	r.Store(regMid, 1, 1)
	r.Store(regHigh, 1, 0)
	r.Store(regDevice, 1, 0xa2)
	r.Store(regStatus, 1, cmdReadSectors)
	if got, want := binary.LittleEndian.Uint32(r.in(t, 512))&0xffffff, uint32((1*16+2)*63+4); got != want {
		t.Errorf("sector %d, want %d", got, want)
	}
}

func TestWrite(t *testing.T) {
	r := newRig(100)
	r.issue(cmdWriteSectors, 7, 2)
	if r.irq {
		t.Error("the first block of a write is announced by an interrupt")
	}
	for i := range 512 {
		r.Store(regData, 2, uint64(i))
		if i == 255 && !r.irq {
			t.Error("no interrupt asks for the second block")
		}
	}
	if st, _ := r.Load(regStatus, 1); st != statusDRDY|statusDSC {
		t.Errorf("status %#x after the data", st)
	}
	if r.disk.data[7*512+2] != 1 || binary.LittleEndian.Uint16(r.disk.data[9*512-2:]) != 511 {
		t.Error("the data is not on the disk")
	}
	r.issue(cmdFlush, 0, 0)
	if r.disk.synced != 1 {
		t.Error("FLUSH CACHE does not reach the disk")
	}
}

func TestErrors(t *testing.T) {
	for _, c := range []struct {
		name            string
		cmd, lba, count uint64
		prepare         func(*memDisk)
		want            uint64
	}{
		{"behind the end", cmdReadSectors, 99, 2, nil, errorIDNF},
		{"write to a read-only disk", cmdWriteSectors, 0, 1, func(d *memDisk) { d.readOnly = true }, errorABRT},
		{"multiple without a block size", cmdReadMultiple, 0, 1, nil, errorABRT},
		{"unknown command", 0x17, 0, 0, nil, errorABRT},
		{"broken disk", cmdReadSectors, 0, 1, func(d *memDisk) { d.broken = true }, errorUNC},
		{"block size that is no power of two", cmdSetMultiple, 0, 3, nil, errorABRT},
	} {
		r := newRig(100)
		if c.prepare != nil {
			c.prepare(r.disk)
		}
		r.issue(c.cmd, c.lba, c.count)
		st, _ := r.Load(regStatus, 1)
		if err, _ := r.Load(regError, 1); st&statusERR == 0 || st&statusDRQ != 0 || err != c.want {
			t.Errorf("%s: status %#x, error %#x, want %#x", c.name, st, err, c.want)
		}
	}
}

func TestAbsentDevice(t *testing.T) {
	r := newRig(10)
	r.Store(regDevice, 1, 0xf0)
	if st, _ := r.Load(regStatus, 1); st != 0 {
		t.Errorf("device 1 has status %#x, want 0", st)
	}
	r.Store(regStatus, 1, cmdIdentify)
	if r.irq {
		t.Error("an absent device interrupts")
	}
	none := New(func(bool) {}, nil, "")
	if st, _ := none.Load(regStatus, 1); st != 0 {
		t.Errorf("an empty channel has status %#x, want 0", st)
	}
}

func TestSoftReset(t *testing.T) {
	r := newRig(10)
	r.issue(cmdReadSectors, 0, 1)
	r.Control().Store(0, 1, controlSRST)
	r.Control().Store(0, 1, 0)
	c, _ := r.Load(regCount, 1)
	l, _ := r.Load(regLow, 1)
	m, _ := r.Load(regMid, 1)
	if c != 1 || l != 1 || m != 0 {
		t.Errorf("signature %d %d %d, want 1 1 0", c, l, m)
	}
}
