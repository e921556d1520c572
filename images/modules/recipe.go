package modules

import (
	"bytes"
	"debug/elf"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"

	"rv86/kmod"
)

// Target is how modules for one machine are compiled.
type Target struct {
	Arch     string
	Machine  *kmod.Machine
	Compiler string   // as found in PATH
	Package  string   // the Debian package that has it
	Flags    []string // code generation
}

// Targets are all there are.
var Targets = []Target{{
	Arch:     "riscv64",
	Machine:  kmod.RISCV64,
	Compiler: "riscv64-linux-gnu-gcc",
	Package:  "gcc-riscv64-linux-gnu",
	// No floating point: the kernel may change the registers between any
	// two instructions of a module it lets sleep. No relaxation: the loader
	// moves nothing. medany reaches +-2 GiB from the code, which is all of
	// the module window.
	Flags: []string{"-march=rv64imac_zicsr_zifencei", "-mabi=lp64", "-mcmodel=medany", "-mno-relax"},
}, {
	Arch:     "i386",
	Machine:  kmod.I386,
	Compiler: "i686-linux-gnu-gcc",
	Package:  "gcc-i686-linux-gnu",
	// No floating point here either, and arguments on the stack. Debian's
	// compiler would mark every function for indirect branch tracking.
	Flags: []string{
		"-m32", "-march=i686", "-mregparm=0", "-mno-mmx", "-mno-sse", "-mno-80387", "-mno-fp-ret-in-387",
		"-fcf-protection=none",
	},
}}

// common are the flags for every machine: no host headers, no library calls
// that the kernel does not have, no tables for unwinding or link-time
// optimisation, one section per kind of data.
var common = []string{
	"-std=gnu11", "-O2", "-g0", "-Wall", "-Werror=implicit-function-declaration",
	"-ffreestanding", "-nostdinc", "-fno-pic", "-fno-common", "-fno-stack-protector",
	"-fno-strict-aliasing", "-fno-asynchronous-unwind-tables", "-fno-unwind-tables",
	"-fno-ident", "-fno-builtin", "-Wa,--noexecstack",
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

// Module is a module being built.
type Module struct {
	Name    string // of the file, without .ko
	Source  string // its one C file
	object  string
	defined map[string]bool // symbols it exports
	needs   []string        // undefined symbols
	hasExit bool
}

// modname is the name the kernel knows the module by (KBUILD_MODNAME).
func (m *Module) modname() string { return strings.ReplaceAll(m.Name, "-", "_") }

// Tree says where things are.
type Tree struct {
	Include string // holds linux/*.h
	Src     string // holds NAME/NAME.c
	Out     string // gets NAME.ko and mod.dep
	// InTree marks the modules as part of the kernel's own sources; loading
	// others taints the kernel.
	InTree bool
}

// Build compiles the modules of a tree.
func Build(t Target, tree Tree) error {
	if _, err := exec.LookPath(t.Compiler); err != nil {
		return fmt.Errorf("modules need the compiler %s: install the package %s", t.Compiler, t.Package)
	}
	tmp, err := os.MkdirTemp("", "rv86-modules")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	mods, err := sources(tree.Src)
	if err != nil {
		return err
	}
	for _, m := range mods {
		m.object = filepath.Join(tmp, m.Name+".o")
		if err := t.compile(tree.Include, m.Source, m.object, m.modname()); err != nil {
			return err
		}
		if err := m.scan(); err != nil {
			return fmt.Errorf("%s: %w", m.Name, err)
		}
	}
	var deps bytes.Buffer
	for _, m := range mods {
		needed := m.depends(mods)
		if err := t.finish(m, needed, tree, tmp); err != nil {
			return err
		}
		fmt.Fprintf(&deps, "%s:", m.Name)
		for _, d := range order(needed, mods) {
			fmt.Fprintf(&deps, " %s", d.Name)
		}
		deps.WriteByte('\n')
	}
	return os.WriteFile(filepath.Join(tree.Out, "mod.dep"), deps.Bytes(), 0o644)
}

// sources finds NAME/NAME.c, in the order of the names.
func sources(src string) ([]*Module, error) {
	files, err := filepath.Glob(filepath.Join(src, "*", "*.c"))
	if err != nil {
		return nil, err
	}
	var mods []*Module
	for _, f := range files {
		if name := strings.TrimSuffix(filepath.Base(f), ".c"); name == filepath.Base(filepath.Dir(f)) {
			mods = append(mods, &Module{Name: name, Source: f})
		}
	}
	if mods == nil {
		return nil, fmt.Errorf("no module sources in %s", src)
	}
	return mods, nil
}

// compile makes an object file. The compiler runs in the source's directory
// and sees a bare file name, so that __FILE__ does not depend on the place.
func (t Target) compile(include, src, obj, modname string, more ...string) error {
	include, err := filepath.Abs(include)
	if err != nil {
		return err
	}
	args := append(append([]string{}, common...), t.Flags...)
	args = append(args, more...)
	args = append(args, "-I", include, "-DMODULE", "-D__KERNEL__",
		fmt.Sprintf("-DKBUILD_MODNAME=%q", modname), "-c", "-o", obj, filepath.Base(src))
	return t.run(filepath.Dir(src), args)
}

func (t Target) run(dir string, args []string) error {
	cmd := exec.Command(t.Compiler, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s failed: %w\n%s", t.Compiler, err, text)
	}
	return nil
}

// scan reads what a compiled module exports and needs.
func (m *Module) scan() error {
	f, err := elf.Open(m.object)
	if err != nil {
		return err
	}
	defer f.Close()
	syms, err := f.Symbols()
	if err != nil {
		return err
	}
	m.defined = map[string]bool{}
	for _, s := range syms {
		if name, ok := strings.CutPrefix(s.Name, "__ksymtab_"); ok {
			m.defined[name] = true
		}
		if s.Section == elf.SHN_UNDEF && s.Name != "" && elf.ST_BIND(s.Info) != elf.STB_WEAK {
			m.needs = append(m.needs, s.Name)
		}
		if s.Name == "cleanup_module" {
			m.hasExit = true
		}
	}
	return nil
}

// depends gives the modules whose exports m uses, by name.
func (m *Module) depends(all []*Module) []*Module {
	var ds []*Module
	for _, other := range all {
		for _, sym := range m.needs {
			if other != m && other.defined[sym] {
				ds = append(ds, other)
				break
			}
		}
	}
	sort.Slice(ds, func(i, j int) bool { return ds[i].Name < ds[j].Name })
	return ds
}

// order adds what the needed modules need themselves, in the order in which
// they must be loaded.
func order(needed, all []*Module) []*Module {
	var out []*Module
	seen := map[*Module]bool{}
	var visit func(m *Module)
	visit = func(m *Module) {
		if seen[m] {
			return
		}
		seen[m] = true
		for _, d := range m.depends(all) {
			visit(d)
		}
		out = append(out, m)
	}
	for _, m := range needed {
		visit(m)
	}
	return out
}

// modC is the generated NAME.mod.c. The checksum's predecessor in .modinfo is
// the name, which the loader checks: damage that hides the one damages the other.
const modC = `#include <linux/module.h>
#include <linux/vermagic.h>

MODULE_INFO(vermagic, VERMAGIC_STRING);
MODULE_INFO(depends, "%s");
%sMODULE_INFO(name, KBUILD_MODNAME);
MODULE_INFO(%s, "%s");

struct module __this_module __used __section(".gnu.linkonce.this_module") = {
	.name = KBUILD_MODNAME,
	.init = init_module,
%s};
`

// finish adds the generated part and links the module.
func (t Target) finish(m *Module, needed []*Module, tree Tree, tmp string) error {
	var names []string
	for _, d := range needed {
		names = append(names, d.modname())
	}
	exit := ""
	if m.hasExit {
		exit = "\t.exit = cleanup_module,\n"
	}
	c := filepath.Join(tmp, m.Name+".mod.c")
	intree := ""
	if tree.InTree {
		intree = "MODULE_INFO(intree, \"Y\");\n"
	}
	text := fmt.Sprintf(modC, strings.Join(names, ","), intree, kmod.ChecksumKey, kmod.ChecksumBlank, exit)
	if err := os.WriteFile(c, []byte(text), 0o644); err != nil {
		return err
	}
	obj := filepath.Join(tmp, m.Name+".mod.o")
	// The compiler must keep the order of the .modinfo strings.
	if err := t.compile(tree.Include, c, obj, m.modname(), "-fno-toplevel-reorder"); err != nil {
		return err
	}
	ko := filepath.Join(tmp, m.Name+".ko")
	// -X drops the assembler's temporary labels; --build-id=none keeps the
	// file free of what depends on anything but its contents.
	link := []string{"-r", "-nostdlib", "-Wl,--build-id=none", "-Wl,-X", "-Wl,-z,noexecstack"}
	link = append(append(link, t.Flags...), "-o", ko, m.object, obj)
	if err := t.run(tmp, link); err != nil {
		return err
	}
	b, err := os.ReadFile(ko)
	if err != nil {
		return err
	}
	if err := kmod.SetChecksum(b, t.Machine); err != nil {
		return fmt.Errorf("%s: %w", m.Name, err)
	}
	if _, err := kmod.Parse(b, t.Machine); err != nil {
		return fmt.Errorf("%s: the loader would refuse it: %w", m.Name, err)
	}
	return os.WriteFile(filepath.Join(tree.Out, m.Name+".ko"), b, 0o644)
}
