package modpost

import (
	"cmp"
	"debug/elf"
	"fmt"
	"slices"
	"strings"

	"rv86/kmod"
	"rv86/kmod/symvers"
)

// checkModule finds who provides what a module needs, and says what the loader
// or the module's user would stumble over.
func (r *run) checkModule(m *Module) {
	if m.info.Get("license") == "" {
		r.fail(m, `add MODULE_LICENSE("GPL"); without it the kernel takes the module for proprietary`, "missing MODULE_LICENSE() in %s.o", m.Name)
	}
	for _, n := range m.needs {
		row := r.provider(m, n.name)
		if row == nil {
			if !n.weak {
				r.undefined(m, n.name)
			}
			continue
		}
		m.used = append(m.used, *row)
		r.checkUse(m, row)
	}
	for _, name := range sectionMismatches(m.obj) {
		r.warn(m, name.hint, "%s: section mismatch in reference: %s (section: %s) -> %s (section: %s)",
			m.Name, name.from, name.fromSection, name.to, name.toSection)
	}
}

// provider finds the row of a symbol and notes the module that has it.
func (r *run) provider(m *Module, name string) *symvers.Row {
	if owner := r.owners[name]; owner != nil && owner != m {
		if !slices.Contains(m.uses, owner) {
			m.uses = append(m.uses, owner)
		}
		for i := range owner.exports {
			if owner.exports[i].Symbol == name {
				return &owner.exports[i]
			}
		}
	}
	if row := r.Kernel.Lookup(name); row != nil {
		return row
	}
	row := r.others.Lookup(name)
	if row != nil && row.Module != symvers.Kernel {
		m.extern = append(m.extern, row.Module)
	}
	return row
}

func (r *run) undefined(m *Module, name string) {
	hint := kmod.HelperHint(name)
	if hint == "" {
		if near := r.nearest(name); near != "" {
			hint = fmt.Sprintf("is %s meant? ", near)
		}
		hint += "The symbol must be exported by the kernel, by a module built together with this one, or by one in the Module.symvers given"
	}
	report := r.fail
	if r.AllowUndefined {
		report = r.warn
	}
	report(m, hint, "\"%s\" [%s.ko] undefined!", name, m.Name)
}

// checkUse compares what a module may use with what it uses.
func (r *run) checkUse(m *Module, row *symvers.Row) {
	if row.Kind.GPLOnly() && !m.info.GPLCompatible() {
		r.fail(m, fmt.Sprintf("the module's license is '%s'; the kernel would not let it find the symbol", m.info.License()),
			"GPL-incompatible module %s.ko uses GPL-only symbol '%s'", m.Name, row.Symbol)
	}
	if row.Kind == kmod.ExportGPLFuture && !m.info.GPLCompatible() {
		r.warn(m, fmt.Sprintf("the module's license is '%s'; a later kernel will not let it find the symbol", m.info.License()),
			"GPL-incompatible module %s.ko uses future GPL-only symbol '%s'", m.Name, row.Symbol)
	}
	if row.Kind.Unused() {
		r.warn(m, "the symbol will go: nobody is known to use it", "module %s.ko uses symbol '%s' marked UNUSED", m.Name, row.Symbol)
	}
	if !m.info.Imports(row.Namespace) {
		r.fail(m, fmt.Sprintf("add MODULE_IMPORT_NS(%s);", row.Namespace),
			"module %s uses symbol %s from namespace %s, but does not import it.", m.Name, row.Symbol, row.Namespace)
	}
}

// checkCycles refuses modules that need each other: none could be loaded first.
func (r *run) checkCycles() {
	const (
		unseen = iota
		open
		closed
	)
	state := map[*Module]int{}
	var path []string
	var visit func(m *Module)
	visit = func(m *Module) {
		switch state[m] {
		case closed:
			return
		case open:
			cycle := append(slices.Clone(path[slices.Index(path, m.Name):]), m.Name)
			r.fail(m, "none of them could be loaded first: move what both need into a third module",
				"dependency cycle: %s", strings.Join(cycle, " -> "))
			return
		}
		state[m] = open
		path = append(path, m.Name)
		for _, u := range m.uses {
			visit(u)
		}
		path = path[:len(path)-1]
		state[m] = closed
	}
	for _, m := range r.mods {
		visit(m)
	}
}

// nearest finds the known name that is most like one nobody has: at most a
// third of it may differ.
func (r *run) nearest(name string) string {
	best, least := "", len(name)/3+1
	try := func(known string) {
		if d := kmod.Distance(name, known, least); d < least || d == least && best != "" && known < best {
			best, least = known, d
		}
	}
	for _, row := range r.Kernel.Rows() {
		try(row.Symbol)
	}
	for _, row := range r.others.Rows() {
		try(row.Symbol)
	}
	for _, m := range r.mods {
		for _, row := range m.exports {
			try(row.Symbol)
		}
	}
	return best
}

// Sections by the time of their use.
func initText(name string) bool { return strings.HasPrefix(name, ".init.") }
func exitText(name string) bool { return strings.HasPrefix(name, ".exit.") }

// lasting says that a section is used as long as the module lives and may not
// refer to what is freed. References from read-only data are left out, as in
// Linux: there lie the jump tables of init functions, too.
func lasting(s *section) bool {
	return s.flags&elf.SHF_ALLOC != 0 && (s.name == ".text" || strings.HasPrefix(s.name, ".text.") ||
		s.name == ".data" || strings.HasPrefix(s.name, ".data.") || s.name == ".sdata")
}

// mismatch is a reference to what may not be there.
type mismatch struct{ from, fromSection, to, toSection, hint string }

// sectionMismatches finds references from lasting sections to init or exit
// ones, and between those two, in the order of their names. One place is
// reported once.
func sectionMismatches(o *object) []mismatch {
	var found []mismatch
	seen := map[mismatch]bool{}
	for _, s := range o.sections {
		from := s.target
		if from == nil {
			continue
		}
		for _, rel := range s.relocs {
			if rel.symbol == nil || rel.symbol.section == nil {
				continue
			}
			to := rel.symbol.section
			hint := ""
			switch {
			case lasting(from) && initText(to.name):
				hint = "it is freed when init has returned: mark the first __init too, or take __init from the second"
			case lasting(from) && exitText(to.name):
				hint = "what is marked __exit is not there where modules cannot be removed: take __exit from it"
			case initText(from.name) && exitText(to.name):
				hint = "init calls what is marked __exit: take __exit from it"
			case exitText(from.name) && initText(to.name):
				hint = "init code is long gone when exit runs: take __init from it"
			default:
				continue
			}
			m := mismatch{o.nameAt(from, rel.offset), from.name, o.targetName(rel), to.name, hint}
			if !seen[m] && !opsName(from, m.from) {
				seen[m] = true
				found = append(found, m)
			}
		}
	}
	slices.SortStableFunc(found, func(a, b mismatch) int {
		return cmp.Or(strings.Compare(a.from, b.from), strings.Compare(a.to, b.to))
	})
	return found
}

// opsName says that the referring object is a table of functions that are only
// called while they are there, by Linux's naming convention.
func opsName(from *section, name string) bool {
	if !strings.HasPrefix(from.name, ".data") && from.name != ".sdata" {
		return false
	}
	for _, suffix := range []string{"driver", "_template", "_timer", "_sht", "_ops", "_probe", "_probe_one", "_console"} {
		if strings.HasSuffix(name, suffix) {
			return true
		}
	}
	return false
}

// nameAt names the function or object around an offset of a section. Of two
// names for one place it is the author's own, not the alias init_module.
func (o *object) nameAt(s *section, off uint64) string {
	best := (*symbol)(nil)
	for _, sym := range o.symbols {
		typ := elf.ST_TYPE(sym.info)
		if sym.section != s || sym.value > off || typ != elf.STT_FUNC && typ != elf.STT_OBJECT {
			continue
		}
		if best == nil || sym.value > best.value || sym.value == best.value && sym.local() && !best.local() {
			best = sym
		}
	}
	if best == nil {
		return fmt.Sprintf("%s+%#x", s.name, off)
	}
	return best.name
}

// targetName names what a relocation refers to.
func (o *object) targetName(r reloc) string {
	if elf.ST_TYPE(r.symbol.info) == elf.STT_SECTION || strings.HasPrefix(r.symbol.name, ".") {
		return o.nameAt(r.symbol.section, uint64(max(int64(r.symbol.value)+r.addend, 0)))
	}
	return r.symbol.name
}
