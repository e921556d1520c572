package modlib

import (
	"path"
	"slices"
	"strings"
	"sync"
)

// Names of the files of /lib/modules/VERSION (modules.dep(5)).
const (
	DepFile         = "modules.dep"
	AliasFile       = "modules.alias"
	SymbolFile      = "modules.symbols"
	SoftdepFile     = "modules.softdep"
	DevnameFile     = "modules.devname"
	OrderFile       = "modules.order"
	BuiltinFile     = "modules.builtin"
	BuiltinInfoFile = "modules.builtin.modinfo"
)

// Index is what depmod has written down about a directory of modules.
type Index struct {
	dir  string // for the paths of its modules
	deps map[string]depLine
	// In the order of the modules, which is that of the lookups' results. They
	// are read when they are needed: with a thousand modules there are many.
	aliases, symbols func() []Rule
	builtin          map[string]bool
	builtinInfo      func() string
}

// depLine is a line of modules.dep: paths, the dependencies in the order in
// which they are written, the nearest first.
type depLine struct {
	path  string
	needs []string
}

// ReadIndex reads the index files of a directory. read gives a file's text, or
// "" if there is none: a directory that depmod has not seen has no modules.
func ReadIndex(dir string, read func(name string) string) *Index {
	ix := &Index{dir: dir, deps: map[string]depLine{}, builtin: map[string]bool{}}
	for text := range strings.Lines(read(DepFile)) {
		file, needs, ok := strings.Cut(strings.TrimSpace(text), ":")
		if !ok {
			continue
		}
		d := depLine{path: ix.path(file)}
		for need := range strings.FieldsSeq(needs) {
			d.needs = append(d.needs, ix.path(need))
		}
		if _, twice := ix.deps[Name(file)]; !twice {
			ix.deps[Name(file)] = d
		}
	}
	ix.aliases = sync.OnceValue(func() []Rule { return readAliases(read(AliasFile)) })
	ix.symbols = sync.OnceValue(func() []Rule { return readAliases(read(SymbolFile)) })
	for text := range strings.Lines(read(BuiltinFile)) {
		if file := strings.TrimSpace(text); file != "" {
			ix.builtin[Name(file)] = true
		}
	}
	ix.builtinInfo = sync.OnceValue(func() string { return read(BuiltinInfoFile) })
	return ix
}

// builtinAliases gives the aliases of what the kernel contains.
func (ix *Index) builtinAliases() []Rule {
	var rules []Rule
	for _, f := range ix.builtinFields() {
		if alias, ok := NormalizeAlias(f.value); ok && f.key == "alias" {
			rules = append(rules, Rule{alias, f.module})
		}
	}
	return rules
}

func (ix *Index) path(file string) string {
	if path.IsAbs(file) {
		return file
	}
	return ix.dir + "/" + file
}

// readAliases reads the lines "alias PATTERN MODULE". A pattern whose brackets
// do not match names nothing.
func readAliases(text string) []Rule {
	var rules []Rule
	for l := range strings.Lines(text) {
		f := strings.Fields(l)
		if len(f) != 3 || f[0] != "alias" {
			continue
		}
		if pattern, ok := NormalizeAlias(f[1]); ok {
			rules = append(rules, Rule{pattern, f[2]})
		}
	}
	return rules
}

// builtinField is a string of modules.builtin.modinfo: "module.key=value".
type builtinField struct{ module, key, value string }

func (ix *Index) builtinFields() []builtinField {
	var fields []builtinField
	for item := range strings.SplitSeq(ix.builtinInfo(), "\x00") {
		module, rest, ok := strings.Cut(item, ".")
		key, value, ok2 := strings.Cut(rest, "=")
		if ok && ok2 {
			fields = append(fields, builtinField{module, key, value})
		}
	}
	return fields
}

// BuiltinInfo gives the .modinfo of a module that the kernel contains.
func (ix *Index) BuiltinInfo(name string) (info []Rule) {
	for _, f := range ix.builtinFields() {
		if f.module == name {
			info = append(info, Rule{f.key, f.value})
		}
	}
	return info
}

// Builtin says whether the kernel contains the module.
func (ix *Index) Builtin(name string) bool { return ix.builtin[name] }

// Path gives the file of a module by its name.
func (ix *Index) Path(name string) (string, bool) {
	d, ok := ix.deps[name]
	return d.path, ok
}

// Names lists all modules that have a file, sorted.
func (ix *Index) Names() []string {
	var names []string
	for name := range ix.deps {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// matching gives the modules of the rules whose pattern fits, in order.
func matching(rules []Rule, name string) []string {
	var modules []string
	for _, r := range rules {
		if Match(r.Name, name) {
			modules = append(modules, r.Value)
		}
	}
	return modules
}

// Dump writes aliases and symbols as modprobe --showconfig does: sorted.
func (ix *Index) Dump() string {
	var b strings.Builder
	for _, rules := range [][]Rule{ix.aliases(), ix.symbols()} {
		sorted := slices.Clone(rules)
		slices.SortStableFunc(sorted, func(x, y Rule) int { return strings.Compare(x.Name, y.Name) })
		for _, r := range sorted {
			b.WriteString("alias " + r.Name + " " + r.Value + "\n")
		}
	}
	return b.String()
}
