package machine

import (
	"rv86/cpu"
	"rv86/cpu/state"
	"rv86/machine/bus"
	"rv86/machine/image"
)

// State saves or loads all of a machine but RAM: processor, devices, clock, and
// where in its run it is. Loading needs a machine of the same make. Put RAM back
// first, and tell the processor (cpu.Core.InvalidateCode).
func (r *Runner) State(c *state.Codec) {
	c.Label("machine")
	ended, status := r.exit != nil, 0
	if ended {
		status = *r.exit
	}
	c.Fields(&r.idleSlots, &ended, &status, &r.reset, &r.polled, &r.polls.start, &r.console.sent,
		&r.turn.begun, &r.turn.end, &r.turn.moment, &r.lastActivity, &r.quietSince)
	if c.Loading() {
		r.exit = nil
		if ended {
			r.exit = &status
		}
	}
	r.core.(cpu.Debugged).State(c)
	now := r.core.Insns()
	c.Check(r.idleSlots <= now, "the time spent idle")
	c.Check(!r.turn.begun || r.turn.end <= (now/slice+1)*slice, "the next event")
	r.flushed = min(r.flushed, r.core.Insns())
	if c.Err() == nil {
		r.bus.State(c)
	}
	if c.Err() == nil && r.ioSpace != nil {
		r.ioSpace.State(c)
	}
	c.End()
}

// RAM is the board's memory and its physical address. Who writes to it tells
// the processor.
func (m *Machine) RAM() (data []byte, base uint64) { return m.ram.data, m.ram.base }

// Ports lists the device windows in the space of I/O ports, if there is one.
func (m *Machine) Ports() []bus.Region {
	if m.ioSpace == nil {
		return nil
	}
	return m.ioSpace.Regions()
}

// Moment is how often the world outside could have acted; see Journal.
func (r *Runner) Moment() uint64 { return r.turn.moment }

// Journal is the run's.
func (r *Runner) Journal() *Journal { return r.cfg.Journal }

// Input is the console's input, nil if it is not connected.
func (r *Runner) Input() *Input { return r.cfg.Input }

// Observe replaces RunConfig.Observe; nil stands for Core.Run.
func (r *Runner) Observe(f func(limit uint64) cpu.Stop) {
	if f == nil {
		f = r.core.Run
	}
	r.cfg.Observe = f
}

// Branch says that from here on the run goes another way than it did before:
// what the journal knows of the time after is forgotten, and output is new.
func (r *Runner) Branch() {
	r.cfg.Journal.Cut(r.turn.moment)
	r.console.shown = r.console.sent
}

// Images saves or loads what a reset of the machine starts again.
func (m *Machine) Images(c *state.Codec) {
	c.Label("images")
	m.images(c, &m.ram)
	c.End()
}

// Bounds of images that are being saved.
const (
	maxSegments    = 1 << 10
	maxSegmentName = 1 << 12
)

// state saves or loads what the virt board starts from.
func (out *bootImage) state(c *state.Codec, r *ram) {
	c.Label("virt")
	c.Fields(&out.pc, &out.next, &out.fdt)
	c.Check(out.pc&1 == 0, "the first instruction's address")
	stateSegments(c, r, &out.segments)
}

// stateImages saves or loads what the pc starts from; a BIOS is in the state of
// its device.
func (p *PC) stateImages(c *state.Codec, r *ram) {
	if p.kernel == nil {
		c.Label("bios")
		return
	}
	c.Label("multiboot")
	c.Fields(&p.kernel.entry)
	stateSegments(c, r, &p.kernel.segments)
}

func stateSegments(c *state.Codec, r *ram, all *[]image.Segment) {
	n := c.Len(len(*all), maxSegments)
	if c.Loading() {
		*all = make([]image.Segment, n)
	}
	for i := range *all {
		s := &(*all)[i]
		c.String(&s.Name, maxSegmentName)
		c.Fields(&s.Addr, &s.Size)
		c.Bytes(&s.Data, len(r.data))
		c.Check(r.inside(s.Addr, s.Size) && uint64(len(s.Data)) <= s.Size, "the place of an image")
		if c.Err() != nil {
			*all = nil
			return
		}
	}
}

// ObserveDevices calls f for every access of the processor that a device
// answers, in memory or at a port.
func (m *Machine) ObserveDevices(f func(r *bus.Region, write bool, addr uint64, size int, v uint64)) {
	m.bus.Observe = f
	if m.ioSpace != nil {
		m.ioSpace.Observe = f
	}
}
