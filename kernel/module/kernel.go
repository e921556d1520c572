package module

import (
	"slices"
	"sync"

	"rv86/kernel/abi"
	"rv86/kernel/klog"
	"rv86/kernel/lkm"
	"rv86/kernel/vfs"
	"rv86/kernel/wait"
	"rv86/kmod"
	"rv86/kmod/kapi"
)

// Release is the kernel's version, and what a module's vermagic must begin
// with.
const Release = "6.6.0-rv86"

// Config is what a Kernel depends on.
type Config struct {
	Machine  Machine
	Log      *klog.Log // nil: the kernel's
	Vermagic string    // what modules must be built for; "" means this kernel's
	// Args is the kernel's command line, of which the words of options.go count.
	Args string
	// Version gives the CRC of an export's interface. Nil: this kernel has no
	// versions, and checks none (Linux without CONFIG_MODVERSIONS).
	Version func(symbol string) (crc uint32, ok bool)
	// ReadFile reads a file of the running system, for hints. May be nil.
	ReadFile func(path string) ([]byte, abi.Errno)
	// CallerOf finds for whom C code runs in a file operation. May be nil.
	CallerOf func(c *vfs.Caller) *lkm.Caller
	// Helper runs a program as root and gives the status that wait4 has for
	// it, 0 at once without wait (Linux call_usermodehelper). Nil: there are
	// no programs.
	Helper func(argv, env []string, wait bool) (status int, e abi.Errno)

	// Linked, if set, is told of a module whose code is linked and does not run
	// yet, with a function that finds its sections; Freed of memory that goes,
	// a module's or a part of it. Entering is called before an export that Probe
	// named.
	Linked   func(section func(name string) (addr, size uint64))
	Freed    func(in func(addr uint64) bool)
	Entering func(c *kapi.Call, name string)

	// Panicking, if set, is called when C code ends the machine.
	Panicking func(who *lkm.Caller, reason string)

	// Leaving, if set, is told that a module's exit function has returned: its
	// addresses will be gone.
	Leaving func(name string, in func(addr uint64) bool)

	// Returned, if set, is told that all C code of a caller has returned; ok is
	// false after an oops.
	Returned func(who *lkm.Caller, ok bool)
}

// Kernel is the state of all modules.
type Kernel struct {
	Config
	heap   heap
	probed []bool      // exports that Probe named, by number
	funcs  []kapi.Func // what the kernel itself exports; fixed by Start
	vars   []kapi.Var
	base   table // where they are

	options

	mu           sync.Mutex
	modules      []*Module           // oldest first; /proc/modules shows the newest first
	names        map[string]*Module  // the same by name
	exports      map[string]provided // the kernel's and the modules'
	spans        spans               // the modules' memory by address
	freed        tombstones
	notifiers    []notifier
	taint        uint
	lastUnloaded string
	oopses       int
	modprobeFile string
	helpers      int // how many of it run
	fail         failure

	// states is notified when a module's state changed: loads wait here for
	// each other.
	states wait.Queue
}

// archVermagic is the last word of vermagic, by machine.
var archVermagic = map[string]string{"riscv64": "riscv", "i386": "686"}

// New makes a kernel that exports the functions of kapi. Provide adds others,
// then Start must be called.
func New(c Config) *Kernel {
	k := &Kernel{Config: c, funcs: slices.Clone(kapi.Funcs), vars: slices.Clone(kapi.Vars)}
	if k.Log == nil {
		k.Log = klog.Kernel
	}
	if k.Vermagic == "" {
		k.Vermagic = Release + " mod_unload modversions " + archVermagic[c.Machine.Target().Name]
	}
	k.options = parseOptions(c.Args)
	k.names, k.exports = map[string]*Module{}, map[string]provided{}
	k.modprobeFile = modprobePath
	k.heap.m, k.heap.fails = c.Machine, k.fails
	return k
}

// Provide adds exports. The order of all calls decides their addresses.
// Preconditions: Start was not called.
func (k *Kernel) Provide(funcs []kapi.Func, vars []kapi.Var) {
	k.funcs = append(k.funcs, funcs...)
	k.vars = append(k.vars, vars...)
}

// Start sets up the export stubs and tables, after which modules can be loaded.
// It is false if memory is short.
func (k *Kernel) Start() bool { return k.buildTable() }

// table is the kernel's own exports in the module window: stubs that trap, one
// for each function and one more to which C functions return; jumps to the
// exports that are machine code; and, read-only, the exported variables.
type table struct {
	stubs    uint64
	stubSize uint64
	addr     map[string]uint64
}

func (k *Kernel) buildTable() bool {
	k.base = table{stubSize: uint64(k.Machine.StubSize()), addr: map[string]uint64{}}
	if !k.buildStubs() || !k.buildJumps() || !k.buildVars() {
		return false
	}
	for i := range k.funcs {
		kind := kmod.ExportAny
		if k.funcs[i].GPL {
			kind = kmod.ExportGPL
		}
		k.provideOwn(k.funcs[i].Name, kind)
	}
	for i := range k.vars {
		k.provideOwn(k.vars[i].Name, kmod.ExportAny)
	}
	return true
}

// provideOwn enters an export of the kernel's into the one table of all.
func (k *Kernel) provideOwn(name string, kind kmod.ExportKind) {
	e := kmod.Export{Name: name, Addr: k.base.addr[name], Kind: kind, GPL: kind.GPLOnly()}
	if k.Version != nil {
		e.CRC, e.HasCRC = k.Version(name)
	}
	k.exports[name] = provided{e, nil}
}

func (k *Kernel) buildStubs() bool {
	m, t := k.Machine, &k.base
	n := pages(uint64(len(k.funcs)+1) * t.stubSize)
	if t.stubs = m.Map(n); t.stubs == 0 {
		return false
	}
	for i := range len(k.funcs) + 1 {
		m.Stub(m.Slice(t.stubs+uint64(i)*t.stubSize, t.stubSize))
	}
	for i := range k.funcs {
		f := &k.funcs[i]
		t.addr[f.Name] = t.stubs + uint64(i)*t.stubSize
	}
	m.Protect(t.stubs, n, ReadExec)
	m.SyncCode()
	k.debugStubs(len(kapi.Funcs) + 1)
	return true
}

// buildJumps makes direct exports reachable, where the kernel's code is farther
// from the module window than a call reaches. They take the place of their
// stubs.
func (k *Kernel) buildJumps() bool {
	m := k.Machine
	direct := m.Direct()
	if len(direct) == 0 {
		return true
	}
	size := uint64(m.Target().PLTSize())
	if size == 0 { // a call reaches everything
		for i := range k.funcs {
			if target, ok := direct[k.funcs[i].Name]; ok {
				k.base.addr[k.funcs[i].Name] = target
			}
		}
		return true
	}
	n := pages(uint64(len(direct)) * size)
	at := m.Map(n)
	if at == 0 {
		return false
	}
	page := at
	for i := range k.funcs {
		name := k.funcs[i].Name
		if target, ok := direct[name]; ok {
			m.Target().WritePLT(m.Slice(at, size), at, target)
			k.base.addr[name] = at
			at += size
		}
	}
	m.Protect(page, n, ReadExec)
	m.SyncCode()
	return true
}

func (k *Kernel) buildVars() bool {
	m, t := k.Machine, &k.base
	word := uint64(m.Target().WordSize())
	size := uint64(0)
	for _, v := range k.vars {
		size += uint64(len(v.Words)) * word
	}
	vars := m.Map(pages(size))
	if vars == 0 {
		return false
	}
	at := vars
	for _, v := range k.vars {
		t.addr[v.Name] = at
		for _, w := range v.Words {
			putWord(m.Slice(at, word), w.Num+t.addr[w.Func])
			at += word
		}
	}
	m.Protect(vars, pages(size), ReadOnly)
	return true
}

// ReturnStub is the address to which C functions return.
func (k *Kernel) ReturnStub() uint64 {
	return k.base.stubs + uint64(len(k.funcs))*k.base.stubSize
}

// Export says which export's stub is at pc: its number, len(k.funcs) for the
// return stub, -1 for none.
func (k *Kernel) Export(pc uint64) int {
	off := pc - k.base.stubs
	if pc < k.base.stubs || off > uint64(len(k.funcs))*k.base.stubSize || off%k.base.stubSize != 0 {
		return -1
	}
	return int(off / k.base.stubSize)
}

// pages rounds a size up to whole pages.
func pages(n uint64) uint64 { return (n + kmod.PageSize - 1) &^ (kmod.PageSize - 1) }

func putWord(b []byte, v uint64) {
	for i := range b {
		b[i] = byte(v)
		v >>= 8
	}
}
