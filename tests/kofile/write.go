package kofile

import (
	"bytes"
	"debug/elf"
)

// Bytes puts the file together: header, contents, section headers.
func (f *File) Bytes() []byte {
	f.encodeTables()
	names, nameOff := f.sectionNames()
	const ehSize32, ehSize64 = 52, 64
	out := &writer{wide: f.Wide}
	out.b = make([]byte, ehSize32)
	if f.Wide {
		out.b = make([]byte, ehSize64)
	}
	offsets := make([]uint64, len(f.Sections))
	for i, s := range f.Sections {
		if i == f.shstrndx() {
			s.Data = names
		}
		const align = 16
		for len(out.b)%align != 0 {
			out.b = append(out.b, 0)
		}
		offsets[i] = uint64(len(out.b))
		if s.bits() {
			out.b = append(out.b, s.Data...)
		}
	}
	for len(out.b)%8 != 0 {
		out.b = append(out.b, 0)
	}
	shoff := uint64(len(out.b))
	for i, s := range f.Sections {
		out.u32(or(s.NameOff, nameOff[i]))
		out.u32(s.Type)
		out.word(s.Flags)
		out.word(s.Addr)
		off, size := offsets[i], uint64(len(s.Data))
		if i == 0 {
			off, size = 0, 0
		}
		out.word(or(s.Offset, off))
		out.word(or(s.Size, size))
		out.u32(s.Link)
		out.u32(s.Info)
		out.word(s.Align)
		out.word(s.EntSize)
	}
	f.writeHeader(out.b, shoff)
	return out.b
}

// or gives what an override says, or else the right value.
func or[T any](override *T, right T) T {
	if override != nil {
		return *override
	}
	return right
}

func (s *Section) bits() bool {
	return elf.SectionType(s.Type) != elf.SHT_NOBITS && elf.SectionType(s.Type) != elf.SHT_NULL
}

func (f *File) writeHeader(b []byte, shoff uint64) {
	h := &writer{wide: f.Wide}
	h.b = append(h.b, f.Header.Ident[:]...)
	h.u16(f.Header.Type)
	h.u16(f.Header.Machine)
	h.u32(f.Header.Version)
	h.word(f.Header.Entry)
	h.word(f.Header.Phoff)
	h.word(or(f.Shoff, shoff))
	h.u32(f.Header.Flags)
	h.u16(f.Header.Ehsize)
	h.u16(f.Header.Phentsize)
	h.u16(f.Header.Phnum)
	const shSize32, shSize64 = 40, 64
	size := uint16(shSize32)
	if f.Wide {
		size = shSize64
	}
	h.u16(or(f.Shentsize, size))
	h.u16(or(f.Shnum, uint16(len(f.Sections))))
	h.u16(or(f.Shstrndx, uint16(f.shstrndx())))
	copy(b, h.b)
}

// shstrndx is the number of the section name table.
func (f *File) shstrndx() int {
	for i, s := range f.Sections {
		if s.Name == ".shstrtab" {
			return i
		}
	}
	return 0
}

func (f *File) sectionNames() (table []byte, off []uint32) {
	table = []byte{0}
	for _, s := range f.Sections {
		if s.Name == "" {
			off = append(off, 0)
			continue
		}
		off = append(off, uint32(len(table)))
		table = append(append(table, s.Name...), 0)
	}
	return table, off
}

// encodeTables writes symbols and relocations into their sections.
func (f *File) encodeTables() {
	for _, s := range f.Sections {
		switch elf.SectionType(s.Type) {
		case elf.SHT_SYMTAB:
			f.encodeSymbols(s)
		case elf.SHT_REL, elf.SHT_RELA:
			if s.Relocs != nil {
				s.Data = f.encodeRelocs(s)
			}
		}
	}
}

func (f *File) encodeSymbols(s *Section) {
	names := []byte{0}
	out := &writer{wide: f.Wide}
	for i := range f.Symbols {
		y := &f.Symbols[i]
		off := uint32(0)
		if y.Name != "" {
			off = uint32(len(names))
			names = append(append(names, y.Name...), 0)
		}
		out.u32(or(y.NameOff, off))
		if f.Wide {
			out.b = append(out.b, y.Info, y.Other)
			out.u16(y.Shndx)
			out.word(y.Value)
			out.word(y.Size)
		} else {
			out.word(y.Value)
			out.word(y.Size)
			out.b = append(out.b, y.Info, y.Other)
			out.u16(y.Shndx)
		}
	}
	s.Data = out.b
	if int(s.Link) < len(f.Sections) && bytes.Equal(f.Sections[s.Link].Data[:1], []byte{0}) {
		f.Sections[s.Link].Data = names
	}
}

func (f *File) encodeRelocs(s *Section) []byte {
	out := &writer{wide: f.Wide}
	for _, r := range s.Relocs {
		out.word(r.Off)
		if f.Wide {
			out.word(uint64(r.Sym)<<32 | uint64(r.Type))
		} else {
			out.word(uint64(r.Sym)<<8 | uint64(r.Type&0xff))
		}
		if elf.SectionType(s.Type) == elf.SHT_RELA {
			out.word(uint64(r.Addend))
		}
	}
	return out.b
}

// writer appends little-endian fields.
type writer struct {
	b    []byte
	wide bool
}

func (w *writer) u16(v uint16) { w.b = le.AppendUint16(w.b, v) }
func (w *writer) u32(v uint32) { w.b = le.AppendUint32(w.b, v) }
func (w *writer) word(v uint64) {
	if w.wide {
		w.b = le.AppendUint64(w.b, v)
	} else {
		w.u32(uint32(v))
	}
}
