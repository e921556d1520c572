package cpu

import "testing"

// Each of several hooks is told what it asked for, and no more.
func TestJoin(t *testing.T) {
	var told []string
	note := func(s string) { told = append(told, s) }
	at := func(name string, point uint64, stop bool) *Hook {
		return &Hook{
			Split:   func(pc uint64) bool { return pc == point },
			Exec:    func(uint64) bool { note(name); return stop },
			Watched: func(va, _ uint64) bool { return va == point },
			Access:  func(uint64, uint64, int, bool) { note(name) },
			Trap:    func(uint64, bool) { note(name) },
			Magic:   func() { note(name) },
		}
	}
	const low, high = 0x1000, 0x2000
	j := Join(at("a", low, true), &Hook{}, at("b", high, false), at("c", low, false))
	for _, c := range []struct {
		name string
		do   func() bool
		want bool
		told string
	}{
		{"split", func() bool { return j.Split(high) }, true, ""},
		{"no split", func() bool { return j.Split(0) }, false, ""},
		{"exec", func() bool { return j.Exec(low) }, true, "ac"},
		{"exec without a stop", func() bool { return j.Exec(high) }, false, "b"},
		{"watched", func() bool { return j.Watched(low, 0) }, true, ""},
		{"access", func() bool { j.Access(high+8, 0, 4, true); return true }, true, "b"},
		{"trap", func() bool { j.Trap(0, false); return true }, true, "abc"},
		{"magic", func() bool { j.Magic(); return true }, true, "abc"},
	} {
		told = nil
		got := c.do()
		text := ""
		for _, s := range told {
			text += s
		}
		if got != c.want || text != c.told {
			t.Errorf("%s: %v, told %q; want %v, %q", c.name, got, text, c.want, c.told)
		}
	}
	if j.DMA != nil || j.Root != nil || j.Privilege != nil {
		t.Error("a function that nobody has is called")
	}
}
