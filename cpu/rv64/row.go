package rv64

//go:generate go test -run TestLoopIsCurrent -update .

// Row is one instruction. The unexported fields below the line are derived
// from enc and is when the package is initialised.
type Row struct {
	name string // assembler mnemonic
	enc  string // the manual's figure, most significant bit first; see encoding.go
	asm  string // operand syntax: "rd, imm(rs1)"; frd, frs1... name f registers
	ref  string // clause of the manual
	doc  string // one line: the effect
	ex   string // "hex text": an example that a test decodes, prints and assembles
	is   string // compressed rows: the instruction it stands for, as "addi rd, rd, imm"
	do   meaning
	fp   bool // needs mstatus.FS != Off (the decoder of both paths sees to it)
	end  bool // a basic block cannot go on after it: it may change pc or what follows means

	figure
	base   *Row     // compressed rows: the row of `is`; else the row itself
	expand []source // compressed rows: where the base's operands come from
	op     uint8    // opcode of the generated switch, or opExec
}

// meaning is what an instruction does. Kinds other than general are known to
// the generator of the fast path, which turns them into inline code.
//
// exec runs the instruction on the reference path. It must leave the hart
// unchanged when it returns a trap other than noTrap. On entry h.pc is the
// instruction's own address and h.nextPC the address after it.
type meaning interface {
	exec(h *Hart, in *insn) trap
}

type (
	// alu: rd = f(rs1, rs2), or f(rs1, imm) where the row has no rs2.
	alu func(a, b uint64) uint64
	// bigAlu is an alu that the compiler does not inline; it stays out of the
	// generated loop, where a call would cost all others their registers.
	bigAlu func(a, b uint64) uint64
	// division: rd = f(rs1, rs2), or byZero(rs1) where the size low bytes of
	// rs2 are 0.
	division struct {
		f      func(a, b uint64) uint64
		byZero func(a uint64) uint64
		size   uint8
	}
	// pcAlu: rd = f(pc, imm).
	pcAlu func(pc, imm uint64) uint64
	// cond: if f(rs1, rs2) then pc += imm.
	cond func(a, b uint64) bool
	// load: rd = size bytes at rs1 + imm, sign- or zero-extended; to an f
	// register (NaN-boxed when it is narrower) if fp.
	load struct {
		size   uint8
		signed bool
		fp     bool
	}
	// store: size bytes at rs1 + imm = rs2.
	store struct {
		size uint8
		fp   bool
	}
	// jal and jalr link and jump.
	jal  struct{}
	jalr struct{}
	// nothing: no effect.
	nothing struct{}
	// general: anything else.
	general func(h *Hart, in *insn) trap
)

// insn is a decoded instruction, as the reference path executes it.
type insn struct {
	row  *Row   // never a compressed row: those decode to their base
	raw  uint32 // as fetched; 16 bits wide for compressed instructions
	size uint8  // 2 or 4 bytes
	rd   uint8  // 0..31, as rs1, rs2, rs3; operands the row lacks are 0
	rs1  uint8
	rs2  uint8
	rs3  uint8
	rm   uint8  // rounding mode field, 7 = dynamic
	csr  uint16 // CSR number
	imm  int64  // sign-extended immediate, or shift amount, or zero-extended CSR immediate
}

// rows is every instruction, in the order of the manual's chapters. The fast
// path's opcodes number the rows of this slice that it knows.
var rows = assembleRows(rowsI, rowsZifencei, rowsZicsr, rowsM, rowsA, rowsF, rowsD, rowsPriv, rowsC)

func (f alu) exec(h *Hart, in *insn) trap {
	b := uint64(in.imm)
	if in.row.hasRS2 {
		b = h.x[in.rs2]
	}
	h.setX(in.rd, f(h.x[in.rs1], b))
	return noTrap
}

func (f bigAlu) exec(h *Hart, in *insn) trap { return alu(f).exec(h, in) }

func (d division) exec(h *Hart, in *insn) trap {
	a, b := h.x[in.rs1], h.x[in.rs2]
	if d.size == 4 && uint32(b) == 0 || b == 0 {
		h.setX(in.rd, d.byZero(a))
		return noTrap
	}
	h.setX(in.rd, d.f(a, b))
	return noTrap
}

func (f pcAlu) exec(h *Hart, in *insn) trap {
	h.setX(in.rd, f(h.pc, uint64(in.imm)))
	return noTrap
}

// With the C extension every even address is aligned, and encodings have no
// odd offsets: a jump never raises instruction-address-misaligned (I 2.5).
func (f cond) exec(h *Hart, in *insn) trap {
	if f(h.x[in.rs1], h.x[in.rs2]) {
		h.nextPC = h.pc + uint64(in.imm)
	}
	return noTrap
}

func (jal) exec(h *Hart, in *insn) trap {
	link := h.nextPC
	h.nextPC = h.pc + uint64(in.imm)
	h.setX(in.rd, link)
	return noTrap
}

func (jalr) exec(h *Hart, in *insn) trap {
	link := h.nextPC
	h.nextPC = (h.x[in.rs1] + uint64(in.imm)) &^ 1
	h.setX(in.rd, link)
	return noTrap
}

func (l load) exec(h *Hart, in *insn) trap {
	v, t := h.load(h.x[in.rs1]+uint64(in.imm), int(l.size))
	if t != noTrap {
		return t
	}
	l.put(h, in, v)
	return noTrap
}

// put writes the loaded bytes, zero-extended in v, to the register.
func (l load) put(h *Hart, in *insn, v uint64) {
	if l.fp {
		h.setF(in.rd, v|boxMask(l.size))
		return
	}
	if l.signed {
		shift := 64 - 8*uint(l.size)
		v = uint64(int64(v<<shift) >> shift)
	}
	h.setX(in.rd, v)
}

func (s store) exec(h *Hart, in *insn) trap {
	return h.store(h.x[in.rs1]+uint64(in.imm), int(s.size), s.value(h, in))
}

func (s store) value(h *Hart, in *insn) uint64 {
	if s.fp {
		return h.f[in.rs2]
	}
	return h.x[in.rs2]
}

func (nothing) exec(*Hart, *insn) trap { return noTrap }

func (f general) exec(h *Hart, in *insn) trap { return f(h, in) }

// boxMask is the upper part of an f register that holds a value of size bytes:
// all ones (I 12.2, NaN boxing).
func boxMask(size uint8) uint64 {
	if size == 4 {
		return 0xffffffff_00000000
	}
	return 0
}
