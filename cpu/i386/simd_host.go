package i386

import (
	"math"

	"rv86/cpu/i386/internal/fp"
)

// The common case of double-precision arithmetic on the host's own unit: round
// to nearest, operands and result well inside the normal range. IEEE 754
// defines the result there, and an error-free transformation tells whether it
// is exact, which is all there is to know about the flags.

// hostOp computes a op b. exact says that the result needed no rounding.
type hostOp func(a, b float64) (r float64, exact bool)

// hostAdd: Knuth's two-sum gives the rounding error. The conversions keep a
// compiler from fusing operations.
func hostAdd(a, b float64) (float64, bool) {
	s := float64(a + b)
	bb := float64(s - a)
	return s, float64(a-float64(s-bb))+float64(b-bb) == 0
}

func hostSub(a, b float64) (float64, bool) { return hostAdd(a, -b) }

func hostMul(a, b float64) (float64, bool) {
	p := float64(a * b)
	return p, math.FMA(a, b, -p) == 0
}

func hostDiv(a, b float64) (float64, bool) {
	q := float64(a / b)
	return q, math.FMA(q, b, -a) == 0
}

// hostSqrt takes its operand twice.
func hostSqrt(_, b float64) (float64, bool) {
	s := math.Sqrt(b)
	return s, math.FMA(s, s, -b) == 0
}

// midRange says that v's exponent is so far from both ends that neither
// products, quotients nor their rounding errors can leave the normal range.
func midRange(v float64) bool {
	const low, width = 1023 - 400, 800
	return math.Float64bits(v)>>52&0x7ff-low < width
}

// hostArith is the fast path of a scalar double operation. ok is false where
// the general code must do it.
func (c *CPU) hostArith(op hostOp, a, b uint64) (r uint64, ok bool) {
	const setting = mxDAZ | mxFTZ | 3<<mxRCShift | uint32(fp.Inexact)<<mxMaskShift
	x, y := math.Float64frombits(a), math.Float64frombits(b)
	if c.sse.mxcsr&setting != uint32(fp.Inexact)<<mxMaskShift || !midRange(x) && x != 0 || !midRange(y) && y != 0 {
		return 0, false
	}
	v, exact := op(x, y)
	if !midRange(v) {
		return 0, false // zero after a cancellation, too: its sign has rules
	}
	if !exact {
		c.sse.mxcsr |= uint32(fp.Inexact)
	}
	return math.Float64bits(v), true
}
