package fp

import "math/bits"

// increments says whether a discarded part moves the magnitude up.
func (e *Env) increments(neg, odd bool, half, sticky bool) bool {
	switch e.Round {
	case Nearest:
		return half && (sticky || odd)
	case Down:
		return neg && (half || sticky)
	case Up:
		return !neg && (half || sticky)
	}
	return false
}

// cut rounds hi:lo, a significand whose top bit may be anywhere, to multiples
// of 2^drop of hi. carry tells that the result is 2^64.
func (e *Env) cut(neg bool, hi, lo uint64, drop int32) (m uint64, carry, inexact bool) {
	var half, sticky bool
	switch {
	case drop <= 0:
		m, half, sticky = hi, lo&topBit != 0, lo<<1 != 0
		if drop < 0 {
			drop = 0
		}
	case drop < 64:
		m = hi >> drop << drop
		half = hi>>(drop-1)&1 != 0
		sticky = hi&(1<<(drop-1)-1) != 0 || lo != 0
	case drop == 64:
		half, sticky = hi&topBit != 0, hi<<1 != 0 || lo != 0
	default:
		sticky = hi != 0 || lo != 0
	}
	odd := drop < 64 && m>>drop&1 != 0
	inexact = half || sticky
	up := e.increments(neg, odd, half, sticky)
	e.RoundedUp = up
	if up {
		if drop >= 64 {
			return 0, true, true
		}
		m += 1 << drop
		carry = m == 0
	}
	return m, carry, inexact
}

// round gives the value (hi:lo) * 2^(exp-127+64) in format f: hi's top bit is
// set and stands for 2^exp.
func (e *Env) round(f Format, neg bool, exp int32, hi, lo uint64) Num {
	if f.Precision == 64 && e.Round == Nearest && exp >= f.EMin && exp < f.EMax {
		// The x87's usual case, without the general machinery.
		up := lo > topBit || lo == topBit && hi&1 != 0
		if lo != 0 {
			e.Flags |= Inexact
		}
		e.RoundedUp = up
		if up {
			if hi++; hi == 0 {
				hi = topBit
				exp++
			}
		}
		return finite(neg, exp, hi)
	}
	drop := 64 - f.Precision
	m, carry, inexact := e.cut(neg, hi, lo, drop)
	rexp := exp
	if carry {
		m, rexp = topBit, exp+1
	}
	if rexp >= f.EMin && rexp <= f.EMax {
		if inexact {
			e.Flags |= Inexact
		}
		return finite(neg, rexp, m)
	}
	if rexp > f.EMax {
		return e.overflow(f, neg, rexp, m, inexact)
	}
	return e.underflow(f, neg, exp, hi, lo, rexp, m, inexact)
}

func (e *Env) overflow(f Format, neg bool, exp int32, m uint64, inexact bool) Num {
	e.Flags |= Overflow
	if e.Masked&Overflow == 0 {
		if inexact {
			e.Flags |= Inexact
		}
		return finite(neg, exp-f.Bias, m)
	}
	e.Flags |= Inexact
	toInf := e.Round == Nearest || e.Round == Up && !neg || e.Round == Down && neg
	e.RoundedUp = toInf
	if toInf {
		return infinity(neg)
	}
	return finite(neg, f.EMax, ^uint64(0)<<(64-f.Precision))
}

// underflow handles a result that is tiny after rounding. (rexp, m, inexact)
// is the result with unbounded exponent.
func (e *Env) underflow(f Format, neg bool, exp int32, hi, lo uint64, rexp int32, m uint64, inexact bool) Num {
	if e.Masked&Underflow == 0 {
		e.Flags |= Underflow
		if inexact {
			e.Flags |= Inexact
		}
		return finite(neg, rexp+f.Bias, m)
	}
	if e.FTZ {
		e.Flags |= Underflow | Inexact
		return zero(neg)
	}
	// Denormal: the last place is that of the least normal exponent.
	drop := 64 - f.Precision + f.EMin - exp
	m, carry, inexact := e.cut(neg, hi, lo, drop)
	if inexact {
		e.Flags |= Underflow | Inexact
	}
	switch {
	case carry && drop >= 64:
		// Up to the least denormal.
		return finite(neg, f.EMin-f.Precision+1, topBit)
	case carry:
		return finite(neg, exp+1, topBit)
	case m == 0:
		return zero(neg)
	}
	sh := int32(bits.LeadingZeros64(m))
	return finite(neg, exp-sh, m<<sh)
}

// Convert rounds n to format f, as loads, stores and conversions between
// formats do.
func (e *Env) Convert(n Num, f Format) Num {
	switch n.Class {
	case SNaN:
		e.Flags |= Invalid
		return narrowNaN(n.quiet(), f)
	case QNaN:
		return narrowNaN(n, f)
	case Finite:
		if n.Denormal {
			if e.DAZ {
				return zero(n.Neg)
			}
			e.Flags |= DenormalOp
		}
		return e.round(f, n.Neg, n.Exp, n.Mant, 0)
	}
	return n
}

// narrowNaN drops the payload bits that f has no room for.
func narrowNaN(n Num, f Format) Num {
	n.Mant &= ^uint64(0) << (64 - f.Precision)
	return n
}

// Integral rounds to an integer in floating-point form (FRNDINT).
func (e *Env) Integral(n Num) Num {
	switch n.Class {
	case SNaN:
		e.Flags |= Invalid
		return n.quiet()
	case Finite:
	default:
		return n
	}
	if n.Denormal {
		e.Flags |= DenormalOp
	}
	if n.Exp >= 63 {
		return n
	}
	drop := 63 - n.Exp
	m, carry, inexact := e.cut(n.Neg, n.Mant, 0, drop)
	if inexact {
		e.Flags |= Inexact
	}
	switch {
	case carry && drop >= 64:
		return finite(n.Neg, 0, topBit)
	case carry:
		return finite(n.Neg, n.Exp+1, topBit)
	case m == 0:
		return zero(n.Neg)
	}
	return finite(n.Neg, n.Exp, m)
}

// Int converts to a signed integer of the given width. ok is false, and
// Invalid raised, where it does not fit; the caller then stores the integer
// indefinite, the most negative value.
func (e *Env) Int(n Num, width int) (v int64, ok bool) {
	bad := func() (int64, bool) {
		e.Flags |= Invalid
		return -1 << (width - 1), false
	}
	switch n.Class {
	case Zero:
		return 0, true
	case Finite:
	default:
		return bad()
	}
	if n.Denormal && e.DAZ {
		return 0, true
	}
	if n.Exp > 63 {
		return bad()
	}
	drop := 63 - n.Exp
	m, carry, inexact := e.cut(n.Neg, n.Mant, 0, drop)
	u := uint64(0)
	switch {
	case carry && drop >= 64:
		u = 1
	case carry:
		if n.Exp >= 63 {
			return bad()
		}
		u = 1 << (n.Exp + 1)
	case drop < 64:
		u = m >> drop
	}
	limit := uint64(1) << (width - 1)
	if u > limit || u == limit && !n.Neg {
		return bad()
	}
	if inexact {
		e.Flags |= Inexact
	}
	if n.Neg {
		return int64(-u), true
	}
	return int64(u), true
}
