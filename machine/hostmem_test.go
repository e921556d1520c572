//go:build unix

package machine

import "testing"

// TestHostMemory asks for more than any host has: an error, not the end of the
// program.
func TestHostMemory(t *testing.T) {
	const n = 1 << 62
	want := "this host has no 4398046511104 MiB of memory to give: ask for less with --memory (cannot allocate memory)"
	if b, err := allocRAM(n); err == nil || err.Error() != want {
		t.Errorf("%d bytes, error %v", len(b), err)
	}
	if b, err := allocRAM(4096); err != nil || len(b) != 4096 {
		t.Errorf("%d bytes, error %v", len(b), err)
	}
}
