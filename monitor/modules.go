package monitor

import (
	"fmt"
	"strings"

	"rv86/kernel/abi"
	"rv86/monitor/debuginfo"
)

// moduleList is what the kernel says about its modules.
type moduleList struct {
	read       bool
	generation uint64
	list       []*module // newest first
	stubs      uint64    // where the kernel's export stubs are
	stubSize   uint64
	stubCount  uint64
	images     map[string]*debuginfo.Image // by the module's key, to be used again
	notify     uint64                      // where the kernel announces changes; 0: it does not
}

// module is a loaded module.
type module struct {
	name           string
	state          uint64
	core, coreSize uint64
	init, initSize uint64
	sections       []section
	image          *debuginfo.Image // nil: no file for it is known
	problem        string           // why there is no image
}

type section struct {
	name string
	addr uint64
}

// stateNames are /proc/modules' words.
var stateNames = [...]string{"Live", "Loading", "Unloading", "Unformed"}

func (x *module) stateName() string {
	if x.state < uint64(len(stateNames)) {
		return stateNames[x.state]
	}
	return fmt.Sprint(x.state)
}

// Limits that no list exceeds unless memory is damaged or not yet set up.
const (
	maxModules  = 100_000
	maxSections = 10_000
	maxName     = 4096
)

// followModules reads the kernel's list again if it has changed. It reports
// what came and went.
func (m *Monitor) followModules() (loaded, unloaded []*module) {
	l := &m.modules
	if m.kernel == nil {
		return nil, nil
	}
	if l.notify == 0 {
		if s, ok := m.kernel.Symbol(abi.DebugNotifySymbol); ok {
			l.notify = s.Addr
		}
	}
	head, ok := m.kernel.Symbol(abi.DebugListSymbol)
	if !ok {
		return nil, nil
	}
	w, err := m.words(head.Addr, abi.DebugHeadWords)
	if err != nil || w[abi.DebugHeadVersion] != abi.DebugListVersion {
		// Before the kernel has its memory there are no modules.
		w = make([]uint64, abi.DebugHeadWords)
	}
	l.stubs, l.stubSize, l.stubCount = w[abi.DebugHeadStubs], w[abi.DebugHeadStubSize], w[abi.DebugHeadStubCount]
	if l.read && l.generation == w[abi.DebugHeadGeneration] {
		return nil, nil
	}
	l.read, l.generation = true, w[abi.DebugHeadGeneration]
	old := l.list
	l.list = nil
	for at := w[abi.DebugHeadFirst]; at != 0 && len(l.list) < maxModules; {
		var x *module
		if x, at = m.readModule(at); x == nil {
			break
		}
		l.list = append(l.list, x)
	}
	for _, x := range l.list {
		m.loadModule(x)
	}
	m.resolvePoints()
	return missing(l.list, old), missing(old, l.list)
}

// missing lists the modules of a that are not in b.
func missing(a, b []*module) (out []*module) {
	for _, x := range a {
		found := false
		for _, y := range b {
			found = found || x.name == y.name && x.core == y.core
		}
		if !found {
			out = append(out, x)
		}
	}
	return out
}

func (m *Monitor) words(at uint64, n int) ([]uint64, error) {
	b := make([]byte, n*m.arch.word)
	if err := m.Target.ReadVirt(at, b); err != nil {
		return nil, err
	}
	out := make([]uint64, n)
	for i := range out {
		out[i] = number(b[i*m.arch.word:][:m.arch.word])
	}
	return out, nil
}

// goString reads a string of the kernel's from its address and length.
func (m *Monitor) goString(w []uint64) string {
	if w[1] > maxName {
		return ""
	}
	b := make([]byte, w[1])
	if m.Target.ReadVirt(w[0], b) != nil {
		return ""
	}
	return string(b)
}

// readModule reads a row of the list and the address of the next; nil if the
// memory makes no sense.
func (m *Monitor) readModule(at uint64) (x *module, next uint64) {
	w, err := m.words(at, abi.DebugModuleWords)
	if err != nil {
		return nil, 0
	}
	x = &module{
		name: m.goString(w[abi.DebugModuleName:]), state: w[abi.DebugModuleState],
		core: w[abi.DebugModuleCore], coreSize: w[abi.DebugModuleCoreSize],
		init: w[abi.DebugModuleInit], initSize: w[abi.DebugModuleInitSize],
	}
	first, n := w[abi.DebugModuleSections], w[abi.DebugModuleSections+1]
	if n > maxSections {
		return nil, 0
	}
	for i := range n {
		s, err := m.words(first+i*uint64(abi.DebugSectionWords*m.arch.word), abi.DebugSectionWords)
		if err != nil {
			return nil, 0
		}
		x.sections = append(x.sections, section{m.goString(s[abi.DebugSectionName:]), s[abi.DebugSectionAddr]})
	}
	return x, w[abi.DebugModuleNext]
}

// key tells two placements of a module apart.
func (x *module) key() string {
	var b strings.Builder
	b.WriteString(x.name)
	for _, s := range x.sections {
		fmt.Fprintf(&b, " %s=%x", s.name, s.addr)
	}
	return b.String()
}

// place says where a section is.
func (x *module) place(name string) (uint64, bool) {
	for _, s := range x.sections {
		if s.name == name {
			return s.addr, true
		}
	}
	return 0, false
}

// loadModule finds a module's symbols.
func (m *Monitor) loadModule(x *module) {
	if m.Module == nil {
		x.problem = "no module files are known"
		return
	}
	if im := m.modules.images[x.key()]; im != nil {
		x.image = im
		return
	}
	file, ok := m.Module(x.name)
	if !ok {
		x.problem = "its file is not known: name it with --module"
		return
	}
	im, err := debuginfo.Load(x.name, file, x.place)
	if err != nil {
		x.problem = err.Error()
		return
	}
	x.image = im
	if m.modules.images == nil {
		m.modules.images = map[string]*debuginfo.Image{}
	}
	m.modules.images[x.key()] = im
}

// contains says that an address is in a module's memory.
func (x *module) contains(a uint64) bool {
	return x.core != 0 && a-x.core < x.coreSize || x.init != 0 && a-x.init < x.initSize
}

func (m *Monitor) moduleAt(a uint64) *module {
	for _, x := range m.modules.list {
		if x.contains(a) {
			return x
		}
	}
	return nil
}

func (m *Monitor) moduleNamed(name string) *module {
	name = strings.ReplaceAll(name, "-", "_")
	for _, x := range m.modules.list {
		if x.name == name {
			return x
		}
	}
	return nil
}

// stub says which of the kernel's export stubs is at an address.
func (m *Monitor) stub(a uint64) (name string, ok bool) {
	l := &m.modules
	if l.stubSize == 0 || a < l.stubs || (a-l.stubs)/l.stubSize >= l.stubCount {
		return "", false
	}
	if m.kernel == nil {
		return "", false
	}
	s, ok := m.kernel.At(a)
	return s.Name, ok
}

// stubNamed finds the stub of an export, which modules call.
func (m *Monitor) stubNamed(name string) (addr uint64, ok bool) {
	if m.kernel == nil {
		return 0, false
	}
	s, ok := m.kernel.Symbol(name)
	if !ok {
		return 0, false
	}
	_, ok = m.stub(s.Addr)
	return s.Addr, ok
}

// images lists all that have symbols, modules first.
func (m *Monitor) images() (out []*debuginfo.Image) {
	for _, x := range m.modules.list {
		if x.image != nil {
			out = append(out, x.image)
		}
	}
	if m.kernel != nil {
		out = append(out, m.kernel)
	}
	out = append(out, m.programs...)
	if p := m.program(); p != nil {
		out = append(out, p)
	}
	return out
}

// program is the one in whose address space the machine is, or nil.
func (m *Monitor) program() *debuginfo.Image {
	if !m.looked {
		m.looked = true // also for the look-ups on the way
		m.current = m.programAt(m.Target.AddressSpace())
	}
	return m.current
}

func (m *Monitor) imageAt(a uint64) *debuginfo.Image {
	for _, im := range m.images() {
		if im.Contains(a) {
			return im
		}
	}
	return nil
}
