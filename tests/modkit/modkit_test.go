package modkit

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// skip leaves a test out loudly; in CI nothing may be left out.
func skip(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(why)
	}
	t.Skip("SKIPPED: " + why)
}

// command is the rv86 that was built, with images for a machine.
func command(t *testing.T, arch string) string {
	t.Helper()
	rv86, err := filepath.Abs(filepath.Join("..", "..", "bin", "rv86"))
	if err != nil {
		t.Fatal(err)
	}
	images := filepath.Join("..", "..", "images", arch)
	// All three, so that a cached result does not outlive them.
	for _, f := range []string{rv86, filepath.Join(images, "kernel.elf"), filepath.Join(images, "initramfs.cpio")} {
		if _, err := os.Stat(f); err != nil {
			skip(t, "bin/rv86 or the images are not built; run make build")
		}
	}
	return rv86
}

// rv86 runs the command in a directory.
func rv86(t *testing.T, program, dir string, args ...string) (out, errs string, status int) {
	t.Helper()
	var o, e bytes.Buffer
	c := exec.Command(program, args...)
	c.Dir, c.Stdout, c.Stderr = dir, &o, &e
	err := c.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return o.String(), e.String(), c.ProcessState.ExitCode()
}

// TestKit makes a module, builds it, looks at it and loads it by the name of its
// file.
func TestKit(t *testing.T) {
	for _, arch := range []string{"riscv64", "i386"} {
		for _, cc := range []string{"", "gcc", "clang", "clang alone"} {
			t.Run(arch+cc, func(t *testing.T) {
				program, dir := command(t, arch), t.TempDir()
				build := []string{"mod", "build", "--arch", arch}
				switch cc {
				case "gcc":
					if arch != "i386" || exec.Command("gcc", "-m32", "-x", "c", "-c", "-o", os.DevNull, os.DevNull).Run() != nil {
						t.Skip("the host's own gcc makes no code for this machine")
					}
					build = append(build, "--cc", "gcc")
				case "clang", "clang alone":
					clang, err := exec.LookPath("clang")
					if err != nil {
						skip(t, "clang is missing: install clang")
					}
					build = append(build, "--cc", "clang")
					if cc == "clang alone" {
						path := t.TempDir()
						if err := os.Symlink(clang, filepath.Join(path, "clang")); err != nil {
							t.Fatal(err)
						}
						t.Setenv("PATH", path)
					}
				}
				if _, errs, status := rv86(t, program, dir, "mod", "new", "mine/say-hello"); status != 0 {
					t.Fatal(errs)
				}
				out, errs, status := rv86(t, program, dir, append(build, "mine/say-hello")...)
				if status != 0 && strings.Contains(errs, "no C compiler for") {
					skip(t, errs)
				}
				if status != 0 || errs != "" || !strings.Contains(out, "say-hello.ko: for "+arch+", compiled by ") {
					t.Fatalf("status %d, %s%s", status, out, errs)
				}
				file := "mine/say-hello/say-hello.ko"
				if out, errs, status := rv86(t, program, dir, "ko", file); status != 0 || !strings.Contains(out, "module say_hello for "+arch) {
					t.Errorf("status %d, %s%s", status, out, errs)
				}
				out, _, _ = rv86(t, program, dir, "run", "--arch", arch, "--module", file, "-c", "insmod "+file+" n=3; rmmod say-hello; insmod say-hello n=x")
				want := "say_hello: loading out-of-tree module taints kernel.\nsay-hello: hello 1\nsay-hello: hello 2\nsay-hello: hello 3\nsay-hello: goodbye\n"
				if !strings.HasPrefix(out, want) || !strings.Contains(out, "Invalid parameters") {
					t.Errorf("the guest printed\n%s", out)
				}
			})
		}
	}
}
