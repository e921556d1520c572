package pit8254

import "testing"

type rig struct {
	*PIT
	now   uint64
	level bool
	edges int
}

func newRig() *rig {
	r := &rig{}
	r.PIT = New(Config{
		IRQ: func(level bool) {
			if level && !r.level {
				r.edges++
			}
			r.level = level
		},
		Now:     func() uint64 { return r.now },
		Changed: func() {},
	})
	return r
}

// run lets time pass, looking at each deadline, as a machine does.
func (r *rig) run(ns uint64) {
	end := r.now + ns
	for {
		d := r.Deadline()
		if d > end {
			break
		}
		r.now = max(d, r.now)
		r.Tick()
	}
	r.now = end
	r.Tick()
}

func (r *rig) program(control, count uint64) {
	r.Store(portControl, 1, control)
	r.Store(control>>6, 1, count&0xff)
	r.Store(control>>6, 1, count>>8)
}

func TestRates(t *testing.T) {
	for _, c := range []struct {
		name    string
		control uint64
	}{{"rate generator", 0x34}, {"square wave", 0x36}} {
		r := newRig()
		r.program(c.control, 1193) // 1 kHz, nearly
		r.edges = 0
		r.run(1_000_000_000)
		if r.edges < 999 || r.edges > 1001 {
			t.Errorf("%s: %d interrupts in a second, want 1000", c.name, r.edges)
		}
	}
}

func TestTerminalCount(t *testing.T) {
	r := newRig()
	r.program(0x30, 11932) // 10 ms
	if r.level {
		t.Fatal("OUT is high before the count ends")
	}
	r.run(9_990_000)
	if r.level {
		t.Error("OUT is high too early")
	}
	r.run(20_000)
	if !r.level || r.edges != 1 {
		t.Errorf("after the count: level %v, %d edges", r.level, r.edges)
	}
	r.run(1_000_000_000)
	if r.edges != 1 {
		t.Errorf("one-shot mode interrupts %d times", r.edges)
	}
}

func TestLatchAndReadBack(t *testing.T) {
	r := newRig()
	r.program(0x34, 50000)
	r.now = 10_000_000 // 11931 clocks
	r.Store(portControl, 1, 0x00)
	r.now = 20_000_000 // the latch does not move
	lo, _ := r.Load(0, 1)
	hi, _ := r.Load(0, 1)
	if got := hi<<8 | lo; got != 50000-11931 {
		t.Errorf("latched count %d, want %d", got, 50000-11931)
	}
	r.Store(portControl, 1, 0xe2) // read back the status of counter 0
	if st, _ := r.Load(0, 1); st != 0xb4 {
		t.Errorf("status %#x, want 0xb4: OUT high, both bytes, mode 2", st)
	}
}

func TestSpeakerGate(t *testing.T) {
	r := newRig()
	s := r.Speaker()
	s.Store(0, 1, 0)
	r.program(0xb0, 1000) // counter 2, mode 0: the way to calibrate a delay
	r.run(5_000_000)
	if v, _ := s.Load(0, 1); v&speakerOut != 0 {
		t.Error("counter 2 counts with its gate closed")
	}
	s.Store(0, 1, speakerGate)
	r.run(830_000) // 1000 clocks are 838 us
	if v, _ := s.Load(0, 1); v&speakerOut != 0 {
		t.Error("counter 2 ends too early")
	}
	r.run(10_000)
	if v, _ := s.Load(0, 1); v&speakerOut == 0 {
		t.Error("counter 2 does not end")
	}
}

func TestDeadlineIsExact(t *testing.T) {
	r := newRig()
	r.program(0x36, 7)
	for range 1000 {
		d := r.Deadline()
		before := r.counters[0].out(scale(d-1, Hz, nsPerSecond))
		after := r.counters[0].out(scale(d, Hz, nsPerSecond))
		if before == after {
			t.Fatalf("OUT does not change at %d", d)
		}
		r.now = d
		r.Tick()
	}
}
