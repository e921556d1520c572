package i386

import "rv86/cpu/i386/internal/fp"

// x87 functions of one or two registers: signs, roots, remainders, the
// transcendental functions.

// unary is ST(0) = op(ST(0)).
func unary(op func(e *fp.Env, v f80) f80) semantics {
	return func(c *CPU, _ *inst) bool {
		f := &c.fpu
		f.setCC(swC1, 0)
		if f.underflows() {
			return true
		}
		e := f.env()
		if r := op(e, *f.st(0)); f.report(e) {
			f.set(0, r)
		}
		return true
	}
}

// doFsqrt is the one function here that obeys the precision control.
func doFsqrt(c *CPU, in *inst) bool {
	return unary(func(e *fp.Env, v f80) f80 { return pack80(e.Sqrt(v.num(e), c.fpu.precision())) })(c, in)
}

// binaryPop is ST(1) = op(ST(0), ST(1)), then a pop.
func binaryPop(op func(e *fp.Env, x, y fp.Num) fp.Num) semantics {
	return func(c *CPU, _ *inst) bool {
		f := &c.fpu
		f.setCC(swC1, 0)
		if f.isEmpty(0) || f.isEmpty(1) {
			if f.stackFault(false) {
				f.set(1, indefinite)
				f.pop()
			}
			return true
		}
		e := f.env()
		x, y := f.st(0).num(e), f.st(1).num(e)
		if r := op(e, x, y); f.report(e) {
			f.set(1, pack80(r))
			f.pop()
		}
		return true
	}
}

// outOfRange sets C2: the operand of a trigonometric function was too large.
func (f *fpuState) outOfRange() bool {
	f.setCC(swC2, swC2)
	return true
}

func doFsin(cosine bool) semantics {
	return func(c *CPU, _ *inst) bool {
		f := &c.fpu
		f.setCC(swC1|swC2, 0)
		if f.underflows() {
			return true
		}
		e := f.env()
		s, co, ok := e.Trig(f.st(0).num(e), fp.F80)
		if !ok {
			return f.outOfRange()
		}
		if cosine {
			s = co
		}
		if f.report(e) {
			f.set(0, pack80(s))
		}
		return true
	}
}

func doFsincos(c *CPU, _ *inst) bool {
	c.fpu.setCC(swC2, 0)
	return c.pushPair(func(e *fp.Env, v fp.Num) (first, second fp.Num, ok bool) {
		return e.Trig(v, fp.F80)
	})
}

// doFptan pushes 1 behind the tangent, for the 8087's users, who divided.
func doFptan(c *CPU, _ *inst) bool {
	c.fpu.setCC(swC2, 0)
	return c.pushPair(func(e *fp.Env, v fp.Num) (first, second fp.Num, ok bool) {
		t, ok := e.Tan(v, fp.F80)
		if t.IsNaN() {
			return t, t, ok
		}
		return t, fp.One, ok
	})
}

func doFxtract(c *CPU, _ *inst) bool {
	return c.pushPair(func(e *fp.Env, v fp.Num) (first, second fp.Num, ok bool) {
		first, second = e.Extract(v)
		return first, second, true
	})
}

// pushPair replaces ST(0) by the first result and pushes the second.
func (c *CPU) pushPair(op func(e *fp.Env, v fp.Num) (first, second fp.Num, ok bool)) bool {
	f := &c.fpu
	f.setCC(swC1, 0)
	if f.isEmpty(0) || !f.pushable() {
		if f.stackFault(!f.isEmpty(0)) {
			f.set(0, indefinite)
			f.top = (f.top - 1) & 7
			f.set(0, indefinite)
		}
		return true
	}
	e := f.env()
	a, b, ok := op(e, f.st(0).num(e))
	if !ok {
		return f.outOfRange()
	}
	if f.report(e) {
		f.set(0, pack80(a))
		f.push(pack80(b))
	}
	return true
}

// doFprem leaves the quotient's low bits in C0, C3, C1.
func doFprem(nearest bool) semantics {
	return func(c *CPU, _ *inst) bool {
		f := &c.fpu
		if f.isEmpty(0) || f.isEmpty(1) {
			f.setCC(swC2, 0)
			if f.stackFault(false) {
				f.set(0, indefinite)
			}
			return true
		}
		e := f.env()
		a, b := f.st(0).num(e), f.st(1).num(e)
		r, q, done := e.Rem(a, b, nearest)
		if !f.report(e) {
			return true
		}
		if e.Flags&fp.Invalid != 0 || r.IsNaN() {
			// No quotient: C0 and C3 stay.
			f.setCC(swC2, 0)
			f.set(0, pack80(r))
			return true
		}
		cc := uint16(q)>>2&1*swC0 | uint16(q)>>1&1*swC3 | uint16(q)&1*swC1 // Q2, Q1, Q0
		if !done {
			cc = swC2
		}
		f.setCC(swCC, cc)
		f.set(0, pack80(r))
		return true
	}
}

// doFscale truncates ST(1).
func doFscale(c *CPU, _ *inst) bool {
	f := &c.fpu
	f.setCC(swC1, 0)
	if f.isEmpty(0) || f.isEmpty(1) {
		if f.stackFault(false) {
			f.set(0, indefinite)
		}
		return true
	}
	e := f.env()
	a, b := f.st(0).num(e), f.st(1).num(e)
	if r := e.Scale(a, b); f.report(e) {
		f.set(0, pack80(r))
	}
	return true
}
