package power

import "testing"

func TestCommands(t *testing.T) {
	for _, c := range []struct {
		name      string
		off       uint64
		size      int
		v         uint64
		exit      int // -1: none
		wantReset bool
	}{
		{"pass", 0, 4, 0x5555, 0, false},
		{"fail 7", 0, 4, 7<<16 | 0x3333, 7, false},
		{"fail 255", 0, 4, 255<<16 | 0x3333, 255, false},
		{"fail as a half-word", 0, 2, 0x3333, 0, false},
		{"reset", 0, 4, 0x7777, -1, true},
		{"another value", 0, 4, 0x1234, -1, false},
		{"another offset", 4, 4, 0x5555, -1, false},
	} {
		exit, reset := -1, false
		d := New(Config{Exit: func(s int) { exit = s }, Reset: func() { reset = true }})
		if !d.Store(c.off, c.size, c.v) || exit != c.exit || reset != c.wantReset {
			t.Errorf("%s: exit %d, reset %v", c.name, exit, reset)
		}
	}
}
