package modtools

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"rv86/kmod/modlib"
	"rv86/userland/box"
)

// removeNamed removes what a name means.
func (p *prober) removeNamed(name string) bool {
	found, ok := p.lib.Lookup(name)
	if !ok {
		return false
	}
	if len(found) == 0 {
		p.complain("Module %s not found.", name)
		return false
	}
	for _, m := range found {
		if !p.remove(m, p.c.Has(optHolders) || p.c.Has(optDependencies), false) {
			return false
		}
	}
	return true
}

// removeSoft removes soft dependencies in reverse order, as far as it can.
func (p *prober) removeSoft(list []*modlib.Module) {
	for _, m := range slices.Backward(list) {
		if !p.gaveUp {
			p.remove(m, false, true)
		}
	}
}

// removeHolders removes what uses a module, and what uses that.
func (p *prober) removeHolders(m *modlib.Module) bool {
	for _, h := range slices.Backward(p.holders(m)) {
		if !p.remove(h, true, true) {
			return false
		}
	}
	return true
}

// remove removes a module, and then what it needed and nobody needs any more.
// The order is that of a load, backwards.
//
// modprobe(8) promises this and that holders' holders go, too; kmod 30 itself
// goes through the dependencies from the far end, so that of a chain all but
// the next one stay, and gives up at a holder that is in use.
func (p *prober) remove(m *modlib.Module, holders, builtinIsFine bool) bool {
	var pre, post []*modlib.Module
	command := ""
	if !p.ignoreCmds {
		pre, post = m.Softdeps()
		command = m.RemoveCommand()
	}
	if command == "" && !p.ignoreLive {
		if going, ok := p.mayRemove(m, builtinIsFine); !going {
			return ok
		}
	}
	p.removeSoft(post)
	if p.gaveUp || holders && !p.removeHolders(m) {
		return false
	}
	if holders && command == "" && !p.dryRun && !readState().known(m.Name) {
		return !p.gaveUp // its last user has taken it along
	}
	if command == "" && !p.ignoreLive && p.wait == 0 && readState().uses(m.Name) > 0 {
		p.complain("Module %s is in use.", m.Name)
		return false
	}
	if command != "" {
		p.showf("remove %s\n", command)
		if !p.dryRun && p.run(m, "remove", strings.ReplaceAll(command, "$CMDLINE_OPTS", "")) != nil {
			return false
		}
	} else if !p.removeOne(m) {
		return false
	}
	if command == "" {
		for _, dep := range slices.Backward(m.Dependencies()) {
			if readState().uses(dep.Name) == 0 {
				p.removeOne(dep) // that it cannot be is no failure
			}
		}
	}
	p.removeSoft(pre)
	return !p.gaveUp
}

// mayRemove says whether there is something to remove, and otherwise whether
// that is all right.
func (p *prober) mayRemove(m *modlib.Module, builtinIsFine bool) (going, ok bool) {
	switch {
	case m.Builtin():
		if !builtinIsFine {
			p.complain("Module %s is builtin.", m.Name)
		}
		return false, builtinIsFine
	case !readState().known(m.Name):
		if p.c.Has(optFirstTime) {
			p.complain("Module %s is not in kernel.", m.Name)
			return false, false
		}
		return false, true
	}
	return true, true
}

func (p *prober) holders(m *modlib.Module) []*modlib.Module {
	s := readState()
	names := s.holders(m.Name)
	if names == nil && !s.known(m.Name) {
		p.log.Errorf("could not open '%s/%s/holders': No such file or directory", sysModules, m.Name)
	}
	var all []*modlib.Module
	for _, name := range names {
		all = append(all, p.lib.Named(name))
	}
	return all
}

// Waiting for the last user: the pauses grow up to a limit.
const (
	pauseFirst = time.Millisecond
	pauseMax   = time.Second
)

// removeOne removes one module from the kernel.
func (p *prober) removeOne(m *modlib.Module) bool {
	p.showf("rmmod %s\n", m.Name)
	if p.dryRun {
		return true
	}
	p.c.Out.Flush()
	flags := unix.O_NONBLOCK
	if p.force {
		flags |= unix.O_TRUNC
	}
	mark := newestLine()
	left := time.Duration(p.wait) * time.Millisecond
	for pause := pauseFirst; ; pause = min(2*pause, pauseMax) {
		err := unix.DeleteModule(m.Name, flags)
		if errors.Is(err, syscall.EAGAIN) && left > 0 {
			pause = min(pause, left)
			time.Sleep(pause)
			left -= pause
			continue
		}
		if err != nil {
			p.log.Errorf("could not remove '%s': %s", m.Name, box.Reason(err))
			if hint := hintFor(m.Name, mark); hint != "" && p.log.threshold >= failure {
				fmt.Fprintf(p.c.Err, "hint: %s\n", hint)
			}
		}
		return err == nil
	}
}
