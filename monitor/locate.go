package monitor

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"rv86/monitor/debuginfo"
	"rv86/monitor/expr"
)

// place is an address that a person named.
type place struct {
	addr  uint64
	image *debuginfo.Image // nil: none is known there
}

// errPending: nothing that is loaded has the name, but a module may bring it.
var errPending = errors.New("nothing that is loaded has it")

// locate reads a place: *EXPR, a number, FILE:LINE, LINE, NAME, MODULE!NAME.
func (m *Monitor) locate(spec string) ([]place, error) {
	spec = strings.TrimSpace(spec)
	switch {
	case spec == "":
		return []place{m.placeAt(m.pc())}, nil
	case spec[0] == '*':
		return m.locateExpr(spec[1:])
	case spec[0] >= '0' && spec[0] <= '9':
		if n, err := strconv.Atoi(spec); err == nil {
			return m.locateLine("", n)
		}
		return m.locateExpr(spec)
	case spec[0] == '$':
		return m.locateExpr(spec)
	}
	if i := strings.LastIndexByte(spec, ':'); i > 0 {
		if n, err := strconv.Atoi(spec[i+1:]); err == nil {
			return m.locateLine(spec[:i], n)
		}
	}
	return m.locateName(spec)
}

func (m *Monitor) placeAt(a uint64) place { return place{a, m.imageAt(a)} }

func (m *Monitor) locateExpr(s string) ([]place, error) {
	v, err := expr.Evaluate(m.env(), s)
	if err != nil {
		return nil, err
	}
	n, err := expr.Int(m.env(), v)
	if err != nil {
		return nil, err
	}
	return []place{m.placeAt(m.trunc(n))}, nil
}

// locateLine finds the code of a source line; without a file, of the file that
// is being looked at.
func (m *Monitor) locateLine(file string, line int) ([]place, error) {
	if file == "" {
		if file, _ = m.currentSource(); file == "" {
			return nil, errors.New("no source file is current: write FILE:LINE")
		}
	}
	known, freed := false, false
	var out []place
	for _, im := range m.images() {
		mod, rest, named := strings.Cut(file, "!")
		f := file
		if named {
			if im.Name != mod {
				continue
			}
			f = rest
		}
		known = known || slices.ContainsFunc(im.Files(), func(full string) bool { return debuginfo.SameFile(f, full) })
		addrs, _ := im.Addresses(f, line)
		for _, a := range addrs {
			if im.Contains(a) {
				out = append(out, place{a, im})
			}
		}
		freed = freed || len(addrs) > 0
	}
	switch {
	case out != nil:
		return out, nil
	case freed: // with init memory
		return nil, errPending
	case known:
		return nil, fmt.Errorf("%s has no code at line %d or after it", file, line)
	}
	return nil, errPending
}

// locateName finds a function or label.
func (m *Monitor) locateName(spec string) ([]place, error) {
	mod, name, named := strings.Cut(spec, "!")
	if !named {
		mod, name = "", spec
	}
	name = strings.Trim(name, "'")
	var out []place
	for _, im := range m.images() {
		if named && im.Name != strings.ReplaceAll(mod, "-", "_") {
			continue
		}
		out = append(out, inImage(im, name)...)
		if out != nil && !named {
			break // the first image that has it, modules first
		}
	}
	if out == nil && !named {
		if a, ok := m.stubNamed(name); ok {
			return []place{{addr: a}}, nil
		}
	}
	if out == nil {
		return nil, errPending
	}
	return out, nil
}

// inImage finds the code of a name that is in memory: what debug information
// says of a module's freed init code leads nowhere.
func inImage(im *debuginfo.Image, name string) []place {
	return slices.DeleteFunc(namedIn(im, name), func(p place) bool { return !im.Contains(p.addr) })
}

func namedIn(im *debuginfo.Image, name string) (out []place) {
	if s, ok := im.Symbol(name); ok && s.Func {
		return []place{{im.Body(s.Addr), im}}
	}
	for _, a := range im.Named(name) {
		out = append(out, place{im.Body(a), im})
	}
	for _, a := range im.Inlined(name) {
		out = append(out, place{a, im})
	}
	if out != nil {
		return out
	}
	for _, s := range im.EndingIn(name) {
		if s.Func {
			out = append(out, place{im.Body(s.Addr), im})
		}
	}
	return out
}

// describe says where an address is: "file hello.c, line 11", or a symbol.
func (m *Monitor) describe(a uint64) string {
	if im := m.imageAt(a); im != nil {
		if file, line, _, _, ok := im.Line(a); ok {
			return fmt.Sprintf("file %s, line %d", m.shortFile(im, file), line)
		}
	}
	return m.symbolText(a)
}

// shortFile is a source file's name for people: without the directory in which
// a module was compiled, and below the tree's root in the kernel.
func (m *Monitor) shortFile(im *debuginfo.Image, file string) string {
	if im.Module {
		return path.Base(file)
	}
	return strings.TrimPrefix(file, "rv86/")
}

// symbolText names an address: f+0x10 [hello], or "".
func (m *Monitor) symbolText(a uint64) string {
	a = m.linked(a)
	if name, ok := m.stub(a); ok {
		return name
	}
	for _, im := range m.images() {
		s, ok := im.At(a)
		if !ok {
			continue
		}
		text := shortName(s.Name)
		if off := a - s.Addr; off != 0 {
			text += fmt.Sprintf("+%#x", off)
		}
		if im.Module {
			text += " [" + im.Name + "]"
		}
		return text
	}
	if x := m.moduleAt(a); x != nil {
		return fmt.Sprintf("%s+%#x", x.name, a-x.core)
	}
	return ""
}

// shortName drops the path of a Go package: module.(*Kernel).Load.
func shortName(name string) string {
	end := len(name)
	if i := strings.IndexAny(name, "([{"); i >= 0 {
		end = i
	}
	return name[strings.LastIndexByte(name[:end], '/')+1:]
}

// linked is where the kernel's code at an address is linked. Before paging is on it
// runs where it was loaded.
func (m *Monitor) linked(a uint64) uint64 {
	if m.kernel == nil || m.Target.AddressSpace() != 0 {
		return a
	}
	if va, ok := m.kernel.Linked(a); ok {
		return va
	}
	return a
}

// addr prints an address in the machine's width.
func (m *Monitor) addr(a uint64) string {
	return m.out.paint(colorAddr, fmt.Sprintf("0x%0*x", 2*m.arch.word, m.trunc(a)))
}

func (m *Monitor) pc() uint64 { return m.Target.PC() }
