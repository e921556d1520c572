// Code generated from the rows by loop_gen_test.go; DO NOT EDIT.

package rv64

import (
	"unsafe"

	"rv86/mmu"
)

// Opcodes of the switch. The order is dense: Go makes a jump table of it.
const (
	opExec    = iota // through the row's exec
	opExecEnd        // the same, and it ends the block
	opEnd            // after the last instruction of a block that does not end itself
	opLui
	opAuipc
	opJal
	opJalr
	opBeq
	opBne
	opBlt
	opBge
	opBltu
	opBgeu
	opLb
	opLh
	opLw
	opLd
	opLbu
	opLhu
	opLwu
	opSb
	opSh
	opSw
	opSd
	opAddi
	opSlti
	opSltiu
	opXori
	opOri
	opAndi
	opSlli
	opSrli
	opSrai
	opAdd
	opSub
	opSll
	opSlt
	opSltu
	opXor
	opSrl
	opSra
	opOr
	opAnd
	opAddiw
	opSlliw
	opSrliw
	opSraiw
	opAddw
	opSubw
	opSllw
	opSrlw
	opSraw
	opMul
	opMulh
	opMulhsu
	opMulhu
	opDiv
	opDivu
	opRem
	opRemu
	opMulw
	opDivw
	opDivuw
	opRemw
	opRemuw
	opAmoswapW
	opAmoaddW
	opAmoxorW
	opAmoandW
	opAmoorW
	opAmominW
	opAmomaxW
	opAmominuW
	opAmomaxuW
	opAmoswapD
	opAmoaddD
	opAmoxorD
	opAmoandD
	opAmoorD
	opAmominD
	opAmomaxD
	opAmominuD
	opAmomaxuD
	opFlw
	opFsw
	opFaddS
	opFsubS
	opFmulS
	opFdivS
	opFsqrtS
	opFsgnjS
	opFsgnjnS
	opFsgnjxS
	opFcvtWS
	opFcvtWuS
	opFcvtLS
	opFcvtLuS
	opFcvtSW
	opFcvtSWu
	opFcvtSL
	opFcvtSLu
	opFmvXW
	opFmvWX
	opFeqS
	opFltS
	opFleS
	opFld
	opFsd
	opFaddD
	opFsubD
	opFmulD
	opFdivD
	opFsqrtD
	opFsgnjD
	opFsgnjnD
	opFsgnjxD
	opFcvtWD
	opFcvtWuD
	opFcvtLD
	opFcvtLuD
	opFcvtDW
	opFcvtDWu
	opFcvtDL
	opFcvtDLu
	opFcvtSD
	opFcvtDS
	opFmvXD
	opFmvDX
	opFeqD
	opFltD
	opFleD
	opCount
)

// rowOps is the opcode of each row, in the order of the tables.
var rowOps = []uint8{
	opLui, opAuipc, opJal, opJalr, opBeq, opBne, opBlt, opBge, opBltu, opBgeu, opLb, opLh, opLw, opLd, opLbu, opLhu, opLwu, opSb, opSh, opSw, opSd, opAddi, opSlti, opSltiu, opXori, opOri, opAndi, opSlli, opSrli, opSrai, opAdd, opSub, opSll, opSlt, opSltu, opXor, opSrl, opSra, opOr, opAnd, opAddiw, opSlliw, opSrliw, opSraiw, opAddw, opSubw, opSllw, opSrlw, opSraw, opExec, opExec, opExec, opExec, opExec, opExec, opExec, opExec, opMul, opMulh, opMulhsu, opMulhu, opDiv, opDivu, opRem, opRemu, opMulw, opDivw, opDivuw, opRemw, opRemuw, opExec, opExec, opExec, opExec, opAmoswapW, opAmoaddW, opAmoxorW, opAmoandW, opAmoorW, opAmominW, opAmomaxW, opAmominuW, opAmomaxuW, opAmoswapD, opAmoaddD, opAmoxorD, opAmoandD, opAmoorD, opAmominD, opAmomaxD, opAmominuD, opAmomaxuD, opFlw, opFsw, opExec, opExec, opExec, opExec, opFaddS, opFsubS, opFmulS, opFdivS, opFsqrtS, opFsgnjS, opFsgnjnS, opFsgnjxS, opExec, opExec, opFcvtWS, opFcvtWuS, opFcvtLS, opFcvtLuS, opFcvtSW, opFcvtSWu, opFcvtSL, opFcvtSLu, opFmvXW, opFmvWX, opFeqS, opFltS, opFleS, opExec, opFld, opFsd, opExec, opExec, opExec, opExec, opFaddD, opFsubD, opFmulD, opFdivD, opFsqrtD, opFsgnjD, opFsgnjnD, opFsgnjxD, opExec, opExec, opFcvtWD, opFcvtWuD, opFcvtLD, opFcvtLuD, opFcvtDW, opFcvtDWu, opFcvtDL, opFcvtDLu, opFcvtSD, opFcvtDS, opFmvXD, opFmvDX, opFeqD, opFltD, opFleD, opExec, opExec, opExec, opExec, opExec, opExec, opExec,
}

// endsBlock says whether an instruction's case leaves the block.
func endsBlock(op uint8) bool {
	switch op {
	case opExecEnd, opEnd, opJal, opJalr, opBeq, opBne, opBlt, opBge, opBltu, opBgeu:
		return true
	}
	return false
}

// fusedOp is the opcode of a pair, or opExec.
func fusedOp(a, b uint8) uint8 {
	switch uint16(a)<<8 | uint16(b) {
	}
	return opExec
}

// opSize is the number of bytes that a memory access moves.
var opSize = [256]uint8{
	opLb:       1,
	opLh:       2,
	opLw:       4,
	opLd:       8,
	opLbu:      1,
	opLhu:      2,
	opLwu:      4,
	opSb:       1,
	opSh:       2,
	opSw:       4,
	opSd:       8,
	opAmoswapW: 4,
	opAmoaddW:  4,
	opAmoxorW:  4,
	opAmoandW:  4,
	opAmoorW:   4,
	opAmominW:  4,
	opAmomaxW:  4,
	opAmominuW: 4,
	opAmomaxuW: 4,
	opAmoswapD: 8,
	opAmoaddD:  8,
	opAmoxorD:  8,
	opAmoandD:  8,
	opAmoorD:   8,
	opAmominD:  8,
	opAmomaxD:  8,
	opAmominuD: 8,
	opAmomaxuD: 8,
	opFlw:      4,
	opFsw:      4,
	opFld:      8,
	opFsd:      8,
}

// opFirst is the first instruction of a pair; other opcodes stand for themselves.
var opFirst = [256]uint8{
	opLui:      opLui,
	opAuipc:    opAuipc,
	opJal:      opJal,
	opJalr:     opJalr,
	opBeq:      opBeq,
	opBne:      opBne,
	opBlt:      opBlt,
	opBge:      opBge,
	opBltu:     opBltu,
	opBgeu:     opBgeu,
	opLb:       opLb,
	opLh:       opLh,
	opLw:       opLw,
	opLd:       opLd,
	opLbu:      opLbu,
	opLhu:      opLhu,
	opLwu:      opLwu,
	opSb:       opSb,
	opSh:       opSh,
	opSw:       opSw,
	opSd:       opSd,
	opAddi:     opAddi,
	opSlti:     opSlti,
	opSltiu:    opSltiu,
	opXori:     opXori,
	opOri:      opOri,
	opAndi:     opAndi,
	opSlli:     opSlli,
	opSrli:     opSrli,
	opSrai:     opSrai,
	opAdd:      opAdd,
	opSub:      opSub,
	opSll:      opSll,
	opSlt:      opSlt,
	opSltu:     opSltu,
	opXor:      opXor,
	opSrl:      opSrl,
	opSra:      opSra,
	opOr:       opOr,
	opAnd:      opAnd,
	opAddiw:    opAddiw,
	opSlliw:    opSlliw,
	opSrliw:    opSrliw,
	opSraiw:    opSraiw,
	opAddw:     opAddw,
	opSubw:     opSubw,
	opSllw:     opSllw,
	opSrlw:     opSrlw,
	opSraw:     opSraw,
	opMul:      opMul,
	opMulh:     opMulh,
	opMulhsu:   opMulhsu,
	opMulhu:    opMulhu,
	opDiv:      opDiv,
	opDivu:     opDivu,
	opRem:      opRem,
	opRemu:     opRemu,
	opMulw:     opMulw,
	opDivw:     opDivw,
	opDivuw:    opDivuw,
	opRemw:     opRemw,
	opRemuw:    opRemuw,
	opAmoswapW: opAmoswapW,
	opAmoaddW:  opAmoaddW,
	opAmoxorW:  opAmoxorW,
	opAmoandW:  opAmoandW,
	opAmoorW:   opAmoorW,
	opAmominW:  opAmominW,
	opAmomaxW:  opAmomaxW,
	opAmominuW: opAmominuW,
	opAmomaxuW: opAmomaxuW,
	opAmoswapD: opAmoswapD,
	opAmoaddD:  opAmoaddD,
	opAmoxorD:  opAmoxorD,
	opAmoandD:  opAmoandD,
	opAmoorD:   opAmoorD,
	opAmominD:  opAmominD,
	opAmomaxD:  opAmomaxD,
	opAmominuD: opAmominuD,
	opAmomaxuD: opAmomaxuD,
	opFlw:      opFlw,
	opFsw:      opFsw,
	opFaddS:    opFaddS,
	opFsubS:    opFsubS,
	opFmulS:    opFmulS,
	opFdivS:    opFdivS,
	opFsqrtS:   opFsqrtS,
	opFsgnjS:   opFsgnjS,
	opFsgnjnS:  opFsgnjnS,
	opFsgnjxS:  opFsgnjxS,
	opFcvtWS:   opFcvtWS,
	opFcvtWuS:  opFcvtWuS,
	opFcvtLS:   opFcvtLS,
	opFcvtLuS:  opFcvtLuS,
	opFcvtSW:   opFcvtSW,
	opFcvtSWu:  opFcvtSWu,
	opFcvtSL:   opFcvtSL,
	opFcvtSLu:  opFcvtSLu,
	opFmvXW:    opFmvXW,
	opFmvWX:    opFmvWX,
	opFeqS:     opFeqS,
	opFltS:     opFltS,
	opFleS:     opFleS,
	opFld:      opFld,
	opFsd:      opFsd,
	opFaddD:    opFaddD,
	opFsubD:    opFsubD,
	opFmulD:    opFmulD,
	opFdivD:    opFdivD,
	opFsqrtD:   opFsqrtD,
	opFsgnjD:   opFsgnjD,
	opFsgnjnD:  opFsgnjnD,
	opFsgnjxD:  opFsgnjxD,
	opFcvtWD:   opFcvtWD,
	opFcvtWuD:  opFcvtWuD,
	opFcvtLD:   opFcvtLD,
	opFcvtLuD:  opFcvtLuD,
	opFcvtDW:   opFcvtDW,
	opFcvtDWu:  opFcvtDWu,
	opFcvtDL:   opFcvtDL,
	opFcvtDLu:  opFcvtDLu,
	opFcvtSD:   opFcvtSD,
	opFcvtDS:   opFcvtDS,
	opFmvXD:    opFmvXD,
	opFmvDX:    opFmvDX,
	opFeqD:     opFeqD,
	opFltD:     opFltD,
	opFleD:     opFleD,
}

// loopBlocks executes blocks, the first of which is h.fast.next, until slow
// says to leave.
func (h *Hart) loopBlocks() {
	var (
		f      = &h.fast
		x      = &h.x
		nb     = f.next
		left   = f.left
		loads  = f.loads
		stores = f.stores
		b      *block
		in     *inst
		e      *mmu.Entry
		addr   uint64
		old    uint64
		p32    *uint32
		p64    *uint64
		kind   slowKind
	)
	goto enter
enterTaken:
	if nb.context != f.context {
		kind = slowTaken
		goto slow
	}
	goto enter
enterFall:
	if nb.context != f.context {
		kind = slowFall
		goto slow
	}
	goto enter
enterJump:
	if nb.context != f.context {
		kind = slowJump
		goto slow
	}
enter:
	left -= nb.n
	if left < 0 {
		kind = slowLimit
		goto slow
	}
	b = nb
	in = b.code
dispatch:
	// in is the instruction before the next one, so that a case ends with a
	// jump to the head of the loop and no other.
	for {
		in = next(in)
		switch in.op {
		default: // opExec, opExecEnd
			kind = slowExec
			goto slow
		case opEnd:
			nb = b.fall
			goto enterFall
		case opLui:
			x[in.rd&63] = lui(b.pc+uint64(in.rs1), uint64(int64(in.imm)))

		case opAuipc:
			x[in.rd&63] = auipc(b.pc+uint64(in.rs1), uint64(int64(in.imm)))

		case opJal:
			x[in.rd&63] = b.end
			nb = b.taken
			goto enterTaken

		case opJalr:
			addr = (x[in.rs1&63] + uint64(int64(in.imm))) &^ 1
			x[in.rd&63] = b.end
			nb = f.jumps[jumpSlot(addr)]
			if nb.pc != addr {
				kind = slowJump
				goto slow
			}
			goto enterJump

		case opBeq:
			if eq(x[in.rs1&63], x[in.rs2&63]) {
				nb = b.taken
				goto enterTaken
			}
			nb = b.fall
			goto enterFall

		case opBne:
			if ne(x[in.rs1&63], x[in.rs2&63]) {
				nb = b.taken
				goto enterTaken
			}
			nb = b.fall
			goto enterFall

		case opBlt:
			if lt(x[in.rs1&63], x[in.rs2&63]) {
				nb = b.taken
				goto enterTaken
			}
			nb = b.fall
			goto enterFall

		case opBge:
			if ge(x[in.rs1&63], x[in.rs2&63]) {
				nb = b.taken
				goto enterTaken
			}
			nb = b.fall
			goto enterFall

		case opBltu:
			if ltu(x[in.rs1&63], x[in.rs2&63]) {
				nb = b.taken
				goto enterTaken
			}
			nb = b.fall
			goto enterFall

		case opBgeu:
			if geu(x[in.rs1&63], x[in.rs2&63]) {
				nb = b.taken
				goto enterTaken
			}
			nb = b.fall
			goto enterFall

		case opLb:
			addr = x[in.rs1&63] + uint64(int64(in.imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|0) {
				kind = slowLoad
				goto slow
			}
			x[in.rd&63] = uint64(*(*int8)(unsafe.Add(e.Page, addr&mmu.PageMask)))

		case opLh:
			addr = x[in.rs1&63] + uint64(int64(in.imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|1) {
				kind = slowLoad
				goto slow
			}
			x[in.rd&63] = uint64(*(*int16)(unsafe.Add(e.Page, addr&mmu.PageMask)))

		case opLw:
			addr = x[in.rs1&63] + uint64(int64(in.imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|3) {
				kind = slowLoad
				goto slow
			}
			x[in.rd&63] = uint64(*(*int32)(unsafe.Add(e.Page, addr&mmu.PageMask)))

		case opLd:
			addr = x[in.rs1&63] + uint64(int64(in.imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|7) {
				kind = slowLoad
				goto slow
			}
			x[in.rd&63] = uint64(*(*uint64)(unsafe.Add(e.Page, addr&mmu.PageMask)))

		case opLbu:
			addr = x[in.rs1&63] + uint64(int64(in.imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|0) {
				kind = slowLoad
				goto slow
			}
			x[in.rd&63] = uint64(*(*uint8)(unsafe.Add(e.Page, addr&mmu.PageMask)))

		case opLhu:
			addr = x[in.rs1&63] + uint64(int64(in.imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|1) {
				kind = slowLoad
				goto slow
			}
			x[in.rd&63] = uint64(*(*uint16)(unsafe.Add(e.Page, addr&mmu.PageMask)))

		case opLwu:
			addr = x[in.rs1&63] + uint64(int64(in.imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|3) {
				kind = slowLoad
				goto slow
			}
			x[in.rd&63] = uint64(*(*uint32)(unsafe.Add(e.Page, addr&mmu.PageMask)))

		case opSb:
			addr = x[in.rs1&63] + uint64(int64(in.imm))
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|0) {
				kind = slowStore
				goto slow
			}
			*(*uint8)(unsafe.Add(e.Page, addr&mmu.PageMask)) = uint8(x[in.rs2&63])

		case opSh:
			addr = x[in.rs1&63] + uint64(int64(in.imm))
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|1) {
				kind = slowStore
				goto slow
			}
			*(*uint16)(unsafe.Add(e.Page, addr&mmu.PageMask)) = uint16(x[in.rs2&63])

		case opSw:
			addr = x[in.rs1&63] + uint64(int64(in.imm))
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|3) {
				kind = slowStore
				goto slow
			}
			*(*uint32)(unsafe.Add(e.Page, addr&mmu.PageMask)) = uint32(x[in.rs2&63])

		case opSd:
			addr = x[in.rs1&63] + uint64(int64(in.imm))
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|7) {
				kind = slowStore
				goto slow
			}
			*(*uint64)(unsafe.Add(e.Page, addr&mmu.PageMask)) = uint64(x[in.rs2&63])

		case opAddi:
			x[in.rd&63] = add(x[in.rs1&63], uint64(int64(in.imm)))

		case opSlti:
			x[in.rd&63] = slt(x[in.rs1&63], uint64(int64(in.imm)))

		case opSltiu:
			x[in.rd&63] = sltu(x[in.rs1&63], uint64(int64(in.imm)))

		case opXori:
			x[in.rd&63] = xor(x[in.rs1&63], uint64(int64(in.imm)))

		case opOri:
			x[in.rd&63] = or(x[in.rs1&63], uint64(int64(in.imm)))

		case opAndi:
			x[in.rd&63] = and(x[in.rs1&63], uint64(int64(in.imm)))

		case opSlli:
			x[in.rd&63] = sll(x[in.rs1&63], uint64(int64(in.imm)))

		case opSrli:
			x[in.rd&63] = srl(x[in.rs1&63], uint64(int64(in.imm)))

		case opSrai:
			x[in.rd&63] = sra(x[in.rs1&63], uint64(int64(in.imm)))

		case opAdd:
			x[in.rd&63] = add(x[in.rs1&63], x[in.rs2&63])

		case opSub:
			x[in.rd&63] = sub(x[in.rs1&63], x[in.rs2&63])

		case opSll:
			x[in.rd&63] = sll(x[in.rs1&63], x[in.rs2&63])

		case opSlt:
			x[in.rd&63] = slt(x[in.rs1&63], x[in.rs2&63])

		case opSltu:
			x[in.rd&63] = sltu(x[in.rs1&63], x[in.rs2&63])

		case opXor:
			x[in.rd&63] = xor(x[in.rs1&63], x[in.rs2&63])

		case opSrl:
			x[in.rd&63] = srl(x[in.rs1&63], x[in.rs2&63])

		case opSra:
			x[in.rd&63] = sra(x[in.rs1&63], x[in.rs2&63])

		case opOr:
			x[in.rd&63] = or(x[in.rs1&63], x[in.rs2&63])

		case opAnd:
			x[in.rd&63] = and(x[in.rs1&63], x[in.rs2&63])

		case opAddiw:
			x[in.rd&63] = addw(x[in.rs1&63], uint64(int64(in.imm)))

		case opSlliw:
			x[in.rd&63] = sllw(x[in.rs1&63], uint64(int64(in.imm)))

		case opSrliw:
			x[in.rd&63] = srlw(x[in.rs1&63], uint64(int64(in.imm)))

		case opSraiw:
			x[in.rd&63] = sraw(x[in.rs1&63], uint64(int64(in.imm)))

		case opAddw:
			x[in.rd&63] = addw(x[in.rs1&63], x[in.rs2&63])

		case opSubw:
			x[in.rd&63] = subw(x[in.rs1&63], x[in.rs2&63])

		case opSllw:
			x[in.rd&63] = sllw(x[in.rs1&63], x[in.rs2&63])

		case opSrlw:
			x[in.rd&63] = srlw(x[in.rs1&63], x[in.rs2&63])

		case opSraw:
			x[in.rd&63] = sraw(x[in.rs1&63], x[in.rs2&63])

		case opMul:
			x[in.rd&63] = mul(x[in.rs1&63], x[in.rs2&63])

		case opMulh:
			x[in.rd&63] = mulh(x[in.rs1&63], x[in.rs2&63])

		case opMulhsu:
			x[in.rd&63] = mulhsu(x[in.rs1&63], x[in.rs2&63])

		case opMulhu:
			x[in.rd&63] = mulhu(x[in.rs1&63], x[in.rs2&63])

		case opDiv:
			x[in.rd&63] = div(x[in.rs1&63], x[in.rs2&63])

		case opDivu:
			x[in.rd&63] = divu(x[in.rs1&63], x[in.rs2&63])

		case opRem:
			x[in.rd&63] = rem(x[in.rs1&63], x[in.rs2&63])

		case opRemu:
			x[in.rd&63] = remu(x[in.rs1&63], x[in.rs2&63])

		case opMulw:
			x[in.rd&63] = mulw(x[in.rs1&63], x[in.rs2&63])

		case opDivw:
			x[in.rd&63] = divw(x[in.rs1&63], x[in.rs2&63])

		case opDivuw:
			x[in.rd&63] = divuw(x[in.rs1&63], x[in.rs2&63])

		case opRemw:
			x[in.rd&63] = remw(x[in.rs1&63], x[in.rs2&63])

		case opRemuw:
			x[in.rd&63] = remuw(x[in.rs1&63], x[in.rs2&63])

		case opAmoswapW:
			addr = x[in.rs1&63] + 0
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|3) {
				kind = slowStore
				goto slow
			}
			p32 = (*uint32)(unsafe.Add(e.Page, addr&mmu.PageMask))
			old = sext32(*p32)
			*p32 = uint32(amoSwap(old, sext32(uint32(x[in.rs2&63]))))
			x[in.rd&63] = old

		case opAmoaddW:
			addr = x[in.rs1&63] + 0
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|3) {
				kind = slowStore
				goto slow
			}
			p32 = (*uint32)(unsafe.Add(e.Page, addr&mmu.PageMask))
			old = sext32(*p32)
			*p32 = uint32(add(old, sext32(uint32(x[in.rs2&63]))))
			x[in.rd&63] = old

		case opAmoxorW:
			addr = x[in.rs1&63] + 0
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|3) {
				kind = slowStore
				goto slow
			}
			p32 = (*uint32)(unsafe.Add(e.Page, addr&mmu.PageMask))
			old = sext32(*p32)
			*p32 = uint32(xor(old, sext32(uint32(x[in.rs2&63]))))
			x[in.rd&63] = old

		case opAmoandW:
			addr = x[in.rs1&63] + 0
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|3) {
				kind = slowStore
				goto slow
			}
			p32 = (*uint32)(unsafe.Add(e.Page, addr&mmu.PageMask))
			old = sext32(*p32)
			*p32 = uint32(and(old, sext32(uint32(x[in.rs2&63]))))
			x[in.rd&63] = old

		case opAmoorW:
			addr = x[in.rs1&63] + 0
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|3) {
				kind = slowStore
				goto slow
			}
			p32 = (*uint32)(unsafe.Add(e.Page, addr&mmu.PageMask))
			old = sext32(*p32)
			*p32 = uint32(or(old, sext32(uint32(x[in.rs2&63]))))
			x[in.rd&63] = old

		case opAmominW:
			addr = x[in.rs1&63] + 0
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|3) {
				kind = slowStore
				goto slow
			}
			p32 = (*uint32)(unsafe.Add(e.Page, addr&mmu.PageMask))
			old = sext32(*p32)
			*p32 = uint32(amoMin(old, sext32(uint32(x[in.rs2&63]))))
			x[in.rd&63] = old

		case opAmomaxW:
			addr = x[in.rs1&63] + 0
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|3) {
				kind = slowStore
				goto slow
			}
			p32 = (*uint32)(unsafe.Add(e.Page, addr&mmu.PageMask))
			old = sext32(*p32)
			*p32 = uint32(amoMax(old, sext32(uint32(x[in.rs2&63]))))
			x[in.rd&63] = old

		case opAmominuW:
			addr = x[in.rs1&63] + 0
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|3) {
				kind = slowStore
				goto slow
			}
			p32 = (*uint32)(unsafe.Add(e.Page, addr&mmu.PageMask))
			old = sext32(*p32)
			*p32 = uint32(amoMinu(old, sext32(uint32(x[in.rs2&63]))))
			x[in.rd&63] = old

		case opAmomaxuW:
			addr = x[in.rs1&63] + 0
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|3) {
				kind = slowStore
				goto slow
			}
			p32 = (*uint32)(unsafe.Add(e.Page, addr&mmu.PageMask))
			old = sext32(*p32)
			*p32 = uint32(amoMaxu(old, sext32(uint32(x[in.rs2&63]))))
			x[in.rd&63] = old

		case opAmoswapD:
			addr = x[in.rs1&63] + 0
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|7) {
				kind = slowStore
				goto slow
			}
			p64 = (*uint64)(unsafe.Add(e.Page, addr&mmu.PageMask))
			old = *p64
			*p64 = amoSwap(old, x[in.rs2&63])
			x[in.rd&63] = old

		case opAmoaddD:
			addr = x[in.rs1&63] + 0
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|7) {
				kind = slowStore
				goto slow
			}
			p64 = (*uint64)(unsafe.Add(e.Page, addr&mmu.PageMask))
			old = *p64
			*p64 = add(old, x[in.rs2&63])
			x[in.rd&63] = old

		case opAmoxorD:
			addr = x[in.rs1&63] + 0
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|7) {
				kind = slowStore
				goto slow
			}
			p64 = (*uint64)(unsafe.Add(e.Page, addr&mmu.PageMask))
			old = *p64
			*p64 = xor(old, x[in.rs2&63])
			x[in.rd&63] = old

		case opAmoandD:
			addr = x[in.rs1&63] + 0
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|7) {
				kind = slowStore
				goto slow
			}
			p64 = (*uint64)(unsafe.Add(e.Page, addr&mmu.PageMask))
			old = *p64
			*p64 = and(old, x[in.rs2&63])
			x[in.rd&63] = old

		case opAmoorD:
			addr = x[in.rs1&63] + 0
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|7) {
				kind = slowStore
				goto slow
			}
			p64 = (*uint64)(unsafe.Add(e.Page, addr&mmu.PageMask))
			old = *p64
			*p64 = or(old, x[in.rs2&63])
			x[in.rd&63] = old

		case opAmominD:
			addr = x[in.rs1&63] + 0
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|7) {
				kind = slowStore
				goto slow
			}
			p64 = (*uint64)(unsafe.Add(e.Page, addr&mmu.PageMask))
			old = *p64
			*p64 = amoMin(old, x[in.rs2&63])
			x[in.rd&63] = old

		case opAmomaxD:
			addr = x[in.rs1&63] + 0
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|7) {
				kind = slowStore
				goto slow
			}
			p64 = (*uint64)(unsafe.Add(e.Page, addr&mmu.PageMask))
			old = *p64
			*p64 = amoMax(old, x[in.rs2&63])
			x[in.rd&63] = old

		case opAmominuD:
			addr = x[in.rs1&63] + 0
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|7) {
				kind = slowStore
				goto slow
			}
			p64 = (*uint64)(unsafe.Add(e.Page, addr&mmu.PageMask))
			old = *p64
			*p64 = amoMinu(old, x[in.rs2&63])
			x[in.rd&63] = old

		case opAmomaxuD:
			addr = x[in.rs1&63] + 0
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|7) {
				kind = slowStore
				goto slow
			}
			p64 = (*uint64)(unsafe.Add(e.Page, addr&mmu.PageMask))
			old = *p64
			*p64 = amoMaxu(old, x[in.rs2&63])
			x[in.rd&63] = old

		case opFlw:
			addr = x[in.rs1&63] + uint64(int64(in.imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|3) {
				kind = slowLoad
				goto slow
			}
			h.f[in.rd&31] = uint64(*(*uint32)(unsafe.Add(e.Page, addr&mmu.PageMask))) | 0xffffffff00000000

		case opFsw:
			addr = x[in.rs1&63] + uint64(int64(in.imm))
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|3) {
				kind = slowStore
				goto slow
			}
			*(*uint32)(unsafe.Add(e.Page, addr&mmu.PageMask)) = uint32(h.f[in.rs2&31])

		case opFaddS:
			if v, ok := hostAddS(h.f[in.rs1&31], h.f[in.rs2&31]); ok {
				h.f[in.rd&31] = v
			} else {
				kind = slowExec
				goto slow
			}

		case opFsubS:
			if v, ok := hostSubS(h.f[in.rs1&31], h.f[in.rs2&31]); ok {
				h.f[in.rd&31] = v
			} else {
				kind = slowExec
				goto slow
			}

		case opFmulS:
			if v, ok := hostMulS(h.f[in.rs1&31], h.f[in.rs2&31]); ok {
				h.f[in.rd&31] = v
			} else {
				kind = slowExec
				goto slow
			}

		case opFdivS:
			if v, ok := hostDivS(h.f[in.rs1&31], h.f[in.rs2&31]); ok {
				h.f[in.rd&31] = v
			} else {
				kind = slowExec
				goto slow
			}

		case opFsqrtS:
			if v, ok := hostSqrtS(h.f[in.rs1&31], 0); ok {
				h.f[in.rd&31] = v
			} else {
				kind = slowExec
				goto slow
			}

		case opFsgnjS:
			h.f[in.rd&31] = fsgnjS(h.f[in.rs1&31], h.f[in.rs2&31])

		case opFsgnjnS:
			h.f[in.rd&31] = fsgnjnS(h.f[in.rs1&31], h.f[in.rs2&31])

		case opFsgnjxS:
			h.f[in.rd&31] = fsgnjxS(h.f[in.rs1&31], h.f[in.rs2&31])

		case opFcvtWS:
			if v, ok := hostWS(h.f[in.rs1&31], 0); ok {
				x[in.rd&63] = v
			} else {
				kind = slowExec
				goto slow
			}

		case opFcvtWuS:
			if v, ok := hostWUS(h.f[in.rs1&31], 0); ok {
				x[in.rd&63] = v
			} else {
				kind = slowExec
				goto slow
			}

		case opFcvtLS:
			if v, ok := hostLS(h.f[in.rs1&31], 0); ok {
				x[in.rd&63] = v
			} else {
				kind = slowExec
				goto slow
			}

		case opFcvtLuS:
			if v, ok := hostLUS(h.f[in.rs1&31], 0); ok {
				x[in.rd&63] = v
			} else {
				kind = slowExec
				goto slow
			}

		case opFcvtSW:
			if v, ok := hostSW(x[in.rs1&63], 0); ok {
				h.f[in.rd&31] = v
			} else {
				kind = slowExec
				goto slow
			}

		case opFcvtSWu:
			if v, ok := hostSWU(x[in.rs1&63], 0); ok {
				h.f[in.rd&31] = v
			} else {
				kind = slowExec
				goto slow
			}

		case opFcvtSL:
			if v, ok := hostSL(x[in.rs1&63], 0); ok {
				h.f[in.rd&31] = v
			} else {
				kind = slowExec
				goto slow
			}

		case opFcvtSLu:
			if v, ok := hostSLU(x[in.rs1&63], 0); ok {
				h.f[in.rd&31] = v
			} else {
				kind = slowExec
				goto slow
			}

		case opFmvXW:
			x[in.rd&63] = fmvXW(h.f[in.rs1&31])

		case opFmvWX:
			h.f[in.rd&31] = fmvWX(x[in.rs1&63])

		case opFeqS:
			if v, ok := hostEqS(h.f[in.rs1&31], h.f[in.rs2&31]); ok {
				x[in.rd&63] = v
			} else {
				kind = slowExec
				goto slow
			}

		case opFltS:
			if v, ok := hostLtS(h.f[in.rs1&31], h.f[in.rs2&31]); ok {
				x[in.rd&63] = v
			} else {
				kind = slowExec
				goto slow
			}

		case opFleS:
			if v, ok := hostLeS(h.f[in.rs1&31], h.f[in.rs2&31]); ok {
				x[in.rd&63] = v
			} else {
				kind = slowExec
				goto slow
			}

		case opFld:
			addr = x[in.rs1&63] + uint64(int64(in.imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|7) {
				kind = slowLoad
				goto slow
			}
			h.f[in.rd&31] = uint64(*(*uint64)(unsafe.Add(e.Page, addr&mmu.PageMask)))

		case opFsd:
			addr = x[in.rs1&63] + uint64(int64(in.imm))
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|7) {
				kind = slowStore
				goto slow
			}
			*(*uint64)(unsafe.Add(e.Page, addr&mmu.PageMask)) = uint64(h.f[in.rs2&31])

		case opFaddD:
			if v, ok := hostAddD(h.f[in.rs1&31], h.f[in.rs2&31]); ok {
				h.f[in.rd&31] = v
			} else {
				kind = slowExec
				goto slow
			}

		case opFsubD:
			if v, ok := hostSubD(h.f[in.rs1&31], h.f[in.rs2&31]); ok {
				h.f[in.rd&31] = v
			} else {
				kind = slowExec
				goto slow
			}

		case opFmulD:
			if v, ok := hostMulD(h.f[in.rs1&31], h.f[in.rs2&31]); ok {
				h.f[in.rd&31] = v
			} else {
				kind = slowExec
				goto slow
			}

		case opFdivD:
			if v, ok := hostDivD(h.f[in.rs1&31], h.f[in.rs2&31]); ok {
				h.f[in.rd&31] = v
			} else {
				kind = slowExec
				goto slow
			}

		case opFsqrtD:
			if v, ok := hostSqrtD(h.f[in.rs1&31], 0); ok {
				h.f[in.rd&31] = v
			} else {
				kind = slowExec
				goto slow
			}

		case opFsgnjD:
			h.f[in.rd&31] = fsgnjD(h.f[in.rs1&31], h.f[in.rs2&31])

		case opFsgnjnD:
			h.f[in.rd&31] = fsgnjnD(h.f[in.rs1&31], h.f[in.rs2&31])

		case opFsgnjxD:
			h.f[in.rd&31] = fsgnjxD(h.f[in.rs1&31], h.f[in.rs2&31])

		case opFcvtWD:
			if v, ok := hostWD(h.f[in.rs1&31], 0); ok {
				x[in.rd&63] = v
			} else {
				kind = slowExec
				goto slow
			}

		case opFcvtWuD:
			if v, ok := hostWUD(h.f[in.rs1&31], 0); ok {
				x[in.rd&63] = v
			} else {
				kind = slowExec
				goto slow
			}

		case opFcvtLD:
			if v, ok := hostLD(h.f[in.rs1&31], 0); ok {
				x[in.rd&63] = v
			} else {
				kind = slowExec
				goto slow
			}

		case opFcvtLuD:
			if v, ok := hostLUD(h.f[in.rs1&31], 0); ok {
				x[in.rd&63] = v
			} else {
				kind = slowExec
				goto slow
			}

		case opFcvtDW:
			if v, ok := hostDW(x[in.rs1&63], 0); ok {
				h.f[in.rd&31] = v
			} else {
				kind = slowExec
				goto slow
			}

		case opFcvtDWu:
			if v, ok := hostDWU(x[in.rs1&63], 0); ok {
				h.f[in.rd&31] = v
			} else {
				kind = slowExec
				goto slow
			}

		case opFcvtDL:
			if v, ok := hostDL(x[in.rs1&63], 0); ok {
				h.f[in.rd&31] = v
			} else {
				kind = slowExec
				goto slow
			}

		case opFcvtDLu:
			if v, ok := hostDLU(x[in.rs1&63], 0); ok {
				h.f[in.rd&31] = v
			} else {
				kind = slowExec
				goto slow
			}

		case opFcvtSD:
			if v, ok := hostNarrow(h.f[in.rs1&31], 0); ok {
				h.f[in.rd&31] = v
			} else {
				kind = slowExec
				goto slow
			}

		case opFcvtDS:
			if v, ok := hostWiden(h.f[in.rs1&31], 0); ok {
				h.f[in.rd&31] = v
			} else {
				kind = slowExec
				goto slow
			}

		case opFmvXD:
			x[in.rd&63] = fmvXD(h.f[in.rs1&31])

		case opFmvDX:
			h.f[in.rd&31] = fmvDX(x[in.rs1&63])

		case opFeqD:
			if v, ok := hostEqD(h.f[in.rs1&31], h.f[in.rs2&31]); ok {
				x[in.rd&63] = v
			} else {
				kind = slowExec
				goto slow
			}

		case opFltD:
			if v, ok := hostLtD(h.f[in.rs1&31], h.f[in.rs2&31]); ok {
				x[in.rd&63] = v
			} else {
				kind = slowExec
				goto slow
			}

		case opFleD:
			if v, ok := hostLeD(h.f[in.rs1&31], h.f[in.rs2&31]); ok {
				x[in.rd&63] = v
			} else {
				kind = slowExec
				goto slow
			}

		}
	}
slow:
	f.in, f.b, f.next, f.left = in, b, nb, left
	if h.slow(kind, addr) {
		return
	}
	x = &h.x
	in, b, nb, left = f.in, f.b, f.next, f.left
	loads, stores = f.loads, f.stores
	if nb == nil {
		goto dispatch
	}
	goto enter
}
