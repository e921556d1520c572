package modlib

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"rv86/kmod/sign"
)

func TestName(t *testing.T) {
	for in, want := range map[string]string{
		"hello": "hello", "hello.ko": "hello", "/lib/modules/dep-a.ko": "dep_a", "x/y.ko.gz": "y", "a.b.ko": "a", "": "",
	} {
		if got := Name(in); got != want && in != "" {
			t.Errorf("Name(%q) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]bool{"a.ko": true, "a.ko.gz": true, ".ko": false, ".ko.gz": false, "a.kox": false, "mod.dep": false} {
		if IsModuleFile(in) != want {
			t.Errorf("IsModuleFile(%q) is not %v", in, want)
		}
	}
	for in, want := range map[string]string{"a-b": "a_b", "a[0-9]-": "a[0-9]_", "[-": "", "a]": "", "": ""} {
		got, ok := NormalizeAlias(in)
		if got != want || ok != (want != "" || in == "") {
			t.Errorf("NormalizeAlias(%q) = %q, %v", in, got, ok)
		}
	}
}

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		pattern, name string
		want          bool
	}{
		{"", "", true},
		{"*", "", true},
		{"*", "a/b", true},
		{"a*c*e", "abcde", true},
		{"a*c*e", "abcd", false},
		{"a?c", "abc", true},
		{"a?c", "ac", false},
		{"pci:v*d*x[0-9]*", "pci:v1d2x3y", true},
		{"pci:v*d*x[0-9]*", "pci:v1d2xy", false},
		{"[!a]b", "bb", true},
		{"[!a]b", "ab", false},
		{"[]a]", "]", true},
		{"[a", "[a", true},
		{"[a", "a", false},
		{`\*`, "*", true},
		{`\*`, "a", false},
		{`a\`, "a", false},
		{"[a-]", "-", true},
		{`[\]]`, "]", true},
		{strings.Repeat("*a", 20), strings.Repeat("a", 200), true},
		{strings.Repeat("*a", 20) + "b", strings.Repeat("a", 2000), false},
	} {
		if got := Match(c.pattern, c.name); got != c.want {
			t.Errorf("Match(%q, %q) = %v", c.pattern, c.name, got)
		}
	}
}

// FuzzMatch compares with path.Match where the two have the same rules: without
// slashes, backslashes and sets, whose negation and errors differ.
func FuzzMatch(f *testing.F) {
	f.Add("a*b?", "axxbc")
	f.Add("**?", "")
	f.Fuzz(func(t *testing.T, pattern, name string) {
		got := Match(pattern, name)
		if strings.ContainsAny(pattern, `[]\`) || strings.Contains(name, "/") || !ascii(pattern+name) {
			return
		}
		if want, err := path.Match(pattern, name); err == nil && got != want {
			t.Errorf("Match(%q, %q) = %v", pattern, name, got)
		}
	})
}

func ascii(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= 0x80 }) < 0
}

func TestConfig(t *testing.T) {
	var c Config
	var warnings []string
	warn := func(format string, args ...any) { warnings = append(warnings, format) }
	c.Parse("test", `# comment
alias my-*	mod-a
blacklist a-b
options m-x  p=1	q=2
install i-* /bin/true
remove r /bin/false \
   again
softdep s  pre: a b   post:	c
`, warn)
	c.ParseCommandLine(`console=x m.p=1 "grub.q=a b" n.flag x.y="a b" modprobe.blacklist=u,v rv86.cmd="echo \"z.z=1 \" w.w=2" k="v.v=1" .p=1 a.b.c=1`, warn)
	want := Config{
		Aliases:   []Rule{{"my_*", "mod_a"}},
		Blacklist: []string{"a_b", "u", "v"},
		Options: []Rule{
			{"m_x", " p=1 q=2"}, {"m", "p=1"}, {"grub", `q="a b"`}, {"n", "flag"}, {"x", `y="a b"`},
		},
		Install:  []Rule{{"i_*", "/bin/true"}},
		Remove:   []Rule{{"r", "/bin/false    again"}},
		Softdeps: []Softdep{{"s", []string{"a", "b"}, []string{"c"}}},
	}
	if diff := cmp.Diff(want, c); diff != "" || warnings != nil {
		t.Errorf("%s\nwarnings %q", diff, warnings)
	}
	for _, bad := range []string{"alias", "alias x", "alias x[ y", "blacklist", "options x", "install x", "remove x", "softdep x", "nonsense x", "include x", "config x"} {
		warnings = nil
		c.Parse("bad", bad, warn)
		if len(warnings) != 1 {
			t.Errorf("%q: %d warnings", bad, len(warnings))
		}
	}
}

// testIndex has what kmod's files would have for a diamond.
func testIndex() *Index {
	return ReadIndex("/m", func(name string) string {
		return map[string]string{
			DepFile:         "kernel/base-x.ko:\nkernel/left.ko: kernel/base-x.ko\nkernel/right.ko: kernel/base-x.ko\nkernel/top.ko.gz: kernel/left.ko kernel/right.ko kernel/base-x.ko\n/abs/out.ko:\nno colon\n",
			AliasFile:       "# comment\nalias dia-* top\nalias dia-* left\nalias bad[ top\n",
			SymbolFile:      "alias symbol:f left\n",
			BuiltinFile:     "kernel/in-side.ko\n",
			BuiltinInfoFile: "in_side.alias=inner*\x00in_side.license=GPL\x00junk\x00",
		}[name]
	})
}

func names(steps []Step) string {
	var all []string
	for _, s := range steps {
		name := s.Name
		if !s.Required {
			name += "?"
		}
		all = append(all, name)
	}
	return strings.Join(all, " ")
}

func TestLookupAndPlan(t *testing.T) {
	var config Config
	fail := func(format string, args ...any) { t.Errorf(format, args...) }
	config.Parse("", "softdep left pre: out\nalias mine right\ninstall only true\noptions top a=1\noptions dia_x b=2\nsoftdep out post: in-side\nblacklist top\n", fail)
	for _, c := range []struct{ name, found, plan string }{
		{"top", "top", "base_x right out? in_side? left top"},
		{"dia-x", "top left", "base_x right out? in_side? left top"},
		{"mine", "right", "base_x right"},
		{"symbol:f", "left", "base_x out? in_side? left"},
		{"in-side", "in_side", "in_side"},
		{"inner9", "in_side", "in_side"},
		{"only", "only", "only"},
		{"out", "out", "out in_side?"},
		{"none", "", ""},
	} {
		lib := NewLibrary(testIndex(), &config, fail)
		found, ok := lib.Lookup(c.name)
		var got []string
		for _, m := range found {
			got = append(got, m.Name)
		}
		if !ok || strings.Join(got, " ") != c.found {
			t.Errorf("Lookup(%q) = %q, %v, want %q", c.name, got, ok, c.found)
			continue
		}
		if len(found) > 0 {
			if got := names(lib.Plan(found[0], false)); got != c.plan {
				t.Errorf("plan for %s: %s, want %s", c.name, got, c.plan)
			}
		}
	}
	lib := NewLibrary(testIndex(), &config, fail)
	found, _ := lib.Lookup("dia-x")
	if got := found[0].Options(); got != "a=1 b=2" || !found[0].Blacklisted() || found[0].Path != "/m/kernel/top.ko.gz" {
		t.Errorf("dia-x: options %q, path %q", got, found[0].Path)
	}
	if got := names(lib.Plan(found[0], true)); got != "base_x right out? in_side? left top" {
		t.Errorf("without commands: %s", got)
	}
	if _, ok := lib.Lookup("a]"); ok {
		t.Error("a] was taken for a name")
	}
	if path, ok := lib.Index.Path("out"); !ok || path != "/abs/out.ko" {
		t.Errorf("path of out: %q", path)
	}
	if diff := cmp.Diff([]Rule{{"alias", "inner*"}, {"license", "GPL"}}, lib.Index.BuiltinInfo("in_side")); diff != "" {
		t.Error(diff)
	}
}

// TestReadObject reads the shipped modules: each exports what the other needs.
func TestReadObject(t *testing.T) {
	for _, arch := range []string{"riscv64", "i386"} {
		read := func(name string) ([]byte, *Object) {
			data, err := os.ReadFile(filepath.Join("../../images/modules", arch, name))
			if err != nil {
				t.Fatal(err)
			}
			o, err := ReadObject(data)
			if err != nil {
				t.Fatal(err)
			}
			return data, o
		}
		_, a := read("dep-a.ko")
		data, b := read("dep-b.ko")
		less := func(x, y Symbol) bool { return x.Name < y.Name }
		dropCRC := cmp.Transformer("name", func(s Symbol) string { return s.Name })
		want := []Symbol{{Name: "dep_a_add"}, {Name: "dep_a_calls"}}
		if diff := cmp.Diff(want, a.Exports, cmpopts.SortSlices(less), dropCRC); diff != "" {
			t.Errorf("%s: exports of dep-a: %s", arch, diff)
		}
		needed := map[string]bool{}
		for _, s := range b.Needs {
			needed[s.Name] = true
		}
		if !needed["dep_a_add"] || !needed["dep_a_calls"] || needed[""] {
			t.Errorf("%s: dep-b needs %v", arch, b.Needs)
		}
		if b.Info.Get("depends") != "dep_a" {
			t.Errorf("%s: dep-b says %v", arch, b.Info)
		}
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		z.Write(data)
		z.Close()
		again, err := ReadObject(packed.Bytes())
		if err != nil || cmp.Diff(b, again) != "" {
			t.Errorf("%s: packed: %v", arch, err)
		}
	}
}

func TestReadObjectErrors(t *testing.T) {
	for _, c := range []struct {
		data string
		want error
	}{
		{"", ErrMalformed},
		{"abc\n", ErrMalformed},
		{"this is no ELF file", ErrNotELF},
		{"\x7fELF\x02\x01\x01" + strings.Repeat("\x00", 20), ErrMalformed},
		{"\x1f\x8bxxxxxx", io.ErrUnexpectedEOF},
	} {
		for name, read := range map[string]func([]byte) error{
			"ReadObject":   func(b []byte) error { _, err := ReadObject(b); return err },
			"ReadInfo":     func(b []byte) error { _, err := ReadInfo(b); return err },
			"ReadVersions": func(b []byte) error { _, err := ReadVersions(b); return err },
			"ReadExports":  func(b []byte) error { _, err := ReadExports(b); return err },
		} {
			if err := read([]byte(c.data)); !errors.Is(err, c.want) {
				t.Errorf("%s(%q): %v, want %v", name, c.data, err, c.want)
			}
		}
	}
}

// FuzzReadObject wants no panic, whatever the file.
func FuzzReadObject(f *testing.F) {
	for _, arch := range []string{"riscv64", "i386"} {
		data, err := os.ReadFile(filepath.Join("../../images/modules", arch, "dep-b.ko"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		ReadObject(data)
		ReadVersions(data)
	})
}

// FuzzTexts wants no panic and an end, whatever the files say.
func FuzzTexts(f *testing.F) {
	f.Add("a.ko: b.ko\nb.ko: a.ko\n", "softdep a pre: b post: a\nsoftdep b pre: a\nalias x* a\n", "a.b=1 \"c.d=e f\"", "xy")
	f.Fuzz(func(t *testing.T, dep, conf, boot, name string) {
		ignore := func(string, ...any) {}
		var c Config
		c.Parse("x", conf, ignore)
		c.ParseCommandLine(boot, ignore)
		c.Dump()
		lib := NewLibrary(ReadIndex("/m", func(string) string { return dep }), &c, ignore)
		lib.Index.Dump()
		found, _ := lib.Lookup(name)
		for _, m := range found {
			lib.Plan(m, false)
			m.Options()
		}
	})
}

// TestSignatureInfo reads what package sign wrote.
func TestSignatureInfo(t *testing.T) {
	key, err := sign.Generate("tester", strings.NewReader(strings.Repeat("s", 64)))
	if err != nil {
		t.Fatal(err)
	}
	signed, err := sign.Sign([]byte("a module"), key)
	if err != nil {
		t.Fatal(err)
	}
	_, sig, err := sign.Split(signed)
	if err != nil {
		t.Fatal(err)
	}
	info := SignatureInfo(signed)
	hex := strings.NewReplacer(":", "", "\n\t\t", "").Replace(info.Get("signature"))
	if info.Get("signer") != "tester" || hex != fmt.Sprintf("%X", sig.Sig) || strings.ReplaceAll(info.Get("sig_key"), ":", "") != fmt.Sprintf("%X", key.Public().ID()) {
		t.Errorf("got %v", info)
	}
	for n := range len(signed) {
		if SignatureInfo(signed[:n]) != nil {
			t.Errorf("a signature in %d of %d bytes", n, len(signed))
		}
		SignatureInfo(append([]byte(nil), signed[n:]...)) // must not panic
	}
}
