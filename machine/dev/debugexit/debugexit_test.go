package debugexit

import "testing"

func TestStatuses(t *testing.T) {
	for _, c := range []struct {
		name string
		port func(func(int)) *Port
		size int
		v    uint64
		want int // -1: goes on
	}{
		{"debug exit 0", Debug, 1, 0, 1},
		{"debug exit 3", Debug, 4, 3, 7},
		{"exit 7", Exit, 1, 7, 7},
		{"soft off", PM1a, 2, 0x2000, 0},
		{"sleep type 5", PM1a, 2, 0x3400, -1},
		{"no sleep enable", PM1a, 2, 0x0001, -1},
	} {
		got := -1
		c.port(func(s int) { got = s }).Store(0, c.size, c.v)
		if got != c.want {
			t.Errorf("%s: status %d, want %d", c.name, got, c.want)
		}
	}
}
