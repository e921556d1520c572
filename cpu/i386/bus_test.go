package i386

import (
	"testing"

	"rv86/cpu"
)

// stopBus answers one page and stops the run at every store to it.
type stopBus struct {
	c    *CPU
	last uint64
}

func (b *stopBus) Load(pa uint64, size int) (uint64, bool) {
	return pa * 0x0101_0101 & (1<<(8*size) - 1), pa>>pageShift == 0xe0
}

func (b *stopBus) Store(_ uint64, _ int, v uint64) bool {
	b.last = v
	b.c.RequestStop(cpu.Stop{Why: cpu.StopEvent})
	b.c.SetINTR(true)
	return true
}

// TestBus: a device is reached by every size, and what it asks for in a store
// happens right behind the instruction, on both paths.
func TestBus(t *testing.T) {
	for _, slow := range []bool{false, true} {
		c := sysMachine(t, "fb 8a1d 03000e00 0fb70d 02000e00 a3 08000e00 40 40 40")
		bus := &stopBus{c: c}
		c.bus = bus
		c.romap[0xe0] = pageHole
		c.noFast = slow
		c.r[EAX] = 0x1234_5678
		s := c.Run(100)
		if s.Why != cpu.StopEvent || c.insns != 4 || bus.last != 0x1234_5678 {
			t.Fatalf("slow %v: %+v after %d, stored %#x", slow, s, c.insns, bus.last)
		}
		if c.r[EBX]&0xff != 0x03 || c.r[ECX] != 0x0202 {
			t.Errorf("loaded %#x and %#x", c.r[EBX]&0xff, c.r[ECX])
		}
		if got := untilHalt(t, c); got != 0x40 || c.r[EAX] != 0x1234_5678 {
			t.Errorf("slow %v: vector %#x, EAX %#x", slow, got, c.r[EAX])
		}
	}
}

// TestBusAnswersNothing: an address without memory floats.
func TestBusAnswersNothing(t *testing.T) {
	c := sysMachine(t, "a1 00000070 a3 00000070 0f0b")
	if got := untilHalt(t, c); got != vecUD || c.r[EAX] != ^uint32(0) {
		t.Errorf("vector %d, EAX %#x", got, c.r[EAX])
	}
}
