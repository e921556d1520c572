package device

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cfile"
)

// TestCharDevice makes a character device, reads it through the file layer into the
// kernel's own memory, and leaves nothing behind.
func TestCharDevice(t *testing.T) {
	l := newLab(t)
	blocks := l.Blocks()
	fops := l.zeroed(cfile.FileOps)
	fops.Set("owner", 0x99)
	hello := l.Str("hello")
	fops.Set("read", l.Func(func(who *lkm.Caller, a ...uint64) uint64 {
		return l.Call(who, l.rows, "simple_read_from_buffer", a[1], a[2], a[3], hello, 5)
	}))
	fops.Set("llseek", l.export("default_llseek"))
	name := l.Str("greeter")
	major := l.call("__register_chrdev", 0, 0, 256, name, fops.Addr)
	cl := l.call("class_create", name)
	l.call("device_create", cl, 0, major<<20|3, 0x77, l.Str("greeter%d"), 3)
	if text := l.text("/proc/devices"); major != 254 || !strings.Contains(text, "254 greeter\n") {
		t.Errorf("major %d\n%s", major, text)
	}
	if got := l.text("/sys/class/greeter/greeter3/uevent"); got != "MAJOR=254\nMINOR=3\nDEVNAME=greeter3\n" {
		t.Errorf("uevent: %q", got)
	}
	d, e := l.c.Open(l.c.FS.Root(), "/dev/greeter3", abi.O_RDONLY, 0)
	if e != 0 {
		t.Fatal(e)
	}
	if l.Refs != 2 { // the cdev's and the operations'
		t.Errorf("%d references", l.Refs)
	}
	b := make([]byte, 3)
	got := ""
	for _, want := range []int{3, 2, 0} {
		n, e := d.Read(l.c, b)
		if e != 0 || n != want {
			t.Errorf("read: %d %v, want %d", n, e, want)
		}
		got += string(b[:n])
	}
	if off, e := d.Lseek(1, abi.SEEK_SET); off != 1 || e != 0 {
		t.Errorf("seek: %d %v", off, e)
	}
	n, e := d.Read(l.c, b)
	if got += string(b[:n]); got != "helloell" || e != 0 {
		t.Errorf("%q %v", got, e)
	}
	if n, e := d.ReadAt(l.c, b, 4); n != 1 || e != 0 || b[0] != 'o' {
		t.Errorf("ReadAt: %d %v", n, e)
	}
	if _, e := d.File().Ioctl(l.c, 1, 1); e != abi.ENOTTY {
		t.Errorf("ioctl: %v", e)
	}
	d.Put()
	l.call("device_destroy", cl, major<<20|3)
	l.call("class_destroy", cl)
	l.call("__unregister_chrdev", major, 0, 256, name)
	if got := l.text("/dev/greeter3"); got != abi.ENOENT.Error() {
		t.Errorf("the node: %q", got)
	}
	const own = 4 // fops, hello, name and the format
	if l.Refs != 0 || l.Blocks() != blocks+own {
		t.Errorf("%d references, %d blocks of %d are left", l.Refs, l.Blocks(), blocks+own)
	}
}

// TestNumbers takes numbers until there are none, and such as overlap.
func TestNumbers(t *testing.T) {
	l := newLab(t)
	dev, name := l.Alloc(4), l.Str("n")
	fail := func(e abi.Errno) int64 { return -int64(e) }
	for _, c := range []struct {
		major, minor, count uint64
		want                int64
	}{
		{100, 0, 10, 0},
		{100, 9, 1, fail(abi.EBUSY)},
		{100, 10, 5, 0},
		{100, 20, 1, 0},
		{100, 15, 5, 0},
		{100, 14, 100, fail(abi.EBUSY)},
		{4, 64, 1, fail(abi.EBUSY)},
		{512, 0, 1, fail(abi.EINVAL)},
		{101, 1 << 19, 1<<19 + 1, fail(abi.EINVAL)},
		{0, 0, 1, fail(abi.EINVAL)},
	} {
		if got := int64(l.call("register_chrdev_region", c.major<<20|c.minor, c.count, name)); got != c.want {
			t.Errorf("%d:%d+%d: %d, want %d", c.major, c.minor, c.count, got, c.want)
		}
	}
	taken := 0
	for l.call("alloc_chrdev_region", dev, 0, 1, name) == 0 {
		taken++
	}
	const dynamic = 254 - 234 + 1 + 511 - 384 + 1
	if taken != dynamic {
		t.Errorf("%d dynamic numbers, want %d", taken, dynamic)
	}
}

// TestBinding registers devices and drivers in both orders and writes down what is
// called.
func TestBinding(t *testing.T) {
	l := newLab(t)
	var log []string
	note := func(format string, a ...any) { log = append(log, fmt.Sprintf(format, a...)) }
	bus := l.zeroed(Bus)
	bus.Set("name", l.Str("b"))
	bus.Set("match", l.Func(func(_ *lkm.Caller, a ...uint64) uint64 {
		dev, drv := l.m.nameOf(a[0]), Driver.At(l.Core, a[1]).Str("name")
		note("match %s %s", dev, drv)
		return uint64(bit(dev[0] == drv[0]))
	}))
	postpone := true
	driver := func(name string) uint64 {
		v := l.zeroed(Driver)
		v.Set("name", l.Str(name))
		v.Set("bus", bus.Addr)
		v.Set("probe", l.Func(func(_ *lkm.Caller, a ...uint64) uint64 {
			note("probe %s %s", name, l.m.nameOf(a[0]))
			if l.m.nameOf(a[0]) == "x1" && postpone {
				return lkm.Fail(probeDefer)
			}
			return 0
		}))
		v.Set("remove", l.Func(func(_ *lkm.Caller, a ...uint64) uint64 { note("remove %s", l.m.nameOf(a[0])); return 0 }))
		return v.Addr
	}
	release := l.Func(func(_ *lkm.Caller, a ...uint64) uint64 { note("release %s", l.m.nameOf(a[0])); return 0 })
	device := func(name string) uint64 {
		v := l.zeroed(Device)
		v.Set("init_name", l.Str(name))
		v.Set("bus", bus.Addr)
		v.Set("release", release)
		if r := l.call("device_register", v.Addr); r != 0 {
			t.Errorf("device %s: %d", name, int64(r))
		}
		return v.Addr
	}
	l.call("bus_register", bus.Addr)
	x1 := device("x1")
	x, y := driver("x"), driver("y")
	l.call("driver_register", x)
	l.call("driver_register", y)
	postpone = false
	y1 := device("y1")
	if got := l.names("/sys/bus/b/drivers/x"); !cmp.Equal(got, []string{"bind", "module", "uevent", "unbind", "x1"}) &&
		!cmp.Equal(got, []string{"bind", "uevent", "unbind", "x1"}) {
		t.Errorf("the driver's directory: %v", got)
	}
	action := l.Func(func(_ *lkm.Caller, a ...uint64) uint64 { note("action %d", a[0]); return 0 })
	l.call("devm_add_action", y1, action, 1)
	l.call("devm_add_action", y1, action, 2)
	l.call("driver_unregister", x)
	l.call("device_unregister", y1)
	l.call("device_unregister", x1)
	l.call("driver_unregister", y)
	l.call("bus_unregister", bus.Addr)
	want := []string{
		"match x1 x", "probe x x1", "match x1 y",
		"match y1 x", "match y1 y", "probe y y1", // and now that y1 has its driver:
		"match x1 x", "probe x x1",
		"remove x1", "remove y1", "action 2", "action 1", "release y1", "release x1",
	}
	if diff := cmp.Diff(want, log); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got := l.names("/sys/bus"); !cmp.Equal(got, []string{platformBusName}) {
		t.Errorf("left: %v", got)
	}
}

// TestKobjects counts references and follows links.
func TestKobjects(t *testing.T) {
	l := newLab(t)
	blocks := l.Blocks()
	kernel := l.kernelKobj()
	a := l.call("kobject_create_and_add", l.Str("a"), kernel)
	b := l.call("kobject_create_and_add", l.Str("b"), a)
	if r := l.call("sysfs_create_link", b, kernel, l.Str("up")); r != 0 {
		t.Errorf("link: %d", int64(r))
	}
	if l.call("kobject_create_and_add", l.Str("a"), kernel) != 0 {
		t.Error("two of one name")
	}
	text, e := l.c.Readlink(l.c.FS.Root(), "/sys/kernel/a/b/up")
	if text != "../.." || e != 0 {
		t.Errorf("the link leads to %q %v", text, e)
	}
	l.call("kobject_put", a) // b still refers to it
	if got := l.names("/sys/kernel/a"); !cmp.Equal(got, []string{"b"}) {
		t.Errorf("in a: %v", got)
	}
	l.call("kobject_put", b)
	if got := l.names("/sys/kernel"); !cmp.Equal(got, []string{"debug"}) {
		t.Errorf("left: %v", got)
	}
	const strs = 4
	if l.Blocks() != blocks+strs {
		t.Errorf("%d blocks are left of %d", l.Blocks(), blocks+strs)
	}
}

// kernelKobj is what the variable kernel_kobj holds.
func (l *lab) kernelKobj() uint64 {
	for _, v := range l.vars {
		if v.Name == "kernel_kobj" {
			return v.Words[0].Num
		}
	}
	return 0
}
