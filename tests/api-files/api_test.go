package apifiles

import (
	"regexp"
	"strings"
	"testing"

	"rv86/images/modules"
	"rv86/tests/lab"
	"rv86/tests/lab/modbuild"
)

// guest is a machine with the modules of src and the program fio.
type guest struct{ lab.Guest }

// newGuest compiles everything for a machine.
func newGuest(t *testing.T, m lab.Machine) guest {
	t.Helper()
	return guest{lab.Guest{
		Arch:    m.Arch,
		Modules: modbuild.Modules(t, m.Arch, modules.Tree{Src: "src"}),
		Files:   []string{lab.Program(t, m.GOARCH, "./fio") + ":/bin/fio"},
	}}
}

// accidents are what differs between machines, compilers and runs.
var accidents = []struct {
	re *regexp.Regexp
	to string
}{
	{regexp.MustCompile(`PID: \d+`), "PID: N"},
	{regexp.MustCompile(`\+0x[0-9a-f]+/0x[0-9a-f]+`), "+X/Y"},
	{regexp.MustCompile(`(?m)^( |\[<[0-9a-f]+>\] )(\w+\+X)`), " $2"},
	{regexp.MustCompile(`\.cold\+X`), "+X"},
}

func tidy(s string) string {
	for _, a := range accidents {
		s = a.re.ReplaceAllString(s, a.to)
	}
	return s
}

// cases are what is run; testdata/NAME.txt is what both machines print.
var cases = []struct{ name, cmd string }{
	{"ring", `
insmod ring; ls -l /dev/rings | cut -c 1-10; cat /sys/class/ring/ring1/dev /sys/class/ring/ring1/uevent; grep ring /proc/devices
fio open=/dev/rings/0,rdwr,nonblock read=5 poll=0 write=abcdefghijk write=z poll=0 read=3 ioget=0x80045201 ioset=0x40045202,20 ioset=0x40045202,4 write=q ioctl=0x5200 poll=0 seek=0,set pread=1,0 mmap=4096 ioctl=0x9999 badread=1 badwrite=1 writev=ab,c badread=1 readv read=1
(fio sleep=5 open=/dev/rings/1,wronly write=late) & fio open=/dev/rings/1,rdonly read=9; wait
(fio sleep=5 open=/dev/rings/1,wronly write=late) & fio open=/dev/rings/1,rdonly poll=1000,in read=9; wait
(fio sleep=5 open=/dev/rings/1,wronly write=late) & fio open=/dev/rings/1,rdonly epoll=1000; wait
fio open=/dev/rings/0,rdonly poll=3,in
fio open=/dev/rings/0 read=1 & sleep 0.01; kill $!; wait $!; echo killed $?
fio open=/dev/rings/0 sleep=20 & sleep 0.01; lsmod | grep ring; rmmod ring; echo $?; wait
fio mknod=/tmp/r,254,1 open=/tmp/r,rdonly poll=0; rmmod ring; fio open=/tmp/r; ls /dev/rings; rm /tmp/r`},
	{"box", `
insmod box; cat /proc/misc; ls -l /dev/box | cut -c 1-10
fio open=/dev/box,rdwr write=hello pread=3,1 pwrite=XY,14 pwrite=a,16 seek=0,end seek=17,set seek=-1,set seek=0,set read=99 read=1 writev=ab,cd badread=4 seek=4,set badread=4 badwrite=3
fio open=/dev/box iobuf=1 ioctl=1,8 ioctl=2 ioctl=6 ioctl=7
fio open=/dev/box,rdwr,append
head -c 5 /dev/box; echo; cat /dev/box > /tmp/copy; wc -c /tmp/copy; rmmod box; ls /dev/box`},
	{"usual", `
insmod usual; cat /tmp/helped /tmp/made; ls /sys/class/usual
fio open=/dev/usual,rdwr async noasync async write=5 signal=100 async=99999 write=x noasync write=0x10 signal=20 async close
fio open=/dev/usual async ioctl=1,77 signal=100 ioctl=2 ioctl=3,0 signal=100 ioctl=3,99999 ioctl=9
fio uid=1000 open=/dev/usual; chmod 666 /dev/usual; fio uid=1000 open=/dev/usual
rmmod usual; ls /sys/class/usual`},
	{"seed", `
insmod seedhello; ls /sys/bus/test_bus/drivers; insmod seeddev
readlink /sys/bus/test_bus/devices/test_driver.0 /sys/bus/test_bus/drivers/test_driver/test_driver.0 /sys/devices/test_driver.0/driver
rmmod seedhello; rmmod seeddev; rmmod seedhello; ls /sys/bus`},
	{"model", `
insmod model; cat /sys/bus/model/level /sys/bus/model/drivers/a-driver/about; cd /sys/devices/model-root; ls
readlink a0/driver a0/subsystem model/plain7/device; cat a0/uevent a0/value; echo 0x10 > a0/value; cat a0/value; fio open=a0/value,wronly write=x; cat a0/value
echo a0 > /sys/bus/model/drivers/a-driver/unbind; ls a0; echo a0 > /sys/bus/model/drivers/a-driver/bind
fio open=/sys/bus/model/drivers/a-driver/bind,wronly write=b0 write=a0 write=none
ls /sys/bus/model/drivers/*; ls model model/plain7; cd /; rmmod model; ls /sys/bus /sys/class /sys/devices`},
	{"seqs", `
insmod seqs; ls -l /proc/seqs; cd /proc/seqs; cat count list text single plain link; cat list
fio open=count read=100 read=100 seek=9,set read=5 seek=0,set pread=4,3 pread=3,8
echo 1 > /sys/module/seqs/parameters/trace; fio open=count read=5 read=50 read=5; echo 0 > /sys/module/seqs/parameters/trace
wc -c big; fio open=big seek=8999,set read=3 open=fail read=100 read=100 open=none,rdwr read=1 write=1 seek=0,set ioctl=1 poll=0
fio uid=1000 open=single open=count read=10
(fio open=/proc/seqs/plain read=2 sleep=20 read=2 poll=0 ioctl=1 seek=0,set close) & sleep 0.01; cd /; rmmod seqs; echo $?; wait; ls /proc/seqs; ls /proc/driver`},
	{"objects", `
insmod objects; cd /sys/kernel/objects; ls . one plain plain/words; cat one/number; echo 5 > one/number; cat one/number; cat one/full | wc -c
fio open=one/full,wronly open=one/refuse,rdwr read=5 write=ab write=abcdef open=one/leave,wronly write=now write=again
ls one; fio open=one/number,rdwr read=5 poll=0 write=7 poll=0 seek=0,set read=5 poll=0 pread=2,0
cat plain/words/seen; fio open=plain/words/mute,rdwr read=1 write=a
fio open=plain/words/raw,rdwr read=99 read=1 pwrite=XY,2 pread=8,0 pwrite=a,8; readlink plain/friend
(fio open=two/number,rdwr read=5 sleep=20 seek=0,set read=5 write=1) & sleep 0.01; cd /; rmmod objects; wait; ls /sys/kernel/objects`},
	{"plat", `
insmod plat; ls /sys/devices/platform /sys/bus/platform/drivers/plat-driver; cat /sys/devices/platform/plat-a.3/uevent; rmmod plat; ls /sys/devices/platform`},
	{"debug", `
insmod debug; cd /sys/kernel/debug/debugtest; for f in *; do echo $f: $(cat $f); done
for v in 300 0x10 -1; do echo $v > u8; echo $v > x64; echo $v > atomic;  cat u8 x64 atomic; done; echo y > bool; cat bool
fio open=bool,rdwr write=maybe open=u8,rdwr write=x open=u32,wronly open=twice,rdwr read=9 write=5 seek=0,set read=9 write=5000 write=zz open=blob,rdwr open=blob read=3 read=9 read=1 open=slow dup close
(fio open=slow dup read=20 sleep=20 read=20 close) & sleep 0.01; echo 1 > /sys/module/debug/parameters/drop; ls slow; wait
cd /; rmmod debug; ls /sys/kernel/debug; grep debugfs /proc/mounts`},
}

// TestModules runs each case and compares all that is printed.
func TestModules(t *testing.T) {
	for _, m := range lab.Machines {
		t.Run(m.Arch, func(t *testing.T) {
			g := newGuest(t, m)
			for _, c := range cases {
				t.Run(c.name, func(t *testing.T) {
					origin := "what the case " + c.name + " of api_test.go prints on both machines; go test -update writes it"
					lab.Golden(t, c.name+".txt", origin, tidy(g.Run(t, c.cmd).Out))
				})
			}
			t.Run("oops", func(t *testing.T) { g.oops(t) })
			t.Run("forgotten", func(t *testing.T) { g.forgotten(t) })
		})
	}
}

// oops uses a program's memory, and then no memory, as if it were the kernel's: the
// process dies, its file is closed, and others go on.
func (g guest) oops(t *testing.T) {
	out := g.Run(t, `insmod box; fio open=/dev/box iobuf=3; echo status $?; fio open=/dev/box ioctl=4; echo status $?
fio open=/dev/box,rdwr write=alive pread=5,0; lsmod | grep box; rmmod box; insmod ring; fio open=/dev/rings/0; rmmod ring`).Out
	const died = "---[ end trace 0000000000000000 ]---\nSegmentation fault\nstatus 139\n"
	if n := strings.Count(out, died); n != 2 {
		t.Errorf("%d processes died with a report, want 2\n%s", n, out)
	}
	for _, want := range []string{
		"box_ioctl", "Oops", `pread=5,0: "alive"`, "box                    12288  0",
		"could not remove module box: Device or resource busy", "ring: gone\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing\n%s", want, out)
		}
	}
}

// forgotten uses what a module left registered when it went: each use is the end of
// the process, with a report that names the module, and the kernel goes on.
func (g guest) forgotten(t *testing.T) {
	out := g.Run(t, `insmod leave; cat /sys/kernel/leave; rmmod leave
for f in /dev/leave /proc/leave /sys/kernel/debug/leave /sys/kernel/leave /dev/leavemisc /sys/bus/leave/devices/leave/uevent; do cat $f; echo $f $?; done
for f in bind unbind; do fio open=/sys/bus/leave/drivers/leave/$f,wronly write=leave; echo $f $?; done
insmod ring; fio open=/dev/rings/0; rmmod ring; grep leave /proc/devices`).Out
	const uses = 8
	if n := strings.Count(out, "was memory of module leave, which was removed"); n != uses {
		t.Errorf("%d reports, want %d\n%s", n, uses, out)
	}
	if !strings.HasPrefix(out, "leave: loading out-of-tree module taints kernel.\nof kernel\n") || !strings.HasSuffix(out, "ring: gone\n 99 leave\n") {
		t.Errorf("not at the end\n%s", out)
	}
}
