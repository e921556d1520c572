package kmod

import (
	"strings"
	"testing"
)

// tables links a module made by hand: 64 bytes of text, 64 bytes of strings,
// and one table whose words are given. Strings: "name" at 0, then no NUL from
// 60 on.
func tables(t *testing.T, name string, data []byte, more ...Section) *Image {
	t.Helper()
	strs := append([]byte("name\x00space\x00"), make([]byte, 53)...)
	s := &Spec{
		Machine: RISCV64, Name: "m",
		Sections: []Section{
			{Align: 1},
			{Name: ".text", Type: shtProgbits, Flags: shfAlloc | shfExecinstr, Size: 64, Align: 4, Data: make([]byte, 64)},
			{Name: ".rodata", Type: shtProgbits, Flags: shfAlloc, Size: 64, Align: 1, Data: strs},
			{Name: name, Type: shtProgbits, Flags: shfAlloc, Size: uint64(len(data)), Align: 8, Data: data},
			{Name: secThis, Type: shtProgbits, Flags: shfAlloc | shfWrite, Size: uint64(RISCV64.Module().Size), Align: 8, Data: make([]byte, RISCV64.Module().Size)},
		},
		Symbols: []Symbol{{}},
		This:    4,
	}
	s.Sections = append(s.Sections, more...)
	l, err := s.Place()
	if err != nil {
		t.Fatal(err)
	}
	im, err := s.Link(l, Memory{
		Core: make([]byte, l.Regions[Core].Size), CoreBase: coreBase,
		Init: make([]byte, l.Regions[Init].Size), InitBase: initBase,
	}, at(0), nil)
	if err != nil {
		t.Fatal(err)
	}
	return im
}

// Addresses in the module of tables.
const (
	textAt   = coreBase
	stringAt = coreBase + PageSize
	outside  = coreBase - 8
)

func words(ws ...uint64) []byte {
	b := make([]byte, 8*len(ws))
	for i, w := range ws {
		put64(b[8*i:], w)
	}
	return b
}

// holds checks that an error is there, and what it says; "" wants none.
func holds(t *testing.T, what string, err error, want string) {
	t.Helper()
	if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
		t.Errorf("%s: %v, want %q", what, err, want)
	}
}

func TestExports(t *testing.T) {
	for _, c := range []struct {
		what string
		data []byte
		want string
	}{
		{"sound", words(textAt+4, stringAt, 0), ""},
		{"namespace", words(textAt+4, stringAt, stringAt+5), ""},
		{"odd size", words(textAt, stringAt), "no multiple of 24"},
		{"name outside", words(textAt, outside, 0), "is not in the module"},
		{"no name", words(textAt, stringAt+4, 0), "is not in the module"},
		{"namespace outside", words(textAt, stringAt, outside), "the namespace of name is not in the module"},
		{"address outside", words(outside, stringAt, 0), "outside the module"},
	} {
		es, err := tables(t, "__ksymtab", c.data).Exports()
		holds(t, c.what, err, c.want)
		if c.want == "" && (len(es) != 1 || es[0].Name != "name" || es[0].Addr != textAt+4 || es[0].GPL) {
			t.Errorf("%s: %+v", c.what, es)
		}
	}
	es, err := tables(t, "__ksymtab_gpl", words(textAt, stringAt, stringAt+5)).Exports()
	if err != nil || !es[0].GPL || es[0].Namespace != "space" {
		t.Errorf("GPL: %+v, %v", es, err)
	}
}

func TestParamTable(t *testing.T) {
	for _, c := range []struct {
		what string
		data []byte
		want string
	}{
		{"sound", words(stringAt, 0, 0x1234, 0o644, 0), ""},
		{"odd size", words(stringAt, 0, 0, 0), "no multiple of 40"},
		{"name outside", words(outside, 0, 0, 0, 0), "the name of parameter 0 is not in the module"},
	} {
		ps, err := tables(t, secParam, c.data).Params()
		holds(t, c.what, err, c.want)
		if c.want == "" && (len(ps) != 1 || ps[0].Name != "name" || ps[0].Ops != 0x1234 || ps[0].Perm != 0o644) {
			t.Errorf("%s: %+v", c.what, ps)
		}
	}
}

func TestExceptionTable(t *testing.T) {
	// The table follows the strings: each word counts from its own place.
	const table = stringAt + 64
	entry := func(insn, fixup uint64) []byte {
		b := make([]byte, 12)
		put32(b, insn-table)
		put32(b[4:], fixup-(table+4))
		return b
	}
	for _, c := range []struct {
		what string
		data []byte
		want string
	}{
		{"sound", entry(textAt+8, textAt+16), ""},
		{"odd size", make([]byte, 8), "no multiple of 12"},
		{"instruction outside", entry(outside, textAt), "is not in the module's code"},
		{"fix-up in data", entry(textAt, stringAt), "is not in the module's code"},
	} {
		es, err := tables(t, secExTable, c.data).ExTable()
		holds(t, c.what, err, c.want)
		if c.want == "" && (len(es) != 1 || es[0] != ExEntry{textAt + 8, textAt + 16}) {
			t.Errorf("%s: %+v", c.what, es)
		}
	}
}

func TestConstructorsAndInit(t *testing.T) {
	fns, err := tables(t, ".init_array", words(textAt, textAt+8)).Constructors()
	if err != nil || len(fns) != 2 || fns[1] != textAt+8 {
		t.Errorf("constructors %#x, %v", fns, err)
	}
	_, err = tables(t, ".init_array", words(stringAt)).Constructors()
	holds(t, "constructor in data", err, "is not in the module's code")
	_, err = tables(t, ".init_array", []byte{1, 2, 3}).Constructors()
	holds(t, "odd size", err, "no multiple of 8")

	im := tables(t, ".x", words(0))
	mem, base := im.SectionMem(im.Spec.This)
	l := RISCV64.Module()
	put64(mem[l.Init:], textAt+4)
	put64(mem[l.Exit:], textAt+8)
	if this, init, exit, err := im.This(); err != nil || this != base || init != textAt+4 || exit != textAt+8 {
		t.Errorf("this %#x init %#x exit %#x, %v", this, init, exit, err)
	}
	put64(mem[l.Init:], stringAt)
	_, _, _, err = im.This()
	holds(t, "init in data", err, "the init function")
	put64(mem[l.Init:], 0)
	put64(mem[l.Exit:], outside)
	_, _, _, err = im.This()
	holds(t, "exit outside", err, "the exit function")
}

func TestCString(t *testing.T) {
	im := tables(t, ".x", words(0))
	if s, ok := im.CString(stringAt + 1); !ok || s != "ame" {
		t.Errorf("%q %v", s, ok)
	}
	end := uint64(coreBase) + uint64(len(im.Mem.Core))
	im.Mem.Core[len(im.Mem.Core)-1] = 'x' // no NUL behind it
	for _, a := range []uint64{end - 1, end, outside, 0, ^uint64(0)} {
		if _, ok := im.CString(a); ok {
			t.Errorf("a string at %#x", a)
		}
	}
}
