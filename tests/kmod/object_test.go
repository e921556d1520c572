package kmod

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"strings"
)

// object is what of a module's file the tools look at.
type object struct {
	info     []string // strings of .modinfo
	exports  []string
	needs    []string
	weak     []string          // needed, but not urgently
	versions map[string]uint32 // __versions, and the checksums of exports
	noInfo   bool
	word32   bool // for a 32-bit machine
}

// section is a section being laid out.
type section struct {
	name          string
	kind          elf.SectionType
	link, entsize uint32
	data          []byte
}

// bytes writes a relocatable ELF file (gABI chapter 4).
func (o object) bytes() []byte {
	strtab := []byte{0}
	var syms bytes.Buffer
	symbol := func(name string, bind elf.SymBind, shndx elf.SectionIndex, value uint64) {
		at := uint32(len(strtab))
		if name == "" {
			at = 0
		} else {
			strtab = append(strtab, name+"\x00"...)
		}
		info := elf.ST_INFO(bind, elf.STT_NOTYPE)
		if o.word32 {
			put(&syms, elf.Sym32{Name: at, Value: uint32(value), Info: info, Shndx: uint16(shndx)})
			return
		}
		put(&syms, elf.Sym64{Name: at, Value: value, Info: info, Shndx: uint16(shndx)})
	}
	symbol("", elf.STB_LOCAL, elf.SHN_UNDEF, 0)
	for _, name := range o.exports {
		symbol("__ksymtab_"+name, elf.STB_LOCAL, elf.SHN_ABS, 0)
	}
	for _, name := range o.exports {
		if crc, ok := o.versions[name]; ok {
			symbol("__crc_"+name, elf.STB_GLOBAL, elf.SHN_ABS, uint64(crc))
		}
	}
	var versions bytes.Buffer
	for _, name := range append(append([]string{}, o.needs...), "module_layout") {
		if crc, ok := o.versions[name]; ok {
			row := make([]byte, 64)
			if o.word32 {
				binary.LittleEndian.PutUint32(row, crc)
				copy(row[4:], name)
			} else {
				binary.LittleEndian.PutUint64(row, uint64(crc))
				copy(row[8:], name)
			}
			versions.Write(row)
		}
	}
	for _, name := range o.needs {
		symbol(name, elf.STB_GLOBAL, elf.SHN_UNDEF, 0)
	}
	for _, name := range o.weak {
		symbol(name, elf.STB_WEAK, elf.SHN_UNDEF, 0)
	}
	zero := func(list []string) []byte {
		if len(list) == 0 {
			return nil
		}
		return []byte(strings.Join(list, "\x00") + "\x00")
	}
	symSize := uint32(elf.Sym64Size)
	if o.word32 {
		symSize = elf.Sym32Size
	}
	sections := []section{{}, {name: ".symtab", kind: elf.SHT_SYMTAB, link: 2, entsize: symSize, data: syms.Bytes()}, {name: ".strtab", kind: elf.SHT_STRTAB, data: strtab}}
	if !o.noInfo {
		sections = append(sections, section{name: ".modinfo", kind: elf.SHT_PROGBITS, data: zero(o.info)})
	}
	if len(o.exports) > 0 {
		sections = append(sections, section{name: "__ksymtab_strings", kind: elf.SHT_PROGBITS, data: zero(o.exports)})
	}
	if versions.Len() > 0 {
		sections = append(sections, section{name: "__versions", kind: elf.SHT_PROGBITS, data: versions.Bytes()})
	}
	return o.file(sections)
}

// file puts the header, the contents, the names and the headers of the sections
// together.
func (o object) file(sections []section) []byte {
	sections = append(sections, section{name: ".shstrtab", kind: elf.SHT_STRTAB})
	names := []byte{0}
	at := make([]uint32, len(sections))
	for i, s := range sections {
		if s.name != "" {
			at[i] = uint32(len(names))
			names = append(names, s.name+"\x00"...)
		}
	}
	last := len(sections) - 1
	sections[last].data = names
	const align = 8
	header := 64
	if o.word32 {
		header = 52
	}
	body := bytes.NewBuffer(make([]byte, header))
	var table bytes.Buffer
	for i, s := range sections {
		for body.Len()%align != 0 {
			body.WriteByte(0)
		}
		off, size := uint64(body.Len()), uint64(len(s.data))
		if i == 0 {
			off = 0
		}
		body.Write(s.data)
		if o.word32 {
			put(&table, elf.Section32{Name: at[i], Type: uint32(s.kind), Off: uint32(off), Size: uint32(size), Link: s.link, Addralign: 1, Entsize: s.entsize})
		} else {
			put(&table, elf.Section64{Name: at[i], Type: uint32(s.kind), Off: off, Size: size, Link: s.link, Addralign: 1, Entsize: uint64(s.entsize)})
		}
	}
	for body.Len()%align != 0 {
		body.WriteByte(0)
	}
	shoff := body.Len()
	body.Write(table.Bytes())
	ident := [elf.EI_NIDENT]byte{0x7f, 'E', 'L', 'F', byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB), byte(elf.EV_CURRENT)}
	var head bytes.Buffer
	if o.word32 {
		ident[elf.EI_CLASS] = byte(elf.ELFCLASS32)
		put(&head, elf.Header32{
			Ident: ident, Type: uint16(elf.ET_REL), Machine: uint16(elf.EM_386), Version: 1, Shoff: uint32(shoff),
			Ehsize: 52, Shentsize: 40, Shnum: uint16(len(sections)), Shstrndx: uint16(last),
		})
	} else {
		put(&head, elf.Header64{
			Ident: ident, Type: uint16(elf.ET_REL), Machine: uint16(elf.EM_RISCV), Version: 1, Shoff: uint64(shoff),
			Ehsize: 64, Shentsize: 64, Shnum: uint16(len(sections)), Shstrndx: uint16(last),
		})
	}
	out := body.Bytes()
	copy(out, head.Bytes())
	return out
}

func put(b *bytes.Buffer, v any) {
	if err := binary.Write(b, binary.LittleEndian, v); err != nil {
		panic(err) // only for a type without a fixed size
	}
}
