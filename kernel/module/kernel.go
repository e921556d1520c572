package module

import (
	"slices"
	"strings"
	"sync"

	"rv86/kernel/abi"
	"rv86/kernel/klog"
	"rv86/kmod"
	"rv86/kmod/kapi"
)

// Release is the kernel's version, and what a module's vermagic must begin
// with.
const Release = abi.Release

// Config is what a Kernel depends on.
type Config struct {
	Machine   Machine
	Log       *klog.Log // nil: the kernel's
	Vermagic  string    // what modules must be built for; "" means this kernel's
	Blacklist []string  // names that may not be loaded (module_blacklist=)
}

// Kernel is the state of all modules.
type Kernel struct {
	Config
	heap  heap
	funcs []kapi.Func // what the kernel itself exports; fixed by Start
	vars  []kapi.Var
	base  table // where they are

	mu           sync.Mutex
	modules      []*Module // newest first, as /proc/modules shows them
	taint        uint
	lastUnloaded string
	oopses       int
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
	k.heap.m = c.Machine
	return k
}

// Provide adds exports. The order of all calls decides their addresses.
// Preconditions: Start was not called.
func (k *Kernel) Provide(funcs []kapi.Func, vars []kapi.Var) {
	k.funcs = append(k.funcs, funcs...)
	k.vars = append(k.vars, vars...)
}

// pages rounds a size up to whole pages.
func pages(n uint64) uint64 { return (n + kmod.PageSize - 1) &^ (kmod.PageSize - 1) }

func putWord(b []byte, v uint64) {
	for i := range b {
		b[i] = byte(v)
		v >>= 8
	}
}

// find gives the module of a name. Preconditions: mu is held.
func (k *Kernel) find(name string) *Module {
	for _, m := range k.modules {
		if m.Name == name {
			return m
		}
	}
	return nil
}

// changed tells the machine what a panic report would list.
// Preconditions: mu is held.
func (k *Kernel) changed() { k.Machine.SetModules(k.linked()) }

// linked is the list after "Modules linked in:", each name after a space.
func (k *Kernel) linked() string {
	var b strings.Builder
	for _, m := range k.modules {
		if m.state == Unformed {
			continue
		}
		b.WriteString(" " + m.Name + m.flags())
	}
	if k.lastUnloaded != "" {
		b.WriteString(" [last unloaded: " + k.lastUnloaded + "]")
	}
	return b.String()
}
