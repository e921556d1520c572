package virtio

import (
	"encoding/binary"
	"io"
)

// Block device (5.2).
const (
	idBlock = 2

	featureBlkSegMax = 1 << 2
	featureBlkRO     = 1 << 5
	featureBlkSize   = 1 << 6
	featureBlkFlush  = 1 << 9

	// SectorSize is the unit of capacity and sector numbers, whatever blk_size
	// says (5.2.4).
	SectorSize = 512

	blkIn    = 0
	blkOut   = 1
	blkFlush = 4
	blkGetID = 8

	blkOK     = 0
	blkIOErr  = 1
	blkUnsupp = 2

	blkHeaderSize = 16 // type 4, reserved 4, sector 8
	blkIDSize     = 20
	blkSegMax     = 126 // segments of data in one request; QEMU's value

	// maxTransfer bounds what one request makes the host allocate.
	maxTransfer = 16 << 20
)

// Disk is what is behind a block device.
type Disk interface {
	io.ReaderAt
	io.WriterAt
	Size() int64    // bytes; a last partial sector is not reachable
	ReadOnly() bool // WriteAt is never called then
	Sync() error
}

// Block is a Backend: a disk.
type Block struct {
	disk Disk
	name string // serial number, for GET_ID
}

// NewBlock returns a block device on disk with a serial number.
func NewBlock(disk Disk, serial string) *Block { return &Block{disk, serial} }

// ID implements Backend.
func (d *Block) ID() uint32 { return idBlock }

// Queues implements Backend.
func (d *Block) Queues() int { return 1 }

// Features implements Backend.
func (d *Block) Features() uint64 {
	f := uint64(featureBlkSegMax | featureBlkSize | featureBlkFlush)
	if d.disk.ReadOnly() {
		f |= featureBlkRO
	}
	return f
}

// Config implements Backend: struct virtio_blk_config up to blk_size (5.2.4).
func (d *Block) Config() []byte {
	c := make([]byte, 24)
	binary.LittleEndian.PutUint64(c[0:], d.sectors())
	binary.LittleEndian.PutUint32(c[12:], blkSegMax)
	binary.LittleEndian.PutUint32(c[20:], SectorSize)
	return c
}

func (d *Block) sectors() uint64 { return uint64(d.disk.Size()) / SectorSize }

// Reset implements Backend.
func (d *Block) Reset() {}

// Notify implements Backend: carries out every request in the queue.
func (d *Block) Notify(t *Transport, q int) {
	for {
		c, ok := t.next(q)
		if !ok {
			return
		}
		// The status byte is the last byte of the last writable buffer (5.2.6).
		last := len(c.bufs) - 1
		if last < 1 || !c.bufs[last].write || c.bufs[last].n == 0 {
			t.broken()
			return
		}
		st := &c.bufs[last]
		statusPA := st.pa + uint64(st.n) - 1
		st.n--
		n, status := d.request(t, c.bufs)
		if !t.c.Mem.Write(statusPA, []byte{status}) {
			t.broken()
			return
		}
		t.done(q, c, n+1)
	}
}

// request carries out one request and returns the bytes written to the guest,
// without the status byte, and the status.
func (d *Block) request(t *Transport, bufs []buffer) (n uint32, status byte) {
	out, ok := t.gather(bufs, blkHeaderSize+maxTransfer)
	if !ok || len(out) < blkHeaderSize {
		return 0, blkIOErr
	}
	kind := binary.LittleEndian.Uint32(out)
	sector := binary.LittleEndian.Uint64(out[8:])
	out = out[blkHeaderSize:]
	switch kind {
	case blkIn:
		return d.read(t, bufs, sector)
	case blkOut:
		if d.disk.ReadOnly() || !d.inside(sector, uint64(len(out))) {
			return 0, blkIOErr
		}
		if _, err := d.disk.WriteAt(out, int64(sector)*SectorSize); err != nil {
			return 0, blkIOErr
		}
		return 0, blkOK
	case blkFlush:
		if d.disk.Sync() != nil {
			return 0, blkIOErr
		}
		return 0, blkOK
	case blkGetID:
		id := make([]byte, blkIDSize)
		copy(id, d.name)
		n, ok := t.scatter(bufs, id)
		if !ok {
			return 0, blkIOErr
		}
		return n, blkOK
	}
	return 0, blkUnsupp
}

func (d *Block) read(t *Transport, bufs []buffer, sector uint64) (n uint32, status byte) {
	size := capacity(bufs)
	if size > maxTransfer || !d.inside(sector, size) {
		return 0, blkIOErr
	}
	data := make([]byte, size)
	if _, err := d.disk.ReadAt(data, int64(sector)*SectorSize); err != nil {
		return 0, blkIOErr
	}
	n, ok := t.scatter(bufs, data)
	if !ok {
		return 0, blkIOErr
	}
	return n, blkOK
}

// inside reports whether n bytes from sector are whole sectors of the disk.
func (d *Block) inside(sector, n uint64) bool {
	total := d.sectors()
	return n%SectorSize == 0 && sector <= total && n/SectorSize <= total-sector
}
