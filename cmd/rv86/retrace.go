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
	"rv86/machine/vmfile"
)

// How much of the end of a run is looked at and shown, in instruction slots.
const (
	// retraceWindow is traced: enough to find where most trap loops begin.
	retraceWindow = 1 << 12
	// retraceLines are shown, of what came before a loop and of the loop.
	retraceLines = 16
	// retraceMost bounds the run that is repeated: some seconds.
	retraceMost = 2_000_000_000
	// flightMost bounds the lines that are kept in memory to be printed.
	flightMost = 1 << 20
)

// flightFlags belong to run and replay.
type flightFlags struct {
	Flight uint64 `help:"Print the last N instructions when the machine cannot go on, the guest's kernel panics, nothing can wake the processor or the budget of instructions is used up (without the flag: 16 when it cannot go on)." placeholder:"N"`
}

// wants reports whether the last instructions of a run that ended so are to be
// printed, and how many. Of a time limit nothing is printed: it would end the
// repetition, too.
func (f *flightFlags) wants(out machine.Outcome, budget bool) (lines int, ok bool) {
	if out.Reason == "" { // the status is the guest's
		return 0, false
	}
	if f.Flight == 0 {
		return retraceLines, out.Status == machine.StatusFault
	}
	switch out.Status {
	case machine.StatusFault, machine.StatusPanic, machine.StatusHalted:
		return int(min(f.Flight, flightMost)), true
	case machine.StatusBudget:
		return int(min(f.Flight, flightMost)), budget
	}
	return 0, false
}

// reportEnd writes the last instructions of a machine that cannot go on, or why
// they are not known.
func (c *runCmd) reportEnd(ctx context.Context, o session.Options, m *machine.Machine, cfg machine.RunConfig, out machine.Outcome, w io.Writer) {
	n, ok := c.flightFlags.wants(out, cfg.MaxInsns != 0 && m.Executed() >= cfg.MaxInsns)
	if !ok {
		return
	}
	lines, err := retrace(ctx, o, c.saved, m, cfg, out, max(retraceWindow, uint64(n)))
	if err != nil {
		fmt.Fprintf(w, "rv86: the last instructions are not shown: %v\n", err)
		return
	}
	writeRetrace(w, lines, n, session.Symbols(o))
}

// retrace finds out what a machine that can make no progress executed last. The
// cores keep no record of it: a store per block, in the hottest loop there is,
// would slow every run for the sake of the few that end so. Instead the run is
// repeated, which gives the same course to the instruction, and its end is
// traced on the reference path. The error says why that cannot be done. saved is nil for a machine that was new; window is how
// many instructions to trace.
func retrace(ctx context.Context, o session.Options, saved *vmfile.File, first *machine.Machine, cfg machine.RunConfig, out machine.Outcome, window uint64) ([]traceLine, error) {
	journal, remembered := cfg.Journal.Again()
	switch {
	case !remembered:
		return nil, errors.New("there was too much input to repeat the run")
	case first.Executed() > retraceMost:
		return nil, fmt.Errorf("the run was longer than %d instructions", uint64(retraceMost))
	case slices.ContainsFunc(o.Drive, session.Writable):
		return nil, errors.New("the run may have changed a drive and cannot be repeated")
	}
	o.Console, o.Log = io.Discard, nil
	open := func() (*machine.Machine, func(), error) { return session.Open(o) }
	if saved != nil {
		o.Module, o.File = nil, nil // found already
		open = func() (*machine.Machine, func(), error) { return session.OpenSaved(&o, saved) }
	}
	m, closeFiles, err := open()
	if err != nil {
		return nil, err
	}
	defer closeFiles()
	end := tail{Machine: m, tracer: newTracer(m.Core())}
	end.tracer.insn, end.tracer.trap = true, true
	end.tracer.emit = func(l traceLine) { end.lines = append(end.lines, l) }
	if n := first.Executed(); n > window {
		end.from = n - window
	}
	r := m.NewRunner(machine.RunConfig{Journal: journal, MaxInsns: cfg.MaxInsns, Realtime: cfg.Realtime, Observe: end.run})
	if saved != nil {
		if err := saved.Load(r); err != nil {
			return nil, err
		}
	}
	_, again := r.Advance(ctx, machine.Goal{})
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
func writeRetrace(w io.Writer, lines []traceLine, n int, name func(pc uint64) string) {
	period, times := loopAtEnd(lines)
	often := fmt.Sprintf("%d times in a row", times)
	lead, loop := lines[:len(lines)-period*times], lines[len(lines)-period*times:]
	if len(lead) < period && len(lines) > 0 && lines[0].slot > 0 {
		// The trace began within the loop, in the middle of which lead is.
		lead, often = nil, often+" or more"
	}
	fmt.Fprintln(w, "rv86: the last instructions (slot, privilege, address, code):")
	show := slices.Concat(lead[max(0, len(lead)-n):], loop[:period])
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
