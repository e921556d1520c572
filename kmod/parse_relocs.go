package kmod

// relocations reads the relocation sections of loaded sections; those of
// debugging sections are of no concern to a loader.
func (p *parser) relocations() error {
	want, entSize, kind := uint32(shtRel), p.f.relSize, "REL"
	if p.m.rela {
		want, entSize, kind = shtRela, p.f.relaSize, "RELA"
	}
	for i := range p.spec.Sections {
		s := &p.spec.Sections[i]
		if s.Type != shtRel && s.Type != shtRela {
			continue
		}
		if s.Info == 0 || s.Info >= uint32(p.shnum) {
			return malformed("section %d (%s) relocates section %d of %d", i, s.Name, s.Info, p.shnum)
		}
		target := &p.spec.Sections[s.Info]
		if !target.Alloc() {
			continue
		}
		switch {
		case s.Type != want:
			return malformed("section %d (%s) is not of the kind that %s uses, %s", i, s.Name, p.m.Name, kind)
		case target.NoBits():
			return malformed("section %d (%s) relocates %s, which has no contents", i, s.Name, target.Name)
		case s.Link != uint32(p.spec.Symtab):
			return malformed("section %d (%s) refers to symbol table %d, want %d", i, s.Name, s.Link, p.spec.Symtab)
		case s.EntSize != uint64(entSize) || s.Size%s.EntSize != 0:
			return malformed("section %d (%s) has %d bytes in entries of %d, want %d", i, s.Name, s.Size, s.EntSize, entSize)
		}
		rs := RelocSection{Index: i, Target: int(s.Info), Relocs: make([]Reloc, len(s.Data)/entSize)}
		for j := range rs.Relocs {
			if err := p.relocation(&rs.Relocs[j], s, target, s.Data[j*entSize:]); err != nil {
				return err
			}
		}
		p.spec.Relocs = append(p.spec.Relocs, rs)
	}
	return nil
}

func (p *parser) relocation(rel *Reloc, s, target *Section, b []byte) error {
	r := fields{b, p.f.word}
	rel.Offset = r.addr()
	info := r.addr()
	sym, typ := info>>32, uint32(info)
	if p.f.class == elfClass32 {
		sym, typ = info>>8, uint32(info&0xff)
	}
	if p.m.rela {
		rel.Addend = r.saddr()
	}
	if sym >= uint64(len(p.spec.Symbols)) {
		return malformed("section %s: relocation at %#x refers to symbol %d of %d", s.Name, rel.Offset, sym, len(p.spec.Symbols))
	}
	rel.Sym = int(sym)
	rel.Type = p.m.Reloc(typ)
	if rel.Type == nil {
		return WithHint(malformed("section %s: unknown relocation type %d at %#x", s.Name, typ, rel.Offset),
			"the kernel has no relocation type %d of %s: %s", typ, p.m.Name, relocHints[p.m.Name])
	}
	if rel.Offset > target.Size || uint64(rel.Type.Size) > target.Size-rel.Offset {
		return malformed("section %s: relocation %s at %#x is outside %s (%#x bytes)",
			s.Name, rel.Type.Name, rel.Offset, target.Name, target.Size)
	}
	return nil
}
