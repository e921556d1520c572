package rv64

// The Zicsr extension (I 9).

var rowsZicsr = []Row{
	{name: "csrrw", enc: "csr rs1 001 rd 1110011", asm: "rd, csr, rs1", ref: "I 9.1", doc: "rd = csr; csr = rs1", ex: "340312f3 csrrw t0, mscratch, t1", do: swapCSR{}, end: true},
	{name: "csrrs", enc: "csr rs1 010 rd 1110011", asm: "rd, csr, rs1", ref: "I 9.1", doc: "rd = csr; csr |= rs1", ex: "300322f3 csrrs t0, mstatus, t1", do: setCSR{}, end: true},
	{name: "csrrc", enc: "csr rs1 011 rd 1110011", asm: "rd, csr, rs1", ref: "I 9.1", doc: "rd = csr; csr &^= rs1", ex: "304332f3 csrrc t0, mie, t1", do: general(csrrc), end: true},
	{name: "csrrwi", enc: "csr uimm[4:0] 101 rd 1110011", asm: "rd, csr, uimm", ref: "I 9.1", doc: "rd = csr; csr = uimm", ex: "340152f3 csrrwi t0, mscratch, 2", do: general(csrrwi), end: true},
	{name: "csrrsi", enc: "csr uimm[4:0] 110 rd 1110011", asm: "rd, csr, uimm", ref: "I 9.1", doc: "rd = csr; csr |= uimm", ex: "100162f3 csrrsi t0, sstatus, 2", do: general(csrrsi), end: true},
	{name: "csrrci", enc: "csr uimm[4:0] 111 rd 1110011", asm: "rd, csr, uimm", ref: "I 9.1", doc: "rd = csr; csr &^= uimm", ex: "100172f3 csrrci t0, sstatus, 2", do: general(csrrci), end: true},
}

// swapCSR and setCSR are CSRRW and CSRRS, which handlers use a lot: the
// generated loop knows them, for plain registers.
type (
	swapCSR struct{}
	setCSR  struct{}
)

func (swapCSR) exec(h *Hart, in *insn) trap { return h.swapCSR(in, h.x[in.rs1]) }

func csrrwi(h *Hart, in *insn) trap { return h.swapCSR(in, uint64(in.imm)) }

// The set and clear forms do not write at all where the source is x0 or the
// immediate 0, even if that makes a difference: read-only CSRs (I 9.1).

func (setCSR) exec(h *Hart, in *insn) trap {
	v := h.x[in.rs1]
	return h.modifyCSR(in, in.rs1 != 0, func(old uint64) uint64 { return old | v })
}

func csrrc(h *Hart, in *insn) trap {
	v := h.x[in.rs1]
	return h.modifyCSR(in, in.rs1 != 0, func(old uint64) uint64 { return old &^ v })
}

func csrrsi(h *Hart, in *insn) trap {
	return h.modifyCSR(in, in.imm != 0, func(old uint64) uint64 { return old | uint64(in.imm) })
}

func csrrci(h *Hart, in *insn) trap {
	return h.modifyCSR(in, in.imm != 0, func(old uint64) uint64 { return old &^ uint64(in.imm) })
}

// swapCSR is CSRRW. With rd = x0 the CSR is not read, which matters for no
// CSR of this hart.
func (h *Hart) swapCSR(in *insn, v uint64) trap {
	c := h.findCSR(in.csr, true)
	if c == nil {
		return h.illegal(in)
	}
	old := c.read(h)
	c.set(h, v)
	h.setX(in.rd, old)
	return noTrap
}

func (h *Hart) modifyCSR(in *insn, write bool, f func(old uint64) uint64) trap {
	c := h.findCSR(in.csr, write)
	if c == nil {
		return h.illegal(in)
	}
	old := c.read(h)
	if write {
		c.modify(h, f)
	}
	h.setX(in.rd, old)
	return noTrap
}

// endsBlockCSR says whether what follows may depend on the instruction: it
// writes a register that is not plain.
func endsBlockCSR(in *insn) bool {
	c := csrByNumber(in.csr)
	switch in.row.name {
	case "csrrw", "csrrwi":
		return c == nil || c.at == nil
	}
	return (in.rs1 != 0 || in.imm != 0) && (c == nil || c.at == nil)
}
