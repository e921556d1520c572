package rv64

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"strings"
	"sync"
	"testing"
)

// The compiler inlines into a function as big as the loop only what is tiny.
// The floating-point forms are a little more than that, so the generator
// copies their bodies.

// leafFiles have the functions that may be copied. Such a function is a list
// of plain statements and a return; what it calls must be tiny itself.
var leafFiles = []string{"fp_host.go", "rv_f.go", "rv_d.go"}

// leaf is the body of a function in source form.
type leaf struct {
	params  []string
	body    []string // statements before the return
	results []string // operands of the return
}

var leaves = sync.OnceValues(func() (map[string]leaf, error) {
	m := map[string]leaf{}
	fset := token.NewFileSet()
	for _, name := range leafFiles {
		file, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		for _, decl := range file.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv == nil {
				if l, ok := leafOf(fset, fn); ok {
					m[fn.Name.Name] = l
				}
			}
		}
	}
	return m, nil
})

func leafOf(fset *token.FileSet, fn *ast.FuncDecl) (l leaf, ok bool) {
	text := func(n ast.Node) string {
		var b bytes.Buffer
		printer.Fprint(&b, fset, n)
		return b.String()
	}
	for _, f := range fn.Type.Params.List {
		for _, name := range f.Names {
			l.params = append(l.params, name.Name)
		}
	}
	last := len(fn.Body.List) - 1
	for i, stmt := range fn.Body.List {
		ret, isReturn := stmt.(*ast.ReturnStmt)
		if isReturn != (i == last) {
			return l, false
		}
		if !isReturn {
			l.body = append(l.body, text(stmt))
			continue
		}
		for _, r := range ret.Results {
			l.results = append(l.results, text(r))
		}
	}
	return l, true
}

// expand is a block that assigns the first result of the function called name
// to dst, if its second, where it has one, is true; else it goes to exec.
func expand(name, dst string, args []string) string {
	all, err := leaves()
	if err != nil {
		panic(err)
	}
	l, ok := all[name]
	if !ok {
		panic("rv64: bug: no leaf function " + name)
	}
	var b strings.Builder
	b.WriteString("{\n")
	for i, p := range l.params {
		if p != "_" {
			fmt.Fprintf(&b, "%s := %s\n", p, args[i])
		}
	}
	for _, s := range l.body {
		b.WriteString(s + "\n")
	}
	if len(l.results) == 2 && l.results[1] != "true" {
		fmt.Fprintf(&b, "if !(%s) {\nkind = slowFloat\ngoto slow\n}\n", l.results[1])
	}
	fmt.Fprintf(&b, "%s = %s\n}\n", dst, l.results[0])
	return b.String()
}

// floatCode is inlineCode for the kinds of fp.go.
func floatCode(r *Row) string {
	var name string
	switch do := r.do.(type) {
	case fmix, ftox, xtof:
		name = funcName(do)
	case hosted:
		name = funcName(do.hostForm())
	case fop3[single], fop3[double]:
		return "kind = slowFused\ngoto slow\n"
	default:
		return ""
	}
	dst, args := rdPlace, []string{rs1Value, "0"}
	if r.writesF() {
		dst = "h.f[in.rd&31]"
	}
	if strings.Contains(r.asm, "frs1") {
		args[0] = "h.f[in.rs1&31]"
	}
	if r.hasRS2 {
		args[1] = "h.f[in.rs2&31]"
	}
	return expand(name, dst, args)
}

// TestEveryLeafIsCopied fails where a form has grown beyond what expand can copy.
func TestEveryLeafIsCopied(t *testing.T) {
	all, err := leaves()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		do, ok := r.do.(hosted)
		if !ok {
			continue
		}
		if _, ok := all[funcName(do.hostForm())]; !ok {
			t.Errorf("%s: %s is not a list of statements and a return", r.name, funcName(do.hostForm()))
		}
	}
}
