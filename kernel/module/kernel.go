package module

import (
	"strings"
	"sync"

	"rv86/kernel/abi"
	"rv86/kernel/klog"
	"rv86/kmod"
	"rv86/kmod/vmlinux"
)

// Release is the kernel's version, and what a module's vermagic must begin
// with.
const Release = abi.Release

// Config is what a Kernel depends on.
type Config struct {
	Machine   Machine
	Bounds    *vmlinux.Bounds // of the image, whose export tables are used
	Log       *klog.Log       // nil: the kernel's
	Vermagic  string          // what modules must be built for; "" means this kernel's
	Blacklist []string        // names that may not be loaded (module_blacklist=)
}

// Kernel is the state of all modules.
type Kernel struct {
	Config
	heap heap
	base exports // what the kernel itself exports

	mu           sync.Mutex
	modules      []*Module // newest first, as /proc/modules shows them
	taint        uint
	lastUnloaded string
	oopses       int
}

// archVermagic is the last word of vermagic, by machine.
var archVermagic = map[string]string{"riscv64": "riscv", "i386": "686"}

// New takes the exports from the image's tables. It fails if they are not those
// of this kernel.
func New(c Config) (*Kernel, error) {
	k := &Kernel{Config: c}
	if k.Log == nil {
		k.Log = klog.Kernel
	}
	if k.Vermagic == "" {
		k.Vermagic = Release + " mod_unload " + archVermagic[c.Machine.Target().Name]
	}
	k.heap.m = c.Machine
	if err := k.base.read(c.Machine, c.Bounds); err != nil {
		return nil, err
	}
	return k, nil
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
