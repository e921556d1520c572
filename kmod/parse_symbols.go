package kmod

// findSymtab finds the one symbol table and its strings.
func (p *parser) findSymtab() error {
	for i := range p.spec.Sections {
		if p.spec.Sections[i].Type != shtSymtab {
			continue
		}
		if p.spec.Symtab != 0 {
			return malformed("two symbol tables, sections %d and %d", p.spec.Symtab, i)
		}
		p.spec.Symtab = i
	}
	if p.spec.Symtab == 0 {
		return WithHint(malformed("no symbol table: was the module stripped?"), "the module was stripped of its symbol table: %s", hintStrip)
	}
	s := &p.spec.Sections[p.spec.Symtab]
	switch {
	case s.EntSize != uint64(p.f.symSize):
		return malformed("symbol size %d, want %d", s.EntSize, p.f.symSize)
	case s.Size == 0 || s.Size%s.EntSize != 0:
		return malformed("the symbol table has %d bytes, no multiple of %d", s.Size, s.EntSize)
	case s.Link == 0 || s.Link >= uint32(p.shnum):
		return malformed("the symbol table's string table is section %d of %d", s.Link, p.shnum)
	case uint64(s.Info) > s.Size/s.EntSize:
		return malformed("the symbol table has %d local symbols of %d", s.Info, s.Size/s.EntSize)
	}
	p.spec.Strtab = int(s.Link)
	_, err := p.stringTable(p.spec.Strtab, "symbol name")
	return err
}

// symbols reads the symbol table.
func (p *parser) symbols() error {
	tab := &p.spec.Sections[p.spec.Symtab]
	str := p.spec.Sections[p.spec.Strtab].Data
	n := len(tab.Data) / p.f.symSize
	p.spec.Symbols = make([]Symbol, n)
	for i := 1; i < n; i++ {
		r := fields{tab.Data[i*p.f.symSize:], p.f.word}
		s := &p.spec.Symbols[i]
		name := r.u32()
		var info uint8
		var shndx uint16
		if p.f.class == elfClass64 {
			info, _, shndx = r.u8(), r.u8(), r.u16()
			s.Value, s.Size = r.addr(), r.addr()
		} else {
			s.Value, s.Size = r.addr(), r.addr()
			info, _, shndx = r.u8(), r.u8(), r.u16()
		}
		if uint64(name) >= uint64(len(str)) {
			return malformed("symbol %d: name offset %#x is outside the string table (%#x bytes)", i, name, len(str))
		}
		s.Name = cstring(str[name:])
		s.Bind, s.Type = info>>4, info&15
		if s.Bind > stbWeak {
			return malformed("symbol %d (%s) has unknown binding %d", i, s.Name, s.Bind)
		}
		if (s.Bind == stbLocal) != (uint32(i) < tab.Info) {
			return malformed("symbol %d (%s) is on the wrong side of the border between local and global symbols (%d)", i, s.Name, tab.Info)
		}
		switch {
		case shndx == shnCommon:
			// A common symbol has no section; see the message for the way out.
			return WithHint(malformed("symbol %s is COMMON: please compile with -fno-common", s.Name), hintCommon, s.Name)
		case shndx == shnAbs:
			s.Section = SecAbs
		case shndx >= shnLoreserve || int(shndx) >= p.shnum:
			return malformed("symbol %d (%s) is in section %#x of %d", i, s.Name, shndx, p.shnum)
		case shndx == shnUndef:
			if s.Name == "" {
				return malformed("symbol %d is undefined and has no name", i)
			}
		default:
			s.Section = int(shndx)
			// A local one may: gcc's section anchors (.LANCHOR) lie where
			// short offsets reach most, which can be past the end.
			if size := p.spec.Sections[shndx].Size; s.Value > size && s.Global() {
				return malformed("symbol %d (%s) lies at %#x in section %s of %#x bytes",
					i, s.Name, s.Value, p.spec.Sections[shndx].Name, size)
			}
		}
	}
	return nil
}
