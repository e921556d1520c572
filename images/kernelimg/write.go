package kernelimg

import (
	"bytes"
	"cmp"
	"debug/elf"
	"encoding/binary"
	"fmt"
	"slices"
)

// segment is a run of sections that are loaded together.
type segment struct {
	typ      elf.ProgType
	flags    elf.ProgFlag
	sections []*Section
	align    uint64
}

// segments groups the sections by rights: neighbours in memory of equal rights
// are one segment. What has no contents ends one.
func (im *Image) segments() []segment {
	var segs []segment
	var last *Section
	for _, s := range im.Sections {
		if !s.alloc() {
			continue
		}
		joins := last != nil && last.access() == s.access() && s.Addr-last.Addr == s.Load-last.Load &&
			s.Addr >= last.Addr && s.Addr-last.end() < pageSize && (last.typ != elf.SHT_NOBITS || s.typ == elf.SHT_NOBITS)
		if !joins {
			segs = append(segs, segment{typ: elf.PT_LOAD, flags: s.access(), align: pageSize})
		}
		at := &segs[len(segs)-1]
		at.sections = append(at.sections, s)
		last = s
	}
	segs = slices.DeleteFunc(segs, func(g segment) bool {
		return !slices.ContainsFunc(g.sections, func(s *Section) bool { return s.Size > 0 })
	})
	segs = append(segs, segment{typ: elf.PT_NOTE, flags: elf.PF_R, sections: []*Section{im.find(".notes")}, align: noteAlign})
	return append(segs, segment{typ: elf.PT_GNU_STACK, flags: elf.PF_R | elf.PF_W, align: tableAlign})
}

// finish writes the ELF file. Its first page has the ELF header and the program
// headers, which are not loaded.
func (im *Image) finish(*Config) error {
	copy(im.BuildID, im.buildID())
	segs := im.segments()
	off := uint64(pageSize)
	for _, s := range im.Sections {
		switch {
		case s.typ == elf.SHT_NOBITS:
			s.offset = off
			continue
		case s.alloc():
			off += (s.Addr - off) % pageSize // an offset equals its address, modulo a page
		default:
			off = (off + s.align - 1) &^ (s.align - 1)
		}
		s.offset = off
		off += uint64(len(s.data))
	}
	im.addSymbolTable(&off)
	w := &writer{im: im}
	w.file = make([]byte, off)
	for _, s := range im.Sections {
		copy(w.file[s.offset:], s.data)
	}
	w.sectionHeaders()
	if err := w.headers(segs); err != nil {
		return err
	}
	im.File = w.file
	return nil
}

// addSymbolTable makes .symtab, .strtab and .shstrtab.
func (im *Image) addSymbolTable(off *uint64) {
	// Local symbols stand in front of all others (gABI 4 "Symbol Table").
	slices.SortStableFunc(im.symbols, func(a, b symbol) int { return cmp.Compare(min(1, a.info>>4), min(1, b.info>>4)) })
	locals := uint32(1)
	for _, s := range im.symbols {
		if elf.ST_BIND(s.info) == elf.STB_LOCAL {
			locals++
		}
	}
	for i, s := range im.Sections {
		s.index = i + 1
	}
	var table bytes.Buffer
	strs := []byte{0}
	im.putSymbol(&table, 0, &symbol{})
	for i := range im.symbols {
		s := &im.symbols[i]
		im.putSymbol(&table, len(strs), s)
		strs = append(append(strs, s.name...), 0)
	}
	size := uint64(table.Len() / (len(im.symbols) + 1))
	add := func(s *Section) {
		s.align = max(s.align, 1)
		*off = (*off + s.align - 1) &^ (s.align - 1)
		s.offset, s.Size = *off, uint64(len(s.data))
		*off += s.Size
		im.Sections = append(im.Sections, s)
		s.index = len(im.Sections)
	}
	add(&Section{
		Name: ".symtab", typ: elf.SHT_SYMTAB, data: table.Bytes(), align: tableAlign, entry: size,
		link: uint32(len(im.Sections) + 2), info: locals,
	})
	add(&Section{Name: ".strtab", typ: elf.SHT_STRTAB, data: strs})
	names := []byte{0}
	shstrtab := &Section{Name: ".shstrtab", typ: elf.SHT_STRTAB}
	for _, s := range append(im.Sections[:len(im.Sections):len(im.Sections)], shstrtab) {
		s.nameAt = len(names)
		names = append(append(names, s.Name...), 0)
	}
	shstrtab.data = names
	add(shstrtab)
}

func (im *Image) putSymbol(w *bytes.Buffer, name int, s *symbol) {
	shndx := uint16(s.shndx)
	if s.section != nil {
		shndx = uint16(s.section.index)
	}
	if im.word == 4 {
		put(w, elf.Sym32{Name: uint32(name), Value: uint32(s.value), Size: uint32(s.size), Info: s.info, Other: s.other, Shndx: shndx})
		return
	}
	put(w, elf.Sym64{Name: uint32(name), Info: s.info, Other: s.other, Shndx: shndx, Value: s.value, Size: s.size})
}

func put(w *bytes.Buffer, v any) {
	if err := binary.Write(w, binary.LittleEndian, v); err != nil {
		panic("kernelimg: bug: " + err.Error())
	}
}

// writer puts the headers into the file.
type writer struct {
	im    *Image
	file  []byte
	shoff uint64
}

// sectionHeaders appends the section header table.
func (w *writer) sectionHeaders() {
	for len(w.file)%tableAlign != 0 {
		w.file = append(w.file, 0)
	}
	w.shoff = uint64(len(w.file))
	var b bytes.Buffer
	for _, s := range append([]*Section{{}}, w.im.Sections...) {
		if w.im.word == 4 {
			put(&b, elf.Section32{
				Name: uint32(s.nameAt), Type: uint32(s.typ), Flags: uint32(s.Flags), Addr: uint32(s.Addr), Off: uint32(s.offset),
				Size: uint32(s.Size), Link: s.link, Info: s.info, Addralign: uint32(s.align), Entsize: uint32(s.entry),
			})
			continue
		}
		put(&b, elf.Section64{
			Name: uint32(s.nameAt), Type: uint32(s.typ), Flags: uint64(s.Flags), Addr: s.Addr, Off: s.offset,
			Size: s.Size, Link: s.link, Info: s.info, Addralign: s.align, Entsize: s.entry,
		})
	}
	w.file = append(w.file, b.Bytes()...)
}

// headers writes the ELF header and the program headers.
func (w *writer) headers(segs []segment) error {
	var b bytes.Buffer
	im := w.im
	ident := [elf.EI_NIDENT]byte{0x7f, 'E', 'L', 'F', byte(im.class()), byte(elf.ELFDATA2LSB), byte(elf.EV_CURRENT)}
	shnum := uint16(len(im.Sections) + 1)
	const (
		eh32, ph32, sh32 = 52, 32, 40
		eh64, ph64, sh64 = 64, 56, 64
	)
	if im.word == 4 {
		put(&b, elf.Header32{
			Ident: ident, Type: uint16(elf.ET_EXEC), Machine: im.t.Machine.ELFMachine, Version: uint32(elf.EV_CURRENT),
			Entry: uint32(im.boot), Phoff: eh32, Shoff: uint32(w.shoff), Flags: im.flags, Ehsize: eh32,
			Phentsize: ph32, Phnum: uint16(len(segs)), Shentsize: sh32, Shnum: shnum, Shstrndx: shnum - 1,
		})
	} else {
		put(&b, elf.Header64{
			Ident: ident, Type: uint16(elf.ET_EXEC), Machine: im.t.Machine.ELFMachine, Version: uint32(elf.EV_CURRENT),
			Entry: im.boot, Phoff: eh64, Shoff: w.shoff, Flags: im.flags, Ehsize: eh64,
			Phentsize: ph64, Phnum: uint16(len(segs)), Shentsize: sh64, Shnum: shnum, Shstrndx: shnum - 1,
		})
	}
	for i := range segs {
		im.putSegment(&b, &segs[i])
	}
	if b.Len() > pageSize {
		return fmt.Errorf("the headers need %d bytes; the file's first page has %d", b.Len(), pageSize)
	}
	copy(w.file, b.Bytes())
	return nil
}

func (im *Image) putSegment(b *bytes.Buffer, g *segment) {
	var off, addr, load, filesz, memsz uint64
	if len(g.sections) > 0 {
		first := g.sections[0]
		off, addr, load = first.offset, first.Addr, first.Load
		for _, s := range g.sections {
			memsz = s.end() - addr
			if s.typ != elf.SHT_NOBITS {
				filesz = memsz
			}
		}
	}
	if im.word == 4 {
		put(b, elf.Prog32{
			Type: uint32(g.typ), Off: uint32(off), Vaddr: uint32(addr), Paddr: uint32(load),
			Filesz: uint32(filesz), Memsz: uint32(memsz), Flags: uint32(g.flags), Align: uint32(g.align),
		})
		return
	}
	put(b, elf.Prog64{
		Type: uint32(g.typ), Off: off, Vaddr: addr, Paddr: load,
		Filesz: filesz, Memsz: memsz, Flags: uint32(g.flags), Align: g.align,
	})
}
