package cstruct

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// flat is memory from address 0 on.
type flat struct {
	b    []byte
	word int
}

func (f flat) Slice(va, n uint64) []byte { return f.b[va : va+n] }
func (f flat) WordSize() int             { return f.word }

// TestStruct places members by the rules of both psABIs, a structure in another
// among them.
func TestStruct(t *testing.T) {
	inner := New("inner", "", Field{"c", Char}, Field{"q", Quad}, Field{"s", Short})
	outer := New("outer", "", Field{"c", Char}, Field{"in", inner.Type()}, Field{"p", Long}, Field{"name", Array(3, Char)})
	for _, c := range []struct {
		word  int
		inner []Member
		outer []Member
		size  [2]uint64
	}{
		{4, []Member{{"c", 0, 1}, {"q", 4, 8}, {"s", 12, 2}}, []Member{{"c", 0, 1}, {"in", 4, 16}, {"p", 20, 4}, {"name", 24, 3}}, [2]uint64{16, 28}},
		{8, []Member{{"c", 0, 1}, {"q", 8, 8}, {"s", 16, 2}}, []Member{{"c", 0, 1}, {"in", 8, 24}, {"p", 32, 8}, {"name", 40, 3}}, [2]uint64{24, 48}},
	} {
		if diff := cmp.Diff(c.inner, inner.On(c.word).Members); diff != "" {
			t.Errorf("word %d, inner: %s", c.word, diff)
		}
		if diff := cmp.Diff(c.outer, outer.On(c.word).Members); diff != "" {
			t.Errorf("word %d, outer: %s", c.word, diff)
		}
		if got := [2]uint64{inner.On(c.word).Size, outer.On(c.word).Size}; got != c.size {
			t.Errorf("word %d: sizes %v, want %v", c.word, got, c.size)
		}
	}
}

// TestView reads back what was written, with its sign, and finds the structure
// around a member.
func TestView(t *testing.T) {
	s := New("s", "", Field{"c", Char}, Field{"i", Int}, Field{"p", Long})
	for _, word := range []int{4, 8} {
		m := flat{make([]byte, 8192), word}
		v := s.At(m, 64)
		v.Set("i", ^uint64(4))
		PutString(m, 4090, "a string over the end of a page")
		v.Set("p", 4090)
		if v.Int("i") != -5 || v.Get("i") != 0xfffffffb || v.Get("c") != 0 {
			t.Errorf("word %d: i is %d, %#x; c %d", word, v.Int("i"), v.Get("i"), v.Get("c"))
		}
		if got := v.Str("p"); got != "a string over the end of a page" {
			t.Errorf("word %d: %q", word, got)
		}
		if got := s.From(m, "p", v.Ptr("p")); got.Addr != v.Addr {
			t.Errorf("word %d: container of p at %#x, want %#x", word, got.Addr, v.Addr)
		}
		SetWord(m, 128, 7)
		SetWord(m, 128+uint64(word), 8)
		if diff := cmp.Diff([]uint64{7, 8}, Words(m, 128)); diff != "" {
			t.Errorf("word %d: %s", word, diff)
		}
	}
}
