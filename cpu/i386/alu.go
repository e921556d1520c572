package i386

import (
	"math/bits"
	"unsafe"
)

// The leaf functions of integer arithmetic: each computes a result and its
// flags for one operand size. They serve the rows' reference semantics; the
// generated switch has what they do expanded in place (internal/fastgen).
//
// Flags that the SDM leaves undefined follow the P6 family as far as it is
// known: AF is cleared by logical operations, shifts and multiplications; OF
// of a shift by more than one is computed as for a shift by one from the
// value before its last step; MUL and IMUL set SF, ZF and PF from the low half
// of the product; DIV and IDIV leave all flags alone.

func width[T word]() uint { var z T; return uint(unsafe.Sizeof(z)) * 8 }

// signed sign-extends v to 32 bits.
func signed[T word](v T) uint32 {
	sh := 32 - width[T]()
	return uint32(int32(uint32(v)<<sh) >> sh)
}

// carries turns a vector of carries out of each bit of T into lazy.aux.
func carries[T word](cv T) uint32 {
	sh := 32 - width[T]()
	return uint32(cv)<<sh&(auxCF|auxOFX) | uint32(cv)&auxAF
}

func msb[T word](v T) uint32 { return uint32(v) >> (width[T]() - 1) & 1 }

func add[T word](f *lazy, a, b T) T {
	r := a + b
	f.res, f.aux = signed(r), carries(a&b|(a|b)&^r)
	return r
}

func adc[T word](f *lazy, a, b T) T {
	r := a + b + T(f.cf())
	f.res, f.aux = signed(r), carries(a&b|(a|b)&^r)
	return r
}

func sub[T word](f *lazy, a, b T) T {
	r := a - b
	f.res, f.aux = signed(r), carries(^a&b|(^a|b)&r)
	return r
}

func sbb[T word](f *lazy, a, b T) T {
	r := a - b - T(f.cf())
	f.res, f.aux = signed(r), carries(^a&b|(^a|b)&r)
	return r
}

func and[T word](f *lazy, a, b T) T {
	r := a & b
	f.res, f.aux = signed(r), 0
	return r
}

func or[T word](f *lazy, a, b T) T {
	r := a | b
	f.res, f.aux = signed(r), 0
	return r
}

func xor[T word](f *lazy, a, b T) T {
	r := a ^ b
	f.res, f.aux = signed(r), 0
	return r
}

// keepCF gives aux the old carry: OF is stored relative to CF, so that both of
// its bits flip where the new carry differs.
func keepCF(aux, old uint32) uint32 {
	return aux ^ uint32(int32(aux^old)>>31)&(auxCF|auxOFX)
}

func inc[T word](f *lazy, a T) T {
	r := a + 1
	f.res, f.aux = signed(r), keepCF(carries(a&^r), f.aux)
	return r
}

func dec[T word](f *lazy, a T) T {
	r := a - 1
	f.res, f.aux = signed(r), keepCF(carries(^a&r), f.aux)
	return r
}

func neg[T word](f *lazy, a T) T { return sub(f, 0, a) }

func not[T word](_ *lazy, a T) T { return ^a }

// Shifts and rotates take a count already masked to five bits, as every
// processor since the 80286 does. A zero count leaves the flags alone.

func shl[T word](f *lazy, a T, n uint32) T {
	if n == 0 {
		return a
	}
	last := a << (n - 1)
	r := last << 1
	f.res, f.aux = signed(r), msb(last)<<31|msb(r)<<30
	return r
}

func shr[T word](f *lazy, a T, n uint32) T {
	if n == 0 {
		return a
	}
	last := a >> (n - 1)
	r := last >> 1
	cf := uint32(last) & 1
	f.res, f.aux = signed(r), cf<<31|(cf^msb(last))<<30
	return r
}

func sar[T word](f *lazy, a T, n uint32) T {
	if n == 0 {
		return a
	}
	last := int32(signed(a)) >> (n - 1)
	r := T(last >> 1)
	cf := uint32(last) & 1
	f.res, f.aux = signed(r), cf<<31|cf<<30
	return r
}

func rol[T word](f *lazy, a T, n uint32) T {
	if n == 0 {
		return a
	}
	w := width[T]()
	k := uint(n) % w
	r := a<<k | a>>(w-k)
	cf := uint32(r) & 1
	f.setCO(cf, cf^msb(r))
	return r
}

func ror[T word](f *lazy, a T, n uint32) T {
	if n == 0 {
		return a
	}
	w := width[T]()
	k := uint(n) % w
	r := a>>k | a<<(w-k)
	f.setCO(msb(r), msb(r)^msb(r<<1))
	return r
}

// rcl and rcr rotate through CF: w+1 bits.
func rcl[T word](f *lazy, a T, n uint32) T {
	w := width[T]()
	k := uint(n) % (w + 1)
	if k == 0 {
		if n != 0 {
			f.setCO(f.cf(), f.cf()^msb(a))
		}
		return a
	}
	wide := uint64(a) | uint64(f.cf())<<w
	wide = wide<<k | wide>>(w+1-k)
	r := T(wide)
	cf := uint32(wide>>w) & 1
	f.setCO(cf, cf^msb(r))
	return r
}

func rcr[T word](f *lazy, a T, n uint32) T {
	w := width[T]()
	k := uint(n) % (w + 1)
	if k == 0 {
		if n != 0 {
			f.setCO(f.cf(), msb(a)^msb(a<<1))
		}
		return a
	}
	wide := uint64(a) | uint64(f.cf())<<w
	wide = wide>>k | wide<<(w+1-k)
	r := T(wide)
	f.setCO(uint32(wide>>w)&1, msb(r)^msb(r<<1))
	return r
}

// shld and shrd shift a and fill from b. For 16-bit operands a count above 16
// is undefined in the SDM; as on the P6 the pattern a:b:a is shifted.
func shld[T word](f *lazy, a, b T, n uint32) T {
	if n == 0 {
		return a
	}
	w := width[T]()
	var last, r T
	if w == 16 {
		wide := uint64(a)<<32 | uint64(b)<<16 | uint64(a)
		last, r = T(wide<<(n-1)>>32), T(wide<<n>>32)
	} else {
		wide := uint64(a)<<w | uint64(b)
		last, r = T(wide<<(n-1)>>w), T(wide<<n>>w)
	}
	f.res, f.aux = signed(r), 0
	f.setCO(msb(last), msb(r)^msb(last))
	return r
}

func shrd[T word](f *lazy, a, b T, n uint32) T {
	if n == 0 {
		return a
	}
	w := width[T]()
	var last, r T
	if w == 16 {
		wide := uint64(a)<<32 | uint64(b)<<16 | uint64(a)
		last, r = T(wide>>(n-1)), T(wide>>n)
	} else {
		wide := uint64(b)<<w | uint64(a)
		last, r = T(wide>>(n-1)), T(wide>>n)
	}
	f.res, f.aux = signed(r), 0
	f.setCO(uint32(last)&1, msb(r)^msb(last))
	return r
}

// mulFlags: CF and OF say that the product did not fit, the rest follows its
// low half.
func mulFlags(f *lazy, low uint32, over bool) {
	f.res, f.aux = low, 0
	if over {
		f.aux = auxCF
	}
}

// imul is the truncating two- and three-operand form.
func imul[T word](f *lazy, a, b T) T {
	p := int64(int32(signed(a))) * int64(int32(signed(b)))
	r := T(p)
	mulFlags(f, signed(r), int64(int32(signed(r))) != p)
	return r
}

// bsf and bsr: ZF tells a zero source, which leaves the destination alone; the
// other flags follow it, as on the P6 (the SDM leaves them undefined).
func bsf(f *lazy, old, v uint32) uint32 {
	f.res, f.aux = v, 0
	if v == 0 {
		return old
	}
	return uint32(bits.TrailingZeros32(v))
}

func bsr(f *lazy, old, v uint32) uint32 {
	f.res, f.aux = v, 0
	if v == 0 {
		return old
	}
	return uint32(31 - bits.LeadingZeros32(v))
}
