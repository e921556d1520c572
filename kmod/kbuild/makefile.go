package kbuild

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// makefile is as much of a kbuild Makefile as module authors use
// (Linux Documentation/kbuild/makefiles.rst): variables with =, :=, += and ?=,
// ifeq, ifneq, ifdef, ifndef, else and endif, $(VAR) and ${VAR}. Rules are for
// make and are skipped. KERNELRELEASE is set, so that the part of the usual
// two-part Makefile that is kbuild's is the one read.
type makefile struct {
	vars map[string]string
}

// release stands for the kernel's in KERNELRELEASE; authors only ask whether it
// is empty.
const release = "6.6.0-rv86"

// conditional is one open if: whether its present branch is read, and whether
// another one was.
type conditional struct{ active, taken bool }

func parseMakefile(text, dir, arch string) (*makefile, error) {
	m := &makefile{vars: map[string]string{
		"KERNELRELEASE": release, "src": dir, "obj": dir, "M": dir, "PWD": dir, "CURDIR": dir, "ARCH": arch, "SRCARCH": arch,
	}}
	var ifs []conditional
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\\\n", " ")
	n := 0
	for line := range strings.Lines(text) {
		n++
		recipe := strings.HasPrefix(line, "\t")
		line, _, _ = strings.Cut(line, "#")
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		known, err := m.conditional(line, &ifs)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		if known || recipe || slices.ContainsFunc(ifs, func(c conditional) bool { return !c.active }) {
			continue
		}
		m.assign(line)
	}
	if len(ifs) > 0 {
		return nil, fmt.Errorf("%d ifs have no endif", len(ifs))
	}
	return m, nil
}

// conditional does the lines that choose what is read.
func (m *makefile) conditional(line string, ifs *[]conditional) (known bool, err error) {
	word, rest, _ := strings.Cut(line, " ")
	if i := strings.IndexByte(word, '('); i > 0 { // ifneq(a,b)
		word, rest = line[:i], line[i:]
	}
	top := len(*ifs) - 1
	switch word {
	case "ifeq", "ifneq", "ifdef", "ifndef":
		yes, err := m.test(word, strings.TrimSpace(rest))
		*ifs = append(*ifs, conditional{yes, yes})
		return true, err
	case "else":
		if top < 0 {
			return true, fmt.Errorf("else without if")
		}
		c := &(*ifs)[top]
		c.active = !c.taken
		if rest = strings.TrimSpace(rest); rest != "" && c.active {
			word, rest, _ := strings.Cut(rest, " ")
			if c.active, err = m.test(word, strings.TrimSpace(rest)); err != nil {
				return true, err
			}
		}
		c.taken = c.taken || c.active
		return true, nil
	case "endif":
		if top < 0 {
			return true, fmt.Errorf("endif without if")
		}
		*ifs = (*ifs)[:top]
		return true, nil
	}
	return false, nil
}

func (m *makefile) test(word, rest string) (bool, error) {
	if word == "ifdef" || word == "ifndef" {
		return (m.vars[m.expand(rest)] != "") == (word == "ifdef"), nil
	}
	var a, b string
	var ok bool
	switch {
	case strings.HasPrefix(rest, "(") && strings.HasSuffix(rest, ")"):
		a, b, ok = cutArgument(rest[1 : len(rest)-1])
	case len(rest) > 1 && (rest[0] == '"' || rest[0] == '\''):
		a, b, ok = strings.Cut(rest[1:], rest[:1])
		b = strings.Trim(strings.TrimSpace(b), `"'`)
	}
	if !ok {
		return false, fmt.Errorf("%s %s is not understood", word, rest)
	}
	return (m.expand(strings.TrimSpace(a)) == m.expand(strings.TrimSpace(b))) == (word == "ifeq"), nil
}

// cutArgument cuts at the first comma outside of $(...).
func cutArgument(s string) (a, b string, ok bool) {
	depth := 0
	for i, c := range s {
		switch {
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == ',' && depth == 0:
			return s[:i], s[i+1:], true
		}
	}
	return s, "", false
}

// assign does a line that sets a variable; other lines are rules.
func (m *makefile) assign(line string) {
	i := strings.IndexByte(line, '=')
	if i <= 0 {
		return
	}
	name, op := line[:i], "="
	for _, o := range []string{"::", ":", "+", "?"} {
		if strings.HasSuffix(name, o) {
			name, op = strings.TrimSuffix(name, o), o+"="
			break
		}
	}
	name = strings.TrimSpace(name)
	for _, prefix := range []string{"export ", "override "} {
		name = strings.TrimSpace(strings.TrimPrefix(name, prefix))
	}
	name = m.expand(name)
	if strings.ContainsAny(name, " \t:") {
		return // a rule with = in it
	}
	value := m.expand(strings.TrimSpace(line[i+1:]))
	switch op {
	case "+=":
		m.vars[name] = strings.TrimSpace(m.vars[name] + " " + value)
	case "?=":
		if _, ok := m.vars[name]; !ok {
			m.vars[name] = value
		}
	default:
		m.vars[name] = value
	}
}

// expand replaces variables; functions such as $(shell ...) give nothing.
func (m *makefile) expand(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '$' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		closing := map[byte]byte{'(': ')', '{': '}'}[s[i]]
		if closing == 0 {
			if s[i] == '$' {
				b.WriteByte('$')
			} else {
				b.WriteString(m.vars[s[i:i+1]])
			}
			continue
		}
		end, depth := i+1, 1
		for ; end < len(s); end++ {
			if s[end] == s[i] {
				depth++
			} else if s[end] == closing {
				if depth--; depth == 0 {
					break
				}
			}
		}
		b.WriteString(m.vars[s[i+1:min(end, len(s))]])
		i = end
	}
	return b.String()
}

// words gives the values of a variable and of its forms with -y and -m.
func (m *makefile) words(names ...string) []string {
	var ws []string
	for _, n := range names {
		ws = append(ws, strings.Fields(m.vars[n])...)
	}
	return ws
}

// Sources finds the modules of a directory: those its Kbuild or Makefile names
// with obj-m, or, where there is neither, every C file as a module of its own.
func Sources(dir, arch string) ([]Module, error) {
	// The compiler runs elsewhere than this program, and flags may name $(src).
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"Kbuild", "Makefile"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			continue
		}
		mk, err := parseMakefile(string(text), dir, arch)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", filepath.Join(dir, name), err)
		}
		mods, err := mk.modules(dir, arch)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", filepath.Join(dir, name), err)
		}
		if len(mods) == 0 {
			return nil, fmt.Errorf("%s: no module is named; say obj-m += NAME.o", filepath.Join(dir, name))
		}
		return mods, nil
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.c"))
	if err != nil {
		return nil, err
	}
	files = slices.DeleteFunc(files, func(f string) bool { return strings.HasSuffix(f, ".mod.c") })
	if len(files) == 0 {
		return nil, fmt.Errorf("%s has neither a Makefile nor C files", dir)
	}
	return Files(files), nil
}

// Files makes a module of each C file.
func Files(files []string) []Module {
	var mods []Module
	for _, f := range files {
		mods = append(mods, Module{Name: strings.TrimSuffix(filepath.Base(f), ".c"), Sources: []string{f}})
	}
	return mods
}

// modules reads the variables of kbuild.
func (m *makefile) modules(dir, arch string) ([]Module, error) {
	var mods []Module
	flags := m.words("ccflags-y", "ccflags-m", "EXTRA_CFLAGS", "KBUILD_CFLAGS_MODULE")
	for _, obj := range m.words("obj-m", "obj-y") {
		if sub, ok := strings.CutSuffix(obj, "/"); ok {
			below, err := Sources(filepath.Join(dir, sub), arch)
			if err != nil {
				return nil, err
			}
			mods = append(mods, below...)
			continue
		}
		name, ok := strings.CutSuffix(obj, ".o")
		if !ok {
			return nil, fmt.Errorf("obj-m has %q, which is no object file NAME.o", obj)
		}
		if slices.ContainsFunc(mods, func(m Module) bool { return m.Name == name }) {
			continue
		}
		objects := m.words(name+"-objs", name+"-y", name+"-m")
		if len(objects) == 0 {
			objects = []string{obj}
		}
		mod := Module{Name: filepath.Base(name), Symvers: m.words("KBUILD_EXTRA_SYMBOLS")}
		for _, o := range objects {
			source, err := sourceOf(dir, o)
			if err != nil {
				return nil, fmt.Errorf("module %s: %w", name, err)
			}
			mod.Sources = append(mod.Sources, source)
			mod.Flags = append(mod.Flags, whole(slices.Concat(flags, m.words("CFLAGS_"+o))))
		}
		mods = append(mods, mod)
	}
	return mods, nil
}

// whole drops a -I without a directory, which would take the next flag for one: its
// variable is set only where the makefile calls make again.
func whole(flags []string) []string {
	var kept []string
	for i, f := range flags {
		if f == "-I" && (i+1 == len(flags) || strings.HasPrefix(flags[i+1], "-")) {
			continue
		}
		kept = append(kept, f)
	}
	return kept
}

// sourceOf finds the C or assembler file of an object.
func sourceOf(dir, object string) (string, error) {
	stem, ok := strings.CutSuffix(object, ".o")
	if !ok {
		return "", fmt.Errorf("%q is no object file NAME.o", object)
	}
	for _, suffix := range []string{".c", ".S"} {
		f := filepath.Join(dir, stem+suffix)
		if _, err := os.Stat(f); err == nil {
			return f, nil
		}
	}
	return "", fmt.Errorf("there is neither %s.c nor %s.S in %s", stem, stem, dir)
}
