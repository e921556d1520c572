package apidevices

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"rv86/images/modules"
	"rv86/tests/lab"
	"rv86/tests/lab/modbuild"
)

// guest runs commands on a machine with the modules of dir in /lib/modules.
func guest(t *testing.T, arch, dir, cmd string, flags ...string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.ko"))
	if err != nil {
		t.Fatal(err)
	}
	r := lab.Guest{Arch: arch, Modules: files, Flags: flags}.Run(t, cmd)
	return fmt.Sprintf("$ %s\n%sstatus %d\n\n", cmd, r.Out, r.Status)
}

// changing is what says nothing about the kernel's behaviour: addresses and
// offsets into code, which another compiler would make others.
var changing = []struct {
	re *regexp.Regexp
	to string
}{
	{regexp.MustCompile(`\[<[0-9a-f]+>\]`), "[<ADDR>]"},
	{regexp.MustCompile(`\+0x[0-9a-f]+/0x[0-9a-f]+`), "+OFF"},
	{regexp.MustCompile(`(?m)^(WARNING: CPU: 0 |CPU: 0 )PID:? \d+`), "${1}PID N"},
	{regexp.MustCompile(`(?m)^(WARNING: .* at \w+) .*$`), "$1"},
	{regexp.MustCompile(`(?m)^Call Trace:\n(?:[ \[].*\n)*`), "Call Trace:\n"},
}

// golden compares with testdata/NAME.txt.
func golden(t *testing.T, name, got string) {
	t.Helper()
	for _, c := range changing {
		got = c.re.ReplaceAllString(got, c.to)
	}
	lab.Golden(t, name+".txt", "What the guest prints; go test ./tests/api-devices -update writes it.", got)
}

// outside is what is wired to the pins, and a button that is pressed.
var outside = []string{"--gpio", "4:17", "--gpio", "18=1@700ms"}

// scripts are the runs, one machine each.
var scripts = []string{
	"insmod pins; cat /sys/kernel/debug/gpio /proc/interrupts | grep -v -e PLIC -e XT-PIC; rmmod pins; " +
		"insmod pins forget=1; rmmod pins; cat /sys/kernel/debug/gpio; insmod pins; rmmod pins",
	"cd /sys/class/gpio; ls; echo 4 >export; echo 17 >export; echo 4 >export; echo 99 >export; cat gpio17/direction; " +
		"echo high >gpio4/direction; echo in >gpio17/direction; cat gpio17/value; echo 0 >gpio4/value; cat gpio17/value; " +
		"echo 1 >gpio17/value; cat gpio4/direction; echo 4 >unexport; echo 17 >unexport; echo 17 >unexport; ls",
	"insmod keys; cat /proc/bus/input/devices /sys/class/input/input0/name; ls -l /dev/input; " +
		"(while dd bs=24 count=1 >/tmp/e 2>/tmp/err && [ -s /tmp/e ]; do tail -c 8 /tmp/e | hexdump | head -n 1; done) </dev/input/event0 & " +
		"sleep 0.1; echo a.aA.b0.w.x.x.l. >/sys/module/keys/parameters/act; sleep 0.2; rmmod keys; sleep 0.1; ls /dev/input",
	"insmod disks; ls -l /dev/td0 /dev/td1; cat /proc/partitions /proc/devices /sys/block/td0/size; seq 1 6000 | head -c 20000 >/tmp/a; head -c 14000 /tmp/a >/tmp/c; " +
		"dd if=/tmp/a of=/dev/td1 bs=3000; dd if=/dev/td1 of=/tmp/b bs=7000 count=2; cmp /tmp/b /tmp/c && echo same; " +
		"dd if=/tmp/a of=/dev/td0 bs=1000; head -c 20000 /dev/td0 >/tmp/b; cmp /tmp/a /tmp/b && echo same; " +
		"dd if=/dev/td0 of=/tmp/b bs=32768 count=2; dd if=/dev/td0 of=/tmp/b bs=1024 skip=36 count=2; " +
		"dd if=/dev/zero of=/dev/td0 bs=512 seek=68 count=1; dd if=/dev/zero of=/dev/td0 bs=1024 seek=127 count=2; " +
		"rmmod disks </dev/td0; rmmod disks; ls /dev/td0",
	"insmod keys forget=1; rmmod keys; ls /dev/input; cat /proc/bus/input/devices; insmod disks forget=1; rmmod disks; ls /dev/td0 /sys/block; cat /proc/partitions; echo alive",
	"insmod dmabuf; rmmod dmabuf",
}

// TestModules runs our own modules on both machines.
func TestModules(t *testing.T) {
	for _, m := range lab.Machines {
		t.Run(m.Arch, func(t *testing.T) {
			dir := t.TempDir()
			modbuild.Modules(t, m.Arch, modules.Tree{Src: "src", Out: dir})
			var b strings.Builder
			for _, cmd := range scripts {
				b.WriteString(guest(t, m.Arch, dir, cmd, outside...))
			}
			golden(t, m.Arch, b.String())
		})
	}
}
