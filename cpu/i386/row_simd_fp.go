package i386

import (
	"math"

	"rv86/cpu/i386/internal/fp"
)

// SSE and SSE2 floating point: packed and scalar, single and double.

var simdFPRows = join(
	floatOps("sqrt", "51", func(e *fp.Env, _, b fp.Num, f fp.Format) fp.Num { return e.Sqrt(b, f) }, hostSqrt),
	floatOps("add", "58", opAdd, hostAdd), floatOps("mul", "59", opMul, hostMul),
	floatOps("sub", "5c", opSub, hostSub), floatOps("div", "5e", opDiv, hostDiv),
	floatOps("min", "5d", minimum, nil), floatOps("max", "5f", maximum, nil),
	[]row{
		{name: "rsqrtps", enc: "np 0f 52 /r", args: "Vdq,Wdq", do: approximate(4, rsqrt)},
		{name: "rsqrtss", enc: "f3 0f 52 /r", args: "Vdq,Wd", do: approximate(1, rsqrt)},
		{name: "rcpps", enc: "np 0f 53 /r", args: "Vdq,Wdq", do: approximate(4, reciprocal)},
		{name: "rcpss", enc: "f3 0f 53 /r", args: "Vdq,Wd", do: approximate(1, reciprocal)},

		{name: "andps", enc: "np 0f 54 /r", args: "Vdq,Wdq", do: xmm2(each64(func(a, b uint64) uint64 { return a & b }))},
		{name: "andpd", enc: "66 0f 54 /r", args: "Vdq,Wdq", do: xmm2(each64(func(a, b uint64) uint64 { return a & b }))},
		{name: "andnps", enc: "np 0f 55 /r", args: "Vdq,Wdq", do: xmm2(each64(func(a, b uint64) uint64 { return ^a & b }))},
		{name: "andnpd", enc: "66 0f 55 /r", args: "Vdq,Wdq", do: xmm2(each64(func(a, b uint64) uint64 { return ^a & b }))},
		{name: "orps", enc: "np 0f 56 /r", args: "Vdq,Wdq", do: xmm2(each64(func(a, b uint64) uint64 { return a | b }))},
		{name: "orpd", enc: "66 0f 56 /r", args: "Vdq,Wdq", do: xmm2(each64(func(a, b uint64) uint64 { return a | b }))},
		{name: "xorps", enc: "np 0f 57 /r", args: "Vdq,Wdq", do: xmm2(each64(func(a, b uint64) uint64 { return a ^ b }))},
		{name: "xorpd", enc: "66 0f 57 /r", args: "Vdq,Wdq", do: xmm2(each64(func(a, b uint64) uint64 { return a ^ b }))},
		{name: "unpcklps", enc: "np 0f 14 /r", args: "Vdq,Wdq", do: xmm2(unpack(4, false))},
		{name: "unpcklpd", enc: "66 0f 14 /r", args: "Vdq,Wdq", do: xmm2(unpack(8, false))},
		{name: "unpckhps", enc: "np 0f 15 /r", args: "Vdq,Wdq", do: xmm2(unpack(4, true))},
		{name: "unpckhpd", enc: "66 0f 15 /r", args: "Vdq,Wdq", do: xmm2(unpack(8, true))},
		{name: "shufps", enc: "np 0f c6 /r", args: "Vdq,Wdq,Ib", do: doShufps},
		{name: "shufpd", enc: "66 0f c6 /r", args: "Vdq,Wdq,Ib", do: doShufpd},

		{name: "ucomiss", enc: "np 0f 2e /r", args: "Vdq,Wd", flags: "OSZAPC", do: compareScalar(4, true)},
		{name: "ucomisd", enc: "66 0f 2e /r", args: "Vdq,Wq", flags: "OSZAPC", do: compareScalar(8, true)},
		{name: "comiss", enc: "np 0f 2f /r", args: "Vdq,Wd", flags: "OSZAPC", do: compareScalar(4, false)},
		{name: "comisd", enc: "66 0f 2f /r", args: "Vdq,Wq", flags: "OSZAPC", do: compareScalar(8, false)},
		{name: "cmpps", enc: "np 0f c2 /r", args: "Vdq,Wdq,Ib", do: compareLanes(4, 4)},
		{name: "cmppd", enc: "66 0f c2 /r", args: "Vdq,Wdq,Ib", do: compareLanes(8, 2)},
		{name: "cmpss", enc: "f3 0f c2 /r", args: "Vdq,Wd,Ib", do: compareLanes(4, 1)},
		{name: "cmpsd", enc: "f2 0f c2 /r", args: "Vdq,Wq,Ib", do: compareLanes(8, 1)},

		{name: "cvtpi2ps", enc: "np 0f 2a /r", args: "Vdq,Qq", do: convert(2, fromI32, toF32, 16, false)},
		{name: "cvtpi2pd", enc: "66 0f 2a /r", args: "Vdq,Qq", do: convert(2, fromI32, toF64, 16, false)},
		{name: "cvtsi2ss", enc: "f3 0f 2a /r", args: "Vdq,Ed", do: convert(1, fromI32, toF32, 16, false)},
		{name: "cvtsi2sd", enc: "f2 0f 2a /r", args: "Vdq,Ed", do: convert(1, fromI32, toF64, 16, false)},
		{name: "cvttps2pi", enc: "np 0f 2c /r", args: "Pq,Wq", do: convert(2, fromF32, truncI32, 8, false)},
		{name: "cvttpd2pi", enc: "66 0f 2c /r", args: "Pq,Wdq", do: convert(2, fromF64, truncI32, 8, false)},
		{name: "cvttss2si", enc: "f3 0f 2c /r", args: "Gd,Wd", do: convert(1, fromF32, truncI32, 4, false)},
		{name: "cvttsd2si", enc: "f2 0f 2c /r", args: "Gd,Wq", do: convert(1, fromF64, truncI32, 4, false)},
		{name: "cvtps2pi", enc: "np 0f 2d /r", args: "Pq,Wq", do: convert(2, fromF32, toI32, 8, false)},
		{name: "cvtpd2pi", enc: "66 0f 2d /r", args: "Pq,Wdq", do: convert(2, fromF64, toI32, 8, false)},
		{name: "cvtss2si", enc: "f3 0f 2d /r", args: "Gd,Wd", do: convert(1, fromF32, toI32, 4, false)},
		{name: "cvtsd2si", enc: "f2 0f 2d /r", args: "Gd,Wq", do: convert(1, fromF64, toI32, 4, false)},
		{name: "cvtps2pd", enc: "np 0f 5a /r", args: "Vdq,Wq", do: convert(2, fromF32, toF64, 16, false)},
		{name: "cvtpd2ps", enc: "66 0f 5a /r", args: "Vdq,Wdq", do: convert(2, fromF64, toF32, 16, true)},
		{name: "cvtss2sd", enc: "f3 0f 5a /r", args: "Vdq,Wd", do: convert(1, fromF32, toF64, 16, false)},
		{name: "cvtsd2ss", enc: "f2 0f 5a /r", args: "Vdq,Wq", do: convert(1, fromF64, toF32, 16, false)},
		{name: "cvtdq2ps", enc: "np 0f 5b /r", args: "Vdq,Wdq", do: convert(4, fromI32, toF32, 16, false)},
		{name: "cvtps2dq", enc: "66 0f 5b /r", args: "Vdq,Wdq", do: convert(4, fromF32, toI32, 16, false)},
		{name: "cvttps2dq", enc: "f3 0f 5b /r", args: "Vdq,Wdq", do: convert(4, fromF32, truncI32, 16, false)},
		{name: "cvttpd2dq", enc: "66 0f e6 /r", args: "Vdq,Wdq", do: convert(2, fromF64, truncI32, 16, true)},
		{name: "cvtdq2pd", enc: "f3 0f e6 /r", args: "Vdq,Wq", do: convert(2, fromI32, toF64, 16, false)},
		{name: "cvtpd2dq", enc: "f2 0f e6 /r", args: "Vdq,Wdq", do: convert(2, fromF64, toI32, 16, true)},
	},
)

// floatOps makes the four rows of an operation. host, if there is one, does the
// common case of the scalar double form.
func floatOps(name, op string, f arith87, host hostOp) []row {
	scalar := floatLanes(8, 1, f)
	if host != nil {
		scalar = hostFirst(host, scalar)
	}
	return []row{
		{name: name + "ps", enc: "np 0f " + op + " /r", args: "Vdq,Wdq", do: floatLanes(4, 4, f)},
		{name: name + "pd", enc: "66 0f " + op + " /r", args: "Vdq,Wdq", do: floatLanes(8, 2, f)},
		{name: name + "ss", enc: "f3 0f " + op + " /r", args: "Vdq,Wd", do: floatLanes(4, 1, f)},
		{name: name + "sd", enc: "f2 0f " + op + " /r", args: "Vdq,Wq", do: scalar},
	}
}

// hostFirst tries the host's arithmetic before the general code.
func hostFirst(host hostOp, general semantics) semantics {
	return func(c *CPU, in *inst) bool {
		if !c.canUseSSE() {
			return false
		}
		s, ok := c.getVec(in, 1, false)
		if !ok {
			return false
		}
		d := &c.sse.xmm[in.op[0].n&7]
		a := d.u64(0)
		if in.row.name == "sqrtsd" {
			a = s.u64(0)
		}
		if r, ok := c.hostArith(host, a, s.u64(0)); ok {
			d.set64(0, r)
			return true
		}
		return general(c, in)
	}
}

// number and setNumber access lane i of w bytes.
func (v *vec) number(i, w int) fp.Num {
	if w == 4 {
		return fp.FromF32(v.u32(i))
	}
	return fp.FromF64(v.u64(i))
}

func (v *vec) setNumber(i, w int, n fp.Num) {
	if w == 4 {
		v.set32(i, n.F32())
	} else {
		v.set64(i, n.F64())
	}
}

func formatOf(w int) fp.Format {
	if w == 4 {
		return fp.F32
	}
	return fp.F64
}

// floatLanes applies f to n lanes of w bytes. All lanes' exceptions are
// gathered before the destination changes.
func floatLanes(w, n int, f arith87) semantics {
	format := formatOf(w)
	return func(c *CPU, in *inst) bool {
		if !c.canUseSSE() {
			return false
		}
		s, ok := c.getVec(in, 1, false)
		if !ok {
			return false
		}
		d := c.sse.xmm[in.op[0].n&7]
		e := c.sse.env()
		for i := range n {
			d.setNumber(i, w, f(e, d.number(i, w), s.number(i, w), format))
		}
		if !c.raiseSIMD(e) {
			return false
		}
		c.sse.xmm[in.op[0].n&7] = d
		return true
	}
}

// minimum and maximum return the second operand unless the first is strictly
// the lesser or greater; any NaN is invalid (SDM 2, MINPS).
func minimum(e *fp.Env, a, b fp.Num, _ fp.Format) fp.Num { return pick(e, a, b, fp.Less) }
func maximum(e *fp.Env, a, b fp.Num, _ fp.Format) fp.Num { return pick(e, a, b, fp.Greater) }

func pick(e *fp.Env, a, b fp.Num, want fp.Order) fp.Num {
	r := b
	if e.Compare(a, b, false) == want {
		r = a
	}
	if e.DAZ && r.Denormal {
		r = fp.Num{Neg: r.Neg}
	}
	return r
}

// approximate applies a single-precision approximation. The processor promises
// a relative error below 1.5 * 2^-12; here the result is the nearest single.
// No exception is raised.
func approximate(n int, f func(float32) float32) semantics {
	return func(c *CPU, in *inst) bool {
		if !c.canUseSSE() {
			return false
		}
		s, ok := c.getVec(in, 1, false)
		if !ok {
			return false
		}
		d := &c.sse.xmm[in.op[0].n&7]
		for i := range n {
			d.set32(i, approximated(s.u32(i), f))
		}
		return true
	}
}

const (
	f32Sign  = 1 << 31
	f32Quiet = 1 << 22
	f32Exp   = 0x7f80_0000
)

// approximated handles NaNs and flushes denormals, which these instructions
// take for zeros.
func approximated(v uint32, f func(float32) float32) uint32 {
	flush := func(v uint32) uint32 {
		if v&f32Exp == 0 {
			v &= f32Sign
		}
		return v
	}
	if v&^uint32(f32Sign) > f32Exp {
		return v | f32Quiet
	}
	r := f(math.Float32frombits(flush(v)))
	if r != r {
		return f32Sign | f32Exp | f32Quiet
	}
	return flush(math.Float32bits(r))
}

// The host's division and square root of doubles are exact to the last place
// on every platform, and so is the rounding to single.
func reciprocal(x float32) float32 { return float32(1 / float64(x)) }

func rsqrt(x float32) float32 {
	if x == 0 {
		return 1 / x
	}
	return float32(1 / math.Sqrt(float64(x)))
}

// doShufps takes two lanes of the destination, then two of the source.
func doShufps(c *CPU, in *inst) bool {
	if !c.canUseSSE() {
		return false
	}
	s, ok := c.getVec(in, 1, false)
	if !ok {
		return false
	}
	d := &c.sse.xmm[in.op[0].n&7]
	old, sel := *d, in.imm
	d.set32(0, old.u32(int(sel&3)))
	d.set32(1, old.u32(int(sel>>2&3)))
	d.set32(2, s.u32(int(sel>>4&3)))
	d.set32(3, s.u32(int(sel>>6&3)))
	return true
}

func doShufpd(c *CPU, in *inst) bool {
	if !c.canUseSSE() {
		return false
	}
	s, ok := c.getVec(in, 1, false)
	if !ok {
		return false
	}
	d := &c.sse.xmm[in.op[0].n&7]
	old := *d
	d.set64(0, old.u64(int(in.imm&1)))
	d.set64(1, s.u64(int(in.imm>>1&1)))
	return true
}

// compareScalar is COMISS and UCOMISS: the latter is quiet about quiet NaNs.
func compareScalar(w int, quiet bool) semantics {
	return func(c *CPU, in *inst) bool {
		if !c.canUseSSE() {
			return false
		}
		s, ok := c.getVec(in, 1, false)
		if !ok {
			return false
		}
		e := c.sse.env()
		o := e.Compare(c.sse.xmm[in.op[0].n&7].number(0, w), s.number(0, w), quiet)
		if !c.raiseSIMD(e) {
			return false
		}
		c.fl.setArith(orderFlags[o])
		return true
	}
}

// compareLanes is CMPPS and its kin: the predicate (SDM 2 table 3-7) in the
// immediate's low three bits, of which bit 2 negates.
func compareLanes(w, n int) semantics {
	return func(c *CPU, in *inst) bool {
		if !c.canUseSSE() {
			return false
		}
		s, ok := c.getVec(in, 1, false)
		if !ok {
			return false
		}
		d := c.sse.xmm[in.op[0].n&7]
		e := c.sse.env()
		pred := in.imm & 7
		// EQ, UNORD and their negations are quiet.
		quiet := pred&3 == 0 || pred&3 == 3
		for i := range n {
			o := e.Compare(d.number(i, w), s.number(i, w), quiet)
			var yes bool
			switch pred & 3 {
			case 0:
				yes = o == fp.Equal
			case 1:
				yes = o == fp.Less
			case 2:
				yes = o == fp.Less || o == fp.Equal
			case 3:
				yes = o == fp.Unordered
			}
			fill := byte(0)
			if yes != (pred&4 != 0) {
				fill = 0xff
			}
			for k := range d.lane(i, w) {
				d.lane(i, w)[k] = fill
			}
		}
		if !c.raiseSIMD(e) {
			return false
		}
		c.sse.xmm[in.op[0].n&7] = d
		return true
	}
}

// A conversion reads lanes of one kind and writes lanes of another.
type (
	laneFrom func(v *vec, i int) fp.Num
	laneTo   func(e *fp.Env, v *vec, i int, n fp.Num)
)

func fromI32(v *vec, i int) fp.Num { return fp.FromInt(int64(int32(v.u32(i)))) }
func fromF32(v *vec, i int) fp.Num { return fp.FromF32(v.u32(i)) }
func fromF64(v *vec, i int) fp.Num { return fp.FromF64(v.u64(i)) }

func toF32(e *fp.Env, v *vec, i int, n fp.Num) { v.set32(i, e.Convert(n, fp.F32).F32()) }
func toF64(e *fp.Env, v *vec, i int, n fp.Num) { v.set64(i, e.Convert(n, fp.F64).F64()) }

// toI32 gives the integer indefinite, and Invalid, for what does not fit.
func toI32(e *fp.Env, v *vec, i int, n fp.Num) {
	x, _ := e.Int(n, 32)
	v.set32(i, uint32(x))
}

func truncI32(e *fp.Env, v *vec, i int, n fp.Num) {
	saved := e.Round
	e.Round = fp.Truncate
	toI32(e, v, i, n)
	e.Round = saved
}

// convert converts n lanes; size is the destination's length, and clear says
// that what the result does not fill becomes zero.
func convert(n int, from laneFrom, to laneTo, size int, clear bool) semantics {
	return func(c *CPU, in *inst) bool {
		if in.op[1].kind == opMem && in.op[0].kind == opXMM && !c.canUseSSE() || !c.simdUnit(in) {
			return false
		}
		s, ok := c.getVec(in, 1, false)
		if !ok {
			return false
		}
		var d vec
		if in.op[0].kind == opXMM && !clear {
			d = c.sse.xmm[in.op[0].n&7]
		}
		e := c.sse.env()
		for i := range n {
			to(e, &d, i, from(&s, i))
		}
		if !c.raiseSIMD(e) {
			return false
		}
		for i := range in.row.nop {
			c.touchMMX(in, i)
		}
		return c.setVec(in, 0, &d, size, false)
	}
}
