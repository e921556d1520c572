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

func (m *Monitor) cmdReloc(args string) error {
	if args == "" {
		return errors.New("say which module: reloc MODULE (lsmod lists them)")
	}
	x := m.moduleNamed(args)
	if x == nil {
		return fmt.Errorf("module %q is not loaded", args)
	}
	return m.relink(x, func(r Relocation) {
		m.out.printf("%s\n", r.text(m))
	})
}

// Relocation is one relocation of a loaded module.
type Relocation struct {
	Addr          uint64 // of the field
	Place         string // .text+0x10
	Type          string // without the R_ that all begin with
	Symbol        string
	PLT           bool   // the symbol is too far, and is reached through the PLT
	Before, After []byte // After is the guest's memory; nil: it was freed
}

// String is one line without the address.
func (r *Relocation) String() string {
	plt, after := "", "freed"
	if r.PLT {
		plt = " through the PLT"
	}
	if r.After != nil {
		after = fmt.Sprintf("% x", r.After)
	}
	return fmt.Sprintf("%-16s %-14s %s%s: % x -> %s", r.Place, r.Type, r.Symbol, plt, r.Before, after)
}

func (r *Relocation) text(m *Monitor) string { return m.addr(r.Addr) + " " + r.String() }

// Relocations calls f for each relocation of a loaded module.
func (m *Monitor) Relocations(module string, f func(Relocation)) error {
	x := m.moduleNamed(module)
	if x == nil {
		return fmt.Errorf("module %q is not loaded", module)
	}
	return m.relink(x, f)
}

// relink links the module's file again at its addresses.
func (m *Monitor) relink(x *module, f func(Relocation)) error {
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
	_, err = spec.Link(layout, mem, outside{m}, func(s kmod.Step) { f(m.relocation(spec, s, x)) })
	return err
}

func (m *Monitor) relocation(spec *kmod.Spec, s kmod.Step, x *module) Relocation {
	where := spec.Sections[s.Section].Name
	now := make([]byte, len(s.After))
	switch {
	case x.init == 0 && layoutInit(where):
		now = nil
	case m.Target.ReadVirt(s.P, now) != nil:
		now = s.After
	}
	return Relocation{
		Addr: s.P, Place: fmt.Sprintf("%s+%#x", where, s.Reloc.Offset), Type: strings.TrimPrefix(s.Reloc.Type.Name, "R_"),
		Symbol: spec.SymbolName(s.Reloc.Sym), PLT: s.PLT, Before: s.Before, After: now,
	}
}

// layoutInit says that a section goes with init memory.
func layoutInit(section string) bool { return strings.HasPrefix(section, ".init") }
