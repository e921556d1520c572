package guest

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const timeout = 2 * time.Minute

// machines are the guests, with Go's name for each.
var machines = []struct{ arch, goarch string }{{"riscv64", "riscv64"}, {"i386", "386"}}

// TestPrograms boots the image once for each program.
func TestPrograms(t *testing.T) {
	if testing.Short() {
		t.Skip("boots the machine")
	}
	rv86 := build(t, "rv86/cmd/rv86")
	for _, m := range machines {
		t.Run(m.arch, func(t *testing.T) { runPrograms(t, rv86, m.arch, m.goarch) })
	}
}

func runPrograms(t *testing.T, rv86, arch, goarch string) {
	images := filepath.Join("../../images", arch)
	for _, f := range []string{"kernel.elf", "initramfs.cpio"} {
		if _, err := os.Stat(filepath.Join(images, f)); err != nil {
			if os.Getenv("CI") != "" {
				t.Fatal(err)
			}
			t.Skipf("SKIPPED: %v (make images builds it)", err)
		}
	}
	for _, name := range []string{"process", "memory", "hostile"} {
		t.Run(name, func(t *testing.T) {
			program := build(t, "rv86/tests/guest/"+name, "GOOS=linux", "GOARCH="+goarch)
			want := golden(t, name)
			ctx, cancel := context.WithTimeout(context.Background(), timeout)
			defer cancel()
			cmd := exec.CommandContext(ctx, rv86, "run", "--arch", arch,
				"--kernel", filepath.Join(images, "kernel.elf"), "--initrd", filepath.Join(images, "initramfs.cpio"),
				"--file", program+":/bin/"+name, "-c", name)
			var stdout, stderr bytes.Buffer
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			if err := cmd.Run(); err != nil {
				t.Errorf("%v\n%s", err, stderr.Bytes())
			}
			if got := stdout.String(); got != want {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

// build compiles a command for the host, or for the guest with env.
func build(t *testing.T, pkg string, env ...string) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), filepath.Base(pkg))
	cmd := exec.Command("go", "build", "-o", out, pkg)
	cmd.Env = append(append(os.Environ(), "CGO_ENABLED=0"), env...)
	if b, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build %s: %v\n%s", pkg, err, b)
	}
	return out
}

// golden reads the expected output; its first line says where it is from.
func golden(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name+".txt"))
	if err != nil {
		t.Fatal(err)
	}
	first, rest, _ := strings.Cut(string(b), "\n")
	if !strings.HasPrefix(first, "# ") {
		t.Fatalf("testdata/%s.txt does not say where it comes from", name)
	}
	return rest
}
