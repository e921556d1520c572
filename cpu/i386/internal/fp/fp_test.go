package fp

import (
	"math"
	"math/rand/v2"
	"testing"
)

func quiet() *Env { return &Env{Masked: AllFlags} }

func f64(v float64) Num { return FromF64(math.Float64bits(v)) }

// double rounds a result to float64, for comparison with package math.
func double(n Num) float64 { return math.Float64frombits(quiet().Convert(n, F64).F64()) }

// TestHost compares the four operations and the square root with the host's.
func TestHost(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 1))
	value := func() float64 {
		switch rnd.IntN(3) {
		case 0:
			return math.Float64frombits(rnd.Uint64())
		case 1:
			return float64(rnd.IntN(2000)-1000) / 8
		}
		return math.Ldexp(rnd.Float64()-0.5, rnd.IntN(20)-1030)
	}
	same := func(op string, a, b float64, got Num, want float64) {
		t.Helper()
		if g := math.Float64frombits(got.F64()); g != want && !(g != g && want != want) || math.Signbit(g) != math.Signbit(want) && g == g {
			t.Errorf("%g %s %g = %g, want %g", a, op, b, g, want)
		}
	}
	for range 200_000 {
		a, b := value(), value()
		same("+", a, b, quiet().Add(f64(a), f64(b), F64), a+b)
		same("-", a, b, quiet().Sub(f64(a), f64(b), F64), a-b)
		same("*", a, b, quiet().Mul(f64(a), f64(b), F64), a*b)
		same("/", a, b, quiet().Div(f64(a), f64(b), F64), a/b)
		same("sqrt", a, a, quiet().Sqrt(f64(a), F64), math.Sqrt(a))
	}
}

func TestFlags(t *testing.T) {
	tiny, huge := math.SmallestNonzeroFloat64, math.MaxFloat64
	for _, x := range []struct {
		name string
		run  func(e *Env) Num
		want Flags
	}{
		{"exact", func(e *Env) Num { return e.Add(f64(1), f64(2), F64) }, 0},
		{"inexact", func(e *Env) Num { return e.Div(f64(1), f64(3), F64) }, Inexact},
		{"overflow", func(e *Env) Num { return e.Mul(f64(huge), f64(2), F64) }, Overflow | Inexact},
		{"underflow", func(e *Env) Num { return e.Mul(f64(1e-200), f64(1e-200), F64) }, Underflow | Inexact},
		{"exact denormal", func(e *Env) Num { return e.Mul(f64(1e-300), FromF64(0x3cb0_0000_0000_0000), F64) }, Underflow | Inexact},
		{"denormal operand", func(e *Env) Num { return e.Add(f64(tiny), f64(1), F64) }, DenormalOp | Inexact},
		{"division by zero", func(e *Env) Num { return e.Div(f64(1), f64(0), F64) }, DivByZero},
		{"denormal by zero", func(e *Env) Num { return e.Div(f64(tiny), f64(0), F64) }, DivByZero},
		{"zero by zero", func(e *Env) Num { return e.Div(f64(0), f64(0), F64) }, Invalid},
		{"root of -1", func(e *Env) Num { return e.Sqrt(f64(-1), F64) }, Invalid},
		{"signalling NaN", func(e *Env) Num { return e.Add(FromF64(0x7ff0_0000_0000_0001), f64(1), F64) }, Invalid},
		{"quiet NaN", func(e *Env) Num { return e.Add(f64(math.NaN()), f64(tiny), F64) }, 0},
	} {
		e := quiet()
		if x.run(e); e.Flags != x.want {
			t.Errorf("%s: flags %06b, want %06b", x.name, e.Flags, x.want)
		}
	}
}

func TestRounding(t *testing.T) {
	third := []uint32{Nearest: 0x3eaa_aaab, Down: 0x3eaa_aaaa, Up: 0x3eaa_aaab, Truncate: 0x3eaa_aaaa}
	for mode, want := range third {
		e := &Env{Masked: AllFlags, Round: Round(mode)}
		if got := e.Div(FromInt(1), FromInt(3), F32).F32(); got != want {
			t.Errorf("1/3 in mode %d is %#x, want %#x", mode, got, want)
		}
		ints := []int64{Nearest: 2, Down: 2, Up: 3, Truncate: 2}
		if got, _ := e.Int(f64(2.5), 32); got != ints[mode] {
			t.Errorf("2.5 in mode %d is %d, want %d", mode, got, ints[mode])
		}
	}
	e := quiet()
	if v, ok := e.Int(f64(1<<31), 32); ok || v != math.MinInt32 || e.Flags != Invalid {
		t.Errorf("2^31 as int32: %d %v %b", v, ok, e.Flags)
	}
	if v, ok := quiet().Int(f64(-(1 << 31)), 32); !ok || v != math.MinInt32 {
		t.Errorf("-2^31 as int32: %d %v", v, ok)
	}
}

// TestUnmasked: an unmasked underflow gives a scaled result.
func TestUnmasked(t *testing.T) {
	e := &Env{Masked: AllFlags &^ Underflow}
	r := e.Mul(Num{Class: Finite, Exp: -16000, Mant: topBit}, Num{Class: Finite, Exp: -1000, Mant: topBit}, F80)
	if r.Exp != -17000+F80.Bias || e.Flags != Underflow {
		t.Errorf("exponent %d, flags %b", r.Exp, e.Flags)
	}
}

func TestFormats(t *testing.T) {
	rnd := rand.New(rand.NewPCG(2, 2))
	for range 100_000 {
		v, w := rnd.Uint64(), rnd.Uint32()
		if got := FromF64(v).F64(); got != v {
			t.Fatalf("%#x comes back as %#x", v, got)
		}
		if got := FromF32(w).F32(); got != w {
			t.Fatalf("%#x comes back as %#x", w, got)
		}
		se, m := uint16(w), v|topBit
		if se&0x7fff == 0 {
			m &^= topBit
		}
		n, ok := FromF80(se, m)
		if gse, gm := n.F80(); !ok || gse != se || gm != m {
			t.Fatalf("%#x:%#x comes back as %#x:%#x (%v)", se, m, gse, gm, ok)
		}
	}
	for _, x := range []struct {
		se uint16
		m  uint64
	}{{0x3fff, 1}, {0x7fff, 0}, {0x7fff, 1}} {
		if _, ok := FromF80(x.se, x.m); ok {
			t.Errorf("%#x:%#x is accepted", x.se, x.m)
		}
	}
}

// TestTranscendental compares with package math, which is good to some units
// of the last place of a double.
func TestTranscendental(t *testing.T) {
	near := func(name string, x float64, got Num, want float64) {
		t.Helper()
		if g := double(got); math.Abs(g-want) > 4e-16*math.Abs(want)+1e-300 {
			t.Errorf("%s(%g) = %.17g, want %.17g", name, x, g, want)
		}
	}
	rnd := rand.New(rand.NewPCG(3, 3))
	for range 2000 {
		x := math.Ldexp(rnd.Float64()*2-1, rnd.IntN(8)-5)
		y := math.Ldexp(rnd.Float64()+0.1, rnd.IntN(40)-20)
		s, c, _ := quiet().Trig(f64(x), F80)
		near("sin", x, s, math.Sin(x))
		near("cos", x, c, math.Cos(x))
		near("atan2", x, quiet().Atan2(f64(x), f64(y), F80), math.Atan2(x, y))
		near("atan2-", x, quiet().Atan2(f64(x), f64(-y), F80), math.Atan2(x, -y))
		if math.Abs(x) <= 1 {
			near("2^x-1", x, quiet().Exp2m1(f64(x), F80), math.Expm1(x*math.Ln2))
		}
		log := math.Log2(y)
		if math.Abs(y-1) < 0.5 {
			log = math.Log1p(y-1) / math.Ln2 // math.Log2 is poor near 1
		}
		near("log2", y, quiet().YLog2X(f64(y), FromInt(1), F80), log)
		if z := x / 64; math.Abs(z) < 0.29 {
			near("log2p1", z, quiet().YLog2XP1(f64(z), FromInt(1), F80), math.Log1p(z)/math.Ln2)
		}
	}
	if _, _, ok := quiet().Trig(Num{Class: Finite, Exp: 63, Mant: topBit}, F80); ok {
		t.Error("the sine of 2^63 is computed")
	}
}

// TestRem: FPREM in one step and in several gives math.Mod.
func TestRem(t *testing.T) {
	rnd := rand.New(rand.NewPCG(4, 4))
	for range 20_000 {
		a, b := math.Ldexp(rnd.Float64()-0.5, rnd.IntN(200)), math.Ldexp(rnd.Float64(), rnd.IntN(20))
		for _, nearest := range []bool{false, true} {
			r, done := f64(a), false
			for steps := 0; !done; steps++ {
				if r, _, done = quiet().Rem(r, f64(b), nearest); steps > 10 {
					t.Fatalf("%g rem %g does not end", a, b)
				}
			}
			want := math.Mod(a, b)
			if nearest {
				want = math.Remainder(a, b)
			}
			if got := double(r); got != want {
				t.Fatalf("%g rem %g = %g, want %g (nearest %v)", a, b, got, want, nearest)
			}
		}
	}
}
