package bus

import (
	"io"
	"strings"
	"testing"

	"rv86/cpu/state"
	"rv86/machine/fdt"
)

// scratch is a device of eight bytes that refuses 8-byte stores.
type scratch struct {
	name  string
	value uint64
	reset int
}

func (s *scratch) Load(off uint64, size int) (uint64, bool) { return s.value + off, true }
func (s *scratch) Store(off uint64, size int, v uint64) bool {
	s.value = v
	return size < 8
}
func (s *scratch) Reset()               { s.reset++ }
func (s *scratch) State(*state.Codec)   {}
func (s *scratch) Node(Place) *fdt.Node { return nil }
func (s *scratch) WriteState(w io.Writer) error {
	_, err := io.WriteString(w, s.name)
	return err
}

func newMap() (*Map, *scratch, *scratch) {
	a, b := &scratch{name: "a", value: 100}, &scratch{name: "b", value: 200}
	m := &Map{}
	m.Add(Region{Name: "high", Place: Place{Base: 0x2000, Size: 0x10}, Dev: b})
	m.Add(Region{Name: "low", Place: Place{Base: 0x1000, Size: 0x10}, Dev: a})
	return m, a, b
}

func TestLoadFindsTheDevice(t *testing.T) {
	m, _, _ := newMap()
	for _, c := range []struct {
		pa   uint64
		size int
		want uint64
		ok   bool
	}{
		{0x1000, 4, 100, true},
		{0x100c, 4, 112, true},
		{0x200f, 1, 215, true},
		{0x1008, 8, 108, true},
		{0x100d, 4, 0, false}, // its last byte is outside
		{0x1010, 1, 0, false},
		{0x0fff, 1, 0, false},
		{0x0fff, 2, 0, false},
		{^uint64(0), 8, 0, false},
		{0, 1, 0, false},
	} {
		// Twice: the second time the last region is remembered.
		for range 2 {
			if v, ok := m.Load(c.pa, c.size); ok != c.ok || ok && v != c.want {
				t.Errorf("Load(%#x, %d) = %d, %v; want %d, %v", c.pa, c.size, v, ok, c.want, c.ok)
			}
		}
	}
}

func TestUnmappedIsReported(t *testing.T) {
	m, _, _ := newMap()
	var got []string
	m.Unmapped = func(write bool, pa uint64, size int, v uint64) {
		kind := "load"
		if write {
			kind = "store"
		}
		got = append(got, kind)
	}
	m.Load(0x3000, 1)
	m.Store(0x3000, 1, 7)
	m.Store(0x1000, 8, 7) // the device refuses it
	m.Load(0x1000, 8)
	if s := strings.Join(got, " "); s != "load store store" {
		t.Errorf("reports %q", s)
	}
}

func TestOverlapIsABug(t *testing.T) {
	m, a, _ := newMap()
	defer func() {
		if recover() == nil {
			t.Error("an overlapping window was accepted")
		}
	}()
	m.Add(Region{Name: "x", Place: Place{Base: 0x1008, Size: 0x10}, Dev: a})
}

func TestStateAndResetGoByAddress(t *testing.T) {
	m, a, b := newMap()
	var sb strings.Builder
	if err := m.WriteState(&sb); err != nil {
		t.Fatal(err)
	}
	if want := "low@1000\nahigh@2000\nb"; sb.String() != want {
		t.Errorf("state %q, want %q", sb.String(), want)
	}
	m.Reset()
	if a.reset != 1 || b.reset != 1 {
		t.Error("a device was not reset")
	}
}
