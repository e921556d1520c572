package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"path"
	"strconv"
	"strings"

	"rv86/machine"
	"rv86/machine/debug/point"
	"rv86/machine/session"
	"rv86/monitor"
	"rv86/monitor/gdb"
)

// gdbFlags belong to run.
type gdbFlags struct {
	GDB        string `name:"gdb" help:"Wait for gdb there ([HOST:]PORT; HOST is this machine alone unless given; port 0: any)." placeholder:"ADDR"`
	GDBSymbols string `name:"gdb-symbols" help:"Keep the add-symbol-file commands for the loaded modules in a file, for a gdb that does not ask for them." placeholder:"FILE"`
}

// gdbAddress makes an address of [HOST:]PORT.
func gdbAddress(s string) (string, error) {
	host, port, err := net.SplitHostPort(s)
	if err != nil {
		host, port = "", s
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return "", fmt.Errorf("--gdb %s: %q is not a port", s, port)
	}
	if host == "" {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port), nil
}

// gdbRun runs a machine under gdb.
func (c *runCmd) gdbRun(ctx context.Context, o session.Options, r *machine.Runner, tty *console, s *streams) (out machine.Outcome, err error) {
	if c.wanted() {
		return out, errors.New("--gdb cannot be combined with --monitor or -x: in gdb the monitor's commands follow the word 'monitor'")
	}
	addr, err := gdbAddress(c.GDB)
	if err != nil {
		return out, err
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return out, fmt.Errorf("--gdb %s: %w", c.GDB, err)
	}
	defer l.Close()
	g := &gdbGuest{}
	d, err := c.newDebugger(ctx, o, r, nil, &streams{in: strings.NewReader(""), out: &g.text, err: s.err})
	if err != nil {
		return out, err
	}
	g.mon, g.file = d.mon, d.file
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if tty != nil {
		tty.guest(func(error) {}) // there is no monitor to go to
		defer tty.monitor()
	}
	fmt.Fprintf(s.err, "rv86: waiting for gdb: target remote %s\n", l.Addr())
	server := gdb.Server{Target: d.engine, Guest: g}
	stop, err := server.Serve(ctx, l)
	switch {
	case errors.Is(err, gdb.ErrKilled):
		return machine.Outcome{Reason: ""}, nil
	case err != nil:
		return out, err
	case stop.Reason == point.Ended:
		return machine.Outcome{Status: stop.Status, Reason: stop.Text}, nil
	}
	return d.outcome(), nil
}

// gdbGuest is what the stub asks about the guest.
type gdbGuest struct {
	mon  *monitor.Monitor
	text bytes.Buffer
	file func(name string) ([]byte, bool)
}

// Modules implements gdb.Guest.
func (g *gdbGuest) Modules() []monitor.LoadedModule { return g.mon.LoadedModules() }

// Notify implements gdb.Guest.
func (g *gdbGuest) Notify() (uint64, bool) { return g.mon.NotifyAddress() }

// File implements gdb.Guest.
func (g *gdbGuest) File(name string) ([]byte, bool) {
	name = path.Clean("/" + name)
	if name == gdb.KernelName {
		return g.file("")
	}
	dir, file := path.Split(name)
	mod, ok := strings.CutSuffix(file, ".ko")
	if dir != "/lib/modules/" || !ok || mod == "" {
		return nil, false
	}
	return g.file(mod)
}

// Command implements gdb.Guest.
func (g *gdbGuest) Command(line string) string {
	g.text.Reset()
	if err := g.mon.Execute(line); errors.Is(err, monitor.ErrQuit) || errors.Is(err, monitor.ErrDetach) {
		return "In gdb this is 'kill' or 'detach'.\n"
	}
	return g.text.String()
}
