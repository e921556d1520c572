package debuginfo

import (
	"bytes"
	"cmp"
	"debug/dwarf"
	"debug/elf"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Symbol is a name for an address, from an ELF symbol table.
type Symbol struct {
	Name string
	Addr uint64
	Size uint64 // 0 if the file does not say
	Func bool   // code
}

// Section is a loaded section at its place in the guest.
type Section struct {
	Name       string
	Addr, Size uint64
	Exec       bool
}

// Image is what is known about one program at its place in memory. Not safe for
// concurrent use.
type Image struct {
	Name     string // "kernel", a module's name, a program's path
	Module   bool
	Word     int // bytes of an address
	Sections []Section

	symbols []Symbol // by address
	names   map[string][]int
	data    *dwarf.Data       // nil: no debug information
	entries int               // there are no more: each takes a byte
	debug   map[string][]byte // the sections that debug/dwarf does not read
	units   []*unit
	index   func() *index
	frames  func() []fde
	gotab   *goTable // of a Go program without debug information
	loaded  []elf.ProgHeader
}

// Place says where a section of a relocatable file is; ok is false for one that
// is not loaded.
type Place func(section string) (addr uint64, ok bool)

// Load reads an ELF file. place is nil for a linked program.
func Load(name string, file []byte, place Place) (im *Image, err error) {
	defer recovered(&err) // debug/elf and debug/dwarf are not made for bad files
	f, err := elf.NewFile(bytes.NewReader(file))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	im = &Image{Name: name, Module: place != nil, Word: 8, debug: map[string][]byte{}}
	if f.Class == elf.ELFCLASS32 {
		im.Word = 4
	}
	addrs := im.place(f, place)
	for _, p := range f.Progs {
		if p.Type == elf.PT_LOAD && p.Paddr != p.Vaddr {
			im.loaded = append(im.loaded, p.ProgHeader)
		}
	}
	if place == nil && f.Section(".debug_info") == nil && f.Section(".zdebug_info") == nil {
		im.gotab = readGoTable(f, im.Word)
	}
	if err := im.readSymbols(f, addrs); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if err := im.readDWARF(f, addrs); err != nil {
		return nil, fmt.Errorf("%s: debug information: %w", name, err)
	}
	im.index = sync.OnceValue(im.buildIndex)
	im.frames = sync.OnceValue(im.readFrames)
	return im, nil
}

// recovered turns a panic of a parser into an error.
func recovered(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("the file is damaged: %v", p)
	}
}

// place gives each section its address.
func (im *Image) place(f *elf.File, place Place) []uint64 {
	addrs := make([]uint64, len(f.Sections))
	for i, s := range f.Sections {
		if s.Flags&elf.SHF_ALLOC == 0 || s.Size == 0 {
			continue
		}
		addr, ok := s.Addr, true
		if place != nil {
			addr, ok = place(s.Name)
		}
		if !ok {
			continue
		}
		addrs[i] = addr
		im.Sections = append(im.Sections, Section{s.Name, addr, s.Size, s.Flags&elf.SHF_EXECINSTR != 0})
	}
	return addrs
}

func (im *Image) readSymbols(f *elf.File, addrs []uint64) error {
	table, err := f.Symbols()
	if err != nil && !errors.Is(err, elf.ErrNoSymbols) {
		return err
	}
	relative := f.Type == elf.ET_REL
	for _, s := range table {
		i := int(s.Section)
		if s.Name == "" || i <= 0 || i >= len(f.Sections) || mark(s.Name) {
			continue
		}
		switch elf.ST_TYPE(s.Info) {
		case elf.STT_FUNC, elf.STT_OBJECT, elf.STT_NOTYPE:
		default:
			continue
		}
		addr := s.Value
		if relative {
			if addrs[i] == 0 {
				continue
			}
			addr += addrs[i]
		}
		im.symbols = append(im.symbols, Symbol{s.Name, addr, s.Size, f.Sections[i].Flags&elf.SHF_EXECINSTR != 0})
	}
	slices.SortStableFunc(im.symbols, func(a, b Symbol) int { return cmp.Compare(a.Addr, b.Addr) })
	if len(im.symbols) == 0 {
		im.goSymbols()
	}
	im.names = map[string][]int{}
	for i, s := range im.symbols {
		im.names[s.Name] = append(im.names[s.Name], i)
	}
	return nil
}

// goSymbols takes the functions from the table of a Go program that is stripped.
func (im *Image) goSymbols() {
	if im.gotab == nil {
		return
	}
	for i := range im.gotab.Funcs {
		fn := &im.gotab.Funcs[i]
		im.symbols = append(im.symbols, Symbol{fn.Name, fn.Entry, fn.End - fn.Entry, true})
	}
}

// mark says that a name is an assembler's own (RISC-V ELF psABI 8.4).
func mark(name string) bool { return name[0] == '$' || strings.HasPrefix(name, ".L") }

// HasDebug says that there is more than symbols.
func (im *Image) HasDebug() bool { return im.data != nil }

// Contains says that an address belongs to the image.
func (im *Image) Contains(addr uint64) bool {
	for _, s := range im.Sections {
		if addr-s.Addr < s.Size {
			return true
		}
	}
	return false
}

// Linked gives the address at which a byte is linked that is loaded at a physical
// address; ok is false if it is none of the image's, or linked where it is loaded.
func (im *Image) Linked(pa uint64) (va uint64, ok bool) {
	for _, p := range im.loaded {
		if pa-p.Paddr < p.Memsz {
			return pa - p.Paddr + p.Vaddr, true
		}
	}
	return 0, false
}

// Symbol gives the symbol with a name; the first of several.
func (im *Image) Symbol(name string) (Symbol, bool) {
	if is := im.names[name]; len(is) > 0 {
		return im.symbols[is[0]], true
	}
	return Symbol{}, false
}

// Symbols gives all symbols by address. The caller must not change them.
func (im *Image) Symbols() []Symbol { return im.symbols }

// EndingIn finds symbols by the end of a path: nucleus.Run for
// rv86/kernel/nucleus.Run.
func (im *Image) EndingIn(name string) (out []Symbol) {
	if !strings.Contains(name, ".") {
		return nil // Go's methods have common names
	}
	for _, s := range im.symbols {
		if strings.HasSuffix(s.Name, "/"+name) {
			out = append(out, s)
		}
	}
	return out
}

// At gives the symbol that an address lies in. A symbol without a size reaches
// to the next one.
func (im *Image) At(addr uint64) (Symbol, bool) {
	if !im.Contains(addr) {
		return Symbol{}, false
	}
	i, _ := slices.BinarySearchFunc(im.symbols, addr, func(s Symbol, addr uint64) int {
		if s.Addr <= addr {
			return -1
		}
		return 1
	})
	for i--; i >= 0; i-- {
		// The first of those at one address is the function's own name.
		for i > 0 && im.symbols[i-1].Addr == im.symbols[i].Addr {
			i--
		}
		if s := im.symbols[i]; s.Size == 0 || addr-s.Addr < s.Size {
			return s, true
		}
		if addr-im.symbols[i].Addr > maxGap {
			break
		}
	}
	return Symbol{}, false
}

// maxGap bounds the search for a symbol that covers an address.
const maxGap = 1 << 20
