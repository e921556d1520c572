package kofile

import (
	"os"
	"path/filepath"
	"testing"

	"rv86/kmod"
)

// TestRoundTrip: what Read gives, Bytes writes, and the loader's own reader
// finds the same in both.
func TestRoundTrip(t *testing.T) {
	for _, m := range kmod.Machines {
		files, err := filepath.Glob("../../images/modules/" + m.Name + "/*.ko")
		if err != nil || len(files) == 0 {
			t.Fatalf("no modules for %s: %v", m.Name, err)
		}
		for _, name := range files {
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			f, err := Read(b)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			f.DropInfo(kmod.ChecksumKey) // it covers the places of everything
			again, err := kmod.Parse(f.Bytes(), m)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			first, err := kmod.Parse(b, m)
			if err != nil {
				t.Fatal(err)
			}
			if len(again.Symbols) != len(first.Symbols) || len(again.Relocs) != len(first.Relocs) ||
				len(again.Sections) != len(first.Sections) || again.Name != first.Name {
				t.Errorf("%s: %d symbols, %d sections; want %d, %d", name,
					len(again.Symbols), len(again.Sections), len(first.Symbols), len(first.Sections))
			}
		}
	}
}
