package kmod

import (
	"bytes"

	"rv86/kernel/abi"
)

const (
	// PageSize separates memory of different protection; no section may ask
	// for a larger alignment.
	PageSize = 4096
	// MaxSize bounds the file and the memory of a module, before anything is
	// allocated for it.
	MaxSize = 64 << 20
)

// Names of sections that mean something to the loader.
const (
	secThis     = ".gnu.linkonce.this_module"
	secModinfo  = ".modinfo"
	secVersions = "__versions"
	secPercpu   = ".data..percpu"
	secParam    = "__param"
	secExTable  = "__ex_table"
)

// parser is the state of one Parse.
type parser struct {
	b        []byte
	m        *Machine
	f        *format
	spec     *Spec
	shoff    uint64
	shnum    int
	shstrndx int
}

// Parse takes a module file apart and checks it for machine m. Every error is
// an *Error with the errno of the system call.
func Parse(b []byte, m *Machine) (*Spec, error) {
	p := &parser{b: b, m: m, f: m.format, spec: &Spec{Machine: m}}
	for _, step := range []struct {
		do     func() error
		remedy string
	}{
		{p.header, hintELF},
		{p.sectionTable, hintSection},
		{p.sectionNames, hintSection},
		{p.findSymtab, hintStrip},
		{p.modinfo, hintInfo},
		{p.checksum, hintSum},
		{p.symbols, hintSymbol},
		{p.thisModule, hintThis},
		{p.versions, hintVersion},
		{p.fixFlags, ""},
		{p.loadedSections, hintLoaded},
		{p.relocations, hintReloc},
	} {
		if err := step.do(); err != nil {
			return nil, stepHint(err, step.remedy)
		}
	}
	return p.spec, nil
}

// header checks the ELF header (gABI 4-3 to 4-7).
func (p *parser) header() error {
	b := p.b
	switch {
	case len(b) == 0:
		return WithHint(malformed("the file is empty"), "the file is empty: %s", hintELF)
	case len(b) > MaxSize:
		return refuse(abi.ENOEXEC, "the file has %d bytes; a module may have %d", len(b), MaxSize)
	case len(b) < eiNIdent:
		return malformed("the file has %d bytes, too few for an ELF header", len(b))
	case string(b[:4]) != elfMagic:
		return malformed("this is no ELF file: it begins with % x", b[:4])
	case b[eiData] != elfData2LSB:
		return malformed("byte order %d of the ELF file is not little-endian", b[eiData])
	case len(b) >= eMachineEnd && uint16(get16(b[eMachine:])) != p.m.ELFMachine:
		// Before the class, of which it says less.
		return p.otherMachine(uint16(get16(b[eMachine:])))
	case b[eiClass] != p.f.class:
		return malformed("ELF class %d, but modules for %s have class %d", b[eiClass], p.m.Name, p.f.class)
	case len(b) < p.f.ehSize:
		return malformed("the file has %d bytes, too few for an ELF header of %d", len(b), p.f.ehSize)
	}
	r := fields{b[eiNIdent:], p.f.word}
	typ := r.u16()
	r.u16() // e_machine
	version := r.u32()
	r.addr() // e_entry: a relocatable file has none
	r.addr() // e_phoff
	p.shoff = r.addr()
	r.u32() // e_flags
	ehsize := r.u16()
	r.u16() // e_phentsize
	phnum := r.u16()
	shentsize := r.u16()
	p.shnum, p.shstrndx = int(r.u16()), int(r.u16())
	switch {
	case b[eiVersion] != evCurrent || version != evCurrent:
		return malformed("ELF versions %d and %d, want %d", b[eiVersion], version, evCurrent)
	case typ != etRel:
		return malformed("ELF type %d%s, but a module is a relocatable file (1)", typ, elfTypeName(typ))
	case int(ehsize) != p.f.ehSize:
		return malformed("ELF header size %d, want %d", ehsize, p.f.ehSize)
	case phnum != 0:
		return malformed("%d program headers in a relocatable file", phnum)
	case int(shentsize) != p.f.shSize:
		return malformed("section header size %d, want %d", shentsize, p.f.shSize)
	case p.shnum == 0:
		return malformed("no section headers")
	case p.shoff < uint64(p.f.ehSize):
		return malformed("the section header table at %#x overlaps the ELF header", p.shoff)
	case p.shoff > uint64(len(b)) || uint64(p.shnum*p.f.shSize) > uint64(len(b))-p.shoff:
		return WithHint(malformed("the section header table (%d entries at %#x) reaches past the end of the file (%d bytes): truncated?",
			p.shnum, p.shoff, len(b)), "the file ends before its section header table: %s", hintSection)
	case p.shstrndx == shnUndef || p.shstrndx >= p.shnum:
		return malformed("section name table index %d, but there are %d sections", p.shstrndx, p.shnum)
	}
	return nil
}

// The place of e_machine, the same in both classes.
const (
	eMachine    = 18
	eMachineEnd = 20
)

func (p *parser) otherMachine(machine uint16) error {
	return WithHint(malformed("module for ELF machine %d%s, but this is %s (%d)",
		machine, machineName(machine), p.m.Name, p.m.ELFMachine),
		"the module is for another machine%s: build it with the compiler for %s (rv86 mod build --arch %s)",
		machineName(machine), p.m.Name, p.m.Name)
}

// elfTypeName names the other file types a user may have picked.
func elfTypeName(typ uint16) string {
	switch typ {
	case 2:
		return " (an executable)"
	case 3:
		return " (a shared object)"
	case 4:
		return " (a core dump)"
	}
	return ""
}

// sectionTable reads the headers and checks that each lies in the file.
func (p *parser) sectionTable() error {
	p.spec.Sections = make([]Section, p.shnum)
	for i := range p.spec.Sections {
		s := &p.spec.Sections[i]
		r := fields{p.b[p.shoff+uint64(i*p.f.shSize):], p.f.word}
		name := r.u32()
		s.Type = r.u32()
		s.Flags = r.addr()
		addr := r.addr() // of no meaning here, and not always 0 after `ld -r`
		s.Offset, s.Size = r.addr(), r.addr()
		s.Link, s.Info = r.u32(), r.u32()
		s.Align, s.EntSize = r.addr(), r.addr()
		if i == 0 {
			// A non-zero size or link would be the real count or index of
			// a file with more than 65,279 sections (gABI 4-8).
			if s.Type != shtNull || s.Size != 0 || addr != 0 || s.Link != 0 || name != 0 {
				return malformed("section 0 is not the null section")
			}
			s.Align = 1
			continue
		}
		s.Name = sectionLabel(name)
		if s.Type == shtNull {
			continue // an inactive header: its other fields mean nothing
		}
		if s.Type != shtNobits {
			if s.Offset > uint64(len(p.b)) || s.Size > uint64(len(p.b))-s.Offset {
				return malformed("section %d reaches past the end of the file: offset %#x, size %#x, file %#x: truncated?",
					i, s.Offset, s.Size, len(p.b))
			}
			s.Data = p.b[s.Offset : s.Offset+s.Size : s.Offset+s.Size]
		}
		switch {
		case s.Align == 0:
			s.Align = 1
		case s.Align&(s.Align-1) != 0:
			return malformed("section %d: alignment %#x is not a power of two", i, s.Align)
		}
	}
	return nil
}

// sectionLabel carries sh_name from sectionTable to sectionNames, which
// replaces it: the name table is itself a section.
func sectionLabel(off uint32) string {
	return string([]byte{byte(off), byte(off >> 8), byte(off >> 16), byte(off >> 24)})
}

func (p *parser) sectionNames() error {
	tab, err := p.stringTable(p.shstrndx, "section name")
	if err != nil {
		return err
	}
	for i := 1; i < p.shnum; i++ {
		s := &p.spec.Sections[i]
		r := fields{b: []byte(s.Name)}
		off := r.u32()
		if uint64(off) >= uint64(len(tab)) {
			return malformed("section %d: name offset %#x is outside the section name table (%#x bytes)", i, off, len(tab))
		}
		s.Name = cstring(tab[off:])
	}
	return nil
}

// stringTable checks that section i is a string table: not empty, first and
// last byte NUL (gABI 4-17).
func (p *parser) stringTable(i int, what string) ([]byte, error) {
	s := &p.spec.Sections[i]
	switch {
	case s.Type != shtStrtab:
		return nil, malformed("section %d should be the %s table, but has type %d", i, what, s.Type)
	case len(s.Data) == 0:
		return nil, malformed("the %s table (section %d) is empty", what, i)
	case s.Data[0] != 0 || s.Data[len(s.Data)-1] != 0:
		return nil, malformed("the %s table (section %d) does not begin and end with NUL", what, i)
	}
	return s.Data, nil
}

// cstring gives the bytes before the first NUL.
func cstring(b []byte) string {
	if i := bytes.IndexByte(b, 0); i >= 0 {
		b = b[:i]
	}
	return string(b)
}

// fixFlags drops ALLOC from what only the loader reads. (Linux also gives
// ALLOC to the symbol and string tables, to keep them for kallsyms; here the
// kernel keeps the Symbols of this Spec instead.)
func (p *parser) fixFlags() error {
	for i := range p.spec.Sections {
		s := &p.spec.Sections[i]
		if s.Type == shtNull || s.Name == secModinfo || s.Name == secVersions {
			s.Flags &^= shfAlloc
		}
	}
	return nil
}

// loadedSections checks what will be given memory.
func (p *parser) loadedSections() error {
	total := uint64(0)
	for i := range p.spec.Sections {
		s := &p.spec.Sections[i]
		if !s.Alloc() {
			continue
		}
		if s.Name == secPercpu {
			// There is one processor: its copy is the section itself.
			p.spec.Percpu = i
		}
		switch {
		case s.Write() && s.Exec():
			return WithHint(malformed("section %d (%s) is writable and executable", i, s.Name),
				"%s is writable and executable, which no module memory may be: put code and data in sections of their own", s.Name)
		case s.Align > PageSize:
			return malformed("section %d (%s) wants alignment %#x, more than a page", i, s.Name, s.Align)
		case s.Size > MaxSize:
			return refuse(abi.ENOMEM, "section %d (%s) has %d bytes; a module may have %d", i, s.Name, s.Size, MaxSize)
		}
		if total += s.Size + s.Align; total > MaxSize {
			return refuse(abi.ENOMEM, "the sections have more than the %d bytes a module may have", MaxSize)
		}
	}
	return nil
}
