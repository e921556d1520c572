package vfs

import (
	"testing"

	"rv86/kernel/abi"
)

// newTree returns an empty namespace and root's view of it. The clock moves
// by a second at each look.
func newTree(t testing.TB) (*Namespace, *Caller) {
	t.Helper()
	var sec int64 = 1_000_000
	ns := NewNamespace(Config{
		Now:      func() abi.Timespec { sec++; return abi.Timespec{Sec: sec} },
		MemLimit: 16 << 20,
	})
	fs := ns.NewFSContext()
	return ns, &Caller{FS: fs, PID: 1, TID: 1}
}

func mustOpen(t testing.TB, c *Caller, path string, flags int) *Description {
	t.Helper()
	d, e := c.Open(Path{}, path, flags, 0o644)
	if e != 0 {
		t.Fatalf("open %s: %v", path, e)
	}
	return d
}

func readAll(t testing.TB, c *Caller, d *Description) string {
	t.Helper()
	var out []byte
	buf := make([]byte, 1000) // no divisor of a page
	for {
		n, e := d.Read(c, buf)
		if e != 0 {
			t.Fatalf("read: %v", e)
		}
		if n == 0 {
			return string(out)
		}
		out = append(out, buf[:n]...)
	}
}

func readFile(t testing.TB, c *Caller, path string) string {
	t.Helper()
	d := mustOpen(t, c, path, abi.O_RDONLY)
	defer d.Put()
	return readAll(t, c, d)
}

func writeFile(t testing.TB, c *Caller, path, text string) {
	t.Helper()
	d := mustOpen(t, c, path, abi.O_WRONLY|abi.O_CREAT|abi.O_TRUNC)
	defer d.Put()
	if n, e := d.Write(c, []byte(text)); n != len(text) || e != 0 {
		t.Fatalf("write %s: %d, %v", path, n, e)
	}
}
