package module

import (
	"fmt"
	"sort"

	"rv86/kmod"
	"rv86/kmod/vmlinux"
)

// symbols lists the named symbols of a linked module by address. A symbol
// without a size reaches to the next one of its section's region.
func symbols(im *kmod.Image) []symbol {
	var out []symbol
	for i := range im.Spec.Symbols {
		s := &im.Spec.Symbols[i]
		if i == 0 || !s.Named() || s.Section <= 0 || !im.Contains(im.Addr[i]) {
			continue
		}
		sec := &im.Spec.Sections[s.Section]
		out = append(out, symbol{im.Addr[i], s.Size, s.Name, nmLetter(sec, s)})
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].addr < out[j].addr })
	for i := range out {
		if out[i].size == 0 && i+1 < len(out) {
			out[i].size = out[i+1].addr - out[i].addr
		}
	}
	return out
}

// nmLetter classes a symbol as nm(1) does: capital if global.
func nmLetter(sec *kmod.Section, s *kmod.Symbol) byte {
	letter := byte('d')
	switch {
	case s.Weak():
		letter = 'w'
	case sec.Exec():
		letter = 't'
	case sec.NoBits():
		letter = 'b'
	case !sec.Write():
		letter = 'r'
	}
	if s.Global() {
		letter -= 'a' - 'A'
	}
	return letter
}

// Symbol names an address: "f+0x10/0x40 [mod]", or "0x..." if nothing is
// there. (Linux sprint_symbol.)
func (k *Kernel) Symbol(addr uint64) string {
	if i := k.Export(addr); i >= 0 {
		name := vmlinux.ReturnStub
		if i < len(k.funcs) {
			name = k.funcs[i].Name
		}
		return fmt.Sprintf("%s+0x0/%#x", name, vmlinux.StubSize)
	}
	if s := k.Machine.KernelSymbol(addr); s != "" {
		return s
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if s := k.spans.find(addr); s != nil {
		return s.m.symbolize(s.m.syms, addr)
	}
	return fmt.Sprintf("%#x", addr)
}

// symbolize names an address of the module by the symbols of a table.
func (m *Module) symbolize(syms []symbol, addr uint64) string {
	i := sort.Search(len(syms), func(i int) bool { return syms[i].addr > addr })
	for i--; i >= 0; i-- {
		if s := first(syms, i); addr-s.addr < s.size {
			return fmt.Sprintf("%s+%#x/%#x [%s]", s.name, addr-s.addr, s.size, m.Name)
		}
	}
	return fmt.Sprintf("%#x [%s]", addr, m.Name)
}

// function finds the function of a module that an address, or the instruction
// before it, is in.
func (k *Kernel) function(pc uint64) (start, size uint64, ok bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	sp := k.spans.find(pc - 1)
	if sp == nil {
		return 0, 0, false
	}
	syms := sp.m.syms
	for _, pc := range []uint64{pc, pc - 1} {
		i := sort.Search(len(syms), func(i int) bool { return syms[i].addr > pc }) - 1
		if i < 0 {
			return 0, 0, false
		}
		if s := first(syms, i); s.letter|0x20 == 't' && pc-s.addr < s.size && s.addr-sp.base < sp.size && s.size <= sp.size {
			return s.addr, s.size, true
		}
	}
	return 0, 0, false
}

// first gives the first of the symbols that have symbol i's address: the file's
// order puts a function's own name before its alias init_module.
func first(syms []symbol, i int) *symbol {
	for i > 0 && syms[i-1].addr == syms[i].addr && syms[i-1].size > 0 {
		i--
	}
	return &syms[i]
}

// Fixup finds where execution goes on after a fault at an instruction listed in
// a module's exception table.
func (k *Kernel) Fixup(pc uint64) (uint64, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	s := k.spans.find(pc)
	if s == nil {
		return 0, false
	}
	table := s.m.exTable
	i := sort.Search(len(table), func(i int) bool { return table[i].Insn >= pc })
	if i < len(table) && table[i].Insn == pc {
		return table[i].Fixup, true
	}
	return 0, false
}
