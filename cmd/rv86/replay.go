package main

import (
	"errors"
	"fmt"
	"io"

	"rv86/machine"
	"rv86/machine/session"
	"rv86/machine/vmfile"
)

// savedFlags belong to run: a machine's state in files.
type savedFlags struct {
	From   string `help:"Start a machine where it was when it was saved (savevm)." placeholder:"FILE"`
	Record string `help:"Record the run, for 'rv86 replay'." placeholder:"FILE"`

	saved  *vmfile.File
	replay bool
}

// replayCmd is `rv86 replay`.
type replayCmd struct {
	File string `arg:"" help:"What 'rv86 run --record' or 'rv86 test --record' wrote."`
	monitorFlags
	Module    []string `help:"Where a module is now that the run was given; unchanged ones are found where they were. Repeatable." placeholder:"FILE.ko" sep:"none"`
	StateHash bool     `help:"Print a hash of all guest state at the end."`
	Stats     bool     `help:"Print instructions, time and speed at the end."`
	traceFlags
	flightFlags
}

// Run repeats a recorded run: the same bytes, the same instructions.
func (c *replayCmd) Run(s *streams) error {
	r := runCmd{
		monitorFlags: c.monitorFlags, savedFlags: savedFlags{From: c.File, replay: true},
		StateHash: c.StateHash, Stats: c.Stats, traceFlags: c.traceFlags, flightFlags: c.flightFlags, Log: "warn",
	}
	r.Flags.Module = c.Module
	return r.Run(s)
}

// open builds the machine, new or like a saved one.
func (c *runCmd) open(o *session.Options, cfg *machine.RunConfig) (*machine.Machine, func(), error) {
	if c.Record != "" && (c.wanted() || c.From != "") {
		return nil, nil, errors.New("--record is for a run from its start that nobody interferes with: it cannot be combined with --monitor, -x or --from")
	}
	if c.From == "" {
		return session.Open(*o)
	}
	f, err := session.ReadSaved(c.From)
	if err != nil {
		return nil, nil, err
	}
	if c.replay {
		if !f.Recorded() {
			return nil, nil, fmt.Errorf("%s: it is a saved machine and not a recorded run; start it with 'rv86 run --from'", c.From)
		}
		cfg.Journal, cfg.Realtime, cfg.MaxInsns, cfg.Input = f.Journal(), f.Header.Realtime, f.Header.MaxInsns, nil
	}
	c.saved = f
	m, closeFiles, err := session.OpenSaved(o, f)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", c.From, err)
	}
	c.Arch, c.Memory, c.Module = o.Arch, o.Memory, o.Module
	o.ImageDirs = session.ImageDirs(c.Arch) // where a monitor finds symbols
	return m, closeFiles, nil
}

// guestFS is what the monitor reads of the guest's files. A saved machine needs
// none, and only those that it was started from fit it.
func (c *runCmd) guestFS(o session.Options, w io.Writer) (*session.GuestFS, error) {
	fs, err := session.ReadGuestFS(o)
	if c.saved == nil {
		return fs, err
	}
	for _, lost := range o.Lost {
		fmt.Fprintf(w, "rv86: the monitor knows nothing of what is in %s\n", lost)
	}
	why := ""
	switch {
	case err != nil:
		why = err.Error()
	case c.saved.Header.Images["kernel"] != session.Sum(fs.Kernel):
		why = "the kernel image here is another than the saved machine's"
	default:
		return fs, nil
	}
	fmt.Fprintf(w, "rv86: the monitor knows no names: %s\n", why)
	return &session.GuestFS{}, nil
}

// begin makes the runner and puts a saved machine into its state.
func (c *runCmd) begin(m *machine.Machine, cfg machine.RunConfig) (*machine.Runner, error) {
	r := m.NewRunner(cfg)
	if c.saved == nil {
		return r, nil
	}
	if err := c.saved.Load(r); err != nil {
		return nil, fmt.Errorf("%s: %w", c.From, err)
	}
	return r, nil
}

// goal is where a run ends by itself: a recorded one where the recording does.
func (c *runCmd) goal() machine.Goal {
	if !c.replay {
		return machine.Goal{}
	}
	return machine.Goal{Slot: c.saved.Result.Slot}
}

// compare checks that a repeated run ended as the first one did, and gives its
// outcome.
func (c *runCmd) compare(m *machine.Machine, p machine.Progress, out machine.Outcome) (machine.Outcome, error) {
	want := c.saved.Result
	if p == machine.ReachedGoal { // it was ended from outside there
		out = machine.Outcome{Status: want.Status, Reason: want.Reason}
	}
	hash, err := m.StateHash()
	if err != nil {
		return out, err
	}
	if n := m.Core().Insns(); n != want.Slot || hash != want.StateHash || out.Status != want.Status {
		return out, &failure{statusTestFailed, fmt.Errorf(
			"%s: the run took another course: it ended at instruction %d with status %d, and was recorded to end at %d with %d",
			c.From, n, out.Status, want.Slot, want.Status)}
	}
	return out, nil
}
