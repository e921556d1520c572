package coverage

import (
	"bytes"
	"debug/elf"
	"fmt"
	"slices"
	"strings"

	"rv86/monitor/debuginfo"
)

// Coverage is what was executed of one module. It may be loaded many times, at
// other addresses each time. Not safe for concurrent use.
type Coverage struct {
	Name     string
	image    *debuginfo.Image // its sections one after another, at addresses of our own
	sections []*section
}

// section is one of the module's sections with code.
type section struct {
	name   string
	base   uint64   // in the image
	code   []byte   // as in the file: what is relocated does not change sizes
	counts []uint64 // executions of the instruction at each byte
}

// The image's sections begin at multiples of sectionAlign, from sectionsAt on:
// an address of 0 would be that of a section that is not loaded.
const (
	sectionsAt   = 1 << 16
	sectionAlign = 1 << 8
)

// New reads a module's file.
func New(name string, file []byte) (*Coverage, error) {
	f, err := elf.NewFile(bytes.NewReader(file))
	if err != nil {
		return nil, err
	}
	c := &Coverage{Name: name}
	places, next := map[string]uint64{}, uint64(sectionsAt)
	for _, s := range f.Sections {
		if s.Flags&elf.SHF_ALLOC == 0 || s.Size == 0 || places[s.Name] != 0 {
			continue
		}
		places[s.Name] = next
		if s.Flags&elf.SHF_EXECINSTR != 0 && s.Type == elf.SHT_PROGBITS {
			code, err := s.Data()
			if err != nil {
				return nil, fmt.Errorf("section %s: %w", s.Name, err)
			}
			c.sections = append(c.sections, &section{s.Name, next, code, make([]uint64, len(code))})
		}
		next += (s.Size + sectionAlign - 1) &^ (sectionAlign - 1)
	}
	c.image, err = debuginfo.Load(name, file, func(section string) (uint64, bool) {
		at, ok := places[section]
		return at, ok
	})
	return c, err
}

// Range is a stretch of the guest's code whose executions are counted.
type Range struct {
	Low, High uint64
	counts    []uint64
}

// Place gives the range of a section that is loaded at an address; ok is false
// for one without code.
func (c *Coverage) Place(name string, addr uint64) (r Range, ok bool) {
	for _, s := range c.sections {
		if s.name == name {
			return Range{addr, addr + uint64(len(s.counts)), s.counts}, true
		}
	}
	return Range{}, false
}

// Executed counts the instruction at pc, which must lie in the range.
func (r *Range) Executed(pc uint64) { r.counts[pc-r.Low]++ }

// Line is a line of source with code.
type Line struct {
	Line  int
	Count uint64
}

// File is a source file with code in the module, its lines in order.
type File struct {
	Name  string
	Lines []Line
}

// Function is a function of the module.
type Function struct {
	Name  string
	File  string // "" without debug information
	Line  int
	Count uint64 // calls
}

// count is how often the instruction at an address of the image was executed.
func (c *Coverage) count(addr uint64) (n uint64, code bool) {
	for _, s := range c.sections {
		if addr-s.base < uint64(len(s.counts)) {
			return s.counts[addr-s.base], true
		}
	}
	return 0, false
}

// Files gives the lines of all source files, by name.
func (c *Coverage) Files() (out []File) {
	type place struct {
		file string
		line int
	}
	counts := map[place]uint64{}
	for _, r := range c.image.LineTable() {
		if n, code := c.count(r.Addr); code && r.Line > 0 {
			at := place{r.File, r.Line}
			counts[at] = max(counts[at], n)
		}
	}
	files := map[string][]Line{}
	for at, n := range counts {
		files[at.file] = append(files[at.file], Line{at.line, n})
	}
	for name, lines := range files {
		slices.SortFunc(lines, func(a, b Line) int { return a.Line - b.Line })
		out = append(out, File{name, lines})
	}
	slices.SortFunc(out, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// Functions lists the functions by their place in the file; one with two names,
// such as init_module and what it stands for, has the one that the source has.
func (c *Coverage) Functions() (out []Function) {
	for _, s := range c.functions() {
		n, _ := c.count(s.Addr)
		f := Function{Name: s.Name, Count: n}
		f.File, f.Line, _, _, _ = c.image.Line(s.Addr)
		if fn := c.image.FuncAt(s.Addr); fn != nil && fn.Declared() > 0 {
			f.Line = fn.Declared() // above its brace
		}
		out = append(out, f)
	}
	return out
}

func (c *Coverage) functions() (out []debuginfo.Symbol) {
	for _, s := range c.image.Symbols() {
		if _, code := c.count(s.Addr); !code || !s.Func || s.Size == 0 {
			continue
		}
		if n := len(out); n > 0 && out[n-1].Addr == s.Addr {
			if moduleEntry(out[n-1].Name) {
				out[n-1] = s
			}
			continue
		}
		out = append(out, s)
	}
	return out
}

// moduleEntry says that a name is the one by which the loader finds a function.
func moduleEntry(name string) bool { return name == "init_module" || name == "cleanup_module" }

// Instructions counts the instructions of the functions, and those that were
// executed. size gives the length of the first instruction of some code.
func (c *Coverage) Instructions(size func(code []byte) int) (executed, all int) {
	for _, f := range c.functions() {
		for _, s := range c.sections {
			if f.Addr-s.base >= uint64(len(s.code)) {
				continue
			}
			end := min(f.Addr-s.base+f.Size, uint64(len(s.code)))
			for at := f.Addr - s.base; at < end; at += uint64(max(size(s.code[at:]), 1)) {
				all++
				if s.counts[at] > 0 {
					executed++
				}
			}
		}
	}
	return executed, all
}
