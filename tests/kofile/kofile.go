package kofile

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"fmt"
	"strings"
)

var le = binary.LittleEndian

// File is a relocatable file. Symbols and Relocs are written over the contents
// of their sections by Bytes.
type File struct {
	Wide     bool // 64 bits
	Header   Header
	Sections []*Section // the first one is the null section
	Symbols  []Symbol   // the first one is the null symbol

	// Shoff, Shnum, Shentsize and Shstrndx of the header that Bytes writes;
	// nil stands for the right value.
	Shoff                      *uint64
	Shnum, Shentsize, Shstrndx *uint16
}

// Header is what the ELF header says of the file as a whole.
type Header struct {
	Ident                    [16]byte
	Type, Machine            uint16
	Version                  uint32
	Entry, Phoff             uint64
	Flags                    uint32
	Ehsize, Phentsize, Phnum uint16
}

// Section is a header with its contents.
type Section struct {
	Name       string
	Type       uint32
	Flags      uint64
	Addr       uint64
	Link, Info uint32
	Align      uint64
	EntSize    uint64
	Data       []byte // also of NOBITS sections: as many bytes as they stand for

	// NameOff, Offset and Size that Bytes writes; nil stands for the right value.
	NameOff      *uint32
	Offset, Size *uint64

	Relocs []Reloc // of REL and RELA sections
}

// Symbol is a symbol table entry.
type Symbol struct {
	Name        string
	Value, Size uint64
	Info, Other uint8
	Shndx       uint16
	NameOff     *uint32 // nil: the right one
}

// Reloc is a relocation; in a REL section the addend is not written.
type Reloc struct {
	Off    uint64
	Sym    uint32
	Type   uint32
	Addend int64
}

// To gives a pointer to a value, for the fields that override the right one.
func To[T any](v T) *T { return &v }

// Read takes a sound file apart.
func Read(b []byte) (*File, error) {
	e, err := elf.NewFile(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	f := &File{Wide: e.Class == elf.ELFCLASS64}
	h := &reader{b: b, wide: f.Wide}
	copy(f.Header.Ident[:], h.take(len(f.Header.Ident)))
	f.Header.Type, f.Header.Machine, f.Header.Version = h.u16(), h.u16(), h.u32()
	f.Header.Entry, f.Header.Phoff, _ = h.word(), h.word(), h.word()
	f.Header.Flags = h.u32()
	f.Header.Ehsize, f.Header.Phentsize, f.Header.Phnum = h.u16(), h.u16(), h.u16()
	for _, s := range e.Sections {
		out := &Section{
			Name: s.Name, Type: uint32(s.Type), Flags: uint64(s.Flags), Addr: s.Addr,
			Link: s.Link, Info: s.Info, Align: s.Addralign, EntSize: s.Entsize,
		}
		switch s.Type {
		case elf.SHT_NULL:
		case elf.SHT_NOBITS:
			out.Data = make([]byte, s.Size)
		default:
			out.Data = bytes.Clone(b[s.Offset : s.Offset+s.FileSize])
		}
		f.Sections = append(f.Sections, out)
	}
	for _, s := range f.Sections {
		switch elf.SectionType(s.Type) {
		case elf.SHT_SYMTAB:
			f.readSymbols(s, f.Sections[s.Link].Data)
		case elf.SHT_REL, elf.SHT_RELA:
			f.readRelocs(s)
		}
	}
	return f, nil
}

func (f *File) readSymbols(s *Section, names []byte) {
	for r := (&reader{b: s.Data, wide: f.Wide}); len(r.b) > 0; {
		var y Symbol
		name := r.u32()
		if f.Wide {
			y.Info, y.Other, y.Shndx = r.u8(), r.u8(), r.u16()
			y.Value, y.Size = r.word(), r.word()
		} else {
			y.Value, y.Size = r.word(), r.word()
			y.Info, y.Other, y.Shndx = r.u8(), r.u8(), r.u16()
		}
		y.Name = string(names[name : int(name)+bytes.IndexByte(names[name:], 0)])
		f.Symbols = append(f.Symbols, y)
	}
}

func (f *File) readRelocs(s *Section) {
	for r := (&reader{b: s.Data, wide: f.Wide}); len(r.b) > 0; {
		rel := Reloc{Off: r.word()}
		info := r.word()
		if f.Wide {
			rel.Sym, rel.Type = uint32(info>>32), uint32(info)
		} else {
			rel.Sym, rel.Type = uint32(info>>8), uint32(info&0xff)
		}
		if elf.SectionType(s.Type) == elf.SHT_RELA {
			rel.Addend = int64(r.word())
		}
		s.Relocs = append(s.Relocs, rel)
	}
}

// reader takes little-endian fields off a slice.
type reader struct {
	b    []byte
	wide bool
}

func (r *reader) take(n int) []byte {
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}
func (r *reader) u8() uint8   { return r.take(1)[0] }
func (r *reader) u16() uint16 { return le.Uint16(r.take(2)) }
func (r *reader) u32() uint32 { return le.Uint32(r.take(4)) }
func (r *reader) word() uint64 {
	if r.wide {
		return le.Uint64(r.take(8))
	}
	return uint64(r.u32())
}

// Find gives the section of a name; it must exist.
func (f *File) Find(name string) *Section { return f.Sections[f.Index(name)] }

// Index gives the number of the section of a name; it must exist.
func (f *File) Index(name string) int {
	for i, s := range f.Sections {
		if s.Name == name {
			return i
		}
	}
	panic("kofile: no section " + name)
}

// Has says whether there is a section of a name.
func (f *File) Has(name string) bool {
	for _, s := range f.Sections {
		if s.Name == name {
			return true
		}
	}
	return false
}

// Symbol gives the symbol of a name; it must exist.
func (f *File) Symbol(name string) *Symbol { return &f.Symbols[f.SymbolIndex(name)] }

// SymbolIndex gives the number of the symbol of a name; it must exist.
func (f *File) SymbolIndex(name string) int {
	for i := range f.Symbols {
		if f.Symbols[i].Name == name {
			return i
		}
	}
	panic("kofile: no symbol " + name)
}

// Add appends a section and gives its number.
func (f *File) Add(s *Section) int {
	f.Sections = append(f.Sections, s)
	return len(f.Sections) - 1
}

// AddSymbol appends a global symbol and gives its number.
func (f *File) AddSymbol(s Symbol) int {
	f.Symbols = append(f.Symbols, s)
	return len(f.Symbols) - 1
}

// Info gives the value of a .modinfo key, "" if there is none.
func (f *File) Info(key string) string {
	for _, field := range f.fields() {
		if v, ok := strings.CutPrefix(field, key+"="); ok {
			return v
		}
	}
	return ""
}

// SetInfo gives a .modinfo key one value; a key that is not there is added.
func (f *File) SetInfo(key, value string) {
	fields, done := f.fields(), false
	for i, field := range fields {
		if strings.HasPrefix(field, key+"=") {
			fields[i], done = key+"="+value, true
		}
	}
	if !done {
		fields = append(fields, key+"="+value)
	}
	f.setFields(fields)
}

// DropInfo removes a .modinfo key.
func (f *File) DropInfo(key string) {
	var kept []string
	for _, field := range f.fields() {
		if !strings.HasPrefix(field, key+"=") {
			kept = append(kept, field)
		}
	}
	f.setFields(kept)
}

const modinfo = ".modinfo"

func (f *File) fields() []string {
	return strings.FieldsFunc(string(f.Find(modinfo).Data), func(r rune) bool { return r == 0 })
}

// setFields never makes the section shorter, since symbols name its strings.
func (f *File) setFields(fields []string) {
	s := f.Find(modinfo)
	b := []byte(strings.Join(fields, "\x00") + "\x00")
	s.Data = append(b, make([]byte, max(0, len(s.Data)-len(b)))...)
}

// RelocsOf gives the relocation section of the section of a name; it must exist.
func (f *File) RelocsOf(name string) *Section {
	target := f.Index(name)
	for _, s := range f.Sections {
		if (elf.SectionType(s.Type) == elf.SHT_REL || elf.SectionType(s.Type) == elf.SHT_RELA) && int(s.Info) == target {
			return s
		}
	}
	panic(fmt.Sprintf("kofile: nothing relocates %s", name))
}
