package depmod

import (
	"fmt"
	"slices"
	"strings"

	"rv86/kmod/modlib"
)

// File is an index file.
type File struct{ Name, Text string }

// Files writes the indexes, in the order in which kmod does.
func (x *Indexer) Files() []File {
	return []File{
		{modlib.DepFile, x.depText()},
		{modlib.AliasFile, x.infoText("# Aliases extracted from modules themselves.\n", "alias", "alias %[2]s %[1]s\n")},
		{modlib.SoftdepFile, x.infoText("# Soft dependencies extracted from modules themselves.\n", "softdep", "softdep %s %s\n")},
		{modlib.SymbolFile, x.symbolText()},
		{modlib.DevnameFile, x.devnameText()},
	}
}

// depText has a line for each module: its path, and all it needs, the nearest
// first.
func (x *Indexer) depText() string {
	var b strings.Builder
	for _, m := range x.modules {
		b.WriteString(m.path + ":")
		for _, d := range m.closure() {
			b.WriteString(" " + d.path)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// closure is all that a module needs, directly or not, users before what they
// use.
func (m *module) closure() []*module {
	seen := map[*module]bool{}
	var all []*module
	var visit func(m *module)
	visit = func(m *module) {
		for _, d := range m.deps {
			if !seen[d] {
				seen[d] = true
				all = append(all, d)
				visit(d)
			}
		}
	}
	visit(m)
	slices.SortFunc(all, func(a, b *module) int { return a.topo - b.topo })
	return all
}

// infoText has a line for each .modinfo string of a key.
func (x *Indexer) infoText(header, key, format string) string {
	var b strings.Builder
	b.WriteString(header)
	for _, m := range x.modules {
		for _, value := range m.object.Info.All(key) {
			fmt.Fprintf(&b, format, m.name, value)
		}
	}
	return b.String()
}

// symbolText says which module to load for a symbol.
func (x *Indexer) symbolText() string {
	var all []symbol
	for _, s := range x.symbols {
		if s.owner != nil {
			all = append(all, s)
		}
	}
	sortHashed(all, symbolBuckets, func(s symbol) string { return s.name })
	var b strings.Builder
	b.WriteString("# Aliases for symbols, used by symbol_request().\n")
	for _, s := range all {
		fmt.Fprintf(&b, "alias symbol:%s %s\n", s.name, s.owner.name)
	}
	return b.String()
}

// devnameText lists the device files by whose opening a module can be loaded:
// those with an alias "devname:NAME" and one for their numbers.
func (x *Indexer) devnameText() string {
	var b strings.Builder
	for _, m := range x.modules {
		name, device := m.device()
		if name == "" {
			continue
		}
		if device == "" {
			x.log.Errorf("Module '%s' has devname (%s) but lacks major and minor information. Ignoring.", m.name, name)
			continue
		}
		if b.Len() == 0 {
			b.WriteString("# Device nodes to trigger on-demand module loading.\n")
		}
		fmt.Fprintf(&b, "%s %s %s\n", m.name, name, device)
	}
	return b.String()
}

// device finds a module's device name and its kind and numbers, "c10:229".
func (m *module) device() (name, numbers string) {
	for _, alias := range m.object.Info.All("alias") {
		var major, minor uint32
		if rest, ok := strings.CutPrefix(alias, "devname:"); ok {
			name = rest
		} else if n, _ := fmt.Sscanf(alias, "char-major-%d-%d", &major, &minor); n == 2 {
			numbers = fmt.Sprintf("c%d:%d", major, minor)
		} else if n, _ := fmt.Sscanf(alias, "block-major-%d-%d", &major, &minor); n == 2 {
			numbers = fmt.Sprintf("b%d:%d", major, minor)
		}
		if name != "" && numbers != "" {
			break
		}
	}
	return name, numbers
}

// CheckAliases reports aliases that can never match and, if wanted, those that
// a module has twice.
func (x *Indexer) CheckAliases(duplicates bool) {
	type row struct{ alias, name string }
	seen := map[row]bool{}
	for _, m := range x.modules {
		for _, value := range m.object.Info.All("alias") {
			alias, ok := modlib.NormalizeAlias(value)
			if !ok {
				x.log.Warnf("Unmatched bracket in %s", value)
				continue
			}
			r := row{alias, m.name}
			if duplicates && seen[r] {
				x.log.Warnf("duplicate module alias:\n%s %s", alias, m.name)
			}
			seen[r] = true
		}
	}
}
