package vfs

import (
	"testing"

	"rv86/kernel/abi"
)

// The paths that programs take most. The guest's instruction counts follow
// these times.

func BenchmarkLookup(b *testing.B) {
	_, c := newTree(b)
	c.Mkdir(Path{}, "/etc", 0o755)
	writeFile(b, c, "/etc/passwd", "x")
	for b.Loop() {
		if _, e := c.Lookup(Path{}, "/etc/passwd", true, false); e != 0 {
			b.Fatal(e)
		}
	}
}

func BenchmarkOpenClose(b *testing.B) {
	_, c := newTree(b)
	writeFile(b, c, "/f", "x")
	for b.Loop() {
		d, e := c.Open(Path{}, "/f", abi.O_RDONLY, 0)
		if e != 0 {
			b.Fatal(e)
		}
		d.Put()
	}
}

func BenchmarkRead(b *testing.B) {
	_, c := newTree(b)
	writeFile(b, c, "/f", "x")
	d := mustOpen(b, c, "/f", abi.O_RDONLY)
	buf := make([]byte, 1)
	for b.Loop() {
		d.Lseek(0, abi.SEEK_SET)
		d.Read(c, buf)
	}
}
