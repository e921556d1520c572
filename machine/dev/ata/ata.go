// Package ata is one channel of an IDE controller with a disk as device 0, in
// programmed I/O.
//
// Source: ATA/ATAPI-6 (T13/1410D); clause numbers are its. A block is one sector
// unless SET MULTIPLE MODE says otherwise. A command completes at once: BSY is
// never seen set. Not modelled: DMA, device 1, ATAPI, power modes.
//
//	0x1f0  data (16 or 32 bits)     0x1f4  LBA mid
//	0x1f1  error / features         0x1f5  LBA high
//	0x1f2  sector count             0x1f6  device
//	0x1f3  LBA low                  0x1f7  status / command
//	0x3f6  alternate status / device control
package ata

import (
	"encoding/binary"
	"fmt"
	"io"

	"rv86/cpu/state"
	"rv86/machine/bus"
	"rv86/machine/fdt"
)

// Register offsets.
const (
	regData = iota
	regError
	regCount
	regLow
	regMid
	regHigh
	regDevice
	regStatus
)

// Status register (7.15).
const (
	statusERR  = 1 << 0
	statusDRQ  = 1 << 3
	statusDSC  = 1 << 4
	statusDRDY = 1 << 6
)

// Error register (7.9).
const (
	errorABRT = 1 << 2
	errorIDNF = 1 << 4
	errorUNC  = 1 << 6
	errorDiag = 0x01 // device 0 passed its diagnostics
)

const (
	deviceDEV   = 1 << 4
	deviceLBA   = 1 << 6
	deviceFixed = 0xa0
	headMask    = 0x0f

	controlSRST = 1 << 2
	controlNIEN = 1 << 1
	controlHOB  = 1 << 7
)

// Commands (8).
const (
	cmdRecalibrate     = 0x10
	cmdReadSectors     = 0x20
	cmdReadSectorsOld  = 0x21
	cmdReadSectorsExt  = 0x24
	cmdReadMultipleExt = 0x29
	cmdWriteSectors    = 0x30
	cmdWriteSectorsOld = 0x31
	cmdWriteExt        = 0x34
	cmdWriteMultiExt   = 0x39
	cmdVerify          = 0x40
	cmdVerifyExt       = 0x42
	cmdSeek            = 0x70
	cmdDiagnose        = 0x90
	cmdInitParams      = 0x91
	cmdReadMultiple    = 0xc4
	cmdWriteMultiple   = 0xc5
	cmdSetMultiple     = 0xc6
	cmdFlush           = 0xe7
	cmdFlushExt        = 0xea
	cmdIdentify        = 0xec
	cmdSetFeatures     = 0xef
)

const (
	sectorSize  = 512
	maxMultiple = 16
	heads       = 16
	perTrack    = 63
	maxCylinder = 16383
	lba28Limit  = 1 << 28
)

// Disk is what is behind the channel.
type Disk interface {
	io.ReaderAt
	io.WriterAt
	Size() int64 // bytes; a last partial sector is not reachable
	ReadOnly() bool
	Sync() error
}

// Channel implements bus.Device for the command block.
type Channel struct {
	irq    bus.Line
	disk   Disk // nil: nothing is connected
	serial string

	// Registers are two deep for 48-bit addresses: [0] is the newer.
	count, low, mid, high [2]uint8
	device, status, err   uint8
	control               uint8
	multiple              int // sectors per block, 0 if not set
	pendingIRQ            bool

	// The transfer in progress.
	buf     []byte
	pos     int
	writing bool
	lba     uint64
	left    uint64 // sectors after the block in buf
	block   int    // sectors per block
}

// New returns a channel with a disk, which may be nil.
func New(irq bus.Line, disk Disk, serial string) *Channel {
	c := &Channel{irq: irq, disk: disk, serial: serial}
	c.Reset()
	return c
}

func (c *Channel) sectors() uint64 { return uint64(c.disk.Size()) / sectorSize }

// absent: no device answers, so its registers read as zero (nothing drives the
// bus, and DD7 is pulled down).
func (c *Channel) absent() bool { return c.disk == nil || c.device&deviceDEV != 0 }

func (c *Channel) interrupt(on bool) {
	c.pendingIRQ = on
	c.irq(on && c.control&controlNIEN == 0)
}

// Load implements bus.Device.
func (c *Channel) Load(off uint64, size int) (uint64, bool) {
	if off == regData {
		return c.readData(size), true
	}
	if size != 1 {
		return 0, false
	}
	if c.absent() {
		return 0, true
	}
	hob := 0
	if c.control&controlHOB != 0 {
		hob = 1
	}
	switch off {
	case regError:
		return uint64(c.err), true
	case regCount:
		return uint64(c.count[hob]), true
	case regLow:
		return uint64(c.low[hob]), true
	case regMid:
		return uint64(c.mid[hob]), true
	case regHigh:
		return uint64(c.high[hob]), true
	case regDevice:
		return uint64(c.device | deviceFixed), true
	}
	c.interrupt(false) // reading the status acknowledges
	return uint64(c.status), true
}

// Store implements bus.Device. The address registers of both devices are
// written at once.
func (c *Channel) Store(off uint64, size int, v uint64) bool {
	if off == regData {
		c.writeData(size, v)
		return true
	}
	if size != 1 {
		return false
	}
	c.control &^= controlHOB
	push := func(r *[2]uint8) { r[1], r[0] = r[0], uint8(v) }
	switch off {
	case regError: // features: only SET FEATURES looks, and accepts everything
	case regCount:
		push(&c.count)
	case regLow:
		push(&c.low)
	case regMid:
		push(&c.mid)
	case regHigh:
		push(&c.high)
	case regDevice:
		c.device = uint8(v)
	case regStatus:
		if !c.absent() {
			c.interrupt(false)
			c.command(uint8(v))
		}
	}
	return true
}

// Reset implements bus.Device: power-on and software reset (9.2), which leave
// the signature of a disk.
func (c *Channel) Reset() {
	*c = Channel{irq: c.irq, disk: c.disk, serial: c.serial, err: errorDiag}
	c.count[0], c.low[0] = 1, 1
	c.status = statusDRDY | statusDSC
	c.irq(false)
}

// Node implements bus.Device.
func (c *Channel) Node(bus.Place) *fdt.Node { return nil }

// WriteState implements bus.Device.
func (c *Channel) WriteState(w io.Writer) error {
	if err := binary.Write(w, binary.LittleEndian, struct {
		Regs                         [8]uint8
		Device, Status, Err, Control uint8
		IRQ, Writing                 bool
		Multiple, Pos, Block, Len    uint32
		LBA, Left                    uint64
	}{
		[8]uint8{c.count[0], c.count[1], c.low[0], c.low[1], c.mid[0], c.mid[1], c.high[0], c.high[1]},
		c.device, c.status, c.err, c.control, c.pendingIRQ, c.writing,
		uint32(c.multiple), uint32(c.pos), uint32(c.block), uint32(len(c.buf)), c.lba, c.left,
	}); err != nil {
		return err
	}
	_, err := w.Write(c.buf)
	return err
}

// Control is the window at 0x3f6.
type Control struct{ c *Channel }

// Control returns the control block.
func (c *Channel) Control() *Control { return &Control{c} }

// Load is the alternate status: it does not acknowledge.
func (k *Control) Load(_ uint64, size int) (uint64, bool) {
	if k.c.absent() {
		return 0, size == 1
	}
	return uint64(k.c.status), size == 1
}

// Store is device control.
func (k *Control) Store(_ uint64, size int, v uint64) bool {
	if size != 1 {
		return false
	}
	c := k.c
	if c.control&controlSRST == 0 && v&controlSRST != 0 {
		c.Reset()
	}
	c.control = uint8(v)
	c.interrupt(c.pendingIRQ)
	return true
}

// Reset implements bus.Device: the channel's own reset covers it.
func (k *Control) Reset() {}

// Node implements bus.Device.
func (k *Control) Node(bus.Place) *fdt.Node { return nil }

// WriteState implements bus.Device: the channel's state covers it.
func (k *Control) WriteState(io.Writer) error { return nil }

// State implements bus.Device.
func (c *Channel) State(s *state.Codec) {
	s.Fields(&c.count, &c.low, &c.mid, &c.high, &c.device, &c.status, &c.err, &c.control, &c.multiple,
		&c.pendingIRQ, &c.pos, &c.writing, &c.lba, &c.left, &c.block)
	s.Bytes(&c.buf, maxMultiple*sectorSize)
	s.Check(c.multiple >= 0 && c.multiple <= maxMultiple && c.block >= 0 && c.block <= maxMultiple, "the ATA block size")
	s.Check(c.pos >= 0 && c.pos <= len(c.buf) && len(c.buf)%sectorSize == 0, "the ATA transfer")
	s.Check(c.disk != nil || c.buf == nil, "the ATA transfer")
}

// State implements bus.Device: the channel's state covers it.
func (k *Control) State(*state.Codec) {}

// Inspect tells the channel's registers; nothing is acknowledged.
func (c *Channel) Inspect() []string {
	return []string{fmt.Sprintf("status %02x  error %02x  device %02x  control %02x  %d of %d bytes transferred", c.status, c.err, c.device, c.control, c.pos, len(c.buf))}
}
