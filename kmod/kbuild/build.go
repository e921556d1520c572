package kbuild

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"rv86/kmod/include"
	"rv86/kmod/modpost"
	"rv86/kmod/symvers"
)

// Module is one module to build.
type Module struct {
	Name    string     // of the file, without .ko
	Sources []string   // C and assembler files
	Flags   [][]string // the author's own, by source; may be shorter
	Symvers []string   // tables of other directories it uses
}

// Options say where results go and what they are for.
type Options struct {
	Out string // directory for NAME.ko and Module.symvers
	// Log gets the compiler's warnings and modpost's findings; nil: nobody.
	Log io.Writer
	// Symvers are tables of modules built before, beside the one in Out.
	Symvers []string
	// Kernel is the table of the kernel's exports; nil: the embedded one.
	Kernel *symvers.Table
	// InTree marks the modules as the kernel's own; loading others taints it.
	InTree bool
	// Strip drops the debugging information from the result.
	Strip bool
	// AllowUndefined makes undefined symbols warnings.
	AllowUndefined bool
	// KeepGoing builds the modules that can be built and reports the others
	// to Log; ErrFindings then says that there were some.
	KeepGoing bool
}

// Built is a module that was built.
type Built struct {
	Name    string
	File    string
	Depends []string // names of the modules it needs directly
}

// ErrFindings says that modules could not be built; why is in the log.
var ErrFindings = errors.New("modpost found errors")

// build is the state of one call of Build.
type build struct {
	tc      *Toolchain
	opts    Options
	tmp     string
	include string
}

// Build compiles and links the modules together, so that they can use each
// other's exports, and writes NAME.ko for each and their Module.symvers.
func Build(tc *Toolchain, mods []Module, opts Options) ([]Built, error) {
	tmp, err := os.MkdirTemp("", "rv86-modules")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(tmp)
	b := &build{tc: tc, opts: opts, tmp: tmp, include: filepath.Join(tmp, "include")}
	if opts.Log == nil {
		b.opts.Log = io.Discard
	}
	if err := os.CopyFS(b.include, include.FS); err != nil {
		return nil, err
	}
	kernel := opts.Kernel
	if kernel == nil {
		kernel = symvers.Of(tc.Machine)
	}
	var parts []*modpost.Module
	failed := false
	for _, m := range mods {
		part, err := b.object(m)
		switch {
		case err == nil:
			parts = append(parts, part)
		case opts.KeepGoing:
			failed = true
			fmt.Fprintln(b.opts.Log, err)
		default:
			return nil, err
		}
	}
	others, err := b.others(mods)
	if err != nil {
		return nil, err
	}
	result, err := modpost.Run(parts, modpost.Options{
		Machine: tc.Machine, Kernel: kernel, Others: others,
		InTree: opts.InTree, AllowUndefined: opts.AllowUndefined,
	})
	if err != nil {
		return nil, err
	}
	for _, f := range result.Findings {
		fmt.Fprintln(b.opts.Log, f)
	}
	if result.Failed("") && !opts.KeepGoing {
		return nil, ErrFindings
	}
	if err := os.MkdirAll(opts.Out, 0o755); err != nil {
		return nil, err
	}
	var built []Built
	for i, m := range parts {
		if result.Failed(m.Name) {
			failed = true
			continue
		}
		one := Built{m.Name, filepath.Join(opts.Out, m.Name+".ko"), result.Depends[i]}
		if err := b.link(m, result.Sources[i], one.File); err != nil {
			return nil, err
		}
		built = append(built, one)
	}
	if err := b.writeTable(result.Symvers, built); err != nil {
		return nil, err
	}
	if failed {
		return built, ErrFindings
	}
	return built, nil
}

// writeTable writes the directory's Module.symvers. The rows of modules that
// were built before and are still there stay.
func (b *build) writeTable(rows []symvers.Row, built []Built) error {
	file := filepath.Join(b.opts.Out, symvers.FileName)
	if text, err := os.ReadFile(file); err == nil {
		old, err := symvers.Parse(string(text))
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		for _, row := range old {
			_, err := os.Stat(filepath.Join(b.opts.Out, row.Module+".ko"))
			if err == nil && !slices.ContainsFunc(built, func(m Built) bool { return m.Name == row.Module }) {
				rows = append(rows, row)
			}
		}
		symvers.Sort(rows)
	}
	return os.WriteFile(file, []byte(symvers.Format(rows)), 0o644)
}

// others reads the tables of modules that were built before.
func (b *build) others(mods []Module) ([]symvers.Row, error) {
	files := slices.Clone(b.opts.Symvers)
	for _, m := range mods {
		files = append(files, m.Symvers...)
	}
	slices.Sort(files)
	files = slices.Compact(files)
	own := filepath.Join(b.opts.Out, symvers.FileName)
	if _, err := os.Stat(own); err == nil {
		files = append(files, own)
	}
	var rows []symvers.Row
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		more, err := symvers.Parse(string(text))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f, err)
		}
		rows = append(rows, more...)
	}
	return rows, nil
}

// object compiles the sources of a module and joins them.
func (b *build) object(m Module) (*modpost.Module, error) {
	part := &modpost.Module{Name: m.Name}
	var objects, read []string
	for i, src := range m.Sources {
		obj := filepath.Join(b.tmp, fmt.Sprintf("%s.%d.o", m.Name, i))
		var flags []string
		if i < len(m.Flags) {
			flags = m.Flags[i]
		}
		used, err := b.compile(src, obj, part.ModName(), flags...)
		if err != nil {
			return nil, err
		}
		objects, read = append(objects, obj), append(read, used...)
	}
	object := objects[0]
	if len(objects) > 1 {
		object = filepath.Join(b.tmp, m.Name+".o")
		if err := b.join(object, objects); err != nil {
			return nil, err
		}
	}
	var err error
	if part.SrcVersion, err = sourceVersion(read); err != nil {
		return nil, err
	}
	part.Object, err = os.ReadFile(object)
	return part, err
}

// join makes one object file of several.
func (b *build) join(out string, objects []string) error {
	if !b.tc.ownLinker() {
		return b.run(b.tmp, b.tc.linkCommand(out, objects))
	}
	var parts [][]byte
	for _, o := range objects {
		part, err := os.ReadFile(o)
		if err != nil {
			return err
		}
		parts = append(parts, part)
	}
	joined, err := modpost.Join(parts, b.tc.Machine)
	if err != nil {
		return fmt.Errorf("%s cannot be linked: %w", filepath.Base(out), err)
	}
	return os.WriteFile(out, joined, 0o644)
}

// compile makes an object file and says which of the author's files were read.
// The compiler runs in the source's directory and sees a bare file name, so
// that __FILE__ does not depend on the place.
func (b *build) compile(src, obj, modname string, more ...string) (read []string, err error) {
	dir, base := filepath.Split(src)
	deps := obj + ".d"
	args := append([]string{b.tc.CC}, b.tc.args...)
	args = append(args, "-nostdinc", "-I", b.include, "-I", ".", "-DMODULE", "-D__KERNEL__",
		fmt.Sprintf("-DKBUILD_MODNAME=%q", modname),
		fmt.Sprintf("-DKBUILD_BASENAME=%q", modpost.ModName(strings.TrimSuffix(base, filepath.Ext(base)))),
		fmt.Sprintf("-DKBUILD_MODFILE=%q", modname))
	args = append(append(args, more...), "-MMD", "-MF", deps, "-c", "-o", obj, base)
	if dir == "" {
		dir = "."
	}
	if err := b.run(dir, args); err != nil {
		if hint := hint(err.Error(), b.tc.Machine); hint != "" {
			err = fmt.Errorf("%w\n  hint: %s", err, hint)
		}
		return nil, err
	}
	text, err := os.ReadFile(deps)
	if err != nil {
		return nil, err
	}
	for _, f := range dependencies(string(text)) {
		if !filepath.IsAbs(f) {
			f = filepath.Join(dir, f)
		}
		if !strings.HasPrefix(f, b.include) {
			read = append(read, f)
		}
	}
	return read, nil
}

// run runs a tool. What it says goes to the log, or into the error if it fails.
func (b *build) run(dir string, command []string) error {
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	text, err := cmd.CombinedOutput()
	text = bytes.ReplaceAll(text, []byte(b.include+string(filepath.Separator)), nil)
	if err != nil {
		return fmt.Errorf("%s failed: %w\n%s", command[0], err, bytes.TrimRight(text, "\n"))
	}
	_, err = b.opts.Log.Write(text)
	return err
}

// link adds the generated part and makes the module file.
func (b *build) link(m *modpost.Module, source, file string) error {
	stem := filepath.Join(b.tmp, m.Name)
	if err := os.WriteFile(stem+".mod.c", []byte(source), 0o644); err != nil {
		return err
	}
	plain := stem + ".plain.o"
	if err := os.WriteFile(plain, m.Object, 0o644); err != nil {
		return err
	}
	// The order of the .modinfo strings matters; the generated part needs no
	// debugging information.
	flags := []string{"-g0"}
	if !b.tc.clang { // clang keeps the order anyway
		flags = append(flags, "-fno-toplevel-reorder")
	}
	if _, err := b.compile(stem+".mod.c", stem+".mod.o", m.ModName(), flags...); err != nil {
		return err
	}
	if err := b.join(stem+".ko", []string{plain, stem + ".mod.o"}); err != nil {
		return err
	}
	ko, err := os.ReadFile(stem + ".ko")
	if err != nil {
		return err
	}
	if ko, err = modpost.Finish(ko, b.tc.Machine, b.opts.Strip); err != nil {
		return fmt.Errorf("%s: %w", m.Name, err)
	}
	return os.WriteFile(file, ko, 0o644)
}
