package rom

import "testing"

func TestLoad(t *testing.T) {
	d := New([]byte{1, 2, 3, 4, 5})
	for _, c := range []struct {
		off  uint64
		size int
		want uint64
	}{{0, 4, 0x04030201}, {1, 1, 2}, {4, 8, 5}, {100, 8, 0}} {
		if v, ok := d.Load(c.off, c.size); !ok || v != c.want {
			t.Errorf("Load(%d, %d) = %#x, %v; want %#x", c.off, c.size, v, ok, c.want)
		}
	}
	if d.Store(0, 1, 9) {
		t.Error("a store to ROM works")
	}
}
