package module

import (
	"rv86/kernel/klog"
	"rv86/kernel/lkm"
)

// core implements lkm.Core for the packages that export functions of their own.
type core struct{ k *Kernel }

// Core is the kernel as those packages see it.
func (k *Kernel) Core() lkm.Core { return core{k} }

func (c core) Slice(va, n uint64) []byte   { return c.k.Machine.Slice(va, n) }
func (c core) WordSize() int               { return c.k.Machine.Target().WordSize() }
func (c core) Alloc(size uint64) uint64    { return c.k.heap.alloc(size, site{}) }
func (c core) Free(p uint64)               { (&env{k: c.k, who: &lkm.Caller{}, trace: noTrace}).Free(p) }
func (c core) Symbol(addr uint64) string   { return c.k.Symbol(addr) }
func (c core) Hold(this uint64) bool       { return this == 0 || (&env{k: c.k}).ModuleGet(this) }
func (c core) ModuleOf(addr uint64) string { return c.k.moduleOf(addr) }
func (c core) Now() int64                  { return c.k.Machine.Now() }

func noTrace() []Frame { return nil }

func (c core) Unhold(this uint64) {
	if this != 0 {
		(&env{k: c.k}).ModulePut(this)
	}
}

func (c core) Run(who *lkm.Caller, fn uint64, args ...uint64) (uint64, bool) {
	return c.k.call(who, nil, fn, args...)
}

func (c core) Guard(who *lkm.Caller, f func()) bool {
	fault := guard(f)
	if fault != nil {
		c.k.oops(who, nil, fault)
	}
	return fault == nil
}

func (c core) Log(text string) {
	level, text := klog.SplitLevel(text)
	c.k.Log.Printk(level, text)
}

// Address is where the export of a name is, 0 if there is none, once Start has
// run.
func (k *Kernel) Address(name string) uint64 {
	s, _ := k.base.find(name)
	return s.Addr
}

// moduleOf names the module an address is in.
func (k *Kernel) moduleOf(addr uint64) string {
	if m := k.owner(addr); m != nil {
		return m.Name
	}
	return ""
}
