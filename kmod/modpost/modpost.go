package modpost

import (
	"bytes"
	"cmp"
	"debug/dwarf"
	"debug/elf"
	"fmt"
	"slices"
	"strings"

	"rv86/kmod"
	"rv86/kmod/symvers"
)

// exportSection is where EXPORT_SYMBOL leaves its wishes: for each a label
// __export_symbol_NAME, and there the strings licence and namespace.
const (
	exportSection = ".export_symbol"
	exportLabel   = "__export_symbol_"
)

// Module is one module between compiling and linking.
type Module struct {
	Name       string // of the file, without .ko
	SrcVersion string // checksum of the sources
	Object     []byte // compiled and, if there were several, joined

	info    kmod.Modinfo
	obj     *object
	exports []symvers.Row
	aliases []string
	needs   []need // undefined symbols
	uses    []*Module
	extern  []string // other modules it needs, by name, not built here
	used    []symvers.Row
	hasInit bool
	hasExit bool
}

type need struct {
	name string
	weak bool
}

// ModName is the name the kernel knows the module by (KBUILD_MODNAME).
func (m *Module) ModName() string { return ModName(m.Name) }

// ModName turns the name of a file into that of a module.
func ModName(file string) string {
	return strings.ReplaceAll(file[strings.LastIndexByte(file, '/')+1:], "-", "_")
}

// Options say how strict to be and what else there is.
type Options struct {
	Machine *kmod.Machine
	Kernel  *symvers.Table
	// Others are exports of modules that were built before.
	Others []symvers.Row
	// InTree marks the modules as the kernel's own; loading others taints.
	InTree bool
	// AllowUndefined makes undefined symbols warnings (KBUILD_MODPOST_WARN).
	AllowUndefined bool
}

// Finding is one thing to tell the author.
type Finding struct {
	Module string // the name of the module it is about
	Error  bool   // the module must not be built
	Text   string
	Hint   string // what to do, may be ""
}

func (f Finding) String() string {
	word := "WARNING"
	if f.Error {
		word = "ERROR"
	}
	s := word + ": modpost: " + f.Text
	if f.Hint != "" {
		s += "\n  hint: " + f.Hint
	}
	return s
}

// Result is what modpost makes of a directory.
type Result struct {
	Symvers  []symvers.Row // of the modules given, sorted
	Sources  []string      // NAME.mod.c, by module
	Depends  [][]string    // names of the modules each one needs directly
	Findings []Finding
}

// Failed says that there was an error among the findings about a module, or
// with "" about any.
func (r *Result) Failed(module string) bool {
	return slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Error && (module == "" || f.Module == module) })
}

// run is the state of one call.
type run struct {
	Options
	Result
	mods   []*Module
	owners map[string]*Module // of symbols, among mods
	others *symvers.Table
}

// Run examines the modules of a directory together. An error is an object that
// cannot be read; what is wrong with the modules is in the findings.
func Run(mods []*Module, opts Options) (*Result, error) {
	r := &run{Options: opts, mods: mods, owners: map[string]*Module{}}
	built := map[string]bool{}
	for _, m := range mods {
		built[m.Name] = true
		if err := r.scan(m); err != nil {
			return nil, fmt.Errorf("%s.o: %w", m.Name, err)
		}
	}
	r.others = symvers.NewTable(slices.DeleteFunc(slices.Clone(opts.Others), func(row symvers.Row) bool {
		return built[row.Module]
	}))
	for _, m := range mods {
		r.claim(m)
	}
	for _, m := range mods {
		r.checkModule(m)
	}
	r.checkCycles()
	for _, m := range mods {
		r.Sources = append(r.Sources, r.source(m))
		r.Depends = append(r.Depends, m.depends())
		r.Symvers = append(r.Symvers, m.exports...)
	}
	symvers.Sort(r.Symvers)
	return &r.Result, nil
}

func (r *run) fail(m *Module, hint, format string, args ...any) {
	r.Findings = append(r.Findings, Finding{m.Name, true, fmt.Sprintf(format, args...), hint})
}

func (r *run) warn(m *Module, hint, format string, args ...any) {
	r.Findings = append(r.Findings, Finding{m.Name, false, fmt.Sprintf(format, args...), hint})
}

// scan reads what one object has and needs.
func (r *run) scan(m *Module) (err error) {
	if m.obj, err = readObject(m.Object, r.Machine); err != nil {
		return err
	}
	for _, s := range m.obj.symbols {
		switch {
		case s.section == nil && s.special == elf.SHN_UNDEF && (s.name == "__this_module" || s.name == "_GLOBAL_OFFSET_TABLE_"):
			// The generated part has the one, the loader makes the other.
		case s.section == nil && s.special == elf.SHN_UNDEF:
			m.needs = append(m.needs, need{s.name, elf.ST_BIND(s.info) == elf.STB_WEAK})
		case s.name == "init_module" && !s.local():
			m.hasInit = true
		case s.name == "cleanup_module" && !s.local():
			m.hasExit = true
		}
	}
	if s := m.obj.find(".modinfo"); s != nil {
		if m.info, err = kmod.ParseModinfo(s.data); err != nil {
			return err
		}
	}
	if m.aliases, err = m.deviceAliases(r.Machine); err != nil {
		return err
	}
	return r.scanExports(m)
}

// scanExports reads .export_symbol. The order of the labels is that of the
// source files.
func (r *run) scanExports(m *Module) error {
	var labels []*symbol
	for _, s := range m.obj.symbols {
		if s.section != nil && s.section.name == exportSection && strings.HasPrefix(s.name, exportLabel) {
			labels = append(labels, s)
		}
	}
	if labels == nil {
		return nil
	}
	slices.SortStableFunc(labels, func(a, b *symbol) int { return cmp.Compare(a.value, b.value) })
	crcs, err := r.readCRCs(m)
	if err != nil {
		return err
	}
	for _, s := range labels {
		row := symvers.Row{Symbol: strings.TrimPrefix(s.name, exportLabel), Module: m.Name}
		if s.value > uint64(len(s.section.data)) {
			return errDamaged
		}
		text := bytes.SplitN(s.section.data[s.value:], []byte{0}, 3)
		const fields = 3 // licence, namespace, rest
		if len(text) != fields {
			return errDamaged
		}
		row.Namespace = string(text[1])
		kind := slices.IndexFunc(kmod.ExportKinds(), func(k kmod.ExportKind) bool { return k.License() == string(text[0]) })
		if kind < 0 {
			return fmt.Errorf("%s is exported with the unknown licence %q: was it compiled with other headers?", row.Symbol, text[0])
		}
		row.Kind = kmod.ExportKinds()[kind]
		if r.checkExport(m, row) {
			if row.CRC, err = crcs(row.Symbol); err != nil {
				return err
			}
			if row.CRC == 0 {
				r.warn(m, "only functions and variables of C have a type; was the file compiled with -g?",
					"EXPORT symbol \"%s\" [%s.ko] version generation failed, symbol will not be versioned.", row.Symbol, m.Name)
			}
			m.exports = append(m.exports, row)
		}
	}
	return nil
}

// readCRCs gives the function that finds the CRC of a symbol of the object.
func (r *run) readCRCs(m *Module) (func(symbol string) (uint32, error), error) {
	d, err := readDWARF(m.Object)
	if err != nil {
		return nil, err
	}
	if d == nil {
		return func(string) (uint32, error) { return 0, nil }, nil
	}
	types, err := readTypes(d)
	if err != nil {
		return nil, err
	}
	return func(symbol string) (uint32, error) {
		text, err := types.text(symbol)
		return crcOf(text), err
	}, nil
}

// readDWARF is nil for a file without debugging information.
func readDWARF(object []byte) (*dwarf.Data, error) {
	f, err := elf.NewFile(bytes.NewReader(object))
	if err != nil {
		return nil, err
	}
	if f.Section(".debug_info") == nil {
		return nil, nil
	}
	return f.DWARF()
}

// CRCs gives the CRCs of the types of a file's variables and functions; 0 for
// one it does not have.
func CRCs(object []byte, symbols []string) (map[string]uint32, error) {
	crcs := map[string]uint32{}
	texts, err := TypeTexts(object, symbols)
	for _, s := range symbols {
		crcs[s] = crcOf(texts[s])
	}
	return crcs, err
}

// TypeTexts gives the types of symbols as the CRCs see them, for people.
func TypeTexts(object []byte, symbols []string) (map[string]string, error) {
	d, err := readDWARF(object)
	if err != nil || d == nil {
		return nil, err
	}
	types, err := readTypes(d)
	if err != nil {
		return nil, err
	}
	texts := map[string]string{}
	for _, s := range symbols {
		if texts[s], err = types.text(s); err != nil {
			return nil, err
		}
	}
	return texts, nil
}

// checkExport says whether the module really has what it exports.
func (r *run) checkExport(m *Module, row symvers.Row) bool {
	for _, s := range m.obj.symbols {
		if s.name != row.Symbol {
			continue
		}
		switch {
		case s.local():
			r.fail(m, "take `static` from it, or do not export it", "%s.o: local symbol '%s' was exported", m.Name, row.Symbol)
			return false
		case s.section == nil && s.special == elf.SHN_UNDEF:
			r.fail(m, "only the module that defines a symbol can export it", "\"%s\" [%s.ko] was exported without definition", row.Symbol, m.Name)
			return false
		case s.section != nil && initText(s.section.name):
			r.fail(m, "it is freed when init has returned: take __init from it", "%s.o: %s is exported from section %s", m.Name, row.Symbol, s.section.name)
			return false
		}
		return true
	}
	r.fail(m, "", "\"%s\" [%s.ko] was exported without definition", row.Symbol, m.Name)
	return false
}

// claim enters the module's exports; a symbol can have one owner only.
func (r *run) claim(m *Module) {
	for _, row := range m.exports {
		owner := ""
		if other := r.owners[row.Symbol]; other != nil {
			owner = other.Name + ".ko"
		} else if k := r.Kernel.Lookup(row.Symbol); k != nil {
			owner = k.Module
		} else if o := r.others.Lookup(row.Symbol); o != nil {
			owner = o.Module + ".ko"
		}
		if owner != "" {
			r.fail(m, "rename one of the two: the kernel refuses the module that comes second",
				"%s: '%s' exported twice. Previous export was in %s", m.Name, row.Symbol, owner)
			continue
		}
		r.owners[row.Symbol] = m
	}
}

// depends gives the names of the modules m needs, sorted.
func (m *Module) depends() []string {
	var names []string
	for _, u := range m.uses {
		names = append(names, u.Name)
	}
	for _, path := range m.extern {
		names = append(names, path[strings.LastIndexByte(path, '/')+1:])
	}
	slices.Sort(names)
	return slices.Compact(names)
}
