package virtio

import (
	"encoding/binary"
	"fmt"
	"io"

	"rv86/cpu/state"
	"rv86/machine/bus"
	"rv86/machine/fdt"
)

// Register offsets (4.2.2, table 4.1); those marked L are of the legacy
// interface only (4.2.4), M of the modern one only.
const (
	regMagic            = 0x000
	regVersion          = 0x004
	regDeviceID         = 0x008
	regVendorID         = 0x00c
	regDeviceFeatures   = 0x010
	regDeviceFeatureSel = 0x014
	regDriverFeatures   = 0x020
	regDriverFeatureSel = 0x024
	regGuestPageSize    = 0x028 // L
	regQueueSel         = 0x030
	regQueueNumMax      = 0x034
	regQueueNum         = 0x038
	regQueueAlign       = 0x03c // L
	regQueuePFN         = 0x040 // L
	regQueueReady       = 0x044 // M
	regQueueNotify      = 0x050
	regInterruptStatus  = 0x060
	regInterruptACK     = 0x064
	regStatus           = 0x070
	regQueueDescLow     = 0x080 // M
	regQueueDescHigh    = 0x084
	regQueueDriverLow   = 0x090
	regQueueDriverHigh  = 0x094
	regQueueDeviceLow   = 0x0a0
	regQueueDeviceHigh  = 0x0a4
	regSHMLenLow        = 0x0b0 // M
	regSHMLenHigh       = 0x0b4
	regSHMBaseLow       = 0x0b8
	regSHMBaseHigh      = 0x0bc
	regConfigGeneration = 0x0fc // M
	regConfig           = 0x100
)

const (
	magicValue    = 0x74726976 // "virt"
	versionLegacy = 1
	versionModern = 2
	vendorID      = 0x554d4551 // "QEMU": drivers in the wild insist on it
)

// Device status bits (2.1).
const (
	statusDriverOK   = 1 << 2
	statusFeaturesOK = 1 << 3
	statusNeedsReset = 1 << 6
)

// Interrupt status bits (4.2.2).
const (
	intUsedBuffer = 1 << 0
)

// Feature bits that every device offers (6).
const (
	featureIndirectDesc = 1 << 28
	featureVersion1     = 1 << 32
)

// queueNumMax is the largest ring a driver may choose. QEMU's value.
const queueNumMax = 1024

// Backend is a kind of device behind the transport.
type Backend interface {
	// ID is the device type (5), 0 for none.
	ID() uint32
	// Features are the kind's own feature bits.
	Features() uint64
	// Queues is the number of virtqueues.
	Queues() int
	// Config returns the configuration space.
	Config() []byte
	// Notify handles the available buffers of queue q.
	Notify(t *Transport, q int)
	// Reset forgets what a driver set up.
	Reset()
}

// Config connects a transport to its board.
type Config struct {
	IRQ    bus.Line
	Mem    bus.Memory
	Legacy bool    // offer the pre-1.0 interface instead of the modern one
	Dev    Backend // nil for an empty slot
}

// Transport is one virtio-mmio slot; it implements bus.Device. Not safe for
// concurrent use.
type Transport struct {
	c Config

	status         uint32
	intStatus      uint32
	devFeatureSel  uint32
	drvFeatureSel  uint32
	driverFeatures uint64
	queueSel       uint32
	pageSize       uint32 // legacy
	queues         []queue
}

// New returns a slot with the device in it.
func New(c Config) *Transport {
	t := &Transport{c: c}
	if c.Dev != nil {
		t.queues = make([]queue, c.Dev.Queues())
	}
	return t
}

// Reset implements bus.Device; a driver causes nearly the same by writing 0 to
// Status.
func (t *Transport) Reset() {
	queues := t.queues
	for i := range queues {
		queues[i] = queue{}
	}
	*t = Transport{c: t.c, queues: queues}
	if t.c.Dev != nil {
		t.c.Dev.Reset()
	}
	t.c.IRQ(false)
}

// Live reports whether a driver has taken the device into use.
func (t *Transport) Live() bool { return t.status&statusDriverOK != 0 }

func (t *Transport) features() uint64 {
	f := t.c.Dev.Features() | featureIndirectDesc
	if !t.c.Legacy {
		f |= featureVersion1
	}
	return f
}

// selected is the queue that QueueSel names, or nil.
func (t *Transport) selected() *queue {
	if int64(t.queueSel) < int64(len(t.queues)) {
		return &t.queues[t.queueSel]
	}
	return nil
}

// Load implements bus.Device. Registers are 32 bits wide (4.2.2.2); the
// configuration space takes any width.
func (t *Transport) Load(off uint64, size int) (uint64, bool) {
	if off >= regConfig && t.c.Dev != nil {
		return t.loadConfig(off-regConfig, size), true
	}
	if size != 4 || off%4 != 0 {
		return 0, false
	}
	return uint64(t.loadReg(off)), true
}

func (t *Transport) loadConfig(off uint64, size int) uint64 {
	var b [8]byte
	if cfg := t.c.Dev.Config(); off < uint64(len(cfg)) {
		copy(b[:size], cfg[off:])
	}
	return binary.LittleEndian.Uint64(b[:])
}

func (t *Transport) loadReg(off uint64) uint32 {
	switch off {
	case regMagic:
		return magicValue
	case regVersion:
		if t.c.Legacy {
			return versionLegacy
		}
		return versionModern
	case regVendorID:
		return vendorID
	}
	if t.c.Dev == nil { // 4.2.2: a slot with DeviceID 0 is to be ignored
		return 0
	}
	switch off {
	case regDeviceID:
		return t.c.Dev.ID()
	case regDeviceFeatures:
		return half(t.features(), t.devFeatureSel)
	case regQueueNumMax:
		if t.selected() != nil {
			return queueNumMax
		}
	case regQueuePFN:
		if q := t.selected(); q != nil && t.c.Legacy {
			return q.pfn
		}
	case regQueueReady:
		if q := t.selected(); q != nil && q.ready && !t.c.Legacy {
			return 1
		}
	case regInterruptStatus:
		return t.intStatus
	case regStatus:
		return t.status
	case regSHMLenLow, regSHMLenHigh, regSHMBaseLow, regSHMBaseHigh:
		return ^uint32(0) // no shared memory region (4.2.2)
	}
	return 0
}

// half is one 32-bit window on a 64-bit feature set.
func half(v uint64, sel uint32) uint32 {
	if sel > 1 {
		return 0
	}
	return uint32(v >> (32 * sel))
}

// Store implements bus.Device.
func (t *Transport) Store(off uint64, size int, v uint64) bool {
	if t.c.Dev == nil || off >= regConfig {
		return true // none of our devices has a writable configuration field
	}
	if size != 4 || off%4 != 0 {
		return false
	}
	t.storeReg(off, uint32(v))
	return true
}

func (t *Transport) storeReg(off uint64, v uint32) {
	switch off {
	case regDeviceFeatureSel:
		t.devFeatureSel = v
	case regDriverFeatureSel:
		t.drvFeatureSel = v
	case regDriverFeatures:
		if s := t.drvFeatureSel; s <= 1 {
			shift := 32 * s
			t.driverFeatures = t.driverFeatures&^(0xffffffff<<shift) | uint64(v)<<shift
		}
	case regGuestPageSize:
		t.pageSize = v
	case regQueueSel:
		t.queueSel = v
	case regQueueNotify:
		if int64(v) < int64(len(t.queues)) && t.Live() && t.status&statusNeedsReset == 0 {
			t.c.Dev.Notify(t, int(v))
		}
	case regInterruptACK:
		t.intStatus &^= v
		t.c.IRQ(t.intStatus != 0)
	case regStatus:
		t.writeStatus(v)
	default:
		if q := t.selected(); q != nil {
			t.storeQueue(q, off, v)
		}
	}
}

// writeStatus: 0 resets; FEATURES_OK sticks only if the device can live with
// the accepted features (3.1.1 step 6).
func (t *Transport) writeStatus(v uint32) {
	if v == 0 {
		// Linux sets the legacy page size once, before its first reset.
		page := t.pageSize
		t.Reset()
		t.pageSize = page
		return
	}
	if v&statusFeaturesOK != 0 && t.driverFeatures&^t.features() != 0 {
		v &^= statusFeaturesOK
	}
	t.status = v | t.status&statusNeedsReset
}

func (t *Transport) storeQueue(q *queue, off uint64, v uint32) {
	switch off {
	case regQueueNum:
		if v <= queueNumMax && v&(v-1) == 0 { // 2.7: a power of 2
			q.num = v
		}
		return
	case regQueueAlign:
		q.align = v
		return
	case regQueuePFN:
		if t.c.Legacy {
			q.setPFN(v, t.pageSize)
		}
		return
	}
	if t.c.Legacy {
		return
	}
	switch off {
	case regQueueReady:
		q.ready = v&1 != 0 && q.num != 0
		if !q.ready {
			q.lastAvail, q.usedIdx = 0, 0
		}
	case regQueueDescLow:
		setLow(&q.desc, v)
	case regQueueDescHigh:
		setHigh(&q.desc, v)
	case regQueueDriverLow:
		setLow(&q.avail, v)
	case regQueueDriverHigh:
		setHigh(&q.avail, v)
	case regQueueDeviceLow:
		setLow(&q.used, v)
	case regQueueDeviceHigh:
		setHigh(&q.used, v)
	}
}

func setLow(p *uint64, v uint32)  { *p = *p&^0xffffffff | uint64(v) }
func setHigh(p *uint64, v uint32) { *p = *p&0xffffffff | uint64(v)<<32 }

// interrupt signals used buffers.
func (t *Transport) interrupt() {
	t.intStatus |= intUsedBuffer
	t.c.IRQ(true)
}

// broken marks a device whose driver gave it a ring it cannot follow (2.1.2).
func (t *Transport) broken() {
	t.status |= statusNeedsReset
}

// Node implements bus.Device.
func (t *Transport) Node(p bus.Place) *fdt.Node {
	return bus.Interrupt(fdt.New(bus.NodeName("virtio_mmio", p)).
		Strings("compatible", "virtio,mmio").Reg(p.Base, p.Size), p)
}

// WriteState implements bus.Device.
func (t *Transport) WriteState(w io.Writer) error {
	if err := binary.Write(w, binary.LittleEndian, struct {
		Status, IntStatus, DevSel, DrvSel, QueueSel, PageSize uint32
		Features                                              uint64
	}{
		t.status, t.intStatus, t.devFeatureSel, t.drvFeatureSel, t.queueSel, t.pageSize,
		t.driverFeatures,
	}); err != nil {
		return err
	}
	for i := range t.queues {
		if err := t.queues[i].writeState(w); err != nil {
			return err
		}
	}
	return nil
}

// State implements bus.Device. What is behind the device (a disk's contents)
// is not part of it.
func (t *Transport) State(c *state.Codec) {
	c.Fields(&t.status, &t.intStatus, &t.devFeatureSel, &t.drvFeatureSel, &t.driverFeatures, &t.queueSel, &t.pageSize)
	if c.Len(len(t.queues), len(t.queues)) != len(t.queues) {
		c.Fail("the device has another number of queues")
	}
	for i := range t.queues {
		q := &t.queues[i]
		c.Fields(&q.num, &q.ready, &q.desc, &q.avail, &q.used, &q.lastAvail, &q.usedIdx, &q.align, &q.pfn)
		c.Check(q.num <= queueNumMax && q.num&(q.num-1) == 0 && (q.num != 0 || !q.ready), "the size of a queue")
	}
	if s, ok := t.c.Dev.(stateful); ok {
		s.State(c)
	}
}

// stateful is a backend with a state of its own.
type stateful interface{ State(c *state.Codec) }

// Inspect tells the transport's registers and the queues'.
func (t *Transport) Inspect() (out []string) {
	if t.c.Dev == nil {
		return []string{"empty slot"}
	}
	out = append(out, fmt.Sprintf("device %d  status %02x  interrupt status %d  accepted features %#x", t.c.Dev.ID(), t.status, t.intStatus, t.driverFeatures))
	for i := range t.queues {
		q := &t.queues[i]
		out = append(out, fmt.Sprintf("queue %d: %d entries, ready %v, descriptors %#x, available %#x, used %#x, next %d and %d",
			i, q.num, q.ready, q.desc, q.avail, q.used, q.lastAvail, q.usedIdx))
	}
	return out
}
