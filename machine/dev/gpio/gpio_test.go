package gpio

import "testing"

// Driver's side: FU540-C000 Manual, table 61.
const (
	inputVal  = 0x00
	inputEn   = 0x04
	outputEn  = 0x08
	outputVal = 0x0c
	pullUp    = 0x10
	riseIE    = 0x18
	riseIP    = 0x1c
	fallIE    = 0x20
	fallIP    = 0x24
	highIE    = 0x28
	highIP    = 0x2c
	lowIP     = 0x34
	outXor    = 0x40
)

type bench struct {
	*Device
	t   *testing.T
	now uint64
	irq bool
}

func newBench(t *testing.T, c Config) *bench {
	b := &bench{t: t}
	c.IRQ, c.Now, c.Changed = func(l bool) { b.irq = l }, func() uint64 { return b.now }, func() {}
	b.Device = New(c)
	b.Reset()
	return b
}

func (b *bench) write(off, v uint64) { b.Store(off, 4, v) }

func (b *bench) want(off, v uint64, irq bool, what string) {
	b.t.Helper()
	if got, _ := b.Load(off, 4); got != v || b.irq != irq {
		b.t.Errorf("%s: register %#x is %#x, interrupt %v; want %#x, %v", what, off, got, b.irq, v, irq)
	}
}

func TestButton(t *testing.T) {
	b := newBench(t, Config{Events: []Event{{At: 20, Pin: 17}, {At: 10, Pin: 17, Level: true}}})
	b.write(inputEn, 1<<17|1<<3)
	b.write(riseIE, 1<<17)
	b.write(fallIE, 1<<17)
	b.want(inputVal, 0, false, "before")
	if b.Deadline() != 10 {
		t.Errorf("deadline %d", b.Deadline())
	}
	b.now = 10
	b.Tick()
	b.want(inputVal, 1<<17, true, "pressed")
	b.want(riseIP, 1<<17, true, "pressed")
	b.write(riseIP, 1<<17)
	b.want(riseIP, 0, false, "served")
	b.now = 25
	b.Tick()
	b.want(fallIP, 1<<17, true, "released")
	b.write(fallIP, ^uint64(0))
	b.want(inputVal, 0, false, "after")
	if b.Deadline() != Never {
		t.Errorf("deadline %d", b.Deadline())
	}
}

func TestLevel(t *testing.T) {
	b := newBench(t, Config{})
	b.write(inputEn, 1)
	b.write(highIE, 1)
	b.Set(0, true)
	b.want(highIP, 1, true, "high")
	b.write(highIP, 1)
	b.want(highIP, 1, true, "cleared while high")
	b.Set(0, false)
	b.write(highIP, 1)
	b.want(highIP, 0, false, "cleared when low")
	b.want(lowIP, 1, false, "low, not enabled")
}

func TestOutput(t *testing.T) {
	b := newBench(t, Config{Wires: []Wire{{4, 5}, {5, 6}, {7, 4}}})
	b.write(inputEn, 1<<6|1<<9)
	b.write(outputEn, 1<<4)
	b.write(riseIE, 1<<6)
	b.want(inputVal, 0, false, "low")
	b.write(outputVal, 1<<4)
	b.want(inputVal, 1<<6, true, "over two wires")
	b.write(outXor, 1<<4)
	b.want(inputVal, 0, true, "inverted")
	b.write(pullUp, 1<<9)
	b.want(inputVal, 1<<9, true, "pulled up")
	b.Set(9, false)
	b.want(inputVal, 0, true, "pulled down from outside")
	if !b.Pin(4) == b.Pin(5) {
		t.Error("the ends of a wire differ")
	}
	b.Reset()
	b.want(riseIP, 0, false, "reset")
}
