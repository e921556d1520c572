package main

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"os"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// label is a symbol of a test program: an offset into its code, and a size.
type label struct {
	name         string
	offset, size uint64
}

// cmdElf links code into a kernel with a symbol table:
// elf ARCH FILE.bin FILE NAME=OFFSET[+SIZE]... The first name is the entry.
func cmdElf(ts *testscript.TestScript, _ bool, args []string) {
	var labels []label
	for _, arg := range args[3:] {
		name, at, _ := strings.Cut(arg, "=")
		offset, size, _ := strings.Cut(at+"+0", "+")
		size, _, _ = strings.Cut(size, "+")
		l := label{name: name}
		var err error
		l.offset, err = strconv.ParseUint(offset, 0, 32)
		ts.Check(err)
		l.size, err = strconv.ParseUint(size, 0, 32)
		ts.Check(err)
		labels = append(labels, l)
	}
	link := linkRISCV64
	if args[0] == "i386" {
		link = linkI386
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), link([]byte(ts.ReadFile(args[1])), labels), 0o644))
}

// Sections of a linked program; the names are at these offsets in sectionNames.
const (
	sectionNames = "\x00.text\x00.symtab\x00.strtab\x00"
	nameText     = 1
	nameSymtab   = 7
	nameStrtab   = 15
	sections     = 4
)

// stringTable is a section that holds the sections' and the symbols' names.
func stringTable(labels []label) (data []byte, at []uint32) {
	data = []byte(sectionNames)
	for _, l := range labels {
		at = append(at, uint32(len(data)))
		data = append(append(data, l.name...), 0)
	}
	return data, at
}

func encode(parts ...any) []byte {
	var b bytes.Buffer
	for _, p := range parts {
		if err := binary.Write(&b, binary.LittleEndian, p); err != nil {
			panic(err)
		}
	}
	return b.Bytes()
}

// linkI386 places code at 1 MiB; its symbols are where a kernel maps it, at
// 3 GiB above.
func linkI386(code []byte, labels []label) []byte {
	const paddr, vaddr = 0x100000, 0xc0100000
	names, at := stringTable(labels)
	syms := encode(elf.Sym32{})
	for i, l := range labels {
		syms = append(syms, encode(elf.Sym32{
			Name: at[i], Value: uint32(vaddr + l.offset), Size: uint32(l.size), Shndx: 1, Info: elf.ST_INFO(elf.STB_GLOBAL, elf.STT_FUNC),
		})...)
	}
	h := elf.Header32{
		Ident: [elf.EI_NIDENT]byte{0x7f, 'E', 'L', 'F', byte(elf.ELFCLASS32), byte(elf.ELFDATA2LSB), byte(elf.EV_CURRENT)},
		Type:  uint16(elf.ET_EXEC), Machine: uint16(elf.EM_386), Version: uint32(elf.EV_CURRENT), Entry: uint32(paddr + labels[0].offset),
		Phoff: 52, Ehsize: 52, Phentsize: 32, Phnum: 1, Shentsize: 40, Shnum: sections, Shstrndx: 3,
	}
	text := h.Phoff + uint32(h.Phentsize)
	n := uint32(len(code))
	h.Shoff = text + n + uint32(len(syms)+len(names))
	return encode(
		h,
		elf.Prog32{Type: uint32(elf.PT_LOAD), Off: text, Vaddr: vaddr, Paddr: paddr, Filesz: n, Memsz: n},
		code, syms, names,
		elf.Section32{},
		elf.Section32{Name: nameText, Type: uint32(elf.SHT_PROGBITS), Flags: uint32(elf.SHF_ALLOC | elf.SHF_EXECINSTR), Addr: vaddr, Off: text, Size: n},
		elf.Section32{Name: nameSymtab, Type: uint32(elf.SHT_SYMTAB), Off: text + n, Size: uint32(len(syms)), Link: 3, Entsize: elf.Sym32Size},
		elf.Section32{Name: nameStrtab, Type: uint32(elf.SHT_STRTAB), Off: text + n + uint32(len(syms)), Size: uint32(len(names))},
	)
}

// linkRISCV64 places code at the start of RAM, where its symbols are, too.
func linkRISCV64(code []byte, labels []label) []byte {
	const addr = 0x80000000
	names, at := stringTable(labels)
	syms := encode(elf.Sym64{})
	for i, l := range labels {
		syms = append(syms, encode(elf.Sym64{
			Name: at[i], Value: addr + l.offset, Size: l.size, Shndx: 1, Info: elf.ST_INFO(elf.STB_GLOBAL, elf.STT_NOTYPE),
		})...)
	}
	h := elf.Header64{
		Ident: [elf.EI_NIDENT]byte{0x7f, 'E', 'L', 'F', byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB), byte(elf.EV_CURRENT)},
		Type:  uint16(elf.ET_EXEC), Machine: uint16(elf.EM_RISCV), Version: uint32(elf.EV_CURRENT), Entry: addr + labels[0].offset,
		Phoff: 64, Ehsize: 64, Phentsize: 56, Phnum: 1, Shentsize: 64, Shnum: sections, Shstrndx: 3,
	}
	text := h.Phoff + uint64(h.Phentsize)
	n := uint64(len(code))
	h.Shoff = text + n + uint64(len(syms)+len(names))
	return encode(
		h,
		elf.Prog64{Type: uint32(elf.PT_LOAD), Off: text, Vaddr: addr, Paddr: addr, Filesz: n, Memsz: n},
		code, syms, names,
		elf.Section64{},
		elf.Section64{Name: nameText, Type: uint32(elf.SHT_PROGBITS), Flags: uint64(elf.SHF_ALLOC | elf.SHF_EXECINSTR), Addr: addr, Off: text, Size: n},
		elf.Section64{Name: nameSymtab, Type: uint32(elf.SHT_SYMTAB), Off: text + n, Size: uint64(len(syms)), Link: 3, Entsize: elf.Sym64Size},
		elf.Section64{Name: nameStrtab, Type: uint32(elf.SHT_STRTAB), Off: text + n + uint64(len(syms)), Size: uint64(len(names))},
	)
}
