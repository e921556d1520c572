package module

import (
	"fmt"
	"sort"
	"strings"

	"rv86/kmod"
)

// State is where a module is in its life, with Linux's values.
type State uint32

const (
	Live State = iota
	Coming
	Going
	Unformed
)

// String is /proc/modules' word.
func (s State) String() string {
	return [...]string{"Live", "Loading", "Unloading", "Unformed"}[s]
}

// Module is a module from the time its name is taken. Fields are guarded by
// Kernel.mu, except those marked: written before the module is COMING.
type Module struct {
	Name  string
	state State
	taint uint
	refs  int       // references, one for each user among them
	uses  []*Module // whose symbols it uses
	users []*Module // who uses its symbols

	// From here on written before COMING.
	core, init         uint64 // addresses of the regions, 0 for none
	coreSize, initSize uint64
	coreText, initText uint64 // sizes of the executable parts
	gpl                bool
	syms               []symbol // by address
	exports            []kmod.Export
	params             []kmod.Param
	exTable            []kmod.ExEntry // by instruction
	ctors              []uint64
	this               uint64
	initFn, exitFn     uint64
	crashed            bool         // C code of it faulted
	debug              *debugModule // its place on the debuggers' list
}

// symbol is one of the module's own.
type symbol struct {
	addr, size uint64
	name       string
	letter     byte // as nm prints it
}

// flags are the letters in parentheses after a module's name: its taints, and
// + or - while it comes or goes.
func (m *Module) flags() string {
	s := letters(m.taint)
	switch m.state {
	case Coming:
		s += "+"
	case Going:
		s += "-"
	}
	if s == "" {
		return ""
	}
	return "(" + s + ")"
}

// contains says whether an address is in the module, exec whether in its code.
func (m *Module) contains(a uint64) bool {
	return a-m.core < m.coreSize && m.core != 0 || m.init != 0 && a-m.init < m.initSize
}

func (m *Module) exec(a uint64) bool {
	return a-m.core < m.coreText && m.core != 0 || m.init != 0 && a-m.init < m.initText
}

// List is the text of /proc/modules:
//
//	dep_a 12288 1 dep_b, Live 0xffffffff80004000 (O)
func (k *Kernel) List() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	var b strings.Builder
	for _, m := range k.modules {
		if m.state == Unformed {
			continue
		}
		users := "-"
		if len(m.users) > 0 {
			users = ""
			for _, u := range m.users {
				users += u.Name + ","
			}
		}
		fmt.Fprintf(&b, "%s %d %d %s %s 0x%0*x", m.Name, m.coreSize+m.initSize, m.refs, users, m.state, addressDigits, m.core)
		if f := letters(m.taint & perModule); f != "" {
			b.WriteString(" (" + f + ")")
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// LogList logs the names of the modules, as uCore+'s list_module does.
func (k *Kernel) LogList() {
	k.mu.Lock()
	text := k.linked()
	k.mu.Unlock()
	k.infof("Modules linked in:%s", text)
}

// Users names who keeps a module from being removed.
func (k *Kernel) Users(name string) []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	m := k.find(name)
	if m == nil {
		return nil
	}
	var names []string
	for _, u := range m.users {
		names = append(names, u.Name)
	}
	return names
}

// Live names the modules that can be used.
func (k *Kernel) Live() []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	var names []string
	for _, m := range k.modules {
		if m.state == Live {
			names = append(names, m.Name)
		}
	}
	sort.Strings(names)
	return names
}
