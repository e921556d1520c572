package kbuild

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"rv86/kmod"
	"rv86/kmod/include"
	"rv86/kmod/kapi"
	"rv86/kmod/modpost"
	"rv86/kmod/symvers"
)

// layoutProto is a function that nobody has: its type, and so the CRC of
// module_layout, covers the structures that modules and kernel share.
const layoutProto = "void " + kmod.ModuleLayoutSymbol + "(struct module *, struct modversion_info *, struct kernel_param *, struct kernel_symbol *)"

// KernelTable makes the table of what the kernel exports: the rows' types are
// what the compiler understands of their prototypes behind all headers. A
// prototype that contradicts the header is an error of the compiler.
func KernelTable(tc *Toolchain, funcs []kapi.Func, vars []kapi.Var) ([]symvers.Row, error) {
	tmp, err := os.MkdirTemp("", "rv86-symvers")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(tmp)
	b := &build{tc: tc, tmp: tmp, include: filepath.Join(tmp, "include"), opts: Options{Log: os.Stderr}}
	if err := os.CopyFS(b.include, include.FS); err != nil {
		return nil, err
	}
	c, err := tableSource(funcs, vars)
	if err != nil {
		return nil, err
	}
	src, obj := filepath.Join(tmp, "table.c"), filepath.Join(tmp, "table.o")
	if err := os.WriteFile(src, []byte(c), 0o644); err != nil {
		return nil, err
	}
	if _, err := b.compile(src, obj, "table"); err != nil {
		return nil, err
	}
	object, err := os.ReadFile(obj)
	if err != nil {
		return nil, err
	}
	rows := []symvers.Row{{Symbol: kmod.ModuleLayoutSymbol}}
	for i := range funcs {
		row := symvers.Row{Symbol: funcs[i].Name}
		if funcs[i].GPL {
			row.Kind = kmod.ExportGPL
		}
		rows = append(rows, row)
	}
	for i := range vars {
		rows = append(rows, symvers.Row{Symbol: vars[i].Name})
	}
	var names []string
	for i := range rows {
		names = append(names, pointerTo+rows[i].Symbol)
	}
	crcs, err := modpost.CRCs(object, names)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		rows[i].Module, rows[i].CRC = symvers.Kernel, crcs[pointerTo+rows[i].Symbol]
	}
	symvers.Sort(rows)
	return rows, nil
}

// pointerTo begins the name of a variable that points to an export: debugging
// information says nothing of what is only declared.
const pointerTo = "__symvers_ptr_"

// tableSource is a C file that refers to every export.
func tableSource(funcs []kapi.Func, vars []kapi.Var) (string, error) {
	var b strings.Builder
	err := fs.WalkDir(include.FS, "linux", func(name string, d fs.DirEntry, err error) error {
		if err == nil && path.Ext(name) == ".h" {
			fmt.Fprintf(&b, "#include <%s>\n", name)
		}
		return err
	})
	if err != nil {
		return "", err
	}
	refer := func(name string) { fmt.Fprintf(&b, "__typeof__(%s) *%s%s = &%s;\n", name, pointerTo, name, name) }
	fmt.Fprintf(&b, "%s;\n", layoutProto)
	refer(kmod.ModuleLayoutSymbol)
	for i := range funcs {
		fmt.Fprintf(&b, "%s;\n", funcs[i].Proto)
		refer(funcs[i].Name)
	}
	for i := range vars {
		refer(vars[i].Name)
	}
	return b.String(), nil
}

// WriteKernelTable makes the table of a target current below dir, the directory
// of package symvers, and gives what it wrote.
func WriteKernelTable(tc *Toolchain, dir string) (*symvers.Table, error) {
	rows, err := KernelTable(tc, kapi.Funcs, kapi.Vars)
	if err != nil {
		return nil, err
	}
	file := filepath.Join(dir, filepath.FromSlash(symvers.Path(tc.Machine)))
	return symvers.NewTable(rows), os.WriteFile(file, []byte(symvers.Format(rows)), 0o644)
}
