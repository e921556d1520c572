package modtools

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"rv86/kmod/modlib"
	"rv86/userland/box"
)

// errCommand is what a failed install command counts as, as in kmod.
const errCommand = syscall.EINVAL

// insertNamed loads what a name means, with all that is needed.
func (p *prober) insertNamed(name, params string) bool {
	found, ok := p.lib.Lookup(name)
	if !ok || len(found) == 0 {
		p.complain("Module %s not found in directory %s", name, p.dir)
		p.hintUnindexed(name)
		return false
	}
	good := true
	for _, m := range found {
		if p.c.Has('R') {
			fmt.Fprintln(p.c.Out, m.Name)
			continue
		}
		if err := p.insert(m, params); err != nil {
			good = false
		}
	}
	return good
}

// hintUnindexed says what to do about a module that is there and that depmod
// has not seen.
func (p *prober) hintUnindexed(name string) {
	path, ok := modulePath(name)
	if ok && p.log.threshold >= fatal {
		fmt.Fprintf(p.c.Err, "hint: %s is there, but %s does not know it: run depmod\n", path, modlib.DepFile)
	}
}

// insert loads a module after what it needs, and reports a failure.
func (p *prober) insert(m *modlib.Module, params string) error {
	hint, err := p.runPlan(m, params)
	if err == nil {
		return nil
	}
	switch {
	case errors.Is(err, syscall.EEXIST):
		p.log.Errorf("could not insert '%s': Module already in kernel", m.Name)
	case errors.Is(err, syscall.ENOENT):
		p.log.Errorf("could not insert '%s': Unknown symbol in module, or unknown parameter (see dmesg)", m.Name)
	default:
		p.log.Errorf("could not insert '%s': %s", m.Name, box.Reason(err))
	}
	if hint != "" && p.log.threshold >= failure {
		fmt.Fprintf(p.c.Err, "hint: %s\n", hint)
	}
	return err
}

// runPlan does the steps of a module's plan. A step that fails ends it, if it
// is required; hint is then what the kernel had to say.
func (p *prober) runPlan(m *modlib.Module, params string) (hint string, err error) {
	if p.inKernel(m) {
		if p.c.Has(optFirstTime) {
			return "", syscall.EEXIST
		}
		return "", nil
	}
	if (m.Alias != "" || p.c.Has('b')) && m.Blacklisted() {
		return "", nil
	}
	for _, step := range p.lib.Plan(m, p.ignoreCmds) {
		if p.inKernel(step.Module) {
			continue
		}
		extra := ""
		if step.Module == m {
			extra = params
		}
		hint, err = p.insertStep(step, joinOptions(step.Options(), extra))
		if errors.Is(err, syscall.EEXIST) {
			// Somebody was faster.
			if step.Module == m && p.c.Has(optFirstTime) {
				return "", err
			}
			err = nil
		}
		if err != nil && step.Required {
			return hint, err
		}
	}
	return "", nil
}

// inKernel says that there is nothing to do for a module.
func (p *prober) inKernel(m *modlib.Module) bool {
	return !p.ignoreLive && (m.Builtin() || readState().live(m.Name))
}

// joinOptions puts what the user wrote after what the configuration says. The
// blank after the latter is kmod's.
func joinOptions(configured, given string) string {
	if configured == "" {
		return given
	}
	return configured + " " + given
}

// insertStep loads one module, or runs its install command.
func (p *prober) insertStep(step modlib.Step, options string) (hint string, err error) {
	if command := step.InstallCommand(); command != "" && step.UseCommand {
		p.showf("install %s %s\n", command, options)
		if p.dryRun {
			return "", nil
		}
		return "", p.run(step.Module, "install", strings.ReplaceAll(command, "$CMDLINE_OPTS", options))
	}
	switch {
	case step.Path != "":
		p.showf("insmod %s %s\n", step.Path, options)
	case step.Builtin():
		p.showf("builtin %s\n", step.Name)
	}
	if p.dryRun {
		return "", nil
	}
	if step.Path == "" {
		p.log.Errorf("could not find module by name='%s'", step.Name)
		return "", syscall.ENOENT
	}
	p.c.Out.Flush()
	return insertFile(step.Path, options, p.insertFlags())
}

func (p *prober) insertFlags() int {
	flags := 0
	if p.force || p.c.Has(optForceModversion) {
		flags |= unix.MODULE_INIT_IGNORE_MODVERSIONS
	}
	if p.force || p.c.Has(optForceVermagic) {
		flags |= unix.MODULE_INIT_IGNORE_VERMAGIC
	}
	return flags
}

// shell runs the commands of the configuration.
const shell = "/bin/sh"

// run executes a command of the configuration. It finds the module's name and
// our own options in its environment.
func (p *prober) run(m *modlib.Module, kind, command string) error {
	p.c.Out.Flush()
	cmd := exec.Command(shell, "-c", command)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = p.c.In, p.c.Out, p.c.Err
	if p.c.Err == os.Stderr { // the descriptor itself, not a pipe to us
		cmd.Stdout = os.Stdout
	}
	cmd.Env = append(os.Environ(), "MODPROBE_MODULE="+m.Name, optionsVariable+"="+p.passedOn())
	err := cmd.Run()
	if err == nil {
		return nil
	}
	exit, ok := errors.AsType[*exec.ExitError](err)
	if !ok {
		p.log.Errorf("Could not run %s command '%s' for module %s: %s", kind, command, m.Name, box.Reason(err))
		return errCommand
	}
	if kind == "remove" {
		p.complain("Error running %s command for %s", kind, m.Name)
		return errCommand
	}
	p.log.Errorf("Error running %s command '%s' for module %s: retcode %d", kind, command, m.Name, exit.ExitCode())
	return errCommand
}

// passedOn is the value of MODPROBE_OPTIONS for a modprobe that a command
// calls.
func (p *prober) passedOn() string {
	words := strings.Fields(os.Getenv(optionsVariable))
	for _, path := range p.c.Values('C') {
		words = append(words, "-C", path)
	}
	for _, letter := range []byte("sqv") {
		for range p.c.Values(letter) {
			words = append(words, "-"+string(rune(letter)))
		}
	}
	return strings.Join(words, " ")
}
