package i386

import (
	"bytes"
	"os"
	"testing"

	"rv86/cpu/i386/internal/fastgen"
)

// TestGeneratedIsCurrent: go generate would change nothing.
func TestGeneratedIsCurrent(t *testing.T) {
	want, err := fastgen.Source()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("fast_unsafe.go")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("fast_unsafe.go is stale: run go generate in cpu/i386")
	}
}

// TestFastOpsAreReached: every operation of the generated switch belongs to a
// row, or is a variant that the block builder chooses.
func TestFastOpsAreReached(t *testing.T) {
	used := map[fastOp]bool{f_exec: true, f_end: true}
	for _, r := range allRows() {
		for _, shapes := range r.fast {
			for _, op := range shapes {
				used[op] = true
			}
		}
	}
	for _, op := range flagless {
		used[op] = true
	}
	for _, byCond := range fusedWith {
		for _, op := range byCond {
			used[op] = true
		}
	}
	for name, op := range fastByName {
		if !used[op] {
			t.Errorf("nothing makes the fast path's %q", name)
		}
	}
}
