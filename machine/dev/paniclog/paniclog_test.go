package paniclog

import "testing"

func TestReason(t *testing.T) {
	d := New()
	for _, b := range []byte("out of cheese") {
		d.Store(0, 1, uint64(b))
	}
	d.Store(4, 1, 'x') // another offset
	d.Store(0, 4, 'x') // not a byte
	if d.Reason() != "out of cheese" {
		t.Errorf("reason %q", d.Reason())
	}
	for range 2 * MaxReason {
		d.Store(0, 1, 'x')
	}
	if len(d.Reason()) != MaxReason {
		t.Errorf("the reason grew to %d bytes", len(d.Reason()))
	}
	d.Reset()
	if d.Reason() != "" {
		t.Error("reset keeps the reason")
	}
}
