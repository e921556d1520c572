package pic8259

import "testing"

// start programs the pair as every PC's system software does: vectors 0x20 and
// 0x28, all lines open.
func start(t *testing.T) (*Pair, *bool) {
	t.Helper()
	var intr bool
	p := New(func(level bool) { intr = level })
	for _, w := range []struct {
		c    *Ports
		base uint64
		icw3 uint64
	}{{p.Master(), 0x20, 4}, {p.Slave(), 0x28, 2}} {
		w.c.Store(0, 1, 0x11)
		w.c.Store(1, 1, w.base)
		w.c.Store(1, 1, w.icw3)
		w.c.Store(1, 1, 1)
		w.c.Store(1, 1, 0)
	}
	return p, &intr
}

func TestPriorityAndEOI(t *testing.T) {
	p, intr := start(t)
	p.Source(4)(true)
	if !*intr {
		t.Fatal("IRQ 4 does not reach INTR")
	}
	if v := p.Acknowledge(); v != 0x24 {
		t.Fatalf("vector %#x, want 0x24", v)
	}
	if *intr {
		t.Error("INTR stays high while IRQ 4 is in service")
	}
	p.Source(6)(true)
	if *intr {
		t.Error("IRQ 6 interrupts the service of IRQ 4")
	}
	p.Source(0)(true)
	if !*intr || p.Acknowledge() != 0x20 {
		t.Error("IRQ 0 does not nest over IRQ 4")
	}
	p.Master().Store(0, 1, 0x20) // non-specific EOI: IRQ 0, the highest in service
	if *intr {
		t.Error("IRQ 6 interrupts the service of IRQ 4 after the EOI of IRQ 0")
	}
	p.Master().Store(0, 1, 0x64) // specific EOI of IRQ 4
	if !*intr || p.Acknowledge() != 0x26 {
		t.Error("IRQ 6 is not served after the EOI of IRQ 4")
	}
}

func TestSlave(t *testing.T) {
	p, intr := start(t)
	p.Source(14)(true)
	if !*intr {
		t.Fatal("IRQ 14 does not reach INTR")
	}
	if v := p.Acknowledge(); v != 0x2e {
		t.Fatalf("vector %#x, want 0x2e", v)
	}
	p.Source(8)(true)
	if *intr {
		t.Error("IRQ 8 interrupts while the master still serves its cascade")
	}
	p.Slave().Store(0, 1, 0x20)
	p.Master().Store(0, 1, 0x20)
	if !*intr || p.Acknowledge() != 0x28 {
		t.Error("IRQ 8 is not served after both EOIs")
	}
}

func TestSpurious(t *testing.T) {
	p, _ := start(t)
	line := p.Source(3)
	line(true)
	line(false)
	if v := p.Acknowledge(); v != 0x27 {
		t.Errorf("vector %#x for a line that dropped, want 0x27", v)
	}
	p.Master().Store(0, 1, 0x0b) // read ISR
	if v, _ := p.Master().Load(0, 1); v != 0 {
		t.Errorf("ISR is %#x after a spurious interrupt, want 0", v)
	}
}

func TestMaskAndRegisters(t *testing.T) {
	p, intr := start(t)
	m := p.Master()
	m.Store(1, 1, 0xef)
	p.Source(1)(true)
	if *intr {
		t.Error("a masked line interrupts")
	}
	m.Store(0, 1, 0x0a) // read IRR
	if v, _ := m.Load(0, 1); v != 0x02 {
		t.Errorf("IRR is %#x, want 0x02", v)
	}
	if v, _ := m.Load(1, 1); v != 0xef {
		t.Errorf("the mask reads %#x, want 0xef", v)
	}
	m.Store(1, 1, 0)
	if !*intr {
		t.Error("unmasking does not deliver what is pending")
	}
}

func TestLevel(t *testing.T) {
	p, intr := start(t)
	p.ELCR().Store(1, 1, 0x08) // IRQ 11
	line := p.Source(11)
	line(true)
	p.Acknowledge()
	p.Slave().Store(0, 1, 0x20)
	p.Master().Store(0, 1, 0x20)
	if !*intr {
		t.Error("a level line that stays high does not interrupt again")
	}
	p.Acknowledge()
	line(false)
	p.Slave().Store(0, 1, 0x20)
	p.Master().Store(0, 1, 0x20)
	if *intr {
		t.Error("a level line that dropped interrupts again")
	}
}

func TestAutoEOIAndRotation(t *testing.T) {
	p, intr := start(t)
	m := p.Master()
	m.Store(0, 1, 0x11)
	for _, v := range []uint64{0x20, 4, 3, 0} { // ICW4: AEOI
		m.Store(1, 1, v)
	}
	p.Source(5)(true)
	p.Source(5)(false)
	p.Source(5)(true)
	p.Acknowledge()
	p.Source(6)(true)
	if !*intr {
		t.Error("automatic EOI leaves the line in service")
	}
	p.Acknowledge()
	m.Store(0, 1, 0xc0|2) // set priority: IRQ 2 lowest, so IRQ 3 highest
	p.Source(0)(true)
	p.Source(3)(true)
	if v := p.Acknowledge(); v != 0x23 {
		t.Errorf("vector %#x with IRQ 3 highest, want 0x23", v)
	}
}
