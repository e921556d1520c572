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
	m.sections, m.notes = l.sections(), l.notes()
	l.linked()
	l.k.mu.Lock()
	m.exports = exports
	for i := range exports {
		l.k.exports[exports[i].Name] = provided{&exports[i], m}
	}
	l.k.mu.Unlock()
	return nil
}

// checkDuplicates refuses to export what exists already.
func (l *loading) checkDuplicates(exports []kmod.Export) error {
	k := l.k
	k.mu.Lock()
	defer k.mu.Unlock()
	own := map[string]bool{}
	for _, e := range exports {
		p, taken := k.exported(e.Name)
		owner := "kernel"
		if p.owner != nil {
			owner = p.owner.Name
		}
		if own[e.Name] {
			owner, taken = l.m.Name, true
		}
		if taken {
			return hinted(owner+" exports "+e.Name+" too: rename the symbol, or remove that module first",
				abi.ENOEXEC, "exports duplicate symbol %s (owned by %s)", e.Name, owner)
		}
		own[e.Name] = true
	}
	return nil
}
