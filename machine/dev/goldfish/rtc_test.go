package goldfish

import "testing"

// Driver's side: drivers/rtc/rtc-goldfish.c.
const (
	timeLow, timeHigh   = 0x00, 0x04
	alarmLow, alarmHigh = 0x08, 0x0c
	irqEnabled          = 0x10
	clearAlarm          = 0x14
	alarmStatus         = 0x18
	clearInterrupt      = 0x1c
)

type bench struct {
	*RTC
	now uint64
	irq bool
}

const epoch = 1_700_000_000_000_000_000

func newBench() *bench {
	b := &bench{}
	b.RTC = New(Config{
		IRQ: func(l bool) { b.irq = l }, Now: func() uint64 { return b.now },
		Epoch: epoch, Changed: func() {},
	})
	return b
}

func (b *bench) time() uint64 {
	low, _ := b.Load(timeLow, 4)
	b.now += 1 << 33 // time passes: the high half must be the latched one
	high, _ := b.Load(timeHigh, 4)
	return high<<32 | low
}

func (b *bench) set(lowReg uint64, v uint64) {
	b.Store(lowReg+4, 4, v>>32)
	b.Store(lowReg, 4, v&0xffffffff)
}

func TestTime(t *testing.T) {
	b := newBench()
	b.now = 42
	if got := b.time(); got != epoch+42 {
		t.Errorf("time %d, want %d", got, uint64(epoch+42))
	}
	now := b.now
	b.set(timeLow, 5_000_000_000)
	b.now = now + 9
	if got := b.time(); got != 5_000_000_009 {
		t.Errorf("time %d after it was set to 5 s", got)
	}
}

func TestAlarm(t *testing.T) {
	b := newBench()
	b.Store(irqEnabled, 4, 1)
	b.set(alarmLow, epoch+100)
	if b.Deadline() != 100 || b.irq {
		t.Errorf("deadline %d, irq %v", b.Deadline(), b.irq)
	}
	if v, _ := b.Load(alarmStatus, 4); v != 1 {
		t.Error("the alarm is not armed")
	}
	b.now = 100
	b.Tick()
	if !b.irq || b.Deadline() != Never {
		t.Error("the alarm does not sound")
	}
	b.Store(clearInterrupt, 4, 1)
	if b.irq {
		t.Error("the interrupt cannot be cleared")
	}
	b.set(alarmLow, epoch+50) // in the past: at once
	if !b.irq {
		t.Error("an alarm in the past does not sound")
	}
	b.Store(irqEnabled, 4, 0)
	if b.irq {
		t.Error("a disabled interrupt is raised")
	}
	b.set(alarmLow, epoch+500)
	b.Store(clearAlarm, 4, 1)
	if b.Deadline() != Never {
		t.Error("the alarm cannot be cleared")
	}
}
