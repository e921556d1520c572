package modpost

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rv86/kmod"
	"rv86/kmod/symvers"
)

// shipped reads the modules of the images: linked, but as good as compiled ones
// for what reads objects.
func shipped(t testing.TB, m *kmod.Machine) map[string][]byte {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join("..", "..", "images", "modules", m.Name, "*.ko"))
	if len(files) == 0 {
		t.Fatal("no modules")
	}
	out := map[string][]byte{}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.Base(f)] = b
	}
	return out
}

// TestFinishTwice: a finished module has nothing more to drop, and is written
// again byte for byte, so what is written is what was read.
func TestFinishTwice(t *testing.T) {
	for _, m := range kmod.Machines {
		for name, b := range shipped(t, m) {
			again, err := Finish(b, m, true)
			if err != nil || !bytes.Equal(again, b) {
				t.Errorf("%s for %s: %d bytes became %d, %v", name, m.Name, len(b), len(again), err)
			}
		}
	}
}

// TestDropUsed: what is still referred to cannot be dropped.
func TestDropUsed(t *testing.T) {
	o, err := readObject(shipped(t, kmod.RISCV64)["hello.ko"], kmod.RISCV64)
	if err != nil {
		t.Fatal(err)
	}
	err = o.drop(func(s *section) bool { return s.name == ".rodata.str1.8" })
	if err == nil || !strings.Contains(err.Error(), "in section .rodata.str1.8, which is to be dropped") {
		t.Error(err)
	}
}

func TestWrongMachine(t *testing.T) {
	_, err := Run([]*Module{{Name: "x", Object: shipped(t, kmod.I386)["hello.ko"]}}, Options{Machine: kmod.RISCV64, Kernel: symvers.NewTable(nil)})
	if err == nil || !strings.Contains(err.Error(), "x.o: this is no relocatable file for riscv64, but ET_REL for EM_386") {
		t.Error(err)
	}
}

// TestLongName: a symbol whose name has no room in __versions is used without a
// version.
func TestLongName(t *testing.T) {
	name := strings.Repeat("n", kmod.RISCV64.VersionNameLen())
	r := &run{Options: Options{Machine: kmod.RISCV64, Kernel: symvers.NewTable(nil)}}
	m := &Module{Name: "m", used: []symvers.Row{{CRC: 1, Symbol: name}, {CRC: 2, Symbol: name[1:]}, {Symbol: "unversioned"}}}
	if diff := cmp.Diff([]kmod.Version{{Name: name[1:], CRC: 2}}, r.versions(m)); diff != "" {
		t.Error(diff)
	}
	if len(r.Findings) != 1 || r.Failed("") {
		t.Errorf("%v", r.Findings)
	}
}

// FuzzObject: no file makes modpost fail otherwise than with an error.
func FuzzObject(f *testing.F) {
	for i, m := range kmod.Machines {
		for _, name := range []string{"dep-b.ko", "hello.ko"} {
			f.Add(i == 1, shipped(f, m)[name])
		}
	}
	f.Fuzz(func(_ *testing.T, second bool, b []byte) {
		m := kmod.Machines[0]
		if second {
			m = kmod.Machines[1]
		}
		_, _ = Run([]*Module{{Name: "f", Object: b}}, Options{Machine: m, Kernel: symvers.Of(m)})
		_, _ = TypeTexts(b, []string{"f"})
		_, _ = Finish(bytes.Clone(b), m, true)
	})
}
