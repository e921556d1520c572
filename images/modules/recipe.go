package modules

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"rv86/kmod"
	"rv86/kmod/kbuild"
	"rv86/kmod/symvers"
)

// Target is how the shipped modules for one machine are compiled. Other
// compilers do, but give other bytes.
type Target struct {
	Arch     string
	Machine  *kmod.Machine
	Compiler string // as found in PATH
	Package  string // the Debian package that has it
}

// Targets are all there are.
var Targets = []Target{
	{"riscv64", kmod.RISCV64, "riscv64-linux-gnu-gcc", "gcc-riscv64-linux-gnu"},
	{"i386", kmod.I386, "i686-linux-gnu-gcc", "gcc-i686-linux-gnu"},
}

// Find gives the target of an architecture.
func Find(arch string) (Target, error) {
	for _, t := range Targets {
		if t.Arch == arch {
			return t, nil
		}
	}
	return Target{}, fmt.Errorf("no modules are built for %q", arch)
}

// Toolchain finds the target's compiler.
func (t Target) Toolchain() (*kbuild.Toolchain, error) {
	kt, err := kbuild.Find(t.Arch)
	if err != nil {
		return nil, err
	}
	return kt.Toolchain(t.Compiler)
}

// Tree says where things are.
type Tree struct {
	Src string // holds NAME/NAME.c
	Out string // gets NAME.ko and mod.dep
	// InTree marks the modules as part of the kernel's own sources; loading
	// others taints the kernel.
	InTree bool
	// AllowUndefined builds modules with symbols that nobody exports.
	AllowUndefined bool
	// Kernel is the table of the kernel's exports; nil: the embedded one.
	Kernel *symvers.Table
}

// Build compiles the modules of a tree.
func Build(t Target, tree Tree) error {
	tc, err := t.Toolchain()
	if err != nil {
		return err
	}
	mods, err := sources(tree.Src)
	if err != nil {
		return err
	}
	built, err := kbuild.Build(tc, mods, kbuild.Options{
		Out: tree.Out, Log: os.Stderr, Kernel: tree.Kernel, InTree: tree.InTree, Strip: true, AllowUndefined: tree.AllowUndefined,
	})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(tree.Out, "mod.dep"), rules(built), 0o644)
}

// sources finds NAME/NAME.c, in the order of the names.
func sources(src string) ([]kbuild.Module, error) {
	files, err := filepath.Glob(filepath.Join(src, "*", "*.c"))
	if err != nil {
		return nil, err
	}
	files = slices.DeleteFunc(files, func(f string) bool {
		return strings.TrimSuffix(filepath.Base(f), ".c") != filepath.Base(filepath.Dir(f))
	})
	if len(files) == 0 {
		return nil, fmt.Errorf("no module sources in %s", src)
	}
	return kbuild.Files(files), nil
}

// rules are the lines of mod.dep: for each module what must be loaded before
// it, in that order.
func rules(built []kbuild.Built) []byte {
	needs := map[string][]string{}
	for _, m := range built {
		needs[m.Name] = m.Depends
	}
	var out bytes.Buffer
	for _, m := range built {
		fmt.Fprintf(&out, "%s:", m.Name)
		seen := map[string]bool{}
		var visit func(name string)
		visit = func(name string) {
			if seen[name] {
				return
			}
			seen[name] = true
			for _, d := range needs[name] {
				visit(d)
			}
			if name != m.Name {
				fmt.Fprintf(&out, " %s", name)
			}
		}
		visit(m.Name)
		out.WriteByte('\n')
	}
	return out.Bytes()
}
