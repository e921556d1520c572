//go:build !riscv64 && !386

package cstring

import (
	"os"
	"os/exec"
	"runtime"
	"testing"

	"rv86/tests/lab"
)

// TestUnderEmulation runs the real tests, which need the machines the functions
// are for.
func TestUnderEmulation(t *testing.T) {
	for goarch, emulator := range map[string]string{"riscv64": "qemu-riscv64", "386": "qemu-i386"} {
		t.Run(goarch, func(t *testing.T) {
			args := []string{"test", "."}
			if native := runtime.GOOS == "linux" && runtime.GOARCH == "amd64" && goarch == "386"; !native {
				qemu := lab.Tool(t, emulator, "qemu-user")
				args = []string{"test", "-exec", qemu, "."}
			}
			cmd := exec.Command("go", args...)
			cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH="+goarch, "CGO_ENABLED=0")
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}
