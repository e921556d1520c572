package monitor

import (
	"strconv"
	"strings"

	"rv86/kernel/abi"
)

// LoadedModule is a module of the guest, and where its sections are.
type LoadedModule struct {
	Name       string
	State      string // as in /proc/modules
	Core, Init Region
	Sections   []PlacedSection
}

// Region is a piece of a module's memory; its size is 0 if there is none.
type Region struct{ Addr, Size uint64 }

// Contains says that an address is in the region.
func (r Region) Contains(a uint64) bool { return a-r.Addr < r.Size }

// Contains says that an address is in the module's memory.
func (l *LoadedModule) Contains(a uint64) bool { return l.Core.Contains(a) || l.Init.Contains(a) }

// PlacedSection is a section's address. Sections that were freed are not there.
type PlacedSection struct {
	Name string
	Addr uint64
}

// LoadedModules reads the kernel's list of modules, newest first.
func (m *Monitor) LoadedModules() (out []LoadedModule) {
	m.arrived()
	for _, x := range m.modules.list {
		l := LoadedModule{Name: x.name, State: x.stateName(), Core: Region{x.core, x.coreSize}}
		if x.init != 0 {
			l.Init = Region{x.init, x.initSize}
		}
		for _, s := range x.sections {
			l.Sections = append(l.Sections, PlacedSection{s.name, s.addr})
		}
		out = append(out, l)
	}
	return out
}

// ExportStubs is the kernel's code that modules call, and return to.
func (m *Monitor) ExportStubs() Region {
	l := &m.modules
	return Region{l.stubs, l.stubSize * l.stubCount}
}

// SymbolText names an address: module!symbol+offset; "" if nothing is known.
func (m *Monitor) SymbolText(a uint64) string { return m.symbolText(a) }

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

// FunctionAt names the function whose first instruction is at an address; "" if
// there is none.
func (m *Monitor) FunctionAt(a uint64) string {
	name := m.symbolText(a)
	if strings.Contains(name, "+") {
		return ""
	}
	return name
}
