package rv64

import "rv86/cpu/softfloat"

// The F extension: single-precision floating point (I 11).

var rowsF = []Row{
	{name: "flw", enc: "imm[11:0] rs1 010 rd 0000111", asm: "frd, imm(rs1)", ref: "I 11.5", doc: "rd = 32 bits at rs1 + imm, NaN-boxed", ex: "00832507 flw fa0, 8(t1)", do: load{size: 4, fp: true}, fp: true},
	{name: "fsw", enc: "imm[11:5] rs2 rs1 010 imm[4:0] 0100111", asm: "frs2, imm(rs1)", ref: "I 11.5", doc: "32 bits at rs1 + imm = rs2[31:0]", ex: "fea32c27 fsw fa0, -8(t1)", do: store{size: 4, fp: true}, fp: true},

	{name: "fmadd.s", enc: "rs3 00 rs2 rs1 rm!=5,6 rd 1000011", asm: "frd, frs1, frs2, frs3, rm", ref: "I 11.6", doc: "rd = rs1 * rs2 + rs3, rounded once", ex: "68c59543 fmadd.s fa0, fa1, fa2, fa3, rtz", do: fop3[single](fmaddS), fp: true},
	{name: "fmsub.s", enc: "rs3 00 rs2 rs1 rm!=5,6 rd 1000111", asm: "frd, frs1, frs2, frs3, rm", ref: "I 11.6", doc: "rd = rs1 * rs2 - rs3, rounded once", ex: "68c59547 fmsub.s fa0, fa1, fa2, fa3, rtz", do: fop3[single](fmsubS), fp: true},
	{name: "fnmsub.s", enc: "rs3 00 rs2 rs1 rm!=5,6 rd 1001011", asm: "frd, frs1, frs2, frs3, rm", ref: "I 11.6", doc: "rd = -(rs1 * rs2) + rs3, rounded once", ex: "68c5954b fnmsub.s fa0, fa1, fa2, fa3, rtz", do: fop3[single](fnmsubS), fp: true},
	{name: "fnmadd.s", enc: "rs3 00 rs2 rs1 rm!=5,6 rd 1001111", asm: "frd, frs1, frs2, frs3, rm", ref: "I 11.6", doc: "rd = -(rs1 * rs2) - rs3, rounded once", ex: "68c5954f fnmadd.s fa0, fa1, fa2, fa3, rtz", do: fop3[single](fnmaddS), fp: true},
	{name: "fadd.s", enc: "0000000 rs2 rs1 rm!=5,6 rd 1010011", asm: "frd, frs1, frs2, rm", ref: "I 11.6", doc: "rd = rs1 + rs2", ex: "00c5f553 fadd.s fa0, fa1, fa2", do: fop2[single]{softfloat.Add32, hostAddS}, fp: true},
	{name: "fsub.s", enc: "0000100 rs2 rs1 rm!=5,6 rd 1010011", asm: "frd, frs1, frs2, rm", ref: "I 11.6", doc: "rd = rs1 - rs2", ex: "08c5f553 fsub.s fa0, fa1, fa2", do: fop2[single]{softfloat.Sub32, hostSubS}, fp: true},
	{name: "fmul.s", enc: "0001000 rs2 rs1 rm!=5,6 rd 1010011", asm: "frd, frs1, frs2, rm", ref: "I 11.6", doc: "rd = rs1 * rs2", ex: "10c5f553 fmul.s fa0, fa1, fa2", do: fop2[single]{softfloat.Mul32, hostMulS}, fp: true},
	{name: "fdiv.s", enc: "0001100 rs2 rs1 rm!=5,6 rd 1010011", asm: "frd, frs1, frs2, rm", ref: "I 11.6", doc: "rd = rs1 / rs2", ex: "18c5f553 fdiv.s fa0, fa1, fa2", do: fop2[single]{softfloat.Div32, hostDivS}, fp: true},
	{name: "fsqrt.s", enc: "0101100 00000 rs1 rm!=5,6 rd 1010011", asm: "frd, frs1, rm", ref: "I 11.6", doc: "rd = square root of rs1", ex: "5805b553 fsqrt.s fa0, fa1, rup", do: fop1[single]{softfloat.Sqrt32, hostSqrtS}, fp: true},

	{name: "fsgnj.s", enc: "0010000 rs2 rs1 000 rd 1010011", asm: "frd, frs1, frs2", ref: "I 11.7", doc: "rd = rs1 with the sign of rs2", ex: "20c58553 fsgnj.s fa0, fa1, fa2", do: fmix(fsgnjS), fp: true},
	{name: "fsgnjn.s", enc: "0010000 rs2 rs1 001 rd 1010011", asm: "frd, frs1, frs2", ref: "I 11.7", doc: "rd = rs1 with the opposite of the sign of rs2", ex: "20c59553 fsgnjn.s fa0, fa1, fa2", do: fmix(fsgnjnS), fp: true},
	{name: "fsgnjx.s", enc: "0010000 rs2 rs1 010 rd 1010011", asm: "frd, frs1, frs2", ref: "I 11.7", doc: "rd = rs1 with the exclusive or of both signs", ex: "20c5a553 fsgnjx.s fa0, fa1, fa2", do: fmix(fsgnjxS), fp: true},
	{name: "fmin.s", enc: "0010100 rs2 rs1 000 rd 1010011", asm: "frd, frs1, frs2", ref: "I 11.6", doc: "rd = the lesser of rs1 and rs2; a number rather than a NaN", ex: "28c58553 fmin.s fa0, fa1, fa2", do: fpick[single](fminS), fp: true},
	{name: "fmax.s", enc: "0010100 rs2 rs1 001 rd 1010011", asm: "frd, frs1, frs2", ref: "I 11.6", doc: "rd = the greater of rs1 and rs2; a number rather than a NaN", ex: "28c59553 fmax.s fa0, fa1, fa2", do: fpick[single](fmaxS), fp: true},

	{name: "fcvt.w.s", enc: "1100000 00000 rs1 rm!=5,6 rd 1010011", asm: "rd, frs1, rm", ref: "I 11.7", doc: "rd = rs1 as a signed 32-bit integer, saturated, sign-extended", ex: "c0059553 fcvt.w.s a0, fa1, rtz", do: ftoi[single]{fcvtWS, hostWS}, fp: true},
	{name: "fcvt.wu.s", enc: "1100000 00001 rs1 rm!=5,6 rd 1010011", asm: "rd, frs1, rm", ref: "I 11.7", doc: "rd = rs1 as an unsigned 32-bit integer, saturated, sign-extended", ex: "c0159553 fcvt.wu.s a0, fa1, rtz", do: ftoi[single]{fcvtWUS, hostWUS}, fp: true},
	{name: "fcvt.l.s", enc: "1100000 00010 rs1 rm!=5,6 rd 1010011", asm: "rd, frs1, rm", ref: "I 11.7", doc: "rd = rs1 as a signed 64-bit integer, saturated", ex: "c0259553 fcvt.l.s a0, fa1, rtz", do: ftoi[single]{fcvtLS, hostLS}, fp: true},
	{name: "fcvt.lu.s", enc: "1100000 00011 rs1 rm!=5,6 rd 1010011", asm: "rd, frs1, rm", ref: "I 11.7", doc: "rd = rs1 as an unsigned 64-bit integer, saturated", ex: "c0359553 fcvt.lu.s a0, fa1, rtz", do: ftoi[single]{fcvtLUS, hostLUS}, fp: true},
	{name: "fcvt.s.w", enc: "1101000 00000 rs1 rm!=5,6 rd 1010011", asm: "frd, rs1, rm", ref: "I 11.7", doc: "rd = the signed 32-bit integer in rs1", ex: "d005a553 fcvt.s.w fa0, a1, rdn", do: itof[single]{fcvtSW, hostSW}, fp: true},
	{name: "fcvt.s.wu", enc: "1101000 00001 rs1 rm!=5,6 rd 1010011", asm: "frd, rs1, rm", ref: "I 11.7", doc: "rd = the unsigned 32-bit integer in rs1", ex: "d015a553 fcvt.s.wu fa0, a1, rdn", do: itof[single]{fcvtSWU, hostSWU}, fp: true},
	{name: "fcvt.s.l", enc: "1101000 00010 rs1 rm!=5,6 rd 1010011", asm: "frd, rs1, rm", ref: "I 11.7", doc: "rd = the signed 64-bit integer in rs1", ex: "d025a553 fcvt.s.l fa0, a1, rdn", do: itof[single]{fcvtSL, hostSL}, fp: true},
	{name: "fcvt.s.lu", enc: "1101000 00011 rs1 rm!=5,6 rd 1010011", asm: "frd, rs1, rm", ref: "I 11.7", doc: "rd = the unsigned 64-bit integer in rs1", ex: "d035a553 fcvt.s.lu fa0, a1, rdn", do: itof[single]{fcvtSLU, hostSLU}, fp: true},
	{name: "fmv.x.w", enc: "1110000 00000 rs1 000 rd 1010011", asm: "rd, frs1", ref: "I 11.7", doc: "rd = sign-extended rs1[31:0], all bits as they are", ex: "e0058553 fmv.x.w a0, fa1", do: ftox(fmvXW), fp: true},
	{name: "fmv.w.x", enc: "1111000 00000 rs1 000 rd 1010011", asm: "frd, rs1", ref: "I 11.7", doc: "rd = rs1[31:0], NaN-boxed", ex: "f0058553 fmv.w.x fa0, a1", do: xtof(fmvWX), fp: true},

	{name: "feq.s", enc: "1010000 rs2 rs1 010 rd 1010011", asm: "rd, frs1, frs2", ref: "I 11.8", doc: "rd = 1 if rs1 == rs2 (quiet), else 0", ex: "a0c5a553 feq.s a0, fa1, fa2", do: fcmp[single]{feqS, hostEqS}, fp: true},
	{name: "flt.s", enc: "1010000 rs2 rs1 001 rd 1010011", asm: "rd, frs1, frs2", ref: "I 11.8", doc: "rd = 1 if rs1 < rs2 (signaling), else 0", ex: "a0c59553 flt.s a0, fa1, fa2", do: fcmp[single]{fltS, hostLtS}, fp: true},
	{name: "fle.s", enc: "1010000 rs2 rs1 000 rd 1010011", asm: "rd, frs1, frs2", ref: "I 11.8", doc: "rd = 1 if rs1 <= rs2 (signaling), else 0", ex: "a0c58553 fle.s a0, fa1, fa2", do: fcmp[single]{fleS, hostLeS}, fp: true},
	{name: "fclass.s", enc: "1110000 00000 rs1 001 rd 1010011", asm: "rd, frs1", ref: "I 11.9", doc: "rd = the class of rs1, one bit of ten", ex: "e0059553 fclass.s a0, fa1", do: general(fclassS), fp: true},
}

const signS = 1 << 31

// The four fused forms differ in the signs of the product and the addend: the
// sign of a NaN is of no account (I 11.3).

func fmaddS(a, b, c single, rm softfloat.Rounding) (single, softfloat.Flags) {
	return softfloat.FMA32(a, b, c, rm)
}

func fmsubS(a, b, c single, rm softfloat.Rounding) (single, softfloat.Flags) {
	return softfloat.FMA32(a, b, c^signS, rm)
}

func fnmsubS(a, b, c single, rm softfloat.Rounding) (single, softfloat.Flags) {
	return softfloat.FMA32(a^signS, b, c, rm)
}

func fnmaddS(a, b, c single, rm softfloat.Rounding) (single, softfloat.Flags) {
	return softfloat.FMA32(a^signS, b, c^signS, rm)
}

// Sign injection changes no other bit, of a NaN either (I 11.7), but of what
// is not boxed it sees the canonical NaN.
func fsgnjS(a, b uint64) uint64  { return singleBox | uint64(unboxS(a)&^signS|unboxS(b)&signS) }
func fsgnjnS(a, b uint64) uint64 { return singleBox | uint64(unboxS(a)&^signS|^unboxS(b)&signS) }
func fsgnjxS(a, b uint64) uint64 { return singleBox | uint64(unboxS(a)^unboxS(b)&signS) }

// fminS and fmaxS are minimumNumber and maximumNumber of IEEE 754-2019: -0 is
// less than +0, and a signaling NaN is Invalid and otherwise like a quiet one.
func fminS(a, b single) (single, softfloat.Flags) {
	rel, fl := softfloat.Compare32(a, b, false)
	switch {
	case rel == softfloat.Less, softfloat.IsNaN32(b) && !softfloat.IsNaN32(a):
		return a, fl
	case rel == softfloat.Equal:
		return a | b, fl // equal and different only as zeros are
	case rel == softfloat.Unordered && softfloat.IsNaN32(b):
		return canonicalS, fl
	}
	return b, fl
}

func fmaxS(a, b single) (single, softfloat.Flags) {
	rel, fl := softfloat.Compare32(a, b, false)
	switch {
	case rel == softfloat.Greater, softfloat.IsNaN32(b) && !softfloat.IsNaN32(a):
		return a, fl
	case rel == softfloat.Equal:
		return a & b, fl
	case rel == softfloat.Unordered && softfloat.IsNaN32(b):
		return canonicalS, fl
	}
	return b, fl
}

func feqS(a, b single) (bool, softfloat.Flags) {
	rel, fl := softfloat.Compare32(a, b, false)
	return rel == softfloat.Equal, fl
}

func fltS(a, b single) (bool, softfloat.Flags) {
	rel, fl := softfloat.Compare32(a, b, true)
	return rel == softfloat.Less, fl
}

func fleS(a, b single) (bool, softfloat.Flags) {
	rel, fl := softfloat.Compare32(a, b, true)
	return rel == softfloat.Less || rel == softfloat.Equal, fl
}

func fcvtWS(a single, rm softfloat.Rounding) (uint64, softfloat.Flags) {
	v, fl := softfloat.ToInt32(a, rm, 32)
	return uint64(v), fl
}

// An unsigned 32-bit result is sign-extended too (I 11.7).
func fcvtWUS(a single, rm softfloat.Rounding) (uint64, softfloat.Flags) {
	v, fl := softfloat.ToUint32(a, rm, 32)
	return sext32(uint32(v)), fl
}

func fcvtLS(a single, rm softfloat.Rounding) (uint64, softfloat.Flags) {
	v, fl := softfloat.ToInt32(a, rm, 64)
	return uint64(v), fl
}

func fcvtLUS(a single, rm softfloat.Rounding) (uint64, softfloat.Flags) {
	return softfloat.ToUint32(a, rm, 64)
}

func fcvtSW(v uint64, rm softfloat.Rounding) (single, softfloat.Flags) {
	return softfloat.FromInt32(int64(int32(v)), rm)
}

func fcvtSWU(v uint64, rm softfloat.Rounding) (single, softfloat.Flags) {
	return softfloat.FromUint32(uint64(uint32(v)), rm)
}

func fcvtSL(v uint64, rm softfloat.Rounding) (single, softfloat.Flags) {
	return softfloat.FromInt32(int64(v), rm)
}

func fcvtSLU(v uint64, rm softfloat.Rounding) (single, softfloat.Flags) {
	return softfloat.FromUint32(v, rm)
}

// The moves transfer bits: NaN boxing is neither checked nor undone (I 12.2).
func fmvXW(f uint64) uint64 { return sext32(uint32(f)) }
func fmvWX(x uint64) uint64 { return singleBox | uint64(uint32(x)) }

func fclassS(h *Hart, in *insn) trap {
	h.setX(in.rd, uint64(softfloat.Class32(unboxS(h.f[in.rs1]))))
	return noTrap
}
