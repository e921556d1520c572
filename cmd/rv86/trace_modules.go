package main

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"rv86/cpu/i386"
	"rv86/cpu/rv64"
	"rv86/machine"
	"rv86/machine/session"
	"rv86/monitor"
)

// traceModules writes down what becomes of modules, and calls of functions. It
// looks where the kernel announces a change, and at functions' beginnings; the
// machine keeps its speed in between.
type traceModules struct {
	e      *traceEvents
	mon    *monitor.Monitor
	text   bytes.Buffer // what the monitor prints
	notify uint64
	known  []monitor.LoadedModule
	only   []string // the modules whose code is traced; none: all code
	back   func() uint64
}

// follows says that a trace needs to know the modules.
func (f *traceFlags) follows() bool {
	return len(f.TraceModule) > 0 || slices.ContainsFunc(f.Trace, func(k string) bool { return k == "module" || k == "reloc" || k == "call" })
}

// follow attaches a tracer that needs it to the modules' list.
func (c *runCmd) follow(ctx context.Context, t *tracer, o session.Options, r *machine.Runner, s *streams) error {
	if t == nil || !c.follows() {
		return nil
	}
	m := &traceModules{e: t.events, only: c.TraceModule}
	for i, name := range m.only {
		m.only[i] = strings.ReplaceAll(name, "-", "_")
	}
	d, err := c.newDebugger(ctx, o, r, nil, &streams{in: strings.NewReader(""), out: &m.text, err: s.err})
	if err != nil {
		return err
	}
	m.mon = d.mon
	var ok bool
	if m.notify, ok = d.mon.NotifyAddress(); !ok {
		return fmt.Errorf("--trace: this kernel does not say where its modules are")
	}
	switch core := r.Core().(type) {
	case *rv64.Hart:
		m.back = func() uint64 { return core.X(regRA) }
	case *i386.CPU:
		m.back = func() uint64 {
			var b [4]byte
			if d.engine.ReadVirt(uint64(core.Reg(i386.ESP)), b[:]) != nil {
				return 0
			}
			return uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24
		}
	}
	calls := t.events.wants("call")
	t.events.hook.Split = func(pc uint64) bool {
		return pc == m.notify || calls && m.mon.FunctionAt(pc) != ""
	}
	t.events.hook.Exec = func(pc uint64) bool {
		if calls {
			m.called(pc)
		}
		if pc == m.notify {
			m.changed()
		}
		return false
	}
	if len(m.only) > 0 {
		t.filter.code = m.contains
	}
	r.Debugged().SetHook(&t.events.hook)
	return nil
}

// called writes down that a function begins. Its caller's code counts for
// --trace-module, too.
func (m *traceModules) called(pc uint64) {
	name := m.mon.FunctionAt(pc)
	if name == "" {
		return
	}
	from := m.back()
	by := m.mon.SymbolAt(from)
	if by == "" {
		by = fmt.Sprintf("%#x", from)
	}
	m.line(pc, from, "call", name+" from "+by)
}

// line writes down what happens before the instruction at pc is executed, and
// is about the code at another address, too.
func (m *traceModules) line(pc, about uint64, kind, what string) {
	_, mode := m.e.now()
	m.e.t.emit(traceLine{
		slot: m.e.t.core.Insns(), pc: pc, from: about, kind: kind, mode: mode,
		text: fmt.Sprintf("%s %0*x  %s: %s", mode, m.e.digits(), pc, kind, what),
	})
}

// changed writes down what is new in the list of modules.
func (m *traceModules) changed() {
	now, old := m.mon.LoadedModules(), m.known
	m.known = slices.Concat(now, old) // the lines are about both
	for _, x := range now {
		i := slices.IndexFunc(old, func(o monitor.LoadedModule) bool { return o.Name == x.Name && o.Core == x.Core })
		if i < 0 {
			m.say(x, fmt.Sprintf("core %#x-%#x, init %#x-%#x", x.Core, x.Core+x.CoreSize, x.Init, x.Init+x.InitSize))
			m.relocated(x)
		} else if o := old[i]; o.State != x.State || o.Init != x.Init {
			what := ""
			if o.Init != 0 && x.Init == 0 {
				what = "init memory is freed"
			}
			m.say(x, what)
		}
	}
	for _, o := range old {
		if !slices.ContainsFunc(now, func(x monitor.LoadedModule) bool { return o.Name == x.Name && o.Core == x.Core }) {
			o.State = "Gone"
			m.say(o, "")
		}
	}
	m.known = now
}

func (m *traceModules) wanted(name string) bool {
	return len(m.only) == 0 || slices.Contains(m.only, name)
}

// say writes a line about a module, wherever it comes from.
func (m *traceModules) say(x monitor.LoadedModule, what string) {
	if !m.e.wants("module") || !m.wanted(x.Name) {
		return
	}
	text := x.Name + " " + x.State
	if what != "" {
		text += ", " + what
	}
	m.line(m.notify, x.Core, "module", text)
}

// relocated writes down a new module's relocations.
func (m *traceModules) relocated(x monitor.LoadedModule) {
	if !m.e.wants("reloc") || !m.wanted(x.Name) {
		return
	}
	m.text.Reset()
	if err := m.mon.Execute("reloc " + x.Name); err != nil {
		m.text.WriteString(err.Error() + "\n")
	}
	for line := range strings.Lines(m.text.String()) {
		m.line(m.notify, x.Core, "reloc", x.Name+" "+strings.TrimSuffix(line, "\n"))
	}
}

// contains says that an address is in the memory of a module that is traced.
func (m *traceModules) contains(pc uint64) bool {
	for _, x := range m.known {
		if m.wanted(x.Name) && (pc-x.Core < x.CoreSize || pc-x.Init < x.InitSize) {
			return true
		}
	}
	return false
}
