package docs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const root = "../.."

var (
	linkRE  = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	codeRE  = regexp.MustCompile("`([^`\n]+)`")
	fenceRE = regexp.MustCompile("(?ms)^```.*?^```")
	// pkg.Symbol or pkg.Type.Method, optionally with ().
	symbolRE = regexp.MustCompile(`^([a-z][a-z0-9]*)\.([A-Z]\w*)(?:\.([A-Z]\w*))?(?:\(\))?$`)
	pathRE   = regexp.MustCompile(`^[A-Za-z0-9_.\-]+(/[A-Za-z0-9_.\-]+)+/?$`)
)

// symbols holds, for each package name, what it declares; a method or field is
// "Type.Name".
type symbols map[string]map[string]bool

func declared(dir string) (symbols, error) {
	found := symbols{}
	fset := token.NewFileSet()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && d.Name() == ".git" {
			return filepath.SkipDir
		}
		if filepath.Ext(path) != ".go" {
			return nil
		}
		file, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		names := found[file.Name.Name]
		if names == nil {
			names = map[string]bool{}
			found[file.Name.Name] = names
		}
		for _, decl := range file.Decls {
			collect(names, decl)
		}
		return nil
	})
	return found, err
}

func collect(names map[string]bool, decl ast.Decl) {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		name := d.Name.Name
		if d.Recv != nil && len(d.Recv.List) > 0 {
			name = typeName(d.Recv.List[0].Type) + "." + name
		}
		names[name] = true
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				names[s.Name.Name] = true
				if st, ok := s.Type.(*ast.StructType); ok {
					for _, field := range st.Fields.List {
						for _, n := range field.Names {
							names[s.Name.Name+"."+n.Name] = true
						}
					}
				}
				if it, ok := s.Type.(*ast.InterfaceType); ok {
					for _, m := range it.Methods.List {
						for _, n := range m.Names {
							names[s.Name.Name+"."+n.Name] = true
						}
					}
				}
			case *ast.ValueSpec:
				for _, n := range s.Names {
					names[n.Name] = true
				}
			}
		}
	}
}

func typeName(e ast.Expr) string {
	switch x := e.(type) {
	case *ast.StarExpr:
		return typeName(x.X)
	case *ast.IndexExpr:
		return typeName(x.X)
	case *ast.Ident:
		return x.Name
	}
	return ""
}

// problems checks one document. exists tells whether a path, relative to the
// document or to the root, is there.
func problems(text string, known symbols, exists func(path string) bool) []string {
	var found []string
	prose := fenceRE.ReplaceAllString(text, "")
	for _, m := range linkRE.FindAllStringSubmatch(prose, -1) {
		target, _, _ := strings.Cut(m[1], "#")
		if target != "" && !strings.Contains(target, "://") && !exists(target) {
			found = append(found, "link to "+target)
		}
	}
	for _, m := range codeRE.FindAllStringSubmatch(prose, -1) {
		code := m[1]
		if s := symbolRE.FindStringSubmatch(code); s != nil && known[s[1]] != nil {
			name := s[2]
			if s[3] != "" {
				name += "." + s[3]
			}
			if !known[s[1]][name] {
				found = append(found, "symbol "+code)
			}
			continue
		}
		if strings.Contains(code, "NAME") || strings.Contains(code, "ARCH/") {
			continue // a pattern
		}
		if first, _, _ := strings.Cut(code, "/"); pathRE.MatchString(code) && exists(first) && !exists(code) {
			found = append(found, "path "+code)
		}
	}
	return found
}

func documents(t *testing.T) []string {
	t.Helper()
	var files []string
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/*/*.md"} {
		matches, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, matches...)
	}
	return files
}

func TestDocuments(t *testing.T) {
	known, err := declared(root)
	if err != nil {
		t.Fatal(err)
	}
	files := documents(t)
	if len(files) == 0 {
		t.Fatal("no documents found")
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		exists := func(path string) bool {
			// What is built is named in documents and is not in the tree.
			if strings.HasPrefix(path, "bin/") || strings.HasSuffix(path, ".elf") || strings.HasSuffix(path, ".cpio") {
				return true
			}
			for _, base := range []string{filepath.Dir(file), root} {
				if _, err := os.Stat(filepath.Join(base, filepath.FromSlash(path))); err == nil {
					return true
				}
			}
			return false
		}
		for _, p := range problems(string(text), known, exists) {
			t.Errorf("%s: %s does not exist", filepath.Base(file), p)
		}
	}
}

// TestProblemsAreFound shows that the checker finds what it is there to find.
func TestProblemsAreFound(t *testing.T) {
	known := symbols{"docs": {"Symbol": true, "Type": true, "Type.Method": true}}
	exists := func(path string) bool { return path == "a.md" || path == "tests" || path == "tests/docs" }
	text := "[ok](a.md#x) [web](https://example.org) [gone](b.md) `docs.Symbol` `docs.Gone` `docs.Type.Method()` " +
		"`docs.Type.Gone` `other.Thing` `tests/docs` `tests/gone.go` `usr/bin`\n```\n[in](code.md)\n```\n"
	want := []string{"link to b.md", "symbol docs.Gone", "symbol docs.Type.Gone", "path tests/gone.go"}
	if diff := cmp.Diff(want, problems(text, known, exists)); diff != "" {
		t.Error(diff)
	}
}
