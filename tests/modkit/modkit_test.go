package modkit

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"rv86/tests/lab"
)

// rv86 runs the command in a directory.
func rv86(t *testing.T, program, dir string, args ...string) (out, errs string, status int) {
	t.Helper()
	c := exec.Command(program, args...)
	c.Dir = dir
	r := lab.Exec(t, c)
	return r.Out, r.Err, r.Status
}

// TestKit makes a module, builds it, looks at it and loads it by the name of its
// file.
func TestKit(t *testing.T) {
	for _, m := range lab.Machines {
		arch := m.Arch
		for _, cc := range []string{"", "gcc", "clang", "clang alone"} {
			t.Run(arch+cc, func(t *testing.T) {
				program, dir := lab.Command(t, arch), t.TempDir()
				build := []string{"mod", "build", "--arch", arch}
				switch cc {
				case "gcc":
					if arch != "i386" || exec.Command("gcc", "-m32", "-x", "c", "-c", "-o", os.DevNull, os.DevNull).Run() != nil {
						t.Skip("the host's own gcc makes no code for this machine")
					}
					build = append(build, "--cc", "gcc")
				case "clang", "clang alone":
					clang := lab.Tool(t, "clang", "clang")
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
					lab.Skip(t, "%s", errs)
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
