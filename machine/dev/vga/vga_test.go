package vga

import "testing"

func TestScreen(t *testing.T) {
	v := New()
	for i, ch := range "Hello" {
		v.Store(uint64(160+2*i), 2, uint64(ch)|0x0700)
	}
	if s := v.Screen(); s[1] != "Hello" || s[0] != "" {
		t.Errorf("screen %q", s[:2])
	}
	r := v.Registers()
	r.Store(portIndex, 2, 0x0d|80<<8) // start address: one row down
	if s := v.Screen(); s[0] != "Hello" {
		t.Errorf("scrolled screen %q", s[:2])
	}
	r.Store(portIndex, 1, 0x0f)
	r.Store(portData, 1, 165)
	if col, row := v.Cursor(); col != 5 || row != 2 {
		t.Errorf("cursor %d,%d", col, row)
	}
	if got, _ := r.Load(portData, 1); got != 165 {
		t.Errorf("the cursor register reads %d", got)
	}
	v.Store(MemorySize-1, 1, 'x')
	if got, _ := v.Load(MemorySize-1, 1); got != 'x' {
		t.Error("the last byte is not kept")
	}
}

func TestRetraceToggles(t *testing.T) {
	r := New().Registers()
	a, _ := r.Load(portStatus, 1)
	b, _ := r.Load(portStatus, 1)
	if a == b {
		t.Error("retrace never ends")
	}
}
