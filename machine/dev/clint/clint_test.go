package clint

import "testing"

// Driver's side: SiFive FU540 manual, table 41.
const (
	msip     = 0x0
	mtimecmp = 0x4000
	mtime    = 0xbff8
)

type bench struct {
	*Device
	now        uint64
	msip, mtip bool
	changed    int
}

func newBench() *bench {
	b := &bench{now: 1000}
	b.Device = New(Config{
		Ticks:   func() uint64 { return b.now },
		MSIP:    func(l bool) { b.msip = l },
		MTIP:    func(l bool) { b.mtip = l },
		Changed: func() { b.changed++ },
	})
	return b
}

func TestSoftwareInterrupt(t *testing.T) {
	b := newBench()
	b.Store(msip, 4, 0xffffffff)
	if v, _ := b.Load(msip, 4); v != 1 || !b.msip {
		t.Errorf("msip reads %#x, line %v", v, b.msip)
	}
	b.Store(msip, 4, 0)
	if b.msip {
		t.Error("the line stays high")
	}
}

func TestTimer(t *testing.T) {
	b := newBench()
	if b.Deadline() != Never {
		t.Error("a timer that nobody set has a deadline")
	}
	b.Store(mtimecmp, 8, 1500)
	if b.mtip || b.Deadline() != 1500 || b.changed != 1 {
		t.Errorf("mtip %v, deadline %d, %d changes", b.mtip, b.Deadline(), b.changed)
	}
	b.now = 1499
	b.Tick()
	if b.mtip {
		t.Error("MTIP is early")
	}
	b.now = 1500
	b.Tick()
	if !b.mtip || b.Deadline() != Never {
		t.Error("MTIP does not rise at mtime = mtimecmp")
	}
	b.Store(mtimecmp, 8, 2000) // acknowledges
	if b.mtip {
		t.Error("MTIP stays after mtimecmp moved on")
	}
}

// 32-bit drivers write -1 to the low half, then the high half, then the low.
func TestHalves(t *testing.T) {
	b := newBench()
	b.Store(mtimecmp, 4, 0xffffffff)
	b.Store(mtimecmp+4, 4, 0x1)
	b.Store(mtimecmp, 4, 0x23456789)
	if v, _ := b.Load(mtimecmp, 8); v != 0x123456789 {
		t.Errorf("mtimecmp = %#x", v)
	}
	hi, _ := b.Load(mtimecmp+4, 4)
	lo, _ := b.Load(mtimecmp, 4)
	if hi != 1 || lo != 0x23456789 {
		t.Errorf("halves %#x %#x", hi, lo)
	}
}

func TestSettingTheTime(t *testing.T) {
	b := newBench()
	b.Store(mtimecmp, 8, 600)
	b.Store(mtime, 8, 500)
	if b.mtip || b.MTime() != 500 || b.Deadline() != 1100 {
		t.Errorf("mtip %v, mtime %d, deadline %d", b.mtip, b.MTime(), b.Deadline())
	}
	b.now += 7
	if v, _ := b.Load(mtime, 8); v != 507 {
		t.Errorf("mtime = %d", v)
	}
}

func TestNarrowAccessFails(t *testing.T) {
	b := newBench()
	if _, ok := b.Load(mtime, 2); ok {
		t.Error("a 2-byte load works")
	}
	if b.Store(mtimecmp, 1, 0) {
		t.Error("a 1-byte store works")
	}
}
