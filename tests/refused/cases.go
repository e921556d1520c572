package refused

import (
	"bytes"
	"compress/gzip"
	"debug/elf"
	"os"
	"path/filepath"

	"rv86/kmod"
	"rv86/tests/kofile"
)

// badCase is one wrong module, or one wrong way to load a good one.
type badCase struct {
	name  string
	base  string                // the shipped module it is made from
	edit  func(f *kofile.File)  // what is wrong with its parts
	raw   func(b []byte) []byte // what is wrong with its bytes
	arch  string                // the one machine that can go wrong so, "" for both
	first string                // shipped module to load before
	other func(f *kofile.File)  // what is to be changed in that one
	boot  string                // words of the kernel command line
	args  string
	flags int // of finit_module
}

// bytesOf makes the file of a case.
func (c *badCase) bytesOf(arch string) ([]byte, error) {
	b, err := changed(arch, c.base, c.edit)
	if err == nil && c.raw != nil {
		b = c.raw(b)
	}
	return b, err
}

// firstOf makes the file to load before; nil if there is none.
func (c *badCase) firstOf(arch string) ([]byte, error) {
	if c.first == "" {
		return nil, nil
	}
	return changed(arch, c.first, c.other)
}

// changed reads a shipped module and edits it.
func changed(arch, name string, edit func(f *kofile.File)) ([]byte, error) {
	b, err := os.ReadFile(filepath.Join("../../images/modules", arch, name+".ko"))
	if err != nil || edit == nil {
		return b, err
	}
	f, err := kofile.Read(b)
	if err != nil {
		return nil, err
	}
	f.DropInfo(kmod.ChecksumKey) // or all would be refused for it
	edit(f)
	return f.Bytes(), nil
}

// at overwrites bytes of a file.
func at(off int, v ...byte) func(b []byte) []byte {
	return func(b []byte) []byte {
		copy(b[off:], v)
		return b
	}
}

// first gives the first n bytes.
func first(n int) func(b []byte) []byte { return func(b []byte) []byte { return b[:n] } }

// Offsets in the ELF header that do not depend on the class (gABI figure 4-3).
const (
	identClass   = 4
	identData    = 5
	identVersion = 6
	headerType   = 16
	headerMach   = 18
)

// headerCases are wrong from the first bytes on.
var headerCases = []badCase{
	{name: "empty", base: "hello", raw: first(0)},
	{name: "ident-cut", base: "hello", raw: first(10)},
	{name: "header-cut", base: "hello", raw: first(40)},
	{name: "file-cut", base: "hello", raw: func(b []byte) []byte { return b[:len(b)-100] }},
	{name: "text", base: "hello", raw: func([]byte) []byte { return []byte("#!/bin/sh\necho this is a script\n") }},
	{name: "big-endian", base: "hello", raw: at(identData, 2)},
	{name: "other-class", base: "hello", raw: func(b []byte) []byte { b[identClass] ^= 3; return b }},
	{name: "elf-version", base: "hello", raw: at(identVersion, 9)},
	{name: "machine-arm", base: "hello", raw: at(headerMach, 40, 0)},
	{name: "machine-x86-64", base: "hello", raw: at(headerMach, 62, 0)},
	{name: "executable", base: "hello", raw: at(headerType, 2, 0)},
	{name: "shared-object", base: "hello", raw: at(headerType, 3, 0)},
	{name: "header-size", base: "hello", edit: func(f *kofile.File) { f.Header.Ehsize++ }},
	{name: "program-headers", base: "hello", edit: func(f *kofile.File) { f.Header.Phnum = 1 }},
	{name: "section-header-size", base: "hello", edit: func(f *kofile.File) { f.Shentsize = kofile.To(uint16(48)) }},
	{name: "no-sections", base: "hello", edit: func(f *kofile.File) { f.Shnum = kofile.To(uint16(0)) }},
	{name: "table-on-header", base: "hello", edit: func(f *kofile.File) { f.Shoff = kofile.To(uint64(8)) }},
	{name: "table-outside", base: "hello", edit: func(f *kofile.File) { f.Shoff = kofile.To(uint64(1 << 30)) }},
	{name: "names-index", base: "hello", edit: func(f *kofile.File) { f.Shstrndx = kofile.To(uint16(200)) }},
}

// sectionCases have a wrong section header.
var sectionCases = []badCase{
	{name: "section-0", base: "hello", edit: func(f *kofile.File) { f.Sections[0].Type = uint32(elf.SHT_PROGBITS) }},
	{name: "section-outside", base: "hello", edit: func(f *kofile.File) { f.Find(".exit.text").Offset = kofile.To(uint64(1 << 20)) }},
	{name: "section-size", base: "hello", edit: func(f *kofile.File) { f.Find(".exit.text").Size = kofile.To(^uint64(0) >> 33) }},
	{name: "alignment-3", base: "hello", edit: func(f *kofile.File) { f.Find(".text").Align = 3 }},
	{name: "alignment-8192", base: "hello", edit: func(f *kofile.File) { f.Find(".init.text").Align = 8192 }},
	{name: "section-name", base: "hello", edit: func(f *kofile.File) { f.Find(".text").NameOff = kofile.To(uint32(1 << 16)) }},
	{name: "names-type", base: "hello", edit: func(f *kofile.File) { f.Find(".shstrtab").Type = uint32(elf.SHT_PROGBITS) }},
	{name: "names-empty", base: "hello", edit: func(f *kofile.File) { f.Find(".shstrtab").Size = kofile.To(uint64(0)) }},
	{name: "names-open", base: "hello", edit: func(f *kofile.File) { f.Find(".shstrtab").Size = kofile.To(uint64(30)) }},
	{name: "write-and-exec", base: "hello", edit: func(f *kofile.File) { f.Find(".init.text").Flags |= uint64(elf.SHF_WRITE) }},
	{name: "huge-bss", base: "hello", edit: func(f *kofile.File) {
		f.Add(&kofile.Section{
			Name: ".bss.huge", Type: uint32(elf.SHT_NOBITS), Flags: uint64(elf.SHF_ALLOC | elf.SHF_WRITE), Align: 8,
			Size: kofile.To(uint64(1 << 30)),
		})
	}},
	{name: "huge-sum", base: "hello", edit: func(f *kofile.File) {
		for range 9 {
			f.Add(&kofile.Section{
				Name: ".bss.part", Type: uint32(elf.SHT_NOBITS), Flags: uint64(elf.SHF_ALLOC | elf.SHF_WRITE), Align: 8,
				Size: kofile.To(uint64(8 << 20)),
			})
		}
	}},
	{name: "more-than-memory", base: "hello", edit: func(f *kofile.File) {
		f.Add(&kofile.Section{
			Name: ".bss.large", Type: uint32(elf.SHT_NOBITS), Flags: uint64(elf.SHF_ALLOC | elf.SHF_WRITE), Align: 8,
			Size: kofile.To(uint64(60 << 20)),
		})
	}},
}

// symbolCases have a wrong symbol table.
var symbolCases = []badCase{
	{name: "stripped", base: "hello", edit: func(f *kofile.File) { f.Find(".symtab").Type = uint32(elf.SHT_PROGBITS) }},
	{name: "two-symtabs", base: "hello", edit: func(f *kofile.File) {
		s := *f.Find(".symtab")
		s.Name = ".symtab2"
		f.Add(&s)
	}},
	{name: "symbol-size", base: "hello", edit: func(f *kofile.File) { f.Find(".symtab").EntSize = 20 }},
	{name: "symtab-size", base: "hello", edit: func(f *kofile.File) { f.Find(".symtab").Size = kofile.To(uint64(100)) }},
	{name: "symtab-strings", base: "hello", edit: func(f *kofile.File) { f.Find(".symtab").Link = 99 }},
	{name: "symtab-locals", base: "hello", edit: func(f *kofile.File) { f.Find(".symtab").Info = 9999 }},
	{name: "strings-open", base: "hello", edit: func(f *kofile.File) { f.Find(".strtab").Size = kofile.To(uint64(12)) }},
	{name: "symbol-name", base: "hello", edit: func(f *kofile.File) { f.Symbol("init_module").NameOff = kofile.To(uint32(1 << 20)) }},
	{name: "symbol-binding", base: "hello", edit: func(f *kofile.File) { f.Symbol("init_module").Info = 9 << 4 }},
	{name: "symbol-order", base: "hello", edit: func(f *kofile.File) { f.Symbol("init_module").Info &= 15 }},
	{name: "common", base: "hello", edit: func(f *kofile.File) {
		f.AddSymbol(kofile.Symbol{Name: "counter", Value: 4, Size: 4, Info: global(elf.STT_OBJECT), Shndx: uint16(elf.SHN_COMMON)})
	}},
	{name: "symbol-section", base: "hello", edit: func(f *kofile.File) { f.Symbol("init_module").Shndx = 500 }},
	{name: "nameless", base: "hello", edit: func(f *kofile.File) { f.AddSymbol(kofile.Symbol{Info: global(elf.STT_NOTYPE)}) }},
	{name: "symbol-outside", base: "hello", edit: func(f *kofile.File) { f.Symbol("init_module").Value = 1 << 20 }},
}

func global(t elf.SymType) uint8 { return uint8(elf.STB_GLOBAL)<<4 | uint8(t) }

// infoCases have a wrong .modinfo or struct module.
var infoCases = []badCase{
	{name: "no-modinfo", base: "hello", edit: func(f *kofile.File) { f.Find(".modinfo").Name = ".modinfa" }},
	{name: "two-modinfos", base: "hello", edit: func(f *kofile.File) { s := *f.Find(".modinfo"); f.Add(&s) }},
	{name: "modinfo-open", base: "hello", edit: func(f *kofile.File) { s := f.Find(".modinfo"); s.Data = append(s.Data, 'x') }},
	{name: "modinfo-form", base: "hello", edit: func(f *kofile.File) {
		s := f.Find(".modinfo")
		s.Data = append(s.Data, "license\x00"...)
	}},
	{name: "modinfo-nobits", base: "hello", edit: func(f *kofile.File) { f.Find(".modinfo").Type = uint32(elf.SHT_NOBITS) }},
	{name: "vermagic-other", base: "hello", edit: func(f *kofile.File) { f.SetInfo("vermagic", "6.1.0-31-686 SMP preempt mod_unload modversions 686 ") }},
	{name: "vermagic-none", base: "hello", edit: func(f *kofile.File) { f.DropInfo("vermagic") }},
	{name: "name-differs", base: "hello", edit: func(f *kofile.File) { f.SetInfo("name", "goodbye") }},
	{name: "checksum", base: "hello", raw: func(b []byte) []byte { b[len(b)-70] ^= 1; return b }},
	{name: "checksum-key", base: "hello", raw: func(b []byte) []byte {
		b[bytes.Index(b, []byte(kmod.ChecksumKey))] ^= 1
		return b
	}},
	{name: "no-this", base: "hello", edit: func(f *kofile.File) { f.Find(this).Name = ".gnu.linkonce.that_module" }},
	{name: "two-this", base: "hello", edit: func(f *kofile.File) { s := *f.Find(this); f.Add(&s) }},
	{name: "this-nobits", base: "hello", edit: func(f *kofile.File) { f.Find(this).Type = uint32(elf.SHT_NOBITS) }},
	{name: "this-note", base: "hello", edit: func(f *kofile.File) { f.Find(this).Type = uint32(elf.SHT_NOTE) }},
	{name: "this-size", base: "hello", edit: func(f *kofile.File) { s := f.Find(this); s.Data = append(s.Data, make([]byte, 64)...) }},
	{name: "this-flags", base: "hello", edit: func(f *kofile.File) { f.Find(this).Flags &^= uint64(elf.SHF_WRITE) }},
	{name: "name-open", base: "hello", edit: func(f *kofile.File) {
		d := f.Find(this).Data
		for i := nameOffset; i < nameOffset+kmod.NameLen; i++ {
			d[i] = 'x'
		}
	}},
	{name: "name-characters", base: "hello", edit: func(f *kofile.File) { f.Find(this).Data[nameOffset] = '\n' }},
	{name: "init-in-data", base: "hello", edit: func(f *kofile.File) { thisReloc(f, 0).Sym = uint32(f.SymbolIndex("__this_module")) }},
	{name: "exit-in-data", base: "hello", edit: func(f *kofile.File) { thisReloc(f, 1).Sym = uint32(f.SymbolIndex("__this_module")) }},
}

const (
	this       = ".gnu.linkonce.this_module"
	nameOffset = 8 // of name in struct module
)

// thisReloc gives the relocation of init (0) or exit (1) in struct module.
func thisReloc(f *kofile.File, i int) *kofile.Reloc { return &f.RelocsOf(this).Relocs[i] }

// relocCases have a relocation that cannot be done.
var relocCases = []badCase{
	{name: "reloc-target", base: "hello", edit: func(f *kofile.File) { f.RelocsOf(".init.text").Info = 300 }},
	{name: "reloc-kind", base: "hello", edit: func(f *kofile.File) {
		s := f.RelocsOf(".init.text")
		s.Type ^= uint32(elf.SHT_REL) ^ uint32(elf.SHT_RELA)
	}},
	{name: "reloc-nobits", base: "dep-a", edit: func(f *kofile.File) { f.RelocsOf(".text").Info = uint32(f.Index(".bss")) }},
	{name: "reloc-symtab", base: "hello", edit: func(f *kofile.File) { f.RelocsOf(".init.text").Link = 1 }},
	{name: "reloc-size", base: "hello", edit: func(f *kofile.File) { f.RelocsOf(".init.text").EntSize = 7 }},
	{name: "reloc-symbol", base: "hello", edit: func(f *kofile.File) { f.RelocsOf(".init.text").Relocs[0].Sym = 9000 }},
	{name: "reloc-type", base: "hello", edit: func(f *kofile.File) { f.RelocsOf(".init.text").Relocs[0].Type = 250 }},
	{name: "reloc-outside", base: "hello", edit: func(f *kofile.File) { f.RelocsOf(".init.text").Relocs[0].Off = 1 << 16 }},
	{name: "reloc-unloaded", base: "hello", edit: func(f *kofile.File) {
		f.Symbol("cleanup_module").Shndx = uint16(f.Index(".note.GNU-stack"))
		f.Symbol("cleanup_module").Value = 0
	}},
	{name: "reloc-jump-far", arch: "riscv64", base: "hello", edit: farAbsolute(uint32(elf.R_RISCV_JAL), 0x1000)},
	{name: "reloc-medlow", arch: "riscv64", base: "hello", edit: farAbsolute(uint32(elf.R_RISCV_HI20), 0x12345678000)},
	{name: "reloc-pcrel-far", arch: "riscv64", base: "hello", edit: farAbsolute(uint32(elf.R_RISCV_PCREL_HI20), 0x12345678000)},
	{name: "reloc-align", arch: "riscv64", base: "hello", edit: func(f *kofile.File) {
		r := &f.RelocsOf(".init.text").Relocs[0]
		r.Type, r.Sym, r.Addend = uint32(elf.R_RISCV_ALIGN), 0, 30
	}},
	{name: "reloc-lone-low", arch: "riscv64", base: "hello", edit: func(f *kofile.File) {
		r := &f.RelocsOf(".init.text").Relocs[0]
		r.Type = uint32(elf.R_RISCV_PCREL_LO12_I)
	}},
	{name: "reloc-8", arch: "i386", base: "hello", edit: func(f *kofile.File) { f.RelocsOf(".init.text").Relocs[0].Type = uint32(elf.R_386_8) }},
	{name: "reloc-copy", arch: "i386", base: "hello", edit: func(f *kofile.File) { f.RelocsOf(".init.text").Relocs[0].Type = uint32(elf.R_386_COPY) }},
	{name: "reloc-tls", arch: "i386", base: "hello", edit: func(f *kofile.File) { f.RelocsOf(".init.text").Relocs[0].Type = uint32(elf.R_386_TLS_LE) }},
}

// farAbsolute makes the first relocation of .init.text one of a type to a
// place that its field cannot reach.
func farAbsolute(typ uint32, to uint64) func(f *kofile.File) {
	return func(f *kofile.File) {
		sym := f.AddSymbol(kofile.Symbol{Name: "far", Value: to, Info: global(elf.STT_FUNC), Shndx: uint16(elf.SHN_ABS)})
		r := &f.RelocsOf(".init.text").Relocs[0]
		r.Type, r.Sym = typ, uint32(sym)
	}
}

// useCases are about symbols of others, exports and parameters.
var useCases = []badCase{
	{name: "unknown-symbol", base: "hello", edit: func(f *kofile.File) { f.Symbol("printk").Name = "prntk" }},
	{name: "unknown-everywhere", base: "hello", edit: func(f *kofile.File) { f.Symbol("printk").Name = "frobnicate_the_widget" }},
	{name: "needs-dep-a", base: "dep-b"},
	{name: "export-twice", base: "dep-a", first: "dep-a", edit: func(f *kofile.File) {
		f.DropInfo("name")
		copy(f.Find(this).Data[nameOffset:], "dep_z")
	}},
	{name: "export-kernels", base: "dep-a", edit: func(f *kofile.File) { renameString(f, "dep_a_add", "memcpy\x00\x00\x00") }},
	{name: "ksymtab-size", base: "dep-a", edit: func(f *kofile.File) { s := f.Find("__ksymtab"); s.Data = append(s.Data, 1, 2, 3) }},
	{name: "export-outside", base: "dep-a", edit: func(f *kofile.File) {
		r := &f.RelocsOf("__ksymtab").Relocs[0]
		r.Sym = uint32(f.AddSymbol(kofile.Symbol{Name: "far", Value: 0x1000, Info: global(elf.STT_FUNC), Shndx: uint16(elf.SHN_ABS)}))
		r.Addend = 0
	}},
	{name: "param-table-size", base: "params", edit: func(f *kofile.File) { s := f.Find("__param"); s.Data = append(s.Data, 1, 2, 3) }},
	{name: "param-not-a-number", base: "params", args: "count=abc"},
	{name: "param-range", base: "params", args: "count=99999999999"},
	{name: "param-no-value", base: "params", args: "count"},
	{name: "param-not-a-bool", base: "params", args: "loud=maybe"},
	{name: "param-too-long", base: "params", args: "where=aVeryFarAwayPlace"},
	{name: "param-too-many", base: "params", args: "list=1,2,3,4,5"},
	{name: "param-quote", base: "params", args: `whom="open`},
	{name: "already-loaded", base: "hello", first: "hello"},
	{name: "init-fails", base: "initfail"},
	{name: "gzip-damaged", base: "hello", flags: 4, raw: func(b []byte) []byte {
		var z bytes.Buffer
		w := gzip.NewWriter(&z)
		_, _ = w.Write(b) // to memory
		_ = w.Close()
		out := z.Bytes()
		out[len(out)/2] ^= 0xff
		return out
	}},
	{name: "gzip-not", base: "hello", flags: 4},
	{name: "flags-unknown", base: "hello", flags: 64},
}

// renameString overwrites a string of the same length in the string sections.
func renameString(f *kofile.File, from, to string) {
	for _, s := range f.Sections {
		if s.Flags&uint64(elf.SHF_ALLOC) != 0 {
			s.Data = bytes.ReplaceAll(s.Data, []byte(from+"\x00"), []byte(to+"\x00"))
		}
	}
}

// cases gives all cases of a machine.
func cases(arch string) []badCase {
	var out []badCase
	for _, group := range [][]badCase{headerCases, sectionCases, symbolCases, infoCases, relocCases, useCases, versionCases, policyCases} {
		for _, c := range group {
			if c.arch == "" || c.arch == arch {
				out = append(out, c)
			}
		}
	}
	return out
}
