package i386

import (
	"encoding/binary"

	"rv86/cpu/i386/internal/fp"
)

// The x87 instructions that move and compute (SDM 1 chapter 8). Control
// instructions are in row_x87ctl.go.

var x87Rows = join(
	x87Arith("fadd", 0, opAdd), x87Arith("fmul", 1, opMul),
	x87Arith("fsub", 4, opSub), x87Arith("fsubr", 5, opSubr),
	x87Arith("fdiv", 6, opDiv), x87Arith("fdivr", 7, opDivr),
	x87Compare("fcom", 2, 0), x87Compare("fcomp", 3, 1),
	[]row{
		{name: "fld", enc: "d9 /0", args: "Md", do: x87(loadFloat(4))},
		{name: "fld", enc: "dd /0", args: "Mq", do: x87(loadFloat(8))},
		{name: "fld", enc: "db /5", args: "Mt", do: x87(doFld80)},
		{name: "fld", enc: "d9 c0+i", args: "STi", do: x87(doFldReg)},
		{name: "fst", enc: "d9 /2", args: "Md", do: x87(storeFloat(4, false))},
		{name: "fst", enc: "dd /2", args: "Mq", do: x87(storeFloat(8, false))},
		{name: "fst", enc: "dd d0+i", args: "STi", do: x87(storeReg(false))},
		{name: "fstp", enc: "d9 /3", args: "Md", ref: "FST", do: x87(storeFloat(4, true))},
		{name: "fstp", enc: "dd /3", args: "Mq", ref: "FST", do: x87(storeFloat(8, true))},
		{name: "fstp", enc: "db /7", args: "Mt", ref: "FST", do: x87(doFstp80)},
		{name: "fstp", enc: "dd d8+i", args: "STi", ref: "FST", do: x87(storeReg(true))},
		{name: "fild", enc: "df /0", args: "Mw", do: x87(loadInt(2))},
		{name: "fild", enc: "db /0", args: "Md", do: x87(loadInt(4))},
		{name: "fild", enc: "df /5", args: "Mq", do: x87(loadInt(8))},
		{name: "fist", enc: "df /2", args: "Mw", do: x87(storeInt(2, false))},
		{name: "fist", enc: "db /2", args: "Md", do: x87(storeInt(4, false))},
		{name: "fistp", enc: "df /3", args: "Mw", ref: "FIST", do: x87(storeInt(2, true))},
		{name: "fistp", enc: "db /3", args: "Md", ref: "FIST", do: x87(storeInt(4, true))},
		{name: "fistp", enc: "df /7", args: "Mq", ref: "FIST", do: x87(storeInt(8, true))},
		{name: "fbld", enc: "df /4", args: "Mt", do: x87(doFbld)},
		{name: "fbstp", enc: "df /6", args: "Mt", do: x87(doFbstp)},
		{name: "fxch", enc: "d9 c8+i", args: "STi", do: x87(doFxch)},

		{name: "fcompp", enc: "de = d9", ref: "FCOM", do: x87(comparePops(2, false))},
		{name: "fucom", enc: "dd e0+i", args: "STi", do: x87(comparePops(0, true))},
		{name: "fucomp", enc: "dd e8+i", args: "STi", ref: "FUCOM", do: x87(comparePops(1, true))},
		{name: "fucompp", enc: "da = e9", ref: "FUCOM", do: x87(comparePops(2, true))},
		{name: "fcomi", enc: "db f0+i", args: "ST,STi", flags: "OSZAPC", do: x87(compareFlags(false, false))},
		{name: "fcomip", enc: "df f0+i", args: "ST,STi", flags: "OSZAPC", ref: "FCOMI", do: x87(compareFlags(true, false))},
		{name: "fucomi", enc: "db e8+i", args: "ST,STi", flags: "OSZAPC", ref: "FCOMI", do: x87(compareFlags(false, true))},
		{name: "fucomip", enc: "df e8+i", args: "ST,STi", flags: "OSZAPC", ref: "FCOMI", do: x87(compareFlags(true, true))},
		{name: "ftst", enc: "d9 = e4", do: x87(doFtst)},
		{name: "fxam", enc: "d9 = e5", do: x87(doFxam)},

		{name: "fchs", enc: "d9 = e0", do: x87(unary(func(_ *fp.Env, v f80) f80 { v.se ^= 0x8000; return v }))},
		{name: "fabs", enc: "d9 = e1", do: x87(unary(func(_ *fp.Env, v f80) f80 { v.se &= 0x7fff; return v }))},
		{name: "frndint", enc: "d9 = fc", do: x87(unary(func(e *fp.Env, v f80) f80 { return pack80(e.Integral(v.num(e))) }))},
		{name: "fsqrt", enc: "d9 = fa", do: x87(doFsqrt)},
		{name: "f2xm1", enc: "d9 = f0", do: x87(unary(func(e *fp.Env, v f80) f80 { return pack80(e.Exp2m1(v.num(e), fp.F80)) }))},
		{name: "fyl2x", enc: "d9 = f1", do: x87(binaryPop(func(e *fp.Env, x, y fp.Num) fp.Num { return e.YLog2X(x, y, fp.F80) }))},
		{name: "fyl2xp1", enc: "d9 = f9", do: x87(binaryPop(func(e *fp.Env, x, y fp.Num) fp.Num { return e.YLog2XP1(x, y, fp.F80) }))},
		{name: "fpatan", enc: "d9 = f3", do: x87(binaryPop(func(e *fp.Env, x, y fp.Num) fp.Num { return e.Atan2(y, x, fp.F80) }))},
		{name: "fptan", enc: "d9 = f2", do: x87(doFptan)},
		{name: "fsin", enc: "d9 = fe", do: x87(doFsin(false))},
		{name: "fcos", enc: "d9 = ff", do: x87(doFsin(true))},
		{name: "fsincos", enc: "d9 = fb", do: x87(doFsincos)},
		{name: "fxtract", enc: "d9 = f4", do: x87(doFxtract)},
		{name: "fprem", enc: "d9 = f8", do: x87(doFprem(false))},
		{name: "fprem1", enc: "d9 = f5", do: x87(doFprem(true))},
		{name: "fscale", enc: "d9 = fd", do: x87(doFscale)},

		{name: "fld1", enc: "d9 = e8", do: x87(constant(func(*fp.Env) fp.Num { return fp.One }))},
		{name: "fldl2t", enc: "d9 = e9", ref: "FLD1", do: x87(constant(func(e *fp.Env) fp.Num { return e.Load(fp.ConstL2T) }))},
		{name: "fldl2e", enc: "d9 = ea", ref: "FLD1", do: x87(constant(func(e *fp.Env) fp.Num { return e.Load(fp.ConstL2E) }))},
		{name: "fldpi", enc: "d9 = eb", ref: "FLD1", do: x87(constant(func(e *fp.Env) fp.Num { return e.Load(fp.ConstPi) }))},
		{name: "fldlg2", enc: "d9 = ec", ref: "FLD1", do: x87(constant(func(e *fp.Env) fp.Num { return e.Load(fp.ConstLg2) }))},
		{name: "fldln2", enc: "d9 = ed", ref: "FLD1", do: x87(constant(func(e *fp.Env) fp.Num { return e.Load(fp.ConstLn2) }))},
		{name: "fldz", enc: "d9 = ee", ref: "FLD1", do: x87(constant(func(*fp.Env) fp.Num { return fp.ZeroValue }))},
	},
	fcmovs("fcmov", "da ", 0), fcmovs("fcmovn", "db ", 1),
	x87ControlRows,
)

// arith87 is an arithmetic operation, destination first.
type arith87 func(e *fp.Env, a, b fp.Num, f fp.Format) fp.Num

func opAdd(e *fp.Env, a, b fp.Num, f fp.Format) fp.Num  { return e.Add(a, b, f) }
func opMul(e *fp.Env, a, b fp.Num, f fp.Format) fp.Num  { return e.Mul(a, b, f) }
func opSub(e *fp.Env, a, b fp.Num, f fp.Format) fp.Num  { return e.Sub(a, b, f) }
func opSubr(e *fp.Env, a, b fp.Num, f fp.Format) fp.Num { return e.Sub(b, a, f) }
func opDiv(e *fp.Env, a, b fp.Num, f fp.Format) fp.Num  { return e.Div(a, b, f) }
func opDivr(e *fp.Env, a, b fp.Num, f fp.Format) fp.Num { return e.Div(b, a, f) }

// x87Arith makes the seven forms of one operation. To ST(i) the codes of
// subtraction and division and of their reverses are exchanged.
func x87Arith(name string, reg byte, op arith87) []row {
	ext := "/" + string('0'+rune(reg))
	back := reg
	if reg >= 4 {
		back ^= 1
	}
	to, from := hexByte(0xc0+back*8)+"+i", hexByte(0xc0+reg*8)+"+i"
	whole := "fi" + name[1:]
	return []row{
		{name: name, enc: "d8 " + ext, args: "Md", do: x87(arithMem(op, 4))},
		{name: name, enc: "dc " + ext, args: "Mq", do: x87(arithMem(op, 8))},
		{name: whole, enc: "da " + ext, args: "Md", ref: name, do: x87(arithInt(op, 4))},
		{name: whole, enc: "de " + ext, args: "Mw", ref: name, do: x87(arithInt(op, 2))},
		{name: name, enc: "d8 " + from, args: "ST,STi", do: x87(arithReg(op, 0))},
		{name: name, enc: "dc " + to, args: "STi,ST", do: x87(arithReg(op, 1))},
		{name: name + "p", enc: "de " + to, args: "STi,ST", ref: name, do: x87(arithReg(op, 2))},
	}
}

func x87Compare(name string, reg byte, pops int) []row {
	ext := "/" + string('0'+rune(reg))
	whole := "fi" + name[1:]
	return []row{
		{name: name, enc: "d8 " + ext, args: "Md", ref: "FCOM", do: x87(compareMem(4, false, pops))},
		{name: name, enc: "dc " + ext, args: "Mq", ref: "FCOM", do: x87(compareMem(8, false, pops))},
		{name: whole, enc: "da " + ext, args: "Md", ref: "FICOM", do: x87(compareMem(4, true, pops))},
		{name: whole, enc: "de " + ext, args: "Mw", ref: "FICOM", do: x87(compareMem(2, true, pops))},
		{name: name, enc: "d8 " + hexByte(0xc0+reg*8) + "+i", args: "STi", ref: "FCOM", do: x87(comparePops(pops, false))},
	}
}

func fcmovs(name, op string, not uint8) []row {
	var rows []row
	for i, cond := range []struct {
		suffix string
		cc     uint8
	}{{"b", 2}, {"e", 4}, {"be", 6}, {"u", 10}} {
		cc := cond.cc | not
		rows = append(rows, row{
			name: name + cond.suffix, enc: op + hexByte(0xc0+byte(i)*8) + "+i", args: "ST,STi",
			ref: "FCMOVcc", do: x87(func(c *CPU, in *inst) bool { return c.fcmov(in, cc) }),
		})
	}
	return rows
}

// fcmov looks for empty registers whatever the condition.
func (c *CPU) fcmov(in *inst, cc uint8) bool {
	f := &c.fpu
	if f.isEmpty(0) || f.isEmpty(in.modrm&7) {
		if f.stackFault(false) {
			f.set(0, indefinite)
		}
		return true
	}
	if c.fl.cond(cc) {
		f.set(0, *f.st(in.modrm & 7))
	}
	return true
}

// readFloat reads a 4- or 8-byte memory operand.
func (c *CPU) readFloat(in *inst, size int) (fp.Num, bool) {
	var b [8]byte
	if !c.loadBytes(in.seg, c.ea(in), b[:size]) {
		return fp.Num{}, false
	}
	if size == 4 {
		return fp.FromF32(binary.LittleEndian.Uint32(b[:])), true
	}
	return fp.FromF64(binary.LittleEndian.Uint64(b[:])), true
}

// readInt reads a signed 2-, 4- or 8-byte memory operand.
func (c *CPU) readInt(in *inst, size int) (fp.Num, bool) {
	var b [8]byte
	if !c.loadBytes(in.seg, c.ea(in), b[:size]) {
		return fp.Num{}, false
	}
	sh := 64 - 8*size
	return fp.FromInt(int64(binary.LittleEndian.Uint64(b[:])<<sh) >> sh), true
}

// compute stores op(ST(dst), src) in ST(dst). The caller has checked that
// ST(dst) is not empty.
func (f *fpuState) compute(e *fp.Env, op arith87, dst uint8, src fp.Num) bool {
	r := op(e, f.st(dst).num(e), src, f.precision())
	if e.Flags&fp.Invalid != 0 && !r.IsNaN() {
		r = fp.Default
	}
	if !f.report(e) {
		return false
	}
	f.set(dst, pack80(r))
	return true
}

// underflows deals with an empty ST(0): masked, the result is the indefinite.
func (f *fpuState) underflows() bool {
	if !f.isEmpty(0) {
		return false
	}
	if f.stackFault(false) {
		f.set(0, indefinite)
	}
	return true
}

func arithMem(op arith87, size int) semantics {
	return func(c *CPU, in *inst) bool {
		v, ok := c.readFloat(in, size)
		if ok && !c.fpu.underflows() {
			e := c.fpu.env()
			c.fpu.compute(e, op, 0, v)
		}
		return ok
	}
}

func arithInt(op arith87, size int) semantics {
	return func(c *CPU, in *inst) bool {
		v, ok := c.readInt(in, size)
		if ok && !c.fpu.underflows() {
			e := c.fpu.env()
			c.fpu.compute(e, op, 0, v)
		}
		return ok
	}
}

// arithReg: form 0 is ST = ST op ST(i), 1 is ST(i) = ST(i) op ST, 2 the same
// with a pop.
func arithReg(op arith87, form int) semantics {
	return func(c *CPU, in *inst) bool {
		f := &c.fpu
		dst, src := uint8(0), in.modrm&7
		if form != 0 {
			dst, src = src, dst
		}
		stored := false
		if f.isEmpty(dst) || f.isEmpty(src) {
			if f.stackFault(false) {
				f.set(dst, indefinite)
				stored = true
			}
		} else {
			e := f.env()
			stored = f.compute(e, op, dst, f.st(src).num(e))
		}
		if stored && form == 2 {
			f.pop()
		}
		return true
	}
}

// push makes room for a value and stores it; onto a full register it is a
// stack overflow.
func (f *fpuState) push(v f80) {
	if f.empty>>f.phys(7)&1 == 0 {
		if !f.stackFault(true) {
			return
		}
		v = indefinite
	}
	f.top = (f.top - 1) & 7
	f.set(0, v)
}

// pushable reports whether a push would not overflow; the exceptions of the
// operand are only looked at then.
func (f *fpuState) pushable() bool { return f.empty>>f.phys(7)&1 != 0 }

// loadFloat converts, which only a signalling NaN or a denormal can make an
// exception of. A full stack comes before either.
func loadFloat(size int) semantics {
	return func(c *CPU, in *inst) bool {
		v, ok := c.readFloat(in, size)
		if !ok {
			return false
		}
		f := &c.fpu
		e := f.env()
		if f.pushable() {
			v = e.Convert(v, fp.F80)
			if !f.report(e) {
				return true
			}
		}
		f.push(pack80(v))
		return true
	}
}

func loadInt(size int) semantics {
	return func(c *CPU, in *inst) bool {
		v, ok := c.readInt(in, size)
		if ok {
			c.fpu.setCC(swC1, 0)
			c.fpu.push(pack80(v))
		}
		return ok
	}
}

// read80 reads a ten-byte operand.
func (c *CPU) read80(seg uint8, off uint32) (v f80, ok bool) {
	var b [10]byte
	if !c.loadBytes(seg, off, b[:]) {
		return v, false
	}
	return f80{binary.LittleEndian.Uint64(b[:]), binary.LittleEndian.Uint16(b[8:])}, true
}

func (v f80) bytes() []byte {
	b := binary.LittleEndian.AppendUint64(nil, v.m)
	return binary.LittleEndian.AppendUint16(b, v.se)
}

// doFld80 moves ten bytes as they are, a signalling NaN included.
func doFld80(c *CPU, in *inst) bool {
	v, ok := c.read80(in.seg, c.ea(in))
	if ok {
		c.fpu.setCC(swC1, 0)
		c.fpu.push(v)
	}
	return ok
}

// doFldReg: ST(i) is read before the top moves.
func doFldReg(c *CPU, in *inst) bool {
	f := &c.fpu
	i := in.modrm & 7
	f.setCC(swC1, 0)
	switch {
	case f.isEmpty(i):
		if f.stackFault(false) {
			f.top = (f.top - 1) & 7
			f.set(0, indefinite)
		}
	default:
		f.push(*f.st(i))
	}
	return true
}

func constant(value func(e *fp.Env) fp.Num) semantics {
	return func(c *CPU, _ *inst) bool {
		e := c.fpu.env()
		c.fpu.setCC(swC1, 0)
		c.fpu.push(pack80(value(e)))
		return true
	}
}

// storeFloat stores ST(0) to memory. An unmasked overflow or underflow leaves
// memory alone too.
func storeFloat(size int, pop bool) semantics {
	return func(c *CPU, in *inst) bool {
		f := &c.fpu
		e := f.env()
		format := fp.F32
		if size == 8 {
			format = fp.F64
		}
		off := c.ea(in)
		if !c.canStore(in.seg, off, uint32(size)) {
			return false
		}
		n := fp.Default
		if f.isEmpty(0) {
			if !f.stackFault(false) {
				return true
			}
		} else {
			n = f.st(0).num(e)
			if n.Denormal {
				// A store does not look at the operand's being
				// denormal, only at the result (SDM 2, FST).
				n.Denormal = false
			}
			n = e.Convert(n, format)
			if !f.report(e) || e.Flags&^e.Masked&(fp.Overflow|fp.Underflow) != 0 {
				return true
			}
		}
		var b [8]byte
		if size == 4 {
			binary.LittleEndian.PutUint32(b[:], n.F32())
		} else {
			binary.LittleEndian.PutUint64(b[:], n.F64())
		}
		if !c.storeBytes(in.seg, off, b[:size]) {
			return false
		}
		if pop {
			f.pop()
		}
		return true
	}
}

// doFstp80 stores without a conversion, and so without exceptions but for an
// empty register.
func doFstp80(c *CPU, in *inst) bool {
	f := &c.fpu
	v := *f.st(0)
	off := c.ea(in)
	if !c.canStore(in.seg, off, 10) {
		return false
	}
	f.setCC(swC1, 0)
	if f.isEmpty(0) {
		if !f.stackFault(false) {
			return true
		}
		v = indefinite
	}
	if !c.storeBytes(in.seg, off, v.bytes()) {
		return false
	}
	f.pop()
	return true
}

func storeReg(pop bool) semantics {
	return func(c *CPU, in *inst) bool {
		f := &c.fpu
		v := *f.st(0)
		f.setCC(swC1, 0)
		if f.isEmpty(0) {
			if !f.stackFault(false) {
				return true
			}
			v = indefinite
		}
		f.set(in.modrm&7, v)
		if pop {
			f.pop()
		}
		return true
	}
}

// storeInt stores the integer indefinite where the value does not fit.
func storeInt(size int, pop bool) semantics {
	return func(c *CPU, in *inst) bool {
		f := &c.fpu
		e := f.env()
		off := c.ea(in)
		if !c.canStore(in.seg, off, uint32(size)) {
			return false
		}
		v := int64(-1) << (8*size - 1)
		if f.isEmpty(0) {
			if !f.stackFault(false) {
				return true
			}
		} else {
			v, _ = e.Int(f.st(0).num(e), 8*size)
			if e.Flags&fp.Invalid != 0 {
				v = -1 << (8*size - 1)
			}
			if !f.report(e) {
				return true
			}
		}
		b := binary.LittleEndian.AppendUint64(nil, uint64(v))
		if !c.storeBytes(in.seg, off, b[:size]) {
			return false
		}
		if pop {
			f.pop()
		}
		return true
	}
}

// doFbld loads 18 packed decimal digits and a sign.
func doFbld(c *CPU, in *inst) bool {
	var b [10]byte
	if !c.loadBytes(in.seg, c.ea(in), b[:]) {
		return false
	}
	v := int64(0)
	for i := 8; i >= 0; i-- {
		v = v*100 + int64(b[i]>>4)*10 + int64(b[i]&15)
	}
	n := fp.FromInt(v)
	n.Neg = b[9]&0x80 != 0
	c.fpu.setCC(swC1, 0)
	c.fpu.push(pack80(n))
	return true
}

// bcdIndefinite is stored for what does not fit.
var bcdIndefinite = [10]byte{7: 0xc0, 8: 0xff, 9: 0xff}

const bcdLimit = 1_000_000_000_000_000_000

// doFbstp rounds to an integer of at most 18 digits.
func doFbstp(c *CPU, in *inst) bool {
	f := &c.fpu
	e := f.env()
	off := c.ea(in)
	if !c.canStore(in.seg, off, 10) {
		return false
	}
	b := bcdIndefinite
	if f.isEmpty(0) {
		if !f.stackFault(false) {
			return true
		}
	} else {
		n := f.st(0).num(e)
		v, ok := e.Int(n, 64)
		if ok && (v >= bcdLimit || v <= -bcdLimit) {
			e.Flags = e.Flags&^fp.Inexact | fp.Invalid
		}
		if !f.report(e) {
			return true
		}
		if e.Flags&fp.Invalid == 0 {
			b = [10]byte{}
			if n.Neg {
				b[9], v = 0x80, -v
			}
			for i := range 9 {
				b[i] = byte(v%10 | v/10%10<<4)
				v /= 100
			}
		}
	}
	if !c.storeBytes(in.seg, off, b[:]) {
		return false
	}
	f.pop()
	return true
}

// doFxch fills an empty register with the default NaN before the exchange.
func doFxch(c *CPU, in *inst) bool {
	f := &c.fpu
	i := in.modrm & 7
	f.setCC(swC1, 0)
	if f.isEmpty(0) || f.isEmpty(i) {
		if !f.stackFault(false) {
			return true
		}
		for _, k := range [...]uint8{0, i} {
			if f.isEmpty(k) {
				f.set(k, indefinite)
			}
		}
	}
	a, b := *f.st(0), *f.st(i)
	f.set(0, b)
	f.set(i, a)
	return true
}

// orderCC are the condition codes of a comparison's outcomes.
var orderCC = [4]uint16{fp.Less: swC0, fp.Equal: swC3, fp.Greater: 0, fp.Unordered: swC0 | swC2 | swC3}

// compare compares ST(0) with src and reports whether it may pop.
func (f *fpuState) compare(e *fp.Env, src fp.Num, quiet bool) bool {
	a := f.st(0).num(e)
	o := e.Compare(a, src, quiet)
	if !f.report(e) {
		return false
	}
	f.setCC(swCC, orderCC[o])
	return true
}

// compareEmpty is a comparison with an empty register.
func (f *fpuState) compareEmpty() bool {
	masked := f.stackFault(false)
	if masked {
		f.setCC(swCC, orderCC[fp.Unordered])
	}
	return masked
}

func (f *fpuState) popN(n int) {
	for range n {
		f.pop()
	}
}

func compareMem(size int, integer bool, pops int) semantics {
	return func(c *CPU, in *inst) bool {
		var v fp.Num
		var ok bool
		if integer {
			v, ok = c.readInt(in, size)
		} else {
			v, ok = c.readFloat(in, size)
		}
		if !ok {
			return false
		}
		f := &c.fpu
		if f.isEmpty(0) {
			ok = f.compareEmpty()
		} else {
			e := f.env()
			ok = f.compare(e, v, false)
		}
		if ok {
			f.popN(pops)
		}
		return true
	}
}

// comparePops compares with ST(i), which for the forms without an operand is
// ST(1) by their encoding.
func comparePops(pops int, quiet bool) semantics {
	return func(c *CPU, in *inst) bool {
		f := &c.fpu
		i := in.modrm & 7
		var ok bool
		if f.isEmpty(0) || f.isEmpty(i) {
			ok = f.compareEmpty()
		} else {
			e := f.env()
			ok = f.compare(e, f.st(i).num(e), quiet)
		}
		if ok {
			f.popN(pops)
		}
		return true
	}
}

// orderFlags are EFLAGS after FCOMI and COMISS.
var orderFlags = [4]uint32{fp.Less: FlagCF, fp.Equal: FlagZF, fp.Greater: 0, fp.Unordered: FlagZF | FlagPF | FlagCF}

// compareFlags is FCOMI and FUCOMI: the order goes to ZF, PF and CF; OF, SF and
// AF are cleared.
func compareFlags(pop, quiet bool) semantics {
	return func(c *CPU, in *inst) bool {
		f := &c.fpu
		i := in.modrm & 7
		o := fp.Unordered
		if f.isEmpty(0) || f.isEmpty(i) {
			if !f.stackFault(false) {
				return true
			}
		} else {
			e := f.env()
			a, b := f.st(0).num(e), f.st(i).num(e)
			o = e.Compare(a, b, quiet)
			if !f.report(e) {
				return true
			}
		}
		c.fl.setArith(orderFlags[o])
		if pop {
			f.pop()
		}
		return true
	}
}

func doFtst(c *CPU, _ *inst) bool {
	f := &c.fpu
	if f.isEmpty(0) {
		f.compareEmpty()
		return true
	}
	e := f.env()
	f.compare(e, fp.ZeroValue, false)
	return true
}

// doFxam classifies ST(0): C3, C2, C0 (SDM 2 table 3-42), and its sign in C1.
func doFxam(c *CPU, _ *inst) bool {
	f := &c.fpu
	v := *f.st(0)
	cc := uint16(0)
	n, ok := fp.FromF80(v.se, v.m)
	switch {
	case f.isEmpty(0):
		cc = swC3 | swC0
	case !ok:
	case n.IsNaN():
		cc = swC0
	case n.Class == fp.Inf:
		cc = swC2 | swC0
	case n.Class == fp.Zero:
		cc = swC3
	case n.Denormal:
		cc = swC3 | swC2
	default:
		cc = swC2
	}
	if v.se>>15 != 0 {
		cc |= swC1
	}
	f.setCC(swCC, cc)
	return true
}
