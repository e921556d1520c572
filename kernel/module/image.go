package module

import (
	"fmt"

	"rv86/kernel/klog"
	"rv86/kmod"
	"rv86/kmod/vmlinux"
)

// table is what the kernel itself exports. Names, addresses and CRCs are those
// of the image, in its sections __ksymtab* and __kcrctab*; what happens at a
// stub is a row of Kernel.funcs.
type table struct {
	*vmlinux.Ksymtab
	bounds vmlinux.Bounds
	number []int // of the function, by the stub's; -1: there is none
	late   late
}

// late are exports that get their addresses now: variables whose contents are
// made while booting, and functions that the image does not list yet, which have
// no versions.
type late struct {
	set    *vmlinux.ExportSet // nil if there are none
	number []int
}

// readImage joins the kernel's functions to the image's tables. Where they differ,
// because the list of exports is yet to be made anew, the kernel's count.
func (k *Kernel) readImage() (err error) {
	t := &k.base
	if t.bounds, err = k.Machine.Bounds(); err != nil {
		return err
	}
	if t.Ksymtab, err = vmlinux.ReadKsymtab(k.Machine.Target(), &t.bounds, k.Machine.Slice); err != nil {
		return err
	}
	t.number = make([]int, t.Stubs())
	for i := range t.number {
		t.number[i] = -1
	}
	own := k.ownExports()
	listed := make([]bool, len(k.funcs)+len(k.vars))
	t.Names(func(name []byte, addr uint64) {
		n := t.Stub(addr)
		i, ok := own[string(name)]
		if !ok && t.Stub(addr) < 0 { // module_layout, which is for its version only
			return
		}
		if !ok {
			if n >= 0 { // else it is no function, and needs none
				k.logf(klog.Debug, "module: the image's tables have %s, which this kernel does not export", name)
			}
			return
		}
		isFunc := i < len(k.funcs)
		listed[i] = isFunc || t.Variable(addr)
		if isFunc && n >= 0 {
			t.number[n] = i
		}
	})
	missing, lacking := []vmlinux.Export(nil), 0
	for i := range k.funcs {
		if f := &k.funcs[i]; !listed[i] {
			missing = append(missing, vmlinux.Export{Name: f.Name, Kind: exportKind(f.GPL)})
			lacking++
		}
	}
	for i, v := range k.vars {
		if listed[len(k.funcs)+i] {
			continue
		}
		s, _ := t.Lookup(v.Name) // the image knows its version
		e := vmlinux.Export{Name: v.Name, Kind: s.Kind, Namespace: s.Namespace, CRC: s.CRC}
		for _, w := range v.Words {
			e.Words = append(e.Words, vmlinux.Word(w))
		}
		missing = append(missing, e)
	}
	k.debugStubs(t.Stubs() + 1)
	if lacking > 0 {
		k.logf(klog.Debug, "module: %d exported functions are not in the image's tables and have no version", lacking)
	}
	return k.addLate(missing)
}

// ownExports numbers what the kernel exports: the functions, then the variables.
func (k *Kernel) ownExports() map[string]int {
	own := make(map[string]int, len(k.funcs)+len(k.vars))
	for i := range k.funcs {
		own[k.funcs[i].Name] = i
	}
	for i := range k.vars {
		own[k.vars[i].Name] = len(k.funcs) + i
	}
	return own
}

func exportKind(gpl bool) kmod.ExportKind {
	if gpl {
		return kmod.ExportGPL
	}
	return kmod.ExportAny
}

// addLate gives exports their place in the module window.
func (k *Kernel) addLate(exports []vmlinux.Export) error {
	if len(exports) == 0 {
		return nil
	}
	m, l := k.Machine, &k.base.late
	var err error
	outside := func(name string) (uint64, bool) {
		s, ok := k.base.Lookup(name)
		return s.Addr, ok
	}
	size := vmlinux.Size(m.Target(), exports)
	at := m.Map(size)
	if at == 0 {
		return fmt.Errorf("no memory for %d exports", len(exports))
	}
	if l.set, err = vmlinux.LayOutAt(m.Target(), at, exports, outside); err != nil {
		return err
	}
	copy(m.Slice(at, uint64(len(l.set.Text))), l.set.Text)
	copy(m.Slice(l.set.RodataBase(), uint64(len(l.set.Rodata))), l.set.Rodata)
	text := l.set.RodataBase() - at
	m.Protect(at, text, ReadExec)
	m.Protect(l.set.RodataBase(), size-text, ReadOnly)
	m.SyncCode()
	if l.number = make([]int, l.set.Stubs()); len(l.number) == 0 {
		return nil
	}
	for i := range k.funcs {
		if addr, ok := l.set.Addr(k.funcs[i].Name); ok {
			l.number[l.set.Stub(addr)] = i
		}
	}
	return nil
}

// find is what the kernel exports under a name.
func (t *table) find(name string) (vmlinux.Symbol, bool) {
	if s, ok := t.Lookup(name); ok && t.lives(s) {
		return s, true
	}
	if t.late.set != nil {
		return t.late.set.Symbol(name)
	}
	return vmlinux.Symbol{}, false
}

// lives says that the kernel has what the image lists.
func (t *table) lives(s vmlinux.Symbol) bool {
	n := t.Stub(s.Addr)
	return n < 0 || t.number[n] >= 0
}

// version is the CRC that the image has for a symbol.
func (t *table) version(symbol string) (uint32, bool) {
	s, ok := t.Lookup(symbol)
	return s.CRC, ok && s.CRC != 0
}

// all calls f for every export.
func (t *table) all(f func(s vmlinux.Symbol, variable bool)) {
	t.All(func(s vmlinux.Symbol) {
		if t.lives(s) {
			f(s, t.Variable(s.Addr))
		}
	})
	if set := t.late.set; set != nil {
		for i := range set.Exports {
			f(set.At(i), set.Exports[i].Words != nil)
		}
	}
}

// Export says which export's stub is at pc: its number, len(k.funcs) for the
// return stub, -1 for none.
func (k *Kernel) Export(pc uint64) int {
	t := &k.base
	switch n := t.Stub(pc); {
	case n == t.Stubs():
		return len(k.funcs)
	case n >= 0:
		return t.number[n]
	}
	if t.late.set != nil {
		if n := t.late.set.Stub(pc); n >= 0 && n < len(t.late.number) {
			return t.late.number[n]
		}
	}
	return -1
}
