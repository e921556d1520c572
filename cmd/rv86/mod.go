package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"rv86/kmod/kbuild"
)

// modCmd is `rv86 mod`: the kit for authors of modules.
type modCmd struct {
	New   modNewCmd   `cmd:"" help:"Write a directory with a module to start from."`
	Build modBuildCmd `cmd:"" help:"Compile modules with the C compiler that is installed, and run modpost."`
	Key   modKeyCmd   `cmd:"" help:"Make a key to sign modules with."`
	Sign  modSignCmd  `cmd:"" help:"Sign modules."`
}

// modBuildCmd is `rv86 mod build`.
type modBuildCmd struct {
	Path []string `arg:"" optional:"" help:"Directories (what their Makefile names with obj-m; without one, every C file) or C files." placeholder:"DIR|FILE.c"`

	Arch           string   `help:"Machine to build for: riscv64, i386, or both." enum:"riscv64,i386,both" default:"riscv64" placeholder:"ARCH"`
	Output         string   `short:"o" help:"Where the results go (default: beside the sources; with --arch both in ARCH there)." placeholder:"DIR"`
	CC             string   `name:"cc" help:"The compiler, if not the first that suits." placeholder:"COMMAND"`
	Symvers        []string `help:"Module.symvers of a directory whose modules are used. Repeatable." placeholder:"FILE" sep:"none"`
	Strip          bool     `help:"Drop the debugging information."`
	AllowUndefined bool     `help:"Only warn of symbols that nobody exports."`
	KeepGoing      bool     `short:"k" help:"Build what can be built; report the rest, and exit with status 2."`
}

// Run builds the modules. The compiler's and modpost's words go to stderr, a
// line for each module to stdout.
func (c *modBuildCmd) Run(s *streams) error {
	if len(c.Path) == 0 {
		c.Path = []string{"."}
	}
	archs := []string{c.Arch}
	if c.Arch == "both" {
		archs = nil
		for _, t := range kbuild.Targets {
			archs = append(archs, t.Arch)
		}
	}
	for _, arch := range archs {
		target, err := kbuild.Find(arch)
		if err != nil {
			return err
		}
		tc, err := target.Toolchain(c.CC)
		if err != nil {
			return &failure{statusUsage, err}
		}
		if err := c.build(tc, s); err != nil {
			return err
		}
	}
	return nil
}

// build makes the modules for one machine: those of each directory together,
// and all single files together.
func (c *modBuildCmd) build(tc *kbuild.Toolchain, s *streams) error {
	var files []string
	for _, p := range c.Path {
		info, err := os.Stat(p)
		switch {
		case err != nil:
			return &failure{statusUsage, fmt.Errorf("cannot read the sources: %w", err)}
		case !info.IsDir() && filepath.Ext(p) != ".c":
			return &failure{statusUsage, fmt.Errorf("%s is neither a directory nor a C file", p)}
		case !info.IsDir():
			files = append(files, p)
			continue
		}
		mods, err := kbuild.Sources(p, tc.Arch)
		if err != nil {
			return &failure{statusUsage, err}
		}
		if err := c.buildTogether(tc, mods, p, s); err != nil {
			return err
		}
	}
	if files == nil {
		return nil
	}
	return c.buildTogether(tc, kbuild.Files(files), filepath.Dir(files[0]), s)
}

func (c *modBuildCmd) buildTogether(tc *kbuild.Toolchain, mods []kbuild.Module, dir string, s *streams) error {
	out := dir
	if c.Output != "" {
		out = c.Output
	}
	if c.Arch == "both" {
		out = filepath.Join(out, tc.Arch)
	}
	built, err := kbuild.Build(tc, mods, kbuild.Options{
		Out: out, Log: s.err, Symvers: c.Symvers, Strip: c.Strip, AllowUndefined: c.AllowUndefined, KeepGoing: c.KeepGoing,
	})
	if err != nil && !errors.Is(err, kbuild.ErrFindings) {
		return &failure{statusUsage, err}
	}
	for _, m := range built {
		needs := ""
		if len(m.Depends) > 0 {
			needs = ", needs " + strings.Join(m.Depends, ", ")
		}
		if _, err := fmt.Fprintf(s.out, "%s: for %s, compiled by %s%s\n", m.File, tc.Arch, tc.CC, needs); err != nil {
			return outputFailure("what was built", err)
		}
	}
	if err != nil {
		return &failure{status: statusUsage} // the log has said why
	}
	return nil
}
