package module

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"

	"rv86/kernel/abi"
	"rv86/kernel/klog"
	"rv86/kernel/lkm"
	"rv86/kmod"
	"rv86/kmod/vmlinux"
)

func TestLifeOfHello(t *testing.T) {
	l := newLab(t)
	pages := l.f.mapped
	if r := l.load("hello", ""); r != (Result{}) {
		t.Fatalf("load: %+v\n%s", r, l.said())
	}
	if got := l.said(); got != "hello\n" {
		t.Errorf("load printed %q", got)
	}
	row := regexp.MustCompile(`^hello 12288 0 - Live 0xffffffff8002[0-9a-f]{4}\n$`)
	if got := l.List(); !row.MatchString(got) {
		t.Errorf("/proc/modules: %q", got)
	}
	if l.f.modules != " hello" {
		t.Errorf("a panic report would list %q", l.f.modules)
	}
	if l.Taint() != 0 {
		t.Errorf("taint %#x", l.Taint())
	}
	syms := l.text()
	for _, want := range []string{"T printk\n", " t hello_exit\t[hello]\n", " D __this_module\t[hello]\n"} {
		if !strings.Contains(syms, want) {
			t.Errorf("kallsyms lacks %q", want)
		}
	}
	if strings.Contains(syms, "hello_init") {
		t.Error("kallsyms still has the freed hello_init")
	}
	if r := l.load("hello", ""); r.Errno != abi.EEXIST {
		t.Errorf("second load: %v", r.Errno)
	}
	l.said()
	if r := l.Unload(caller, "hello", 0); r != (Result{}) {
		t.Errorf("unload: %+v", r)
	}
	if got := l.said(); got != "bye\n" {
		t.Errorf("unload printed %q", got)
	}
	if l.List() != "" || l.f.mapped != pages || l.f.modules != " [last unloaded: hello]" {
		t.Errorf("left: list %q, %d pages (%d before), %q", l.List(), l.f.mapped, pages, l.f.modules)
	}
	if r := l.Unload(caller, "hello", 0); r.Errno != abi.ENOENT {
		t.Errorf("second unload: %v", r.Errno)
	}
}

func TestProtections(t *testing.T) {
	l := newLab(t)
	l.load("params", "")
	m := l.find("params")
	for _, s := range m.syms {
		want := map[byte]Rights{'t': ReadExec, 'r': ReadOnly}[s.letter|0x20]
		if got := l.f.rights[s.addr&^(kmod.PageSize-1)]; got != want {
			t.Errorf("%s (%c) is in a page with rights %d, want %d", s.name, s.letter, got, want)
		}
	}
	l.base.all(func(s vmlinux.Symbol, _ bool) {
		if l.f.rights[s.Addr&^(kmod.PageSize-1)] == ReadWrite {
			t.Errorf("the kernel's %s is writable", s.Name)
		}
	})
}

func TestDependencies(t *testing.T) {
	l := newLab(t)
	if r := l.load("dep-b", ""); r.Errno != abi.ENOENT {
		t.Errorf("dep-b alone: %v", r.Errno)
	}
	if got, want := l.said(), "dep_b: Unknown symbol dep_a_add (err -2)\ndep_b: Unknown symbol dep_a_calls (err -2)\n"; sorted(got) != want {
		t.Errorf("log %q, want %q", got, want)
	}
	l.load("dep-a", "")
	if r := l.load("dep-b", ""); r.Errno != 0 {
		t.Fatalf("dep-b: %v %s", r.Errno, l.said())
	}
	if got := l.List(); !strings.Contains(got, "dep_a 12288 1 dep_b, Live ") {
		t.Errorf("/proc/modules: %q", got)
	}
	if got := l.Users("dep_a"); len(got) != 1 || got[0] != "dep_b" {
		t.Errorf("users %q", got)
	}
	if r := l.Unload(caller, "dep_a", unloadForce); r.Errno != abi.EWOULDBLOCK {
		t.Errorf("unload of a used module, by force: %v", r.Errno)
	}
	for _, name := range []string{"dep_b", "dep_a"} {
		if r := l.Unload(caller, name, 0); r.Errno != 0 {
			t.Errorf("unload %s: %v", name, r.Errno)
		}
	}
}

func sorted(s string) string {
	lines := strings.SplitAfter(s, "\n")
	for i := range lines {
		for j := i; j > 0 && lines[j] != "" && lines[j] < lines[j-1]; j-- {
			lines[j], lines[j-1] = lines[j-1], lines[j]
		}
	}
	return strings.Join(lines, "")
}

func TestInitFails(t *testing.T) {
	l := newLab(t)
	pages := l.f.mapped
	for range 1000 {
		if r := l.load("initfail", ""); r != (Result{Errno: abi.ENODEV}) {
			t.Fatalf("initfail: %+v", r)
		}
		if l.load("hello", "").Errno != 0 || l.Unload(caller, "hello", 0).Errno != 0 {
			t.Fatal("hello failed")
		}
	}
	if l.List() != "" || l.f.mapped != pages || len(l.modules) != 0 {
		t.Errorf("left: %q, %d pages of %d", l.List(), l.f.mapped, pages)
	}
}

// TestNoMemory lets the memory run out at every page a load takes.
func TestNoMemory(t *testing.T) {
	l := newLab(t)
	l.load("dep-a", "")
	pages := l.f.mapped
	ok := false
	for extra := 1; extra < 20 && !ok; extra++ {
		l.f.limit = pages + extra
		r := l.load("params", "whom=you list=1,2,3 count=2")
		if ok = r.Errno == 0; ok {
			break
		}
		if r.Errno != abi.ENOMEM || l.f.mapped != pages || len(l.modules) != 1 {
			t.Errorf("with %d pages: %v, %d pages left over, %d modules", extra, r.Errno, l.f.mapped-pages, len(l.modules))
		}
	}
	if !ok {
		t.Error("params never loaded")
	}
}

func TestParams(t *testing.T) {
	for _, c := range []struct {
		args string
		e    abi.Errno
		log  string
	}{
		{"", 0, ""},
		{"count=3 loud whom=you where=there list=1,-2,3 mask=0x10", 0, ""},
		{"loud=n", 0, ""},
		{`whom="two words"`, 0, ""},
		{"count", abi.EINVAL, "params: `' invalid for parameter `count'\n"},
		{"count=x", abi.EINVAL, "params: `x' invalid for parameter `count'\n"},
		{"count=2147483648", abi.ERANGE, "params: `2147483648' invalid for parameter `count'\n"},
		{"count=-2147483648", 0, ""},
		{"mask=-1", abi.EINVAL, "params: `-1' invalid for parameter `mask'\n"},
		{"list=1,2,3,4,5", abi.EINVAL, "list: can only take 4 arguments\nparams: `1,2,3,4,5' invalid for parameter `list'\n"},
		{"list=40000", abi.ERANGE, "params: `40000' invalid for parameter `list'\n"},
		{"where=0123456789abcdef", abi.ENOSPC, "params: `0123456789abcdef' too large for parameter `where'\n"},
		{"where=0123456789abcde", 0, ""},
		{"loud=maybe", abi.EINVAL, "params: `maybe' invalid for parameter `loud'\n"},
		{"nosuch=1", 0, "params: unknown parameter 'nosuch' ignored\n"},
		{`whom="open`, abi.EINVAL, "params: a quote in the arguments is not closed\n"},
	} {
		l := newLab(t)
		pages := l.f.mapped
		r := l.load("params", c.args)
		if r.Errno != c.e || l.said() != c.log {
			t.Errorf("%q: %v, log %q; want %v, %q", c.args, r.Errno, l.said(), c.e, c.log)
		}
		if r.Errno == 0 {
			if r := l.Unload(caller, "params", 0); r.Errno != 0 {
				t.Errorf("%q: unload: %v", c.args, r.Errno)
			}
		}
		if l.f.mapped != pages {
			t.Errorf("%q: %d pages left over", c.args, l.f.mapped-pages)
		}
	}
}

// TestParamValues looks into the module's variables.
func TestParamValues(t *testing.T) {
	l := newLab(t)
	l.load("params", "count=-3 mask=017 loud=1 whom=you list=7,-8,9")
	value := func(name string, n uint64) []byte {
		for _, s := range l.find("params").syms {
			if s.name == name {
				return l.f.Slice(s.addr, n)
			}
		}
		t.Fatalf("no symbol %s", name)
		return nil
	}
	for _, c := range []struct {
		name string
		want []byte
	}{
		{"count", []byte{0xfd, 0xff, 0xff, 0xff}},
		{"mask", []byte{15, 0, 0, 0}},
		{"loud", []byte{1}},
		{"list", []byte{7, 0, 0xf8, 0xff, 9, 0, 0, 0}},
		{"list_len", []byte{3, 0, 0, 0}},
	} {
		if got := value(c.name, uint64(len(c.want))); !bytes.Equal(got, c.want) {
			t.Errorf("%s = % x, want % x", c.name, got, c.want)
		}
	}
	p := uint64(0)
	for i, b := range value("whom", 8) {
		p |= uint64(b) << (8 * i)
	}
	if got := l.f.Slice(p, 4); string(got) != "you\x00" {
		t.Errorf("whom = %q", got)
	}
}

func TestRefusals(t *testing.T) {
	edit := func(name, from, to string) []byte {
		b := read(t, name)
		if !bytes.Contains(b, []byte(from)) || len(from) != len(to) {
			t.Fatalf("bad edit %q", from)
		}
		b = bytes.Replace(b, []byte(from), []byte(to), -1)
		i := bytes.Index(b, []byte(kmod.ChecksumKey+"=")) + len(kmod.ChecksumKey) + 1
		copy(b[i:], kmod.ChecksumBlank)
		if err := kmod.SetChecksum(b, kmod.RISCV64); err != nil {
			t.Fatal(err)
		}
		return b
	}
	for _, c := range []struct {
		name  string
		blob  []byte
		flags int
		e     abi.Errno
		log   string
	}{
		{"empty", nil, 0, abi.ENOEXEC, "module: the file is empty\n"},
		{"text", []byte("#!/bin/sh\necho this is no module, but long enough to be one\n"), 0, abi.ENOEXEC, "module: this is no ELF file: it begins with 23 21 2f 62\n"},
		{
			"vermagic", edit("hello", "6.6.0-rv86 mod_unload", "6.6.0-rv86 mod_unlaod"), 0, abi.ENOEXEC,
			"hello: version magic '6.6.0-rv86 mod_unlaod modversions riscv' should be '6.6.0-rv86 mod_unload modversions riscv'\n",
		},
		{
			"vermagic ignored", edit("hello", "6.6.0-rv86 mod_unload", "6.6.0-rv86 mod_unlaod"), IgnoreVermagic, 0,
			"hello: bad vermagic: kernel tainted.\nhello\n",
		},
		{"no vermagic", edit("hello", "vermagic=", "wermagic="), 0, abi.ENOEXEC, "hello: no version magic in .modinfo, should be '6.6.0-rv86 mod_unload modversions riscv'\n"},
		{"license", edit("hello", "license=GPL", "license=Own"), 0, 0, "hello: module license 'Own' taints kernel.\nhello\n"},
		{"no license", edit("hello", "license=GPL", "licence=GPL"), 0, 0, "hello: module license 'unspecified' taints kernel.\nhello\n"},
		{"out of tree", edit("hello", "intree=Y", "outree=Y"), 0, 0, "hello: loading out-of-tree module taints kernel.\nhello\n"},
		{"unknown symbol", edit("hello", "\x00printk\x00", "\x00prantk\x00"), 0, abi.ENOENT, "hello: Unknown symbol prantk (err -2)\n"},
		{"damage", func() []byte { b := read(t, "hello"); b[len(b)-3] ^= 4; return b }(), 0, abi.ENOEXEC, ""},
		{"damage to the magic", edit2(t, "structcrc=", "structcrd="), 0, 0, "hello\n"},
	} {
		l := newLab(t)
		pages := l.f.mapped
		r := l.Load(caller, c.blob, "", c.flags)
		log := l.said()
		if r.Errno != c.e || c.log != "" && log != c.log {
			t.Errorf("%s: %v, log %q; want %v, %q", c.name, r.Errno, log, c.e, c.log)
		}
		if c.e != 0 && (l.f.mapped != pages || len(l.modules) != 0 || l.Taint() != 0) {
			t.Errorf("%s: something is left over", c.name)
		}
	}
}

// edit2 changes bytes without mending the checksum.
func edit2(t *testing.T, from, to string) []byte {
	return bytes.Replace(read(t, "hello"), []byte(from), []byte(to), 1)
}

func TestGPLOnly(t *testing.T) {
	l := newLab(t)
	l.load("dep-a", "")
	b := bytes.Replace(read(t, "dep-b"), []byte("license=GPL"), []byte("license=BSD"), 1)
	i := bytes.Index(b, []byte("structcrc=")) + len("structcrc=")
	copy(b[i:], kmod.ChecksumBlank)
	if err := kmod.SetChecksum(b, kmod.RISCV64); err != nil {
		t.Fatal(err)
	}
	pages := l.f.mapped
	if r := l.Load(caller, b, "", 0); r.Errno != abi.ENOENT {
		t.Errorf("load: %v", r.Errno)
	}
	log := l.said()
	if !strings.Contains(log, "dep_b: symbol dep_a_add is for GPL-compatible modules only, and this one's license is 'BSD'\n") ||
		!strings.Contains(log, "dep_b: Unknown symbol dep_a_add (err -2)\n") {
		t.Errorf("log %q", log)
	}
	if l.f.mapped != pages || l.find("dep_a").refs != 0 {
		t.Errorf("dep_a has %d references", l.find("dep_a").refs)
	}
}

func TestOops(t *testing.T) {
	l := newLab(t)
	l.f.funcs["hello_init"] = func(c *cpu) uint64 { c.call("strlen", 8); return 0 }
	if r := l.load("hello", ""); !r.Oops {
		t.Fatalf("load: %+v", r)
	}
	log := l.said()
	for _, want := range []string{
		fmt.Sprintf("Unable to handle kernel NULL pointer dereference at virtual address %016x\n", 8),
		fmt.Sprintf("address %016x\nOops [#1]\n", 8),
		"Modules linked in: hello(+)\n",
		"CPU: 0 PID: 7 Comm: insmod Not tainted 6.6.0-rv86 #1\n",
	} {
		if !strings.Contains(log, want) {
			t.Errorf("report lacks %q:\n%s", want, log)
		}
	}
	if !strings.Contains(l.List(), "hello 16384 1 - Loading ") {
		t.Errorf("/proc/modules: %q", l.List())
	}
	l.Log.Console(consoleLevel, klog.ConsoleLevelMax)
	if r := l.Unload(caller, "hello", 0); r.Errno != abi.EBUSY {
		t.Errorf("unload after an oops: %v", r.Errno)
	}
	if said := l.said(); !strings.Contains(said, "hello: hint: it crashed and stays as it is") {
		t.Errorf("unload after an oops says %q", said)
	}
	if r := l.load("hello", ""); r.Errno != abi.EBUSY {
		t.Errorf("load after an oops: %v", r.Errno)
	}
	if l.Taint() != 1<<TaintDie {
		t.Errorf("taint %#x", l.Taint())
	}
	if r := l.load("dep-a", ""); r.Errno != 0 {
		t.Errorf("the system does not go on: %v", r.Errno)
	}
}

func TestBugWarnAndBadFree(t *testing.T) {
	l := newLab(t)
	l.f.funcs["hello_init"] = func(c *cpu) uint64 {
		file := c.str("hello.c")
		c.call("warn_slowpath_fmt", file, 12, TaintWarn, 0)
		p := c.call("kmalloc", 100, 0)
		c.call("kfree", p)
		c.call("kfree", p)
		c.call("kfree", file+1)
		c.call("__bug", file, 34)
		t.Error("BUG() returned")
		return 0
	}
	if r := l.load("hello", ""); !r.Oops {
		t.Fatalf("load: %+v", r)
	}
	log := l.said()
	for _, want := range []string{
		"------------[ cut here ]------------\nWARNING: CPU: 0 PID: 7 at hello.c:12\n",
		"BUG: kfree of 0x", "which was never allocated\n", "inside a block of 16 bytes\n",
		"kernel BUG at hello.c:34!\nKernel BUG [#1]\n", "Tainted: G        W ",
	} {
		if !strings.Contains(log, want) {
			t.Errorf("log lacks %q:\n%s", want, log)
		}
	}
}

func TestReferences(t *testing.T) {
	l := newLab(t)
	l.load("hello", "")
	this := l.find("hello").this
	c := &cpu{l.f, l.Kernel, caller, nil, 0}
	if c.call("try_module_get", this) != 1 || c.call("module_refcount", this) != 1 || c.call("try_module_get", 0) != 1 {
		t.Error("try_module_get")
	}
	if r := l.Unload(caller, "hello", 0); r.Errno != abi.EWOULDBLOCK {
		t.Errorf("unload of a referenced module: %v", r.Errno)
	}
	c.call("module_put", this)
	l.f.funcs["hello_exit"] = func(c *cpu) uint64 {
		if c.call("try_module_get", this) != 0 {
			t.Error("got a reference to a module that is going away")
		}
		return 0
	}
	if r := l.Unload(caller, "hello", 0); r.Errno != 0 {
		t.Errorf("unload: %v", r.Errno)
	}
}

func TestPositiveInitResultIsWarnedAbout(t *testing.T) {
	l := newLab(t)
	l.f.funcs["hello_init"] = func(c *cpu) uint64 { return 5 }
	if r := l.load("hello", ""); r.Errno != 0 || !strings.Contains(l.said(), "'hello'->init suspiciously returned 5") {
		t.Errorf("%v", r.Errno)
	}
}

func TestTaintLetters(t *testing.T) {
	for mask, want := range map[uint]string{
		0:                                 "Not tainted",
		1 << TaintOutOfTree:               "Tainted: G           O      ",
		1<<TaintProprietary | 1<<TaintDie: "Tainted: P      D           ",
	} {
		if got := tainted(mask); got != want && got != want+" " {
			t.Errorf("tainted(%#x) = %q, want %q", mask, got, want)
		}
	}
}

func TestHeap(t *testing.T) {
	f := newFake(t)
	h := &heap{m: f}
	blocks := map[uint64]uint64{}
	rnd := uint64(1)
	for i := range 5000 {
		rnd = rnd*6364136223846793005 + 1442695040888963407
		if rnd>>60 < 9 {
			size := rnd >> 33 % 6000
			if size == 0 {
				continue
			}
			p := h.alloc(size, site{})
			if p == 0 || p%16 != 0 || h.size(p) < size {
				t.Fatalf("alloc(%d) = %#x with %d bytes", size, p, h.size(p))
			}
			for q, n := range blocks {
				if p < q+n && q < p+size {
					t.Fatalf("blocks %#x and %#x overlap", p, q)
				}
			}
			blocks[p] = size
			b := f.Slice(p, size)
			b[0], b[size-1] = byte(i), byte(i)
			continue
		}
		for p := range blocks {
			if err := h.free(p); err != nil {
				t.Fatal(err)
			}
			if h.size(p) != 0 || h.free(p) == nil {
				t.Fatalf("%#x was freed twice", p)
			}
			delete(blocks, p)
			break
		}
	}
	for p := range blocks {
		if err := h.free(p); err != nil {
			t.Fatal(err)
		}
	}
	if f.mapped != 0 {
		t.Errorf("%d pages left", f.mapped)
	}
}

// TestDamagedStructure flips every bit outside code and data: each such module
// must be refused or load as if nothing had happened.
func TestDamagedStructure(t *testing.T) {
	l := newLab(t)
	good := read(t, "hello")
	spec, err := kmod.Parse(good, kmod.RISCV64)
	if err != nil {
		t.Fatal(err)
	}
	own := make([]bool, len(good)) // code and data
	for _, s := range spec.Sections {
		if s.Alloc() && !s.NoBits() && s.Name != ".gnu.linkonce.this_module" {
			for i := s.Offset; i < s.Offset+s.Size; i++ {
				own[i] = true
			}
		}
	}
	pages, loaded := l.f.mapped, 0
	for i := range good {
		for bit := range 8 {
			if own[i] {
				continue
			}
			bad := append([]byte(nil), good...)
			bad[i] ^= 1 << bit
			r := l.Load(caller, bad, "", 0)
			if r.Oops {
				t.Fatalf("byte %#x bit %d: oops\n%s", i, bit, l.said())
			}
			if r.Errno == 0 {
				loaded++
				if got := l.said(); got != "hello\n" {
					t.Errorf("byte %#x bit %d: loads, but prints %q", i, bit, got)
				}
				l.Unload(caller, "hello", 0)
			}
			l.said()
		}
	}
	if l.f.mapped != pages {
		t.Errorf("%d pages left", l.f.mapped-pages)
	}
	// Only the key of the checksum itself can change unnoticed.
	if most := 8 * len(kmod.ChecksumKey); loaded > most {
		t.Errorf("%d damaged modules loaded, at most %d may", loaded, most)
	}
	fmt.Fprintf(t.Output(), "%d damaged modules loaded unharmed\n", loaded)
}

// TestTruncated cuts the module at every length.
func TestTruncated(t *testing.T) {
	l := newLab(t)
	good := read(t, "params")
	for n := range good {
		if r := l.Load(caller, good[:n], "", 0); r.Errno != abi.ENOEXEC || r.Oops {
			t.Errorf("length %d: %+v", n, r)
		}
	}
}

// TestLateFailure fails at the last possible moment, with references taken and
// parameters set.
func TestLateFailure(t *testing.T) {
	l := newLab(t)
	l.load("dep-a", "")
	pages := l.f.mapped
	fails := func(*cpu) uint64 { return ^uint64(abi.EIO - 1) }
	l.f.funcs["dep_b_init"], l.f.funcs["params_init"] = fails, fails
	for _, name := range []string{"dep-b", "params"} {
		if r := l.load(name, "whom=somebody"); r.Errno != abi.EIO {
			t.Errorf("%s: %v", name, r.Errno)
		}
		if m := l.find("dep_a"); m.refs != 0 || len(m.users) != 0 {
			t.Errorf("%s: dep_a has %d references, users %v", name, m.refs, m.users)
		}
		if l.f.mapped != pages {
			t.Errorf("%s: %d pages left over", name, l.f.mapped-pages)
		}
	}
}

// TestDirectExports: memcpy is a jump to its code, not a trap.
func TestDirectExports(t *testing.T) {
	l := newLab(t)
	at := l.addr("memcpy")
	b := l.f.Slice(at, uint64(kmod.RISCV64.PLTSize()))
	target := uint64(0)
	for i := range 8 {
		target |= uint64(b[16+i]) << (8 * i)
	}
	if l.Export(at) >= 0 || target != memcpyAt || l.f.rights[at&^(kmod.PageSize-1)] != ReadExec {
		t.Errorf("memcpy at %#x: export %d, jumps to %#x", at, l.Export(at), target)
	}
	if l.Export(l.addr("memset")) < 0 {
		t.Error("memset has no stub")
	}
}

// TestConcurrently loads and unloads from several sides. Run it with -race.
func TestConcurrently(t *testing.T) {
	l := newLab(t)
	pages := l.f.mapped
	var wg sync.WaitGroup
	allowed := map[abi.Errno]bool{0: true, abi.EEXIST: true, abi.EBUSY: true, abi.ENOENT: true, abi.EWOULDBLOCK: true, abi.ENODEV: true}
	blobs := map[string][]byte{}
	for _, name := range []string{"hello", "dep-a", "dep-b", "params", "initfail"} {
		blobs[name] = read(t, name)
	}
	for side := range 4 {
		wg.Go(func() {
			caller := &lkm.Caller{PID: side, Comm: "insmod"} // each thread's own
			for i := range 60 {
				name := []string{"hello", "dep-a", "dep-b", "params", "initfail"}[(i+side)%5]
				if r := l.Load(caller, blobs[name], "whom=x", 0); !allowed[r.Errno] || r.Oops {
					t.Errorf("load %s: %+v", name, r)
				}
				_ = l.List() + l.text()
				name = strings.ReplaceAll([]string{"dep-b", "dep-a", "hello", "params"}[(i*3+side)%4], "-", "_")
				if r := l.Unload(caller, name, 0); !allowed[r.Errno] || r.Oops {
					t.Errorf("unload %s: %+v", name, r)
				}
			}
		})
	}
	wg.Wait()
	for _, name := range []string{"hello", "dep_b", "dep_a", "params"} {
		l.Unload(caller, name, 0)
	}
	if l.List() != "" || l.f.mapped != pages {
		t.Errorf("left: %q, %d pages", l.List(), l.f.mapped-pages)
	}
}
