package nucleus

// The clock is the processor's time-stamp counter (SDM 3 17.15), whose rate is
// measured at start against the 8254. The 8254's counter 0 gives the timer
// interrupt, one shot at a time: with nothing to wait for there is none.

// TickHz is the frequency of ticks: they are nanoseconds.
const TickHz = 1_000_000_000

const nsPerTick = 1

// Intel 8254 data sheet. The control word selects a counter, how it is read
// and written, and its mode.
const (
	pitCounter0 = 0x40
	pitCounter2 = 0x42
	pitControl  = 0x43
	pitHz       = 1_193_182

	pitOneShot0 = 0x30 // counter 0, low byte then high, mode 0: interrupt on terminal count
	pitFree2    = 0xb4 // counter 2, low byte then high, mode 2: rate generator
	pitLatch2   = 0x80 // counter 2: hold the count for reading
	pitMax      = 0xffff

	// speakerPort has counter 2's gate in bit 0, the speaker in bit 1.
	speakerPort = 0x61
	speakerGate = 1 << 0
	speakerOn   = 1 << 1

	// pitPerNS is the counter's rate in counts a nanosecond, times 2^32.
	pitPerNS = pitHz << 32 / TickHz
	// maxShot is a little less than the counter's range.
	maxShot = 54_000_000

	// pollings is how often the 8254 is read to measure the other counter: the
	// result is as exact as one reading is short against all of them.
	pollings = 2048
	// scaleShift is the binary point of tscScale.
	scaleShift = 22
)

var (
	tscBase  uint64                   // at start
	tscScale uint64 = 1 << scaleShift // nanoseconds a count, times 2^scaleShift
	armed           = ^uint64(0)      // when the timer will interrupt; all ones: not at all
)

// clockInit measures the time-stamp counter's rate.
func clockInit() {
	tscBase = Instret()
	outb(speakerPort, inb(speakerPort)&^speakerOn|speakerGate)
	outb(pitControl, pitFree2)
	outb(pitCounter2, 0) // 65536
	outb(pitCounter2, 0)
	last := awaitCount()
	t0 := Instret()
	counts := uint32(0)
	for i := 0; i < pollings; i++ {
		c := readCount()
		counts += (last - c) & pitMax
		last = c
	}
	c := awaitCount()
	counts += (last - c) & pitMax
	// TickHz<<scaleShift / rate, the rate being t*pitHz/counts.
	t := Instret() - t0
	tscScale = uint64(counts) * (TickHz << scaleShift / pitHz) / t
}

// awaitCount waits for the counter to change.
func awaitCount() uint32 {
	c := readCount()
	for {
		if n := readCount(); n != c {
			return n
		}
	}
}

func readCount() uint32 {
	outb(pitControl, pitLatch2)
	lo := inb(pitCounter2)
	return uint32(lo) | uint32(inb(pitCounter2))<<8
}

// ticks is the time since start in nanoseconds.
func ticks() uint64 {
	t := Instret() - tscBase
	return t>>32*tscScale<<(32-scaleShift) + t&0xffffffff*tscScale>>scaleShift
}

// setTimer asks for an interrupt at time t or before: an earlier one is asked
// for already more often than not, and then finds out that it came too early.
func setTimer(t uint64) {
	if t >= armed {
		return
	}
	now := ticks()
	wait := uint64(0)
	if t > now {
		wait = min(t-now, maxShot)
	}
	n := uint32(wait*pitPerNS>>32) + 1
	outb(pitControl, pitOneShot0)
	outb(pitCounter0, uint8(n))
	outb(pitCounter0, uint8(n>>8))
	armed = now + wait
}
