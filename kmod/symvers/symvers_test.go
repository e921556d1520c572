package symvers

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rv86/kmod"
	"rv86/kmod/kapi"
)

func TestFormat(t *testing.T) {
	text := "0x12345678\tf\tvmlinux\tEXPORT_SYMBOL\t\n" +
		"0x00000000\tg\tdir/m\tEXPORT_SYMBOL_GPL\tSPACE\n" +
		"0x00000001\th\tm\tEXPORT_UNUSED_SYMBOL_GPL\t\n"
	rows, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(text, Format(rows)); diff != "" {
		t.Error(diff)
	}
	if r := NewTable(rows).Lookup("g"); r == nil || r.Kind != kmod.ExportGPL || r.Namespace != "SPACE" || r.Module != "dir/m" {
		t.Errorf("%+v", r)
	}
	if r := NewTable(rows).Lookup("nobody"); r != nil {
		t.Errorf("%+v", r)
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"0x1\tf\tm\tEXPORT_SYMBOL\t\n0x1 f m\n", "line 2: 1 columns, want 5"},
		{"12\tf\tm\tEXPORT_SYMBOL\t\n", "line 1: the CRC \"12\""},
		{"0x123456789\tf\tm\tEXPORT_SYMBOL\t\n", "the CRC"},
		{"0x1\t\tm\tEXPORT_SYMBOL\t\n", "is empty"},
		{"0x1\tf\tm\tEXPORT\t\n", "there is no kind of export \"EXPORT\""},
	} {
		if _, err := Parse(c.text); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want %q", c.text, err, c.want)
		}
	}
}

// TestKernelTable looks for kapi's rows in the embedded tables; package kbuild
// compares the CRCs, and tests/symvers all that a running kernel exports.
func TestKernelTable(t *testing.T) {
	for _, m := range kmod.Machines {
		table := Of(m)
		want := map[string]bool{kmod.ModuleLayoutSymbol: false}
		for _, f := range kapi.Funcs {
			want[f.Name] = f.GPL
		}
		for _, v := range kapi.Vars {
			want[v.Name] = false
		}
		for name, gpl := range want {
			if r := table.Lookup(name); r == nil || r.Kind.GPLOnly() != gpl || r.Module != Kernel {
				t.Errorf("%s: %s has row %+v: run `make modules`", m.Name, name, r)
			}
		}
		for _, r := range table.Rows() {
			if r.CRC == 0 {
				t.Errorf("%s: %s has no version", m.Name, r.Symbol)
			}
		}
	}
}
