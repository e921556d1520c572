package softfloat

import (
	"math"
	"math/bits"
)

// add is the sum of 5.4.1; sub is add with b's sign inverted by the caller,
// which 6.3 allows because the sign of a NaN is nobody's.
func (f *format) add(a, b num, rm Rounding) (uint64, Flags) {
	switch {
	case a.isNaN() || b.isNaN():
		return f.nan(a.kind == signalingNaN || b.kind == signalingNaN)
	case a.kind == infinite:
		if b.kind == infinite && a.neg != b.neg {
			return f.invalid()
		}
		return f.inf(a.neg), 0
	case b.kind == infinite:
		return f.inf(b.neg), 0
	case a.kind == zero && b.kind == zero:
		if a.neg == b.neg {
			return f.zero(a.neg), 0
		}
		return f.zero(rm == Down), 0
	case a.kind == zero:
		return f.round(b.neg, b.exp, b.sig, 0, rm)
	case b.kind == zero:
		return f.round(a.neg, a.exp, a.sig, 0, rm)
	}
	return f.addWide(a.neg, a.exp, a.sig, 0, b.neg, b.exp, b.sig, 0, rm)
}

// addWide adds two normalised 128-bit significands and rounds.
//
// Preconditions: where the exponents differ by two or more, the operand with
// the greater exponent has zeros in its low bits, so that a sticky bit of the
// other cannot collide with it. Where they differ less, the smaller operand has
// bit 0 clear. 64-bit significands, and products of two of at most 63 bits, do.
func (f *format) addWide(aneg bool, aexp int, ahi, alo uint64, bneg bool, bexp int, bhi, blo uint64, rm Rounding) (uint64, Flags) {
	if aexp < bexp || aexp == bexp && (ahi < bhi || ahi == bhi && alo < blo) {
		aneg, aexp, ahi, alo, bneg, bexp, bhi, blo = bneg, bexp, bhi, blo, aneg, aexp, ahi, alo
	}
	bhi, blo = shiftRightJam(bhi, blo, aexp-bexp)

	if aneg != bneg {
		lo, borrow := bits.Sub64(alo, blo, 0)
		hi, _ := bits.Sub64(ahi, bhi, borrow) // |a| >= |b|
		return f.normRound(aneg, aexp, hi, lo, rm)
	}
	lo, carry := bits.Add64(alo, blo, 0)
	hi, carry := bits.Add64(ahi, bhi, carry)
	if carry != 0 {
		hi, lo = shiftRightJam(hi, lo, 1)
		hi |= topBit
		aexp++
	}
	return f.round(aneg, aexp, hi, lo, rm)
}

// mulSig multiplies significands; exp is that of the normalised product.
func mulSig(a, b num) (exp int, hi, lo uint64) {
	exp = a.exp + b.exp + 1
	hi, lo = bits.Mul64(a.sig, b.sig)
	if hi&topBit == 0 {
		hi, lo = hi<<1|lo>>63, lo<<1
		exp--
	}
	return exp, hi, lo
}

func (f *format) mul(a, b num, rm Rounding) (uint64, Flags) {
	neg := a.neg != b.neg
	switch {
	case a.isNaN() || b.isNaN():
		return f.nan(a.kind == signalingNaN || b.kind == signalingNaN)
	case a.kind == infinite && b.kind == zero, a.kind == zero && b.kind == infinite:
		return f.invalid()
	case a.kind == infinite || b.kind == infinite:
		return f.inf(neg), 0
	case a.kind == zero || b.kind == zero:
		return f.zero(neg), 0
	}
	exp, hi, lo := mulSig(a, b)
	return f.round(neg, exp, hi, lo, rm)
}

func (f *format) div(a, b num, rm Rounding) (uint64, Flags) {
	neg := a.neg != b.neg
	switch {
	case a.isNaN() || b.isNaN():
		return f.nan(a.kind == signalingNaN || b.kind == signalingNaN)
	case a.kind == b.kind && (a.kind == infinite || a.kind == zero):
		return f.invalid()
	case a.kind == infinite:
		return f.inf(neg), 0
	case a.kind == zero || b.kind == infinite:
		return f.zero(neg), 0
	case b.kind == zero:
		return f.inf(neg), DivByZero
	}
	// The quotient of two significands lies in (1/2, 2): halve the dividend
	// where that is needed to make it less than 1, as bits.Div64 demands.
	exp, n1, n0 := a.exp-b.exp, a.sig, uint64(0)
	if n1 >= b.sig {
		n1, n0 = n1>>1, n1<<63
	} else {
		exp--
	}
	hi, rem := bits.Div64(n1, n0, b.sig)
	lo, rem := bits.Div64(rem, 0, b.sig)
	if rem != 0 {
		lo |= 1
	}
	return f.round(neg, exp, hi, lo, rm)
}

func (f *format) sqrt(a num, rm Rounding) (uint64, Flags) {
	switch {
	case a.isNaN():
		return f.nan(a.kind == signalingNaN)
	case a.kind == zero:
		return f.zero(a.neg), 0 // 5.4.1: squareRoot(-0) is -0
	case a.neg:
		return f.invalid()
	case a.kind == infinite:
		return f.inf(false), 0
	}
	// With an even exponent e the value is hi:lo * 2^(e-126), hi:lo being in
	// [2^126, 2^128), and its root lies in [2^63, 2^64) * 2^(e/2-63).
	exp, hi, lo := a.exp, a.sig, uint64(0)
	if exp&1 == 0 {
		hi, lo = hi>>1, hi<<63
	} else {
		exp--
	}
	root, inexact, aboveHalf := sqrt128(hi, lo)
	var low uint64
	if inexact {
		low = 1
	}
	if aboveHalf {
		low |= topBit
	}
	return f.round(false, exp/2, root, low, rm)
}

// sqrt128 is the integer square root r of hi:lo >= 2^126, whether there is a
// remainder, and whether the true root exceeds r + 1/2.
func sqrt128(hi, lo uint64) (r uint64, inexact, aboveHalf bool) {
	// The host's root has over 50 good bits; one step of Newton's iteration
	// gives all 64 but for the last place. It stays in range because the
	// estimate is clamped to [2^63, 2^64).
	est := math.Sqrt(float64(hi)) * (1 << 32)
	const two64 = 1 << 64
	r = ^uint64(0)
	if est < two64 {
		r = max(uint64(est), topBit)
	}
	if hi < r {
		q, _ := bits.Div64(hi, lo, r)
		r = max(r/2+q/2+r&q&1, topBit)
	}
	for {
		sh, sl := bits.Mul64(r, r)
		if sh > hi || sh == hi && sl > lo {
			r--
			continue
		}
		// remainder = n - r^2; the root exceeds r+1/2 exactly if it is > r,
		// and r is too small if it is > 2r.
		rl, borrow := bits.Sub64(lo, sl, 0)
		rh, _ := bits.Sub64(hi, sh, borrow)
		if rh > r>>63 || rh == r>>63 && rl > r<<1 {
			r++
			continue
		}
		return r, rh|rl != 0, rh != 0 || rl > r
	}
}

// fma is a*b+c with one rounding. Infinity times zero is invalid also with a
// quiet NaN as addend (7.2 c leaves it open; RISC-V asks, I 11.6, for it).
func (f *format) fma(a, b, c num, rm Rounding) (uint64, Flags) {
	neg := a.neg != b.neg
	infTimesZero := a.kind == infinite && b.kind == zero || a.kind == zero && b.kind == infinite
	switch {
	case infTimesZero:
		return f.invalid()
	case a.isNaN() || b.isNaN() || c.isNaN():
		return f.nan(a.kind == signalingNaN || b.kind == signalingNaN || c.kind == signalingNaN)
	case a.kind == infinite || b.kind == infinite:
		return f.add(num{kind: infinite, neg: neg}, c, rm)
	case a.kind == zero || b.kind == zero:
		return f.add(num{kind: zero, neg: neg}, c, rm)
	case c.kind == infinite:
		return f.inf(c.neg), 0
	}
	exp, hi, lo := mulSig(a, b)
	if c.kind == zero {
		return f.round(neg, exp, hi, lo, rm)
	}
	return f.addWide(neg, exp, hi, lo, c.neg, c.exp, c.sig, 0, rm)
}
