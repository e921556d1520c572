package rv64

import "rv86/cpu/softfloat"

// The D extension: double-precision floating point (I 12). What holds of the
// single-precision forms in rv_f.go holds here.

var rowsD = []Row{
	{name: "fld", enc: "imm[11:0] rs1 011 rd 0000111", asm: "frd, imm(rs1)", ref: "I 12.3", doc: "rd = 64 bits at rs1 + imm", ex: "00833507 fld fa0, 8(t1)", do: load{size: 8, fp: true}, fp: true},
	{name: "fsd", enc: "imm[11:5] rs2 rs1 011 imm[4:0] 0100111", asm: "frs2, imm(rs1)", ref: "I 12.3", doc: "64 bits at rs1 + imm = rs2", ex: "fea33c27 fsd fa0, -8(t1)", do: store{size: 8, fp: true}, fp: true},

	{name: "fmadd.d", enc: "rs3 01 rs2 rs1 rm!=5,6 rd 1000011", asm: "frd, frs1, frs2, frs3, rm", ref: "I 12.4", doc: "rd = rs1 * rs2 + rs3, rounded once", ex: "6ac59543 fmadd.d fa0, fa1, fa2, fa3, rtz", do: fop3[double](fmaddD), fp: true},
	{name: "fmsub.d", enc: "rs3 01 rs2 rs1 rm!=5,6 rd 1000111", asm: "frd, frs1, frs2, frs3, rm", ref: "I 12.4", doc: "rd = rs1 * rs2 - rs3, rounded once", ex: "6ac59547 fmsub.d fa0, fa1, fa2, fa3, rtz", do: fop3[double](fmsubD), fp: true},
	{name: "fnmsub.d", enc: "rs3 01 rs2 rs1 rm!=5,6 rd 1001011", asm: "frd, frs1, frs2, frs3, rm", ref: "I 12.4", doc: "rd = -(rs1 * rs2) + rs3, rounded once", ex: "6ac5954b fnmsub.d fa0, fa1, fa2, fa3, rtz", do: fop3[double](fnmsubD), fp: true},
	{name: "fnmadd.d", enc: "rs3 01 rs2 rs1 rm!=5,6 rd 1001111", asm: "frd, frs1, frs2, frs3, rm", ref: "I 12.4", doc: "rd = -(rs1 * rs2) - rs3, rounded once", ex: "6ac5954f fnmadd.d fa0, fa1, fa2, fa3, rtz", do: fop3[double](fnmaddD), fp: true},
	{name: "fadd.d", enc: "0000001 rs2 rs1 rm!=5,6 rd 1010011", asm: "frd, frs1, frs2, rm", ref: "I 12.4", doc: "rd = rs1 + rs2", ex: "02c5f553 fadd.d fa0, fa1, fa2", do: fop2[double]{softfloat.Add64, hostAddD}, fp: true},
	{name: "fsub.d", enc: "0000101 rs2 rs1 rm!=5,6 rd 1010011", asm: "frd, frs1, frs2, rm", ref: "I 12.4", doc: "rd = rs1 - rs2", ex: "0ac5f553 fsub.d fa0, fa1, fa2", do: fop2[double]{softfloat.Sub64, hostSubD}, fp: true},
	{name: "fmul.d", enc: "0001001 rs2 rs1 rm!=5,6 rd 1010011", asm: "frd, frs1, frs2, rm", ref: "I 12.4", doc: "rd = rs1 * rs2", ex: "12c5f553 fmul.d fa0, fa1, fa2", do: fop2[double]{softfloat.Mul64, hostMulD}, fp: true},
	{name: "fdiv.d", enc: "0001101 rs2 rs1 rm!=5,6 rd 1010011", asm: "frd, frs1, frs2, rm", ref: "I 12.4", doc: "rd = rs1 / rs2", ex: "1ac5f553 fdiv.d fa0, fa1, fa2", do: fop2[double]{softfloat.Div64, hostDivD}, fp: true},
	{name: "fsqrt.d", enc: "0101101 00000 rs1 rm!=5,6 rd 1010011", asm: "frd, frs1, rm", ref: "I 12.4", doc: "rd = square root of rs1", ex: "5a05b553 fsqrt.d fa0, fa1, rup", do: fop1[double]{softfloat.Sqrt64, hostSqrtD}, fp: true},

	{name: "fsgnj.d", enc: "0010001 rs2 rs1 000 rd 1010011", asm: "frd, frs1, frs2", ref: "I 12.5", doc: "rd = rs1 with the sign of rs2", ex: "22c58553 fsgnj.d fa0, fa1, fa2", do: fmix(fsgnjD), fp: true},
	{name: "fsgnjn.d", enc: "0010001 rs2 rs1 001 rd 1010011", asm: "frd, frs1, frs2", ref: "I 12.5", doc: "rd = rs1 with the opposite of the sign of rs2", ex: "22c59553 fsgnjn.d fa0, fa1, fa2", do: fmix(fsgnjnD), fp: true},
	{name: "fsgnjx.d", enc: "0010001 rs2 rs1 010 rd 1010011", asm: "frd, frs1, frs2", ref: "I 12.5", doc: "rd = rs1 with the exclusive or of both signs", ex: "22c5a553 fsgnjx.d fa0, fa1, fa2", do: fmix(fsgnjxD), fp: true},
	{name: "fmin.d", enc: "0010101 rs2 rs1 000 rd 1010011", asm: "frd, frs1, frs2", ref: "I 12.4", doc: "rd = the lesser of rs1 and rs2; a number rather than a NaN", ex: "2ac58553 fmin.d fa0, fa1, fa2", do: fpick[double](fminD), fp: true},
	{name: "fmax.d", enc: "0010101 rs2 rs1 001 rd 1010011", asm: "frd, frs1, frs2", ref: "I 12.4", doc: "rd = the greater of rs1 and rs2; a number rather than a NaN", ex: "2ac59553 fmax.d fa0, fa1, fa2", do: fpick[double](fmaxD), fp: true},

	{name: "fcvt.w.d", enc: "1100001 00000 rs1 rm!=5,6 rd 1010011", asm: "rd, frs1, rm", ref: "I 12.5", doc: "rd = rs1 as a signed 32-bit integer, saturated, sign-extended", ex: "c2059553 fcvt.w.d a0, fa1, rtz", do: ftoi[double]{fcvtWD, hostWD}, fp: true},
	{name: "fcvt.wu.d", enc: "1100001 00001 rs1 rm!=5,6 rd 1010011", asm: "rd, frs1, rm", ref: "I 12.5", doc: "rd = rs1 as an unsigned 32-bit integer, saturated, sign-extended", ex: "c2159553 fcvt.wu.d a0, fa1, rtz", do: ftoi[double]{fcvtWUD, hostWUD}, fp: true},
	{name: "fcvt.l.d", enc: "1100001 00010 rs1 rm!=5,6 rd 1010011", asm: "rd, frs1, rm", ref: "I 12.5", doc: "rd = rs1 as a signed 64-bit integer, saturated", ex: "c2259553 fcvt.l.d a0, fa1, rtz", do: ftoi[double]{fcvtLD, hostLD}, fp: true},
	{name: "fcvt.lu.d", enc: "1100001 00011 rs1 rm!=5,6 rd 1010011", asm: "rd, frs1, rm", ref: "I 12.5", doc: "rd = rs1 as an unsigned 64-bit integer, saturated", ex: "c2359553 fcvt.lu.d a0, fa1, rtz", do: ftoi[double]{fcvtLUD, hostLUD}, fp: true},
	{name: "fcvt.d.w", enc: "1101001 00000 rs1 rm!=5,6 rd 1010011", asm: "frd, rs1, rm", ref: "I 12.5", doc: "rd = the signed 32-bit integer in rs1", ex: "d2058553 fcvt.d.w fa0, a1, rne", do: itof[double]{fcvtDW, hostDW}, fp: true},
	{name: "fcvt.d.wu", enc: "1101001 00001 rs1 rm!=5,6 rd 1010011", asm: "frd, rs1, rm", ref: "I 12.5", doc: "rd = the unsigned 32-bit integer in rs1", ex: "d2158553 fcvt.d.wu fa0, a1, rne", do: itof[double]{fcvtDWU, hostDWU}, fp: true},
	{name: "fcvt.d.l", enc: "1101001 00010 rs1 rm!=5,6 rd 1010011", asm: "frd, rs1, rm", ref: "I 12.5", doc: "rd = the signed 64-bit integer in rs1", ex: "d225a553 fcvt.d.l fa0, a1, rdn", do: itof[double]{fcvtDL, hostDL}, fp: true},
	{name: "fcvt.d.lu", enc: "1101001 00011 rs1 rm!=5,6 rd 1010011", asm: "frd, rs1, rm", ref: "I 12.5", doc: "rd = the unsigned 64-bit integer in rs1", ex: "d235a553 fcvt.d.lu fa0, a1, rdn", do: itof[double]{fcvtDLU, hostDLU}, fp: true},
	{name: "fcvt.s.d", enc: "0100000 00001 rs1 rm!=5,6 rd 1010011", asm: "frd, frs1, rm", ref: "I 12.5", doc: "rd = rs1 rounded to single precision", ex: "4015f553 fcvt.s.d fa0, fa1", do: fnarrow{softfloat.Narrow, hostNarrow}, fp: true},
	{name: "fcvt.d.s", enc: "0100001 00000 rs1 rm!=5,6 rd 1010011", asm: "frd, frs1, rm", ref: "I 12.5", doc: "rd = rs1 in double precision, exactly", ex: "42058553 fcvt.d.s fa0, fa1, rne", do: fwiden{softfloat.Widen, hostWiden}, fp: true},
	{name: "fmv.x.d", enc: "1110001 00000 rs1 000 rd 1010011", asm: "rd, frs1", ref: "I 12.5", doc: "rd = rs1, all bits as they are", ex: "e2058553 fmv.x.d a0, fa1", do: ftox(fmvXD), fp: true},
	{name: "fmv.d.x", enc: "1111001 00000 rs1 000 rd 1010011", asm: "frd, rs1", ref: "I 12.5", doc: "rd = rs1", ex: "f2058553 fmv.d.x fa0, a1", do: xtof(fmvDX), fp: true},

	{name: "feq.d", enc: "1010001 rs2 rs1 010 rd 1010011", asm: "rd, frs1, frs2", ref: "I 12.6", doc: "rd = 1 if rs1 == rs2 (quiet), else 0", ex: "a2c5a553 feq.d a0, fa1, fa2", do: fcmp[double]{feqD, hostEqD}, fp: true},
	{name: "flt.d", enc: "1010001 rs2 rs1 001 rd 1010011", asm: "rd, frs1, frs2", ref: "I 12.6", doc: "rd = 1 if rs1 < rs2 (signaling), else 0", ex: "a2c59553 flt.d a0, fa1, fa2", do: fcmp[double]{fltD, hostLtD}, fp: true},
	{name: "fle.d", enc: "1010001 rs2 rs1 000 rd 1010011", asm: "rd, frs1, frs2", ref: "I 12.6", doc: "rd = 1 if rs1 <= rs2 (signaling), else 0", ex: "a2c58553 fle.d a0, fa1, fa2", do: fcmp[double]{fleD, hostLeD}, fp: true},
	{name: "fclass.d", enc: "1110001 00000 rs1 001 rd 1010011", asm: "rd, frs1", ref: "I 12.7", doc: "rd = the class of rs1, one bit of ten", ex: "e2059553 fclass.d a0, fa1", do: general(fclassD), fp: true},
}

const signD = 1 << 63

func fmaddD(a, b, c double, rm softfloat.Rounding) (double, softfloat.Flags) {
	return softfloat.FMA64(a, b, c, rm)
}

func fmsubD(a, b, c double, rm softfloat.Rounding) (double, softfloat.Flags) {
	return softfloat.FMA64(a, b, c^signD, rm)
}

func fnmsubD(a, b, c double, rm softfloat.Rounding) (double, softfloat.Flags) {
	return softfloat.FMA64(a^signD, b, c, rm)
}

func fnmaddD(a, b, c double, rm softfloat.Rounding) (double, softfloat.Flags) {
	return softfloat.FMA64(a^signD, b, c^signD, rm)
}

func fsgnjD(a, b uint64) uint64  { return a&^signD | b&signD }
func fsgnjnD(a, b uint64) uint64 { return a&^signD | ^b&signD }
func fsgnjxD(a, b uint64) uint64 { return a ^ b&signD }

func fminD(a, b double) (double, softfloat.Flags) {
	rel, fl := softfloat.Compare64(a, b, false)
	switch {
	case rel == softfloat.Less, softfloat.IsNaN64(b) && !softfloat.IsNaN64(a):
		return a, fl
	case rel == softfloat.Equal:
		return a | b, fl
	case rel == softfloat.Unordered && softfloat.IsNaN64(b):
		return canonicalD, fl
	}
	return b, fl
}

func fmaxD(a, b double) (double, softfloat.Flags) {
	rel, fl := softfloat.Compare64(a, b, false)
	switch {
	case rel == softfloat.Greater, softfloat.IsNaN64(b) && !softfloat.IsNaN64(a):
		return a, fl
	case rel == softfloat.Equal:
		return a & b, fl
	case rel == softfloat.Unordered && softfloat.IsNaN64(b):
		return canonicalD, fl
	}
	return b, fl
}

func feqD(a, b double) (bool, softfloat.Flags) {
	rel, fl := softfloat.Compare64(a, b, false)
	return rel == softfloat.Equal, fl
}

func fltD(a, b double) (bool, softfloat.Flags) {
	rel, fl := softfloat.Compare64(a, b, true)
	return rel == softfloat.Less, fl
}

func fleD(a, b double) (bool, softfloat.Flags) {
	rel, fl := softfloat.Compare64(a, b, true)
	return rel == softfloat.Less || rel == softfloat.Equal, fl
}

func fcvtWD(a double, rm softfloat.Rounding) (uint64, softfloat.Flags) {
	v, fl := softfloat.ToInt64(a, rm, 32)
	return uint64(v), fl
}

func fcvtWUD(a double, rm softfloat.Rounding) (uint64, softfloat.Flags) {
	v, fl := softfloat.ToUint64(a, rm, 32)
	return sext32(uint32(v)), fl
}

func fcvtLD(a double, rm softfloat.Rounding) (uint64, softfloat.Flags) {
	v, fl := softfloat.ToInt64(a, rm, 64)
	return uint64(v), fl
}

func fcvtLUD(a double, rm softfloat.Rounding) (uint64, softfloat.Flags) {
	return softfloat.ToUint64(a, rm, 64)
}

func fcvtDW(v uint64, rm softfloat.Rounding) (double, softfloat.Flags) {
	return softfloat.FromInt64(int64(int32(v)), rm)
}

func fcvtDWU(v uint64, rm softfloat.Rounding) (double, softfloat.Flags) {
	return softfloat.FromUint64(uint64(uint32(v)), rm)
}

func fcvtDL(v uint64, rm softfloat.Rounding) (double, softfloat.Flags) {
	return softfloat.FromInt64(int64(v), rm)
}

func fcvtDLU(v uint64, rm softfloat.Rounding) (double, softfloat.Flags) {
	return softfloat.FromUint64(v, rm)
}

func fmvXD(f uint64) uint64 { return f }
func fmvDX(x uint64) uint64 { return x }

func fclassD(h *Hart, in *insn) trap {
	h.setX(in.rd, uint64(softfloat.Class64(h.f[in.rs1])))
	return noTrap
}
