// Package pit8254 is the PC's programmable interval timer, with the speaker
// port that holds its third gate.
//
// Source: Intel 8254 data sheet (order 231164-005). Counting happens on a clock
// of 1.193182 MHz, derived from the machine's clock; reads between two events
// are computed. Not modelled: the one-clock delay between a write of the count
// and its load.
//
//	0x40..0x42  counters 0 (IRQ 0), 1 (refresh), 2 (speaker)
//	0x43        control word
//	0x61        speaker: gate 2, output enable; reads back OUT 2 and refresh
package pit8254

import (
	"encoding/binary"
	"fmt"
	"io"
	"math/bits"

	"rv86/cpu/state"
	"rv86/machine/bus"
	"rv86/machine/fdt"
)

// Hz is the input clock: a twelfth of the PC's 14.31818 MHz crystal.
const Hz = 1_193_182

const nsPerSecond = 1_000_000_000

// Never is the time of an event that will not come.
const Never = ^uint64(0)

const (
	portControl = 3
	accessLatch = 0
	accessLow   = 1
	accessHigh  = 2
	accessBoth  = 3
	readBack    = 3 // the counter number that makes a control word a read-back

	readBackNoCount  = 1 << 5
	readBackNoStatus = 1 << 4
	statusOut        = 1 << 7
	statusNull       = 1 << 6
)

// Speaker port bits.
const (
	speakerGate    = 1 << 0
	speakerData    = 1 << 1
	speakerRefresh = 1 << 4
	speakerOut     = 1 << 5
	speakerWrite   = 0x0f
	speakerCounter = 2
)

// Config connects the timer to its board.
type Config struct {
	IRQ     bus.Line
	Now     func() uint64 // nanoseconds
	Changed func()        // the next event may have moved
}

// PIT implements bus.Device for ports 0x40 to 0x43.
type PIT struct {
	c        Config
	counters [3]counter
	speaker  uint8
}

// New returns a timer whose counters have not been programmed.
func New(c Config) *PIT {
	p := &PIT{c: c}
	p.Reset()
	return p
}

// clock is the input clock's count now.
func (p *PIT) clock() uint64 { return scale(p.c.Now(), Hz, nsPerSecond) }

// scale is v*num/den without overflow.
func scale(v, num, den uint64) uint64 {
	hi, lo := bits.Mul64(v, num)
	q, _ := bits.Div64(hi%den, lo, den)
	return q
}

// Deadline is the time in nanoseconds at which the timer's output changes.
func (p *PIT) Deadline() uint64 {
	at := p.counters[0].next(p.clock())
	if at == Never {
		return Never
	}
	// The first nanosecond at which the clock has that count.
	return scale(at, nsPerSecond, Hz) + 1
}

// Tick brings the output up to date. A rate generator's low pulse is shorter
// than a look: its rising edge is what requests the interrupt.
func (p *PIT) Tick() { p.c.IRQ(p.counters[0].out(p.clock())) }

// Load implements bus.Device.
func (p *PIT) Load(off uint64, size int) (uint64, bool) {
	if size != 1 || off == portControl {
		return 0xff, size == 1
	}
	return uint64(p.counters[off].read(p.clock())), true
}

// Store implements bus.Device.
func (p *PIT) Store(off uint64, size int, v uint64) bool {
	if size != 1 {
		return false
	}
	now := p.clock()
	if off != portControl {
		p.counters[off].write(uint8(v), now)
	} else {
		p.control(uint8(v), now)
	}
	p.Tick()
	p.c.Changed()
	return true
}

func (p *PIT) control(v uint8, now uint64) {
	n := v >> 6
	switch {
	case n == readBack:
		for i := range p.counters {
			if v>>(i+1)&1 == 0 {
				continue
			}
			c := &p.counters[i]
			if v&readBackNoStatus == 0 && !c.StatusDue {
				c.Status, c.StatusDue = c.statusByte(now), true
			}
			if v&readBackNoCount == 0 {
				c.latch(now)
			}
		}
	case v>>4&3 == accessLatch:
		p.counters[n].latch(now)
	default:
		p.counters[n].control(v)
	}
}

// Reset implements bus.Device.
func (p *PIT) Reset() {
	for i := range p.counters {
		p.counters[i] = counter{Access: accessBoth, Mode: modeSquare, Gate: i != speakerCounter}
	}
	p.speaker = 0
	p.c.IRQ(false)
}

// Node implements bus.Device.
func (p *PIT) Node(bus.Place) *fdt.Node { return nil }

// WriteState implements bus.Device.
func (p *PIT) WriteState(w io.Writer) error {
	if err := binary.Write(w, binary.LittleEndian, p.counters[:]); err != nil {
		return err
	}
	_, err := w.Write([]byte{p.speaker})
	return err
}

// Speaker is port 0x61.
type Speaker struct{ p *PIT }

// Speaker returns the speaker port.
func (p *PIT) Speaker() *Speaker { return &Speaker{p} }

// Load implements bus.Device.
func (s *Speaker) Load(_ uint64, size int) (uint64, bool) {
	v, now := s.p.speaker&(speakerGate|speakerData), s.p.clock()
	if s.p.counters[speakerCounter].out(now) {
		v |= speakerOut
	}
	// The refresh request toggles every 15 us; programs count its edges.
	if now/18&1 != 0 {
		v |= speakerRefresh
	}
	return uint64(v), size == 1
}

// Store implements bus.Device.
func (s *Speaker) Store(_ uint64, size int, v uint64) bool {
	if size != 1 {
		return false
	}
	s.p.speaker = uint8(v) & speakerWrite
	s.p.counters[speakerCounter].setGate(v&speakerGate != 0, s.p.clock())
	return true
}

// Reset implements bus.Device: the timer's own reset covers it.
func (s *Speaker) Reset() {}

// Node implements bus.Device.
func (s *Speaker) Node(bus.Place) *fdt.Node { return nil }

// WriteState implements bus.Device: the timer's state covers it.
func (s *Speaker) WriteState(io.Writer) error { return nil }

// State implements bus.Device.
func (p *PIT) State(c *state.Codec) {
	c.Fields(&p.counters, &p.speaker)
	for i := range p.counters {
		n := &p.counters[i]
		c.Check(n.Mode <= modeHardStrobe && n.Access <= accessBoth, "the mode of a timer")
	}
}

// State implements bus.Device: the timer's state covers it.
func (s *Speaker) State(*state.Codec) {}

// Inspect tells the counters, and latches nothing.
func (p *PIT) Inspect() (out []string) {
	now := p.clock()
	for i := range p.counters {
		c := &p.counters[i]
		out = append(out, fmt.Sprintf("counter %d: mode %d, period %d, count %d, out %v", i, c.Mode, c.period(), c.count(now), c.out(now)))
	}
	return out
}
