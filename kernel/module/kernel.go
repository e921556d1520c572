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
const Release = abi.Release

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
	Helper func(path string, argv, env []string, wait bool) (status int, e abi.Errno)

	// Linked, if set, is told of a module whose code is linked and does not run
	// yet, with a function that finds its sections; Freed of memory that goes,
	// a module's or a part of it. Entering is called before an export that Probe
	// named.
	Linked   func(section func(name string) (addr, size uint64))
	Freed    func(in func(addr uint64) bool)
	Entering func(c *kapi.Call, name string)

	// Panicking, if set, is called when C code ends the machine.
	Panicking func(who *lkm.Caller, reason string)

	// Settle, if set, waits a little for threads that a module's exit function
	// woke and that run its code.
	Settle func(who *lkm.Caller, in func(addr uint64) bool)

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
	exports      map[string]provided // the modules'; see exported
	spans        spans               // the modules' memory by address
	freed        tombstones
	notifiers    []notifier
	taint        uint
	lastUnloaded string
	text         []byte // room in which linked works
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
	var refused []string
	k.options, refused = parseOptions(c.Args)
	for _, text := range refused {
		k.warnf("%s", text)
	}
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

// Start gives the exports their addresses, after which modules can be loaded. It
// is false if that is not possible, which the machine was told.
func (k *Kernel) Start() bool {
	if err := k.readImage(); err != nil {
		k.Machine.Panic("module interface: " + err.Error())
		return false
	}
	return true
}

// pages rounds a size up to whole pages.
func pages(n uint64) uint64 { return (n + kmod.PageSize - 1) &^ (kmod.PageSize - 1) }

func putWord(b []byte, v uint64) {
	for i := range b {
		b[i] = byte(v)
		v >>= 8
	}
}
