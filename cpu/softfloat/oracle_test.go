package softfloat

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// The oracle computes with rational numbers of any size, and rounds by taking
// the integer part of the quotient by the last place: nothing of that is
// shared with the package.

var modes = []Rounding{NearestEven, TowardZero, Down, Up, NearestAway}

func pow2(e int) *big.Rat {
	n := new(big.Int).Lsh(big.NewInt(1), uint(max(e, -e)))
	if e < 0 {
		return new(big.Rat).SetFrac(big.NewInt(1), n)
	}
	return new(big.Rat).SetInt(n)
}

// value is the rational value of a finite datum.
func value(f *format, b uint64) *big.Rat {
	frac, biased := b&f.fracMask(), int(b>>(f.prec-1)&f.maxBiased())
	if biased == 0 {
		biased = 1
	} else {
		frac |= 1 << (f.prec - 1)
	}
	v := new(big.Rat).SetInt(new(big.Int).SetUint64(frac))
	v.Mul(v, pow2(biased-f.emax-(f.prec-1)))
	if b&f.signBit() != 0 {
		v.Neg(v)
	}
	return v
}

// roundInt rounds |v| to an integer in the direction rm for a number of sign neg.
func roundInt(v *big.Rat, neg bool, rm Rounding) (n *big.Int, exact bool) {
	n, rem := new(big.Int).QuoRem(v.Num(), v.Denom(), new(big.Int))
	half := new(big.Int).Lsh(rem, 1).Cmp(v.Denom())
	up := false
	switch rm {
	case NearestEven:
		up = half > 0 || half == 0 && n.Bit(0) == 1
	case NearestAway:
		up = half >= 0
	case Down:
		up = neg && rem.Sign() != 0
	case Up:
		up = !neg && rem.Sign() != 0
	}
	if up {
		n.Add(n, big.NewInt(1))
	}
	return n, rem.Sign() == 0
}

// oracleRound rounds a value other than zero to the format.
func oracleRound(f *format, v *big.Rat, rm Rounding) (uint64, Flags) {
	neg := v.Sign() < 0
	v = new(big.Rat).Abs(v)
	e := v.Num().BitLen() - v.Denom().BitLen()
	if v.Cmp(pow2(e)) < 0 {
		e--
	}

	// Tininess after rounding (7.5): round as if the exponent were unbounded.
	n, _ := roundInt(new(big.Rat).Mul(v, pow2(f.prec-1-e)), neg, rm)
	unbounded := new(big.Rat).Mul(new(big.Rat).SetInt(n), pow2(e-(f.prec-1)))
	tiny := unbounded.Cmp(pow2(f.emin())) < 0

	last := max(e, f.emin()) - (f.prec - 1)
	n, exact := roundInt(new(big.Rat).Mul(v, pow2(-last)), neg, rm)
	r := new(big.Rat).Mul(new(big.Rat).SetInt(n), pow2(last))
	var sign uint64
	if neg {
		sign = f.signBit()
	}
	if r.Cmp(pow2(f.emax+1)) >= 0 {
		if rm == TowardZero || rm == Down && !neg || rm == Up && neg {
			return sign | f.inf(false) - 1, Overflow | Inexact
		}
		return sign | f.inf(false), Overflow | Inexact
	}
	var fl Flags
	if !exact {
		fl = Inexact
		if tiny {
			fl |= Underflow
		}
	}
	// Neighbouring encodings are neighbouring values: the integer n counts
	// them within its binade, and a carry goes on into the next.
	return sign | uint64(last-(f.emin()-(f.prec-1)))<<(f.prec-1) + n.Uint64(), fl
}

// nasty gives operands near everything that is special.
func nasty(r *rand.Rand, f *format) uint64 {
	frac := r.Uint64() & f.fracMask()
	switch r.IntN(8) {
	case 0:
		frac = 0
	case 1:
		frac = f.fracMask()
	case 2: // few bits, so that products and quotients are often exact or halfway
		frac = 1 << r.IntN(f.prec-1) & f.fracMask()
	case 3:
		frac = f.fracMask() &^ (1<<r.IntN(f.prec) - 1)
	case 4:
		frac &= 1<<r.IntN(f.prec) - 1
	}
	m := int(f.maxBiased())
	biased := r.IntN(m + 1)
	switch r.IntN(8) {
	case 0:
		biased = 0
	case 1:
		biased = m
	case 2, 3, 4: // near 1, so that sums cancel and conversions are in range
		biased = f.emax - 2*f.prec + r.IntN(4*f.prec)
		biased = min(max(biased, 0), m)
	case 5:
		biased = m - 1 - r.IntN(3)
	case 6:
		biased = r.IntN(f.prec + 3)
	}
	return f.pack(r.IntN(2) == 0, uint64(biased), frac)
}

// nearby gives a third operand c for a*b+c that is close to cancelling.
func nearby(r *rand.Rand, f *format, a, b uint64) uint64 {
	p, _ := f.mul(f.unpack(a), f.unpack(b), TowardZero)
	return (p ^ f.signBit()) + uint64(r.IntN(5)) - 2
}

func isFinite(f *format, bs ...uint64) bool {
	for _, b := range bs {
		if b>>(f.prec-1)&f.maxBiased() == f.maxBiased() {
			return false
		}
	}
	return true
}

// sqrtRat is a rational that rounds as the square root of v does: its first
// 200 binary places, and one more that says whether others follow.
func sqrtRat(v *big.Rat) *big.Rat {
	const places = 1400 // enough for the least subnormal, 2^-1074, and 200 more
	scaled := new(big.Rat).Mul(v, pow2(2*places))
	n, rem := new(big.Int).QuoRem(scaled.Num(), scaled.Denom(), new(big.Int))
	root := new(big.Int).Sqrt(n)
	sticky := rem.Sign() != 0 || new(big.Int).Mul(root, root).Cmp(n) != 0
	root.Lsh(root, 1)
	if sticky {
		root.SetBit(root, 0, 1)
	}
	return new(big.Rat).Mul(new(big.Rat).SetInt(root), pow2(-places-1))
}

// The integer root is right at both sides of every border it can be near.
func TestSqrt128(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	for i := 0; i < 20000; i++ {
		k := r.Uint64()>>r.IntN(8) | topBit
		if i%3 == 0 {
			k = ^uint64(0) - uint64(i)
		}
		square := new(big.Int).SetUint64(k)
		square.Mul(square, square)
		for _, d := range []*big.Int{
			big.NewInt(-1), big.NewInt(0), big.NewInt(1),
			new(big.Int).SetUint64(k), new(big.Int).SetUint64(k + 1),
		} {
			n := new(big.Int).Add(square, d)
			if n.BitLen() < 127 || n.BitLen() > 128 {
				continue
			}
			lo := new(big.Int).And(n, new(big.Int).SetUint64(math.MaxUint64)).Uint64()
			hi := new(big.Int).Rsh(n, 64).Uint64()
			root, inexact, above := sqrt128(hi, lo)
			want := new(big.Int).Sqrt(n)
			rem := new(big.Int).Sub(n, new(big.Int).Mul(want, want))
			if root != want.Uint64() || inexact != (rem.Sign() != 0) || above != (rem.Cmp(want) > 0) {
				t.Fatalf("sqrt128(%#x, %#x) = %#x %v %v, want %#x and remainder %v", hi, lo, root, inexact, above, want, rem)
			}
		}
	}
}

// atUnderflow gives operands whose product or quotient is within a few places
// of the smallest normal number, where tininess is decided.
func atUnderflow(r *rand.Rand, f *format, op string) (a, b, c uint64) {
	a, b = nasty(r, f), nasty(r, f)
	least := f.pack(false, 1, 0)
	near := func(v uint64, _ Flags) uint64 { return v + uint64(r.IntN(5)) - 2 }
	switch op {
	case "mul":
		b = near(f.div(f.unpack(least), f.unpack(a), NearestEven))
	case "div":
		a = near(f.mul(f.unpack(least), f.unpack(b), NearestEven))
	case "fma":
		c = near(least, 0) | b&f.signBit()
	}
	return a, b, c
}

type operation struct {
	name  string
	run   func(f *format, a, b, c uint64, rm Rounding) (uint64, Flags)
	exact func(a, b, c *big.Rat) *big.Rat // nil: undefined
}

var operations = []operation{
	{"add", func(f *format, a, b, _ uint64, rm Rounding) (uint64, Flags) {
		return f.add(f.unpack(a), f.unpack(b), rm)
	}, func(a, b, _ *big.Rat) *big.Rat { return new(big.Rat).Add(a, b) }},
	{"mul", func(f *format, a, b, _ uint64, rm Rounding) (uint64, Flags) {
		return f.mul(f.unpack(a), f.unpack(b), rm)
	}, func(a, b, _ *big.Rat) *big.Rat { return new(big.Rat).Mul(a, b) }},
	{"div", func(f *format, a, b, _ uint64, rm Rounding) (uint64, Flags) {
		return f.div(f.unpack(a), f.unpack(b), rm)
	}, func(a, b, _ *big.Rat) *big.Rat {
		if b.Sign() == 0 {
			return nil
		}
		return new(big.Rat).Quo(a, b)
	}},
	{"sqrt", func(f *format, a, _, _ uint64, rm Rounding) (uint64, Flags) {
		return f.sqrt(f.unpack(a), rm)
	}, func(a, _, _ *big.Rat) *big.Rat {
		if a.Sign() < 0 {
			return nil
		}
		return sqrtRat(a)
	}},
	{"fma", func(f *format, a, b, c uint64, rm Rounding) (uint64, Flags) {
		return f.fma(f.unpack(a), f.unpack(b), f.unpack(c), rm)
	}, func(a, b, c *big.Rat) *big.Rat {
		p := new(big.Rat).Mul(a, b)
		return p.Add(p, c)
	}},
}

func TestArithmeticIsExactlyRounded(t *testing.T) {
	rounds := 20000
	if testing.Short() {
		rounds = 2000
	}
	for _, f := range []*format{binary32, binary64} {
		for _, op := range operations {
			t.Run(fmt.Sprint(op.name, f.width), func(t *testing.T) {
				r := rand.New(rand.NewPCG(1, uint64(f.width)))
				for i := 0; i < rounds/10; i++ {
					a, b, c := nasty(r, f), nasty(r, f), nasty(r, f)
					if r.IntN(2) == 0 {
						c = nearby(r, f, a, b)
					}
					if op.name == "add" && r.IntN(3) == 0 {
						b = (a ^ f.signBit()) + uint64(r.IntN(9)) - 4
					}
					if r.IntN(4) == 0 {
						a, b, c = atUnderflow(r, f, op.name)
					}
					if !isFinite(f, a, b, c) {
						continue
					}
					v := op.exact(value(f, a), value(f, b), value(f, c))
					if v == nil || v.Sign() == 0 {
						continue // the special cases have a table of their own
					}
					for _, rm := range modes {
						want, wantFl := oracleRound(f, v, rm)
						got, gotFl := op.run(f, a, b, c, rm)
						if got != want || gotFl != wantFl {
							t.Fatalf("%s %#x %#x %#x rm %d = %#x flags %05b, want %#x %05b",
								op.name, a, b, c, rm, got, gotFl, want, wantFl)
						}
					}
				}
			})
		}
	}
}

func TestConversionsAreExactlyRounded(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	for i := 0; i < 4000; i++ {
		a := nasty(r, binary64)
		if i%8 == 0 { // at the smallest normal binary32
			a = binary64.pack(i%16 == 0, 1023-126, 0) + r.Uint64()>>(28+r.IntN(20)) - 1<<30
		}
		if !isFinite(binary64, a) || value(binary64, a).Sign() == 0 {
			continue
		}
		v := value(binary64, a)
		for _, rm := range modes {
			want, wantFl := oracleRound(binary32, v, rm)
			got, fl := Narrow(a, rm)
			if uint64(got) != want || fl != wantFl {
				t.Fatalf("Narrow(%#x, %d) = %#x %05b, want %#x %05b", a, rm, got, fl, want, wantFl)
			}
			for _, size := range []int{32, 64} {
				checkToInt(t, a, v, rm, size)
			}
		}
	}
	for i := 0; i < 4000; i++ {
		n := r.Uint64() >> r.IntN(64)
		if r.IntN(3) == 0 {
			n = ^n
		}
		for _, rm := range modes {
			if n == 0 {
				continue
			}
			signed := new(big.Rat).SetInt64(int64(n))
			unsigned := new(big.Rat).SetInt(new(big.Int).SetUint64(n))
			check := func(f *format, v *big.Rat, got uint64, fl Flags) {
				t.Helper()
				if want, wantFl := oracleRound(f, v, rm); got != want || fl != wantFl {
					t.Fatalf("from %v rm %d: %#x %05b, want %#x %05b", v, rm, got, fl, want, wantFl)
				}
			}
			d, fl := FromInt64(int64(n), rm)
			check(binary64, signed, d, fl)
			d, fl = FromUint64(n, rm)
			check(binary64, unsigned, d, fl)
			s, fl := FromInt32(int64(n), rm)
			check(binary32, signed, uint64(s), fl)
			s, fl = FromUint32(n, rm)
			check(binary32, unsigned, uint64(s), fl)
		}
	}
}

func checkToInt(t *testing.T, a uint64, v *big.Rat, rm Rounding, size int) {
	t.Helper()
	neg := v.Sign() < 0
	n, exact := roundInt(new(big.Rat).Abs(v), neg, rm)
	if neg {
		n.Neg(n)
	}
	one := big.NewInt(1)
	bound := func(lo, hi *big.Int) (*big.Int, Flags) {
		switch {
		case n.Cmp(lo) < 0:
			return lo, Invalid
		case n.Cmp(hi) > 0:
			return hi, Invalid
		case !exact:
			return n, Inexact
		}
		return n, 0
	}
	lim := new(big.Int).Lsh(one, uint(size-1))
	want, wantFl := bound(new(big.Int).Neg(lim), new(big.Int).Sub(lim, one))
	if got, fl := ToInt64(a, rm, size); got != want.Int64() || fl != wantFl {
		t.Fatalf("ToInt64(%#x, %d, %d) = %d %05b, want %v %05b", a, rm, size, got, fl, want, wantFl)
	}
	lim.Lsh(lim, 1)
	want, wantFl = bound(new(big.Int), lim.Sub(lim, one))
	if got, fl := ToUint64(a, rm, size); got != want.Uint64() || fl != wantFl {
		t.Fatalf("ToUint64(%#x, %d, %d) = %d %05b, want %v %05b", a, rm, size, got, fl, want, wantFl)
	}
}

// The host rounds to nearest even, and is an oracle that costs nothing.
func TestAgreesWithHost(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for i := 0; i < 60000; i++ {
		a, b, c := nasty(r, binary64), nasty(r, binary64), nasty(r, binary64)
		x, y, z := math.Float64frombits(a), math.Float64frombits(b), math.Float64frombits(c)
		want := []float64{x + y, x * y, x / y, math.Sqrt(x), math.FMA(x, y, z)}
		for j, op := range operations {
			got, _ := op.run(binary64, a, b, c, NearestEven)
			w := math.Float64bits(want[j])
			if want[j] != want[j] {
				w = binary64.defNaN
			}
			if got != w {
				t.Fatalf("%s %#x %#x %#x = %#x, the host says %#x", op.name, a, b, c, got, w)
			}
		}
	}
}
