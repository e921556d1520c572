package debuginfo

import (
	"debug/dwarf"
	"debug/elf"
	"encoding/binary"
	"fmt"
	"strings"
)

// standard are the sections that debug/dwarf takes at once, in the order of
// dwarf.New; more are those it must be given one by one, and own the ones that
// this package reads itself.
var (
	standard = []string{"abbrev", "aranges", "frame", "info", "line", "pubnames", "ranges", "str"}
	more     = []string{"addr", "line_str", "str_offsets", "rnglists"}
	own      = []string{"loclists", "addr", "frame"}
)

const debugPrefix = ".debug_"

// readDWARF hands the debug sections over, with their addresses filled in.
func (im *Image) readDWARF(f *elf.File, addrs []uint64) error {
	sections := map[string][]byte{}
	for i, s := range f.Sections {
		name, ok := strings.CutPrefix(s.Name, debugPrefix)
		if !ok || s.Type == elf.SHT_RELA || s.Type == elf.SHT_REL {
			continue
		}
		b, err := s.Data()
		if err != nil {
			return err
		}
		if f.Type == elf.ET_REL {
			b = append([]byte(nil), b...)
			if err := relocate(f, i, b, addrs); err != nil {
				return err
			}
		}
		sections[name] = b
	}
	if sections["info"] == nil {
		return nil
	}
	for _, name := range own {
		im.debug[name] = sections[name]
	}
	var s [8][]byte
	for i, name := range standard {
		s[i] = sections[name]
	}
	d, err := dwarf.New(s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7])
	if err != nil {
		return err
	}
	for _, name := range more {
		if err := d.AddSection(debugPrefix+name, sections[name]); err != nil {
			return err
		}
	}
	im.data, im.entries = d, len(sections["info"])
	return im.readUnits()
}

// fix is one relocation of a debug section: the symbol's address plus the addend
// is stored in, added to or taken from a field of some bits.
type fix struct {
	bytes int
	op    byte // '=' '+' '-'
	mask  uint64
	rel   bool // relative to the field's place
}

// Of the types that compilers use between debug sections and code (psABI of
// RISC-V 8.3; System V i386 psABI table 4.9).
var fixes = map[elf.Machine]map[uint32]fix{
	elf.EM_RISCV: {
		uint32(elf.R_RISCV_32):    {4, '=', 0, false},
		uint32(elf.R_RISCV_64):    {8, '=', 0, false},
		uint32(elf.R_RISCV_ADD8):  {1, '+', 0, false},
		uint32(elf.R_RISCV_ADD16): {2, '+', 0, false},
		uint32(elf.R_RISCV_ADD32): {4, '+', 0, false},
		uint32(elf.R_RISCV_ADD64): {8, '+', 0, false},
		uint32(elf.R_RISCV_SUB8):  {1, '-', 0, false},
		uint32(elf.R_RISCV_SUB16): {2, '-', 0, false},
		uint32(elf.R_RISCV_SUB32): {4, '-', 0, false},
		uint32(elf.R_RISCV_SUB64): {8, '-', 0, false},
		uint32(elf.R_RISCV_SUB6):  {1, '-', 0x3f, false},
		uint32(elf.R_RISCV_SET6):  {1, '=', 0x3f, false},
		uint32(elf.R_RISCV_SET8):  {1, '=', 0, false},
		uint32(elf.R_RISCV_SET16): {2, '=', 0, false},
		uint32(elf.R_RISCV_SET32): {4, '=', 0, false},

		uint32(elf.R_RISCV_32_PCREL): {4, '=', 0, true},
	},
	elf.EM_386: {
		uint32(elf.R_386_32):   {4, '=', 0, false},
		uint32(elf.R_386_PC32): {4, '=', 0, true},
	},
}

// relocate fills in section i, whose bytes are b. Types without a row are those
// that change nothing here (alignment, ULEB128 lengths within one section that
// the assembler already wrote).
func relocate(f *elf.File, i int, b []byte, addrs []uint64) error {
	rows := fixes[f.Machine]
	symbols, err := f.Symbols()
	if err != nil {
		return err
	}
	for _, rs := range f.Sections {
		if int(rs.Info) != i || rs.Type != elf.SHT_RELA && rs.Type != elf.SHT_REL {
			continue
		}
		table, err := rs.Data()
		if err != nil {
			return err
		}
		for _, r := range relocations(f, rs.Type == elf.SHT_RELA, table) {
			row, ok := rows[r.kind]
			if !ok {
				continue
			}
			if r.off > uint64(len(b)) || uint64(len(b))-r.off < uint64(row.bytes) || r.sym > uint32(len(symbols)) {
				return fmt.Errorf("a relocation of %s is outside it", f.Sections[i].Name)
			}
			v := uint64(r.addend)
			if r.sym > 0 {
				s := symbols[r.sym-1] // the list has no null symbol
				v += s.Value
				if int(s.Section) < len(addrs) {
					v += addrs[s.Section]
				}
			}
			row.apply(b[r.off:], v-row.place(r.off), rs.Type == elf.SHT_REL)
		}
	}
	return nil
}

// place is what a relative field subtracts. A debug section lies nowhere, so
// only distances within it make sense.
func (x fix) place(off uint64) uint64 {
	if x.rel {
		return off
	}
	return 0
}

func (x fix) apply(b []byte, v uint64, inPlace bool) {
	old := uint64(0)
	for i := x.bytes - 1; i >= 0; i-- {
		old = old<<8 | uint64(b[i])
	}
	switch {
	case x.op == '+' || inPlace:
		v = old + v
	case x.op == '-':
		v = old - v
	}
	if x.mask != 0 {
		v = old&^x.mask | v&x.mask
	}
	for i := range x.bytes {
		b[i] = byte(v >> (8 * i))
	}
}

type relocation struct {
	off    uint64
	kind   uint32
	sym    uint32
	addend int64
}

// relocations decodes a table (gABI chapter 4, Relocation).
func relocations(f *elf.File, rela bool, b []byte) (out []relocation) {
	le := binary.LittleEndian
	switch {
	case f.Class == elf.ELFCLASS64 && rela:
		for ; len(b) >= 24; b = b[24:] {
			info := le.Uint64(b[8:])
			out = append(out, relocation{le.Uint64(b), uint32(info), uint32(info >> 32), int64(le.Uint64(b[16:]))})
		}
	case f.Class == elf.ELFCLASS32 && !rela:
		for ; len(b) >= 8; b = b[8:] {
			info := le.Uint32(b[4:])
			out = append(out, relocation{uint64(le.Uint32(b)), info & 0xff, info >> 8, 0})
		}
	}
	return out
}
