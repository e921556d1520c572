package fp

import "math/bits"

// Class is what kind of value a Num is.
type Class uint8

const (
	Zero Class = iota
	Finite
	Inf
	QNaN
	SNaN
)

// Num is an unpacked value. A finite one is Mant * 2^(Exp-63) with Mant's top
// bit set; a NaN keeps its payload in Mant, left-aligned below the top bit.
type Num struct {
	Class Class
	Neg   bool
	// Denormal says that the value was denormal in the format it came from.
	Denormal bool
	Exp      int32
	Mant     uint64
}

func (n Num) IsNaN() bool { return n.Class >= QNaN }

const (
	topBit   = 1 << 63
	quietBit = 1 << 62
)

// Format is a precision and an exponent range.
type Format struct {
	Precision  int32 // bits of significand, with the leading one
	EMin, EMax int32 // exponents of normal values
	Bias       int32 // by which an unmasked overflow or underflow is scaled
}

var (
	F32 = Format{24, -126, 127, 192}
	F64 = Format{53, -1022, 1023, 1536}
	F80 = Format{64, -16382, 16383, 24576}
)

// WithPrecision is f rounded to fewer bits, as x87's precision control does.
func (f Format) WithPrecision(p int32) Format {
	f.Precision = p
	return f
}

// Exception flags, at the places they have in the status words.
type Flags uint8

const (
	Invalid Flags = 1 << iota
	DenormalOp
	DivByZero
	Overflow
	Underflow
	Inexact

	AllFlags Flags = 0x3f
)

// Round is a rounding mode, encoded as in the control words.
type Round uint8

const (
	Nearest Round = iota
	Down
	Up
	Truncate
)

// Env is the context of an operation: what it obeys and what it reports.
type Env struct {
	Round  Round
	Masked Flags // exceptions that have their default response
	SSE    bool  // NaN selection as SSE does it, rather than x87
	DAZ    bool  // denormal operands count as zeros (MXCSR)
	FTZ    bool  // tiny results become zeros (MXCSR)

	Flags     Flags // exceptions met
	RoundedUp bool  // the last rounding increased the magnitude
}

// Default is the quiet NaN that invalid operations give.
var Default = Num{Class: QNaN, Neg: true, Mant: topBit | quietBit}

func finite(neg bool, exp int32, mant uint64) Num {
	return Num{Class: Finite, Neg: neg, Exp: exp, Mant: mant}
}

func zero(neg bool) Num     { return Num{Class: Zero, Neg: neg} }
func infinity(neg bool) Num { return Num{Class: Inf, Neg: neg} }

// unpack takes a value apart whose fraction has fb bits and whose biased
// exponent's greatest value is emask.
func unpack(neg bool, e, emask int32, frac uint64, fb int32, f Format) Num {
	switch {
	case e == emask && frac == 0:
		return infinity(neg)
	case e == emask:
		n := Num{Class: QNaN, Neg: neg, Mant: topBit | frac<<(63-fb)}
		if n.Mant&quietBit == 0 {
			n.Class = SNaN
		}
		return n
	case e == 0 && frac == 0:
		return zero(neg)
	case e == 0:
		sh := int32(bits.LeadingZeros64(frac))
		n := finite(neg, f.EMin+63-fb-sh, frac<<sh)
		n.Denormal = true
		return n
	}
	return finite(neg, e+f.EMin-1, topBit|frac<<(63-fb))
}

// FromF32 and FromF64 unpack the interchange formats.
func FromF32(v uint32) Num {
	return unpack(v>>31 != 0, int32(v>>23&0xff), 0xff, uint64(v&(1<<23-1)), 23, F32)
}

func FromF64(v uint64) Num {
	return unpack(v>>63 != 0, int32(v>>52&0x7ff), 0x7ff, v&(1<<52-1), 52, F64)
}

// FromF80 unpacks the double-extended format. ok is false for the encodings
// that no processor since the 80387 accepts (SDM 1 table 8-3): pseudo-NaNs,
// pseudo-infinities, unnormals.
func FromF80(se uint16, m uint64) (n Num, ok bool) {
	neg, e := se>>15 != 0, int32(se&0x7fff)
	if m&topBit != 0 && uint32(e-1) < 0x7ffe {
		return finite(neg, e+F80.EMin-1, m), true
	}
	switch {
	case e == 0 && m == 0:
		return zero(neg), true
	case e == 0:
		sh := int32(bits.LeadingZeros64(m))
		n = finite(neg, F80.EMin-sh, m<<sh)
		n.Denormal = true // pseudo-denormals count as denormals
		return n, true
	case m&topBit == 0:
		return Default, false
	case m == topBit:
		return infinity(neg), true
	}
	n = Num{Class: QNaN, Neg: neg, Mant: m}
	if m&quietBit == 0 {
		n.Class = SNaN
	}
	return n, true
}

// pack is the reverse of unpack; n is already rounded to f.
func (n Num) pack(emask uint64, fb int32, f Format) uint64 {
	switch n.Class {
	case Zero:
		return 0
	case Inf:
		return emask << fb
	case QNaN, SNaN:
		return emask<<fb | n.Mant<<1>>(64-fb)
	}
	if n.Exp < f.EMin {
		return n.Mant >> (63 - fb + f.EMin - n.Exp)
	}
	return uint64(n.Exp-f.EMin+1)<<fb | n.Mant<<1>>(64-fb)
}

// F32 and F64 pack a value that was rounded to that format.
func (n Num) F32() uint32 {
	v := uint32(n.pack(0xff, 23, F32))
	if n.Neg {
		v |= 1 << 31
	}
	return v
}

func (n Num) F64() uint64 {
	v := n.pack(0x7ff, 52, F64)
	if n.Neg {
		v |= 1 << 63
	}
	return v
}

// F80 packs a value in double-extended range.
func (n Num) F80() (se uint16, m uint64) {
	if n.Neg {
		se = 1 << 15
	}
	if n.Class == Finite && n.Exp >= F80.EMin {
		return se | uint16(n.Exp-F80.EMin+1), n.Mant
	}
	switch n.Class {
	case Zero:
		return se, 0
	case Inf:
		return se | 0x7fff, topBit
	case QNaN, SNaN:
		return se | 0x7fff, n.Mant
	}
	return se, n.Mant >> (F80.EMin - n.Exp)
}

// FromInt converts exactly.
func FromInt(v int64) Num {
	if v == 0 {
		return zero(false)
	}
	u := uint64(v)
	if v < 0 {
		u = -u
	}
	sh := bits.LeadingZeros64(u)
	return finite(v < 0, int32(63-sh), u<<sh)
}

// Negate and Abs change the sign of anything, NaNs too.
func (n Num) Negate() Num { n.Neg = !n.Neg; return n }
func (n Num) Abs() Num    { n.Neg = false; return n }

func (n Num) quiet() Num {
	n.Class = QNaN
	n.Mant |= quietBit
	return n
}
