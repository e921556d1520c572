package depmod

import (
	"errors"
	"slices"
	"strings"

	"rv86/kmod/modlib"
)

// Log takes messages, which have no newline at their end.
type Log interface {
	Errorf(format string, args ...any)
	Warnf(format string, args ...any)
	// Verbosef takes what only -v prints.
	Verbosef(format string, args ...any)
}

// Options say what to check.
type Options struct {
	// SymbolPrefix is what the architecture's C compiler puts before names; 0
	// for nothing.
	SymbolPrefix byte
	// CheckVersions compares the checksums of symbols, ReportUnknown says which
	// cannot be found.
	CheckVersions, ReportUnknown bool
}

// Indexer gathers modules and computes their indexes. Its methods are called in
// the order New, kernel symbols, modules (Search, Add), Order, Resolve, Files.
// Not safe for concurrent use.
type Indexer struct {
	opts    Options
	config  *Config
	log     Log
	modules []*module
	byName  map[string]*module
	symbols map[string]symbol
}

// module is a module's file while its dependencies are computed.
type module struct {
	name   string
	path   string // for the indexes: relative to the version's directory, or absolute
	shown  string // for messages: absolute
	object *modlib.Object
	err    error // why the file could not be read

	deps  []*module // in the order in which their symbols were met
	users int       // how many modules have it among their deps
	rank  int       // by modules.order; 0 for what it does not name
	topo  int       // place in the topological order, users first

	visited bool // by the search for cycles
}

// symbol is an exported symbol; the kernel's have no owner.
type symbol struct {
	name  string
	crc   uint64
	owner *module
}

// New makes an indexer.
func New(opts Options, config *Config, log Log) *Indexer {
	return &Indexer{opts: opts, config: config, log: log, byName: map[string]*module{}, symbols: map[string]symbol{}}
}

// Add takes one module. shown is its file's path for messages, path the one for
// the indexes. Resolve reports a damaged file; it is indexed without what it
// cannot tell.
func (x *Indexer) Add(path, shown string, data []byte) {
	m := &module{name: modlib.Name(path), path: path, shown: shown}
	if old := x.byName[m.name]; old != nil {
		if x.config.keeps(stem(old.path), stem(path)) {
			return
		}
		x.modules = slices.DeleteFunc(x.modules, func(o *module) bool { return o == old })
	}
	if m.object, m.err = modlib.ReadObject(data); m.err != nil {
		m.object = &modlib.Object{}
	}
	x.byName[m.name] = m
	x.modules = append(x.modules, m)
}

// reason words an error as kmod would: by its error number.
func reason(err error) string {
	switch {
	case errors.Is(err, modlib.ErrNotELF):
		return "Exec format error"
	case errors.Is(err, modlib.ErrMalformed):
		return "Invalid argument"
	}
	return err.Error()
}

// stem is a path without its suffix, its module's name as the kernel has it.
func stem(path string) string {
	return path[:strings.LastIndexByte(path, '/')+1] + modlib.Name(path)
}

// Order puts the modules in the order of modules.order, which has a path
// relative to the version's directory on each line, without a compression's
// suffix. What it does not name follows in the order of kmod's hash table.
func (x *Indexer) Order(text string) {
	sortHashed(x.modules, moduleBuckets, func(m *module) string { return m.name })
	byFile := map[string]*module{}
	for _, m := range x.modules {
		byFile[strings.TrimSuffix(m.path, modlib.GzipSuffix[len(modlib.Suffix):])] = m
	}
	total := strings.Count(text, "\n") + 1
	n := 0
	for line := range strings.Lines(text) {
		n++
		if m := byFile[strings.TrimSuffix(line, "\n")]; m != nil {
			m.rank = n - total
		}
	}
	slices.SortStableFunc(x.modules, func(a, b *module) int { return a.rank - b.rank })
}

// Resolve finds out which module needs which.
func (x *Indexer) Resolve() error {
	for _, m := range x.modules {
		if m.err != nil {
			x.log.Errorf("failed to load symbols from %s: %s", m.shown, reason(m.err))
		}
		for _, e := range m.object.Exports {
			x.addSymbol(x.trimPrefix(e.Name), e.CRC, m)
		}
	}
	for _, m := range x.modules {
		for _, need := range m.object.Needs {
			x.resolve(m, need)
		}
	}
	return x.sort()
}

func (x *Indexer) addSymbol(name string, crc uint64, owner *module) {
	x.symbols[name] = symbol{name, crc, owner}
}

// trimPrefix drops the architecture's prefix of C names.
func (x *Indexer) trimPrefix(name string) string {
	if x.opts.SymbolPrefix != 0 && name != "" && name[0] == x.opts.SymbolPrefix {
		return name[1:]
	}
	return name
}

func (x *Indexer) resolve(m *module, need modlib.Symbol) {
	// A leading dot is ppc64's name of a function's entry.
	sym, ok := x.symbols[x.trimPrefix(strings.TrimPrefix(need.Name, "."))]
	if !ok {
		if x.opts.ReportUnknown && !need.Weak {
			x.log.Warnf("%s needs unknown symbol %s", m.shown, need.Name)
		}
		return
	}
	if x.opts.CheckVersions && x.opts.ReportUnknown && sym.crc != need.CRC && !need.Weak {
		x.log.Warnf("%s disagrees about version of symbol %s", m.shown, need.Name)
	}
	if sym.owner == nil || slices.Contains(m.deps, sym.owner) {
		return
	}
	m.deps = append(m.deps, sym.owner)
	sym.owner.users++
	x.log.Verbosef("%s needs \"%s\": %s", m.shown, sym.name, sym.owner.shown)
}

// ErrCycle says that modules need each other, which has been reported.
var ErrCycle = errors.New("modules depend on each other in a cycle")

// sort puts users before what they use (Kahn's algorithm, with a stack), and
// each module's dependencies in that order.
func (x *Indexer) sort() error {
	users := map[*module]int{}
	var free []*module
	for _, m := range x.modules {
		users[m] = m.users
		if m.users == 0 {
			free = append(free, m)
		}
	}
	sorted := 0
	for len(free) > 0 {
		m := free[len(free)-1]
		free = free[:len(free)-1]
		m.topo = sorted
		sorted++
		for _, d := range m.deps {
			if users[d]--; users[d] == 0 {
				free = append(free, d)
			}
		}
	}
	if sorted < len(x.modules) {
		var left []*module
		for _, m := range x.modules {
			if users[m] > 0 {
				left = append(left, m)
			}
		}
		x.reportCycles(left)
		return ErrCycle
	}
	for _, m := range x.modules {
		slices.SortFunc(m.deps, func(a, b *module) int { return a.topo - b.topo })
	}
	return nil
}
