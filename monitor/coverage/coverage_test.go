package coverage

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rv86/monitor/debuginfo"
)

// two is any size of an instruction: riscv64's are a multiple of it.
func two([]byte) int { return 2 }

// watchme is the module of the debuginfo tests, built from
// tests/monitor/src/watchme.
func watchme(t *testing.T, arch string) (*Coverage, *debuginfo.Image) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "debuginfo", "testdata", arch+".ko"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := New("watchme", b)
	if err != nil {
		t.Fatal(err)
	}
	return c, c.image
}

func source(name string) (string, []string, bool) {
	b, err := os.ReadFile(filepath.Join("..", "..", "tests", "monitor", "src", "watchme", filepath.Base(name)))
	return "src/" + filepath.Base(name), strings.Split(strings.TrimSuffix(string(b), "\n"), "\n"), err == nil
}

func TestReports(t *testing.T) {
	for _, arch := range []string{"riscv64", "i386"} {
		t.Run(arch, func(t *testing.T) {
			c, im := watchme(t, arch)
			init, _ := im.Symbol("watchme_init")
			add, ok := im.Symbol("add")
			if !ok {
				t.Fatal("no symbol add")
			}
			// Loaded twice, at different places; only add ran.
			for i, at := range []uint64{0x5000_0000, 0x7000_0000} {
				r, ok := c.Place(".text", at)
				if !ok || r.High <= r.Low {
					t.Fatalf("range %#x", r)
				}
				for range i + 2 {
					r.Executed(at + add.Addr - c.sections[0].base)
				}
			}
			if _, ok := c.Place(".data", 0x1000); ok {
				t.Error(".data has no code")
			}
			var text, lcov bytes.Buffer
			if err := c.WriteText(&text, two, source); err != nil {
				t.Fatal(err)
			}
			if err := c.WriteLCOV(&lcov, source); err != nil {
				t.Fatal(err)
			}
			for _, want := range []string{
				"Coverage of module watchme: 1 of ", ", 1 of 3 functions (33.3%)\n",
				"        -:   24:static noinline int add(struct point *p, int by)\n", "        5:   2",
				"    #####:   39:\t\tadd(&origin, i);\n", "        -:   53:MODULE_DESCRIPTION",
			} {
				if !strings.Contains(text.String(), want) {
					t.Errorf("there is no %q in\n%s", want, &text)
				}
			}
			for _, want := range []string{
				"TN:watchme\nSF:src/watchme.c\n", "FN:24,add\nFNDA:5,add\n", "FNDA:0,watchme_init\n", "FNF:3\nFNH:1\n",
				",5\n", "DA:40,0\n", "LH:1\nend_of_record\n",
			} {
				if !strings.Contains(lcov.String(), want) {
					t.Errorf("there is no %q in\n%s", want, &lcov)
				}
			}
			if n, code := c.count(init.Addr); n != 0 || !code {
				t.Errorf("watchme_init: %d, %v", n, code)
			}
		})
	}
}

// FuzzNew reads damaged modules.
func FuzzNew(f *testing.F) {
	for _, arch := range []string{"riscv64", "i386"} {
		b, err := os.ReadFile(filepath.Join("..", "debuginfo", "testdata", arch+".ko"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(_ *testing.T, file []byte) {
		c, err := New("m", file)
		if err != nil {
			return
		}
		var out bytes.Buffer
		_ = c.WriteText(&out, two, source)
		_ = c.WriteLCOV(&out, source)
	})
}
