//go:build linux

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// skip leaves a test out loudly; in CI nothing may be left out.
func skip(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(why)
	}
	t.Skip("SKIPPED: " + why)
}

// TestGuest runs the checks on our machines and kernel.
func TestGuest(t *testing.T) {
	for arch, goarch := range map[string]string{"riscv64": "riscv64", "i386": "386"} {
		t.Run(arch, func(t *testing.T) { testGuest(t, arch, goarch) })
	}
}

func testGuest(t *testing.T, arch, goarch string) {
	images := filepath.Join("../../../images", arch)
	rv86, err := filepath.Abs("../../../bin/rv86")
	if err != nil {
		t.Fatal(err)
	}
	// All three, so that a cached result does not outlive them.
	for _, f := range []string{rv86, filepath.Join(images, "kernel.elf"), filepath.Join(images, "initramfs.cpio")} {
		if _, err := os.Stat(f); err != nil {
			skip(t, "bin/rv86 or the images are not built; run make build")
		}
	}
	prog := filepath.Join(t.TempDir(), "modules")
	build := exec.Command("go", "build", "-o", prog, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+goarch)
	if b, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, b)
	}
	cmd := exec.Command(rv86, "run", "--arch", arch, "--timeout", "5m", "--file", prog+":/bin/modules", "-c", "modules")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Errorf("status: %v", err)
	}
	want := ""
	for _, c := range checks {
		want += c.name + ": ok\n"
	}
	if got := string(out); got != want {
		t.Errorf("got\n%s\nwant\n%s", indent(got), indent(want))
	}
}

func indent(s string) string { return "\t" + strings.ReplaceAll(s, "\n", "\n\t") }
