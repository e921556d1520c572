//go:build linux

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// build makes the program for an architecture.
func build(t *testing.T, arch string) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "files")
	cmd := exec.Command("go", "build", "-o", out, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+arch)
	if b, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, b)
	}
	return out
}

// want is the output of a run on Linux 6.18, in its tmpfs.
func want(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("testdata/want.txt")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// skip leaves a test out loudly; in CI nothing may be left out.
func skip(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(why)
	}
	t.Skip("SKIPPED: " + why)
}

// TestHost: the text is what Linux does.
func TestHost(t *testing.T) {
	dir, err := os.MkdirTemp("/dev/shm", "files")
	if err != nil {
		skip(t, "no /dev/shm to run in")
	}
	defer os.RemoveAll(dir)
	cmd := exec.Command(build(t, ""))
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
	for arch, goarch := range map[string]string{"riscv64": "riscv64", "i386": "386"} {
		t.Run(arch, func(t *testing.T) { testGuest(t, arch, goarch) })
	}
}

func testGuest(t *testing.T, arch, goarch string) {
	rv86, err := filepath.Abs("../../../bin/rv86")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(rv86); err != nil {
		skip(t, "bin/rv86 is not built; run make build")
	}
	cmd := exec.Command(rv86, "run", "--arch", arch, "--file", build(t, goarch)+":/bin/files", "-c", "files")
	cmd.Stderr = os.Stderr
	got, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want(t), string(got)); d != "" {
		t.Errorf("the guest differs from Linux (-want +got):\n%s", d)
	}
}
