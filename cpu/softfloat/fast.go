package softfloat

import "math"

// The short cuts through the host's FPU, for rounding to nearest even. Each
// gives up (ok false) unless the result is a number well inside the normal
// range, so that neither overflow, underflow nor a NaN can be involved, and
// then finds out whether it is exact by an error-free transformation: the
// rounding error of +, *, / or square root is itself a floating-point number,
// and a few more operations compute it.
//
// Go may fuse x*y+z unless a conversion stands between; there is no product
// here that is added to something, other than through math.FMA.

const (
	// From this biased exponent on, the last place of the exact product (106
	// places below its first) is still a normal number: math.FMA finds the
	// error of a product, or a remainder, exactly.
	minExact64 = 1 + 2*53
	// Below these the intermediate results of TwoSum cannot overflow.
	maxExact64 = 0x7fe - 1
	maxExact32 = 0xfe - 1
)

// SafeExp64 says that r, computed by the host with rounding to nearest, lies
// inside the normal range by at least a factor of two: whatever the operation
// was, it raised nothing but, perhaps, Inexact.
func SafeExp64(r uint64) bool { return r>>52&0x7ff-2 < 0x7fc }

// SafeExp32 is SafeExp64 for binary32.
func SafeExp32(r uint32) bool { return r>>23&0xff-2 < 0xfc }

func exp64(b uint64) uint64 { return b >> 52 & 0x7ff }

func inexactIf(c bool) Flags {
	if c {
		return Inexact
	}
	return 0
}

// fastAdd64 uses Knuth's TwoSum. A sum that is subnormal or zero is exact, so
// that only the upper end of the range is left to the other path. A zero sum
// is +0, or -0 of two -0: what the host gives.
func fastAdd64(a, b uint64) (uint64, Flags, bool) {
	x, y := math.Float64frombits(a), math.Float64frombits(b)
	s := x + y
	r := math.Float64bits(s)
	if exp64(r) >= maxExact64 {
		return 0, 0, false
	}
	bb := s - x
	err := (x - (s - bb)) + (y - bb)
	return r, inexactIf(err != 0), true
}

func fastMul64(a, b uint64) (uint64, Flags, bool) {
	x, y := math.Float64frombits(a), math.Float64frombits(b)
	p := x * y
	r := math.Float64bits(p)
	if exp64(r)-minExact64 >= maxExact64-minExact64 {
		return 0, 0, false
	}
	return r, inexactIf(math.FMA(x, y, -p) != 0), true
}

// fastDiv64: the remainder x - q*y is representable if x is far enough from
// the subnormals, and q is in the normal range.
func fastDiv64(a, b uint64) (uint64, Flags, bool) {
	x, y := math.Float64frombits(a), math.Float64frombits(b)
	q := x / y
	r := math.Float64bits(q)
	if !SafeExp64(r) || exp64(a)-minExact64 >= maxExact64-minExact64 {
		return 0, 0, false
	}
	return r, inexactIf(math.FMA(-q, y, x) != 0), true
}

func fastSqrt64(a uint64) (uint64, Flags, bool) {
	// The sign bit is part of what must be small here: a negative operand is invalid.
	if a>>52-minExact64 >= maxExact64-minExact64 {
		return 0, 0, false
	}
	x := math.Float64frombits(a)
	s := math.Sqrt(x)
	return math.Float64bits(s), inexactIf(math.FMA(-s, s, x) != 0), true
}

func fastAdd32(a, b uint32) (uint32, Flags, bool) {
	x, y := math.Float32frombits(a), math.Float32frombits(b)
	s := x + y
	r := math.Float32bits(s)
	if r>>23&0xff >= maxExact32 {
		return 0, 0, false
	}
	bb := s - x
	err := (x - (s - bb)) + (y - bb)
	return r, inexactIf(err != 0), true
}

// The other binary32 operations are done in binary64 and rounded again. 53
// places are more than 2*24+1, so that the two roundings equal one for these
// operations (Figueroa, "When is double rounding innocuous?", 1995); products
// are even exact.

func narrow32(v float64) (r uint32, ok bool) {
	r = math.Float32bits(float32(v))
	return r, SafeExp32(r)
}

func fastMul32(a, b uint32) (uint32, Flags, bool) {
	p := float64(math.Float32frombits(a)) * float64(math.Float32frombits(b))
	r, ok := narrow32(p)
	return r, inexactIf(float64(math.Float32frombits(r)) != p), ok
}

// fastDiv32: q*y - x needs 48 bits at most, so binary64 computes it exactly.
func fastDiv32(a, b uint32) (uint32, Flags, bool) {
	x, y := float64(math.Float32frombits(a)), float64(math.Float32frombits(b))
	r, ok := narrow32(x / y)
	q := float64(math.Float32frombits(r))
	return r, inexactIf(float64(q*y) != x), ok
}

func fastSqrt32(a uint32) (uint32, Flags, bool) {
	x := float64(math.Float32frombits(a))
	r, ok := narrow32(math.Sqrt(x))
	s := float64(math.Float32frombits(r))
	return r, inexactIf(float64(s*s) != x), ok
}

// fastFMA64 is for products that are exact: then a*b+c is one sum. (Of an
// inexact product the error may cancel with c, and finding out costs as much
// as the long way.)
func fastFMA64(a, b, c uint64) (uint64, Flags, bool) {
	x, y := math.Float64frombits(a), math.Float64frombits(b)
	p := x * y
	product := math.Float64bits(p)
	if exp64(product)-minExact64 >= maxExact64-minExact64 || math.FMA(x, y, -p) != 0 {
		return 0, 0, false
	}
	return fastAdd64(product, c)
}

// fastFMA32: in binary64 the product is exact, and the sum has an error that
// TwoSum finds. Where there is one, rounding the sum again goes wrong only if it
// lies halfway between two singles.
func fastFMA32(a, b, c uint32) (uint32, Flags, bool) {
	p := float64(float64(math.Float32frombits(a)) * float64(math.Float32frombits(b)))
	sum, fl, ok := fastAdd64(math.Float64bits(p), math.Float64bits(float64(math.Float32frombits(c))))
	const (
		below = 1<<29 - 1 // places of a double below the last of a single
		half  = 1 << 28
	)
	if !ok || fl != 0 && sum&below == half {
		return 0, 0, false
	}
	s := math.Float64frombits(sum)
	r, ok := narrow32(s)
	return r, fl | inexactIf(float64(math.Float32frombits(r)) != s), ok
}
