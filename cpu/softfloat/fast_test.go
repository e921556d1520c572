package softfloat

import (
	"math/rand/v2"
	"testing"
)

// checkShortCuts holds every operation that may take the host's FPU to the
// long way round, bits and flags.
func checkShortCuts(t *testing.T, a, b uint64) {
	t.Helper()
	x, y := binary64.unpack(a), binary64.unpack(b)
	check := func(name string, got uint64, fl Flags, want uint64, wantFl Flags) {
		t.Helper()
		if got != want || fl != wantFl {
			t.Fatalf("%s %#x %#x = %#x flags %05b, want %#x %05b", name, a, b, got, fl, want, wantFl)
		}
	}
	const rm = NearestEven
	pair := func(name string, fast, slow func() (uint64, Flags)) {
		t.Helper()
		got, fl := fast()
		want, wantFl := slow()
		check(name, got, fl, want, wantFl)
	}
	minusY := y
	minusY.neg = !y.neg
	pair("add", func() (uint64, Flags) { return Add64(a, b, rm) }, func() (uint64, Flags) { return binary64.add(x, y, rm) })
	pair("sub", func() (uint64, Flags) { return Sub64(a, b, rm) }, func() (uint64, Flags) { return binary64.add(x, minusY, rm) })
	pair("mul", func() (uint64, Flags) { return Mul64(a, b, rm) }, func() (uint64, Flags) { return binary64.mul(x, y, rm) })
	pair("div", func() (uint64, Flags) { return Div64(a, b, rm) }, func() (uint64, Flags) { return binary64.div(x, y, rm) })
	pair("sqrt", func() (uint64, Flags) { return Sqrt64(a, rm) }, func() (uint64, Flags) { return binary64.sqrt(x, rm) })
}

func checkShortCuts32(t *testing.T, a, b uint32) {
	t.Helper()
	const rm = NearestEven
	x, y := unpack32(a), unpack32(b)
	pair := func(name string, got uint32, fl Flags, want uint64, wantFl Flags) {
		t.Helper()
		if uint64(got) != want || fl != wantFl {
			t.Fatalf("%s %#x %#x = %#x flags %05b, want %#x %05b", name, a, b, got, fl, want, wantFl)
		}
	}
	got, fl := Add32(a, b, rm)
	want, wantFl := binary32.add(x, y, rm)
	pair("add32", got, fl, want, wantFl)
	got, fl = Mul32(a, b, rm)
	want, wantFl = binary32.mul(x, y, rm)
	pair("mul32", got, fl, want, wantFl)
	got, fl = Div32(a, b, rm)
	want, wantFl = binary32.div(x, y, rm)
	pair("div32", got, fl, want, wantFl)
	got, fl = Sqrt32(a, rm)
	want, wantFl = binary32.sqrt(x, rm)
	pair("sqrt32", got, fl, want, wantFl)
	y.neg = !y.neg
	got, fl = Sub32(a, b, rm)
	want, wantFl = binary32.add(x, y, rm)
	pair("sub32", got, fl, want, wantFl)
}

// checkFused does the same for the fused multiply-adds.
func checkFused(t *testing.T, a, b, c uint64) {
	t.Helper()
	got, fl := FMA64(a, b, c, NearestEven)
	want, wantFl := binary64.fma(binary64.unpack(a), binary64.unpack(b), binary64.unpack(c), NearestEven)
	if got != want || fl != wantFl {
		t.Fatalf("fma %#x %#x %#x = %#x flags %05b, want %#x %05b", a, b, c, got, fl, want, wantFl)
	}
}

func checkFused32(t *testing.T, a, b, c uint32) {
	t.Helper()
	got, fl := FMA32(a, b, c, NearestEven)
	want, wantFl := binary32.fma(unpack32(a), unpack32(b), unpack32(c), NearestEven)
	if uint64(got) != want || fl != wantFl {
		t.Fatalf("fma32 %#x %#x %#x = %#x flags %05b, want %#x %05b", a, b, c, got, fl, want, wantFl)
	}
}

func TestFusedShortCuts(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 4))
	// few gives few significant bits, so that products are exact and sums tie.
	few := func(f *format) uint64 {
		v := nasty(r, f)
		if r.IntN(2) == 0 {
			v = f.pack(r.IntN(2) == 0, uint64(f.emax-20+r.IntN(40)), r.Uint64()<<(f.prec-1-r.IntN(14)))
		}
		return v
	}
	for range 80000 {
		a, b, c := few(binary64), few(binary64), few(binary64)
		if r.IntN(3) == 0 {
			c = nearby(r, binary64, a, b)
		}
		checkFused(t, a, b, c)
		a, b, c = few(binary32), few(binary32), few(binary32)
		if r.IntN(3) == 0 {
			c = nearby(r, binary32, a, b)
		}
		checkFused32(t, uint32(a), uint32(b), uint32(c))
	}
}

func TestShortCuts(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	for i := 0; i < 60000; i++ {
		a, b := nasty(r, binary64), nasty(r, binary64)
		if i%4 == 0 { // sums that cancel, quotients near one
			b = a ^ r.Uint64()>>r.IntN(64) ^ uint64(r.IntN(2))<<63
		}
		checkShortCuts(t, a, b)
		checkShortCuts32(t, uint32(nasty(r, binary32)), uint32(nasty(r, binary32)))
	}
}

func FuzzShortCuts(f *testing.F) {
	f.Add(uint64(0x3ff0000000000000), uint64(0x3ca0000000000000), uint64(0))
	f.Add(uint64(0x7fefffffffffffff), uint64(0x7c90000000000000), uint64(1)<<63)
	f.Add(uint64(0x0010000000000000), uint64(0x3fefffffffffffff), uint64(1))
	f.Add(uint64(0x7ff0000000000001), uint64(0x8000000000000000), uint64(0x3ff0000000000000))
	f.Fuzz(func(t *testing.T, a, b, c uint64) {
		checkFused(t, a, b, c)
		checkFused32(t, uint32(a), uint32(b), uint32(c))
		checkShortCuts(t, a, b)
		checkShortCuts32(t, uint32(a), uint32(b))
		checkShortCuts32(t, uint32(a>>32), uint32(b>>32))
	})
}

var sink uint64

func BenchmarkAdd64(b *testing.B) {
	b.Run("short", func(b *testing.B) {
		for i := range b.N {
			r, _ := Add64(0x3ff123456789abcd, 0x4001000000000000+uint64(i), NearestEven)
			sink += r
		}
	})
	b.Run("long", func(b *testing.B) {
		for i := range b.N {
			r, _ := Add64(0x3ff123456789abcd, 0x4001000000000000+uint64(i), Up)
			sink += r
		}
	})
}

func BenchmarkMul64(b *testing.B) {
	b.Run("short", func(b *testing.B) {
		for i := range b.N {
			r, _ := Mul64(0x3ff123456789abcd, 0x4001000000000000+uint64(i), NearestEven)
			sink += r
		}
	})
	b.Run("long", func(b *testing.B) {
		for i := range b.N {
			r, _ := Mul64(0x3ff123456789abcd, 0x4001000000000000+uint64(i), Up)
			sink += r
		}
	})
}

func BenchmarkDiv64(b *testing.B) {
	for i := range b.N {
		r, _ := Div64(0x3ff123456789abcd, 0x4001000000000000+uint64(i), Up)
		sink += r
	}
}

func BenchmarkSqrt64(b *testing.B) {
	for i := range b.N {
		r, _ := Sqrt64(0x4001000000000000+uint64(i), Up)
		sink += r
	}
}

func BenchmarkFMA64(b *testing.B) {
	for i := range b.N {
		r, _ := FMA64(0x3ff123456789abcd, 0x4001000000000000+uint64(i), 0x3ff123456789abcd, NearestEven)
		sink += r
	}
}
