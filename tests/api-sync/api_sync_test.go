package apisync

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"rv86/images/modules"
	"rv86/kmod/kbuild"
)

var update = flag.Bool("update", false, "write what the guest prints to testdata")

// skip leaves a test out loudly; in CI nothing may be left out.
func skip(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(why)
	}
	t.Skip("SKIPPED: " + why)
}

// build compiles the modules of src for a machine.
func build(t *testing.T, arch string) (dir string) {
	t.Helper()
	target, err := modules.Find(arch)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := target.Toolchain(); err != nil {
		var missing *kbuild.MissingError
		if errors.As(err, &missing) {
			skip(t, err.Error())
		}
		t.Fatal(err)
	}
	dir = t.TempDir()
	if err := modules.Build(target, modules.Tree{Src: "src", Out: dir}); err != nil {
		t.Fatal(err)
	}
	return dir
}

// guest runs commands on a machine with the modules in /lib/modules.
func guest(t *testing.T, arch, dir, cmd string) string {
	t.Helper()
	rv86, err := filepath.Abs("../../bin/rv86")
	if err != nil {
		t.Fatal(err)
	}
	// All three, so that a cached result does not outlive them.
	for _, f := range []string{rv86, "../../images/" + arch + "/kernel.elf", "../../images/" + arch + "/initramfs.cpio"} {
		if _, err := os.Stat(f); err != nil {
			skip(t, "bin/rv86 or the images are not built; run make build")
		}
	}
	args := []string{"run", "--arch", arch, "--timeout", "2m", "-c", cmd}
	files, _ := filepath.Glob(filepath.Join(dir, "*.ko"))
	for _, f := range files {
		args = append(args, "--module", f)
	}
	var b bytes.Buffer
	c := exec.Command(rv86, args...)
	c.Stdout = &b
	var exit *exec.ExitError
	if err := c.Run(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return fmt.Sprintf("$ %s\n%sstatus %d\n\n", cmd, b.String(), c.ProcessState.ExitCode())
}

// changing is what says nothing about the kernel's behaviour: addresses and
// offsets into code, which another compiler would make others, and registers.
var changing = []struct {
	re *regexp.Regexp
	to string
}{
	{regexp.MustCompile(`\[<[0-9a-f]+>\]`), "[<ADDR>]"},
	{regexp.MustCompile(`(?m)^ \? .*\n`), ""}, // what an older call left on the stack
	{regexp.MustCompile(`\+0x[0-9a-f]+/0x[0-9a-f]+`), "+OFF"},
	{regexp.MustCompile(`\b(0x)?([0-9a-f]{16}|[1-9a-f][0-9a-f]{7})\b`), "HEX"},
	{regexp.MustCompile(`(?m)^(WARNING: CPU: 0 |CPU: 0 |.*\()PID:? \d+`), "${1}PID N"},
	{regexp.MustCompile(`(insmod|looper|kworker/0:0|swapper/0)(/0x[0-9a-f]+)?([/\[])\d+`), "$1$2${3}N"},
	{regexp.MustCompile(`\bpid: \d+`), "pid: N"},
	{regexp.MustCompile(`(?m)^(Code: |status: |EFLAGS: | ra : |epc : |EIP: |[ a-zA-Z0-9]{3,4}: HEX).*\n`), ""},
}

func stable(s string) string {
	for _, c := range changing {
		s = c.re.ReplaceAllString(s, c.to)
	}
	return s
}

// golden compares with testdata/NAME.txt, whose first line says where it comes
// from.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".txt")
	got = "# What the guest prints; go test ./tests/api-sync -update writes it.\n" + stable(got)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: got\n%s\nwant\n%s", file, got, want)
	}
}

// loads is a script that loads and removes a module, with each of some
// parameters.
func loads(name string, params ...string) string {
	return fmt.Sprintf("for p in %s; do insmod %s $p; rmmod %s; done", strings.Join(params, " "), name, name)
}

// sound are the scripts of what works.
var sound = []string{
	"for m in wq1 later patch rtcirq structs; do insmod $m; rmmod $m; done",
	"insmod rtcirq threaded=1; ps | grep -o '[i]rq/.*'; rmmod rtcirq; insmod structs; poweroff",
}

// mistakes are the scripts of misuse.c: those after which the module can be
// removed, then, one by one, those that end the caller and those that leave
// something behind.
var mistakes = []string{
	loads("misuse", "how=0", "how=2", "how=3", "how=4", "how=6", "how=7", "how=11", "how=12", "how=13", "how=14", "how=15"),
	loads("misuse", "how=1"),
	loads("misuse", "how=5"),
	loads("misuse", "how=8") + "; sleep 0.2; echo alive",
	loads("misuse", "how=9") + "; sleep 0.2; echo alive",
	loads("misuse", "how=10") + "; sleep 0.2; echo alive",
}

// TestModules runs both on both machines.
func TestModules(t *testing.T) {
	for _, arch := range []string{"riscv64", "i386"} {
		t.Run(arch, func(t *testing.T) {
			dir := build(t, arch)
			for name, scripts := range map[string][]string{arch: sound, arch + "-misuse": mistakes} {
				var b strings.Builder
				for _, cmd := range scripts {
					b.WriteString(guest(t, arch, dir, cmd))
				}
				golden(t, name, b.String())
			}
		})
	}
}
