package rv64

import (
	"math"

	"rv86/cpu/softfloat"
)

// The inline forms of floating-point instructions: what the generated loop
// does on the host's FPU instead of calling exec. Their operands are whole
// registers, f or x, as the row says; ok is false where the host's answer may
// not be the architecture's, or a flag other than NX may be due, and then exec
// decides.
//
// Preconditions: level fpArith, that is, frm is RNE, the instruction rounds so
// too, NX is set already (so that nobody need know whether the result is
// exact), and FS is Dirty. Only conversions to integers are for RTZ, the mode
// of a cast in C. The host's FPU rounds to nearest even: Go knows no other.
//
// The generator copies their bodies into the loop (loop_fp_gen_test.go).

// Of a sum it is enough that it is finite: where it is subnormal or zero, it
// is exact. absD and absS take away the sign (and the box).
const (
	absD      = 1<<63 - 1
	absS      = 1<<31 - 1
	infinityD = 0x7ff << 52
	infinityS = 0xff << 23
)

// d and s are the values of registers, bitsD and boxS their inverses.
func d(f uint64) float64     { return math.Float64frombits(f) }
func s(f uint64) float32     { return math.Float32frombits(uint32(f)) }
func bitsD(v float64) uint64 { return math.Float64bits(v) }
func boxS(v float32) uint64  { return singleBox | uint64(math.Float32bits(v)) }

func sqrt(v float64) float64 { return math.Sqrt(v) }
func safeD(v uint64) bool    { return softfloat.SafeExp64(v) }
func safeS(v uint64) bool    { return softfloat.SafeExp32(uint32(v)) }

// boxed says whether both registers hold singles.
func boxed(a, b uint64) bool { return a&b >= singleBox }

func hostAddD(a, b uint64) (uint64, bool) {
	v := bitsD(d(a) + d(b))
	return v, v&absD < infinityD
}

func hostSubD(a, b uint64) (uint64, bool) {
	v := bitsD(d(a) - d(b))
	return v, v&absD < infinityD
}

func hostMulD(a, b uint64) (uint64, bool) {
	v := bitsD(d(a) * d(b))
	return v, safeD(v)
}

func hostDivD(a, b uint64) (uint64, bool) {
	v := bitsD(d(a) / d(b))
	return v, safeD(v)
}

func hostSqrtD(a, _ uint64) (uint64, bool) {
	v := bitsD(sqrt(d(a)))
	return v, safeD(v)
}

func hostAddS(a, b uint64) (uint64, bool) {
	v := boxS(s(a) + s(b))
	return v, v&absS < infinityS && boxed(a, b)
}

func hostSubS(a, b uint64) (uint64, bool) {
	v := boxS(s(a) - s(b))
	return v, v&absS < infinityS && boxed(a, b)
}

func hostMulS(a, b uint64) (uint64, bool) {
	v := boxS(s(a) * s(b))
	return v, safeS(v) && boxed(a, b)
}

func hostDivS(a, b uint64) (uint64, bool) {
	v := boxS(s(a) / s(b))
	return v, safeS(v) && boxed(a, b)
}

// float32(math.Sqrt(float64(x))) is one SQRTSS or two exact-enough steps: the
// double rounding of a square root is innocuous (see softfloat's short cuts).
func hostSqrtS(a, _ uint64) (uint64, bool) {
	v := boxS(float32(sqrt(float64(s(a)))))
	return v, safeS(v) && boxed(a, a)
}

// Comparisons leave NaNs to exec. x - x is a NaN for an infinity as well, so
// that they are told by comparing each with itself.

func hostEqD(a, b uint64) (uint64, bool) {
	p, q := d(a), d(b)
	return b2u(p == q), p == p && q == q
}

func hostLtD(a, b uint64) (uint64, bool) {
	p, q := d(a), d(b)
	return b2u(p < q), p == p && q == q
}

func hostLeD(a, b uint64) (uint64, bool) {
	p, q := d(a), d(b)
	return b2u(p <= q), p == p && q == q
}

func hostEqS(a, b uint64) (uint64, bool) {
	p, q := s(a), s(b)
	return b2u(p == q), p == p && q == q && boxed(a, b)
}

func hostLtS(a, b uint64) (uint64, bool) {
	p, q := s(a), s(b)
	return b2u(p < q), p == p && q == q && boxed(a, b)
}

func hostLeS(a, b uint64) (uint64, bool) {
	p, q := s(a), s(b)
	return b2u(p <= q), p == p && q == q && boxed(a, b)
}

// Conversions to integers, for rounding toward zero. What is out of range is
// left to exec, NaN with it since it fails every comparison; Go's own result
// does not count then. Of the unsigned 64-bit range so is the upper half.

const (
	two31 = 1 << 31
	two32 = 1 << 32
	two63 = 1 << 63
)

func hostWD(a, _ uint64) (uint64, bool) {
	p := d(a)
	return uint64(int64(p)), p > -two31-1 && p < two31
}

func hostWUD(a, _ uint64) (uint64, bool) {
	p := d(a)
	return sext32(uint32(int64(p))), p > -1 && p < two32
}

func hostLD(a, _ uint64) (uint64, bool) {
	p := d(a)
	return uint64(int64(p)), p >= -two63 && p < two63
}

func hostLUD(a, _ uint64) (uint64, bool) {
	p := d(a)
	return uint64(int64(p)), p > -1 && p < two63
}

func hostWS(a, _ uint64) (uint64, bool) {
	p := float64(s(a))
	return uint64(int64(p)), p > -two31-1 && p < two31 && boxed(a, a)
}

func hostWUS(a, _ uint64) (uint64, bool) {
	p := float64(s(a))
	return sext32(uint32(int64(p))), p > -1 && p < two32 && boxed(a, a)
}

func hostLS(a, _ uint64) (uint64, bool) {
	p := float64(s(a))
	return uint64(int64(p)), p >= -two63 && p < two63 && boxed(a, a)
}

func hostLUS(a, _ uint64) (uint64, bool) {
	p := float64(s(a))
	return uint64(int64(p)), p > -1 && p < two63 && boxed(a, a)
}

// Conversions from integers raise nothing but NX.

func hostDW(a, _ uint64) (uint64, bool) { return bitsD(float64(int32(a))), true }

func hostDWU(a, _ uint64) (uint64, bool) {
	return bitsD(float64(int64(uint32(a)))), true
}
func hostDL(a, _ uint64) (v uint64, ok bool) { return bitsD(float64(int64(a))), true }
func hostSW(a, _ uint64) (v uint64, ok bool) { return boxS(float32(int32(a))), true }
func hostSWU(a, _ uint64) (uint64, bool)     { return boxS(float32(int64(uint32(a)))), true }
func hostSL(a, _ uint64) (v uint64, ok bool) { return boxS(float32(int64(a))), true }

// Of unsigned 64-bit integers the upper half is left to exec.
func hostDLU(a, _ uint64) (uint64, bool) {
	return bitsD(float64(int64(a))), int64(a) >= 0
}

func hostSLU(a, _ uint64) (uint64, bool) { return boxS(float32(int64(a))), int64(a) >= 0 }

func hostNarrow(a, _ uint64) (uint64, bool) {
	v := boxS(float32(d(a)))
	return v, safeS(v) || a&absD == 0
}

// hostWiden leaves infinities to exec, with the NaNs.
func hostWiden(a, _ uint64) (uint64, bool) {
	return bitsD(float64(s(a))), boxed(a, a) && a&infinityS != infinityS
}

// floatExec executes a floating-point computation, whose bits are in imm, with
// FS known to be Dirty. That needs no pc, cannot end the block, and fails only
// for a reserved rounding mode. false: nothing is done.
func (h *Hart) floatExec(c *inst) bool {
	in := h.decoded(uint32(c.imm))
	return in.row.do.exec(h, in) == noTrap
}

// fusedInline is the short form of the fused multiply-adds. It is not in the loop, since math.FMA is a call on some hosts; but
// it is much less than exec. false: nothing is done.
func (h *Hart) fusedInline(in *inst) bool {
	const rs3Shift = 27
	a, b, c := h.f[in.rs1&31], h.f[in.rs2&31], h.f[uint32(in.imm)>>rs3Shift]
	var v uint64
	var ok bool
	switch in.op {
	case opFmaddD:
		v, ok = hostFusedD(a, b, c)
	case opFmsubD:
		v, ok = hostFusedD(a, b, c^signD)
	case opFnmsubD:
		v, ok = hostFusedD(a^signD, b, c)
	case opFnmaddD:
		v, ok = hostFusedD(a^signD, b, c^signD)
	case opFmaddS:
		v, ok = hostFusedS(a, b, c)
	case opFmsubS:
		v, ok = hostFusedS(a, b, c^signS)
	case opFnmsubS:
		v, ok = hostFusedS(a^signS, b, c)
	case opFnmaddS:
		v, ok = hostFusedS(a^signS, b, c^signS)
	}
	if ok {
		h.f[in.rd&31] = v
	}
	return ok
}

func hostFusedD(a, b, c uint64) (uint64, bool) {
	v := bitsD(math.FMA(d(a), d(b), d(c)))
	return v, safeD(v)
}

// hostFusedS rounds twice: the sum to binary64, in which the product is exact,
// and that to binary32. This goes wrong only where the first lands halfway
// between two singles.
func hostFusedS(a, b, c uint64) (uint64, bool) {
	const (
		below = 1<<29 - 1 // the bits of a double below the last of a single
		half  = 1 << 28
	)
	p := float64(float64(s(a)) * float64(s(b)))
	sum := p + float64(s(c))
	v := boxS(float32(sum))
	return v, safeS(v) && boxed(a, b) && boxed(a, c) && bitsD(sum)&below != half
}
