package monitor

import (
	"strconv"

	"rv86/kernel/abi"
)

// LoadedModule is a module of the guest, and where its sections are.
type LoadedModule struct {
	Name     string
	Sections []PlacedSection
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
		l := LoadedModule{Name: x.name}
		for _, s := range x.sections {
			l.Sections = append(l.Sections, PlacedSection{s.name, s.addr})
		}
		out = append(out, l)
	}
	return out
}

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
