package module

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/wait"
	"rv86/kmod"
	"rv86/kmod/symvers"
)

var shippedTable = symvers.Of(kmod.RISCV64)

func shippedVersions(symbol string) (uint32, bool) {
	if row := shippedTable.Lookup(symbol); row != nil {
		return row.CRC, true
	}
	return 0, false
}

// until waits for another goroutine to get somewhere.
func until(cond func() bool) {
	for !cond() {
		runtime.Gosched()
	}
}

// held makes a module's init function wait for the channel it gives; a second
// call returns 0 at once.
func (l *lab) held(init string, result uint64) (release chan struct{}) {
	release = make(chan struct{})
	var calls atomic.Int32
	l.f.funcs[init] = func(*cpu) uint64 {
		if calls.Add(1) > 1 {
			return 0
		}
		<-release
		return result
	}
	return release
}

func (l *lab) loadAside(name string) chan Result {
	done := make(chan Result, 1)
	blob := read(l.f.t, name)
	go func() { done <- l.Load(&lkm.Caller{PID: 8, Comm: "insmod"}, blob, "", 0) }()
	return done
}

// TestSecondLoadWaits: of two loads at once the second waits for the first.
func TestSecondLoadWaits(t *testing.T) {
	for _, c := range []struct {
		result uint64
		want   [2]abi.Errno
	}{
		{0, [2]abi.Errno{0, abi.EEXIST}},
		{lkm.Fail(abi.ENODEV), [2]abi.Errno{abi.ENODEV, 0}},
	} {
		l := newLab(t)
		release := l.held("hello_init", c.result)
		first := l.loadAside("hello")
		until(func() bool { return strings.Contains(l.List(), "hello 16384 1 - Loading") })
		if r := l.Unload(caller, "hello", 0); r.Errno != abi.EBUSY {
			t.Errorf("rmmod during init: %v", r.Errno)
		}
		second := l.loadAside("hello")
		until(func() bool { return !l.states.Empty() })
		close(release)
		if got := [2]abi.Errno{(<-first).Errno, (<-second).Errno}; got != c.want {
			t.Errorf("init gives %d: loads give %v, want %v", int32(c.result), got, c.want)
		}
	}
}

// TestDependencyComing: a load waits for a module that it needs.
func TestDependencyComing(t *testing.T) {
	l := newLab(t)
	release := l.held("dep_a_init", 0)
	a := l.loadAside("dep-a")
	until(func() bool { return strings.Contains(l.List(), "Loading") })
	b := l.loadAside("dep-b")
	until(func() bool { return !l.states.Empty() })
	close(release)
	if ra, rb := <-a, <-b; ra.Errno != 0 || rb.Errno != 0 {
		t.Errorf("dep-a %v, dep-b %v\n%s", ra.Errno, rb.Errno, l.said())
	}
}

// sleeper is a thread whose sleep ends with an error.
type sleeper struct {
	lkm.Thread
	e abi.Errno
}

func (s sleeper) NewWaiter() *wait.Waiter { return wait.NewWaiter() }
func (s sleeper) Sleep(int64) abi.Errno   { return s.e }

func TestWaitsEnd(t *testing.T) {
	l := newLab(t)
	release := l.held("dep_a_init", 0)
	a := l.loadAside("dep-a")
	until(func() bool { return strings.Contains(l.List(), "Loading") })
	l.said()
	if r := l.Load(&lkm.Caller{Thread: sleeper{e: abi.ETIMEDOUT}}, read(t, "dep-b"), "", 0); r.Errno != abi.EBUSY ||
		!strings.Contains(l.said(), "dep_b: gave up waiting for init of module dep_a.\n") {
		t.Errorf("patience at its end: %v", r.Errno)
	}
	for _, name := range []string{"dep-b", "dep-a"} {
		if r := l.Load(&lkm.Caller{Thread: sleeper{e: abi.ERESTARTSYS}}, read(t, name), "", 0); r.Errno != abi.ERESTARTSYS {
			t.Errorf("%s with a signal: %v", name, r.Errno)
		}
	}
	close(release)
	<-a
	if len(l.modules) != 1 {
		t.Errorf("%d modules", len(l.modules))
	}
}

// block puts a struct notifier_block into memory.
func (l *lab) block(fn uint64, priority uint32) uint64 {
	b := l.heap.alloc(24, site{})
	putWord(l.f.Slice(b, 8), fn)
	putWord(l.f.Slice(b+16, 4), uint64(priority))
	return b
}

func TestNotifiers(t *testing.T) {
	l := newLab(t)
	l.load("dep-a", "")
	var heard []string
	answer := map[State]uint64{}
	listen := func(who string) func(c *cpu) uint64 {
		return func(c *cpu) uint64 {
			l.mu.Lock()
			name := l.byStruct(c.args[2]).Name
			l.mu.Unlock()
			heard = append(heard, fmt.Sprintf("%s %s %s", who, name, State(c.args[1])))
			return answer[State(c.args[1])]
		}
	}
	l.f.funcs["dep_a_add"], l.f.funcs["dep_a_calls"] = listen("low"), listen("high")
	c := &cpu{l.f, l.Kernel, caller, nil, 0}
	low, high := l.block(l.exports["dep_a_add"].Addr, 0), l.block(l.exports["dep_a_calls"].Addr, 5)
	for _, b := range []uint64{low, high} {
		if r := c.call("register_module_notifier", b); r != 0 {
			t.Fatalf("register: %d", int32(r))
		}
	}
	if r := c.call("register_module_notifier", low); lkm.Errno(r) != abi.EEXIST {
		t.Errorf("registered twice: %d", int32(r))
	}
	check := func(what string, want ...string) {
		t.Helper()
		if !slices.Equal(heard, want) {
			t.Errorf("%s: heard %q, want %q", what, heard, want)
		}
		heard = nil
	}
	l.load("hello", "")
	check("load", "high hello Loading", "low hello Loading", "high hello Live", "low hello Live")
	l.Unload(caller, "hello", 0)
	check("unload", "high hello Unloading", "low hello Unloading")
	l.load("initfail", "")
	check("failed load", "high initfail Loading", "low initfail Loading", "high initfail Unloading", "low initfail Unloading")

	answer[Coming] = notifyStopMask | notifyOK + uint64(abi.EACCES)
	pages := l.f.mapped
	if r := l.load("hello", ""); r.Errno != abi.EACCES || l.f.mapped != pages || len(l.modules) != 1 {
		t.Errorf("refused by a notifier: %v, %d pages more, %d modules", r.Errno, l.f.mapped-pages, len(l.modules))
	}
	check("refused", "high hello Loading")
	if r := c.call("unregister_module_notifier", high); r != 0 {
		t.Errorf("unregister: %d", int32(r))
	}
	if r := c.call("unregister_module_notifier", high); lkm.Errno(r) != abi.ENOENT {
		t.Errorf("unregistered twice: %d", int32(r))
	}
}

func TestSymbolGet(t *testing.T) {
	l := newLab(t)
	l.load("dep-a", "")
	c := &cpu{l.f, l.Kernel, caller, nil, 0}
	a, name := l.find("dep_a"), c.str("dep_a_add")
	if p := c.call("__symbol_get", name); p != l.exports["dep_a_add"].Addr || a.refs != 1 {
		t.Errorf("symbol_get gives %#x, %d references", p, a.refs)
	}
	if r := l.Unload(caller, "dep_a", 0); r.Errno != abi.EWOULDBLOCK {
		t.Errorf("unload: %v", r.Errno)
	}
	c.call("__symbol_put", name)
	c.call("__symbol_get", name)
	c.call("symbol_put_addr", l.exports["dep_a_add"].Addr)
	if a.refs != 0 {
		t.Errorf("%d references", a.refs)
	}
	l.said()
	p := c.call("__symbol_get", c.str("printk"))
	if got := l.said(); p != 0 || !strings.HasSuffix(got, "\nfailing symbol_get of non-GPLONLY symbol printk.\n") {
		t.Errorf("printk: %#x, %q", p, got)
	}
	if p := c.call("__symbol_get", c.str("nobody")); p != 0 {
		t.Errorf("nobody: %#x", p)
	}
}

func TestRunProgram(t *testing.T) {
	l := newLab(t)
	c := &cpu{l.f, l.Kernel, caller, nil, 0}
	path := c.str("/bin/sh")
	var ran string
	l.Helper = func(path string, argv, env []string, wait bool) (int, abi.Errno) {
		ran = fmt.Sprint(path, argv, env, wait)
		if path != "/bin/sh" {
			return 0, abi.ENOENT
		}
		return 0x300, 0
	}
	for _, x := range []struct {
		path uint64
		wait uint64
		want int32
		ran  string
	}{
		{path, 0, 0, "/bin/sh[] [] false"},
		{path, 1, 0x300, "/bin/sh[] [] false"},
		{path, 2, 0x300, "/bin/sh[] [] true"},
		{path, 2 | 4, 0x300, "/bin/sh[] [] true"},
		{c.str("/none"), 2, -int32(abi.ENOENT), "/none[] [] true"},
		{c.str("/none"), 0, 0, "/none[] [] false"},
		{c.str(""), 2, 0, ""},
	} {
		ran = ""
		if r := c.call("call_usermodehelper", x.path, 0, 0, x.wait); int32(r) != x.want || ran != x.ran {
			t.Errorf("wait %d: %d, ran %q; want %d, %q", x.wait, int32(r), ran, x.want, x.ran)
		}
	}
}

func TestRequestModule(t *testing.T) {
	l := newLab(t)
	c := &cpu{l.f, l.Kernel, caller, nil, 0}
	format := c.str("dev-%d")
	if r := c.call("__request_module", 1, format, 3); lkm.Errno(r) != abi.ENOENT {
		t.Errorf("without programs: %d", int32(r))
	}
	var ran []string
	l.Helper = func(_ string, argv, _ []string, wait bool) (int, abi.Errno) {
		ran = append(ran, fmt.Sprint(argv, wait))
		if len(ran) > 1 { // as if loading the module asked for it again
			return int(int32(c.call("__request_module", 1, format, 3))), 0
		}
		return 0x100, 0
	}
	if r := c.call("__request_module", 1, format, 3); r != 0x100 || len(ran) != 1 || ran[0] != "[/sbin/modprobe -q -- dev-3] true" {
		t.Errorf("%#x, ran %q", r, ran)
	}
	c.who = &lkm.Caller{Thread: sleeper{e: abi.ETIMEDOUT}}
	if r := c.call("__request_module", 1, format, 3); lkm.Errno(r) != abi.ETIME || len(ran) != 1+helpersMax || l.helpers != 0 {
		t.Errorf("a loop: %d, %d programs ran, %d left", int32(r), len(ran), l.helpers)
	}
	long := c.str(strings.Repeat("x", 60))
	if r := c.call("__request_module", 1, long); lkm.Errno(r) != abi.ENAMETOOLONG {
		t.Errorf("a long name: %d", int32(r))
	}
}

func TestLeaks(t *testing.T) {
	l := newLab(t)
	l.f.funcs["hello_init"] = func(c *cpu) uint64 {
		c.pc += 4
		c.call("kmalloc", 64, 0)
		c.call("kfree", c.call("kmalloc", 64, 0))
		c.pc += 4
		for range 2 {
			c.call("kmalloc", 16, 0)
		}
		return 0
	}
	l.load("hello", "")
	l.said()
	l.Unload(caller, "hello", 0)
	want := "hello: 3 allocations, 96 bytes not freed: 64 bytes from hello_init+0x4/0x1c [hello], 32 bytes from hello_init+0x8/0x1c [hello]\n"
	if got := l.said(); !strings.HasSuffix(got, want) {
		t.Errorf("log %q, want %q at the end", got, want)
	}
}

func TestParamsOfRunningModule(t *testing.T) {
	l := newLab(t)
	l.load("params", "count=3 whom=you")
	m := l.find("params")
	for _, c := range []struct {
		name, before, set string
		e                 abi.Errno
		after             string
	}{
		{"count", "3\n", "7\n", 0, "7\n"},
		{"count", "7\n", "x\n", abi.EINVAL, "7\n"},
		{"loud", "N\n", "y", 0, "Y\n"},
		{"whom", "you\n", "me", 0, "me\n"},
	} {
		p := m.param(c.name)
		if got, e := l.readParam(caller, m, p); string(got) != c.before || e != 0 {
			t.Errorf("%s is %q, %v; want %q", c.name, got, e, c.before)
		}
		if e := l.writeParam(caller, m, p, []byte(c.set)); e != c.e {
			t.Errorf("%s = %q: %v, want %v", c.name, c.set, e, c.e)
		}
		if got, e := l.readParam(caller, m, p); string(got) != c.after || e != 0 {
			t.Errorf("%s is %q, %v; want %q", c.name, got, e, c.after)
		}
	}
	p := m.param("count")
	if r := l.Unload(caller, "params", 0); r.Errno != 0 {
		t.Fatal(r.Errno)
	}
	if _, e := l.readParam(caller, m, p); e != abi.ENODEV {
		t.Errorf("a parameter of a module that is gone: %v", e)
	}
}

func TestEpitaph(t *testing.T) {
	l := newLab(t)
	var init uint64
	l.f.funcs["hello_init"] = func(c *cpu) uint64 { init = c.pc; return 0 }
	l.load("hello", "")
	core := l.find("hello").core
	l.Unload(caller, "hello", 0)
	for addr, want := range map[uint64]string{
		init + 2: fmt.Sprintf("%#x (hello_init+0x2/0x1c [hello]) was init memory of module hello, freed after its init", init+2),
		core:     "was memory of module hello, which was removed",
		0x1234:   "",
	} {
		l.mu.Lock()
		got := l.epitaph(addr)
		l.mu.Unlock()
		if !strings.Contains(got, want) || want == "" && got != "" {
			t.Errorf("%#x: %q, want %q", addr, got, want)
		}
	}
}
