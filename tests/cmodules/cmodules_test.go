package cmodules

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"rv86/images/modules"
)

// skip leaves a test out loudly; in CI nothing may be left out.
func skip(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(why)
	}
	t.Skip("SKIPPED: " + why)
}

// build compiles the modules of src as a user's own, outside the kernel's tree.
func build(t *testing.T) (dir string) {
	t.Helper()
	target, err := modules.Find("riscv64")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := exec.LookPath(target.Compiler); err != nil {
		skip(t, target.Compiler+" is missing: install "+target.Package)
	}
	dir = t.TempDir()
	if err := modules.Build(target, modules.Tree{Src: "src", Out: dir}); err != nil {
		t.Fatal(err)
	}
	return dir
}

// guest runs commands with the modules in /lib/modules.
func guest(t *testing.T, dir, cmd string) (out string, status int) {
	t.Helper()
	rv86, err := filepath.Abs("../../bin/rv86")
	if err != nil {
		t.Fatal(err)
	}
	// All three, so that a cached result does not outlive them.
	for _, f := range []string{rv86, "../../images/riscv64/kernel.elf", "../../images/riscv64/initramfs.cpio"} {
		if _, err := os.Stat(f); err != nil {
			skip(t, "bin/rv86 or the images are not built; run make build")
		}
	}
	args := []string{"run", "--timeout", "2m", "-c", cmd}
	files, _ := filepath.Glob(filepath.Join(dir, "*.ko"))
	for _, f := range files {
		args = append(args, "--module", f)
	}
	var b bytes.Buffer
	c := exec.Command(rv86, args...)
	c.Stdout = &b
	err = c.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return pidRE.ReplaceAllString(b.String(), "PID: N"), c.ProcessState.ExitCode()
}

// pidRE is a process number in a report: which one it is says nothing.
var pidRE = regexp.MustCompile(`PID: \d+`)

// TestModules loads sound modules and compares all they print.
func TestModules(t *testing.T) {
	dir := build(t)
	for _, c := range []struct{ cmd, want string }{
		{"insmod api; cat /proc/modules | cut -d' ' -f 1-5,7; rmmod api; cat /proc/sys/kernel/tainted", `api: loading out-of-tree module taints kernel.
api: module license 'Proprietary' taints kernel.
-1 4000000000 ff 010    42|42   |00042|+42| 42
-1 -2 ffffffffffffffff 44 3 z str abc      r|l     |%
0000000000001234 0000000000000000 fffffffffffffffb formats 01 02 fe 01:02:fe
1 2 3 4 5 6 7 8 9 10
list 0 1 2
fields <a> <b> <> <c>
kstrtoint 0 127
errors -22 -34
moved 8192
xmemmove 8 0
atomic 4 bit 70 weak 0 upper A
a stream of text
api 12288 0 - Live (PO)
no newline
bye
4097
`},
		{"insmod ext; rmmod ext", "ext: loading out-of-tree module taints kernel.\nconstructor 42, good 42, bad -14\n"},
		{"insmod hello-1; rmmod hello-1", "hello_1: loading out-of-tree module taints kernel.\nHello world 1.\nGoodbye world 1.\n"},
		{"insmod hello-5 mystring=bebop myintarray=-1; rmmod hello-5", `hello_5: loading out-of-tree module taints kernel.
Hello, world 5
=============
myshort is a short integer: 1
myint is an integer: 420
mylong is a long integer: 9999
mystring is a string: bebop
myintarray[0] = -1
myintarray[1] = 420
got 1 arguments for myintarray.
Goodbye, world 5
`},
		{
			"insmod crash how=14 & sleep 0.003; echo meanwhile; wait; rmmod crash; echo $?",
			"crash: loading out-of-tree module taints kernel.\nmeanwhile\nloop done\ncrash: unloaded\n0\n",
		},
		{"insmod greedy; head -c 7 /dev/greedy | wc -c; echo text > /dev/greedy; echo $?; rmmod greedy", `greedy: loading out-of-tree module taints kernel.
BUG: greedy_read+0x0/0x6 [greedy]: read returned 12 for a buffer of 7 bytes of head: it must never be more
7
BUG: greedy_write+0x0/0x8 [greedy]: write returned 15 for a buffer of 5 bytes of sh: it must never be more
0
`},
		{
			"insmod glutton; lsmod | cut -d' ' -f 1; rmmod glutton; insmod hello",
			"glutton: loading out-of-tree module taints kernel.\nModule\nglutton\nHello, world from hello.ko\n",
		},
		{"echo what > /proc/sys/kernel/module_fail_nth; echo $?", "sh: echo: write error: Invalid argument\n1\n"},
	} {
		out, _ := guest(t, dir, c.cmd)
		if out != c.want {
			t.Errorf("%s\ngot\n%s\nwant\n%s", c.cmd, out, c.want)
		}
	}
}

// TestCrashes breaks the module in every way: there is a report, insmod dies of
// it, and the system goes on.
func TestCrashes(t *testing.T) {
	dir := build(t)
	for how, want := range []string{
		0:  "Unable to handle kernel NULL pointer dereference at virtual address 0000000000000000\nOops [#1]\n",
		1:  "Oops - store (or AMO) access fault [#1]\n",
		2:  "kernel BUG at crash.c:38!\nKernel BUG [#1]\n",
		3:  "warned about 3\nWARNING: CPU: 0 PID: N at crash.c:40 crash_init+",
		4:  "Unable to handle kernel paging request at virtual address ffffffff800",
		5:  "Unable to handle kernel paging request at virtual address 00000000dead0000\nOops [#1]\n",
		6:  "Unable to handle kernel paging request at virtual address 0000123456789abc\nOops [#1]\n",
		7:  "BUG: kfree of 0x",
		8:  "Oops - illegal instruction [#1]\n",
		9:  "Unable to handle kernel NULL pointer dereference at virtual address 0000000000000000\nOops [#1]\n",
		10: "Unable to handle kernel paging request at virtual address ffffffff80",
		11: "Kernel BUG [#1]\n",
		12: "Oops - environment call from S-mode [#1]\n",
		13: "Unable to handle kernel NULL pointer dereference or bad length\nOops [#1]\n",
	} {
		out, status := guest(t, dir, fmt.Sprintf("insmod crash how=%d; echo status $?; insmod hello; rmmod hello", how))
		end := "Segmentation fault\nstatus 139\nHello, world from hello.ko\nGoodbye, world from hello.ko\n"
		if how == 3 || how == 7 { // only warnings
			end = "status 0\nHello, world from hello.ko\nGoodbye, world from hello.ko\n"
		}
		if !strings.Contains(out, want) || !strings.HasSuffix(out, end) || status != 0 {
			t.Errorf("crash %d: status %d\n%s\nwant %q, at the end %q", how, status, out, want, end)
		}
		if how != 3 && how != 7 && !strings.Contains(out, "\nModules linked in: crash(O+)\nCPU: 0 PID: N Comm: insmod Tainted: G           O       6.6.0-rv86 #1\nepc : ") {
			t.Errorf("crash %d: the report is not whole\n%s", how, out)
		}
	}
	if out, _ := guest(t, dir, "insmod crash how=4"); !strings.Contains(out, "\nTask stack: [0xffffffff8") || !strings.Contains(out, "\nKernel stack overflow [#1]\n") {
		t.Errorf("stack overflow:\n%s", out)
	}
	if out, status := guest(t, dir, "insmod crash how=16; echo status $?"); status != 0 ||
		!strings.HasPrefix(out, "crash: loading out-of-tree module taints kernel.\nwatchdog: BUG: soft lockup - CPU#0 stuck for 4s! [insmod:") ||
		!strings.Contains(out, "\nOops - soft lockup [#1]\n") || !strings.HasSuffix(out, "Segmentation fault\nstatus 139\n") {
		t.Errorf("loop: status %d\n%s", status, out)
	}
	if out, status := guest(t, dir, "insmod crash how=15; echo never"); status != 101 || strings.Contains(out, "never") ||
		!strings.Contains(out, "Kernel panic - not syncing: crash says 15\n") {
		t.Errorf("panic: status %d\n%s", status, out)
	}
}
