package rv64

import (
	"math"

	"rv86/mmu"
)

// makeBlock decodes the instructions at pc, whose physical address is pa. It
// returns nil with a trap if the second page of a straddling instruction
// raises one, nil and noTrap if that page cannot be cached.
func (h *Hart) makeBlock(pc, pa uint64) (*block, trap) {
	if h.fast.slab.full() {
		h.flushCode()
	}
	var code [maxBlock + 1]inst
	var offsets [maxBlock + 1]uint8
	var fp bool
	level := h.fpLevel()
	page := h.ramAt(pa, mmu.PageSize-pa&mmu.PageMask) // to the end of the page
	n, off := 0, 0
	var pa2 uint64
	for n < maxBlock && off < len(page) {
		low := page[off:]
		high := low[2:]
		if len(high) == 0 && low[0]&3 == 3 { // across the page boundary
			if n > 0 {
				break
			}
			p2, t, ok := h.fetchPage(pc + 2)
			if !ok {
				return nil, t
			}
			pa2, high = p2, h.ramAt(p2, 2)
		}
		raw := rawIn(low, high)
		if h.debug.hook != nil && h.debug.steps(pc+uint64(off), raw) {
			if n == 0 {
				return nil, noTrap
			}
			break
		}
		in := decode(raw)
		offsets[n] = uint8(off)
		code[n] = compact(&in, off, level)
		if in.row != nil && in.row.fp {
			fp = true
		}
		off += int(in.size)
		n++
		if pa2 != 0 || in.endsBlock() {
			break
		}
	}
	count := n
	if last := code[n-1].op; !endsBlock(last) {
		code[n] = inst{op: opEnd}
		n++
	}
	fuse(code[:n])
	b := h.fast.slab.block()
	insts, offs := h.fast.slab.code(n)
	copy(insts, code[:n])
	copy(offs, offsets[:n])
	b.pc, b.pa, b.pa2 = pc, pa, pa2
	b.code, b.offsets = &insts[0], offs
	b.n, b.end = int64(count), pc+uint64(off)
	b.fp, b.level = fp, level
	h.enter(b)
	return b, noTrap
}

// compact makes the switch's form of an instruction that lies off bytes into
// its block. Everything the switch does not know becomes opExec.
func compact(in *insn, off int, level uint8) inst {
	c := inst{op: opExec, rd: in.rd, rs1: in.rs1, rs2: in.rs2}
	if in.row == nil {
		c.op, c.imm = opExecEnd, int32(in.raw)
		return c
	}
	imm := in.imm
	op := in.row.op
	switch in.row.do.(type) {
	case cond, jal:
		imm += int64(off)
	case pcAlu:
		c.rs1 = uint8(off)
	case swapCSR, setCSR:
		c.rs2 = csrPriv(in.csr)
		if r := csrByNumber(in.csr); r != nil && r.at != nil {
			imm = int64(r.slot)
		} else {
			op = opExec
		}
	}
	if in.row.computesFloat() {
		imm = int64(int32(in.raw)) // for rs3, and for exec
	}
	if imm != int64(int32(imm)) || in.row.fpLevel(in) > level {
		op = opExec
	}
	c.op, c.imm = op, int32(imm)
	if op == opExec {
		c.imm = int32(in.raw)
		switch {
		case in.endsBlock():
			c.op = opExecEnd
		case in.row.computesFloat() && level > fpNone:
			c.op = opFloat
		}
	}
	if c.rd == 0 && !in.row.writesF() {
		c.rd = sink
	}
	return c
}

// endsBlock says whether a block cannot go on after the instruction.
func (in *insn) endsBlock() bool {
	switch {
	case in.row == nil:
		return true
	case in.row.field("csr") != nil:
		return endsBlockCSR(in)
	}
	return in.row.end
}

// fpLevel is the lowest level at which the row's inline form may be used.
func (r *Row) fpLevel(in *insn) uint8 {
	if !r.fp {
		return fpNone
	}
	if r.field("rm") == nil {
		return fpMoves
	}
	switch r.do.(type) {
	case ftoi[single], ftoi[double]:
		// Inline they truncate, as casts in C do.
		if in.rm == rmRTZ {
			return fpArith
		}
	default:
		if in.rm == rmRNE || in.rm == rmDyn {
			return fpArith
		}
	}
	return math.MaxUint8
}

// computesFloat says whether the row's exec touches nothing but registers and
// fflags. Of those that need FS only loads and stores do.
func (r *Row) computesFloat() bool {
	switch r.do.(type) {
	case load, store:
		return false
	}
	return r.fp
}

// writesF says whether rd is an f register.
func (r *Row) writesF() bool {
	return len(r.asm) > 3 && r.asm[:3] == "frd"
}

// fuse replaces the first opcode of pairs that the switch executes as one. The
// second instruction stays in place, for entering it after a slow path.
func fuse(code []inst) {
	for i := 0; i+1 < len(code); i++ {
		if op := fusedOp(code[i].op, code[i+1].op); op != opExec {
			code[i].op = op
			i++
		}
	}
}
