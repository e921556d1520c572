package monitor

import (
	"strconv"

	"rv86/kernel/abi"
)

// LoadedModule is a module of the guest, and where it and its sections are. Init
// is 0 once init memory is freed.
type LoadedModule struct {
	Name           string
	Sections       []PlacedSection
	State          string // Loading, Live, Unloading
	Core, CoreSize uint64
	Init, InitSize uint64
}

// PlacedSection is a section's address. Sections that were freed are not there.
type PlacedSection struct {
	Name string
	Addr uint64
}

// LoadedModules reads the kernel's list of modules, newest first.
func (m *Monitor) LoadedModules() (out []LoadedModule) {
	m.arrived()
	for _, x := range m.modules.list {
		l := LoadedModule{Name: x.name, State: x.stateName(), Core: x.core, CoreSize: x.coreSize, Init: x.init, InitSize: x.initSize}
		for _, s := range x.sections {
			l.Sections = append(l.Sections, PlacedSection{s.name, s.addr})
		}
		out = append(out, l)
	}
	return out
}

// FunctionAt names the function of the kernel or of a module that begins at an
// address; "" if none does.
func (m *Monitor) FunctionAt(a uint64) string {
	if name, ok := m.stub(a); ok {
		return name
	}
	for _, x := range m.modules.list {
		if x.image != nil && x.contains(a) {
			if s, ok := x.image.At(a); ok && s.Addr == a && s.Func {
				return shortName(s.Name) + " [" + x.name + "]"
			}
			return ""
		}
	}
	if m.kernel == nil {
		return ""
	}
	if s, ok := m.kernel.At(a); ok && s.Addr == a && s.Func {
		return shortName(s.Name)
	}
	return ""
}

// SymbolAt names an address as f+0x10 [module]; "" if nothing is known there.
func (m *Monitor) SymbolAt(a uint64) string { return m.symbolText(a) }

// NotifyAddress is the kernel's function that is called when modules come or go.
func (m *Monitor) NotifyAddress() (addr uint64, ok bool) {
	if m.kernel == nil {
		return 0, false
	}
	s, ok := m.kernel.Symbol(abi.DebugNotifySymbol)
	return s.Addr, ok
}

// SyscallName is the name of a system call of Linux on a machine; its number if
// there is none.
func SyscallName(arch string, n uint64) string {
	if name := syscallName(arch, n); name != "" {
		return name
	}
	return strconv.FormatUint(n, 10)
}
