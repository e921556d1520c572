package modpost

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"

	"rv86/kmod"
)

// object is a relocatable file that can be changed and written again. Sections
// refer to each other by pointer, symbols and relocations likewise, so that
// what is dropped needs no renumbering before the file is written.
type object struct {
	m        *kmod.Machine
	class64  bool
	flags    uint32
	sections []*section // without the null section, the symbol table, its strings, the section names
	symbols  []*symbol  // without the null symbol
}

type section struct {
	name    string
	typ     elf.SectionType
	flags   elf.SectionFlag
	size    uint64
	align   uint64
	entSize uint64
	data    []byte // nil for NOBITS and relocations
	target  *section
	relocs  []reloc // of a relocation section
}

type symbol struct {
	name        string
	info, other byte
	section     *section
	special     elf.SectionIndex // where there is no section: SHN_UNDEF, SHN_ABS...
	value, size uint64
}

func (s *symbol) local() bool { return elf.ST_BIND(s.info) == elf.STB_LOCAL }

type reloc struct {
	offset uint64
	typ    uint32
	symbol *symbol // nil: the null symbol
	addend int64
}

var errDamaged = errors.New("the object file is damaged")

// readObject takes a compiled file apart.
func readObject(b []byte, m *kmod.Machine) (*object, error) {
	f, err := elf.NewFile(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	if !m.Matches(b) || f.Type != elf.ET_REL {
		return nil, fmt.Errorf("this is no relocatable file for %s, but %s for %s", m.Name, f.Type, f.Machine)
	}
	o := &object{m: m, class64: f.Class == elf.ELFCLASS64}
	flagsAt := 36
	if o.class64 {
		flagsAt = 48
	}
	o.flags = binary.LittleEndian.Uint32(b[flagsAt:])
	byIndex := make([]*section, len(f.Sections))
	for i, s := range f.Sections {
		switch s.Type {
		case elf.SHT_NULL, elf.SHT_SYMTAB, elf.SHT_STRTAB, elf.SHT_SYMTAB_SHNDX:
			continue
		case elf.SHT_GROUP:
			continue // a linker has done with groups what there is to do
		}
		sec := &section{
			name: s.Name, typ: s.Type, flags: s.Flags &^ elf.SHF_GROUP, size: s.Size, align: max(s.Addralign, 1), entSize: s.Entsize,
		}
		if sec.align&(sec.align-1) != 0 || sec.align > kmod.MaxSize {
			return nil, errDamaged
		}
		if s.Type != elf.SHT_NOBITS {
			if s.Offset > uint64(len(b)) || s.Size > uint64(len(b))-s.Offset {
				return nil, errDamaged
			}
			sec.data = b[s.Offset : s.Offset+s.Size]
		}
		byIndex[i] = sec
		o.sections = append(o.sections, sec)
	}
	bySymbol, err := o.readSymbols(f, byIndex)
	if err != nil {
		return nil, err
	}
	for i, s := range f.Sections {
		if s.Type != elf.SHT_REL && s.Type != elf.SHT_RELA {
			continue
		}
		if int(s.Info) >= len(byIndex) || byIndex[s.Info] == nil {
			return nil, errDamaged
		}
		byIndex[i].target = byIndex[s.Info]
		if err := o.readRelocs(byIndex[i], bySymbol); err != nil {
			return nil, err
		}
	}
	return o, nil
}

func (o *object) readSymbols(f *elf.File, byIndex []*section) ([]*symbol, error) {
	syms, err := f.Symbols()
	if errors.Is(err, elf.ErrNoSymbols) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for _, s := range syms {
		sym := &symbol{name: s.Name, info: s.Info, other: s.Other, value: s.Value, size: s.Size, special: s.Section}
		if s.Section != elf.SHN_UNDEF && s.Section < elf.SHN_LORESERVE {
			if int(s.Section) >= len(byIndex) || byIndex[s.Section] == nil {
				return nil, errDamaged
			}
			sym.section = byIndex[s.Section]
		}
		o.symbols = append(o.symbols, sym)
	}
	return o.symbols, nil
}

func (o *object) readRelocs(s *section, syms []*symbol) error {
	rela := s.typ == elf.SHT_RELA
	size := o.relocSize(rela)
	for b := s.data; len(b) >= size; b = b[size:] {
		var r reloc
		var sym uint64
		if o.class64 {
			r.offset = binary.LittleEndian.Uint64(b)
			info := binary.LittleEndian.Uint64(b[8:])
			sym, r.typ = info>>32, uint32(info)
			if rela {
				r.addend = int64(binary.LittleEndian.Uint64(b[16:]))
			}
		} else {
			r.offset = uint64(binary.LittleEndian.Uint32(b))
			info := binary.LittleEndian.Uint32(b[4:])
			sym, r.typ = uint64(info>>8), info&0xff
			if rela {
				r.addend = int64(int32(binary.LittleEndian.Uint32(b[8:])))
			}
		}
		if sym > uint64(len(syms)) {
			return errDamaged
		}
		if sym > 0 {
			r.symbol = syms[sym-1]
		}
		s.relocs = append(s.relocs, r)
	}
	s.data = nil
	return nil
}

func (o *object) relocSize(rela bool) int {
	size := 8
	if rela {
		size = 12
	}
	if o.class64 {
		size *= 2
	}
	return size
}

// find gives the section of a name, or nil.
func (o *object) find(name string) *section {
	for _, s := range o.sections {
		if s.name == name {
			return s
		}
	}
	return nil
}

// drop removes the sections for which gone is true, their relocations and the
// symbols in them, and the assembler's labels (.L...) that nothing uses then.
// A symbol of a dropped section that is still used is an error.
func (o *object) drop(gone func(s *section) bool) error {
	o.sections = slices.DeleteFunc(o.sections, func(s *section) bool {
		return gone(s) || s.target != nil && gone(s.target)
	})
	used := map[*symbol]bool{}
	for _, s := range o.sections {
		for _, r := range s.relocs {
			used[r.symbol] = true
			if r.symbol != nil && r.symbol.section != nil && gone(r.symbol.section) {
				return fmt.Errorf("section %s refers to %s in section %s, which is to be dropped", s.target.name, r.symbol.name, r.symbol.section.name)
			}
		}
	}
	o.symbols = slices.DeleteFunc(o.symbols, func(s *symbol) bool {
		return s.section != nil && gone(s.section) ||
			s.local() && strings.HasPrefix(s.name, ".L") && !used[s]
	})
	return nil
}

// debugging says that a section only describes the others.
func debugging(s *section) bool {
	return strings.HasPrefix(s.name, ".debug_") || s.name == ".comment" || s.name == ".llvm_addrsig" || s.name == ".gdb_index"
}

// Finish turns a linked file into the one that is shipped: what only modpost
// reads is dropped, with strip also the debugging information, and the checksum
// of the structure is filled in.
func Finish(linked []byte, m *kmod.Machine, strip bool) ([]byte, error) {
	o, err := readObject(linked, m)
	if err != nil {
		return nil, err
	}
	err = o.drop(func(s *section) bool {
		return s.name == exportSection || s.name == ".llvm_addrsig" || strip && debugging(s)
	})
	if err != nil {
		return nil, err
	}
	b := o.bytes()
	if err := kmod.SetChecksum(b, m); err != nil {
		return nil, err
	}
	_, err = kmod.Parse(b, m)
	if err != nil {
		return nil, fmt.Errorf("the loader would refuse it: %w", err)
	}
	return b, nil
}
