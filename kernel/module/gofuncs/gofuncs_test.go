package gofuncs

import (
	"debug/elf"
	"debug/gosym"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// build compiles a small program for a machine.
func build(t *testing.T, goarch string) (table []byte, text uint64) {
	t.Helper()
	dir := t.TempDir()
	src, out := filepath.Join(dir, "main.go"), filepath.Join(dir, "main")
	if err := os.WriteFile(src, []byte("package main\n\nfunc main() { println(1) }\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	c := exec.Command("go", "build", "-o", out, src)
	c.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+goarch)
	if b, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, b)
	}
	f, err := elf.Open(out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if table, err = f.Section(".gopclntab").Data(); err != nil {
		t.Fatal(err)
	}
	return table, f.Section(".text").Addr
}

// TestTable compares with what package debug/gosym reads.
func TestTable(t *testing.T) {
	for _, goarch := range []string{"riscv64", "386"} {
		t.Run(goarch, func(t *testing.T) {
			b, text := build(t, goarch)
			want, err := gosym.NewTable(nil, gosym.NewLineTable(b, text))
			if err != nil {
				t.Fatal(err)
			}
			got, err := Read(b, text)
			if err != nil {
				t.Fatal(err)
			}
			if got.Len() != len(want.Funcs) || got.Len() == 0 {
				t.Fatalf("%d functions, want %d", got.Len(), len(want.Funcs))
			}
			for i, f := range want.Funcs {
				if addr, name := got.At(i); addr != f.Entry || string(name) != f.Name {
					t.Fatalf("function %d is %s at %#x, want %s at %#x", i, name, addr, f.Name, f.Entry)
				}
			}
		})
	}
}

// TestWrong: a table that is cut or contradicts itself is refused, or its
// functions have no names.
func TestWrong(t *testing.T) {
	b, text := build(t, "riscv64")
	for n := range 200 {
		if _, err := Read(b[:n], text); err == nil {
			t.Errorf("%d bytes are taken for a table", n)
		}
	}
	for at := range 72 {
		for _, v := range []byte{0, 0x7f, 0xff} {
			c := append([]byte(nil), b...)
			c[at] = v
			all(c, text)
		}
	}
	cut, err := Read(b[:len(b)/2], text)
	if err == nil && cut.Len() > 0 {
		if _, name := cut.At(cut.Len() - 1); name != nil {
			t.Errorf("a name behind the end: %q", name)
		}
	}
	c := append([]byte(nil), b...)
	binary.LittleEndian.PutUint64(c[headerSize:], 1<<60)
	if _, err := Read(c, text); err == nil {
		t.Error("there are not so many functions")
	}
}

// all reads all that there is.
func all(b []byte, text uint64) {
	t, err := Read(b, text)
	if err != nil {
		return
	}
	for i := range t.Len() {
		t.At(i)
	}
}

// FuzzTable: no table makes reading fail.
func FuzzTable(f *testing.F) {
	f.Add([]byte{0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 4})
	f.Fuzz(func(_ *testing.T, b []byte) { all(b, 0) })
}
