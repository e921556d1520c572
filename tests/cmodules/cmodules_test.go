package cmodules

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"rv86/images/modules"
	"rv86/tests/lab"
	"rv86/tests/lab/modbuild"
)

// guest is a machine with the modules of src, compiled as a user's own, outside
// the kernel's tree.
type guest struct{ lab.Guest }

func newGuest(t *testing.T, m lab.Machine) guest {
	t.Helper()
	return guest{lab.Guest{Arch: m.Arch, Modules: modbuild.Modules(t, m.Arch, modules.Tree{Src: "src"})}}
}

// run runs commands.
func (g guest) run(t *testing.T, cmd string) (out string, status int) {
	t.Helper()
	r := g.Run(t, cmd)
	return placeRE.ReplaceAllString(pidRE.ReplaceAllString(r.Out, "PID: N"), "+X/Y"), r.Status
}

// What says nothing in a report: which process it is, and where in a function.
var (
	pidRE   = regexp.MustCompile(`PID: \d+`)
	placeRE = regexp.MustCompile(`\+0x[0-9a-f]+/0x[0-9a-f]+`)
)

// narrow makes of what an RV64 machine prints what an i386 does: a long has 32
// bits there.
var narrow = strings.NewReplacer("ffffffffffffffff", "ffffffff", "0000000000001234 0000000000000000 fffffffffffffffb", "00001234 00000000 fffffffb")

// TestModules loads sound modules and compares all they print.
func TestModules(t *testing.T) {
	for _, m := range lab.Machines {
		t.Run(m.Arch, func(t *testing.T) {
			g := newGuest(t, m)
			for _, c := range sound {
				if m.Arch == "i386" {
					c.want = narrow.Replace(c.want)
				}
				if out, _ := g.run(t, c.cmd); out != c.want {
					t.Errorf("%s\ngot\n%s\nwant\n%s", c.cmd, out, c.want)
				}
			}
		})
	}
}

// sound are commands and what they print.
var sound = []struct{ cmd, want string }{
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
	{"insmod greedy; head -c 7 /dev/greedy | wc -c; echo text > /dev/greedy; echo $?; echo > /dev/greedy; echo $?; rmmod greedy", `greedy: loading out-of-tree module taints kernel.
BUG: greedy_read+X/Y [greedy]: read returned 12 for a buffer of 7 bytes of head: it must never be more
7
BUG: greedy_write+X/Y [greedy]: write returned 15 for a buffer of 5 bytes of sh: it must never be more
0
sh: echo: write error: Nothing was taken (write returned 0)
1
`},
	{
		"insmod glutton; lsmod | cut -d' ' -f 1; rmmod glutton; insmod hello",
		"glutton: loading out-of-tree module taints kernel.\nModule\nglutton\nHello, world from hello.ko\n",
	},
	{"echo what > /proc/sys/kernel/module_fail_nth; echo $?", "sh: echo: write error: Invalid argument\n1\n"},
}

// nullStore and nullFetch begin the report of address 0 on an i386.
const (
	nullStore = "BUG: kernel NULL pointer dereference, address: 00000000\n#PF: supervisor write access in kernel mode\n#PF: error_code(0x0002) - not-present page\nOops: 0002 [#1]\n"
	nullFetch = "BUG: kernel NULL pointer dereference, address: 00000000\n#PF: supervisor read access in kernel mode\n#PF: error_code(0x0000) - not-present page\nOops: 0000 [#1]\n"
)

// crashes are the ways of crash.c, and how each machine's report begins.
var crashes = []struct {
	how           int
	riscv64, i386 string
}{
	{0, "Unable to handle kernel NULL pointer dereference at virtual address 0000000000000000\nOops [#1]\n", nullStore},
	{1, "Oops - store (or AMO) access fault [#1]\n", "BUG: unable to handle page fault for address: deadbeef\n"},
	{2, "------------[ cut here ]------------\nkernel BUG at crash.c:50!\nKernel BUG [#1]\n", "------------[ cut here ]------------\nkernel BUG at crash.c:50!\ninvalid opcode: 0000 [#1]\n"},
	{3, "warned about 3\nWARNING: CPU: 0 PID: N at crash.c:52 crash_init+", "warned about 3\nWARNING: CPU: 0 PID: N at crash.c:52 crash_init+"},
	{4, "Unable to handle kernel paging request at virtual address fffffffffff", "kernel stack overflow (double-fault): 0000 [#1]\n"},
	{5, "Unable to handle kernel paging request at virtual address 00000000dead0000\nOops [#1]\n", "BUG: unable to handle page fault for address: dead0000\nOops [#1]\n"},
	{6, "Unable to handle kernel paging request at virtual address 0000123456789abc\nOops [#1]\n", "BUG: unable to handle page fault for address: 12345678\nOops [#1]\n"},
	{7, "BUG: kfree of 0x", "BUG: kfree of 0x"},
	{8, "Oops - illegal instruction [#1]\n", "invalid opcode: 0000 [#1]\n"},
	{9, "Unable to handle kernel NULL pointer dereference at virtual address 0000000000000000\nOops [#1]\n", nullFetch},
	{10, "Unable to handle kernel paging request at virtual address ffffffff80", "#PF: error_code(0x0003) - permissions violation\nOops: 0003 [#1]\n"},
	{11, "Kernel BUG [#1]\n", "invalid opcode: 0000 [#1]\n"},
	{12, "Oops - environment call from S-mode [#1]\n", "general protection fault: fff8 [#1]\n"},
	{13, "Unable to handle kernel NULL pointer dereference or bad length\nOops [#1]\n", "Unable to handle kernel NULL pointer dereference or bad length\nOops [#1]\n"},
}

// warnings are the crashes that only warn.
var warnings = []int{3, 7}

// whole are the lines of every report, in any order.
var whole = map[string][]string{
	"riscv64": {"\nModules linked in: crash(O+)\nCPU: 0 PID: N Comm: insmod Tainted: G           O       6.6.0-rv86 #1\nepc : "},
	"i386":    {"\nModules linked in: crash(O+)\n", "\nCPU: 0 PID: N Comm: insmod Tainted: G           O       6.6.0-rv86 #1\nEIP: "},
}

// registers are the lines of a report's registers, as Linux 6.6 has them.
var registers = map[string]*regexp.Regexp{
	"riscv64": regexp.MustCompile(`(?m)^epc : .*\n ra : .*\nepc : [0-9a-f]{16} ra : [0-9a-f]{16} sp : [0-9a-f]{16}\n(( \S{2,3} ?: [0-9a-f]{16}){3}\n){9} t5 : [0-9a-f]{16} t6 : [0-9a-f]{16}\n` +
		`status: [0-9a-f]{16} badaddr: [0-9a-f]{16} cause: [0-9a-f]{16}\nCall Trace:\n(\[<[0-9a-f]{16}>\] .*\n)*Code: `),
	"i386": regexp.MustCompile(`(?m)^EIP: .*\nCode: .*\nEAX: [0-9a-f]{8} EBX: [0-9a-f]{8} ECX: [0-9a-f]{8} EDX: [0-9a-f]{8}\nESI: [0-9a-f]{8} EDI: [0-9a-f]{8} EBP: [0-9a-f]{8} ESP: [0-9a-f]{8}\n` +
		`DS: 0068 ES: 0068 FS: [0-9a-f]{4} GS: 004b SS: 0068 EFLAGS: [0-9a-f]{8}\nCR0: 800[0-9a-f]{5} CR2: [0-9a-f]{8} CR3: [0-9a-f]{5}000 CR4: [0-9a-f]{8}\nCall Trace:\n`),
}

// TestCrashes breaks the module in every way: there is a report, insmod dies of
// it, and the system goes on.
func TestCrashes(t *testing.T) {
	for _, m := range lab.Machines {
		t.Run(m.Arch, func(t *testing.T) {
			g := newGuest(t, m)
			for _, c := range crashes {
				want := c.riscv64
				if m.Arch == "i386" {
					want = c.i386
				}
				g.crash(t, c.how, want)
			}
			g.caller(t)
			g.overflow(t)
			g.stop(t)
		})
	}
}

// TestProgramsMemory takes a program's memory for the module's own, in C code and
// through a function of the kernel's: the report says what to do.
func TestProgramsMemory(t *testing.T) {
	for _, m := range lab.Machines {
		t.Run(m.Arch, func(t *testing.T) {
			g := newGuest(t, m)
			hint := regexp.MustCompile(`\n0x[0-9a-f]+ is memory of the program sh: copy_from_user and copy_to_user reach it\nOops`)
			for _, what := range []string{"x", "xy"} {
				if out, _ := g.run(t, "insmod greedy; sh -c 'echo "+what+" > /dev/greedy'; echo alive"); !hint.MatchString(out) || !strings.HasSuffix(out, "alive\n") {
					t.Errorf("write of %s:\n%s\nlacks %v", what, out, hint)
				}
			}
		})
	}
}

// crash goes wrong in one way.
func (g guest) crash(t *testing.T, how int, want string) {
	out, status := g.run(t, fmt.Sprintf("insmod crash how=%d; echo status $?; insmod hello; rmmod hello", how))
	warns := slices.Contains(warnings, how)
	end := "Segmentation fault\nstatus 139\nHello, world from hello.ko\nGoodbye, world from hello.ko\n"
	if warns {
		end = "status 0\nHello, world from hello.ko\nGoodbye, world from hello.ko\n"
	}
	if !strings.Contains(out, want) || !strings.HasSuffix(out, end) || status != 0 {
		t.Errorf("crash %d: status %d\n%s\nwant %q, at the end %q", how, status, out, want, end)
	}
	if !warns && !registers[g.Arch].MatchString(out) {
		t.Errorf("crash %d: the report's registers are not %v\n%s", how, registers[g.Arch], out)
	}
	for _, part := range whole[g.Arch] {
		if !warns && !strings.Contains(out, part) {
			t.Errorf("crash %d: the report lacks %q\n%s", how, part, out)
		}
	}
}

// caller: a function whose last act is a call is in the trace all the same.
func (g guest) caller(t *testing.T) {
	trace := regexp.MustCompile(`\n\S* poke\+X/Y \[crash\]\n\S* crash_init\+X/Y \[crash\]\n`)
	if out, _ := g.run(t, "insmod crash how=0"); !trace.MatchString(out) {
		t.Errorf("the trace is not %v\n%s", trace, out)
	}
}

// overflow says whose stack it was, where the report is of a page fault.
func (g guest) overflow(t *testing.T) {
	if g.Arch != "riscv64" {
		return
	}
	if out, _ := g.run(t, "insmod crash how=4"); !strings.Contains(out, "\nTask stack: [0xfffffffffff") || !strings.Contains(out, "\nKernel stack overflow [#1]\n") {
		t.Errorf("stack overflow:\n%s", out)
	}
}

// stop ends in an endless loop and in a panic.
func (g guest) stop(t *testing.T) {
	if out, status := g.run(t, "insmod crash how=16; echo status $?"); status != 0 ||
		!strings.HasPrefix(out, "crash: loading out-of-tree module taints kernel.\nwatchdog: BUG: soft lockup - CPU#0 stuck for 4s! [insmod:") ||
		!strings.Contains(out, "\nOops - soft lockup [#1]\n") || !strings.HasSuffix(out, "Segmentation fault\nstatus 139\n") {
		t.Errorf("loop: status %d\n%s", status, out)
	}
	if out, status := g.run(t, "insmod crash how=15; echo never"); status != 101 || strings.Contains(out, "never") ||
		!strings.Contains(out, "Kernel panic - not syncing: crash says 15\n") {
		t.Errorf("panic: status %d\n%s", status, out)
	}
}
