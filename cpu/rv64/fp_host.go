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
// They must stay below the compiler's inlining budget; TestHostFormsInline
// holds them to that.

// sumTop64 and sumTop32 bound the exponents of sums. A sum that is subnormal
// or zero is exact, so there is no lower bound.
const (
	sumTop64 = 0x7fe << 52
	sumTop32 = 0xfe << 23

	absD = 1<<63 - 1
	absS = 1<<31 - 1
)

func d(f uint64) float64 { return math.Float64frombits(f) }
func s(f uint64) float32 { return math.Float32frombits(uint32(f)) }

// boxed says whether both registers hold singles.
func boxed(a, b uint64) bool { return a&b >= singleBox }

func boxS(v float32) uint64 { return singleBox | uint64(math.Float32bits(v)) }

func hostAddD(a, b uint64) (v uint64, ok bool) {
	v = math.Float64bits(d(a) + d(b))
	return v, v&absD < sumTop64
}

func hostSubD(a, b uint64) (v uint64, ok bool) {
	v = math.Float64bits(d(a) - d(b))
	return v, v&absD < sumTop64
}

func hostMulD(a, b uint64) (v uint64, ok bool) {
	v = math.Float64bits(d(a) * d(b))
	return v, softfloat.SafeExp64(v)
}

func hostDivD(a, b uint64) (v uint64, ok bool) {
	v = math.Float64bits(d(a) / d(b))
	return v, softfloat.SafeExp64(v)
}

func hostSqrtD(a, _ uint64) (v uint64, ok bool) {
	v = math.Float64bits(math.Sqrt(d(a)))
	return v, softfloat.SafeExp64(v)
}

func hostAddS(a, b uint64) (v uint64, ok bool) {
	v = boxS(s(a) + s(b))
	return v, v&absS < sumTop32 && boxed(a, b)
}

func hostSubS(a, b uint64) (v uint64, ok bool) {
	v = boxS(s(a) - s(b))
	return v, v&absS < sumTop32 && boxed(a, b)
}

func hostMulS(a, b uint64) (v uint64, ok bool) {
	v = boxS(s(a) * s(b))
	return v, softfloat.SafeExp32(uint32(v)) && boxed(a, b)
}

func hostDivS(a, b uint64) (v uint64, ok bool) {
	v = boxS(s(a) / s(b))
	return v, softfloat.SafeExp32(uint32(v)) && boxed(a, b)
}

// float32(math.Sqrt(float64(x))) is one SQRTSS or two exact-enough steps: the
// double rounding of a square root is innocuous (see softfloat's short cuts).
func hostSqrtS(a, _ uint64) (v uint64, ok bool) {
	v = boxS(float32(math.Sqrt(float64(s(a)))))
	return v, softfloat.SafeExp32(uint32(v)) && boxed(a, a)
}

// Comparisons leave NaNs to exec. x - x is a NaN for an infinity as well, so
// that they are told by comparing each with itself.

func hostEqD(a, b uint64) (v uint64, ok bool) {
	x, y := d(a), d(b)
	return b2u(x == y), x == x && y == y
}

func hostLtD(a, b uint64) (v uint64, ok bool) {
	x, y := d(a), d(b)
	return b2u(x < y), x == x && y == y
}

func hostLeD(a, b uint64) (v uint64, ok bool) {
	x, y := d(a), d(b)
	return b2u(x <= y), x == x && y == y
}

func hostEqS(a, b uint64) (v uint64, ok bool) {
	x, y := s(a), s(b)
	return b2u(x == y), x == x && y == y && boxed(a, b)
}

func hostLtS(a, b uint64) (v uint64, ok bool) {
	x, y := s(a), s(b)
	return b2u(x < y), x == x && y == y && boxed(a, b)
}

func hostLeS(a, b uint64) (v uint64, ok bool) {
	x, y := s(a), s(b)
	return b2u(x <= y), x == x && y == y && boxed(a, b)
}

// Conversions to integers, for rounding toward zero. What is out of range is
// left to exec, NaN with it since it fails every comparison.

func hostToW(x float64) (v uint64, ok bool) {
	if x > -1<<31-1 && x < 1<<31 {
		return uint64(int64(x)), true
	}
	return 0, false
}

func hostToL(x float64) (v uint64, ok bool) {
	if x >= -1<<63 && x < 1<<63 {
		return uint64(int64(x)), true
	}
	return 0, false
}

func hostToWU(x float64) (v uint64, ok bool) {
	if x > -1 && x < 1<<32 {
		return sext32(uint32(int64(x))), true
	}
	return 0, false
}

// hostToLU leaves the upper half of the range to exec too.
func hostToLU(x float64) (v uint64, ok bool) {
	if x > -1 && x < 1<<63 {
		return uint64(int64(x)), true
	}
	return 0, false
}

func hostWD(a, _ uint64) (v uint64, ok bool)  { return hostToW(d(a)) }
func hostWUD(a, _ uint64) (v uint64, ok bool) { return hostToWU(d(a)) }
func hostLD(a, _ uint64) (v uint64, ok bool)  { return hostToL(d(a)) }
func hostLUD(a, _ uint64) (v uint64, ok bool) { return hostToLU(d(a)) }

func hostWS(a, _ uint64) (v uint64, ok bool) {
	v, ok = hostToW(float64(s(a)))
	return v, ok && boxed(a, a)
}

func hostWUS(a, _ uint64) (v uint64, ok bool) {
	v, ok = hostToWU(float64(s(a)))
	return v, ok && boxed(a, a)
}

func hostLS(a, _ uint64) (v uint64, ok bool) {
	v, ok = hostToL(float64(s(a)))
	return v, ok && boxed(a, a)
}

func hostLUS(a, _ uint64) (v uint64, ok bool) {
	v, ok = hostToLU(float64(s(a)))
	return v, ok && boxed(a, a)
}

// Conversions from integers raise nothing but NX.

func hostDW(x, _ uint64) (v uint64, ok bool) { return math.Float64bits(float64(int32(x))), true }
func hostDWU(x, _ uint64) (v uint64, ok bool) {
	return math.Float64bits(float64(int64(uint32(x)))), true
}
func hostDL(x, _ uint64) (v uint64, ok bool)  { return math.Float64bits(float64(int64(x))), true }
func hostSW(x, _ uint64) (v uint64, ok bool)  { return boxS(float32(int32(x))), true }
func hostSWU(x, _ uint64) (v uint64, ok bool) { return boxS(float32(int64(uint32(x)))), true }
func hostSL(x, _ uint64) (v uint64, ok bool)  { return boxS(float32(int64(x))), true }

// Of unsigned 64-bit integers the upper half is left to exec.
func hostDLU(x, _ uint64) (v uint64, ok bool) {
	return math.Float64bits(float64(int64(x))), int64(x) >= 0
}

func hostSLU(x, _ uint64) (v uint64, ok bool) { return boxS(float32(int64(x))), int64(x) >= 0 }

func hostNarrow(a, _ uint64) (v uint64, ok bool) {
	v = boxS(float32(d(a)))
	return v, softfloat.SafeExp32(uint32(v)) || a&absD == 0
}

// hostWiden leaves infinities to exec, with the NaNs.
func hostWiden(a, _ uint64) (v uint64, ok bool) {
	const exponents = 0xff << 23
	return math.Float64bits(float64(s(a))), boxed(a, a) && a&exponents != exponents
}

// fused is the inline form of the four fused multiply-adds in double
// precision: product and addend come with their signs.
func fused(a, b, c uint64) (v uint64, ok bool) {
	v = math.Float64bits(math.FMA(d(a), d(b), d(c)))
	return v, softfloat.SafeExp64(v)
}
