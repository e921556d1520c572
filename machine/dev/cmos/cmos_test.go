package cmos

import (
	"testing"
	"time"
)

type rig struct {
	*RTC
	now   uint64
	level bool
}

func newRig(memory uint64) *rig {
	r := &rig{}
	epoch := uint64(time.Date(2026, 12, 31, 23, 59, 58, 0, time.UTC).UnixNano())
	r.RTC = New(Config{
		IRQ: func(level bool) { r.level = level }, Now: func() uint64 { return r.now },
		Epoch: epoch, Memory: memory, Changed: func() {},
	})
	return r
}

func (r *rig) get(reg uint64) uint64 {
	r.Store(0, 1, reg)
	v, _ := r.Load(1, 1)
	return v
}

func (r *rig) put(reg, v uint64) {
	r.Store(0, 1, reg)
	r.Store(1, 1, v)
}

func (r *rig) run(d time.Duration) {
	end := r.now + uint64(d)
	for {
		at := r.Deadline()
		if at > end {
			break
		}
		r.now = max(at, r.now)
		r.Tick()
	}
	r.now = end
	r.Tick()
}

func TestDate(t *testing.T) {
	r := newRig(64 << 20)
	for reg, want := range map[uint64]uint64{0: 0x58, 2: 0x59, 4: 0x23, 6: 5, 7: 0x31, 8: 0x12, 9: 0x26, 0x32: 0x20} {
		if got := r.get(reg); got != want {
			t.Errorf("register %#x reads %#x, want %#x", reg, got, want)
		}
	}
	r.now = 2_000_000_000
	if y, s := r.get(9), r.get(0); y != 0x27 || s != 0 {
		t.Errorf("two seconds later: year %#x, second %#x", y, s)
	}
	r.put(0x0b, 0x04) // binary, 12 hours
	if h := r.get(4); h != 12 {
		t.Errorf("midnight reads %d in 12-hour mode, want 12", h)
	}
}

func TestMemorySize(t *testing.T) {
	r := newRig(64 << 20)
	if kib := r.get(0x17) | r.get(0x18)<<8; kib != 63<<10 {
		t.Errorf("memory above 1 MiB: %d KiB, want %d", kib, 63<<10)
	}
	if n := r.get(0x34) | r.get(0x35)<<8; n != 48<<4 {
		t.Errorf("memory above 16 MiB: %d * 64 KiB, want %d", n, 48<<4)
	}
}

func TestSetDate(t *testing.T) {
	r := newRig(1 << 20)
	r.put(0x0b, 0x82) // hold updates
	r.put(9, 0x30)
	r.put(8, 0x02)
	r.put(7, 0x03) // in between it is 31 February
	r.put(4, 0x04)
	r.put(2, 0x05)
	r.put(0, 0x06)
	r.now = 5_000_000_000 // time does not pass while it is held
	if s := r.get(0); s != 0x06 {
		t.Errorf("held seconds read %#x", s)
	}
	r.put(0x0b, 0x02)
	r.now += 2_000_000_000
	for reg, want := range map[uint64]uint64{9: 0x30, 8: 2, 7: 3, 4: 4, 2: 5, 0: 8} {
		if got := r.get(reg); got != want {
			t.Errorf("register %#x reads %#x, want %#x", reg, got, want)
		}
	}
}

func TestPeriodic(t *testing.T) {
	r := newRig(1 << 20)
	r.put(0x0b, 0x42) // periodic interrupt at the default 1024 Hz
	n := 0
	for range 3000 {
		r.run(time.Millisecond / 2)
		if r.level {
			n++
			if c := r.get(0x0c); c&^0x10 != 0xc0 { // the update flag comes and goes
				t.Fatalf("register C reads %#x, want IRQF and PF", c)
			}
			if r.level {
				t.Fatal("reading C does not drop the line")
			}
		}
	}
	if n < 1530 || n > 1540 { // 1.5 s
		t.Errorf("%d interrupts in 1.5 s, want 1536", n)
	}
}

func TestAlarm(t *testing.T) {
	r := newRig(1 << 20)
	r.put(1, 0x01) // at 00:00:01
	r.put(3, 0x00)
	r.put(5, 0x00)
	r.put(0x0b, 0x22)
	r.run(2900 * time.Millisecond)
	if r.level {
		t.Fatal("the alarm comes early")
	}
	r.run(200 * time.Millisecond)
	if !r.level || r.get(0x0c)&0x20 == 0 {
		t.Error("the alarm does not come")
	}
}
