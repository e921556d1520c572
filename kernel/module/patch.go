package module

import "rv86/kmod"

// What package kernel/lkm/patch needs: changing code that is loaded, and being
// called when an export is.

// linked tells of a module that was linked, whose code is not in use yet.
func (l *loading) linked() {
	if l.k.Linked == nil {
		return
	}
	l.k.Linked(func(name string) (addr, size uint64) {
		l.eachLoaded(func(s *kmod.Section, at uint64) {
			if s.Name == name {
				addr, size = at, s.Size
			}
		})
		return addr, size
	})
}

// freeing tells that a module's memory goes.
func (k *Kernel) freeing(base, size uint64) {
	if k.Freed != nil && base != 0 {
		k.Freed(func(addr uint64) bool { return addr-base < size })
	}
}

// Poke writes code at an address of a module's, whatever the rights of the page;
// false if no module is there.
func (k *Kernel) Poke(addr uint64, code []byte) bool {
	if k.owner(addr) == nil {
		return false
	}
	k.Machine.Poke(addr, code)
	k.Machine.SyncCode()
	return true
}

// Probe asks for Entering to be called, or not any more, when C code calls the
// export of a name. It gives the export's address, 0 if there is none that traps.
func (k *Kernel) Probe(name string, on bool) uint64 {
	s, ok := k.base.find(name)
	if !ok {
		return 0
	}
	i := k.Export(s.Addr)
	if i < 0 { // a variable, or machine code that is called without a trap
		return 0
	}
	if k.probed == nil {
		k.probed = make([]bool, len(k.funcs))
	}
	k.probed[i] = on
	return s.Addr
}

// FindSymbol gives a symbol's address: the kernel's exports first, then modules',
// "module:symbol" those of one module only; 0 if there is none.
func (k *Kernel) FindSymbol(name string) uint64 {
	if s, ok := k.base.find(name); ok {
		return s.Addr
	}
	module, symbol := "", name
	for i := range len(name) {
		if name[i] == ':' {
			module, symbol = name[:i], name[i+1:]
			break
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, m := range k.modules {
		if m.state == Unformed || module != "" && m.Name != module {
			continue
		}
		for i := range m.syms {
			if m.syms[i].name == symbol {
				return m.syms[i].addr
			}
		}
	}
	return 0
}

// Physical gives an address in physical memory, 0 if nothing is there.
func (k *Kernel) Physical(va uint64) uint64 { return k.Machine.Physical(va) }
