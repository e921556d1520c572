package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"rv86/cpu"
	"rv86/machine"
	"rv86/machine/session"
)

// How much of the end of a run is looked at and shown, in instruction slots.
const (
	// retraceWindow is traced: enough to find where most trap loops begin.
	retraceWindow = 1 << 12
	// retraceLines are shown, of what came before a loop and of the loop.
	retraceLines = 16
	// retraceMost bounds the run that is repeated: some seconds.
	retraceMost = 2_000_000_000
)

// reportFault writes the last instructions of a machine that can make no
// progress, or why they are not known.
func (c *runCmd) reportFault(ctx context.Context, o session.Options, m *machine.Machine, cfg machine.RunConfig, out machine.Outcome, w io.Writer) {
	lines, err := retrace(ctx, o, m, cfg, out)
	if err != nil {
		fmt.Fprintf(w, "rv86: the last instructions are not shown: %v\n", err)
		return
	}
	writeRetrace(w, lines, session.Symbols(o))
}

// retrace finds out what a machine that can make no progress executed last. The
// cores keep no record of it: a store per block, in the hottest loop there is,
// would slow every run for the sake of the few that end so. Instead the run is
// repeated, which gives the same course to the instruction, and its end is
// traced on the reference path. The error says why that cannot be done.
func retrace(ctx context.Context, o session.Options, first *machine.Machine, cfg machine.RunConfig, out machine.Outcome) ([]traceLine, error) {
	journal, remembered := cfg.Journal.Again()
	switch {
	case cfg.Realtime:
		return nil, errors.New("a run at the wall clock's pace cannot be repeated; use -c, or give the input in a file")
	case !remembered:
		return nil, errors.New("there was too much input to repeat the run")
	case first.Executed() > retraceMost:
		return nil, fmt.Errorf("the run was longer than %d instructions", uint64(retraceMost))
	case slices.ContainsFunc(o.Drive, session.Writable):
		return nil, errors.New("the run may have changed a drive and cannot be repeated")
	}
	o.Console, o.Log = io.Discard, nil
	m, closeFiles, err := session.Open(o)
	if err != nil {
		return nil, err
	}
	defer closeFiles()
	end := tail{Machine: m, tracer: newTracer(m.Core())}
	end.tracer.insn, end.tracer.trap = true, true
	end.tracer.emit = func(l traceLine) { end.lines = append(end.lines, l) }
	if n := first.Executed(); n > retraceWindow {
		end.from = n - retraceWindow
	}
	again := m.Run(ctx, machine.RunConfig{Journal: journal, MaxInsns: cfg.MaxInsns, Observe: end.run})
	if again.Status != out.Status || again.Reason != out.Reason {
		return nil, errors.New("the run was interrupted while it was repeated, or its files have changed")
	}
	return end.lines, nil
}

// tail runs a machine at full speed and traces it from some point on.
type tail struct {
	*machine.Machine
	tracer *tracer
	from   uint64 // instructions, without the slots that passed idly
	lines  []traceLine
}

// run implements machine.RunConfig.Observe. Like Core.Run it comes back before
// the limit only when the core does, or the board would act at another time
// than in the first run.
func (t *tail) run(limit uint64) cpu.Stop {
	core := t.Core()
	if n := t.Executed(); n < t.from {
		s := core.Run(min(limit, core.Insns()+t.from-n))
		if s.Why != cpu.StopBudget || core.Insns() >= limit {
			return s
		}
	}
	return t.tracer.run(limit)
}

// writeRetrace prints the end of a trace: what led to the loop that the machine
// is caught in, the loop once, and how often it was seen.
func writeRetrace(w io.Writer, lines []traceLine, name func(pc uint64) string) {
	period, times := loopAtEnd(lines)
	often := fmt.Sprintf("%d times in a row", times)
	lead, loop := lines[:len(lines)-period*times], lines[len(lines)-period*times:]
	if len(lead) < period && len(lines) > 0 && lines[0].slot > 0 {
		// The trace began within the loop, in the middle of which lead is.
		lead, often = nil, often+" or more"
	}
	fmt.Fprintln(w, "rv86: the last instructions (slot, privilege, address, code):")
	show := slices.Concat(lead[max(0, len(lead)-retraceLines):], loop[:period])
	width := 0
	for _, l := range show {
		width = max(width, len(l.String()))
	}
	for _, l := range show {
		text := l.String()
		if n := name(l.pc); n != "" {
			text = fmt.Sprintf("%-*s  <%s>", width, text, n)
		}
		fmt.Fprintln(w, text)
	}
	switch {
	case period == 1:
		fmt.Fprintf(w, "%12s the last line, %s\n", "", often)
	case period > 1:
		fmt.Fprintf(w, "%12s the last %d lines, %s\n", "", period, often)
	}
}

// loopAtEnd finds the shortest sequence of lines that stands more than once at
// the end, and how often it does so: both are 0 if there is none.
func loopAtEnd(lines []traceLine) (period, times int) {
	same := func(a, b traceLine) bool { return a.pc == b.pc && a.text == b.text }
	for period = 1; period <= retraceLines && 2*period <= len(lines); period++ {
		n := 0 // lines at the end that equal the one a period before
		for i := len(lines) - 1; i >= period && same(lines[i], lines[i-period]); i-- {
			n++
		}
		if n >= period {
			return period, n/period + 1
		}
	}
	return 0, 0
}
