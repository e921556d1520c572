package fp

import (
	"math/big"
)

// The transcendental functions of the x87, over big.Float with prec bits of
// precision. A series is summed until its terms no longer count.

const prec = 160

func newFloat() *big.Float { return new(big.Float).SetPrec(prec) }

// Big converts a finite value exactly.
func (n Num) big() *big.Float {
	x := newFloat().SetUint64(n.Mant)
	x.SetMantExp(x, int(n.Exp)-63)
	if n.Class == Zero {
		x.SetInt64(0)
	}
	if n.Neg {
		x.Neg(x)
	}
	return x
}

// fromBig rounds x to f. The results of these functions are irrational but for
// trivial arguments, and so always inexact: the sticky bit is set.
func (e *Env) fromBig(x *big.Float, f Format) Num {
	if x.Sign() == 0 {
		return zero(x.Signbit())
	}
	mant := newFloat()
	exp := x.MantExp(mant) // mant in [1/2, 1)
	neg := x.Sign() < 0
	mant.Abs(mant)
	mant.SetMantExp(mant, 128)
	i, _ := mant.Int(nil)
	var words [16]byte
	i.FillBytes(words[:])
	var hi, lo uint64
	for k := range 8 {
		hi = hi<<8 | uint64(words[k])
		lo = lo<<8 | uint64(words[8+k])
	}
	return e.round(f, neg, int32(exp-1), hi, lo|1)
}

// constant parses a decimal constant.
func constant(s string) *big.Float {
	x, _, err := big.ParseFloat(s, 0, prec+32, big.ToNearestEven)
	if err != nil {
		panic("fp: bug: " + err.Error())
	}
	return x
}

var (
	bigLn2 = constant("0.69314718055994530941723212145817656807550013436025525412068000949339362196969471560586332699641868754200148102057")
	bigPi  = constant("3.14159265358979323846264338327950288419716939937510582097494459230781640628620899862803482534211706798214808651328")
	// The processor's pi has 66 significant bits (SDM 1 8.3.8):
	// 0.C90FDAA2_2168C234_C * 2^2.
	pi66 = constant("0x3.243F6A8885A308D3p0")
)

// done says that term no longer counts beside sum.
func done(sum, term *big.Float) bool {
	return term.Sign() == 0 || sum.Sign() != 0 && term.MantExp(nil) < sum.MantExp(nil)-prec
}

// expm1 sums e^x - 1 for small |x|.
func expm1(x *big.Float) *big.Float {
	sum, term := newFloat().Set(x), newFloat().Set(x)
	for k := int64(2); !done(sum, term); k++ {
		term.Mul(term, x)
		term.Quo(term, newFloat().SetInt64(k))
		sum.Add(sum, term)
	}
	return sum
}

// atanh2 sums 2*atanh(z) = ln((1+z)/(1-z)).
func atanh2(z *big.Float) *big.Float {
	sq := newFloat().Mul(z, z)
	pow, sum := newFloat().Set(z), newFloat().Set(z)
	for k := int64(3); ; k += 2 {
		pow.Mul(pow, sq)
		term := newFloat().Quo(pow, newFloat().SetInt64(k))
		if done(sum, term) {
			break
		}
		sum.Add(sum, term)
	}
	return sum.Mul(sum, newFloat().SetInt64(2))
}

// ln1p is the logarithm of 1+x for |x| < 1.
func ln1p(x *big.Float) *big.Float {
	den := newFloat().Add(x, newFloat().SetInt64(2))
	return atanh2(newFloat().Quo(x, den))
}

// log2 of a positive x: the exponent, and the logarithm of a significand near
// 1.
func log2(x *big.Float) *big.Float {
	m := newFloat()
	exp := x.MantExp(m)
	if m.Cmp(newFloat().SetFloat64(0.75)) < 0 {
		m.SetMantExp(m, 1)
		exp--
	}
	m.Sub(m, newFloat().SetInt64(1))
	frac := newFloat()
	if m.Sign() != 0 {
		frac.Quo(ln1p(m), bigLn2)
	}
	return frac.Add(frac, newFloat().SetInt64(int64(exp)))
}

// sinCos of |x| <= pi/4 or so.
func sinCos(x *big.Float) (s, c *big.Float) {
	sq := newFloat().Mul(x, x)
	sq.Neg(sq)
	s, c = newFloat().Set(x), newFloat().SetInt64(1)
	term := newFloat().Set(x)
	for k := int64(2); !done(s, term); k += 2 {
		term.Mul(term, sq)
		term.Quo(term, newFloat().SetInt64(k*(k+1)))
		s.Add(s, term)
	}
	term.SetInt64(1)
	for k := int64(1); !done(c, term); k += 2 {
		term.Mul(term, sq)
		term.Quo(term, newFloat().SetInt64(k*(k+1)))
		c.Add(c, term)
	}
	return s, c
}

// atan of any x: reduced with atan(x) = 2 atan(x/(1+sqrt(1+x^2))).
func atan(x *big.Float) *big.Float {
	one := newFloat().SetInt64(1)
	t := newFloat().Set(x)
	halvings := 0
	for t.MantExp(nil) > -3 {
		r := newFloat().Mul(t, t)
		r.Add(r, one)
		r.Sqrt(r)
		r.Add(r, one)
		t.Quo(t, r)
		halvings++
	}
	sq := newFloat().Mul(t, t)
	sq.Neg(sq)
	pow, sum := newFloat().Set(t), newFloat().Set(t)
	for k := int64(3); ; k += 2 {
		pow.Mul(pow, sq)
		term := newFloat().Quo(pow, newFloat().SetInt64(k))
		if done(sum, term) {
			break
		}
		sum.Add(sum, term)
	}
	return sum.SetMantExp(sum, halvings)
}

// special deals with NaNs and denormals of a one-operand function.
func (e *Env) special(a Num) (Num, bool) {
	if a.IsNaN() {
		return e.pickNaN(a, a), true
	}
	if a.Denormal {
		e.Flags |= DenormalOp
	}
	return a, false
}

// TrigLimit is the exponent from which on FSIN and its kin refuse: 2^63.
const TrigLimit = 63

// Trig computes sine and cosine. inRange is false for |a| >= 2^63, and then
// nothing is computed (C2).
func (e *Env) Trig(a Num, f Format) (sin, cos Num, inRange bool) {
	switch {
	case a.IsNaN():
		n := e.pickNaN(a, a)
		return n, n, true
	case a.Class == Inf:
		n := e.invalid()
		return n, n, true
	case a.Class == Zero:
		return a, finite(false, 0, topBit), true
	case a.Exp >= TrigLimit:
		return a, a, false
	}
	if a.Denormal {
		e.Flags |= DenormalOp
	}
	s, c := reduceTrig(a)
	return e.fromBig(s, f), e.fromBig(c, f), true
}

func reduceTrig(a Num) (s, c *big.Float) {
	x := a.big()
	half := newFloat().SetMantExp(newFloat().Set(pi66), -1)
	// The quotient has up to 63 bits; the remainder is exact enough, since
	// pi66 has few bits.
	q := newFloat().Quo(x, half)
	q.Add(q, newFloat().SetFloat64(0.5))
	n, _ := q.Int(nil)
	if q.Sign() < 0 && new(big.Float).SetInt(n).Cmp(q) != 0 {
		n.Sub(n, big.NewInt(1))
	}
	x.Sub(x, newFloat().Mul(half, newFloat().SetInt(n)))
	s, c = sinCos(x)
	quadrant := new(big.Int).And(n, big.NewInt(3)).Int64()
	if n.Sign() < 0 {
		quadrant = new(big.Int).Mod(n, big.NewInt(4)).Int64()
	}
	switch quadrant {
	case 1:
		s, c = c, s.Neg(s)
	case 2:
		s, c = s.Neg(s), c.Neg(c)
	case 3:
		s, c = c.Neg(c), s
	}
	return s, c
}

// Tan computes the tangent (FPTAN).
func (e *Env) Tan(a Num, f Format) (t Num, inRange bool) {
	switch {
	case a.IsNaN():
		return e.pickNaN(a, a), true
	case a.Class == Inf:
		return e.invalid(), true
	case a.Class == Zero:
		return a, true
	case a.Exp >= TrigLimit:
		return a, false
	}
	if a.Denormal {
		e.Flags |= DenormalOp
	}
	s, c := reduceTrig(a)
	return e.fromBig(s.Quo(s, c), f), true
}

// Exp2m1 computes 2^a - 1 for |a| <= 1 (F2XM1); beyond, the result is
// undefined, and a is returned.
func (e *Env) Exp2m1(a Num, f Format) Num {
	a, nan := e.special(a)
	one := finite(false, 0, topBit)
	switch {
	case nan || a.Class == Zero:
		return a
	case a.Class == Inf && a.Neg:
		return finite(true, 0, topBit)
	case a.Class == Inf || compareMagnitude(a, one) > 0:
		return a
	case compareMagnitude(a, one) == 0 && a.Neg:
		return finite(true, -1, topBit)
	case compareMagnitude(a, one) == 0:
		return one
	}
	return e.fromBig(expm1(newFloat().Mul(a.big(), bigLn2)), f)
}

// YLog2X computes y * log2(x) (FYL2X).
func (e *Env) YLog2X(x, y Num, f Format) Num {
	if x.IsNaN() || y.IsNaN() {
		return e.pickNaN(x, y)
	}
	one := finite(false, 0, topBit)
	switch {
	case x.Neg && x.Class != Zero,
		x.Class == Zero && y.Class == Zero,
		x.Class == Inf && y.Class == Zero,
		y.Class == Inf && x.Class == Finite && compareMagnitude(x, one) == 0:
		return e.invalid()
	}
	e.operands(&x, &y)
	switch {
	case x.Class == Zero:
		if y.Class == Finite {
			e.Flags |= DivByZero
		}
		return infinity(!y.Neg)
	case x.Class == Inf:
		return infinity(y.Neg)
	case y.Class == Inf:
		return infinity(y.Neg != (x.Exp < 0))
	}
	l := log2(x.big())
	if l.Sign() == 0 {
		return zero(y.Neg)
	}
	if y.Class == Zero {
		return zero(y.Neg != (l.Sign() < 0))
	}
	if x.Mant == topBit {
		// A power of two: the product is exact.
		return e.Mul(FromInt(int64(x.Exp)), y, f)
	}
	return e.fromBig(l.Mul(l, y.big()), f)
}

// YLog2XP1 computes y * log2(x+1) (FYL2XP1) for |x| below 1 - sqrt(1/2).
func (e *Env) YLog2XP1(x, y Num, f Format) Num {
	if x.IsNaN() || y.IsNaN() {
		return e.pickNaN(x, y)
	}
	if x.Class == Zero && y.Class == Inf || x.Class == Inf && (x.Neg || y.Class == Zero) {
		return e.invalid()
	}
	e.operands(&x, &y)
	switch {
	case x.Class == Inf || y.Class == Inf:
		return infinity(x.Neg != y.Neg)
	case x.Class == Zero || y.Class == Zero:
		return zero(x.Neg != y.Neg)
	case x.Exp >= 0:
		return x // undefined: outside the function's domain
	}
	l := newFloat().Quo(ln1p(x.big()), bigLn2)
	return e.fromBig(l.Mul(l, y.big()), f)
}

// Atan2 computes arctan(y/x) with the quadrant of (x, y) (FPATAN; SDM 2 table
// 3-30).
func (e *Env) Atan2(y, x Num, f Format) Num {
	if x.IsNaN() || y.IsNaN() {
		return e.pickNaN(y, x)
	}
	e.operands(&x, &y)
	signed := func(v *big.Float) Num {
		v = newFloat().Set(v)
		if y.Neg {
			v.Neg(v)
		}
		return e.fromBig(v, f)
	}
	quarter := func(n int64) *big.Float {
		v := newFloat().Mul(bigPi, newFloat().SetInt64(n))
		return v.SetMantExp(v, -2)
	}
	switch {
	case y.Class == Inf && x.Class == Inf && !x.Neg:
		return signed(quarter(1))
	case y.Class == Inf && x.Class == Inf:
		return signed(quarter(3))
	case y.Class == Inf, x.Class == Zero && y.Class != Zero:
		return signed(quarter(2))
	case (y.Class == Zero || x.Class == Inf) && !x.Neg:
		return zero(y.Neg)
	case y.Class == Zero || x.Class == Inf:
		return signed(quarter(4))
	}
	q := newFloat().Quo(y.Abs().big(), x.Abs().big())
	r := atan(q)
	if x.Neg {
		r.Sub(newFloat().Set(bigPi), r)
	}
	return signed(r)
}

// Extract splits a into exponent and significand (FXTRACT).
func (e *Env) Extract(a Num) (exp, sig Num) {
	switch {
	case a.IsNaN():
		n := e.pickNaN(a, a)
		return n, n
	case a.Class == Inf:
		return infinity(false), a
	case a.Class == Zero:
		e.Flags |= DivByZero
		return infinity(true), a
	}
	if a.Denormal {
		e.Flags |= DenormalOp
	}
	return FromInt(int64(a.Exp)), finite(a.Neg, 0, a.Mant)
}

// Constants of FLDPI and its kin, exact to 66 bits and rounded as e says.
type Constant struct {
	exp    int32
	hi, lo uint64
}

var (
	ConstL2T = Constant{1, 0xd49a784bcd1b8afe, 0x492bf6ff4dafdb4c}
	ConstL2E = Constant{0, 0xb8aa3b295c17f0bb, 0xbe87fed0691d3e88}
	ConstPi  = Constant{1, 0xc90fdaa22168c234, 0xc4c6628b80dc1cd1}
	ConstLg2 = Constant{-2, 0x9a209a84fbcff798, 0x8f8959ac0b7c9178}
	ConstLn2 = Constant{-1, 0xb17217f7d1cf79ab, 0xc9e3b39803f2f6af}
)

// Load rounds a constant. It raises no exception (SDM 2, FLD1).
func (e *Env) Load(k Constant) Num {
	quiet := Env{Round: e.Round, Masked: AllFlags}
	return quiet.round(F80, false, k.exp, k.hi, k.lo)
}

// One and ZeroValue are the other two constants.
var (
	One       = finite(false, 0, topBit)
	ZeroValue = zero(false)
)
