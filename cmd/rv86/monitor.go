package main

import (
	"bytes"
	"context"
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/signal"
	"path/filepath"
	"slices"

	"rv86/machine"
	"rv86/machine/debug"
	"rv86/machine/session"
	"rv86/monitor"
	"rv86/monitor/debuginfo"
)

// errMonitor is the cause with which Ctrl-A c ends a piece of a run.
var errMonitor = &machine.Interrupt{Reason: "stopped by Ctrl-A c"}

// debugger is `rv86 run --monitor`: a monitor on a machine, and the terminal
// that both share.
type debugger struct {
	run    *runCmd
	opts   session.Options
	runner *machine.Runner
	engine *debug.Engine
	mon    *monitor.Monitor
	tty    *console // nil: commands come from a pipe or file
	ctx    context.Context
	out    io.Writer
	file   func(module string) ([]byte, bool) // the kernel for ""
}

// monitorFlags belong to run.
type monitorFlags struct {
	Monitor     bool     `help:"Stop before the first instruction and take commands (help lists them)."`
	Script      []string `short:"x" help:"Run monitor commands from a file first. Repeatable." placeholder:"FILE" sep:"none"`
	MonitorJSON bool     `name:"json" help:"With --monitor: print one JSON object for each command."`
	SourceDir   []string `help:"Where the monitor looks for source files. Repeatable." placeholder:"DIR" sep:"none"`
}

// wanted says that the monitor starts before the machine.
func (f *monitorFlags) wanted() bool { return f.Monitor || len(f.Script) > 0 }

// newDebugger attaches to a machine that stands still.
func (c *runCmd) newDebugger(ctx context.Context, o session.Options, r *machine.Runner, tty *console, s *streams) (*debugger, error) {
	d := &debugger{run: c, opts: o, runner: r, tty: tty, ctx: ctx, out: s.out}
	cfg := debug.Config{}
	if h, err := o.Header(false); err == nil {
		cfg.File = h
	}
	if slices.ContainsFunc(o.Drive, session.Writable) {
		cfg.Irreproducible = errors.New("the run may change a drive, which is not put back")
	}
	var err error
	if d.engine, err = debug.New(r, cfg); err != nil {
		return nil, err
	}
	mc, file, err := c.monitorConfig(o, s)
	if err != nil {
		return nil, err
	}
	d.file = file
	mc.Target, mc.Out, mc.JSON, mc.Foreground = d.engine, s.out, c.MonitorJSON, d.foreground
	if tty != nil {
		mc.Out, mc.Lines, mc.Color = tty.out, whileRunning{ctx, tty}, os.Getenv("NO_COLOR") == ""
	} else {
		mc.Lines = whileRunning{ctx, monitor.NewScript(s.in)}
	}
	if d.mon, err = monitor.New(mc); err != nil {
		return nil, err
	}
	if tty != nil {
		tty.complete = d.mon.Complete
	}
	return d, nil
}

// monitorConfig is what a monitor knows of the guest's files, and how to read one:
// a module's, or the kernel for "".
func (c *runCmd) monitorConfig(o session.Options, s *streams) (mc monitor.Config, file func(module string) ([]byte, bool), err error) {
	fs, err := c.guestFS(o, s.err)
	if err != nil {
		return mc, nil, err
	}
	kernel, err := kernelSymbols(fs)
	if err != nil {
		fmt.Fprintf(s.err, "rv86: the kernel's symbols cannot be read: %v\n", err)
	}
	modules := fs.Modules()
	file = func(module string) ([]byte, bool) {
		if module == "" {
			return fs.Kernel, fs.Kernel != nil
		}
		return fs.File(modules[module])
	}
	return monitor.Config{
		Kernel:  kernel,
		Modules: slices.Sorted(maps.Keys(modules)),
		Module:  func(name string) ([]byte, bool) { return fs.File(modules[name]) },
		Program: fs.File,
		Sources: c.sourceDirs(), Disassemble: disassembler(o.Arch),
	}, file, nil
}

// kernelSymbols is nil for a kernel that is not an ELF file.
func kernelSymbols(fs *session.GuestFS) (*debuginfo.Image, error) {
	if !bytes.HasPrefix(fs.Kernel, []byte(elf.ELFMAG)) {
		return nil, nil
	}
	return debuginfo.Load("kernel", fs.Kernel, nil)
}

// whileRunning are lines that end when the command is to end: a time limit has
// passed, or Ctrl-A x was typed while the guest had the terminal.
type whileRunning struct {
	ctx context.Context
	monitor.Lines
}

// ReadLine implements monitor.Lines.
func (w whileRunning) ReadLine(prompt string) (string, error) {
	if w.ctx.Err() != nil {
		return "", io.EOF
	}
	return w.Lines.ReadLine(prompt)
}

// sourceDirs are the working directory, where the tree is if that is one, the
// directories of the modules that were named, and what was asked for.
func (c *runCmd) sourceDirs() []string {
	dirs := append([]string(nil), c.SourceDir...)
	dirs = append(dirs, ".")
	for _, m := range c.Module {
		dirs = append(dirs, filepath.Dir(m))
	}
	if exe, err := os.Executable(); err == nil {
		dirs = append(dirs, filepath.Dir(filepath.Dir(exe)))
	}
	return dirs
}

// foreground lets the guest have the terminal while it runs. Ctrl-C ends it.
func (d *debugger) foreground() (context.Context, func()) {
	ctx, cancel := signal.NotifyContext(d.ctx, os.Interrupt)
	if d.tty == nil {
		return ctx, cancel
	}
	d.tty.guest(func(error) { cancel() })
	return ctx, func() {
		d.tty.monitor()
		cancel()
	}
}

// session runs scripts and commands until the monitor is left. again says that
// the machine is to run on without it.
func (d *debugger) session() (again bool, err error) {
	for _, name := range d.run.Script {
		f, err := os.Open(name)
		if err != nil {
			return false, session.FileError("read", err)
		}
		err = d.mon.RunScript(f)
		f.Close()
		switch {
		case errors.Is(err, monitor.ErrQuit):
			return false, nil
		case errors.Is(err, monitor.ErrDetach):
			return true, nil
		case err != nil && d.tty == nil:
			return false, &failure{statusTestFailed, fmt.Errorf("%s: %w", name, err)}
		}
	}
	d.run.Script = nil
	err = d.mon.Run()
	if errors.Is(err, monitor.ErrDetach) {
		return true, nil
	}
	return false, err
}

// disassembler asks the core about what the toolchain's tables lack.
func disassembler(arch string) func(code []byte, pc uint64) (string, int, bool) {
	if arch == session.DefaultArch {
		return func(code []byte, _ uint64) (string, int, bool) {
			var raw [4]byte
			copy(raw[:], code)
			text, size := disassemble(uint32(raw[0]) | uint32(raw[1])<<8 | uint32(raw[2])<<16 | uint32(raw[3])<<24)
			return text, size, true
		}
	}
	return func(code []byte, pc uint64) (string, int, bool) {
		text, size := disassemble386(code, uint32(pc), true)
		return text, size, text != "?"
	}
}

// debugRun runs a machine under the monitor: from the start, or, with a terminal,
// from the first Ctrl-A c on.
func (c *runCmd) debugRun(ctx context.Context, o session.Options, r *machine.Runner, tty *console, s *streams) (machine.Outcome, error) {
	if c.GDB != "" {
		return c.gdbRun(ctx, o, r, tty, s)
	}
	if !c.wanted() {
		out, stopped, err := c.plainRun(ctx, r, tty)
		if !stopped {
			return out, err
		}
	}
	d, err := c.newDebugger(ctx, o, r, tty, s)
	if err != nil {
		return machine.Outcome{}, err
	}
	d.greet()
	for {
		again, err := d.session()
		if err != nil || !again {
			return d.outcome(), err
		}
		d.engine.Close()
		out, stopped, err := c.plainRun(ctx, r, tty)
		if !stopped {
			return out, err
		}
		if d, err = c.newDebugger(ctx, o, r, tty, s); err != nil {
			return machine.Outcome{}, err
		}
		d.greet()
	}
}

// greet tells a person at a terminal where the machine is and what to do.
func (d *debugger) greet() {
	if d.tty != nil {
		fmt.Fprintf(d.tty.out, "\nThe machine is stopped at instruction %d. help lists the commands, continue goes on.\n", d.engine.Insn())
	}
}

// plainRun runs without a debugger; stopped says that Ctrl-A c ended it.
func (c *runCmd) plainRun(ctx context.Context, r *machine.Runner, tty *console) (out machine.Outcome, stopped bool, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if tty != nil {
		tty.guest(cancel)
		defer tty.monitor()
	}
	p, out := r.Advance(ctx, c.goal())
	if stopped = errors.Is(context.Cause(ctx), errMonitor); c.replay && !stopped {
		out, err = c.compare(r.Machine, p, out)
	}
	return out, stopped, err
}

// outcome is how the machine ended, as far as the monitor saw; a machine that
// was left alive ended well.
func (d *debugger) outcome() machine.Outcome {
	if cause := context.Cause(d.ctx); cause != nil {
		var i *machine.Interrupt
		if errors.As(cause, &i) {
			return machine.Outcome{Status: i.Status, Reason: i.Reason}
		}
	}
	status, _ := d.mon.Ended()
	return machine.Outcome{Status: status}
}
