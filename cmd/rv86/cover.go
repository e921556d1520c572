package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"rv86/kmod"
	"rv86/machine"
	"rv86/machine/debug/point"
	"rv86/machine/session"
	"rv86/monitor"
	"rv86/monitor/coverage"
)

// coverFlags belong to run.
type coverFlags struct {
	Cover    []string `help:"Put a kernel module into the guest, as --module does, and print at the end which of its lines were executed. Repeatable." placeholder:"FILE.ko" sep:"none"`
	CoverOut string   `help:"Write the lines that --cover counted as an lcov tracefile." placeholder:"FILE"`

	covered []*coverage.Coverage
}

// prepare reads the modules that are to be covered, and puts them among those
// of the guest. covered says that there are some.
func (f *coverFlags) prepare(c *runCmd) error {
	if len(f.Cover) == 0 {
		if f.CoverOut != "" {
			return fmt.Errorf("--cover-out %s: say of which module with --cover", f.CoverOut)
		}
		return nil
	}
	if c.wanted() || c.GDB != "" || c.From != "" || len(c.Trace) > 0 {
		return errors.New("--cover is for a run from its start that nobody interferes with: it cannot be combined with --monitor, -x, --gdb, --from or --trace")
	}
	target := kmod.I386
	if c.Arch == session.DefaultArch {
		target = kmod.RISCV64
	}
	for _, name := range f.Cover {
		b, err := os.ReadFile(name)
		if err != nil {
			return session.FileError("read", err)
		}
		spec, err := kmod.Parse(b, target)
		if err != nil {
			return fmt.Errorf("--cover %s: %w", name, err)
		}
		cov, err := coverage.New(spec.Name, b)
		if err != nil {
			return fmt.Errorf("--cover %s: %w", name, err)
		}
		f.covered = append(f.covered, cov)
		if !slices.Contains(c.Module, name) {
			c.Module = append(slices.Clone(c.Module), name)
		}
	}
	return nil
}

// coverRun runs a machine and counts the modules' instructions. It stops where
// the kernel announces that modules came or went.
func (c *runCmd) coverRun(ctx context.Context, o session.Options, r *machine.Runner, tty *console, s *streams) (machine.Outcome, error) {
	d, err := c.newDebugger(ctx, o, r, nil, &streams{in: strings.NewReader(""), out: io.Discard, err: s.err})
	if err != nil {
		return machine.Outcome{}, err
	}
	notify, ok := d.mon.NotifyAddress()
	if !ok {
		return machine.Outcome{}, errors.New("--cover: this kernel does not say where its modules are")
	}
	if tty != nil {
		tty.guest(func(error) {}) // there is no monitor to go to
		defer tty.monitor()
	}
	d.engine.SetPoints([]point.Point{{Kind: point.Exec, Addr: notify}})
	for {
		stop := d.engine.Run(ctx, 0)
		switch stop.Reason {
		case point.Hit:
			c.coverFlags.follow(d)
		case point.Ended:
			return machine.Outcome{Status: stop.Status, Reason: stop.Text}, nil
		default:
			return d.outcome(), nil
		}
	}
}

// follow counts where the modules are now.
func (f *coverFlags) follow(d *debugger) {
	var ranges []coverage.Range
	var points []point.Point
	for _, m := range d.mon.LoadedModules() {
		i := slices.IndexFunc(f.covered, func(c *coverage.Coverage) bool { return c.Name == m.Name })
		if i < 0 {
			continue
		}
		for _, s := range m.Sections {
			if r, ok := f.covered[i].Place(s.Name, s.Addr); ok {
				ranges = append(ranges, r)
				points = append(points, point.Point{Kind: point.Exec, Addr: r.Low, Len: r.High - r.Low})
			}
		}
	}
	if len(ranges) == 0 {
		d.engine.Visit(nil, nil)
		return
	}
	d.engine.Visit(points, func(pc uint64) {
		for i := range ranges {
			if r := &ranges[i]; pc >= r.Low && pc < r.High {
				r.Executed(pc)
				return
			}
		}
	})
}

// report prints what was covered, and writes the tracefile.
func (f *coverFlags) report(c *runCmd, w io.Writer) error {
	size := instructionSize(c.Arch)
	source := monitor.SourceFiles(c.sourceDirs()).Find
	for _, cov := range f.covered {
		if err := cov.WriteText(w, size, source); err != nil {
			return outputFailure("the coverage", err)
		}
	}
	if f.CoverOut == "" {
		return nil
	}
	out, err := os.Create(f.CoverOut)
	if err != nil {
		return outputFailure(f.CoverOut, err)
	}
	for _, cov := range f.covered {
		if e := cov.WriteLCOV(out, source); err == nil {
			err = e
		}
	}
	if e := out.Close(); err == nil {
		err = e
	}
	if err != nil {
		return outputFailure(f.CoverOut, err)
	}
	return nil
}

// instructionSize gives the length of the first instruction of some code.
func instructionSize(arch string) func(code []byte) int {
	if arch == session.DefaultArch {
		return func(code []byte) int {
			// Unprivileged spec 1.5: the lowest two bits are 11 if there are four bytes.
			const compressed, full = 2, 4
			if code[0]&3 != 3 {
				return compressed
			}
			return full
		}
	}
	return func(code []byte) int {
		_, size := disassemble386(code, 0, true)
		return size
	}
}
