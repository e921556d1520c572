package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"slices"

	"rv86/cpu"
	"rv86/cpu/i386"
	"rv86/cpu/rv64"
	"rv86/machine"
)

// stepper is a core that a tracer drives: step executes one instruction, or
// takes one trap, and writes it down as t asks.
type stepper interface{ step(t *tracer) cpu.Stop }

// tracer runs a core one step at a time and writes down what it does. It takes
// the place of Core.Run and gives the same course.
type tracer struct {
	core       cpu.Core
	stepper    stepper
	insn, trap bool
	events     *traceEvents // nil: insn and trap only
	filter     traceFilter
	emit       func(traceLine)
	w          *bufio.Writer
	file       *os.File // nil for stderr
}

// traceLine is one line of a trace.
type traceLine struct {
	slot   uint64
	pc     uint64 // linear address
	kind   string
	mode   string // privilege
	module string // that the line is about, if it is known
	text   string // privilege, address, what happens
}

func (l *traceLine) String() string { return fmt.Sprintf("%12d %s", l.slot, l.text) }

// newTracer attaches a tracer to a machine's core.
func newTracer(core cpu.Core) *tracer {
	t := &tracer{core: core, filter: everything}
	switch core := core.(type) {
	case *rv64.Hart:
		t.stepper = hartSteps{core}
	case *i386.CPU:
		t.stepper = &i386Steps{CPU: core}
	default:
		panic("trace: bug: a core of unknown kind")
	}
	return t
}

// openTrace returns nil where nothing is to be traced.
func (c *runCmd) openTrace(m *machine.Machine, stderr io.Writer) (*tracer, error) {
	if len(c.Trace) == 0 {
		if c.TraceOut != "" {
			return nil, fmt.Errorf("--trace-out %s: say what to trace with --trace", c.TraceOut)
		}
		return nil, nil
	}
	t := newTracer(m.Core())
	t.insn = slices.Contains(c.Trace, "insn")
	t.trap = slices.Contains(c.Trace, "trap")
	t.w = bufio.NewWriter(stderr)
	var err error
	if t.filter, err = c.traceFlags.filter(); err != nil {
		return nil, err
	}
	if t.events, err = c.traceEvents(t, m); err != nil {
		return nil, err
	}
	again := &executedAgain{}
	t.emit = func(l traceLine) {
		switch {
		case !t.filter.passes(&l), (c.wanted() || c.GDB != "") && again.drops(&l):
		case c.TraceJSON:
			l.writeJSON(t.w)
		default:
			fmt.Fprintln(t.w, l.String())
		}
	}
	if c.TraceOut != "" {
		f, err := os.Create(c.TraceOut)
		if err != nil {
			return nil, fmt.Errorf("--trace-out: %w", err)
		}
		t.file, t.w = f, bufio.NewWriter(f)
	}
	return t, nil
}

// executedAgain knows what was written: a debugger that goes back in time runs
// the machine again, and no line comes twice.
type executedAgain struct {
	newest uint64
	lines  []string // of the newest slot
}

func (a *executedAgain) drops(l *traceLine) bool {
	text := l.kind + l.text
	switch {
	case l.slot < a.newest || l.slot == a.newest && slices.Contains(a.lines, text):
		return true
	case l.slot > a.newest:
		a.newest, a.lines = l.slot, nil
	}
	a.lines = append(a.lines, text)
	return false
}

// close writes what is left. A nil tracer is closed already.
func (t *tracer) close() error {
	if t == nil {
		return nil
	}
	err := t.w.Flush()
	if t.file != nil {
		if e := t.file.Close(); err == nil {
			err = e
		}
	}
	return err
}

// run implements machine.RunConfig.Observe.
func (t *tracer) run(limit uint64) cpu.Stop {
	for t.core.Insns() < limit {
		if to, skip := t.skips(limit); skip {
			if s := t.core.Run(to); s.Why != cpu.StopBudget || to == limit {
				return s
			}
			continue
		}
		s := t.stepper.step(t)
		t.events.flush()
		if s.Why != cpu.StopBudget {
			return s
		}
	}
	return cpu.Stop{}
}

// skips reports whether nothing is to be written down of each instruction up to
// a slot, so that the machine may run there at full speed.
func (t *tracer) skips(limit uint64) (to uint64, skip bool) {
	now := t.core.Insns()
	switch f := &t.filter; {
	case !t.insn && !t.trap && !t.events.wants("mem"), now > f.last:
		return limit, true
	case now < f.first:
		return min(limit, f.first), true
	}
	return 0, false
}
