package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"rv86/kmod/vmlinux"
	"rv86/machine"
	"rv86/machine/session"
)

// runCmd is `rv86 run`.
type runCmd struct {
	session.Flags
	monitorFlags
	savedFlags
	gdbFlags
	profileFlags
	coverFlags
	flightFlags
	Realtime bool `help:"Pace the guest by the wall clock (default with a terminal on stdin and no -c)."`

	StateHash bool `help:"Print a hash of all guest state at the end."`
	Screen    bool `help:"Print the PC's text screen at the end (i386)."`
	Stats     bool `help:"Print instructions, time and speed at the end."`
	traceFlags
	Log string `help:"Level of rv86's own log: error, warn, info, debug." default:"warn" placeholder:"LEVEL"`
}

// Run boots the machine and waits for its end.
func (c *runCmd) Run(s *streams) error {
	log, err := newLogger(s.err, c.Log)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	fd, interactive := isTerminal(s.in)
	interactive = interactive && (c.Command == nil && !c.replay || c.wanted())
	cfg := machine.RunConfig{MaxInsns: c.MaxInsns, Realtime: c.Realtime || interactive && c.Command == nil, Journal: &machine.Journal{}}

	covers, err := c.openCover()
	if err != nil {
		return err
	}
	opts := session.Options{
		Flags: c.Flags, ImageDirs: session.ImageDirs(c.Arch), Console: s.out, Log: log,
		Spare: vmlinux.LeastFree(kmodMachine(c.Arch)),
	}
	if _, ok := isTerminal(s.out); ok && interactive {
		opts.Console = &newlines{w: s.out}
	}
	if cfg.Realtime {
		opts.Epoch = uint64(time.Now().UnixNano())
	}
	v, closeFiles, err := c.open(&opts, &cfg)
	if err != nil {
		return err
	}
	defer closeFiles()

	if c.Screen && v.Screen() == nil {
		return fmt.Errorf("the %s machine has no screen: --screen goes with --arch i386", c.Arch)
	}
	tr, err := c.openTrace(v, s.err)
	if err != nil {
		return err
	}
	if tr != nil {
		cfg.Observe = tr.run
	}
	var samples *sampler
	if c.Profile != "" {
		samples = c.sample(opts, v, cfg.Observe)
		cfg.Observe = samples.run
	}
	restore := func() {}
	var tty *console // nil: not at a terminal
	if interactive {
		if restore, err = rawTerminal(fd); err != nil {
			return err
		}
		defer restore() // also when a bug panics
		tty = newConsole(s.in, s.out, s.err, c.wanted(), cancel)
		if cfg.Input = machine.PushedInput(); c.Command == nil {
			cfg.Input = machine.NewInput(tty.toGuest, false)
		}
	} else if c.wanted() {
		cfg.Input = machine.PushedInput()
	} else if c.Command == nil && s.in != nil && !c.replay {
		cfg.Input = machine.NewInput(s.in, isPrompt(s.in))
	}
	limitGarbage(uint64(c.Memory))
	ctx, stop := c.limits(ctx, cancel)
	defer stop()

	runner, err := c.begin(v, cfg)
	if err != nil {
		return err
	}
	var counted *coverage
	var symbols *gdbSymbols
	if len(covers) > 0 || c.wantsModules() || c.GDBSymbols != "" {
		guest, err := c.followModules(opts, runner, s)
		if err != nil {
			return err
		}
		tr.followModules(guest)
		if c.GDBSymbols != "" {
			symbols = c.newGDBSymbols(guest)
		}
		if len(covers) > 0 {
			counted = newCoverage(guest, covers)
		}
	}
	var recording *session.Recording
	if c.Record != "" {
		if recording, err = opts.Record(c.Record, runner, cfg.Realtime); err != nil {
			return err
		}
	}
	begin := time.Now()
	out, err := c.debugRun(ctx, opts, runner, tty, s)
	host := time.Since(begin)
	restore()
	if err != nil {
		return err
	}
	if err := samples.write(c.Profile); err != nil {
		return outputFailure(c.Profile, err)
	}
	if err := symbols.close(); err != nil {
		return outputFailure(c.GDBSymbols, err)
	}
	if err := counted.write(c, s.err); err != nil {
		return outputFailure(c.CoverOut, err)
	}
	if err := recording.Finish(runner, out); err != nil {
		return &failure{statusOutput, err}
	}
	if err := tr.close(); err != nil {
		return outputFailure(c.TraceOut, err)
	}
	c.reportEnd(ctx, opts, v, cfg, out, s.err)
	return c.finish(v, out, host, interactive, s.err)
}

// limitGarbage makes the collector run when about garbageLimit bytes can be
// freed. Its usual rule, when the heap has doubled, would count the guest's RAM.
func limitGarbage(guestRAM uint64) {
	const garbageLimit = 24 << 20
	debug.SetGCPercent(int(min(100, max(1, garbageLimit*100/guestRAM))))
}

// limits adds the time limit, and ends the run at a signal so that the terminal
// is put back and the statistics are printed.
func (c *runCmd) limits(ctx context.Context, cancel context.CancelCauseFunc) (context.Context, func()) {
	ctx, stopTimer := c.WithLimits(ctx)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		for sig := range signals {
			status := statusSignal
			if n, ok := sig.(syscall.Signal); ok {
				status += int(n)
			}
			cancel(&machine.Interrupt{Status: status, Reason: "stopped by a signal: " + sig.String()})
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		close(signals)
		stopTimer()
	}
}

// finish prints what was asked for and turns the outcome into the exit status.
// The reason comes last.
func (c *runCmd) finish(v *machine.Machine, out machine.Outcome, host time.Duration, interactive bool, w io.Writer) error {
	if out.Err != nil {
		return outputFailure("the console's output", out.Err)
	}
	if interactive && out.Reason != "" {
		fmt.Fprintln(w) // the cursor is where the guest left it
	}
	if c.Screen {
		printScreen(v.Screen(), w)
	}
	if c.StateHash {
		hash, err := v.StateHash()
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "rv86: state %s\n", hash)
	}
	if c.Stats {
		n := v.Executed()
		fmt.Fprintf(w, "rv86: %d instructions, %.3f s, %.1f MIPS\n", n, host.Seconds(), mips(n, host))
	}
	f := &failure{status: out.Status}
	if out.Reason != "" {
		f.err = errors.New(out.Reason)
	}
	if out.Status == statusOK && f.err == nil {
		return nil
	}
	return f
}

// printScreen prints a text screen up to its last line that is not blank.
func printScreen(rows []string, w io.Writer) {
	last := len(rows)
	for last > 0 && rows[last-1] == "" {
		last--
	}
	for _, row := range rows[:last] {
		fmt.Fprintln(w, row)
	}
}

func mips(n uint64, d time.Duration) float64 {
	return float64(n) / 1e6 / max(d.Seconds(), 1e-9)
}
