//go:build riscv64 || 386

package cstring

import (
	"bytes"
	"strings"
	"testing"
	"unsafe"
)

// The tests run on the guests' machines only: natively, or under a user-mode
// emulator with `go test -exec`.

func addr(b []byte) uintptr { return uintptr(unsafe.Pointer(&b[0])) }

func sign(n uintptr) int {
	switch v := int32(n); {
	case v < 0:
		return -1
	case v > 0:
		return 1
	}
	return 0
}

func TestMemory(t *testing.T) {
	f := Funcs()
	for n := range 40 {
		for from := range 20 {
			for to := range 20 {
				a := make([]byte, 64)
				for i := range a {
					a[i] = byte(i * 7)
				}
				want := bytes.Clone(a)
				copy(want[to:to+n], a[from:from+n])
				if r := call(f["memmove"], addr(a)+uintptr(to), addr(a)+uintptr(from), uintptr(n)); r != addr(a)+uintptr(to) || !bytes.Equal(a, want) {
					t.Fatalf("memmove %d from %d to %d", n, from, to)
				}
			}
			a, want := make([]byte, 64), make([]byte, 64)
			for i := range n {
				want[from+i] = 0xa5
			}
			if r := call(f["memset"], addr(a)+uintptr(from), 0x7a5, uintptr(n)); r != addr(a)+uintptr(from) || !bytes.Equal(a, want) {
				t.Fatalf("memset %d at %d", n, from)
			}
		}
	}
}

func TestStrings(t *testing.T) {
	f := Funcs()
	words := []string{"", "a", "b", "ab", "abc", "abd", "abc\xff", "abc\x01", strings.Repeat("x", 100)}
	for _, x := range words {
		a := append([]byte(x), 0, 'z')
		if n := call(f["strlen"], addr(a), 0, 0); n != uintptr(len(x)) {
			t.Errorf("strlen(%q) = %d", x, n)
		}
		d := make([]byte, 120)
		if r := call(f["strcpy"], addr(d), addr(a), 0); r != addr(d) || string(d[:len(x)+1]) != x+"\x00" || d[len(x)+1] != 0 {
			t.Errorf("strcpy(%q)", x)
		}
		for _, y := range words {
			b := append([]byte(y), 0, 'y')
			if got := sign(call(f["strcmp"], addr(a), addr(b), 0)); got != strings.Compare(x, y) {
				t.Errorf("strcmp(%q, %q) = %d", x, y, got)
			}
			for n := range 6 {
				p, q := x[:min(n, len(x))], y[:min(n, len(y))]
				if got := sign(call(f["strncmp"], addr(a), addr(b), uintptr(n))); got != strings.Compare(p, q) {
					t.Errorf("strncmp(%q, %q, %d) = %d", x, y, n, got)
				}
				if n <= len(x) && n <= len(y) {
					if got := sign(call(f["memcmp"], addr(a), addr(b), uintptr(n))); got != strings.Compare(p, q) {
						t.Errorf("memcmp(%q, %q, %d) = %d", x, y, n, got)
					}
				}
			}
		}
	}
}
