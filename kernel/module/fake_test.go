package module

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"rv86/kernel/klog"
	"rv86/kernel/lkm"
	"rv86/kernel/module/gofuncs"
	"rv86/kmod"
	"rv86/kmod/vmlinux"
	"rv86/kmod/vmlinux/ksyms"
)

// fake is a Machine without a processor: C functions are Go functions, found by
// their symbol, that call exports through their stubs as C code would.
type fake struct {
	mu      sync.Mutex
	t       *testing.T
	ranges  map[uint64][]byte
	rights  map[uint64]Rights // by page
	next    uint64
	limit   int // pages that may be mapped; 0 = any number
	mapped  int
	funcs   map[string]func(c *cpu) uint64
	modules string
}

// cpu is what a C function sees.
type cpu struct {
	f    *fake
	k    *Kernel
	who  *lkm.Caller
	args []uint64
	pc   uint64 // the function
}

type badAddress uint64

func (badAddress) RuntimeError()           {}
func (badAddress) Error() string           { return "bad address" }
func (a badAddress) Addr() uintptr         { return uintptr(a) }
func (f *fake) Target() *kmod.Machine      { return kmod.RISCV64 }
func (f *fake) SyncCode()                  {}
func (f *fake) Now() int64                 { return 0 }
func (f *fake) Panic(reason string)        { f.t.Fatalf("kernel panic: %s", reason) }
func (f *fake) SetModules(s string)        { f.modules = s }
func (f *fake) KernelSymbol(uint64) string { return "" }

// memcpyAt is where memcpy is machine code, far away.
const memcpyAt = 0x80001234

// Bounds puts what the kernel's image has for modules into memory: the exports
// in the window, their tables somewhere.
func (f *fake) Bounds() (vmlinux.Bounds, error) {
	rows := ksyms.Of(kmod.RISCV64)
	for i := range rows {
		if rows[i].Name == "memcpy" {
			rows[i].Direct = memcpyAt
		}
	}
	set, err := vmlinux.LayOut(kmod.RISCV64, rows)
	if err != nil {
		return vmlinux.Bounds{}, err
	}
	f.ranges[set.Base] = append(set.Text, make([]byte, set.RodataBase()-set.Base-uint64(len(set.Text)))...)
	f.ranges[set.RodataBase()] = set.Rodata
	f.Protect(set.Base, pages(uint64(len(set.Text))), ReadExec)
	f.Protect(set.RodataBase(), pages(uint64(len(set.Rodata))), ReadOnly)
	const tables, size = 0x80200000, 1 << 20
	b := vmlinux.Bounds{vmlinux.ExportsBegin: set.Base, vmlinux.ExportsRodata: set.RodataBase(), vmlinux.ExportsEnd: set.End()}
	mem := make([]byte, size)
	at := copy(mem, set.Strings())
	b[vmlinux.StartKsymtabStrings], b[vmlinux.StopKsymtabStrings] = tables, tables+uint64(at)
	for i, kind := range kmod.ExportKinds() {
		ksymtab, kcrctab := set.Tables(kind, tables)
		for start, data := range map[vmlinux.Bound][]byte{vmlinux.StartKsymtab: ksymtab, vmlinux.StartKcrctab: kcrctab} {
			start += vmlinux.Bound(2 * i)
			b[start] = tables + uint64(at)
			at += copy(mem[at:], data)
			b[start+1] = tables + uint64(at)
		}
	}
	f.ranges[tables] = mem
	return b, nil
}

func newFake(t *testing.T) *fake {
	return &fake{
		t: t, ranges: map[uint64][]byte{}, rights: map[uint64]Rights{},
		next: vmlinux.WindowBase(kmod.RISCV64) + vmlinux.ExportsRoom, funcs: map[string]func(c *cpu) uint64{},
	}
}

func (f *fake) Map(n uint64) uint64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	if n%kmod.PageSize != 0 || n == 0 {
		f.t.Errorf("Map(%d)", n)
	}
	if f.limit > 0 && f.mapped+int(n/kmod.PageSize) > f.limit {
		return 0
	}
	f.mapped += int(n / kmod.PageSize)
	va := f.next
	f.next += n + kmod.PageSize
	f.ranges[va] = make([]byte, n)
	return va
}

func (f *fake) Unmap(va uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	b, ok := f.ranges[va]
	if !ok {
		f.t.Errorf("Unmap(%#x): not mapped", va)
	}
	f.mapped -= len(b) / kmod.PageSize
	delete(f.ranges, va)
}

func (f *fake) Functions() *gofuncs.Table { return nil }
func (f *fake) MapData(n uint64) uint64   { return f.Map(n) }

func (f *fake) Page() uint64       { return f.Map(kmod.PageSize) }
func (f *fake) FreePage(va uint64) { f.Unmap(va) }
func (f *fake) Slice(va, n uint64) []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	for base, b := range f.ranges {
		if off := va - base; va >= base && off+n <= uint64(len(b)) {
			return b[off : off+n : off+n]
		}
	}
	panic(badAddress(va))
}

func (f *fake) Physical(va uint64) uint64 { return va }

func (f *fake) Poke(va uint64, b []byte) { copy(f.Slice(va, uint64(len(b))), b) }

func (f *fake) Protect(va, n uint64, r Rights) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for ; n > 0; va, n = va+kmod.PageSize, n-kmod.PageSize {
		f.rights[va] = r
	}
}

func (f *fake) Call(k *Kernel, who *lkm.Caller, fn uint64, args []uint64) (r uint64, fault *Fault) {
	c := &cpu{f, k, who, args, fn}
	defer func() {
		switch e := recover().(type) {
		case nil:
		case *Fault:
			e.PC = fn
			fault = e
		default:
			panic(e)
		}
	}()
	if i := k.Export(fn); i >= 0 {
		return c.export(i, args), nil
	}
	name, _, _ := strings.Cut(k.Symbol(fn), "+")
	// init_module and hello_init are one address; take whichever is known.
	k.mu.Lock()
	for _, m := range k.modules {
		if m.state == Unformed {
			continue
		}
		for _, s := range m.syms {
			if s.addr == fn && f.funcs[s.name] != nil {
				name = s.name
			}
		}
	}
	k.mu.Unlock()
	impl := f.funcs[name]
	if impl == nil {
		return 0, &Fault{Title: fmt.Sprintf("no such C function: %s", k.Symbol(fn)), PC: fn}
	}
	return impl(c), nil
}

// addr is the address of an export.
func (k *Kernel) addr(name string) uint64 {
	s, _ := k.base.find(name)
	return s.Addr
}

// call calls an export by name.
func (c *cpu) call(name string, args ...uint64) uint64 {
	return c.export(c.k.Export(c.k.addr(name)), args)
}

func (c *cpu) export(i int, args []uint64) uint64 {
	n := 0
	server := c.k.NewServer(c.who, CallState{
		Next: func() uint64 {
			n++
			if n <= len(args) {
				return args[n-1]
			}
			return 0
		},
		From:  func() uint64 { return c.pc },
		Trace: noTrace,
	})
	r, fault := server.Serve(i)
	if fault != nil {
		panic(fault)
	}
	return r
}

// str is the address of a C string.
func (c *cpu) str(s string) uint64 { return c.k.heap.store(s) }

func (c *cpu) printk(s string) { p := c.str(s); c.call("printk", p); c.call("kfree", p) }

// lab is a kernel on a fake machine with the shipped modules' C code in Go.
type lab struct {
	*Kernel
	f   *fake
	out strings.Builder
}

func newLab(t *testing.T) *lab {
	t.Helper()
	l := &lab{f: newFake(t)}
	log := &klog.Log{}
	log.SetSink(func(s string) { l.out.WriteString(s) })
	l.Kernel = New(Config{Machine: l.f, Log: log, Args: "module_blacklist=bad-one"})
	if !l.Start() {
		t.Fatal("no memory for the exports")
	}
	say := func(s string) func(c *cpu) uint64 {
		return func(c *cpu) uint64 { c.printk(s); return 0 }
	}
	l.f.funcs = map[string]func(c *cpu) uint64{
		"hello_init":  say("\x016hello\n"),
		"hello_exit":  say("\x016bye\n"),
		"dep_a_init":  say(""),
		"dep_a_exit":  say(""),
		"dep_b_init":  say(""),
		"dep_b_exit":  say(""),
		"params_init": say(""),
		"params_exit": say(""),
		"initfail_init": func(c *cpu) uint64 {
			p := c.call("kzalloc", 100, 0)
			c.call("kfree", p)
			return ^uint64(18) // -ENODEV
		},
	}
	return l
}

var caller = &lkm.Caller{PID: 7, Comm: "insmod"}

func read(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("../../images/modules/riscv64/" + name + ".ko")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (l *lab) load(name, args string) Result {
	return l.Load(caller, read(l.f.t, name), args, 0)
}

// said returns what the log showed since the last call.
func (l *lab) said() string {
	s := l.out.String()
	l.out.Reset()
	return s
}

// text is all of /proc/kallsyms.
func (l *lab) text() string {
	var b []byte
	for next := l.kallsyms(); ; {
		n := len(b)
		if b = append(b, next(nil)...); len(b) == n {
			return string(b)
		}
	}
}
