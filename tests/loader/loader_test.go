package loader

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"rv86/images/modules"
	"rv86/kmod/sign"
	"rv86/tests/lab"
	"rv86/tests/lab/modbuild"
)

// Longer runs than a test may take: `go test ./tests/loader -run Fuzz -fuzzfor
// 30m -timeout 0`, `-run Inject -cycles 10000`.
var (
	fuzzFor = flag.Duration("fuzzfor", 0, "how long to load damaged modules, of the guest's time")
	seed    = flag.Uint64("seed", 1, "of the damage")
	cycles  = flag.Int("cycles", 600, "how many loads with injected failures")
)

// passes runs the guest's program: it says what it measured, and "ok".
func passes(t *testing.T, m lab.Machine, cmd string, limit time.Duration) {
	t.Helper()
	prog := lab.Program(t, m.GOARCH, "./guest")
	r := lab.Guest{Arch: m.Arch, Files: []string{prog + ":/bin/guest"}, Timeout: limit}.Run(t, cmd)
	if measured, ok := strings.CutSuffix(r.Out, "\nok\n"); ok && r.Status == 0 {
		t.Log(measured)
		return
	}
	t.Errorf("status %d\n%s", r.Status, r.Out)
}

const limit = 5 * time.Minute

// TestThousand: the cost of a load does not grow with what is loaded.
func TestThousand(t *testing.T) {
	lab.Each(t, func(t *testing.T, m lab.Machine) {
		passes(t, m, "guest thousand", limit)
	})
}

// TestInject fails every step of a load: nothing is left behind.
func TestInject(t *testing.T) {
	lab.Each(t, func(t *testing.T, m lab.Machine) {
		passes(t, m, fmt.Sprintf("guest inject %d", *cycles), limit+time.Duration(*cycles)*time.Second/20)
	})
}

// TestFuzz loads damaged modules: nothing faults, and nothing is left behind.
func TestFuzz(t *testing.T) {
	lab.Each(t, func(t *testing.T, m lab.Machine) {
		const count = 300
		cmd := fmt.Sprintf("guest fuzz %d %d %d", *seed, count, int(fuzzFor.Seconds()))
		passes(t, m, cmd, limit+100**fuzzFor)
	})
}

// TestSigned boots a kernel that takes signed modules only.
func TestSigned(t *testing.T) {
	lab.Each(t, func(t *testing.T, m lab.Machine) {
		key, err := sign.Generate("tester", bytes.NewReader(bytes.Repeat([]byte{1, 2, 3}, 32)))
		if err != nil {
			t.Fatal(err)
		}
		plain, err := os.ReadFile(filepath.Join("../../images/modules", m.Arch, "hello.ko"))
		if err != nil {
			t.Fatal(err)
		}
		signed, err := sign.Sign(plain, key)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "signed.ko")
		if err := os.WriteFile(file, signed, 0o600); err != nil {
			t.Fatal(err)
		}
		for _, r := range []struct{ options, want string }{
			{"module.sig_enforce=1 module.sig_key=" + key.Public().Word(), `Loading of unsigned module is rejected
module: unsigned module is rejected
insmod: ERROR: could not insert module /lib/modules/hello.ko: Key was rejected by service
hint: this kernel takes signed modules only (module.sig=enforce): sign it (rv86 mod sign KEY FILE.ko) with a key it knows
Hello, world from hello.ko
0
Y
`},
			{"module.sig=enforce", `Loading of unsigned module is rejected
module: unsigned module is rejected
insmod: ERROR: could not insert module /lib/modules/hello.ko: Key was rejected by service
hint: this kernel takes signed modules only (module.sig=enforce): sign it (rv86 mod sign KEY FILE.ko) with a key it knows
Loading of module with unavailable key is rejected
module: module with unavailable key is rejected
insmod: ERROR: could not insert module /tmp/signed.ko: Key was rejected by service
`},
			{"module.sig=warn module.sig_key=" + key.Public().Word(), `hello: module verification failed: signature and/or required key missing - tainting kernel
Hello, world from hello.ko
Goodbye, world from hello.ko
Hello, world from hello.ko
8192
N
`},
		} {
			g := lab.Guest{Arch: m.Arch, Files: []string{file + ":/tmp/signed.ko"}, Flags: []string{"--append", r.options}, Timeout: limit}
			out := g.Run(t, "insmod /lib/modules/hello.ko && rmmod hello; insmod /tmp/signed.ko; cat /proc/sys/kernel/tainted /sys/module/module/parameters/sig_enforce").Out
			if !strings.HasPrefix(out, r.want) {
				t.Errorf("%s\nprints\n%s\nwant\n%s", r.options, out, r.want)
			}
		}
	})
}

// TestReports loads the modules of src and compares all that the kernel says.
func TestReports(t *testing.T) {
	lab.Each(t, func(t *testing.T, m lab.Machine) {
		files := modbuild.Modules(t, m.Arch, modules.Tree{Src: "src", AllowUndefined: true})
		for _, r := range reports {
			out := lab.Guest{Arch: m.Arch, Modules: files, Timeout: limit}.Run(t, r.cmd).Out
			at := 0
			for _, want := range append(r.want, r.only[m.Arch]...) {
				i := strings.Index(out[at:], want)
				if i < 0 {
					t.Errorf("%s\nprints\n%s\nwhich lacks %q, or not in this order", r.cmd, out, want)
					break
				}
				at += i + len(want)
			}
		}
	})
}

// forgotten are the ways of src/forget, each with the function that takes what
// is not given back.
var forgotten = []struct{ way, by string }{
	{"kmalloc", "by_kmalloc"},
	{"kcalloc", "by_kcalloc"},
	{"kmemdup", "by_kmemdup"},
	{"kstrdup", "by_kstrdup"},
	{"kasprintf", "by_kasprintf"},
	{"krealloc", "by_krealloc"},
	{"cache", "by_cache"},
	{"object", "by_object"},
	{"vmalloc", "by_vmalloc"},
	{"kvmalloc", "by_kvmalloc"},
	{"pages", "by_pages"},
	{"kobject", "by_kobject"},
	{"name", "by_name"},
	{"class", "by_class"},
	{"device", "by_device"},
	{"cdev", "by_cdev"},
	{"proc", "by_proc"},
	{"debugfs", "by_debugfs"},
	{"queue", "by_queue"},
	{"region", "by_region"},
	{"hash", "by_hash"},
	{"root", "by_root"},
	{"devm", "by_devm"},
	{"file", "open"}, // seq_release of what single_open made
}

// TestForgotten: whatever a module has from the kernel and does not give back is
// told when it goes, with the function that took it; a module that takes nothing
// is told nothing.
func TestForgotten(t *testing.T) {
	lab.Each(t, func(t *testing.T, m lab.Machine) {
		g := lab.Guest{Arch: m.Arch, Modules: modbuild.Modules(t, m.Arch, modules.Tree{Src: "src", AllowUndefined: true}), Timeout: limit}
		if out := g.Run(t, "insmod forget; rmmod forget").Out; strings.Contains(out, "not freed") {
			t.Errorf("a module that forgets nothing:\n%s", out)
		}
		for _, f := range forgotten {
			cmd := "insmod forget way=" + f.way + " && rmmod forget"
			if f.way == "file" {
				cmd = "insmod forget; cat /proc/forgetful; rmmod forget"
			}
			out := g.Run(t, cmd).Out
			report := regexp.MustCompile(`forget: \d+ allocations?, \d+ bytes not freed: .*\d+ bytes from ` + f.by + `\+0x[0-9a-f]+/0x[0-9a-f]+ \[forget\]`)
			if !report.MatchString(out) {
				t.Errorf("%s: the report is not %v\n%s", f.way, report, out)
			}
		}
	})
}

// reports are commands and pieces of what they print, in this order, at the end
// those of one machine only.
var reports = []struct {
	cmd  string
	want []string
	only map[string][]string
}{
	{
		cmd: "insmod leak; rmmod leak",
		want: []string{
			"leak: 3 allocations, 5074 bytes not freed: 5000 bytes from ", ", 64 bytes from leak_init+0x", " [leak], 10 bytes from leak_init+0x",
		},
	},
	{
		cmd: "insmod stale; rmmod stale; echo $?; insmod hello",
		want: []string{
			" (helper+0x0/0x", " [stale]) was init memory of module stale, freed after its init\nOops", "Segmentation fault\n139\nHello, world",
		},
	},
	{
		cmd:  "insmod stale how=1; rmmod stale",
		want: []string{" was init memory of module stale, freed after its init\nOops", "stale_exit+0x"},
	},
	{
		cmd: "insmod stale how=3; rmmod stale; echo $?",
		want: []string{
			" (helper+0x0/0x", " [stale]) was init memory of module stale, freed after its init\nOops", "stale_exit+0x", "Segmentation fault\n139\n",
		},
	},
	{
		cmd: "insmod stale; insmod hello; insmod dep-b; rmmod stale; echo $?",
		want: []string{
			" (helper+0x0/0x", " [stale]) was init memory of module stale, freed after its init\nOops", "stale_exit+0x", "Segmentation fault\n139\n",
		},
	},
	{
		cmd: "insmod stale how=2; rmmod stale; echo $?",
		only: map[string][]string{
			"riscv64": {"Unable to handle kernel paging request at virtual address ffffffff80", "Oops [#1]", "stale_exit+0x", "139"},
			"i386":    {"BUG: unable to handle page fault for address: f00", "#PF: supervisor write access in kernel mode\n#PF: error_code(0x0003) - permissions violation\n", "139"},
		},
	},
	{
		cmd: "insmod deep; sh -c 'echo 9 >/sys/module/deep/parameters/fault'; dmesg",
		want: []string{
			"[#1]\n",
			"Call Trace:\n", " deepest", " [deep]\n", " middle", " [deep]\n", " set+0x", "] Call Trace:\n",
			" [deep]\n", " module.(*machine).Call\n", " module.(*paramFile).Write at sysfs.go:", " sys.sysWrite at rw.go:",
		},
	},
	{
		cmd:  "insmod asker want=nothing; rmmod asker",
		want: []string{"asker: request_module ", "dep_a_add is not there\n"},
	},
	{
		cmd: `printf '#!/bin/sh\ninsmod $3\n' >/tmp/modprobe; chmod +x /tmp/modprobe; echo /tmp/modprobe >/proc/sys/kernel/modprobe
insmod asker; rmmod dep_a; rmmod asker`,
		want: []string{"dep-a: loaded\nasker: request_module 0, dep_a_add is there\nasker: 3\ndep-a: unloaded after 1 calls\n"},
	},
	{
		cmd: `insmod /lib/modules/slow.ko & sleep 0.02; rmmod slow; cat /sys/module/slow/initstate
insmod /lib/modules/slow.ko; wait; cat /sys/module/slow/initstate; rmmod slow`,
		want: []string{
			"slow: begins\n", "rmmod: ERROR: Module slow is in use\nhint: its init function has not returned: it still runs, or it crashed and stays until a reboot\ncoming\nslow: ends\n",
			"insmod: ERROR: could not insert module /lib/modules/slow.ko: File exists\n", "live\n",
		},
	},
	{
		cmd: "insmod /lib/modules/slow.ko fail=1 & sleep 0.02; insmod /lib/modules/slow.ko; echo status $?; wait; rmmod slow",
		// The first insmod complains before the second load begins, or while it runs.
		want: []string{"slow: begins\nslow: ends\n", "slow: begins\n", "slow: ends\nstatus 0\n"},
	},
	{
		cmd:  "insmod /lib/modules/slow.ko & sleep 0.02; insmod /lib/modules/hasty.ko; wait; rmmod slow; rmmod hasty; rmmod slow",
		want: []string{"slow: begins\nslow: ends\n", "hasty: 42\nrmmod: ERROR: Module slow is in use by: hasty\n"},
	},
}
