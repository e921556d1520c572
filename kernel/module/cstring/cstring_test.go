//go:build !riscv64

package cstring

import (
	"os"
	"os/exec"
	"testing"
)

// TestUnderEmulation runs the real tests, which need the machine the functions
// are for.
func TestUnderEmulation(t *testing.T) {
	qemu, err := exec.LookPath("qemu-riscv64")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("qemu-riscv64 is missing: install qemu-user")
		}
		t.Skip("SKIPPED: the C string functions are not tested, since qemu-riscv64 is missing: install qemu-user")
	}
	cmd := exec.Command("go", "test", "-exec", qemu, ".")
	cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH=riscv64", "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
