//go:build linux

package main

import (
	"os"
	"os/exec"
	"testing"

	"rv86/tests/lab"

	"github.com/google/go-cmp/cmp"
)

// want is the output of a run on Linux 6.18, in its tmpfs.
func want(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("testdata/want.txt")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestHost: the text is what Linux does.
func TestHost(t *testing.T) {
	dir, err := os.MkdirTemp("/dev/shm", "files")
	if err != nil {
		lab.Skip(t, "no /dev/shm to run in")
	}
	defer os.RemoveAll(dir)
	cmd := exec.Command(lab.Program(t, "", "."))
	cmd.Env = append(os.Environ(), "FILES_DIR="+dir)
	got, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want(t), string(got)); d != "" {
		t.Errorf("Linux and the expected text differ (-want +got):\n%s", d)
	}
}

// TestGuest: our kernel does the same, on each machine.
func TestGuest(t *testing.T) {
	for _, m := range lab.Machines {
		t.Run(m.Arch, func(t *testing.T) {
			prog := lab.Program(t, m.GOARCH, ".")
			r := lab.Guest{Arch: m.Arch, Files: []string{prog + ":/bin/files"}}.Run(t, "files")
			if d := cmp.Diff(want(t), r.Out); d != "" || r.Status != 0 {
				t.Errorf("status %d; the guest differs from Linux (-want +got):\n%s", r.Status, d)
			}
		})
	}
}
