package modlib

import "strings"

// Module is a module that somebody asked for or that another one needs. There
// is one of each name, and one more for each alias it was found by.
type Module struct {
	Name  string
	Alias string // the pattern it was found by; "" by its own name
	// Path is its file; "" for what the kernel contains, or an alias that leads
	// nowhere.
	Path string

	lib      *Library
	builtin  bool
	deps     []*Module // to be loaded first, in this order
	depsRead bool
	install  string
	remove   string
	// The state of one Plan.
	visited, required, ignoreCommand bool
}

// Library answers questions from an index and a configuration. Not safe for
// concurrent use.
type Library struct {
	Index  *Index
	Config *Config
	Warn   Warn

	known map[string]*Module
}

// NewLibrary makes a library. warn takes what is wrong but does not stop it.
func NewLibrary(ix *Index, config *Config, warn Warn) *Library {
	return &Library{Index: ix, Config: config, Warn: warn, known: map[string]*Module{}}
}

// module gives the one module of a name, or of a name and an alias.
func (lib *Library) module(name, alias string) *Module {
	key := name
	if alias != "" {
		key += "\\" + alias
	}
	m := lib.known[key]
	if m == nil {
		m = &Module{Name: name, Alias: alias, lib: lib}
		if d, ok := lib.Index.deps[name]; ok {
			m.Path = d.path
		}
		m.builtin = lib.Index.Builtin(name)
		m.install, m.remove = command(lib.Config.Install, name), command(lib.Config.Remove, name)
		lib.known[key] = m
	}
	return m
}

// Builtin says that the kernel contains the module.
func (m *Module) Builtin() bool { return m.builtin }

// InstallCommand and RemoveCommand are what the configuration wants instead of
// a load or a removal; "" for none.
func (m *Module) InstallCommand() string { return m.install }

// RemoveCommand is InstallCommand for a removal.
func (m *Module) RemoveCommand() string { return m.remove }

// Options are the parameters that the configuration has for the module.
func (m *Module) Options() string { return m.lib.Config.options(m.Name, m.Alias) }

// Blacklisted says that the module must not be loaded by an alias.
func (m *Module) Blacklisted() bool { return m.lib.Config.blacklisted(m.Name) }

// Dependencies gives what must be loaded before the module, in that order.
func (m *Module) Dependencies() []*Module {
	if m.depsRead {
		return m.deps
	}
	m.depsRead = true
	needs := m.lib.Index.deps[m.Name].needs
	for i := len(needs) - 1; i >= 0; i-- { // modules.dep has the nearest first
		dep := m.lib.module(Name(needs[i]), "")
		if dep.Path == "" {
			dep.Path = needs[i] // modules.dep has no line for it
		}
		m.deps = append(m.deps, dep)
	}
	return m.deps
}

// Lookup finds the modules a user or the kernel means by a name: the first of
// these sources that knows it counts. It reports false for a name that cannot
// be one.
func (lib *Library) Lookup(given string) ([]*Module, bool) {
	name, ok := NormalizeAlias(given)
	if !ok {
		return nil, false
	}
	for _, source := range []func(string) []*Module{
		lib.byConfiguredAlias,
		lib.byName,
		lib.bySymbol,
		lib.byCommand,
		func(name string) []*Module { return lib.aliased(matching(lib.Index.aliases(), name), name) },
		lib.byBuiltinName,
		lib.byBuiltinAlias,
	} {
		if found := source(name); found != nil {
			return found, true
		}
	}
	return nil, true
}

// LookupName is Lookup without the configuration and the modules' aliases.
func (lib *Library) LookupName(given string) []*Module {
	name := NormalizeName(given)
	for _, source := range []func(string) []*Module{lib.byName, lib.byBuiltinName, lib.byBuiltinAlias} {
		if found := source(name); found != nil {
			return found
		}
	}
	return nil
}

func (lib *Library) byConfiguredAlias(name string) []*Module {
	var found []*Module
	for _, r := range lib.Config.Aliases {
		if Match(r.Name, name) {
			found = append(found, lib.module(r.Value, r.Name))
		}
	}
	return found
}

func (lib *Library) byName(name string) []*Module {
	if _, ok := lib.Index.deps[name]; ok {
		return []*Module{lib.module(name, "")}
	}
	return nil
}

// symbolPrefix begins the aliases by which a symbol's module is asked for
// (symbol_request).
const symbolPrefix = "symbol:"

func (lib *Library) bySymbol(name string) []*Module {
	if !strings.HasPrefix(name, symbolPrefix) {
		return nil
	}
	return lib.aliased(matching(lib.Index.symbols(), name), name)
}

// byCommand finds a name that exists only as that of a command.
func (lib *Library) byCommand(name string) []*Module {
	for _, rules := range [][]Rule{lib.Config.Install, lib.Config.Remove} {
		for _, r := range rules {
			if r.Name == name {
				return []*Module{lib.module(name, "")}
			}
		}
	}
	return nil
}

func (lib *Library) byBuiltinName(name string) []*Module {
	if lib.Index.Builtin(name) {
		return []*Module{lib.module(name, "")}
	}
	return nil
}

func (lib *Library) byBuiltinAlias(name string) []*Module {
	return lib.aliased(matching(lib.Index.builtinAliases(), name), name)
}

func (lib *Library) aliased(names []string, alias string) []*Module {
	var found []*Module
	for _, name := range names {
		found = append(found, lib.module(name, alias))
	}
	return found
}

// Softdeps gives what should be loaded before and after the module.
func (m *Module) Softdeps() (pre, post []*Module) {
	dep := m.lib.Config.softdep(m.Name)
	return m.lib.softdeps(dep.Pre), m.lib.softdeps(dep.Post)
}

func (lib *Library) softdeps(names []string) []*Module {
	var all []*Module
	for _, name := range names {
		found, ok := lib.Lookup(name)
		if !ok {
			lib.Warn("failed to lookup soft dependency '%s', continuing anyway.", name)
			continue
		}
		all = append(all, found...)
	}
	return all
}

// Named gives the module of a name, whether it exists or not.
func (lib *Library) Named(name string) *Module { return lib.module(NormalizeName(name), "") }
