package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"rv86/kmod/modlib"
	"rv86/machine/session"
	"rv86/monitor"
)

// gdbSymbols keeps a file of add-symbol-file commands up to date, for a gdb that
// cannot ask for the list of modules.
type gdbSymbols struct {
	file  string
	guest *guestModules
	paths map[string]string // files of modules, by name
	err   error             // of the first failure
}

// newGDBSymbols writes the file, and again whenever modules come or go.
func (c *runCmd) newGDBSymbols(g *guestModules) *gdbSymbols {
	y := &gdbSymbols{file: c.GDBSymbols, guest: g, paths: map[string]string{}}
	for _, m := range c.Module {
		path, _, _ := strings.Cut(m, ":")
		y.paths[modlib.Name(path)] = path
	}
	g.changed = append(g.changed, func([]monitor.LoadedModule) { y.store() })
	y.store()
	return y
}

func (y *gdbSymbols) store() {
	var b strings.Builder
	y.write(&b)
	if err := os.WriteFile(y.file, []byte(b.String()), 0o644); err != nil && y.err == nil {
		y.err = fmt.Errorf("--gdb-symbols: %w", session.FileError("write", err))
	}
}

// write lists the modules, oldest first: gdb takes the address of .text first and
// those of other sections by name.
func (y *gdbSymbols) write(w io.Writer) {
	fmt.Fprintf(w, "# the modules at instruction %d; read by gdb's command source\n", y.guest.m.Core().Insns())
	for _, x := range slices.Backward(y.guest.list) {
		path, ok := y.paths[x.Name]
		if !ok {
			fmt.Fprintf(w, "# %s: its file is not known: name it with --module\n", x.Name)
			continue
		}
		fmt.Fprintf(w, "add-symbol-file %s", path)
		for _, s := range x.Sections {
			fmt.Fprintf(w, " -s %s %#x", s.Name, s.Addr)
		}
		fmt.Fprintln(w)
	}
}

// close reports a file that could not be written. A nil gdbSymbols has none.
func (y *gdbSymbols) close() error {
	if y == nil {
		return nil
	}
	return y.err
}
