package depmod

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rv86/kmod/modlib"
)

// logged gathers messages.
type logged []string

func (l *logged) add(level, format string, args []any) {
	*l = append(*l, level+": "+fmt.Sprintf(format, args...))
}
func (l *logged) Errorf(format string, args ...any)   { l.add("ERROR", format, args) }
func (l *logged) Warnf(format string, args ...any)    { l.add("WARNING", format, args) }
func (l *logged) Verbosef(format string, args ...any) { l.add("verbose", format, args) }

// shipped copies the modules of the image below DIR/kernel.
func shipped(t *testing.T, dir string) {
	t.Helper()
	files, err := filepath.Glob("../../images/modules/riscv64/*.ko")
	if err != nil || len(files) == 0 {
		t.Fatalf("no shipped modules: %v", err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "kernel"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "kernel", filepath.Base(f)), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestIndexes indexes two modules of which one needs the other. That the texts
// are kmod's to the byte is tested where kmod is (tests/kmod).
func TestIndexes(t *testing.T) {
	dir := t.TempDir()
	shipped(t, dir)
	var log logged
	x := New(Options{}, NewConfig("1.2.3"), &log)
	if err := x.Search(os.DirFS(dir), dir, ""); err != nil {
		t.Fatal(err)
	}
	x.Order("kernel/dep-b.ko\nkernel/nothing.ko\nkernel/dep-a.ko\n")
	if err := x.Resolve(); err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, f := range x.Files() {
		texts[f.Name] = f.Text
	}
	if !strings.HasPrefix(texts[modlib.DepFile], "kernel/dep-b.ko: kernel/dep-a.ko\nkernel/dep-a.ko:\n") {
		t.Errorf("modules.dep:\n%s", texts[modlib.DepFile])
	}
	if !strings.Contains(texts[modlib.SymbolFile], "\nalias symbol:dep_a_add dep_a\n") {
		t.Errorf("modules.symbols:\n%s", texts[modlib.SymbolFile])
	}
	for _, line := range log {
		if !strings.HasPrefix(line, "verbose: ") || !strings.Contains(line, "/kernel/dep-b.ko needs \"dep_a_") {
			t.Errorf("message %q", line)
		}
	}
}

// TestWalkEnds follows links, but not back to where it is.
func TestWalkEnds(t *testing.T) {
	dir := t.TempDir()
	version := filepath.Join(dir, "1.2.3")
	for _, err := range []error{
		os.MkdirAll(filepath.Join(version, "build"), 0o755),
		os.Symlink("..", filepath.Join(version, "kernel")),
		os.Symlink("gone", filepath.Join(version, "dangling")),
		os.WriteFile(filepath.Join(dir, "a.ko"), nil, 0o644),
		os.WriteFile(filepath.Join(version, "build", "b.ko"), nil, 0o644),
		os.WriteFile(filepath.Join(version, "c.ko.gz"), nil, 0o644),
		os.WriteFile(filepath.Join(version, "d.txt"), nil, 0o644),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	err := Walk(os.DirFS(version), NewConfig("").excluded, func(name string, _ fs.FileInfo, err error) {
		got = append(got, fmt.Sprint(name, " ", err == nil))
	})
	want := []string{"c.ko.gz true", "dangling false", "kernel/a.ko true"}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v, want %q", got, err, want)
	}
	if err := Walk(os.DirFS(filepath.Join(dir, "none")), nil, nil); err == nil {
		t.Error("a directory that is not there was walked")
	}
}

func TestCycles(t *testing.T) {
	graph := func(edges string) *Indexer {
		var log logged
		x := New(Options{}, NewConfig(""), &log)
		node := func(name string) *module {
			if x.byName[name] == nil {
				m := &module{name: name, path: name + ".ko", object: &modlib.Object{}}
				x.byName[name] = m
				x.modules = append(x.modules, m)
			}
			return x.byName[name]
		}
		for e := range strings.FieldsSeq(edges) {
			from, to := node(e[:1]), node(e[1:])
			from.deps = append(from.deps, to)
			to.users++
		}
		return x
	}
	for edges, want := range map[string][]string{
		"ab bc ac":    nil,
		"ab ba":       {"ERROR: Cycle detected: a -> b -> a", "ERROR: Found 2 modules in dependency cycles!"},
		"ab bc ca db": {"ERROR: Cycle detected: a -> b -> c -> a", "ERROR: Found 3 modules in dependency cycles!"},
		"aa":          {"ERROR: Cycle detected: a -> a", "ERROR: Found 1 modules in dependency cycles!"},
		"ab ba bc cd dc": {
			"ERROR: Cycle detected: a -> b -> a", "ERROR: Cycle detected: c", "ERROR: Cycle detected: d",
			"ERROR: Found 2 modules in dependency cycles!",
		},
	} {
		x := graph(edges)
		err := x.sort()
		if diff := cmp.Diff(want, []string(*x.log.(*logged))); diff != "" || (err == nil) != (want == nil) {
			t.Errorf("%s: %v\n%s", edges, err, diff)
		}
	}
}

// TestDenseCycles ends, though there are more cycles than atoms.
func TestDenseCycles(t *testing.T) {
	var log logged
	x := New(Options{}, NewConfig(""), &log)
	for i := range 60 {
		x.modules = append(x.modules, &module{name: fmt.Sprint("m", i), object: &modlib.Object{}})
	}
	for _, m := range x.modules {
		m.deps = slices.DeleteFunc(slices.Clone(x.modules), func(d *module) bool { return d == m })
		m.users = len(m.deps)
	}
	if err := x.sort(); err != ErrCycle || log[len(log)-1] != "ERROR: Found 60 modules in dependency cycles!" {
		t.Errorf("%v, %q", err, log[len(log)-1])
	}
}

func TestConfig(t *testing.T) {
	c := NewConfig("6.6.0-x")
	var warnings logged
	c.Parse("f", "search extra built-in\nexternal ^6 /ext/\noverride m 6.6.* special\noverride m 5.* no\nexclude skip\nbad\noverride x\nexternal x\ninclude y\n", warnings.Warnf)
	want := logged{"WARNING: f:6: ignoring bad line starting with 'bad'", "WARNING: f:7: ignoring bad line starting with 'override'", "WARNING: f:8: ignoring bad line starting with 'external'"}
	if diff := cmp.Diff(want, warnings); diff != "" {
		t.Error(diff)
	}
	for _, p := range []struct {
		old, found string
		keeps      bool
	}{
		{"kernel/m", "special/m", false},
		{"special/m", "kernel/m", true},
		{"kernel/a", "extra/a", false},
		{"extra/a", "kernel/a", true},
		{"kernel/a", "kernel/b/a", true},
	} {
		if got := c.keeps(p.old, p.found); got != p.keeps {
			t.Errorf("keeps(%s, %s) = %v", p.old, p.found, got)
		}
	}
	if !c.excluded("skip") || !c.excluded("build") || c.excluded("kernel") || !slices.Equal(c.Externals, []string{"/ext"}) {
		t.Errorf("%+v", c)
	}
}

// TestHashOrder holds the order of the hash table to what kmod 30 prints.
func TestHashOrder(t *testing.T) {
	var order []string
	for i := range 20 {
		order = append(order, fmt.Sprintf("m%d", i))
	}
	sortHashed(order, moduleBuckets, func(s string) string { return s })
	if got := strings.Join(order, " "); got != kmodOrder {
		t.Errorf("got  %s\nwant %s", got, kmodOrder)
	}
}

// kmodOrder is what depmod of kmod 30 makes of modules m0 to m19 without a
// modules.order.
const kmodOrder = "m3 m12 m5 m15 m7 m11 m10 m9 m17 m13 m14 m16 m6 m8 m19 m1 m18 m4 m2 m0"
