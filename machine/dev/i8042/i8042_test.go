package i8042

import "testing"

type rig struct {
	*Device
	irq, a20 bool
	resets   int
}

func newRig() *rig {
	r := &rig{}
	r.Device = New(Config{
		IRQ: func(l bool) { r.irq = l }, A20: func(on bool) { r.a20 = on }, Reset: func() { r.resets++ },
	})
	return r
}

func (r *rig) read(t *testing.T) uint64 {
	t.Helper()
	if st, _ := r.Load(OffCommand, 1); st&statusOut == 0 {
		t.Fatal("nothing to read")
	}
	v, _ := r.Load(0, 1)
	return v
}

func TestSelfTest(t *testing.T) {
	r := newRig()
	r.Store(OffCommand, 1, 0xaa)
	if v := r.read(t); v != 0x55 {
		t.Errorf("self-test answers %#x", v)
	}
	if st, _ := r.Load(OffCommand, 1); st&statusOut != 0 {
		t.Error("the answer can be read twice")
	}
}

func TestA20(t *testing.T) {
	r := newRig()
	if !r.a20 {
		t.Error("A20 is closed after reset")
	}
	r.Store(OffCommand, 1, 0xd1)
	r.Store(0, 1, 0xdd)
	if r.a20 {
		t.Error("the output port does not close A20")
	}
	r.Fast().Store(0, 1, 2)
	if v, _ := r.Fast().Load(0, 1); !r.a20 || v != 2 {
		t.Error("port 0x92 does not open A20")
	}
}

func TestReset(t *testing.T) {
	r := newRig()
	r.Store(OffCommand, 1, 0xfe)
	r.Fast().Store(0, 1, 3)
	r.Store(OffCommand, 1, 0xd1)
	r.Store(0, 1, 0xde)
	if r.resets != 3 {
		t.Errorf("%d of 3 ways reset the machine", r.resets)
	}
	r.Store(OffCommand, 1, 0xff) // pulses nothing
	if r.resets != 3 {
		t.Error("command 0xff resets the machine")
	}
}

func TestKeyboardAnswers(t *testing.T) {
	r := newRig()
	r.Store(OffCommand, 1, 0x60)
	r.Store(0, 1, 0x45) // interrupts on
	r.Store(0, 1, 0xf2)
	for _, want := range []uint64{0xfa, 0xab, 0x83} {
		if !r.irq {
			t.Fatal("no interrupt for the keyboard's answer")
		}
		if v := r.read(t); v != want {
			t.Errorf("identify answers %#x, want %#x", v, want)
		}
	}
	if r.irq {
		t.Error("the interrupt stays when all is read")
	}
	r.Store(0, 1, 0xed) // LEDs, with a parameter that looks like a command
	r.Store(0, 1, 0xf2)
	if a, b := r.read(t), r.read(t); a != 0xfa || b != 0xfa {
		t.Errorf("set LEDs answers %#x %#x", a, b)
	}
}
