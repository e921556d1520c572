package guest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rv86/tests/lab"
)

// TestPrograms boots the image once for each program.
func TestPrograms(t *testing.T) {
	lab.Each(t, func(t *testing.T, m lab.Machine) {
		for _, name := range []string{"process", "memory", "hostile"} {
			t.Run(name, func(t *testing.T) {
				program := lab.Program(t, m.GOARCH, "./"+name)
				r := lab.Guest{Arch: m.Arch, Files: []string{program + ":/bin/" + name}}.Run(t, name)
				if want := golden(t, name); r.Out != want || r.Status != 0 {
					t.Errorf("status %d, got:\n%s\nwant:\n%s", r.Status, r.Out, want)
				}
			})
		}
	})
}

// golden reads the expected output; its first line says where it is from.
func golden(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name+".txt"))
	if err != nil {
		t.Fatal(err)
	}
	first, rest, _ := strings.Cut(string(b), "\n")
	if !strings.HasPrefix(first, "# ") {
		t.Fatalf("testdata/%s.txt does not say where it comes from", name)
	}
	return rest
}
