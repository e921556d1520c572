package fp

import "math/bits"

// pickNaN chooses the result of an operation with a NaN operand.
func (e *Env) pickNaN(a, b Num) Num {
	if a.Class == SNaN || b.Class == SNaN {
		e.Flags |= Invalid
	}
	if e.SSE {
		// The first operand if it is a NaN, else the second (SDM 1
		// table 4-7).
		if a.IsNaN() {
			return a.quiet()
		}
		return b.quiet()
	}
	switch {
	case !a.IsNaN():
		return b.quiet()
	case !b.IsNaN():
		return a.quiet()
	case a.Class == SNaN && b.Class == QNaN:
		return b
	case b.Class == SNaN && a.Class == QNaN:
		return a
	case a.Mant != b.Mant:
		if a.Mant > b.Mant {
			return a.quiet()
		}
		return b.quiet()
	case !a.Neg:
		return a.quiet()
	}
	return b.quiet()
}

func (e *Env) invalid() Num {
	e.Flags |= Invalid
	return Default
}

// operands applies DAZ and notes denormal operands. Call it after NaNs and
// invalid operations have been dealt with.
func (e *Env) operands(a, b *Num) {
	for _, n := range [...]*Num{a, b} {
		if n.Denormal {
			if e.DAZ {
				*n = zero(n.Neg)
				continue
			}
			e.Flags |= DenormalOp
		}
	}
}

// daz applies DAZ before special cases are told apart.
func (e *Env) daz(a, b *Num) {
	if e.DAZ {
		if a.Denormal {
			*a = zero(a.Neg)
		}
		if b.Denormal {
			*b = zero(b.Neg)
		}
	}
}

// plain says that n is finite, not zero, and normal where it came from: no
// special case applies.
func (n Num) plain() bool { return n.Class == Finite && !n.Denormal }

// Add returns a + b in format f.
func (e *Env) Add(a, b Num, f Format) Num {
	if a.plain() && b.plain() {
		return e.addFinite(a, b, f)
	}
	return e.addSpecial(a, b, f)
}

func (e *Env) addSpecial(a, b Num, f Format) Num {
	if a.IsNaN() || b.IsNaN() {
		return e.pickNaN(a, b)
	}
	e.daz(&a, &b)
	if a.Class == Inf && b.Class == Inf && a.Neg != b.Neg {
		return e.invalid()
	}
	e.operands(&a, &b)
	switch {
	case a.Class == Inf:
		return a
	case b.Class == Inf:
		return b
	case a.Class == Zero && b.Class == Zero:
		if a.Neg == b.Neg {
			return a
		}
		return zero(e.Round == Down)
	case a.Class == Zero:
		return e.round(f, b.Neg, b.Exp, b.Mant, 0)
	case b.Class == Zero:
		return e.round(f, a.Neg, a.Exp, a.Mant, 0)
	}
	return e.addFinite(a, b, f)
}

func (e *Env) addFinite(a, b Num, f Format) Num {
	if a.Exp < b.Exp || a.Exp == b.Exp && a.Mant < b.Mant {
		a, b = b, a
	}
	// b's significand is shifted below a's, with what falls off in the last
	// bit: 64 extra bits are far more than rounding needs.
	bh, bl := shiftRight(b.Mant, 0, uint32(a.Exp-b.Exp))
	if a.Neg == b.Neg {
		lo, c := bits.Add64(0, bl, 0)
		hi, c := bits.Add64(a.Mant, bh, c)
		exp := a.Exp
		if c != 0 {
			lo = lo>>1 | lo&1 | hi<<63
			hi = hi>>1 | topBit
			exp++
		}
		return e.round(f, a.Neg, exp, hi, lo)
	}
	lo, c := bits.Sub64(0, bl, 0)
	hi, _ := bits.Sub64(a.Mant, bh, c)
	if hi|lo == 0 {
		return zero(e.Round == Down)
	}
	return e.normRound(f, a.Neg, a.Exp, hi, lo)
}

// normRound brings the top bit of hi:lo to its place and rounds.
func (e *Env) normRound(f Format, neg bool, exp int32, hi, lo uint64) Num {
	if hi == 0 {
		hi, lo = lo, 0
		exp -= 64
	}
	if sh := uint(bits.LeadingZeros64(hi)); sh != 0 {
		hi = hi<<sh | lo>>(64-sh)
		lo <<= sh
		exp -= int32(sh)
	}
	return e.round(f, neg, exp, hi, lo)
}

// shiftRight shifts hi:lo and keeps a sticky bit at the bottom.
func shiftRight(hi, lo uint64, n uint32) (uint64, uint64) {
	switch {
	case n == 0:
		return hi, lo
	case n < 64:
		sticky := uint64(0)
		if lo<<(64-n) != 0 {
			sticky = 1
		}
		return hi >> n, hi<<(64-n) | lo>>n | sticky
	case n == 64:
		if lo != 0 {
			hi |= 1
		}
		return 0, hi
	case n < 128:
		sticky := uint64(0)
		if hi<<(128-n) != 0 || lo != 0 {
			sticky = 1
		}
		return 0, hi>>(n-64) | sticky
	}
	return 0, 1
}

// Sub returns a - b. A NaN b keeps its sign.
func (e *Env) Sub(a, b Num, f Format) Num {
	if !b.IsNaN() {
		b.Neg = !b.Neg
	}
	return e.Add(a, b, f)
}

// Mul returns a * b.
func (e *Env) Mul(a, b Num, f Format) Num {
	if a.plain() && b.plain() {
		return e.mulFinite(a, b, f)
	}
	return e.mulSpecial(a, b, f)
}

func (e *Env) mulSpecial(a, b Num, f Format) Num {
	if a.IsNaN() || b.IsNaN() {
		return e.pickNaN(a, b)
	}
	e.daz(&a, &b)
	if a.Class == Inf && b.Class == Zero || a.Class == Zero && b.Class == Inf {
		return e.invalid()
	}
	e.operands(&a, &b)
	neg := a.Neg != b.Neg
	switch {
	case a.Class == Inf || b.Class == Inf:
		return infinity(neg)
	case a.Class == Zero || b.Class == Zero:
		return zero(neg)
	}
	return e.mulFinite(a, b, f)
}

func (e *Env) mulFinite(a, b Num, f Format) Num {
	hi, lo := bits.Mul64(a.Mant, b.Mant)
	exp := a.Exp + b.Exp + 1
	if hi&topBit == 0 {
		hi, lo = hi<<1|lo>>63, lo<<1
		exp--
	}
	return e.round(f, a.Neg != b.Neg, exp, hi, lo)
}

// Div returns a / b.
func (e *Env) Div(a, b Num, f Format) Num {
	if a.IsNaN() || b.IsNaN() {
		return e.pickNaN(a, b)
	}
	e.daz(&a, &b)
	if a.Class == b.Class && a.Class != Finite {
		return e.invalid()
	}
	neg := a.Neg != b.Neg
	if b.Class == Zero && a.Class == Finite {
		// Division by zero comes before a denormal operand.
		e.Flags |= DivByZero
		return infinity(neg)
	}
	e.operands(&a, &b)
	switch {
	case a.Class == Inf:
		return infinity(neg)
	case b.Class == Inf || a.Class == Zero:
		return zero(neg)
	}
	exp := a.Exp - b.Exp
	// The dividend is halved where needed, so that the quotient's first word
	// does not overflow.
	nh, nl := a.Mant, uint64(0)
	if a.Mant >= b.Mant {
		nh, nl = a.Mant>>1, a.Mant<<63
	} else {
		exp--
	}
	hi, r := bits.Div64(nh, nl, b.Mant)
	lo, r := bits.Div64(r, 0, b.Mant)
	if r != 0 {
		lo |= 1
	}
	return e.normRound(f, neg, exp, hi, lo)
}

// Sqrt returns the square root of a.
func (e *Env) Sqrt(a Num, f Format) Num {
	switch {
	case a.IsNaN():
		return e.pickNaN(a, a)
	case a.Class == Zero:
		return a
	}
	if e.DAZ && a.Denormal {
		return zero(a.Neg)
	}
	if a.Neg {
		return e.invalid()
	}
	if a.Class == Inf {
		return a
	}
	if a.Denormal {
		e.Flags |= DenormalOp
	}
	// The root of a significand in [1, 4) with an even exponent, one bit at a
	// time: 64 bits of root, and the remainder for the rest.
	exp := a.Exp >> 1
	hi, lo := a.Mant>>1, a.Mant<<63 // in [1/4, 1/2) of 2^64... as 1.x
	if a.Exp&1 != 0 {
		hi, lo = a.Mant, 0
	}
	root, remHi, remLo := sqrt128(hi, lo)
	// Half of a unit behind the root: compare the remainder with the root.
	low := uint64(0)
	switch {
	case remHi != 0 || remLo > root:
		low = topBit | 1
	case remHi|remLo != 0:
		low = 1
	}
	return e.round(f, false, exp, root, low)
}

// sqrt128 returns the integer square root of hi:lo, whose top two bits are
// not both clear, and the remainder.
func sqrt128(hi, lo uint64) (root, remHi, remLo uint64) {
	for i := 0; i < 64; i++ {
		// Bring down two bits.
		remHi = remHi<<2 | remLo>>62
		remLo = remLo<<2 | hi>>62
		hi = hi<<2 | lo>>62
		lo <<= 2
		// Try root*4 + 1.
		tHi, tLo := root>>62, root<<2|1
		dLo, borrow := bits.Sub64(remLo, tLo, 0)
		dHi, borrow := bits.Sub64(remHi, tHi, borrow)
		root <<= 1
		if borrow == 0 {
			remHi, remLo = dHi, dLo
			root |= 1
		}
	}
	return root, remHi, remLo
}

// Order is the result of a comparison.
type Order uint8

const (
	Less Order = iota
	Equal
	Greater
	Unordered
)

// Compare compares. quiet keeps quiet NaNs from raising Invalid.
func (e *Env) Compare(a, b Num, quiet bool) Order {
	if a.IsNaN() || b.IsNaN() {
		if !quiet || a.Class == SNaN || b.Class == SNaN {
			e.Flags |= Invalid
		}
		return Unordered
	}
	e.operands(&a, &b)
	switch c := compareExact(a, b); {
	case c < 0:
		return Less
	case c > 0:
		return Greater
	}
	return Equal
}

// compareExact orders two values that are not NaNs.
func compareExact(a, b Num) int {
	if a.Class == Zero && b.Class == Zero {
		return 0
	}
	s := a.sign()
	if t := b.sign(); s != t {
		if s < t {
			return -1
		}
		return 1
	}
	m := compareMagnitude(a, b)
	if a.Neg {
		return -m
	}
	return m
}

func (n Num) sign() int {
	switch {
	case n.Class == Zero:
		return 0
	case n.Neg:
		return -1
	}
	return 1
}

func compareMagnitude(a, b Num) int {
	less := func(x bool) int {
		if x {
			return -1
		}
		return 1
	}
	switch {
	case a.Class != b.Class:
		return less(a.Class < b.Class)
	case a.Class != Finite:
		return 0
	case a.Exp != b.Exp:
		return less(a.Exp < b.Exp)
	case a.Mant != b.Mant:
		return less(a.Mant < b.Mant)
	}
	return 0
}

// Rem computes a partial remainder of a by b: FPREM truncates the quotient,
// FPREM1 (nearest) rounds it. done is false if the exponents were too far
// apart, and then the magnitude was reduced and the instruction is to be
// repeated; q has the quotient's low three bits.
func (e *Env) Rem(a, b Num, nearest bool) (r Num, q uint8, done bool) {
	if a.IsNaN() || b.IsNaN() {
		return e.pickNaN(a, b), 0, true
	}
	if a.Class == Inf || b.Class == Zero {
		return e.invalid(), 0, true
	}
	e.operands(&a, &b)
	if a.Class == Zero || b.Class == Inf {
		return a, 0, true
	}
	d := a.Exp - b.Exp
	if d < -1 || d < 0 && !nearest {
		a.Denormal = false
		return e.round(F80, a.Neg, a.Exp, a.Mant, 0), 0, true
	}
	// One step reduces the exponent by at most 63 (SDM 2, FPREM).
	steps, done := d, true
	if d >= 64 {
		steps, done = 32+d%32, false
	}
	rem, quo, exp := a.Mant, uint64(0), a.Exp
	if d < 0 {
		// Just below b: the quotient before rounding is 0.
		return e.remNearest(a, b, a.Mant>>1, a.Mant<<63, 0)
	}
	if rem >= b.Mant {
		rem -= b.Mant
		quo = 1
	}
	for i := int32(0); i < steps; i++ {
		carry := rem&topBit != 0
		rem <<= 1
		quo <<= 1
		exp--
		if carry || rem >= b.Mant {
			rem -= b.Mant
			quo |= 1
		}
	}
	if !done {
		if rem == 0 {
			return zero(a.Neg), 0, false
		}
		return e.normRound(F80, a.Neg, exp, rem, 0), 0, false
	}
	if nearest {
		return e.remNearest(a, b, rem, 0, quo)
	}
	if rem == 0 {
		return zero(a.Neg), uint8(quo & 7), true
	}
	return e.normRound(F80, a.Neg, b.Exp, rem, 0), uint8(quo & 7), true
}

// remNearest finishes FPREM1: hi:lo, a fraction of b's exponent, is the
// truncated remainder and quo the truncated quotient.
func (e *Env) remNearest(a, b Num, hi, lo, quo uint64) (Num, uint8, bool) {
	neg := a.Neg
	// Subtract once more if the remainder is above half of b, or is half and
	// the quotient odd.
	twiceHi, twiceLo := hi<<1|lo>>63, lo<<1
	over := hi&topBit != 0 || twiceHi > b.Mant || twiceHi == b.Mant && (twiceLo != 0 || quo&1 != 0)
	if over {
		l, borrow := bits.Sub64(0, lo, 0)
		h, _ := bits.Sub64(b.Mant, hi, borrow)
		hi, lo = h, l
		neg = !neg
		quo++
	}
	if hi|lo == 0 {
		return zero(a.Neg), uint8(quo & 7), true
	}
	return e.normRound(F80, neg, b.Exp, hi, lo), uint8(quo & 7), true
}

// Scale returns a * 2^trunc(b) (FSCALE).
func (e *Env) Scale(a, b Num) Num {
	if a.IsNaN() || b.IsNaN() {
		return e.pickNaN(a, b)
	}
	switch {
	case b.Class == Inf && b.Neg && a.Class == Inf,
		b.Class == Inf && !b.Neg && a.Class == Zero:
		return e.invalid()
	}
	e.operands(&a, &b)
	switch {
	case a.Class != Finite:
		return a
	case b.Class == Inf && b.Neg:
		return zero(a.Neg)
	case b.Class == Inf:
		return infinity(a.Neg)
	}
	// Beyond this every result over- or underflows alike.
	const far = 1 << 17
	n := int32(0)
	if b.Class == Finite && b.Exp >= 0 {
		n = far
		if b.Exp < 17 {
			n = int32(b.Mant >> (63 - b.Exp))
		}
		if b.Neg {
			n = -n
		}
	}
	return e.round(F80, a.Neg, a.Exp+n, a.Mant, 0)
}
