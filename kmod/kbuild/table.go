package kbuild

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"rv86/kmod"
	"rv86/kmod/include"
	"rv86/kmod/kapi"
	"rv86/kmod/modpost"
	"rv86/kmod/symvers"
)

// Export is a symbol the kernel exports, as the table of versions is made from.
type Export struct {
	Name  string
	Kind  kmod.ExportKind
	Proto string // of a function; variables are declared by the headers
}

// FromRows turns rows of package kapi, or of others that give such rows, into
// exports.
func FromRows(funcs []kapi.Func, vars []kapi.Var) []Export {
	var es []Export
	for i := range funcs {
		e := Export{Name: funcs[i].Name, Proto: funcs[i].Proto}
		if funcs[i].GPL {
			e.Kind = kmod.ExportGPL
		}
		es = append(es, e)
	}
	for i := range vars {
		es = append(es, Export{Name: vars[i].Name})
	}
	return es
}

// ParseExports reads the kernel's own list, /proc/exports of a guest.
func ParseExports(text string) ([]Export, error) {
	var es []Export
	for line := range strings.Lines(text) {
		f := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
		const columns = 3
		kind := -1
		if len(f) == columns {
			kind = slices.IndexFunc(kmod.ExportKinds(), func(k kmod.ExportKind) bool { return k.String() == f[1] })
		}
		if kind < 0 {
			return nil, fmt.Errorf("%q is no line of /proc/exports", line)
		}
		es = append(es, Export{f[0], kmod.ExportKinds()[kind], f[2]})
	}
	return es, nil
}

// layoutProto is a function that nobody has: its type, and so the CRC of
// module_layout, covers the structures that modules and kernel share.
const layoutProto = "void " + kmod.ModuleLayoutSymbol + "(struct module *, struct modversion_info *, struct kernel_param *, struct kernel_symbol *)"

// KernelTable makes the table of what the kernel exports: the rows' types are
// what the compiler understands of their prototypes behind all headers. A
// prototype that contradicts the header is an error of the compiler.
func KernelTable(tc *Toolchain, exports []Export) ([]symvers.Row, error) {
	tmp, err := os.MkdirTemp("", "rv86-symvers")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(tmp)
	b := &build{tc: tc, tmp: tmp, include: filepath.Join(tmp, "include"), opts: Options{Log: os.Stderr}}
	if err := os.CopyFS(b.include, include.FS); err != nil {
		return nil, err
	}
	c, err := tableSource(exports)
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
	for _, e := range exports {
		rows = append(rows, symvers.Row{Symbol: e.Name, Kind: e.Kind})
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
func tableSource(exports []Export) (string, error) {
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
	refer := func(name string) {
		fmt.Fprintf(&b, "__typeof__((%[1]s)) *%[2]s%[1]s = &(%[1]s);\n", name, pointerTo)
	}
	fmt.Fprintf(&b, "%s;\n", layoutProto)
	refer(kmod.ModuleLayoutSymbol)
	for _, e := range exports {
		fmt.Fprintf(&b, "#undef %s\n", e.Name) // a macro may stand before it
		if e.Proto != "" {
			// In parentheses the name is no macro of the headers.
			fmt.Fprintf(&b, "%s;\n", strings.Replace(e.Proto, e.Name+"(", "("+e.Name+")(", 1))
		}
		refer(e.Name)
	}
	return b.String(), nil
}

// WriteKernelTable makes the table of a target current below dir, the directory
// of package symvers, and gives what it wrote.
func WriteKernelTable(tc *Toolchain, exports []Export, dir string) (*symvers.Table, error) {
	rows, err := KernelTable(tc, exports)
	if err != nil {
		return nil, err
	}
	file := filepath.Join(dir, filepath.FromSlash(symvers.Path(tc.Machine)))
	return symvers.NewTable(rows), os.WriteFile(file, []byte(symvers.Format(rows)), 0o644)
}
