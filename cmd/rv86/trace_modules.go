package main

import (
	"fmt"
	"slices"
	"strings"

	"rv86/monitor"
)

// traceModules writes down what happens to modules: when they come and go, how
// they are relocated, and which functions they call.
type traceModules struct {
	e      *traceEvents
	guest  *guestModules
	stacks []*callStack
}

// wantsModules says that the modules of the guest are to be followed.
func (f *traceFlags) wantsModules() bool {
	return len(f.TraceModule) > 0 || slices.ContainsFunc(f.Trace, func(k string) bool { return k == "module" || k == "reloc" || k == "call" })
}

// followModules makes a tracer know the modules. A nil tracer traces nothing.
func (t *tracer) followModules(g *guestModules) {
	if t == nil {
		return
	}
	t.filter.moduleAt = func(pc uint64) string {
		if x := g.at(pc); x != nil {
			return x.Name
		}
		return ""
	}
	m := &traceModules{e: t.events, guest: g}
	if t.events.wants("module") || t.events.wants("reloc") {
		g.changed = append(g.changed, m.changed)
	}
	if t.events.wants("call") {
		g.executed = append(g.executed, m.executed)
		g.stub = m.stub
	}
}

// line writes down what happens before the instruction at pc.
func (m *traceModules) line(kind, module string, pc uint64, format string, args ...any) {
	_, mode := m.e.now()
	m.e.t.emit(traceLine{
		slot: m.e.t.core.Insns(), pc: pc, kind: kind, mode: mode, module: module,
		text: fmt.Sprintf("%s %0*x  %s: %s", mode, m.e.digits(), pc, kind, fmt.Sprintf(format, args...)),
	})
}

// changed compares the list of modules with an older one.
func (m *traceModules) changed(old []monitor.LoadedModule) {
	pc, _ := m.e.now()
	find := func(list []monitor.LoadedModule, x *monitor.LoadedModule) *monitor.LoadedModule {
		i := slices.IndexFunc(list, func(y monitor.LoadedModule) bool { return y.Name == x.Name && y.Core == x.Core })
		if i < 0 {
			return nil
		}
		return &list[i]
	}
	for i := range old {
		if x := &old[i]; find(m.guest.list, x) == nil {
			m.module(x, pc, "gone from %s", m.regions(x))
		}
	}
	for i := range m.guest.list {
		x := &m.guest.list[i]
		was := find(old, x)
		if was == nil {
			m.module(x, pc, "%s at %s", strings.ToLower(x.State), m.regions(x))
			m.relocations(x)
			continue
		}
		if was.State != x.State {
			m.module(x, pc, "%s", strings.ToLower(x.State))
		}
		if was.Init.Size > 0 && x.Init.Size == 0 {
			m.module(x, pc, "init memory freed at %s", m.region(was.Init))
		}
	}
}

func (m *traceModules) module(x *monitor.LoadedModule, pc uint64, format string, args ...any) {
	if m.e.wants("module") {
		m.line("module", x.Name, pc, "%s %s", x.Name, fmt.Sprintf(format, args...))
	}
}

func (m *traceModules) region(r monitor.Region) string {
	return fmt.Sprintf("%0*x+%#x", m.e.digits(), r.Addr, r.Size)
}

func (m *traceModules) regions(x *monitor.LoadedModule) string {
	text := m.region(x.Core)
	if x.Init.Size > 0 {
		text += ", init " + m.region(x.Init)
	}
	return text
}

// relocations writes down how a module that came was relocated.
func (m *traceModules) relocations(x *monitor.LoadedModule) {
	if !m.e.wants("reloc") {
		return
	}
	err := m.guest.mon.Relocations(x.Name, func(r monitor.Relocation) {
		m.line("reloc", x.Name, r.Addr, "%s", r.String())
	})
	if err != nil {
		m.line("reloc", x.Name, x.Core.Addr, "the relocations are not known: %v", err)
	}
}

// callStack is the calls in progress on one of the kernel's stacks.
type callStack struct{ frames []callFrame }

// callFrame is a function that was called and has not returned.
type callFrame struct {
	name string
	fn   uint64 // its address
	ret  uint64 // where it returns to
	sp   uint64 // at its first instruction
}

// stackReach bounds how far the frames of modules on one stack lie apart: a
// kernel's stack for C.
const stackReach = 16 << 10

// stack is the one that a stack pointer lies on. What was left without a return
// is forgotten.
func (m *traceModules) stack(sp uint64) *callStack {
	for _, s := range m.stacks {
		if n := len(s.frames); n > 0 && s.frames[0].sp+stackReach/2-sp < stackReach+stackReach/2 {
			return s
		}
	}
	m.stacks = slices.DeleteFunc(m.stacks, func(s *callStack) bool { return len(s.frames) == 0 })
	s := &callStack{}
	m.stacks = append(m.stacks, s)
	return s
}

// executed is told before an instruction of a module.
func (m *traceModules) executed(x *monitor.LoadedModule, pc uint64) {
	sp, ret, result := m.guest.registers()
	s := m.stack(sp)
	m.returned(s, x.Name, pc, sp, result)
	if name := m.guest.mon.FunctionAt(pc); name != "" {
		m.called(s, x.Name, callFrame{name, pc, ret, sp})
	}
}

// stub is told before the kernel's side of a call: an export, or where a
// module's function returns to.
func (m *traceModules) stub(pc uint64) {
	sp, ret, result := m.guest.registers()
	s := m.stack(sp)
	m.returned(s, "", pc, sp, result)
	name := m.guest.mon.FunctionAt(pc)
	caller := m.guest.at(ret)
	if n := len(s.frames); caller == nil && n > 0 && s.frames[n-1].ret == ret && s.frames[n-1].sp == sp {
		caller = m.guest.at(s.frames[n-1].fn) // it ended in a jump
	}
	if caller != nil && name != "" {
		m.called(s, caller.Name, callFrame{name, pc, ret, sp})
	}
}

func (m *traceModules) called(s *callStack, module string, f callFrame) {
	for len(s.frames) > 0 && s.frames[len(s.frames)-1].sp < f.sp {
		s.frames = s.frames[:len(s.frames)-1]
	}
	if n := len(s.frames); n > 0 {
		if top := s.frames[n-1]; top == f {
			return // a loop to the first instruction
		}
	}
	m.line("call", module, f.fn, "%s%s", indent(len(s.frames)), f.name)
	s.frames = append(s.frames, f)
}

// returned looks whether pc is where functions return to. A function that ended
// in a jump to another returns with it.
func (m *traceModules) returned(s *callStack, module string, pc, sp, result uint64) {
	for n := len(s.frames); n > 0; n-- {
		f := s.frames[n-1]
		if f.ret != pc || sp-f.sp > m.guest.word() {
			return
		}
		s.frames = s.frames[:n-1]
		name := module
		if x := m.guest.at(f.fn); x != nil {
			name = x.Name
		}
		m.line("call", name, pc, "%s%s returns %#x", indent(n-1), f.name, result)
	}
}

func indent(depth int) string { return strings.Repeat("  ", depth) }
