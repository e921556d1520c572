package modpost

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
)

// strtab collects names; each is stored once.
type strtab struct {
	b  []byte
	at map[string]uint32
}

func newStrtab() *strtab { return &strtab{b: []byte{0}, at: map[string]uint32{"": 0}} }

func (t *strtab) add(s string) uint32 {
	off, ok := t.at[s]
	if !ok {
		off = uint32(len(t.b))
		t.at[s] = off
		t.b = append(append(t.b, s...), 0)
	}
	return off
}

// header is a section header of either class.
type header struct {
	name           string
	typ            elf.SectionType
	flags          elf.SectionFlag
	offset, size   uint64
	link, info     uint32
	align, entSize uint64
	data           []byte
}

// bytes writes the file: ELF header, contents of the sections in their order,
// symbol table, strings, section names, section headers.
func (o *object) bytes() []byte {
	index := map[*section]uint32{}
	for i, s := range o.sections {
		index[s] = uint32(i + 1)
	}
	symtabIndex := uint32(len(o.sections) + 1)
	str, names := newStrtab(), newStrtab()
	symbols, numbers, locals := o.symbolTable(index, str)

	heads := []header{{}}
	for _, s := range o.sections {
		h := header{name: s.name, typ: s.typ, flags: s.flags, size: s.size, align: s.align, entSize: s.entSize, data: s.data}
		if s.target != nil {
			h.data = o.relocTable(s, numbers)
			h.size, h.link, h.info = uint64(len(h.data)), symtabIndex, index[s.target]
		}
		heads = append(heads, h)
	}
	word := uint64(4)
	if o.class64 {
		word = 8
	}
	heads = append(heads,
		header{name: ".symtab", typ: elf.SHT_SYMTAB, size: uint64(len(symbols)), link: symtabIndex + 1, info: locals, align: word, entSize: o.symbolSize(), data: symbols},
		header{name: ".strtab", typ: elf.SHT_STRTAB, size: uint64(len(str.b)), align: 1, data: str.b},
		header{name: ".shstrtab", typ: elf.SHT_STRTAB, align: 1})
	for _, h := range heads {
		names.add(h.name)
	}
	last := &heads[len(heads)-1]
	last.data, last.size = names.b, uint64(len(names.b))

	out := make([]byte, o.headerSize())
	pad := func(align uint64) {
		for uint64(len(out))%align != 0 {
			out = append(out, 0)
		}
	}
	for i := range heads[1:] {
		h := &heads[i+1]
		pad(h.align)
		h.offset = uint64(len(out))
		if h.typ != elf.SHT_NOBITS {
			out = append(out, h.data...)
		}
	}
	pad(word)
	shoff := uint64(len(out))
	var table bytes.Buffer
	for _, h := range heads {
		o.writeHeader(&table, h, names.at[h.name])
	}
	copy(out, o.fileHeader(shoff, len(heads)))
	return append(out, table.Bytes()...)
}

// put writes a structure of package elf; a bytes.Buffer takes all.
func put(b *bytes.Buffer, v any) {
	if err := binary.Write(b, binary.LittleEndian, v); err != nil {
		panic("modpost: bug: " + err.Error())
	}
}

func (o *object) symbolSize() uint64 {
	if o.class64 {
		return elf.Sym64Size
	}
	return elf.Sym32Size
}

func (o *object) headerSize() int {
	if o.class64 {
		return binary.Size(elf.Header64{})
	}
	return binary.Size(elf.Header32{})
}

// symbolTable writes the symbols, local ones first as they were, and gives each
// its number and the number of the first that is not local.
func (o *object) symbolTable(index map[*section]uint32, str *strtab) (table []byte, numbers map[*symbol]uint32, locals uint32) {
	numbers = map[*symbol]uint32{nil: 0}
	var b bytes.Buffer
	b.Write(make([]byte, o.symbolSize()))
	locals = 1
	for i, s := range o.symbols {
		numbers[s] = uint32(i + 1)
		if s.local() {
			locals = uint32(i + 2)
		}
		shndx := uint16(s.special)
		if s.section != nil {
			shndx = uint16(index[s.section])
		}
		name := str.add(s.name)
		if o.class64 {
			put(&b, elf.Sym64{Name: name, Info: s.info, Other: s.other, Shndx: shndx, Value: s.value, Size: s.size})
		} else {
			put(&b, elf.Sym32{Name: name, Info: s.info, Other: s.other, Shndx: shndx, Value: uint32(s.value), Size: uint32(s.size)})
		}
	}
	return b.Bytes(), numbers, locals
}

func (o *object) relocTable(s *section, numbers map[*symbol]uint32) []byte {
	var b bytes.Buffer
	rela := s.typ == elf.SHT_RELA
	for _, r := range s.relocs {
		n := numbers[r.symbol]
		if o.class64 {
			put(&b, elf.Rel64{Off: r.offset, Info: uint64(n)<<32 | uint64(r.typ)})
			if rela {
				put(&b, r.addend)
			}
			continue
		}
		put(&b, elf.Rel32{Off: uint32(r.offset), Info: n<<8 | r.typ&0xff})
		if rela {
			put(&b, int32(r.addend))
		}
	}
	return b.Bytes()
}

func (o *object) writeHeader(b *bytes.Buffer, h header, name uint32) {
	if o.class64 {
		put(b, elf.Section64{
			Name: name, Type: uint32(h.typ), Flags: uint64(h.flags), Off: h.offset, Size: h.size,
			Link: h.link, Info: h.info, Addralign: h.align, Entsize: h.entSize,
		})
		return
	}
	put(b, elf.Section32{
		Name: name, Type: uint32(h.typ), Flags: uint32(h.flags), Off: uint32(h.offset), Size: uint32(h.size),
		Link: h.link, Info: h.info, Addralign: uint32(h.align), Entsize: uint32(h.entSize),
	})
}

func (o *object) fileHeader(shoff uint64, sections int) []byte {
	ident := [elf.EI_NIDENT]byte{0x7f, 'E', 'L', 'F', byte(elf.ELFCLASS32), byte(elf.ELFDATA2LSB), byte(elf.EV_CURRENT)}
	var b bytes.Buffer
	if o.class64 {
		ident[elf.EI_CLASS] = byte(elf.ELFCLASS64)
		put(&b, elf.Header64{
			Ident: ident, Type: uint16(elf.ET_REL), Machine: o.m.ELFMachine, Version: uint32(elf.EV_CURRENT), Shoff: shoff, Flags: o.flags,
			Ehsize: uint16(o.headerSize()), Shentsize: uint16(binary.Size(elf.Section64{})), Shnum: uint16(sections), Shstrndx: uint16(sections - 1),
		})
	} else {
		put(&b, elf.Header32{
			Ident: ident, Type: uint16(elf.ET_REL), Machine: o.m.ELFMachine, Version: uint32(elf.EV_CURRENT), Shoff: uint32(shoff), Flags: o.flags,
			Ehsize: uint16(o.headerSize()), Shentsize: uint16(binary.Size(elf.Section32{})), Shnum: uint16(sections), Shstrndx: uint16(sections - 1),
		})
	}
	return b.Bytes()
}
