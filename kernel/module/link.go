package module

import (
	"sort"

	"rv86/kernel/abi"
	"rv86/kmod"
)

// link copies and relocates. Every module whose symbol is used gets a
// reference, dropped again if the load fails.
func (l *loading) link() (err error) {
	m := l.m
	mem := kmod.Memory{
		Core: l.k.Machine.Slice(m.core, m.coreSize), CoreBase: m.core, InitBase: m.init,
	}
	if m.init != 0 {
		mem.Init = l.k.Machine.Slice(m.init, m.initSize)
	}
	l.image, err = l.spec.Link(l.layout, mem, l, nil)
	if err != nil {
		l.dropUses() // this step's own part of the work
	}
	return err
}

// Resolve implements kmod.Resolver: first the kernel, then the modules.
func (l *loading) Resolve(name string) (uint64, error) {
	k := l.k
	if s, ok := k.base.find(name); ok {
		if s.Kind.GPLOnly() && !l.m.gpl {
			return 0, l.gplOnly(name)
		}
		return s.Addr, nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, owner := range k.modules {
		for i := range owner.exports {
			e := &owner.exports[i]
			if e.Name != name || owner.state == Unformed || owner == l.m {
				continue
			}
			switch {
			case e.GPL && !l.m.gpl:
				return 0, l.gplOnly(name)
			case owner.state == Coming:
				return 0, refuse(abi.EBUSY, "%s: symbol %s is of module %s, which is still being loaded", l.m.Name, name, owner.Name)
			case owner.state == Going || owner.crashed:
				return 0, refuse(abi.ENOENT, "%s: symbol %s is of module %s, which is going away", l.m.Name, name, owner.Name)
			}
			l.use(owner)
			return e.Addr, nil
		}
	}
	return 0, abi.ENOENT
}

func (l *loading) gplOnly(name string) error {
	return refuse(abi.ENOENT, "%s: symbol %s is for GPL-compatible modules only, and this one's license is '%s'",
		l.m.Name, name, l.spec.Info.License())
}

// use records that the module needs owner. Preconditions: mu is held.
func (l *loading) use(owner *Module) {
	for _, u := range l.m.uses {
		if u == owner {
			return
		}
	}
	l.m.uses = append(l.m.uses, owner)
	owner.users = append(owner.users, l.m)
	owner.refs++
	// Using a module makes its taint one's own (Linux inherit_taint).
	if owner.taint>>TaintProprietary&1 != 0 {
		l.m.taint |= 1 << TaintProprietary
	}
}

func (l *loading) dropUses() { l.k.dropUses(l.m) }

func (k *Kernel) dropUses(m *Module) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, owner := range m.uses {
		owner.refs--
		for i, u := range owner.users {
			if u == m {
				owner.users = append(owner.users[:i:i], owner.users[i+1:]...)
				break
			}
		}
	}
	m.uses = nil
}

// readTables takes from the linked image what the kernel keeps.
func (l *loading) readTables() (err error) {
	m := l.m
	if m.this, m.initFn, m.exitFn, err = l.image.This(); err != nil {
		return err
	}
	exports, err := l.image.Exports()
	if err != nil {
		return err
	}
	if err := l.checkDuplicates(exports); err != nil {
		return err
	}
	if m.params, err = l.image.Params(); err != nil {
		return err
	}
	if m.exTable, err = l.image.ExTable(); err != nil {
		return err
	}
	sort.Slice(m.exTable, func(i, j int) bool { return m.exTable[i].Insn < m.exTable[j].Insn })
	if m.ctors, err = l.image.Constructors(); err != nil {
		return err
	}
	m.syms = symbols(l.image)
	l.k.mu.Lock()
	m.exports = exports
	l.k.mu.Unlock()
	return nil
}

// checkDuplicates refuses to export what exists already.
func (l *loading) checkDuplicates(exports []kmod.Export) error {
	k := l.k
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, e := range exports {
		owner := ""
		if _, ok := k.base.find(e.Name); ok {
			owner = "kernel"
		}
		for _, m := range k.modules {
			for i := range m.exports {
				if m.exports[i].Name == e.Name {
					owner = m.Name
				}
			}
		}
		if owner != "" {
			return refuse(abi.ENOEXEC, "exports duplicate symbol %s (owned by %s)", e.Name, owner)
		}
	}
	return nil
}
