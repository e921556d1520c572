package module

import (
	"sync"

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
	// loading is true until the load has ended, well or not.
	loading bool
	refs    int       // references, one for each user among them
	uses    []*Module // whose symbols it uses
	users   []*Module // who uses its symbols

	// From here on written before COMING.
	core, init         uint64 // addresses of the regions, 0 for none
	coreSize, initSize uint64
	coreText, initText uint64 // sizes of the executable parts
	gplCalls           bool   // it uses GPL-only symbols
	info               kmod.Modinfo
	sections           []section
	notes              []note
	syms               []symbol // by address
	initSyms           []symbol // functions of INIT, once it is freed
	freedInit          span     // where that was
	exports            []kmod.Export
	params             []kmod.Param
	exTable            []kmod.ExEntry // by instruction
	ctors              []uint64
	this               uint64
	initFn, exitFn     uint64
	roAfterInit        span         // what becomes read-only when init has returned
	crashed            bool         // C code of it faulted
	debug              *debugModule // its place on the debuggers' list
	blocks             int          // allocated and not freed; guarded by the heap's lock

	// paramMu keeps readers and writers of parameters apart while C code of
	// the parameters runs. Lock order: before Kernel.mu.
	paramMu    sync.Mutex
	paramsGone bool // guarded by it: the module goes, nobody may look any more
}

// closeParams waits until nobody reads or writes a parameter, and lets nobody
// begin.
func (m *Module) closeParams() {
	m.paramMu.Lock()
	m.paramsGone = true
	m.paramMu.Unlock()
}

// symbol is one of the module's own.
type symbol struct {
	addr, size uint64
	name       string
	letter     byte // as nm prints it
}

// taints are the letters of the module's taints in parentheses.
func (m *Module) taints() string {
	if m.taint == 0 {
		return ""
	}
	return "(" + letters(m.taint) + ")"
}

// appendFlags adds the letters in parentheses after a module's name: its taints,
// and + or - while it comes or goes.
func (m *Module) appendFlags(b []byte) []byte {
	if m.taint == 0 && m.state != Coming && m.state != Going {
		return b
	}
	b = appendLetters(append(b, '('), m.taint)
	switch m.state {
	case Coming:
		b = append(b, '+')
	case Going:
		b = append(b, '-')
	}
	return append(b, ')')
}

// contains says whether an address is in the module.
func (m *Module) contains(a uint64) bool {
	return m.core != 0 && a-m.core < m.coreSize || m.init != 0 && a-m.init < m.initSize
}
