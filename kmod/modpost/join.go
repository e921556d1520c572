package modpost

import (
	"debug/elf"
	"encoding/binary"
	"fmt"

	"rv86/kmod"
)

// Join makes one relocatable file of several, as `ld -r` does, for compilers
// that come without a linker. Sections of one name and kind follow each other;
// global symbols of one name become one. Section groups are not looked at: C
// code of modules has none.
func Join(objects [][]byte, m *kmod.Machine) ([]byte, error) {
	j := &joiner{
		out: &object{m: m}, byKey: map[sectionKey]*section{}, at: map[*section]place{},
		own: map[*section]*symbol{}, globals: map[string]*symbol{}, to: map[*symbol]*symbol{}, relocs: map[*section]*section{},
	}
	var parts []*object
	for i, b := range objects {
		o, err := readObject(b, m)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			j.out.class64, j.out.flags = o.class64, o.flags
		}
		if o.flags != j.out.flags {
			return nil, fmt.Errorf("object %d was compiled for another ABI: ELF flags %#x, and %#x before", i, o.flags, j.out.flags)
		}
		parts = append(parts, o)
		j.addSections(o)
	}
	for _, o := range parts {
		j.addLocals(o)
	}
	for _, o := range parts {
		if err := j.addGlobals(o); err != nil {
			return nil, err
		}
	}
	for _, o := range parts {
		if err := j.addRelocs(o); err != nil {
			return nil, err
		}
	}
	j.out.symbols = append(j.locals, j.order...)
	return j.out.bytes(), nil
}

// joiner is the state of one Join.
type joiner struct {
	out     *object
	byKey   map[sectionKey]*section
	at      map[*section]place    // where a part's section went
	own     map[*section]*symbol  // the section symbol of a joined section
	relocs  map[*section]*section // the relocation section of a joined section
	locals  []*symbol
	globals map[string]*symbol
	order   []*symbol           // the global ones, as first met
	to      map[*symbol]*symbol // from a part's symbol to the joined one
}

type sectionKey struct {
	name  string
	typ   elf.SectionType
	flags elf.SectionFlag
}

type place struct {
	section *section
	off     uint64
}

// single says that a section describes the whole file: the first one counts.
func single(s *section) bool {
	const riscvAttributes = elf.SectionType(0x70000003)
	return s.typ == riscvAttributes || s.name == ".note.GNU-stack"
}

func (j *joiner) addSections(o *object) {
	for _, s := range o.sections {
		if s.target != nil || s.name == ".llvm_addrsig" {
			continue
		}
		key := sectionKey{s.name, s.typ, s.flags}
		to := j.byKey[key]
		if to == nil {
			to = &section{name: s.name, typ: s.typ, flags: s.flags, align: s.align, entSize: s.entSize}
			j.byKey[key] = to
			j.out.sections = append(j.out.sections, to)
			sym := &symbol{info: elf.ST_INFO(elf.STB_LOCAL, elf.STT_SECTION), section: to}
			j.own[to] = sym
			j.locals = append(j.locals, sym)
		} else if single(s) {
			j.at[s] = place{to, 0}
			continue
		}
		off := (to.size + s.align - 1) &^ (s.align - 1)
		if s.typ != elf.SHT_NOBITS {
			to.data = append(append(to.data, make([]byte, off-to.size)...), s.data...)
		}
		to.size, to.align = off+s.size, max(to.align, s.align)
		j.at[s] = place{to, off}
	}
}

// moved is a symbol's copy at its place in the joined file.
func (j *joiner) moved(s *symbol) *symbol {
	c := *s
	if s.section != nil {
		p := j.at[s.section]
		c.section, c.value = p.section, s.value+p.off
	}
	return &c
}

func (j *joiner) addLocals(o *object) {
	for _, s := range o.symbols {
		switch {
		case !s.local() || s.section != nil && j.at[s.section].section == nil:
		case elf.ST_TYPE(s.info) == elf.STT_SECTION && s.section != nil:
			j.to[s] = j.own[j.at[s.section].section]
		default:
			c := j.moved(s)
			j.to[s] = c
			j.locals = append(j.locals, c)
		}
	}
}

// addGlobals makes one of all symbols of a name: a definition is preferred to a
// reference, a strong one to a weak one, and two strong ones are an error.
func (j *joiner) addGlobals(o *object) error {
	for _, s := range o.symbols {
		if s.local() {
			continue
		}
		have := j.globals[s.name]
		if have == nil {
			have = j.moved(s)
			j.globals[s.name] = have
			j.order = append(j.order, have)
			j.to[s] = have
			continue
		}
		j.to[s] = have
		weak, haveWeak := elf.ST_BIND(s.info) == elf.STB_WEAK, elf.ST_BIND(have.info) == elf.STB_WEAK
		undefined, haveUndefined := s.section == nil && s.special == elf.SHN_UNDEF, have.section == nil && have.special == elf.SHN_UNDEF
		switch {
		case undefined && haveUndefined && haveWeak && !weak:
			have.info = s.info // somebody cannot do without it
		case undefined:
		case haveUndefined || haveWeak && !weak:
			*have = *j.moved(s)
		case !haveWeak && !weak:
			return fmt.Errorf("multiple definition of %s", s.name)
		}
	}
	return nil
}

func (j *joiner) addRelocs(o *object) error {
	for _, s := range o.sections {
		if s.target == nil || j.at[s.target].section == nil {
			continue
		}
		p := j.at[s.target]
		to := j.relocs[p.section]
		if to == nil {
			to = &section{name: s.name, typ: s.typ, flags: s.flags, align: s.align, entSize: s.entSize, target: p.section}
			j.relocs[p.section] = to
			j.out.sections = append(j.out.sections, to)
		}
		for _, r := range s.relocs {
			if r.symbol != nil {
				// What names only a section must find its part in the joined one.
				if elf.ST_TYPE(r.symbol.info) == elf.STT_SECTION && r.symbol.section != nil {
					if err := j.shift(s, &r); err != nil {
						return err
					}
				}
				r.symbol = j.to[r.symbol]
			}
			r.offset += p.off
			to.relocs = append(to.relocs, r)
		}
	}
	return nil
}

// shift adds to a relocation's addend how far its symbol's section moved. Where
// the addend lies at the place, all types that C code has are 32 bits wide.
func (j *joiner) shift(s *section, r *reloc) error {
	by := j.at[r.symbol.section].off
	if s.typ == elf.SHT_RELA {
		r.addend += int64(by)
		return nil
	}
	const field = 4
	at := j.at[s.target].off + r.offset
	data := j.at[s.target].section.data
	if at > uint64(len(data)) || uint64(len(data))-at < field {
		return errDamaged
	}
	if by != 0 {
		b := data[at:]
		binary.LittleEndian.PutUint32(b, binary.LittleEndian.Uint32(b)+uint32(by))
	}
	return nil
}
