package pit8254

// counter is one of the three counters. Its state is a function of the time of
// the last load: nothing happens between two looks.
type counter struct {
	Reload  uint32 // as written; 0 stands for the largest count
	Mode    uint8  // 0 to 5
	Access  uint8  // 1 low byte, 2 high byte, 3 low then high
	BCD     bool
	Armed   bool   // a count has been written since the mode
	Gate    bool   // GATE input
	Running bool   // the count advances: modes 1 and 5 wait for a trigger
	Start   uint64 // clock of the last load
	Frozen  uint32 // clocks counted before GATE went low, in modes 0 and 4

	WriteHigh bool // the next write is the high byte
	ReadHigh  bool
	LowByte   uint8 // the half-written count
	Latched   bool
	Latch     uint16
	StatusDue bool
	Status    uint8
}

// Counter modes (8254 data sheet, "Mode Definitions"). Modes 6 and 7 are 2 and 3.
const (
	modeTerminal   = 0 // interrupt on terminal count
	modeOneShot    = 1 // hardware retriggerable one-shot
	modeRate       = 2 // rate generator
	modeSquare     = 3 // square wave
	modeSoftStrobe = 4
	modeHardStrobe = 5
)

const (
	binaryCount = 1 << 16
	bcdCount    = 10_000
)

// period is the count from one load to the next.
func (c *counter) period() uint64 {
	n := c.Reload
	if c.BCD {
		n = fromBCD(n)
	}
	if n != 0 {
		return uint64(n)
	}
	return c.modulus()
}

func (c *counter) modulus() uint64 {
	if c.BCD {
		return bcdCount
	}
	return binaryCount
}

func fromBCD(v uint32) uint32 {
	return v&15 + v>>4&15*10 + v>>8&15*100 + v>>12&15*1000
}

func toBCD(v uint64) uint16 {
	return uint16(v%10 | v/10%10<<4 | v/100%10<<8 | v/1000%10<<12)
}

// elapsed is the number of clocks counted since the load.
func (c *counter) elapsed(now uint64) uint64 {
	if !c.Running {
		return uint64(c.Frozen)
	}
	return uint64(c.Frozen) + now - c.Start
}

// count is the counting element.
func (c *counter) count(now uint64) uint16 {
	p, t := c.period(), c.elapsed(now)
	var v uint64
	switch c.Mode {
	case modeRate:
		v = p - t%p
	case modeSquare: // counts down by two
		half := (p + 1) / 2
		at := t % p
		if at >= half {
			at -= half
		}
		v = p&^1 - 2*at
	default: // wraps and goes on
		m := c.modulus()
		v = (p + m - t%m) % m
	}
	if c.BCD {
		return toBCD(v % bcdCount)
	}
	return uint16(v)
}

// out is the OUT pin.
func (c *counter) out(now uint64) bool {
	if !c.Armed {
		return c.Mode != modeTerminal
	}
	p, t := c.period(), c.elapsed(now)
	switch c.Mode {
	case modeTerminal:
		return t >= p
	case modeOneShot:
		return !c.Running || t >= p
	case modeRate: // low for the last clock
		return !c.Gate || t%p != p-1
	case modeSquare:
		return !c.Gate || t%p < (p+1)/2
	default: // low for the clock after the count has run out
		return !c.Running || t != p
	}
}

// next is the clock at which OUT changes, or Never.
func (c *counter) next(now uint64) uint64 {
	if !c.Armed || !c.Running {
		return Never
	}
	p, t := c.period(), c.elapsed(now)
	after := func(d uint64) uint64 { return now + d }
	switch c.Mode {
	case modeTerminal, modeOneShot:
		if t < p {
			return after(p - t)
		}
	case modeRate:
		if at := t % p; at < p-1 {
			return after(p - 1 - at)
		}
		return after(1)
	case modeSquare:
		half := (p + 1) / 2
		if at := t % p; at < half {
			return after(half - at)
		} else {
			return after(p - at)
		}
	default:
		if t < p {
			return after(p - t)
		}
		if t == p {
			return after(1)
		}
	}
	return Never
}

// load starts the count.
func (c *counter) load(v uint32, now uint64) {
	c.Reload = v
	restarts := !c.Armed || c.Mode == modeTerminal || c.Mode == modeSoftStrobe
	c.Armed = true
	if c.Mode == modeOneShot || c.Mode == modeHardStrobe {
		return // waits for a rising edge of GATE
	}
	if restarts {
		c.Start, c.Frozen, c.Running = now, 0, c.Gate
	}
}

// setGate is the GATE input.
func (c *counter) setGate(level bool, now uint64) {
	if level == c.Gate {
		return
	}
	c.Gate = level
	switch c.Mode {
	case modeTerminal, modeSoftStrobe: // level: stops the count
		if level {
			c.Start, c.Running = now, c.Armed
		} else {
			c.Frozen, c.Running = uint32(min(c.elapsed(now), 1<<31)), false
		}
	case modeRate, modeSquare: // low stops, a rising edge starts anew
		c.Frozen, c.Start, c.Running = 0, now, level && c.Armed
	default: // a rising edge triggers
		if level && c.Armed {
			c.Frozen, c.Start, c.Running = 0, now, true
		}
	}
}

// status is the read-back status byte.
func (c *counter) statusByte(now uint64) uint8 {
	v := c.Access<<4 | c.Mode<<1
	if c.BCD {
		v |= 1
	}
	if !c.Armed {
		v |= statusNull
	}
	if c.out(now) {
		v |= statusOut
	}
	return v
}

func (c *counter) latch(now uint64) {
	if !c.Latched {
		c.Latched, c.Latch = true, c.count(now)
	}
}

func (c *counter) read(now uint64) uint8 {
	if c.StatusDue {
		c.StatusDue = false
		return c.Status
	}
	v := c.Latch
	if !c.Latched {
		v = c.count(now)
	}
	high := c.Access == accessHigh || c.Access == accessBoth && c.ReadHigh
	if c.Access == accessBoth {
		c.ReadHigh = !c.ReadHigh
	}
	if c.Access != accessBoth || !c.ReadHigh {
		c.Latched = false
	}
	if high {
		return uint8(v >> 8)
	}
	return uint8(v)
}

func (c *counter) write(v uint8, now uint64) {
	switch c.Access {
	case accessLow:
		c.load(uint32(v), now)
	case accessHigh:
		c.load(uint32(v)<<8, now)
	default:
		if !c.WriteHigh {
			c.LowByte, c.WriteHigh = v, true
			if c.Mode == modeTerminal { // the first byte stops the count
				c.Frozen, c.Running = uint32(min(c.elapsed(now), 1<<31)), false
			}
			return
		}
		c.WriteHigh = false
		c.load(uint32(v)<<8|uint32(c.LowByte), now)
	}
}

// control is a control word for this counter.
func (c *counter) control(v uint8) {
	mode := v >> 1 & 7
	if mode > modeHardStrobe {
		mode -= 4
	}
	*c = counter{Access: v >> 4 & 3, Mode: mode, BCD: v&1 != 0, Gate: c.Gate}
}
