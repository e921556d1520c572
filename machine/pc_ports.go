package machine

import (
	"github.com/sirupsen/logrus"

	"rv86/machine/bus"
)

// ports is the PC's I/O address space. It implements i386.PortBus.
type ports struct {
	bus.Map
	log *logrus.Logger
}

// floating is what a bus reads that nobody drives.
const floating = 0xff

// In reads a port. An access that no device takes as a whole is split into
// bytes, as the ISA bus does for 8-bit devices.
func (p *ports) In(port uint16, size int) uint32 {
	if v, ok := p.Load(uint64(port), size); ok {
		return uint32(v)
	}
	if size == 1 {
		p.missing("load", port)
		return floating
	}
	var v uint32
	for i := range size {
		v |= p.In(port+uint16(i), 1) << (8 * i)
	}
	return v
}

// Out writes a port.
func (p *ports) Out(port uint16, size int, v uint32) {
	if p.Store(uint64(port), size, uint64(v)) {
		return
	}
	if size == 1 {
		p.missing("store", port)
		return
	}
	for i := range size {
		p.Out(port+uint16(i), 1, v>>(8*i)&floating)
	}
}

func (p *ports) missing(what string, port uint16) {
	if p.log.IsLevelEnabled(logrus.DebugLevel) {
		p.log.WithField("subsystem", "ports").Debugf("nothing answers a %s at port %#x", what, port)
	}
}
