package kmod

// Machine is one row of what differs between the machines modules are built
// for: the ELF numbers and the relocation types.
type Machine struct {
	Name       string // as in vermagic and on the command line
	ELFMachine uint16 // e_machine

	format *format
	rela   bool // addends are in the relocation, not at the place

	pltSize, pltAlign int
	plt               func(slot []byte, at, target uint64)

	relocs []RelocType // in the order of their numbers, with gaps
}

// Machines are all there are.
var Machines = []*Machine{RISCV64, I386}

// Reloc finds a relocation type by number, nil if the machine has no such.
func (m *Machine) Reloc(num uint32) *RelocType {
	for i := range m.relocs {
		if m.relocs[i].Num == num {
			return &m.relocs[i]
		}
	}
	return nil
}

// Relocs gives all rows, for tables and tests.
func (m *Machine) Relocs() []RelocType { return m.relocs }

// WordSize is the size of an address in bytes.
func (m *Machine) WordSize() int { return m.format.word }

// machineName names e_machine values a user may meet by mistake.
func machineName(machine uint16) string {
	switch machine {
	case 3:
		return " (i386)"
	case 8:
		return " (MIPS)"
	case 20, 21:
		return " (PowerPC)"
	case 22:
		return " (S/390)"
	case 40:
		return " (ARM)"
	case 62:
		return " (x86-64)"
	case 183:
		return " (AArch64)"
	case 243:
		return " (RISC-V)"
	case 258:
		return " (LoongArch)"
	}
	return ""
}

// valueKind is the formula of a relocation in the psABI's letters: S is the
// symbol, A the addend, P the place, G the symbol's GOT slot, GOT the start of
// the GOT, V what is at the place already.
type valueKind uint8

const (
	valueNone    valueKind = iota
	valueAbs               // S + A
	valueRel               // S + A - P
	valueGOTRel            // G + A - P
	valueGOTAbs            // G + A - GOT
	valueGOTBase           // GOT + A - P
	valueGOTOff            // S + A - GOT
	valueHiOf              // the value computed at the auipc that S labels, + A
	valueAdd               // V + S + A
	valueSub               // V - S - A
	valueULEBSet           // S + A
	valueULEBSub           // what ULEBSet gave for the same place, - S - A
	valueAlign             // A bytes of padding follow
)

// RelocType is one row: what the number means, what it computes, what the
// field holds, and how the value gets into it.
type RelocType struct {
	Num     uint32
	Name    string // as in the psABI
	Formula string // in its letters
	Size    int    // bytes at the place

	value   valueKind
	limit   limit
	usesPLT bool // a target out of reach may be reached through the PLT
	usesGOT bool // the symbol needs a GOT slot
	hi      bool // the place is an auipc that a PCREL_LO12 may name

	// get reads what the field holds (V, or a REL addend); nil if nothing
	// asks for it. put writes a value; it is the low bits that count.
	get func(b []byte) uint64
	put func(b []byte, v uint64)
}

// limit is the range of values a field can hold, as signed numbers.
type limit struct {
	lo, hi int64
	align  int64  // the value must be a multiple; 0 means 1
	zero   bool   // the value 0 is special and always fits
	what   string // completes "value 0x... "
}

// check gives "" or why a value does not fit.
func (l *limit) check(v int64) string {
	if l.what == "" || l.zero && v == 0 {
		return ""
	}
	if v < l.lo || v > l.hi {
		return l.what
	}
	if l.align > 1 && v%l.align != 0 {
		return "is not aligned as the field needs it"
	}
	return ""
}

// Range gives the least and the greatest value the field can hold; ok is false
// if every value fits, since only its low bits count.
func (t *RelocType) Range() (least, greatest int64, ok bool) {
	return t.limit.lo, t.limit.hi, t.limit.what != "" && t.limit != word32
}

// Little-endian field access.
func get8(b []byte) uint64  { return uint64(b[0]) }
func get16(b []byte) uint64 { return uint64(b[0]) | uint64(b[1])<<8 }
func get32(b []byte) uint64 { return get16(b) | get16(b[2:])<<16 }
func get64(b []byte) uint64 { return get32(b) | get32(b[4:])<<32 }

func put8(b []byte, v uint64)  { b[0] = byte(v) }
func put16(b []byte, v uint64) { b[0], b[1] = byte(v), byte(v>>8) }
func put32(b []byte, v uint64) { put16(b, v); put16(b[2:], v>>16) }
func put64(b []byte, v uint64) { put32(b, v); put32(b[4:], v>>32) }

// PLTSize is the size of a jump to any address, 0 if the machine needs none;
// WritePLT writes one at address at.
func (m *Machine) PLTSize() int { return m.pltSize }

// WritePLT fills a slot of PLTSize bytes, aligned to a word.
func (m *Machine) WritePLT(slot []byte, at, target uint64) { m.plt(slot, at, target) }

// Matches says whether a file's ELF header names this machine.
func (m *Machine) Matches(b []byte) bool {
	return len(b) >= m.format.ehSize && string(b[:4]) == elfMagic &&
		b[eiClass] == m.format.class && get16(b[eMachine:]) == uint64(m.ELFMachine)
}
