package monitor

import (
	"errors"
	"fmt"
	"strings"

	"rv86/kmod"
	"rv86/monitor/debuginfo"
)

func moduleCommands() []command {
	return []command{
		{
			names: []string{"lsmod"}, group: groupModules,
			help: "List the loaded modules, as the kernel's list has them.", example: "lsmod",
			fn: func(m *Monitor, _ string) error { m.lsmod(); return nil },
		},
		{
			names: []string{"reloc"}, group: groupModules, args: "MODULE", complete: completeModule,
			help: "Show every relocation of a loaded module: place, formula, bytes before and after.", example: "reloc watchme", fn: (*Monitor).cmdReloc,
		},
	}
}

func (m *Monitor) lsmod() {
	m.out.printf("%-19s %8s  %-9s %s\n", "Module", "Size", "State", "Core")
	for _, x := range m.modules.list {
		m.out.printf("%-19s %8d  %-9s %s\n", x.name, x.coreSize+x.initSize, x.stateName(), m.addr(x.core))
	}
}

func (m *Monitor) infoModules() {
	if len(m.modules.list) == 0 {
		m.out.printf("No module is loaded.\n")
	}
	for _, x := range m.modules.list {
		m.out.printf("%s: %s, core %s+%#x", m.out.paint(colorName, x.name), x.stateName(), m.addr(x.core), x.coreSize)
		if x.init != 0 {
			m.out.printf(", init %s+%#x", m.addr(x.init), x.initSize)
		}
		m.out.printf("\n")
		switch {
		case x.image == nil:
			m.out.printf("    no symbols: %s\n", x.problem)
		case !x.image.HasDebug():
			m.out.printf("    symbols only: it was compiled without -g\n")
		}
		for _, s := range x.sections {
			m.out.printf("    %s %s\n", m.addr(s.addr), s.name)
		}
	}
}

// moduleFile gives a module's file.
func (m *Monitor) moduleFile(name string) ([]byte, bool) {
	if m.Module == nil {
		return nil, false
	}
	return m.Module(strings.ReplaceAll(name, "-", "_"))
}

// unplaced reads a module that is not loaded, for its names alone; nil if that
// is not possible.
func (m *Monitor) unplaced(name string) *debuginfo.Image {
	file, ok := m.moduleFile(name)
	if !ok {
		return nil
	}
	// Any address but 0 will do.
	im, err := debuginfo.Load(name, file, func(string) (uint64, bool) { return 1 << 20, true })
	if err != nil {
		return nil
	}
	return im
}

func (m *Monitor) kmodMachine() *kmod.Machine {
	if m.arch == &riscv {
		return kmod.RISCV64
	}
	return kmod.I386
}

// outside resolves what a module takes from others: the guest's memory tells
// what the relocations came to, so any address does; the names are what counts.
type outside struct{ m *Monitor }

func (o outside) Resolve(name string) (uint64, error) {
	if a, ok := o.m.stubNamed(name); ok {
		return a, nil
	}
	for _, im := range o.m.images() {
		if s, ok := im.Symbol(name); ok {
			return s.Addr, nil
		}
	}
	return o.m.modules.stubs, nil
}

// cmdReloc links the module's file again at its addresses.
func (m *Monitor) cmdReloc(args string) error {
	if args == "" {
		return errors.New("say which module: reloc MODULE (lsmod lists them)")
	}
	x := m.moduleNamed(args)
	if x == nil {
		return fmt.Errorf("module %q is not loaded", args)
	}
	file, ok := m.moduleFile(x.name)
	if !ok {
		return fmt.Errorf("the file of module %s is not known: name it with --module", x.name)
	}
	spec, err := kmod.Parse(file, m.kmodMachine())
	if err != nil {
		return err
	}
	layout, err := spec.Place()
	if err != nil {
		return err
	}
	mem := kmod.Memory{
		Core: make([]byte, layout.Regions[kmod.Core].Size), Init: make([]byte, layout.Regions[kmod.Init].Size),
		CoreBase: x.core, InitBase: x.init,
	}
	if x.init == 0 {
		mem.InitBase = x.core + layout.Regions[kmod.Core].Size
	}
	_, err = spec.Link(layout, mem, outside{m}, func(s kmod.Step) { m.showReloc(spec, s, x) })
	return err
}

func (m *Monitor) showReloc(spec *kmod.Spec, s kmod.Step, x *module) {
	where := spec.Sections[s.Section].Name
	now := make([]byte, len(s.After))
	after := fmt.Sprintf("% x", s.After)
	switch {
	case x.init == 0 && layoutInit(where):
		after = "freed"
	case m.Target.ReadVirt(s.P, now) == nil:
		after = fmt.Sprintf("% x", now)
	}
	plt := ""
	if s.PLT {
		plt = " through the PLT"
	}
	m.out.printf("%s %-16s %-14s %s%s: % x -> %s\n", m.addr(s.P), fmt.Sprintf("%s+%#x", where, s.Reloc.Offset),
		strings.TrimPrefix(s.Reloc.Type.Name, "R_"), spec.SymbolName(s.Reloc.Sym), plt, s.Before, after)
}

// layoutInit says that a section goes with init memory.
func layoutInit(section string) bool { return strings.HasPrefix(section, ".init") }
