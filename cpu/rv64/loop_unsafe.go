// Code generated from the rows by loop_gen_test.go; DO NOT EDIT.

package rv64

import (
	"unsafe"

	"rv86/mmu"
)

// Opcodes of the switch. The order is dense: Go makes a jump table of it.
const (
	opExec    = iota // through the row's exec; imm holds its bits
	opExecEnd        // the same, and it ends the block
	opFloat          // a floating-point computation through exec
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
	opFence
	opCsrrw
	opCsrrs
	opMul
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
	opLrW
	opLrD
	opScW
	opScD
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
	opFmaddS
	opFmsubS
	opFnmsubS
	opFnmaddS
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
	opFmaddD
	opFmsubD
	opFnmsubD
	opFnmaddD
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
	opAddAdd
	opAddLd
	opAddLh
	opAddBne
	opAddJal
	opAddAddi
	opAddLw
	opAddSd
	opAddLbu
	opAddiBeq
	opAddiJal
	opAddiAddi
	opAddiAdd
	opAddiBltu
	opAddiSd
	opAddiJalr
	opAddiBne
	opAddiSw
	opAddiLd
	opAddiLbu
	opAddiBlt
	opAddiBge
	opAddiBgeu
	opAddiwAddw
	opAddiwSrli
	opAddiwAndi
	opAddiwSw
	opAddiwBeq
	opAddwBne
	opAddwMulw
	opAddwAddw
	opAndiAndi
	opAndiAddi
	opAndiXor
	opAndiMulw
	opAndiBeq
	opAndiBne
	opAuipcAddi
	opAuipcLwu
	opAuipcLd
	opAuipcLbu
	opAuipcJalr
	opAuipcLw
	opLbuAddi
	opLbuBne
	opLbuBeq
	opLbuAndi
	opLdSd
	opLdBeq
	opLdLh
	opLdLbu
	opLdAdd
	opLdLd
	opLdAddi
	opLdBltu
	opLdLw
	opLdJal
	opLdBne
	opLdJalr
	opLhLh
	opLhAddiw
	opLhBne
	opLuiAdd
	opLuiAddiw
	opLuiAddi
	opLwSlli
	opLwAddi
	opLwLw
	opLwAdd
	opLwAddw
	opLwBeq
	opLwBne
	opLwuBeq
	opMulwAddw
	opMulwSraiw
	opSdAdd
	opSdSd
	opSdAddi
	opSdLd
	opSdAuipc
	opSdSb
	opSdJal
	opSdBeq
	opSlliSrli
	opSlliSlli
	opSlliAdd
	opSlliAddi
	opSraiwAndi
	opSrliAdd
	opSrliSrli
	opSrliAndi
	opSrliBeq
	opSrliAddi
	opSwAddi
	opXorSrli
	opXorAddiw
	opCount
)

// rowOps is the opcode of each row, in the order of the tables.
var rowOps = []uint8{
	opLui, opAuipc, opJal, opJalr, opBeq, opBne, opBlt, opBge, opBltu, opBgeu, opLb, opLh, opLw, opLd, opLbu, opLhu, opLwu, opSb, opSh, opSw, opSd, opAddi, opSlti, opSltiu, opXori, opOri, opAndi, opSlli, opSrli, opSrai, opAdd, opSub, opSll, opSlt, opSltu, opXor, opSrl, opSra, opOr, opAnd, opAddiw, opSlliw, opSrliw, opSraiw, opAddw, opSubw, opSllw, opSrlw, opSraw, opFence, opExec, opCsrrw, opCsrrs, opExec, opExec, opExec, opExec, opMul, opExec, opMulhsu, opMulhu, opDiv, opDivu, opRem, opRemu, opMulw, opDivw, opDivuw, opRemw, opRemuw, opLrW, opLrD, opScW, opScD, opAmoswapW, opAmoaddW, opAmoxorW, opAmoandW, opAmoorW, opAmominW, opAmomaxW, opAmominuW, opAmomaxuW, opAmoswapD, opAmoaddD, opAmoxorD, opAmoandD, opAmoorD, opAmominD, opAmomaxD, opAmominuD, opAmomaxuD, opFlw, opFsw, opFmaddS, opFmsubS, opFnmsubS, opFnmaddS, opFaddS, opFsubS, opFmulS, opFdivS, opFsqrtS, opFsgnjS, opFsgnjnS, opFsgnjxS, opExec, opExec, opFcvtWS, opFcvtWuS, opFcvtLS, opFcvtLuS, opFcvtSW, opFcvtSWu, opFcvtSL, opFcvtSLu, opFmvXW, opFmvWX, opFeqS, opFltS, opFleS, opExec, opFld, opFsd, opFmaddD, opFmsubD, opFnmsubD, opFnmaddD, opFaddD, opFsubD, opFmulD, opFdivD, opFsqrtD, opFsgnjD, opFsgnjnD, opFsgnjxD, opExec, opExec, opFcvtWD, opFcvtWuD, opFcvtLD, opFcvtLuD, opFcvtDW, opFcvtDWu, opFcvtDL, opFcvtDLu, opFcvtSD, opFcvtDS, opFmvXD, opFmvDX, opFeqD, opFltD, opFleD, opExec, opExec, opExec, opExec, opExec, opExec, opExec,
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
	case opAdd<<8 | opAdd:
		return opAddAdd
	case opAdd<<8 | opLd:
		return opAddLd
	case opAdd<<8 | opLh:
		return opAddLh
	case opAdd<<8 | opBne:
		return opAddBne
	case opAdd<<8 | opJal:
		return opAddJal
	case opAdd<<8 | opAddi:
		return opAddAddi
	case opAdd<<8 | opLw:
		return opAddLw
	case opAdd<<8 | opSd:
		return opAddSd
	case opAdd<<8 | opLbu:
		return opAddLbu
	case opAddi<<8 | opBeq:
		return opAddiBeq
	case opAddi<<8 | opJal:
		return opAddiJal
	case opAddi<<8 | opAddi:
		return opAddiAddi
	case opAddi<<8 | opAdd:
		return opAddiAdd
	case opAddi<<8 | opBltu:
		return opAddiBltu
	case opAddi<<8 | opSd:
		return opAddiSd
	case opAddi<<8 | opJalr:
		return opAddiJalr
	case opAddi<<8 | opBne:
		return opAddiBne
	case opAddi<<8 | opSw:
		return opAddiSw
	case opAddi<<8 | opLd:
		return opAddiLd
	case opAddi<<8 | opLbu:
		return opAddiLbu
	case opAddi<<8 | opBlt:
		return opAddiBlt
	case opAddi<<8 | opBge:
		return opAddiBge
	case opAddi<<8 | opBgeu:
		return opAddiBgeu
	case opAddiw<<8 | opAddw:
		return opAddiwAddw
	case opAddiw<<8 | opSrli:
		return opAddiwSrli
	case opAddiw<<8 | opAndi:
		return opAddiwAndi
	case opAddiw<<8 | opSw:
		return opAddiwSw
	case opAddiw<<8 | opBeq:
		return opAddiwBeq
	case opAddw<<8 | opBne:
		return opAddwBne
	case opAddw<<8 | opMulw:
		return opAddwMulw
	case opAddw<<8 | opAddw:
		return opAddwAddw
	case opAndi<<8 | opAndi:
		return opAndiAndi
	case opAndi<<8 | opAddi:
		return opAndiAddi
	case opAndi<<8 | opXor:
		return opAndiXor
	case opAndi<<8 | opMulw:
		return opAndiMulw
	case opAndi<<8 | opBeq:
		return opAndiBeq
	case opAndi<<8 | opBne:
		return opAndiBne
	case opAuipc<<8 | opAddi:
		return opAuipcAddi
	case opAuipc<<8 | opLwu:
		return opAuipcLwu
	case opAuipc<<8 | opLd:
		return opAuipcLd
	case opAuipc<<8 | opLbu:
		return opAuipcLbu
	case opAuipc<<8 | opJalr:
		return opAuipcJalr
	case opAuipc<<8 | opLw:
		return opAuipcLw
	case opLbu<<8 | opAddi:
		return opLbuAddi
	case opLbu<<8 | opBne:
		return opLbuBne
	case opLbu<<8 | opBeq:
		return opLbuBeq
	case opLbu<<8 | opAndi:
		return opLbuAndi
	case opLd<<8 | opSd:
		return opLdSd
	case opLd<<8 | opBeq:
		return opLdBeq
	case opLd<<8 | opLh:
		return opLdLh
	case opLd<<8 | opLbu:
		return opLdLbu
	case opLd<<8 | opAdd:
		return opLdAdd
	case opLd<<8 | opLd:
		return opLdLd
	case opLd<<8 | opAddi:
		return opLdAddi
	case opLd<<8 | opBltu:
		return opLdBltu
	case opLd<<8 | opLw:
		return opLdLw
	case opLd<<8 | opJal:
		return opLdJal
	case opLd<<8 | opBne:
		return opLdBne
	case opLd<<8 | opJalr:
		return opLdJalr
	case opLh<<8 | opLh:
		return opLhLh
	case opLh<<8 | opAddiw:
		return opLhAddiw
	case opLh<<8 | opBne:
		return opLhBne
	case opLui<<8 | opAdd:
		return opLuiAdd
	case opLui<<8 | opAddiw:
		return opLuiAddiw
	case opLui<<8 | opAddi:
		return opLuiAddi
	case opLw<<8 | opSlli:
		return opLwSlli
	case opLw<<8 | opAddi:
		return opLwAddi
	case opLw<<8 | opLw:
		return opLwLw
	case opLw<<8 | opAdd:
		return opLwAdd
	case opLw<<8 | opAddw:
		return opLwAddw
	case opLw<<8 | opBeq:
		return opLwBeq
	case opLw<<8 | opBne:
		return opLwBne
	case opLwu<<8 | opBeq:
		return opLwuBeq
	case opMulw<<8 | opAddw:
		return opMulwAddw
	case opMulw<<8 | opSraiw:
		return opMulwSraiw
	case opSd<<8 | opAdd:
		return opSdAdd
	case opSd<<8 | opSd:
		return opSdSd
	case opSd<<8 | opAddi:
		return opSdAddi
	case opSd<<8 | opLd:
		return opSdLd
	case opSd<<8 | opAuipc:
		return opSdAuipc
	case opSd<<8 | opSb:
		return opSdSb
	case opSd<<8 | opJal:
		return opSdJal
	case opSd<<8 | opBeq:
		return opSdBeq
	case opSlli<<8 | opSrli:
		return opSlliSrli
	case opSlli<<8 | opSlli:
		return opSlliSlli
	case opSlli<<8 | opAdd:
		return opSlliAdd
	case opSlli<<8 | opAddi:
		return opSlliAddi
	case opSraiw<<8 | opAndi:
		return opSraiwAndi
	case opSrli<<8 | opAdd:
		return opSrliAdd
	case opSrli<<8 | opSrli:
		return opSrliSrli
	case opSrli<<8 | opAndi:
		return opSrliAndi
	case opSrli<<8 | opBeq:
		return opSrliBeq
	case opSrli<<8 | opAddi:
		return opSrliAddi
	case opSw<<8 | opAddi:
		return opSwAddi
	case opXor<<8 | opSrli:
		return opXorSrli
	case opXor<<8 | opAddiw:
		return opXorAddiw
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
	opLrW:      4,
	opLrD:      8,
	opScW:      4,
	opScD:      8,
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
	opLbuAddi:  1,
	opLbuBne:   1,
	opLbuBeq:   1,
	opLbuAndi:  1,
	opLdSd:     8,
	opLdBeq:    8,
	opLdLh:     8,
	opLdLbu:    8,
	opLdAdd:    8,
	opLdLd:     8,
	opLdAddi:   8,
	opLdBltu:   8,
	opLdLw:     8,
	opLdJal:    8,
	opLdBne:    8,
	opLdJalr:   8,
	opLhLh:     2,
	opLhAddiw:  2,
	opLhBne:    2,
	opLwSlli:   4,
	opLwAddi:   4,
	opLwLw:     4,
	opLwAdd:    4,
	opLwAddw:   4,
	opLwBeq:    4,
	opLwBne:    4,
	opLwuBeq:   4,
	opSdAdd:    8,
	opSdSd:     8,
	opSdAddi:   8,
	opSdLd:     8,
	opSdAuipc:  8,
	opSdSb:     8,
	opSdJal:    8,
	opSdBeq:    8,
	opSwAddi:   4,
}

// opFirst is the first instruction of a pair; other opcodes stand for themselves.
var opFirst = [256]uint8{
	opLui:       opLui,
	opAuipc:     opAuipc,
	opJal:       opJal,
	opJalr:      opJalr,
	opBeq:       opBeq,
	opBne:       opBne,
	opBlt:       opBlt,
	opBge:       opBge,
	opBltu:      opBltu,
	opBgeu:      opBgeu,
	opLb:        opLb,
	opLh:        opLh,
	opLw:        opLw,
	opLd:        opLd,
	opLbu:       opLbu,
	opLhu:       opLhu,
	opLwu:       opLwu,
	opSb:        opSb,
	opSh:        opSh,
	opSw:        opSw,
	opSd:        opSd,
	opAddi:      opAddi,
	opSlti:      opSlti,
	opSltiu:     opSltiu,
	opXori:      opXori,
	opOri:       opOri,
	opAndi:      opAndi,
	opSlli:      opSlli,
	opSrli:      opSrli,
	opSrai:      opSrai,
	opAdd:       opAdd,
	opSub:       opSub,
	opSll:       opSll,
	opSlt:       opSlt,
	opSltu:      opSltu,
	opXor:       opXor,
	opSrl:       opSrl,
	opSra:       opSra,
	opOr:        opOr,
	opAnd:       opAnd,
	opAddiw:     opAddiw,
	opSlliw:     opSlliw,
	opSrliw:     opSrliw,
	opSraiw:     opSraiw,
	opAddw:      opAddw,
	opSubw:      opSubw,
	opSllw:      opSllw,
	opSrlw:      opSrlw,
	opSraw:      opSraw,
	opFence:     opFence,
	opCsrrw:     opCsrrw,
	opCsrrs:     opCsrrs,
	opMul:       opMul,
	opMulhsu:    opMulhsu,
	opMulhu:     opMulhu,
	opDiv:       opDiv,
	opDivu:      opDivu,
	opRem:       opRem,
	opRemu:      opRemu,
	opMulw:      opMulw,
	opDivw:      opDivw,
	opDivuw:     opDivuw,
	opRemw:      opRemw,
	opRemuw:     opRemuw,
	opLrW:       opLrW,
	opLrD:       opLrD,
	opScW:       opScW,
	opScD:       opScD,
	opAmoswapW:  opAmoswapW,
	opAmoaddW:   opAmoaddW,
	opAmoxorW:   opAmoxorW,
	opAmoandW:   opAmoandW,
	opAmoorW:    opAmoorW,
	opAmominW:   opAmominW,
	opAmomaxW:   opAmomaxW,
	opAmominuW:  opAmominuW,
	opAmomaxuW:  opAmomaxuW,
	opAmoswapD:  opAmoswapD,
	opAmoaddD:   opAmoaddD,
	opAmoxorD:   opAmoxorD,
	opAmoandD:   opAmoandD,
	opAmoorD:    opAmoorD,
	opAmominD:   opAmominD,
	opAmomaxD:   opAmomaxD,
	opAmominuD:  opAmominuD,
	opAmomaxuD:  opAmomaxuD,
	opFlw:       opFlw,
	opFsw:       opFsw,
	opFmaddS:    opFmaddS,
	opFmsubS:    opFmsubS,
	opFnmsubS:   opFnmsubS,
	opFnmaddS:   opFnmaddS,
	opFaddS:     opFaddS,
	opFsubS:     opFsubS,
	opFmulS:     opFmulS,
	opFdivS:     opFdivS,
	opFsqrtS:    opFsqrtS,
	opFsgnjS:    opFsgnjS,
	opFsgnjnS:   opFsgnjnS,
	opFsgnjxS:   opFsgnjxS,
	opFcvtWS:    opFcvtWS,
	opFcvtWuS:   opFcvtWuS,
	opFcvtLS:    opFcvtLS,
	opFcvtLuS:   opFcvtLuS,
	opFcvtSW:    opFcvtSW,
	opFcvtSWu:   opFcvtSWu,
	opFcvtSL:    opFcvtSL,
	opFcvtSLu:   opFcvtSLu,
	opFmvXW:     opFmvXW,
	opFmvWX:     opFmvWX,
	opFeqS:      opFeqS,
	opFltS:      opFltS,
	opFleS:      opFleS,
	opFld:       opFld,
	opFsd:       opFsd,
	opFmaddD:    opFmaddD,
	opFmsubD:    opFmsubD,
	opFnmsubD:   opFnmsubD,
	opFnmaddD:   opFnmaddD,
	opFaddD:     opFaddD,
	opFsubD:     opFsubD,
	opFmulD:     opFmulD,
	opFdivD:     opFdivD,
	opFsqrtD:    opFsqrtD,
	opFsgnjD:    opFsgnjD,
	opFsgnjnD:   opFsgnjnD,
	opFsgnjxD:   opFsgnjxD,
	opFcvtWD:    opFcvtWD,
	opFcvtWuD:   opFcvtWuD,
	opFcvtLD:    opFcvtLD,
	opFcvtLuD:   opFcvtLuD,
	opFcvtDW:    opFcvtDW,
	opFcvtDWu:   opFcvtDWu,
	opFcvtDL:    opFcvtDL,
	opFcvtDLu:   opFcvtDLu,
	opFcvtSD:    opFcvtSD,
	opFcvtDS:    opFcvtDS,
	opFmvXD:     opFmvXD,
	opFmvDX:     opFmvDX,
	opFeqD:      opFeqD,
	opFltD:      opFltD,
	opFleD:      opFleD,
	opAddAdd:    opAdd,
	opAddLd:     opAdd,
	opAddLh:     opAdd,
	opAddBne:    opAdd,
	opAddJal:    opAdd,
	opAddAddi:   opAdd,
	opAddLw:     opAdd,
	opAddSd:     opAdd,
	opAddLbu:    opAdd,
	opAddiBeq:   opAddi,
	opAddiJal:   opAddi,
	opAddiAddi:  opAddi,
	opAddiAdd:   opAddi,
	opAddiBltu:  opAddi,
	opAddiSd:    opAddi,
	opAddiJalr:  opAddi,
	opAddiBne:   opAddi,
	opAddiSw:    opAddi,
	opAddiLd:    opAddi,
	opAddiLbu:   opAddi,
	opAddiBlt:   opAddi,
	opAddiBge:   opAddi,
	opAddiBgeu:  opAddi,
	opAddiwAddw: opAddiw,
	opAddiwSrli: opAddiw,
	opAddiwAndi: opAddiw,
	opAddiwSw:   opAddiw,
	opAddiwBeq:  opAddiw,
	opAddwBne:   opAddw,
	opAddwMulw:  opAddw,
	opAddwAddw:  opAddw,
	opAndiAndi:  opAndi,
	opAndiAddi:  opAndi,
	opAndiXor:   opAndi,
	opAndiMulw:  opAndi,
	opAndiBeq:   opAndi,
	opAndiBne:   opAndi,
	opAuipcAddi: opAuipc,
	opAuipcLwu:  opAuipc,
	opAuipcLd:   opAuipc,
	opAuipcLbu:  opAuipc,
	opAuipcJalr: opAuipc,
	opAuipcLw:   opAuipc,
	opLbuAddi:   opLbu,
	opLbuBne:    opLbu,
	opLbuBeq:    opLbu,
	opLbuAndi:   opLbu,
	opLdSd:      opLd,
	opLdBeq:     opLd,
	opLdLh:      opLd,
	opLdLbu:     opLd,
	opLdAdd:     opLd,
	opLdLd:      opLd,
	opLdAddi:    opLd,
	opLdBltu:    opLd,
	opLdLw:      opLd,
	opLdJal:     opLd,
	opLdBne:     opLd,
	opLdJalr:    opLd,
	opLhLh:      opLh,
	opLhAddiw:   opLh,
	opLhBne:     opLh,
	opLuiAdd:    opLui,
	opLuiAddiw:  opLui,
	opLuiAddi:   opLui,
	opLwSlli:    opLw,
	opLwAddi:    opLw,
	opLwLw:      opLw,
	opLwAdd:     opLw,
	opLwAddw:    opLw,
	opLwBeq:     opLw,
	opLwBne:     opLw,
	opLwuBeq:    opLwu,
	opMulwAddw:  opMulw,
	opMulwSraiw: opMulw,
	opSdAdd:     opSd,
	opSdSd:      opSd,
	opSdAddi:    opSd,
	opSdLd:      opSd,
	opSdAuipc:   opSd,
	opSdSb:      opSd,
	opSdJal:     opSd,
	opSdBeq:     opSd,
	opSlliSrli:  opSlli,
	opSlliSlli:  opSlli,
	opSlliAdd:   opSlli,
	opSlliAddi:  opSlli,
	opSraiwAndi: opSraiw,
	opSrliAdd:   opSrli,
	opSrliSrli:  opSrli,
	opSrliAndi:  opSrli,
	opSrliBeq:   opSrli,
	opSrliAddi:  opSrli,
	opSwAddi:    opSw,
	opXorSrli:   opXor,
	opXorAddiw:  opXor,
}

// loopBlocks executes blocks, the first of which is h.fast.next, until slow
// says to leave.
func (h *Hart) loopBlocks() {
	var (
		nb     = h.fast.next
		left   = h.fast.left
		loads  = h.fast.loads
		stores = h.fast.stores
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
	if nb.context != h.fast.context {
		kind = slowTaken
		goto slow
	}
	goto enter
enterFall:
	if nb.context != h.fast.context {
		kind = slowFall
		goto slow
	}
	goto enter
enterJump:
	if nb.context != h.fast.context {
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
	// Each case moves on by itself: one jump back to here, and no other.
	for {
		switch in.op {
		case opExec, opExecEnd: // named, so that the jump table starts at 0
			fallthrough
		default:
			kind = slowExec
			goto slow
		case opFloat:
			kind = slowFloat
			goto slow
		case opEnd:
			nb = b.fall
			goto enterFall
		case opLui:
			h.x[in.rd&63] = lui(b.pc+uint64(in.rs1), uint64(int64(in.imm)))

			in = next(in)
			continue
		case opAuipc:
			h.x[in.rd&63] = auipc(b.pc+uint64(in.rs1), uint64(int64(in.imm)))

			in = next(in)
			continue
		case opJal:
			h.x[in.rd&63] = b.end
			nb = b.taken
			goto enterTaken

		case opJalr:
			addr = (h.x[in.rs1&63] + uint64(int64(in.imm))) &^ 1
			h.x[in.rd&63] = b.end
			nb = h.fast.jumps[jumpSlot(addr)]
			if nb.pc != addr {
				kind = slowJump
				goto slow
			}
			goto enterJump

		case opBeq:
			if eq(h.x[in.rs1&63], h.x[in.rs2&63]) {
				nb = b.taken
				goto enterTaken
			}
			nb = b.fall
			goto enterFall

		case opBne:
			if ne(h.x[in.rs1&63], h.x[in.rs2&63]) {
				nb = b.taken
				goto enterTaken
			}
			nb = b.fall
			goto enterFall

		case opBlt:
			if lt(h.x[in.rs1&63], h.x[in.rs2&63]) {
				nb = b.taken
				goto enterTaken
			}
			nb = b.fall
			goto enterFall

		case opBge:
			if ge(h.x[in.rs1&63], h.x[in.rs2&63]) {
				nb = b.taken
				goto enterTaken
			}
			nb = b.fall
			goto enterFall

		case opBltu:
			if ltu(h.x[in.rs1&63], h.x[in.rs2&63]) {
				nb = b.taken
				goto enterTaken
			}
			nb = b.fall
			goto enterFall

		case opBgeu:
			if geu(h.x[in.rs1&63], h.x[in.rs2&63]) {
				nb = b.taken
				goto enterTaken
			}
			nb = b.fall
			goto enterFall

		case opLb:
			addr = h.x[in.rs1&63] + uint64(int64(in.imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|0) {
				kind = slowLoad
				goto slow
			}
			h.x[in.rd&63] = uint64(*(*int8)(unsafe.Add(e.Page, addr&mmu.PageMask)))

			in = next(in)
			continue
		case opLh:
			addr = h.x[in.rs1&63] + uint64(int64(in.imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|1) {
				kind = slowLoad
				goto slow
			}
			h.x[in.rd&63] = uint64(*(*int16)(unsafe.Add(e.Page, addr&mmu.PageMask)))

			in = next(in)
			continue
		case opLw:
			addr = h.x[in.rs1&63] + uint64(int64(in.imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|3) {
				kind = slowLoad
				goto slow
			}
			h.x[in.rd&63] = uint64(*(*int32)(unsafe.Add(e.Page, addr&mmu.PageMask)))

			in = next(in)
			continue
		case opLd:
			addr = h.x[in.rs1&63] + uint64(int64(in.imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|7) {
				kind = slowLoad
				goto slow
			}
			h.x[in.rd&63] = uint64(*(*uint64)(unsafe.Add(e.Page, addr&mmu.PageMask)))

			in = next(in)
			continue
		case opLbu:
			addr = h.x[in.rs1&63] + uint64(int64(in.imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|0) {
				kind = slowLoad
				goto slow
			}
			h.x[in.rd&63] = uint64(*(*uint8)(unsafe.Add(e.Page, addr&mmu.PageMask)))

			in = next(in)
			continue
		case opLhu:
			addr = h.x[in.rs1&63] + uint64(int64(in.imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|1) {
				kind = slowLoad
				goto slow
			}
			h.x[in.rd&63] = uint64(*(*uint16)(unsafe.Add(e.Page, addr&mmu.PageMask)))

			in = next(in)
			continue
		case opLwu:
			addr = h.x[in.rs1&63] + uint64(int64(in.imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|3) {
				kind = slowLoad
				goto slow
			}
			h.x[in.rd&63] = uint64(*(*uint32)(unsafe.Add(e.Page, addr&mmu.PageMask)))

			in = next(in)
			continue
		case opSb:
			addr = h.x[in.rs1&63] + uint64(int64(in.imm))
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|0) {
				kind = slowStore
				goto slow
			}
			*(*uint8)(unsafe.Add(e.Page, addr&mmu.PageMask)) = uint8(h.x[in.rs2&63])

			in = next(in)
			continue
		case opSh:
			addr = h.x[in.rs1&63] + uint64(int64(in.imm))
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|1) {
				kind = slowStore
				goto slow
			}
			*(*uint16)(unsafe.Add(e.Page, addr&mmu.PageMask)) = uint16(h.x[in.rs2&63])

			in = next(in)
			continue
		case opSw:
			addr = h.x[in.rs1&63] + uint64(int64(in.imm))
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|3) {
				kind = slowStore
				goto slow
			}
			*(*uint32)(unsafe.Add(e.Page, addr&mmu.PageMask)) = uint32(h.x[in.rs2&63])

			in = next(in)
			continue
		case opSd:
			addr = h.x[in.rs1&63] + uint64(int64(in.imm))
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|7) {
				kind = slowStore
				goto slow
			}
			*(*uint64)(unsafe.Add(e.Page, addr&mmu.PageMask)) = uint64(h.x[in.rs2&63])

			in = next(in)
			continue
		case opAddi:
			h.x[in.rd&63] = add(h.x[in.rs1&63], uint64(int64(in.imm)))

			in = next(in)
			continue
		case opSlti:
			h.x[in.rd&63] = slt(h.x[in.rs1&63], uint64(int64(in.imm)))

			in = next(in)
			continue
		case opSltiu:
			h.x[in.rd&63] = sltu(h.x[in.rs1&63], uint64(int64(in.imm)))

			in = next(in)
			continue
		case opXori:
			h.x[in.rd&63] = xor(h.x[in.rs1&63], uint64(int64(in.imm)))

			in = next(in)
			continue
		case opOri:
			h.x[in.rd&63] = or(h.x[in.rs1&63], uint64(int64(in.imm)))

			in = next(in)
			continue
		case opAndi:
			h.x[in.rd&63] = and(h.x[in.rs1&63], uint64(int64(in.imm)))

			in = next(in)
			continue
		case opSlli:
			h.x[in.rd&63] = sll(h.x[in.rs1&63], uint64(int64(in.imm)))

			in = next(in)
			continue
		case opSrli:
			h.x[in.rd&63] = srl(h.x[in.rs1&63], uint64(int64(in.imm)))

			in = next(in)
			continue
		case opSrai:
			h.x[in.rd&63] = sra(h.x[in.rs1&63], uint64(int64(in.imm)))

			in = next(in)
			continue
		case opAdd:
			h.x[in.rd&63] = add(h.x[in.rs1&63], h.x[in.rs2&63])

			in = next(in)
			continue
		case opSub:
			h.x[in.rd&63] = sub(h.x[in.rs1&63], h.x[in.rs2&63])

			in = next(in)
			continue
		case opSll:
			h.x[in.rd&63] = sll(h.x[in.rs1&63], h.x[in.rs2&63])

			in = next(in)
			continue
		case opSlt:
			h.x[in.rd&63] = slt(h.x[in.rs1&63], h.x[in.rs2&63])

			in = next(in)
			continue
		case opSltu:
			h.x[in.rd&63] = sltu(h.x[in.rs1&63], h.x[in.rs2&63])

			in = next(in)
			continue
		case opXor:
			h.x[in.rd&63] = xor(h.x[in.rs1&63], h.x[in.rs2&63])

			in = next(in)
			continue
		case opSrl:
			h.x[in.rd&63] = srl(h.x[in.rs1&63], h.x[in.rs2&63])

			in = next(in)
			continue
		case opSra:
			h.x[in.rd&63] = sra(h.x[in.rs1&63], h.x[in.rs2&63])

			in = next(in)
			continue
		case opOr:
			h.x[in.rd&63] = or(h.x[in.rs1&63], h.x[in.rs2&63])

			in = next(in)
			continue
		case opAnd:
			h.x[in.rd&63] = and(h.x[in.rs1&63], h.x[in.rs2&63])

			in = next(in)
			continue
		case opAddiw:
			h.x[in.rd&63] = addw(h.x[in.rs1&63], uint64(int64(in.imm)))

			in = next(in)
			continue
		case opSlliw:
			h.x[in.rd&63] = sllw(h.x[in.rs1&63], uint64(int64(in.imm)))

			in = next(in)
			continue
		case opSrliw:
			h.x[in.rd&63] = srlw(h.x[in.rs1&63], uint64(int64(in.imm)))

			in = next(in)
			continue
		case opSraiw:
			h.x[in.rd&63] = sraw(h.x[in.rs1&63], uint64(int64(in.imm)))

			in = next(in)
			continue
		case opAddw:
			h.x[in.rd&63] = addw(h.x[in.rs1&63], h.x[in.rs2&63])

			in = next(in)
			continue
		case opSubw:
			h.x[in.rd&63] = subw(h.x[in.rs1&63], h.x[in.rs2&63])

			in = next(in)
			continue
		case opSllw:
			h.x[in.rd&63] = sllw(h.x[in.rs1&63], h.x[in.rs2&63])

			in = next(in)
			continue
		case opSrlw:
			h.x[in.rd&63] = srlw(h.x[in.rs1&63], h.x[in.rs2&63])

			in = next(in)
			continue
		case opSraw:
			h.x[in.rd&63] = sraw(h.x[in.rs1&63], h.x[in.rs2&63])

			in = next(in)
			continue
		case opFence:
			// Nothing.

			in = next(in)
			continue
		case opCsrrw:
			if h.priv < in.rs2 {
				kind = slowExec
				goto slow
			}
			p64 = h.fast.plain[in.imm&15]
			old = *p64
			*p64 = old&^h.fast.plainMask[in.imm&15] | h.x[in.rs1&63]&h.fast.plainMask[in.imm&15]
			h.x[in.rd&63] = old

			in = next(in)
			continue
		case opCsrrs:
			if h.priv < in.rs2 {
				kind = slowExec
				goto slow
			}
			p64 = h.fast.plain[in.imm&15]
			old = *p64
			*p64 = old | h.x[in.rs1&63]&h.fast.plainMask[in.imm&15]
			h.x[in.rd&63] = old

			in = next(in)
			continue
		case opMul:
			h.x[in.rd&63] = mul(h.x[in.rs1&63], h.x[in.rs2&63])

			in = next(in)
			continue
		case opMulhsu:
			h.x[in.rd&63] = mulhsu(h.x[in.rs1&63], h.x[in.rs2&63])

			in = next(in)
			continue
		case opMulhu:
			h.x[in.rd&63] = mulhu(h.x[in.rs1&63], h.x[in.rs2&63])

			in = next(in)
			continue
		case opDiv:
			if h.x[in.rs2&63] == 0 {
				kind = slowExec
				goto slow
			}
			h.x[in.rd&63] = div(h.x[in.rs1&63], h.x[in.rs2&63])

			in = next(in)
			continue
		case opDivu:
			if h.x[in.rs2&63] == 0 {
				kind = slowExec
				goto slow
			}
			h.x[in.rd&63] = divu(h.x[in.rs1&63], h.x[in.rs2&63])

			in = next(in)
			continue
		case opRem:
			if h.x[in.rs2&63] == 0 {
				kind = slowExec
				goto slow
			}
			h.x[in.rd&63] = rem(h.x[in.rs1&63], h.x[in.rs2&63])

			in = next(in)
			continue
		case opRemu:
			if h.x[in.rs2&63] == 0 {
				kind = slowExec
				goto slow
			}
			h.x[in.rd&63] = remu(h.x[in.rs1&63], h.x[in.rs2&63])

			in = next(in)
			continue
		case opMulw:
			h.x[in.rd&63] = mulw(h.x[in.rs1&63], h.x[in.rs2&63])

			in = next(in)
			continue
		case opDivw:
			if uint32(h.x[in.rs2&63]) == 0 {
				kind = slowExec
				goto slow
			}
			h.x[in.rd&63] = divw(h.x[in.rs1&63], h.x[in.rs2&63])

			in = next(in)
			continue
		case opDivuw:
			if uint32(h.x[in.rs2&63]) == 0 {
				kind = slowExec
				goto slow
			}
			h.x[in.rd&63] = divuw(h.x[in.rs1&63], h.x[in.rs2&63])

			in = next(in)
			continue
		case opRemw:
			if uint32(h.x[in.rs2&63]) == 0 {
				kind = slowExec
				goto slow
			}
			h.x[in.rd&63] = remw(h.x[in.rs1&63], h.x[in.rs2&63])

			in = next(in)
			continue
		case opRemuw:
			if uint32(h.x[in.rs2&63]) == 0 {
				kind = slowExec
				goto slow
			}
			h.x[in.rd&63] = remuw(h.x[in.rs1&63], h.x[in.rs2&63])

			in = next(in)
			continue
		case opLrW:
			addr = h.x[in.rs1&63] + 0
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|3) {
				kind = slowLoad
				goto slow
			}
			h.reservation = reservation{h.physOf(e.Page) + addr&mmu.PageMask, 4}
			h.x[in.rd&63] = uint64(*(*int32)(unsafe.Add(e.Page, addr&mmu.PageMask)))

			in = next(in)
			continue
		case opLrD:
			addr = h.x[in.rs1&63] + 0
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|7) {
				kind = slowLoad
				goto slow
			}
			h.reservation = reservation{h.physOf(e.Page) + addr&mmu.PageMask, 8}
			h.x[in.rd&63] = uint64(*(*int64)(unsafe.Add(e.Page, addr&mmu.PageMask)))

			in = next(in)
			continue
		case opScW:
			addr = h.x[in.rs1&63] + 0
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|3) {
				kind = slowStore
				goto slow
			}
			old = 1
			if h.reservation == (reservation{h.physOf(e.Page) + addr&mmu.PageMask, 4}) {
				*(*uint32)(unsafe.Add(e.Page, addr&mmu.PageMask)) = uint32(h.x[in.rs2&63])
				old = 0
			}
			h.reservation = reservation{}
			h.x[in.rd&63] = old

			in = next(in)
			continue
		case opScD:
			addr = h.x[in.rs1&63] + 0
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|7) {
				kind = slowStore
				goto slow
			}
			old = 1
			if h.reservation == (reservation{h.physOf(e.Page) + addr&mmu.PageMask, 8}) {
				*(*uint64)(unsafe.Add(e.Page, addr&mmu.PageMask)) = uint64(h.x[in.rs2&63])
				old = 0
			}
			h.reservation = reservation{}
			h.x[in.rd&63] = old

			in = next(in)
			continue
		case opAmoswapW:
			addr = h.x[in.rs1&63] + 0
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|3) {
				kind = slowStore
				goto slow
			}
			p32 = (*uint32)(unsafe.Add(e.Page, addr&mmu.PageMask))
			old = sext32(*p32)
			*p32 = uint32(amoSwap(old, sext32(uint32(h.x[in.rs2&63]))))
			h.x[in.rd&63] = old

			in = next(in)
			continue
		case opAmoaddW:
			addr = h.x[in.rs1&63] + 0
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|3) {
				kind = slowStore
				goto slow
			}
			p32 = (*uint32)(unsafe.Add(e.Page, addr&mmu.PageMask))
			old = sext32(*p32)
			*p32 = uint32(add(old, sext32(uint32(h.x[in.rs2&63]))))
			h.x[in.rd&63] = old

			in = next(in)
			continue
		case opAmoxorW:
			addr = h.x[in.rs1&63] + 0
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|3) {
				kind = slowStore
				goto slow
			}
			p32 = (*uint32)(unsafe.Add(e.Page, addr&mmu.PageMask))
			old = sext32(*p32)
			*p32 = uint32(xor(old, sext32(uint32(h.x[in.rs2&63]))))
			h.x[in.rd&63] = old

			in = next(in)
			continue
		case opAmoandW:
			addr = h.x[in.rs1&63] + 0
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|3) {
				kind = slowStore
				goto slow
			}
			p32 = (*uint32)(unsafe.Add(e.Page, addr&mmu.PageMask))
			old = sext32(*p32)
			*p32 = uint32(and(old, sext32(uint32(h.x[in.rs2&63]))))
			h.x[in.rd&63] = old

			in = next(in)
			continue
		case opAmoorW:
			addr = h.x[in.rs1&63] + 0
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|3) {
				kind = slowStore
				goto slow
			}
			p32 = (*uint32)(unsafe.Add(e.Page, addr&mmu.PageMask))
			old = sext32(*p32)
			*p32 = uint32(or(old, sext32(uint32(h.x[in.rs2&63]))))
			h.x[in.rd&63] = old

			in = next(in)
			continue
		case opAmominW:
			addr = h.x[in.rs1&63] + 0
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|3) {
				kind = slowStore
				goto slow
			}
			p32 = (*uint32)(unsafe.Add(e.Page, addr&mmu.PageMask))
			old = sext32(*p32)
			*p32 = uint32(amoMin(old, sext32(uint32(h.x[in.rs2&63]))))
			h.x[in.rd&63] = old

			in = next(in)
			continue
		case opAmomaxW:
			addr = h.x[in.rs1&63] + 0
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|3) {
				kind = slowStore
				goto slow
			}
			p32 = (*uint32)(unsafe.Add(e.Page, addr&mmu.PageMask))
			old = sext32(*p32)
			*p32 = uint32(amoMax(old, sext32(uint32(h.x[in.rs2&63]))))
			h.x[in.rd&63] = old

			in = next(in)
			continue
		case opAmominuW:
			addr = h.x[in.rs1&63] + 0
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|3) {
				kind = slowStore
				goto slow
			}
			p32 = (*uint32)(unsafe.Add(e.Page, addr&mmu.PageMask))
			old = sext32(*p32)
			*p32 = uint32(amoMinu(old, sext32(uint32(h.x[in.rs2&63]))))
			h.x[in.rd&63] = old

			in = next(in)
			continue
		case opAmomaxuW:
			addr = h.x[in.rs1&63] + 0
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|3) {
				kind = slowStore
				goto slow
			}
			p32 = (*uint32)(unsafe.Add(e.Page, addr&mmu.PageMask))
			old = sext32(*p32)
			*p32 = uint32(amoMaxu(old, sext32(uint32(h.x[in.rs2&63]))))
			h.x[in.rd&63] = old

			in = next(in)
			continue
		case opAmoswapD:
			addr = h.x[in.rs1&63] + 0
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|7) {
				kind = slowStore
				goto slow
			}
			p64 = (*uint64)(unsafe.Add(e.Page, addr&mmu.PageMask))
			old = *p64
			*p64 = amoSwap(old, h.x[in.rs2&63])
			h.x[in.rd&63] = old

			in = next(in)
			continue
		case opAmoaddD:
			addr = h.x[in.rs1&63] + 0
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|7) {
				kind = slowStore
				goto slow
			}
			p64 = (*uint64)(unsafe.Add(e.Page, addr&mmu.PageMask))
			old = *p64
			*p64 = add(old, h.x[in.rs2&63])
			h.x[in.rd&63] = old

			in = next(in)
			continue
		case opAmoxorD:
			addr = h.x[in.rs1&63] + 0
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|7) {
				kind = slowStore
				goto slow
			}
			p64 = (*uint64)(unsafe.Add(e.Page, addr&mmu.PageMask))
			old = *p64
			*p64 = xor(old, h.x[in.rs2&63])
			h.x[in.rd&63] = old

			in = next(in)
			continue
		case opAmoandD:
			addr = h.x[in.rs1&63] + 0
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|7) {
				kind = slowStore
				goto slow
			}
			p64 = (*uint64)(unsafe.Add(e.Page, addr&mmu.PageMask))
			old = *p64
			*p64 = and(old, h.x[in.rs2&63])
			h.x[in.rd&63] = old

			in = next(in)
			continue
		case opAmoorD:
			addr = h.x[in.rs1&63] + 0
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|7) {
				kind = slowStore
				goto slow
			}
			p64 = (*uint64)(unsafe.Add(e.Page, addr&mmu.PageMask))
			old = *p64
			*p64 = or(old, h.x[in.rs2&63])
			h.x[in.rd&63] = old

			in = next(in)
			continue
		case opAmominD:
			addr = h.x[in.rs1&63] + 0
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|7) {
				kind = slowStore
				goto slow
			}
			p64 = (*uint64)(unsafe.Add(e.Page, addr&mmu.PageMask))
			old = *p64
			*p64 = amoMin(old, h.x[in.rs2&63])
			h.x[in.rd&63] = old

			in = next(in)
			continue
		case opAmomaxD:
			addr = h.x[in.rs1&63] + 0
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|7) {
				kind = slowStore
				goto slow
			}
			p64 = (*uint64)(unsafe.Add(e.Page, addr&mmu.PageMask))
			old = *p64
			*p64 = amoMax(old, h.x[in.rs2&63])
			h.x[in.rd&63] = old

			in = next(in)
			continue
		case opAmominuD:
			addr = h.x[in.rs1&63] + 0
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|7) {
				kind = slowStore
				goto slow
			}
			p64 = (*uint64)(unsafe.Add(e.Page, addr&mmu.PageMask))
			old = *p64
			*p64 = amoMinu(old, h.x[in.rs2&63])
			h.x[in.rd&63] = old

			in = next(in)
			continue
		case opAmomaxuD:
			addr = h.x[in.rs1&63] + 0
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|7) {
				kind = slowStore
				goto slow
			}
			p64 = (*uint64)(unsafe.Add(e.Page, addr&mmu.PageMask))
			old = *p64
			*p64 = amoMaxu(old, h.x[in.rs2&63])
			h.x[in.rd&63] = old

			in = next(in)
			continue
		case opFlw:
			addr = h.x[in.rs1&63] + uint64(int64(in.imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|3) {
				kind = slowLoad
				goto slow
			}
			h.f[in.rd&31] = uint64(*(*uint32)(unsafe.Add(e.Page, addr&mmu.PageMask))) | 0xffffffff00000000

			in = next(in)
			continue
		case opFsw:
			addr = h.x[in.rs1&63] + uint64(int64(in.imm))
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|3) {
				kind = slowStore
				goto slow
			}
			*(*uint32)(unsafe.Add(e.Page, addr&mmu.PageMask)) = uint32(h.f[in.rs2&31])

			in = next(in)
			continue
		case opFmaddS:
			kind = slowFused
			goto slow

		case opFmsubS:
			kind = slowFused
			goto slow

		case opFnmsubS:
			kind = slowFused
			goto slow

		case opFnmaddS:
			kind = slowFused
			goto slow

		case opFaddS:
			{
				a := h.f[in.rs1&31]
				b := h.f[in.rs2&31]
				v := boxS(s(a) + s(b))
				if !(v&absS < infinityS && boxed(a, b)) {
					kind = slowFloat
					goto slow
				}
				h.f[in.rd&31] = v
			}

			in = next(in)
			continue
		case opFsubS:
			{
				a := h.f[in.rs1&31]
				b := h.f[in.rs2&31]
				v := boxS(s(a) - s(b))
				if !(v&absS < infinityS && boxed(a, b)) {
					kind = slowFloat
					goto slow
				}
				h.f[in.rd&31] = v
			}

			in = next(in)
			continue
		case opFmulS:
			{
				a := h.f[in.rs1&31]
				b := h.f[in.rs2&31]
				v := boxS(s(a) * s(b))
				if !(safeS(v) && boxed(a, b)) {
					kind = slowFloat
					goto slow
				}
				h.f[in.rd&31] = v
			}

			in = next(in)
			continue
		case opFdivS:
			{
				a := h.f[in.rs1&31]
				b := h.f[in.rs2&31]
				v := boxS(s(a) / s(b))
				if !(safeS(v) && boxed(a, b)) {
					kind = slowFloat
					goto slow
				}
				h.f[in.rd&31] = v
			}

			in = next(in)
			continue
		case opFsqrtS:
			{
				a := h.f[in.rs1&31]
				v := boxS(float32(sqrt(float64(s(a)))))
				if !(safeS(v) && boxed(a, a)) {
					kind = slowFloat
					goto slow
				}
				h.f[in.rd&31] = v
			}

			in = next(in)
			continue
		case opFsgnjS:
			{
				a := h.f[in.rs1&31]
				b := h.f[in.rs2&31]
				h.f[in.rd&31] = singleBox | uint64(unboxS(a)&^signS|unboxS(b)&signS)
			}

			in = next(in)
			continue
		case opFsgnjnS:
			{
				a := h.f[in.rs1&31]
				b := h.f[in.rs2&31]
				h.f[in.rd&31] = singleBox | uint64(unboxS(a)&^signS|^unboxS(b)&signS)
			}

			in = next(in)
			continue
		case opFsgnjxS:
			{
				a := h.f[in.rs1&31]
				b := h.f[in.rs2&31]
				h.f[in.rd&31] = singleBox | uint64(unboxS(a)^unboxS(b)&signS)
			}

			in = next(in)
			continue
		case opFcvtWS:
			{
				a := h.f[in.rs1&31]
				p := float64(s(a))
				if !(p > -two31-1 && p < two31 && boxed(a, a)) {
					kind = slowFloat
					goto slow
				}
				h.x[in.rd&63] = uint64(int64(p))
			}

			in = next(in)
			continue
		case opFcvtWuS:
			{
				a := h.f[in.rs1&31]
				p := float64(s(a))
				if !(p > -1 && p < two32 && boxed(a, a)) {
					kind = slowFloat
					goto slow
				}
				h.x[in.rd&63] = sext32(uint32(int64(p)))
			}

			in = next(in)
			continue
		case opFcvtLS:
			{
				a := h.f[in.rs1&31]
				p := float64(s(a))
				if !(p >= -two63 && p < two63 && boxed(a, a)) {
					kind = slowFloat
					goto slow
				}
				h.x[in.rd&63] = uint64(int64(p))
			}

			in = next(in)
			continue
		case opFcvtLuS:
			{
				a := h.f[in.rs1&31]
				p := float64(s(a))
				if !(p > -1 && p < two63 && boxed(a, a)) {
					kind = slowFloat
					goto slow
				}
				h.x[in.rd&63] = uint64(int64(p))
			}

			in = next(in)
			continue
		case opFcvtSW:
			{
				a := h.x[in.rs1&63]
				h.f[in.rd&31] = boxS(float32(int32(a)))
			}

			in = next(in)
			continue
		case opFcvtSWu:
			{
				a := h.x[in.rs1&63]
				h.f[in.rd&31] = boxS(float32(int64(uint32(a))))
			}

			in = next(in)
			continue
		case opFcvtSL:
			{
				a := h.x[in.rs1&63]
				h.f[in.rd&31] = boxS(float32(int64(a)))
			}

			in = next(in)
			continue
		case opFcvtSLu:
			{
				a := h.x[in.rs1&63]
				if !(int64(a) >= 0) {
					kind = slowFloat
					goto slow
				}
				h.f[in.rd&31] = boxS(float32(int64(a)))
			}

			in = next(in)
			continue
		case opFmvXW:
			{
				f := h.f[in.rs1&31]
				h.x[in.rd&63] = sext32(uint32(f))
			}

			in = next(in)
			continue
		case opFmvWX:
			{
				x := h.x[in.rs1&63]
				h.f[in.rd&31] = singleBox | uint64(uint32(x))
			}

			in = next(in)
			continue
		case opFeqS:
			{
				a := h.f[in.rs1&31]
				b := h.f[in.rs2&31]
				p, q := s(a), s(b)
				if !(p == p && q == q && boxed(a, b)) {
					kind = slowFloat
					goto slow
				}
				h.x[in.rd&63] = b2u(p == q)
			}

			in = next(in)
			continue
		case opFltS:
			{
				a := h.f[in.rs1&31]
				b := h.f[in.rs2&31]
				p, q := s(a), s(b)
				if !(p == p && q == q && boxed(a, b)) {
					kind = slowFloat
					goto slow
				}
				h.x[in.rd&63] = b2u(p < q)
			}

			in = next(in)
			continue
		case opFleS:
			{
				a := h.f[in.rs1&31]
				b := h.f[in.rs2&31]
				p, q := s(a), s(b)
				if !(p == p && q == q && boxed(a, b)) {
					kind = slowFloat
					goto slow
				}
				h.x[in.rd&63] = b2u(p <= q)
			}

			in = next(in)
			continue
		case opFld:
			addr = h.x[in.rs1&63] + uint64(int64(in.imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|7) {
				kind = slowLoad
				goto slow
			}
			h.f[in.rd&31] = uint64(*(*uint64)(unsafe.Add(e.Page, addr&mmu.PageMask)))

			in = next(in)
			continue
		case opFsd:
			addr = h.x[in.rs1&63] + uint64(int64(in.imm))
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|7) {
				kind = slowStore
				goto slow
			}
			*(*uint64)(unsafe.Add(e.Page, addr&mmu.PageMask)) = uint64(h.f[in.rs2&31])

			in = next(in)
			continue
		case opFmaddD:
			kind = slowFused
			goto slow

		case opFmsubD:
			kind = slowFused
			goto slow

		case opFnmsubD:
			kind = slowFused
			goto slow

		case opFnmaddD:
			kind = slowFused
			goto slow

		case opFaddD:
			{
				a := h.f[in.rs1&31]
				b := h.f[in.rs2&31]
				v := bitsD(d(a) + d(b))
				if !(v&absD < infinityD) {
					kind = slowFloat
					goto slow
				}
				h.f[in.rd&31] = v
			}

			in = next(in)
			continue
		case opFsubD:
			{
				a := h.f[in.rs1&31]
				b := h.f[in.rs2&31]
				v := bitsD(d(a) - d(b))
				if !(v&absD < infinityD) {
					kind = slowFloat
					goto slow
				}
				h.f[in.rd&31] = v
			}

			in = next(in)
			continue
		case opFmulD:
			{
				a := h.f[in.rs1&31]
				b := h.f[in.rs2&31]
				v := bitsD(d(a) * d(b))
				if !(safeD(v)) {
					kind = slowFloat
					goto slow
				}
				h.f[in.rd&31] = v
			}

			in = next(in)
			continue
		case opFdivD:
			{
				a := h.f[in.rs1&31]
				b := h.f[in.rs2&31]
				v := bitsD(d(a) / d(b))
				if !(safeD(v)) {
					kind = slowFloat
					goto slow
				}
				h.f[in.rd&31] = v
			}

			in = next(in)
			continue
		case opFsqrtD:
			{
				a := h.f[in.rs1&31]
				v := bitsD(sqrt(d(a)))
				if !(safeD(v)) {
					kind = slowFloat
					goto slow
				}
				h.f[in.rd&31] = v
			}

			in = next(in)
			continue
		case opFsgnjD:
			{
				a := h.f[in.rs1&31]
				b := h.f[in.rs2&31]
				h.f[in.rd&31] = a&^signD | b&signD
			}

			in = next(in)
			continue
		case opFsgnjnD:
			{
				a := h.f[in.rs1&31]
				b := h.f[in.rs2&31]
				h.f[in.rd&31] = a&^signD | ^b&signD
			}

			in = next(in)
			continue
		case opFsgnjxD:
			{
				a := h.f[in.rs1&31]
				b := h.f[in.rs2&31]
				h.f[in.rd&31] = a ^ b&signD
			}

			in = next(in)
			continue
		case opFcvtWD:
			{
				a := h.f[in.rs1&31]
				p := d(a)
				if !(p > -two31-1 && p < two31) {
					kind = slowFloat
					goto slow
				}
				h.x[in.rd&63] = uint64(int64(p))
			}

			in = next(in)
			continue
		case opFcvtWuD:
			{
				a := h.f[in.rs1&31]
				p := d(a)
				if !(p > -1 && p < two32) {
					kind = slowFloat
					goto slow
				}
				h.x[in.rd&63] = sext32(uint32(int64(p)))
			}

			in = next(in)
			continue
		case opFcvtLD:
			{
				a := h.f[in.rs1&31]
				p := d(a)
				if !(p >= -two63 && p < two63) {
					kind = slowFloat
					goto slow
				}
				h.x[in.rd&63] = uint64(int64(p))
			}

			in = next(in)
			continue
		case opFcvtLuD:
			{
				a := h.f[in.rs1&31]
				p := d(a)
				if !(p > -1 && p < two63) {
					kind = slowFloat
					goto slow
				}
				h.x[in.rd&63] = uint64(int64(p))
			}

			in = next(in)
			continue
		case opFcvtDW:
			{
				a := h.x[in.rs1&63]
				h.f[in.rd&31] = bitsD(float64(int32(a)))
			}

			in = next(in)
			continue
		case opFcvtDWu:
			{
				a := h.x[in.rs1&63]
				h.f[in.rd&31] = bitsD(float64(int64(uint32(a))))
			}

			in = next(in)
			continue
		case opFcvtDL:
			{
				a := h.x[in.rs1&63]
				h.f[in.rd&31] = bitsD(float64(int64(a)))
			}

			in = next(in)
			continue
		case opFcvtDLu:
			{
				a := h.x[in.rs1&63]
				if !(int64(a) >= 0) {
					kind = slowFloat
					goto slow
				}
				h.f[in.rd&31] = bitsD(float64(int64(a)))
			}

			in = next(in)
			continue
		case opFcvtSD:
			{
				a := h.f[in.rs1&31]
				v := boxS(float32(d(a)))
				if !(safeS(v) || a&absD == 0) {
					kind = slowFloat
					goto slow
				}
				h.f[in.rd&31] = v
			}

			in = next(in)
			continue
		case opFcvtDS:
			{
				a := h.f[in.rs1&31]
				if !(boxed(a, a) && a&infinityS != infinityS) {
					kind = slowFloat
					goto slow
				}
				h.f[in.rd&31] = bitsD(float64(s(a)))
			}

			in = next(in)
			continue
		case opFmvXD:
			{
				f := h.f[in.rs1&31]
				h.x[in.rd&63] = f
			}

			in = next(in)
			continue
		case opFmvDX:
			{
				x := h.x[in.rs1&63]
				h.f[in.rd&31] = x
			}

			in = next(in)
			continue
		case opFeqD:
			{
				a := h.f[in.rs1&31]
				b := h.f[in.rs2&31]
				p, q := d(a), d(b)
				if !(p == p && q == q) {
					kind = slowFloat
					goto slow
				}
				h.x[in.rd&63] = b2u(p == q)
			}

			in = next(in)
			continue
		case opFltD:
			{
				a := h.f[in.rs1&31]
				b := h.f[in.rs2&31]
				p, q := d(a), d(b)
				if !(p == p && q == q) {
					kind = slowFloat
					goto slow
				}
				h.x[in.rd&63] = b2u(p < q)
			}

			in = next(in)
			continue
		case opFleD:
			{
				a := h.f[in.rs1&31]
				b := h.f[in.rs2&31]
				p, q := d(a), d(b)
				if !(p == p && q == q) {
					kind = slowFloat
					goto slow
				}
				h.x[in.rd&63] = b2u(p <= q)
			}

			in = next(in)
			continue
		case opAddAdd:
			h.x[in.rd&63] = add(h.x[in.rs1&63], h.x[in.rs2&63])
			h.x[next(in).rd&63] = add(h.x[next(in).rs1&63], h.x[next(in).rs2&63])

			in = next(next(in))
			continue
		case opAddLd:
			h.x[in.rd&63] = add(h.x[in.rs1&63], h.x[in.rs2&63])
			addr = h.x[next(in).rs1&63] + uint64(int64(next(in).imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|7) {
				kind = slowLoad
				in = next(in)
				goto slow
			}
			h.x[next(in).rd&63] = uint64(*(*uint64)(unsafe.Add(e.Page, addr&mmu.PageMask)))

			in = next(next(in))
			continue
		case opAddLh:
			h.x[in.rd&63] = add(h.x[in.rs1&63], h.x[in.rs2&63])
			addr = h.x[next(in).rs1&63] + uint64(int64(next(in).imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|1) {
				kind = slowLoad
				in = next(in)
				goto slow
			}
			h.x[next(in).rd&63] = uint64(*(*int16)(unsafe.Add(e.Page, addr&mmu.PageMask)))

			in = next(next(in))
			continue
		case opAddBne:
			h.x[in.rd&63] = add(h.x[in.rs1&63], h.x[in.rs2&63])
			if ne(h.x[next(in).rs1&63], h.x[next(in).rs2&63]) {
				nb = b.taken
				in = next(in)
				goto enterTaken
			}
			nb = b.fall
			in = next(in)
			goto enterFall

		case opAddJal:
			h.x[in.rd&63] = add(h.x[in.rs1&63], h.x[in.rs2&63])
			h.x[next(in).rd&63] = b.end
			nb = b.taken
			in = next(in)
			goto enterTaken

		case opAddAddi:
			h.x[in.rd&63] = add(h.x[in.rs1&63], h.x[in.rs2&63])
			h.x[next(in).rd&63] = add(h.x[next(in).rs1&63], uint64(int64(next(in).imm)))

			in = next(next(in))
			continue
		case opAddLw:
			h.x[in.rd&63] = add(h.x[in.rs1&63], h.x[in.rs2&63])
			addr = h.x[next(in).rs1&63] + uint64(int64(next(in).imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|3) {
				kind = slowLoad
				in = next(in)
				goto slow
			}
			h.x[next(in).rd&63] = uint64(*(*int32)(unsafe.Add(e.Page, addr&mmu.PageMask)))

			in = next(next(in))
			continue
		case opAddSd:
			h.x[in.rd&63] = add(h.x[in.rs1&63], h.x[in.rs2&63])
			addr = h.x[next(in).rs1&63] + uint64(int64(next(in).imm))
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|7) {
				kind = slowStore
				in = next(in)
				goto slow
			}
			*(*uint64)(unsafe.Add(e.Page, addr&mmu.PageMask)) = uint64(h.x[next(in).rs2&63])

			in = next(next(in))
			continue
		case opAddLbu:
			h.x[in.rd&63] = add(h.x[in.rs1&63], h.x[in.rs2&63])
			addr = h.x[next(in).rs1&63] + uint64(int64(next(in).imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|0) {
				kind = slowLoad
				in = next(in)
				goto slow
			}
			h.x[next(in).rd&63] = uint64(*(*uint8)(unsafe.Add(e.Page, addr&mmu.PageMask)))

			in = next(next(in))
			continue
		case opAddiBeq:
			h.x[in.rd&63] = add(h.x[in.rs1&63], uint64(int64(in.imm)))
			if eq(h.x[next(in).rs1&63], h.x[next(in).rs2&63]) {
				nb = b.taken
				in = next(in)
				goto enterTaken
			}
			nb = b.fall
			in = next(in)
			goto enterFall

		case opAddiJal:
			h.x[in.rd&63] = add(h.x[in.rs1&63], uint64(int64(in.imm)))
			h.x[next(in).rd&63] = b.end
			nb = b.taken
			in = next(in)
			goto enterTaken

		case opAddiAddi:
			h.x[in.rd&63] = add(h.x[in.rs1&63], uint64(int64(in.imm)))
			h.x[next(in).rd&63] = add(h.x[next(in).rs1&63], uint64(int64(next(in).imm)))

			in = next(next(in))
			continue
		case opAddiAdd:
			h.x[in.rd&63] = add(h.x[in.rs1&63], uint64(int64(in.imm)))
			h.x[next(in).rd&63] = add(h.x[next(in).rs1&63], h.x[next(in).rs2&63])

			in = next(next(in))
			continue
		case opAddiBltu:
			h.x[in.rd&63] = add(h.x[in.rs1&63], uint64(int64(in.imm)))
			if ltu(h.x[next(in).rs1&63], h.x[next(in).rs2&63]) {
				nb = b.taken
				in = next(in)
				goto enterTaken
			}
			nb = b.fall
			in = next(in)
			goto enterFall

		case opAddiSd:
			h.x[in.rd&63] = add(h.x[in.rs1&63], uint64(int64(in.imm)))
			addr = h.x[next(in).rs1&63] + uint64(int64(next(in).imm))
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|7) {
				kind = slowStore
				in = next(in)
				goto slow
			}
			*(*uint64)(unsafe.Add(e.Page, addr&mmu.PageMask)) = uint64(h.x[next(in).rs2&63])

			in = next(next(in))
			continue
		case opAddiJalr:
			h.x[in.rd&63] = add(h.x[in.rs1&63], uint64(int64(in.imm)))
			addr = (h.x[next(in).rs1&63] + uint64(int64(next(in).imm))) &^ 1
			h.x[next(in).rd&63] = b.end
			nb = h.fast.jumps[jumpSlot(addr)]
			if nb.pc != addr {
				kind = slowJump
				in = next(in)
				goto slow
			}
			in = next(in)
			goto enterJump

		case opAddiBne:
			h.x[in.rd&63] = add(h.x[in.rs1&63], uint64(int64(in.imm)))
			if ne(h.x[next(in).rs1&63], h.x[next(in).rs2&63]) {
				nb = b.taken
				in = next(in)
				goto enterTaken
			}
			nb = b.fall
			in = next(in)
			goto enterFall

		case opAddiSw:
			h.x[in.rd&63] = add(h.x[in.rs1&63], uint64(int64(in.imm)))
			addr = h.x[next(in).rs1&63] + uint64(int64(next(in).imm))
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|3) {
				kind = slowStore
				in = next(in)
				goto slow
			}
			*(*uint32)(unsafe.Add(e.Page, addr&mmu.PageMask)) = uint32(h.x[next(in).rs2&63])

			in = next(next(in))
			continue
		case opAddiLd:
			h.x[in.rd&63] = add(h.x[in.rs1&63], uint64(int64(in.imm)))
			addr = h.x[next(in).rs1&63] + uint64(int64(next(in).imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|7) {
				kind = slowLoad
				in = next(in)
				goto slow
			}
			h.x[next(in).rd&63] = uint64(*(*uint64)(unsafe.Add(e.Page, addr&mmu.PageMask)))

			in = next(next(in))
			continue
		case opAddiLbu:
			h.x[in.rd&63] = add(h.x[in.rs1&63], uint64(int64(in.imm)))
			addr = h.x[next(in).rs1&63] + uint64(int64(next(in).imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|0) {
				kind = slowLoad
				in = next(in)
				goto slow
			}
			h.x[next(in).rd&63] = uint64(*(*uint8)(unsafe.Add(e.Page, addr&mmu.PageMask)))

			in = next(next(in))
			continue
		case opAddiBlt:
			h.x[in.rd&63] = add(h.x[in.rs1&63], uint64(int64(in.imm)))
			if lt(h.x[next(in).rs1&63], h.x[next(in).rs2&63]) {
				nb = b.taken
				in = next(in)
				goto enterTaken
			}
			nb = b.fall
			in = next(in)
			goto enterFall

		case opAddiBge:
			h.x[in.rd&63] = add(h.x[in.rs1&63], uint64(int64(in.imm)))
			if ge(h.x[next(in).rs1&63], h.x[next(in).rs2&63]) {
				nb = b.taken
				in = next(in)
				goto enterTaken
			}
			nb = b.fall
			in = next(in)
			goto enterFall

		case opAddiBgeu:
			h.x[in.rd&63] = add(h.x[in.rs1&63], uint64(int64(in.imm)))
			if geu(h.x[next(in).rs1&63], h.x[next(in).rs2&63]) {
				nb = b.taken
				in = next(in)
				goto enterTaken
			}
			nb = b.fall
			in = next(in)
			goto enterFall

		case opAddiwAddw:
			h.x[in.rd&63] = addw(h.x[in.rs1&63], uint64(int64(in.imm)))
			h.x[next(in).rd&63] = addw(h.x[next(in).rs1&63], h.x[next(in).rs2&63])

			in = next(next(in))
			continue
		case opAddiwSrli:
			h.x[in.rd&63] = addw(h.x[in.rs1&63], uint64(int64(in.imm)))
			h.x[next(in).rd&63] = srl(h.x[next(in).rs1&63], uint64(int64(next(in).imm)))

			in = next(next(in))
			continue
		case opAddiwAndi:
			h.x[in.rd&63] = addw(h.x[in.rs1&63], uint64(int64(in.imm)))
			h.x[next(in).rd&63] = and(h.x[next(in).rs1&63], uint64(int64(next(in).imm)))

			in = next(next(in))
			continue
		case opAddiwSw:
			h.x[in.rd&63] = addw(h.x[in.rs1&63], uint64(int64(in.imm)))
			addr = h.x[next(in).rs1&63] + uint64(int64(next(in).imm))
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|3) {
				kind = slowStore
				in = next(in)
				goto slow
			}
			*(*uint32)(unsafe.Add(e.Page, addr&mmu.PageMask)) = uint32(h.x[next(in).rs2&63])

			in = next(next(in))
			continue
		case opAddiwBeq:
			h.x[in.rd&63] = addw(h.x[in.rs1&63], uint64(int64(in.imm)))
			if eq(h.x[next(in).rs1&63], h.x[next(in).rs2&63]) {
				nb = b.taken
				in = next(in)
				goto enterTaken
			}
			nb = b.fall
			in = next(in)
			goto enterFall

		case opAddwBne:
			h.x[in.rd&63] = addw(h.x[in.rs1&63], h.x[in.rs2&63])
			if ne(h.x[next(in).rs1&63], h.x[next(in).rs2&63]) {
				nb = b.taken
				in = next(in)
				goto enterTaken
			}
			nb = b.fall
			in = next(in)
			goto enterFall

		case opAddwMulw:
			h.x[in.rd&63] = addw(h.x[in.rs1&63], h.x[in.rs2&63])
			h.x[next(in).rd&63] = mulw(h.x[next(in).rs1&63], h.x[next(in).rs2&63])

			in = next(next(in))
			continue
		case opAddwAddw:
			h.x[in.rd&63] = addw(h.x[in.rs1&63], h.x[in.rs2&63])
			h.x[next(in).rd&63] = addw(h.x[next(in).rs1&63], h.x[next(in).rs2&63])

			in = next(next(in))
			continue
		case opAndiAndi:
			h.x[in.rd&63] = and(h.x[in.rs1&63], uint64(int64(in.imm)))
			h.x[next(in).rd&63] = and(h.x[next(in).rs1&63], uint64(int64(next(in).imm)))

			in = next(next(in))
			continue
		case opAndiAddi:
			h.x[in.rd&63] = and(h.x[in.rs1&63], uint64(int64(in.imm)))
			h.x[next(in).rd&63] = add(h.x[next(in).rs1&63], uint64(int64(next(in).imm)))

			in = next(next(in))
			continue
		case opAndiXor:
			h.x[in.rd&63] = and(h.x[in.rs1&63], uint64(int64(in.imm)))
			h.x[next(in).rd&63] = xor(h.x[next(in).rs1&63], h.x[next(in).rs2&63])

			in = next(next(in))
			continue
		case opAndiMulw:
			h.x[in.rd&63] = and(h.x[in.rs1&63], uint64(int64(in.imm)))
			h.x[next(in).rd&63] = mulw(h.x[next(in).rs1&63], h.x[next(in).rs2&63])

			in = next(next(in))
			continue
		case opAndiBeq:
			h.x[in.rd&63] = and(h.x[in.rs1&63], uint64(int64(in.imm)))
			if eq(h.x[next(in).rs1&63], h.x[next(in).rs2&63]) {
				nb = b.taken
				in = next(in)
				goto enterTaken
			}
			nb = b.fall
			in = next(in)
			goto enterFall

		case opAndiBne:
			h.x[in.rd&63] = and(h.x[in.rs1&63], uint64(int64(in.imm)))
			if ne(h.x[next(in).rs1&63], h.x[next(in).rs2&63]) {
				nb = b.taken
				in = next(in)
				goto enterTaken
			}
			nb = b.fall
			in = next(in)
			goto enterFall

		case opAuipcAddi:
			h.x[in.rd&63] = auipc(b.pc+uint64(in.rs1), uint64(int64(in.imm)))
			h.x[next(in).rd&63] = add(h.x[next(in).rs1&63], uint64(int64(next(in).imm)))

			in = next(next(in))
			continue
		case opAuipcLwu:
			h.x[in.rd&63] = auipc(b.pc+uint64(in.rs1), uint64(int64(in.imm)))
			addr = h.x[next(in).rs1&63] + uint64(int64(next(in).imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|3) {
				kind = slowLoad
				in = next(in)
				goto slow
			}
			h.x[next(in).rd&63] = uint64(*(*uint32)(unsafe.Add(e.Page, addr&mmu.PageMask)))

			in = next(next(in))
			continue
		case opAuipcLd:
			h.x[in.rd&63] = auipc(b.pc+uint64(in.rs1), uint64(int64(in.imm)))
			addr = h.x[next(in).rs1&63] + uint64(int64(next(in).imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|7) {
				kind = slowLoad
				in = next(in)
				goto slow
			}
			h.x[next(in).rd&63] = uint64(*(*uint64)(unsafe.Add(e.Page, addr&mmu.PageMask)))

			in = next(next(in))
			continue
		case opAuipcLbu:
			h.x[in.rd&63] = auipc(b.pc+uint64(in.rs1), uint64(int64(in.imm)))
			addr = h.x[next(in).rs1&63] + uint64(int64(next(in).imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|0) {
				kind = slowLoad
				in = next(in)
				goto slow
			}
			h.x[next(in).rd&63] = uint64(*(*uint8)(unsafe.Add(e.Page, addr&mmu.PageMask)))

			in = next(next(in))
			continue
		case opAuipcJalr:
			h.x[in.rd&63] = auipc(b.pc+uint64(in.rs1), uint64(int64(in.imm)))
			addr = (h.x[next(in).rs1&63] + uint64(int64(next(in).imm))) &^ 1
			h.x[next(in).rd&63] = b.end
			nb = h.fast.jumps[jumpSlot(addr)]
			if nb.pc != addr {
				kind = slowJump
				in = next(in)
				goto slow
			}
			in = next(in)
			goto enterJump

		case opAuipcLw:
			h.x[in.rd&63] = auipc(b.pc+uint64(in.rs1), uint64(int64(in.imm)))
			addr = h.x[next(in).rs1&63] + uint64(int64(next(in).imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|3) {
				kind = slowLoad
				in = next(in)
				goto slow
			}
			h.x[next(in).rd&63] = uint64(*(*int32)(unsafe.Add(e.Page, addr&mmu.PageMask)))

			in = next(next(in))
			continue
		case opLbuAddi:
			addr = h.x[in.rs1&63] + uint64(int64(in.imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|0) {
				kind = slowLoad
				goto slow
			}
			h.x[in.rd&63] = uint64(*(*uint8)(unsafe.Add(e.Page, addr&mmu.PageMask)))
			h.x[next(in).rd&63] = add(h.x[next(in).rs1&63], uint64(int64(next(in).imm)))

			in = next(next(in))
			continue
		case opLbuBne:
			addr = h.x[in.rs1&63] + uint64(int64(in.imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|0) {
				kind = slowLoad
				goto slow
			}
			h.x[in.rd&63] = uint64(*(*uint8)(unsafe.Add(e.Page, addr&mmu.PageMask)))
			if ne(h.x[next(in).rs1&63], h.x[next(in).rs2&63]) {
				nb = b.taken
				in = next(in)
				goto enterTaken
			}
			nb = b.fall
			in = next(in)
			goto enterFall

		case opLbuBeq:
			addr = h.x[in.rs1&63] + uint64(int64(in.imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|0) {
				kind = slowLoad
				goto slow
			}
			h.x[in.rd&63] = uint64(*(*uint8)(unsafe.Add(e.Page, addr&mmu.PageMask)))
			if eq(h.x[next(in).rs1&63], h.x[next(in).rs2&63]) {
				nb = b.taken
				in = next(in)
				goto enterTaken
			}
			nb = b.fall
			in = next(in)
			goto enterFall

		case opLbuAndi:
			addr = h.x[in.rs1&63] + uint64(int64(in.imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|0) {
				kind = slowLoad
				goto slow
			}
			h.x[in.rd&63] = uint64(*(*uint8)(unsafe.Add(e.Page, addr&mmu.PageMask)))
			h.x[next(in).rd&63] = and(h.x[next(in).rs1&63], uint64(int64(next(in).imm)))

			in = next(next(in))
			continue
		case opLdSd:
			addr = h.x[in.rs1&63] + uint64(int64(in.imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|7) {
				kind = slowLoad
				goto slow
			}
			h.x[in.rd&63] = uint64(*(*uint64)(unsafe.Add(e.Page, addr&mmu.PageMask)))
			addr = h.x[next(in).rs1&63] + uint64(int64(next(in).imm))
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|7) {
				kind = slowStore
				in = next(in)
				goto slow
			}
			*(*uint64)(unsafe.Add(e.Page, addr&mmu.PageMask)) = uint64(h.x[next(in).rs2&63])

			in = next(next(in))
			continue
		case opLdBeq:
			addr = h.x[in.rs1&63] + uint64(int64(in.imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|7) {
				kind = slowLoad
				goto slow
			}
			h.x[in.rd&63] = uint64(*(*uint64)(unsafe.Add(e.Page, addr&mmu.PageMask)))
			if eq(h.x[next(in).rs1&63], h.x[next(in).rs2&63]) {
				nb = b.taken
				in = next(in)
				goto enterTaken
			}
			nb = b.fall
			in = next(in)
			goto enterFall

		case opLdLh:
			addr = h.x[in.rs1&63] + uint64(int64(in.imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|7) {
				kind = slowLoad
				goto slow
			}
			h.x[in.rd&63] = uint64(*(*uint64)(unsafe.Add(e.Page, addr&mmu.PageMask)))
			addr = h.x[next(in).rs1&63] + uint64(int64(next(in).imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|1) {
				kind = slowLoad
				in = next(in)
				goto slow
			}
			h.x[next(in).rd&63] = uint64(*(*int16)(unsafe.Add(e.Page, addr&mmu.PageMask)))

			in = next(next(in))
			continue
		case opLdLbu:
			addr = h.x[in.rs1&63] + uint64(int64(in.imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|7) {
				kind = slowLoad
				goto slow
			}
			h.x[in.rd&63] = uint64(*(*uint64)(unsafe.Add(e.Page, addr&mmu.PageMask)))
			addr = h.x[next(in).rs1&63] + uint64(int64(next(in).imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|0) {
				kind = slowLoad
				in = next(in)
				goto slow
			}
			h.x[next(in).rd&63] = uint64(*(*uint8)(unsafe.Add(e.Page, addr&mmu.PageMask)))

			in = next(next(in))
			continue
		case opLdAdd:
			addr = h.x[in.rs1&63] + uint64(int64(in.imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|7) {
				kind = slowLoad
				goto slow
			}
			h.x[in.rd&63] = uint64(*(*uint64)(unsafe.Add(e.Page, addr&mmu.PageMask)))
			h.x[next(in).rd&63] = add(h.x[next(in).rs1&63], h.x[next(in).rs2&63])

			in = next(next(in))
			continue
		case opLdLd:
			addr = h.x[in.rs1&63] + uint64(int64(in.imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|7) {
				kind = slowLoad
				goto slow
			}
			h.x[in.rd&63] = uint64(*(*uint64)(unsafe.Add(e.Page, addr&mmu.PageMask)))
			addr = h.x[next(in).rs1&63] + uint64(int64(next(in).imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|7) {
				kind = slowLoad
				in = next(in)
				goto slow
			}
			h.x[next(in).rd&63] = uint64(*(*uint64)(unsafe.Add(e.Page, addr&mmu.PageMask)))

			in = next(next(in))
			continue
		case opLdAddi:
			addr = h.x[in.rs1&63] + uint64(int64(in.imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|7) {
				kind = slowLoad
				goto slow
			}
			h.x[in.rd&63] = uint64(*(*uint64)(unsafe.Add(e.Page, addr&mmu.PageMask)))
			h.x[next(in).rd&63] = add(h.x[next(in).rs1&63], uint64(int64(next(in).imm)))

			in = next(next(in))
			continue
		case opLdBltu:
			addr = h.x[in.rs1&63] + uint64(int64(in.imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|7) {
				kind = slowLoad
				goto slow
			}
			h.x[in.rd&63] = uint64(*(*uint64)(unsafe.Add(e.Page, addr&mmu.PageMask)))
			if ltu(h.x[next(in).rs1&63], h.x[next(in).rs2&63]) {
				nb = b.taken
				in = next(in)
				goto enterTaken
			}
			nb = b.fall
			in = next(in)
			goto enterFall

		case opLdLw:
			addr = h.x[in.rs1&63] + uint64(int64(in.imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|7) {
				kind = slowLoad
				goto slow
			}
			h.x[in.rd&63] = uint64(*(*uint64)(unsafe.Add(e.Page, addr&mmu.PageMask)))
			addr = h.x[next(in).rs1&63] + uint64(int64(next(in).imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|3) {
				kind = slowLoad
				in = next(in)
				goto slow
			}
			h.x[next(in).rd&63] = uint64(*(*int32)(unsafe.Add(e.Page, addr&mmu.PageMask)))

			in = next(next(in))
			continue
		case opLdJal:
			addr = h.x[in.rs1&63] + uint64(int64(in.imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|7) {
				kind = slowLoad
				goto slow
			}
			h.x[in.rd&63] = uint64(*(*uint64)(unsafe.Add(e.Page, addr&mmu.PageMask)))
			h.x[next(in).rd&63] = b.end
			nb = b.taken
			in = next(in)
			goto enterTaken

		case opLdBne:
			addr = h.x[in.rs1&63] + uint64(int64(in.imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|7) {
				kind = slowLoad
				goto slow
			}
			h.x[in.rd&63] = uint64(*(*uint64)(unsafe.Add(e.Page, addr&mmu.PageMask)))
			if ne(h.x[next(in).rs1&63], h.x[next(in).rs2&63]) {
				nb = b.taken
				in = next(in)
				goto enterTaken
			}
			nb = b.fall
			in = next(in)
			goto enterFall

		case opLdJalr:
			addr = h.x[in.rs1&63] + uint64(int64(in.imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|7) {
				kind = slowLoad
				goto slow
			}
			h.x[in.rd&63] = uint64(*(*uint64)(unsafe.Add(e.Page, addr&mmu.PageMask)))
			addr = (h.x[next(in).rs1&63] + uint64(int64(next(in).imm))) &^ 1
			h.x[next(in).rd&63] = b.end
			nb = h.fast.jumps[jumpSlot(addr)]
			if nb.pc != addr {
				kind = slowJump
				in = next(in)
				goto slow
			}
			in = next(in)
			goto enterJump

		case opLhLh:
			addr = h.x[in.rs1&63] + uint64(int64(in.imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|1) {
				kind = slowLoad
				goto slow
			}
			h.x[in.rd&63] = uint64(*(*int16)(unsafe.Add(e.Page, addr&mmu.PageMask)))
			addr = h.x[next(in).rs1&63] + uint64(int64(next(in).imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|1) {
				kind = slowLoad
				in = next(in)
				goto slow
			}
			h.x[next(in).rd&63] = uint64(*(*int16)(unsafe.Add(e.Page, addr&mmu.PageMask)))

			in = next(next(in))
			continue
		case opLhAddiw:
			addr = h.x[in.rs1&63] + uint64(int64(in.imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|1) {
				kind = slowLoad
				goto slow
			}
			h.x[in.rd&63] = uint64(*(*int16)(unsafe.Add(e.Page, addr&mmu.PageMask)))
			h.x[next(in).rd&63] = addw(h.x[next(in).rs1&63], uint64(int64(next(in).imm)))

			in = next(next(in))
			continue
		case opLhBne:
			addr = h.x[in.rs1&63] + uint64(int64(in.imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|1) {
				kind = slowLoad
				goto slow
			}
			h.x[in.rd&63] = uint64(*(*int16)(unsafe.Add(e.Page, addr&mmu.PageMask)))
			if ne(h.x[next(in).rs1&63], h.x[next(in).rs2&63]) {
				nb = b.taken
				in = next(in)
				goto enterTaken
			}
			nb = b.fall
			in = next(in)
			goto enterFall

		case opLuiAdd:
			h.x[in.rd&63] = lui(b.pc+uint64(in.rs1), uint64(int64(in.imm)))
			h.x[next(in).rd&63] = add(h.x[next(in).rs1&63], h.x[next(in).rs2&63])

			in = next(next(in))
			continue
		case opLuiAddiw:
			h.x[in.rd&63] = lui(b.pc+uint64(in.rs1), uint64(int64(in.imm)))
			h.x[next(in).rd&63] = addw(h.x[next(in).rs1&63], uint64(int64(next(in).imm)))

			in = next(next(in))
			continue
		case opLuiAddi:
			h.x[in.rd&63] = lui(b.pc+uint64(in.rs1), uint64(int64(in.imm)))
			h.x[next(in).rd&63] = add(h.x[next(in).rs1&63], uint64(int64(next(in).imm)))

			in = next(next(in))
			continue
		case opLwSlli:
			addr = h.x[in.rs1&63] + uint64(int64(in.imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|3) {
				kind = slowLoad
				goto slow
			}
			h.x[in.rd&63] = uint64(*(*int32)(unsafe.Add(e.Page, addr&mmu.PageMask)))
			h.x[next(in).rd&63] = sll(h.x[next(in).rs1&63], uint64(int64(next(in).imm)))

			in = next(next(in))
			continue
		case opLwAddi:
			addr = h.x[in.rs1&63] + uint64(int64(in.imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|3) {
				kind = slowLoad
				goto slow
			}
			h.x[in.rd&63] = uint64(*(*int32)(unsafe.Add(e.Page, addr&mmu.PageMask)))
			h.x[next(in).rd&63] = add(h.x[next(in).rs1&63], uint64(int64(next(in).imm)))

			in = next(next(in))
			continue
		case opLwLw:
			addr = h.x[in.rs1&63] + uint64(int64(in.imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|3) {
				kind = slowLoad
				goto slow
			}
			h.x[in.rd&63] = uint64(*(*int32)(unsafe.Add(e.Page, addr&mmu.PageMask)))
			addr = h.x[next(in).rs1&63] + uint64(int64(next(in).imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|3) {
				kind = slowLoad
				in = next(in)
				goto slow
			}
			h.x[next(in).rd&63] = uint64(*(*int32)(unsafe.Add(e.Page, addr&mmu.PageMask)))

			in = next(next(in))
			continue
		case opLwAdd:
			addr = h.x[in.rs1&63] + uint64(int64(in.imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|3) {
				kind = slowLoad
				goto slow
			}
			h.x[in.rd&63] = uint64(*(*int32)(unsafe.Add(e.Page, addr&mmu.PageMask)))
			h.x[next(in).rd&63] = add(h.x[next(in).rs1&63], h.x[next(in).rs2&63])

			in = next(next(in))
			continue
		case opLwAddw:
			addr = h.x[in.rs1&63] + uint64(int64(in.imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|3) {
				kind = slowLoad
				goto slow
			}
			h.x[in.rd&63] = uint64(*(*int32)(unsafe.Add(e.Page, addr&mmu.PageMask)))
			h.x[next(in).rd&63] = addw(h.x[next(in).rs1&63], h.x[next(in).rs2&63])

			in = next(next(in))
			continue
		case opLwBeq:
			addr = h.x[in.rs1&63] + uint64(int64(in.imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|3) {
				kind = slowLoad
				goto slow
			}
			h.x[in.rd&63] = uint64(*(*int32)(unsafe.Add(e.Page, addr&mmu.PageMask)))
			if eq(h.x[next(in).rs1&63], h.x[next(in).rs2&63]) {
				nb = b.taken
				in = next(in)
				goto enterTaken
			}
			nb = b.fall
			in = next(in)
			goto enterFall

		case opLwBne:
			addr = h.x[in.rs1&63] + uint64(int64(in.imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|3) {
				kind = slowLoad
				goto slow
			}
			h.x[in.rd&63] = uint64(*(*int32)(unsafe.Add(e.Page, addr&mmu.PageMask)))
			if ne(h.x[next(in).rs1&63], h.x[next(in).rs2&63]) {
				nb = b.taken
				in = next(in)
				goto enterTaken
			}
			nb = b.fall
			in = next(in)
			goto enterFall

		case opLwuBeq:
			addr = h.x[in.rs1&63] + uint64(int64(in.imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|3) {
				kind = slowLoad
				goto slow
			}
			h.x[in.rd&63] = uint64(*(*uint32)(unsafe.Add(e.Page, addr&mmu.PageMask)))
			if eq(h.x[next(in).rs1&63], h.x[next(in).rs2&63]) {
				nb = b.taken
				in = next(in)
				goto enterTaken
			}
			nb = b.fall
			in = next(in)
			goto enterFall

		case opMulwAddw:
			h.x[in.rd&63] = mulw(h.x[in.rs1&63], h.x[in.rs2&63])
			h.x[next(in).rd&63] = addw(h.x[next(in).rs1&63], h.x[next(in).rs2&63])

			in = next(next(in))
			continue
		case opMulwSraiw:
			h.x[in.rd&63] = mulw(h.x[in.rs1&63], h.x[in.rs2&63])
			h.x[next(in).rd&63] = sraw(h.x[next(in).rs1&63], uint64(int64(next(in).imm)))

			in = next(next(in))
			continue
		case opSdAdd:
			addr = h.x[in.rs1&63] + uint64(int64(in.imm))
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|7) {
				kind = slowStore
				goto slow
			}
			*(*uint64)(unsafe.Add(e.Page, addr&mmu.PageMask)) = uint64(h.x[in.rs2&63])
			h.x[next(in).rd&63] = add(h.x[next(in).rs1&63], h.x[next(in).rs2&63])

			in = next(next(in))
			continue
		case opSdSd:
			addr = h.x[in.rs1&63] + uint64(int64(in.imm))
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|7) {
				kind = slowStore
				goto slow
			}
			*(*uint64)(unsafe.Add(e.Page, addr&mmu.PageMask)) = uint64(h.x[in.rs2&63])
			addr = h.x[next(in).rs1&63] + uint64(int64(next(in).imm))
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|7) {
				kind = slowStore
				in = next(in)
				goto slow
			}
			*(*uint64)(unsafe.Add(e.Page, addr&mmu.PageMask)) = uint64(h.x[next(in).rs2&63])

			in = next(next(in))
			continue
		case opSdAddi:
			addr = h.x[in.rs1&63] + uint64(int64(in.imm))
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|7) {
				kind = slowStore
				goto slow
			}
			*(*uint64)(unsafe.Add(e.Page, addr&mmu.PageMask)) = uint64(h.x[in.rs2&63])
			h.x[next(in).rd&63] = add(h.x[next(in).rs1&63], uint64(int64(next(in).imm)))

			in = next(next(in))
			continue
		case opSdLd:
			addr = h.x[in.rs1&63] + uint64(int64(in.imm))
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|7) {
				kind = slowStore
				goto slow
			}
			*(*uint64)(unsafe.Add(e.Page, addr&mmu.PageMask)) = uint64(h.x[in.rs2&63])
			addr = h.x[next(in).rs1&63] + uint64(int64(next(in).imm))
			e = loads.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|7) {
				kind = slowLoad
				in = next(in)
				goto slow
			}
			h.x[next(in).rd&63] = uint64(*(*uint64)(unsafe.Add(e.Page, addr&mmu.PageMask)))

			in = next(next(in))
			continue
		case opSdAuipc:
			addr = h.x[in.rs1&63] + uint64(int64(in.imm))
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|7) {
				kind = slowStore
				goto slow
			}
			*(*uint64)(unsafe.Add(e.Page, addr&mmu.PageMask)) = uint64(h.x[in.rs2&63])
			h.x[next(in).rd&63] = auipc(b.pc+uint64(next(in).rs1), uint64(int64(next(in).imm)))

			in = next(next(in))
			continue
		case opSdSb:
			addr = h.x[in.rs1&63] + uint64(int64(in.imm))
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|7) {
				kind = slowStore
				goto slow
			}
			*(*uint64)(unsafe.Add(e.Page, addr&mmu.PageMask)) = uint64(h.x[in.rs2&63])
			addr = h.x[next(in).rs1&63] + uint64(int64(next(in).imm))
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|0) {
				kind = slowStore
				in = next(in)
				goto slow
			}
			*(*uint8)(unsafe.Add(e.Page, addr&mmu.PageMask)) = uint8(h.x[next(in).rs2&63])

			in = next(next(in))
			continue
		case opSdJal:
			addr = h.x[in.rs1&63] + uint64(int64(in.imm))
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|7) {
				kind = slowStore
				goto slow
			}
			*(*uint64)(unsafe.Add(e.Page, addr&mmu.PageMask)) = uint64(h.x[in.rs2&63])
			h.x[next(in).rd&63] = b.end
			nb = b.taken
			in = next(in)
			goto enterTaken

		case opSdBeq:
			addr = h.x[in.rs1&63] + uint64(int64(in.imm))
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|7) {
				kind = slowStore
				goto slow
			}
			*(*uint64)(unsafe.Add(e.Page, addr&mmu.PageMask)) = uint64(h.x[in.rs2&63])
			if eq(h.x[next(in).rs1&63], h.x[next(in).rs2&63]) {
				nb = b.taken
				in = next(in)
				goto enterTaken
			}
			nb = b.fall
			in = next(in)
			goto enterFall

		case opSlliSrli:
			h.x[in.rd&63] = sll(h.x[in.rs1&63], uint64(int64(in.imm)))
			h.x[next(in).rd&63] = srl(h.x[next(in).rs1&63], uint64(int64(next(in).imm)))

			in = next(next(in))
			continue
		case opSlliSlli:
			h.x[in.rd&63] = sll(h.x[in.rs1&63], uint64(int64(in.imm)))
			h.x[next(in).rd&63] = sll(h.x[next(in).rs1&63], uint64(int64(next(in).imm)))

			in = next(next(in))
			continue
		case opSlliAdd:
			h.x[in.rd&63] = sll(h.x[in.rs1&63], uint64(int64(in.imm)))
			h.x[next(in).rd&63] = add(h.x[next(in).rs1&63], h.x[next(in).rs2&63])

			in = next(next(in))
			continue
		case opSlliAddi:
			h.x[in.rd&63] = sll(h.x[in.rs1&63], uint64(int64(in.imm)))
			h.x[next(in).rd&63] = add(h.x[next(in).rs1&63], uint64(int64(next(in).imm)))

			in = next(next(in))
			continue
		case opSraiwAndi:
			h.x[in.rd&63] = sraw(h.x[in.rs1&63], uint64(int64(in.imm)))
			h.x[next(in).rd&63] = and(h.x[next(in).rs1&63], uint64(int64(next(in).imm)))

			in = next(next(in))
			continue
		case opSrliAdd:
			h.x[in.rd&63] = srl(h.x[in.rs1&63], uint64(int64(in.imm)))
			h.x[next(in).rd&63] = add(h.x[next(in).rs1&63], h.x[next(in).rs2&63])

			in = next(next(in))
			continue
		case opSrliSrli:
			h.x[in.rd&63] = srl(h.x[in.rs1&63], uint64(int64(in.imm)))
			h.x[next(in).rd&63] = srl(h.x[next(in).rs1&63], uint64(int64(next(in).imm)))

			in = next(next(in))
			continue
		case opSrliAndi:
			h.x[in.rd&63] = srl(h.x[in.rs1&63], uint64(int64(in.imm)))
			h.x[next(in).rd&63] = and(h.x[next(in).rs1&63], uint64(int64(next(in).imm)))

			in = next(next(in))
			continue
		case opSrliBeq:
			h.x[in.rd&63] = srl(h.x[in.rs1&63], uint64(int64(in.imm)))
			if eq(h.x[next(in).rs1&63], h.x[next(in).rs2&63]) {
				nb = b.taken
				in = next(in)
				goto enterTaken
			}
			nb = b.fall
			in = next(in)
			goto enterFall

		case opSrliAddi:
			h.x[in.rd&63] = srl(h.x[in.rs1&63], uint64(int64(in.imm)))
			h.x[next(in).rd&63] = add(h.x[next(in).rs1&63], uint64(int64(next(in).imm)))

			in = next(next(in))
			continue
		case opSwAddi:
			addr = h.x[in.rs1&63] + uint64(int64(in.imm))
			e = stores.Entry(addr)
			if e.Tag != addr&(^uint64(mmu.PageMask)|3) {
				kind = slowStore
				goto slow
			}
			*(*uint32)(unsafe.Add(e.Page, addr&mmu.PageMask)) = uint32(h.x[in.rs2&63])
			h.x[next(in).rd&63] = add(h.x[next(in).rs1&63], uint64(int64(next(in).imm)))

			in = next(next(in))
			continue
		case opXorSrli:
			h.x[in.rd&63] = xor(h.x[in.rs1&63], h.x[in.rs2&63])
			h.x[next(in).rd&63] = srl(h.x[next(in).rs1&63], uint64(int64(next(in).imm)))

			in = next(next(in))
			continue
		case opXorAddiw:
			h.x[in.rd&63] = xor(h.x[in.rs1&63], h.x[in.rs2&63])
			h.x[next(in).rd&63] = addw(h.x[next(in).rs1&63], uint64(int64(next(in).imm)))

			in = next(next(in))
			continue

		}
	}
slow:
	h.fast.in, h.fast.b, h.fast.next, h.fast.left = in, b, nb, left
	if h.slow(kind, addr) {
		return
	}
	in, b, nb, left = h.fast.in, h.fast.b, h.fast.next, h.fast.left
	loads, stores = h.fast.loads, h.fast.stores
	if nb == nil {
		goto dispatch
	}
	goto enter
}
