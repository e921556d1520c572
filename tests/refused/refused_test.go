package refused

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write testdata anew; read the difference")

// skip leaves a test out loudly; in CI nothing may be left out.
func skip(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(why)
	}
	t.Skip("SKIPPED: " + why)
}

var machines = []struct{ arch, goarch string }{{"riscv64", "riscv64"}, {"i386", "386"}}

// atLeast is how many bad modules each machine must be tried with.
const atLeast = 60

// TestRefused loads every bad module in one guest and compares all that was
// said with testdata/ARCH.txt.
func TestRefused(t *testing.T) {
	if testing.Short() {
		t.Skip("boots the machine")
	}
	for _, m := range machines {
		t.Run(m.arch, func(t *testing.T) {
			list := cases(m.arch)
			if len(list) < atLeast {
				t.Errorf("%d cases, want %d", len(list), atLeast)
			}
			got := try(t, m.arch, m.goarch, list)
			file := filepath.Join("testdata", m.arch+".txt")
			header := "# Written by go test ./tests/refused -update, from the kernel's own words; read before it is committed.\n"
			if *update {
				if err := os.WriteFile(file, []byte(header+got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(header+got, "\n")); diff != "" {
				t.Error(diff)
			}
			check(t, got, len(list))
		})
	}
}

var (
	hintLine = regexp.MustCompile(`(?m)^<7>[^:\n]+: hint: (.+)$`)
	quiet    = regexp.MustCompile(`^(already|init-fails|flags-unknown)`)
)

// sameCause are cases that go wrong in one way.
var sameCause = map[string]bool{"table-outside file-cut": true, "signature-pkcs7 signature-cut": true}

// check holds every answer against what no golden file may change: it is an
// error, its reason and hint are there, no two hints are the same, and nothing
// faulted.
func check(t *testing.T, got string, want int) {
	answers := strings.Split(got, "== ")[1:]
	if len(answers) != want {
		t.Errorf("%d answers to %d cases", len(answers), want)
	}
	hints := map[string]string{}
	for _, a := range answers {
		name, rest, _ := strings.Cut(a, "\n")
		errno, log, _ := strings.Cut(rest, "\n")
		if !strings.HasPrefix(errno, "E") {
			t.Errorf("%s: %s", name, errno)
		}
		if bad := regexp.MustCompile(`Oops|BUG|panic|fault`).FindString(log); bad != "" {
			t.Errorf("%s: the log has %q:\n%s", name, bad, log)
		}
		if quiet.MatchString(name) {
			continue
		}
		m := hintLine.FindStringSubmatch(log)
		if m == nil {
			t.Errorf("%s: no hint:\n%s", name, log)
			continue
		}
		if other := hints[m[1]]; other != "" && !sameCause[name+" "+other] {
			t.Errorf("%s and %s have the same hint: %s", name, other, m[1])
		}
		hints[m[1]] = name
	}
}

// try runs the cases, those with the same kernel command line in one guest.
func try(t *testing.T, arch, goarch string, list []badCase) string {
	rv86, err := filepath.Abs("../../bin/rv86")
	if err != nil {
		t.Fatal(err)
	}
	// All three, so that a cached result does not outlive them.
	images := filepath.Join("../../images", arch)
	for _, f := range []string{rv86, filepath.Join(images, "kernel.elf"), filepath.Join(images, "initramfs.cpio")} {
		if _, err := os.Stat(f); err != nil {
			skip(t, "bin/rv86 or the images are not built; run make build")
		}
	}
	prog := filepath.Join(t.TempDir(), "try")
	build := exec.Command("go", "build", "-o", prog, "./try")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+goarch)
	if b, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, b)
	}
	out := ""
	for len(list) > 0 {
		n := slices.IndexFunc(list, func(c badCase) bool { return c.boot != list[0].boot })
		if n < 0 {
			n = len(list)
		}
		out += guest(t, rv86, arch, prog, list[:n])
		list = list[n:]
	}
	return out
}

// guest runs cases in one guest.
func guest(t *testing.T, rv86, arch, prog string, list []badCase) string {
	dir := t.TempDir()
	args := []string{
		"run", "--arch", arch, "--memory", "64M", "--timeout", "5m", "--append", list[0].boot, "--file", prog + ":/bin/try",
	}
	var lines strings.Builder
	add := func(name string, b []byte, err error) {
		file := filepath.Join(dir, name)
		if err == nil {
			err = os.WriteFile(file, b, 0o644)
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		args = append(args, "--file", file+":/try/"+name)
	}
	for _, c := range list {
		b, err := c.bytesOf(arch)
		add(c.name+".ko", b, err)
		if c.first != "" {
			b, err = c.firstOf(arch)
			add(c.name+".first", b, err)
		}
		fmt.Fprintf(&lines, "%s\t%s\t%d\t%s\n", c.name, strings.ReplaceAll(c.first, "-", "_"), c.flags, c.args)
	}
	add("list", []byte(lines.String()), nil)
	cmd := exec.Command(rv86, append(args, "-c", "try")...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Errorf("%v\n%s", err, stderr.Bytes())
	}
	return stdout.String()
}
