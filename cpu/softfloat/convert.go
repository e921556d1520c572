package softfloat

import "math/bits"

// Widen converts binary32 to binary64: always exact, but a signaling NaN is
// Invalid (5.4.2).
func Widen(a uint32) (uint64, Flags) {
	return convert(binary32, binary64, uint64(a), NearestEven)
}

// Narrow converts binary64 to binary32.
func Narrow(a uint64, rm Rounding) (uint32, Flags) {
	return low(convert(binary64, binary32, a, rm))
}

func convert(from, to *format, a uint64, rm Rounding) (uint64, Flags) {
	n := from.unpack(a)
	switch n.kind {
	case zero:
		return to.zero(n.neg), 0
	case infinite:
		return to.inf(n.neg), 0
	case quietNaN, signalingNaN:
		return to.nan(n.kind == signalingNaN)
	}
	return to.round(n.neg, n.exp, n.sig, 0, rm)
}

// FromInt64 gives the binary64 nearest to v.
func FromInt64(v int64, rm Rounding) (uint64, Flags) {
	neg, m := magnitude(v)
	return binary64.fromInt(neg, m, rm)
}

// FromUint64 gives the binary64 nearest to v.
func FromUint64(v uint64, rm Rounding) (uint64, Flags) { return binary64.fromInt(false, v, rm) }

// FromInt32 gives the binary32 nearest to v.
func FromInt32(v int64, rm Rounding) (uint32, Flags) {
	neg, m := magnitude(v)
	return low(binary32.fromInt(neg, m, rm))
}

// FromUint32 gives the binary32 nearest to v.
func FromUint32(v uint64, rm Rounding) (uint32, Flags) {
	return low(binary32.fromInt(false, v, rm))
}

func magnitude(v int64) (neg bool, m uint64) {
	if v < 0 {
		return true, -uint64(v)
	}
	return false, uint64(v)
}

func (f *format) fromInt(neg bool, m uint64, rm Rounding) (uint64, Flags) {
	if m == 0 {
		return f.zero(false), 0
	}
	s := bits.LeadingZeros64(m)
	return f.round(neg, 63-s, m<<s, 0, rm)
}

// ToInt64 converts to a signed integer of size bits (1 to 64), sign-extended.
// Out of range it saturates and raises Invalid instead of Inexact (5.8, and
// I 11.7 for the value); NaN counts as plus infinity.
func ToInt64(a uint64, rm Rounding, size int) (int64, Flags) {
	return binary64.toInt(a, rm, size)
}

// ToInt32 is ToInt64 for a binary32 operand.
func ToInt32(a uint32, rm Rounding, size int) (int64, Flags) {
	return binary32.toInt(uint64(a), rm, size)
}

// ToUint64 converts to an unsigned integer of size bits, zero-extended. It
// saturates as ToInt64 does; what rounds to zero from below is in range.
func ToUint64(a uint64, rm Rounding, size int) (uint64, Flags) {
	return binary64.toUint(a, rm, size)
}

// ToUint32 is ToUint64 for a binary32 operand.
func ToUint32(a uint32, rm Rounding, size int) (uint64, Flags) {
	return binary32.toUint(uint64(a), rm, size)
}

func (f *format) toInt(a uint64, rm Rounding, size int) (int64, Flags) {
	most := uint64(1)<<(size-1) - 1 // the greatest value; the least is -most-1
	neg, m, fl, ok := f.toMagnitude(a, rm)
	switch {
	case neg && (!ok || m > most+1):
		return -int64(most) - 1, Invalid
	case !neg && (!ok || m > most):
		return int64(most), Invalid
	case neg:
		return -int64(m), fl
	}
	return int64(m), fl
}

func (f *format) toUint(a uint64, rm Rounding, size int) (uint64, Flags) {
	most := ^uint64(0) >> (64 - size)
	neg, m, fl, ok := f.toMagnitude(a, rm)
	switch {
	case neg && (!ok || m != 0):
		return 0, Invalid
	case !ok || m > most:
		return most, Invalid
	}
	return m, fl
}

// toMagnitude rounds to an integer; ok is false where 64 bits cannot hold it.
// A NaN has the sign plus.
func (f *format) toMagnitude(a uint64, rm Rounding) (neg bool, m uint64, fl Flags, ok bool) {
	n := f.unpack(a)
	switch {
	case n.isNaN():
		return false, 0, 0, false
	case n.kind == zero:
		return n.neg, 0, 0, true
	case n.kind == infinite || n.exp > 63:
		return n.neg, 0, 0, false
	}
	// With the point between the two words, lo is the fraction.
	hi, lo := shiftRightJam(n.sig, 0, 63-n.exp)
	if lo != 0 {
		fl = Inexact
	}
	if roundsUp(rm, n.neg, hi&1 != 0, lo) {
		hi++
		if hi == 0 {
			return n.neg, 0, 0, false // 2^64
		}
	}
	return n.neg, hi, fl, true
}
