package i386

import "math/bits"

// Two-operand arithmetic, its one-operand relatives, multiplication and
// division, and the exchanging forms.

var aluRows = join(
	arith("add", "00", "/0", true, alu2(add[uint8], add[uint16], add[uint32])),
	arith("or", "08", "/1", true, alu2(or[uint8], or[uint16], or[uint32])),
	arith("adc", "10", "/2", true, alu2(adc[uint8], adc[uint16], adc[uint32])),
	arith("sbb", "18", "/3", true, alu2(sbb[uint8], sbb[uint16], sbb[uint32])),
	arith("and", "20", "/4", true, alu2(and[uint8], and[uint16], and[uint32])),
	arith("sub", "28", "/5", true, alu2(sub[uint8], sub[uint16], sub[uint32])),
	arith("xor", "30", "/6", true, alu2(xor[uint8], xor[uint16], xor[uint32])),
	arith("cmp", "38", "/7", false, cmp2(sub[uint8], sub[uint16], sub[uint32])),
	[]row{
		{name: "test", enc: "84 /r", args: "Eb,Gb", flags: "OSZaPC", do: doTest},
		{name: "test", enc: "85 /r", args: "Ev,Gv", flags: "OSZaPC", do: doTest},
		{name: "test", enc: "a8", args: "AL,Ib", flags: "OSZaPC", do: doTest},
		{name: "test", enc: "a9", args: "eAX,Iz", flags: "OSZaPC", do: doTest},
		{name: "test", enc: "f6 /0", args: "Eb,Ib", flags: "OSZaPC", do: doTest},
		{name: "test", enc: "f7 /0", args: "Ev,Iz", flags: "OSZaPC", do: doTest},
		// The undocumented twin of /0, which every processor decodes.
		{name: "test", enc: "f6 /1", args: "Eb,Ib", flags: "OSZaPC", do: doTest},
		{name: "test", enc: "f7 /1", args: "Ev,Iz", flags: "OSZaPC", do: doTest},

		{name: "inc", enc: "40 +r", args: "Zv", flags: "OSZAP", do: doInc},
		{name: "dec", enc: "48 +r", args: "Zv", flags: "OSZAP", do: doDec},
		{name: "inc", enc: "fe /0", args: "Eb", flags: "OSZAP", lock: true, do: doInc},
		{name: "dec", enc: "fe /1", args: "Eb", flags: "OSZAP", lock: true, do: doDec},
		{name: "inc", enc: "ff /0", args: "Ev", flags: "OSZAP", lock: true, do: doInc},
		{name: "dec", enc: "ff /1", args: "Ev", flags: "OSZAP", lock: true, do: doDec},
		{name: "not", enc: "f6 /2", args: "Eb", lock: true, do: doNot},
		{name: "not", enc: "f7 /2", args: "Ev", lock: true, do: doNot},
		{name: "neg", enc: "f6 /3", args: "Eb", flags: "OSZAPC", lock: true, do: doNeg},
		{name: "neg", enc: "f7 /3", args: "Ev", flags: "OSZAPC", lock: true, do: doNeg},

		{name: "mul", enc: "f6 /4", args: "Eb", flags: "OszapC", do: doMul},
		{name: "mul", enc: "f7 /4", args: "Ev", flags: "OszapC", do: doMul},
		{name: "imul", enc: "f6 /5", args: "Eb", flags: "OszapC", do: doIMul1},
		{name: "imul", enc: "f7 /5", args: "Ev", flags: "OszapC", do: doIMul1},
		{name: "div", enc: "f6 /6", args: "Eb", flags: "oszapc", do: doDiv},
		{name: "div", enc: "f7 /6", args: "Ev", flags: "oszapc", do: doDiv},
		{name: "idiv", enc: "f6 /7", args: "Eb", flags: "oszapc", do: doIDiv},
		{name: "idiv", enc: "f7 /7", args: "Ev", flags: "oszapc", do: doIDiv},
		{name: "imul", enc: "0f af /r", args: "Gv,Ev", flags: "OszapC", do: doIMul2},
		{name: "imul", enc: "69 /r", args: "Gv,Ev,Iz", flags: "OszapC", do: doIMul3},
		{name: "imul", enc: "6b /r", args: "Gv,Ev,sIb", flags: "OszapC", do: doIMul3},

		{name: "xchg", enc: "86 /r", args: "Eb,Gb", lock: true, do: doXchg},
		{name: "xchg", enc: "87 /r", args: "Ev,Gv", lock: true, do: doXchg},
		{name: "xadd", enc: "0f c0 /r", args: "Eb,Gb", flags: "OSZAPC", lock: true, do: doXadd},
		{name: "xadd", enc: "0f c1 /r", args: "Ev,Gv", flags: "OSZAPC", lock: true, do: doXadd},
		{name: "cmpxchg", enc: "0f b0 /r", args: "Eb,Gb", flags: "OSZAPC", lock: true, do: doCmpxchg},
		{name: "cmpxchg", enc: "0f b1 /r", args: "Ev,Gv", flags: "OSZAPC", lock: true, do: doCmpxchg},
		{name: "cmpxchg8b", enc: "0f c7 /1", args: "Mq", flags: "Z", lock: true, do: doCmpxchg8b},

		{name: "cbw", enc: "98", ref: "CBW/CWDE", do: doCbw},
		{name: "cwd", enc: "99", ref: "CWD/CDQ", do: doCwd},
		{name: "bswap", enc: "0f c8 +r", args: "Zv", do: doBswap},
	},
)

// join concatenates groups of rows.
func join(parts ...[]row) []row {
	var all []row
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

// arith makes the rows of one of the eight operations that share a layout:
// six opcodes from base on and an extension of group 1 (SDM 2 table A-6).
// Opcode 82 is the undocumented twin of 80.
func arith(name, base, ext string, lock bool, do semantics) []row {
	op := func(n byte) string { return hexByte(unhex(base) + n) }
	fl := "OSZAPC"
	if name == "and" || name == "or" || name == "xor" {
		fl = "OSZaPC"
	}
	return []row{
		{name: name, enc: op(0) + " /r", args: "Eb,Gb", flags: fl, lock: lock, do: do},
		{name: name, enc: op(1) + " /r", args: "Ev,Gv", flags: fl, lock: lock, do: do},
		{name: name, enc: op(2) + " /r", args: "Gb,Eb", flags: fl, do: do},
		{name: name, enc: op(3) + " /r", args: "Gv,Ev", flags: fl, do: do},
		{name: name, enc: op(4), args: "AL,Ib", flags: fl, do: do},
		{name: name, enc: op(5), args: "eAX,Iz", flags: fl, do: do},
		{name: name, enc: "80 " + ext, args: "Eb,Ib", flags: fl, lock: lock, do: do},
		{name: name, enc: "81 " + ext, args: "Ev,Iz", flags: fl, lock: lock, do: do},
		{name: name, enc: "82 " + ext, args: "Eb,Ib", flags: fl, lock: lock, do: do},
		{name: name, enc: "83 " + ext, args: "Ev,sIb", flags: fl, lock: lock, do: do},
	}
}

// at calls the function of an operand's size.
func at2(size uint8, f *lazy, a, b uint32,
	f8 func(*lazy, uint8, uint8) uint8, f16 func(*lazy, uint16, uint16) uint16, f32 func(*lazy, uint32, uint32) uint32,
) uint32 {
	switch size {
	case 1:
		return uint32(f8(f, uint8(a), uint8(b)))
	case 2:
		return uint32(f16(f, uint16(a), uint16(b)))
	}
	return f32(f, a, b)
}

// alu2 is op0 = f(op0, op1).
func alu2(f8 func(*lazy, uint8, uint8) uint8, f16 func(*lazy, uint16, uint16) uint16, f32 func(*lazy, uint32, uint32) uint32) semantics {
	return func(c *CPU, in *inst) bool {
		b, ok := c.get(in, 1)
		if !ok {
			return false
		}
		a, ok := c.modify(in, 0)
		if !ok {
			return false
		}
		return c.set(in, 0, at2(in.op[0].size, &c.fl, a, b, f8, f16, f32))
	}
}

// cmp2 is f(op0, op1) for its flags alone.
func cmp2(f8 func(*lazy, uint8, uint8) uint8, f16 func(*lazy, uint16, uint16) uint16, f32 func(*lazy, uint32, uint32) uint32) semantics {
	return func(c *CPU, in *inst) bool {
		a, ok := c.get(in, 0)
		if !ok {
			return false
		}
		b, ok := c.get(in, 1)
		if !ok {
			return false
		}
		at2(in.op[0].size, &c.fl, a, b, f8, f16, f32)
		return true
	}
}

// alu1 is op0 = f(op0).
func alu1(f8 func(*lazy, uint8) uint8, f16 func(*lazy, uint16) uint16, f32 func(*lazy, uint32) uint32) semantics {
	return func(c *CPU, in *inst) bool {
		a, ok := c.modify(in, 0)
		if !ok {
			return false
		}
		switch in.op[0].size {
		case 1:
			a = uint32(f8(&c.fl, uint8(a)))
		case 2:
			a = uint32(f16(&c.fl, uint16(a)))
		default:
			a = f32(&c.fl, a)
		}
		return c.set(in, 0, a)
	}
}

var (
	doTest = cmp2(and[uint8], and[uint16], and[uint32])
	doInc  = alu1(inc[uint8], inc[uint16], inc[uint32])
	doDec  = alu1(dec[uint8], dec[uint16], dec[uint32])
	doNeg  = alu1(neg[uint8], neg[uint16], neg[uint32])
	doNot  = alu1(not[uint8], not[uint16], not[uint32])
)

// doMul: AX = AL * r/m8, DX:AX = AX * r/m16, EDX:EAX = EAX * r/m32.
func doMul(c *CPU, in *inst) bool {
	v, ok := c.get(in, 0)
	if !ok {
		return false
	}
	size := in.op[0].size
	p := uint64(c.reg(EAX, size)) * uint64(v)
	c.setProduct(size, p, p>>(8*size) != 0)
	return true
}

// doIMul1: CF and OF say that the upper half is more than the lower's sign.
func doIMul1(c *CPU, in *inst) bool {
	v, ok := c.get(in, 0)
	if !ok {
		return false
	}
	size := in.op[0].size
	p := int64(extend(c.reg(EAX, size), size)) * int64(extend(v, size))
	c.setProduct(size, uint64(p), p != int64(extend(uint32(p), size)))
	return true
}

// setProduct stores a double-width product and its flags.
func (c *CPU) setProduct(size uint8, p uint64, over bool) {
	mulFlags(&c.fl, uint32(extend(uint32(p), size)), over)
	if size == 1 {
		c.setReg(EAX, 2, uint32(p))
		return
	}
	c.setReg(EAX, size, uint32(p))
	c.setReg(EDX, size, uint32(p>>(8*size)))
}

// extend sign-extends the low size bytes of v.
func extend(v uint32, size uint8) int32 {
	sh := 32 - 8*size
	return int32(v<<sh) >> sh
}

// dividend is AX, DX:AX or EDX:EAX.
func (c *CPU) dividend(size uint8) uint64 {
	if size == 1 {
		return uint64(c.reg(EAX, 2))
	}
	return uint64(c.reg(EDX, size))<<(8*size) | uint64(c.reg(EAX, size))
}

// setQuotient stores quotient and remainder: AL and AH, or the accumulator and
// DX or EDX.
func (c *CPU) setQuotient(size uint8, q, r uint32) {
	c.setReg(EAX, size, q)
	if size == 1 {
		c.setReg(ESP, 1, r) // byte register 4 is AH
		return
	}
	c.setReg(EDX, size, r)
}

// doDiv raises #DE for a quotient that does not fit, as for a zero divisor. The
// operand is read first: its fault wins.
func doDiv(c *CPU, in *inst) bool {
	v, ok := c.get(in, 0)
	if !ok {
		return false
	}
	size := in.op[0].size
	n := c.dividend(size)
	if v == 0 {
		return c.fault(vecDE, 0)
	}
	q := n / uint64(v)
	if q>>(8*size) != 0 {
		return c.fault(vecDE, 0)
	}
	c.setQuotient(size, uint32(q), uint32(n%uint64(v)))
	return true
}

// doIDiv works in 64 bits, where only one quotient cannot be had: the least
// dividend over -1.
func doIDiv(c *CPU, in *inst) bool {
	v, ok := c.get(in, 0)
	if !ok {
		return false
	}
	size := in.op[0].size
	sh := 64 - 16*uint(size)
	n := int64(c.dividend(size)<<sh) >> sh
	d := int64(extend(v, size))
	if d == 0 {
		return c.fault(vecDE, 0)
	}
	q := n / d
	// The most negative dividend over -1 overflows int64 too; Go wraps.
	if q != int64(extend(uint32(q), size)) || d == -1 && n < 0 && q < 0 {
		return c.fault(vecDE, 0)
	}
	c.setQuotient(size, uint32(q), uint32(n%d))
	return true
}

func (c *CPU) imulInto(in *inst, a, b uint32) bool {
	return c.set(in, 0, at2(in.op[0].size, &c.fl, a, b, imul[uint8], imul[uint16], imul[uint32]))
}

func doIMul2(c *CPU, in *inst) bool {
	b, ok := c.get(in, 1)
	if !ok {
		return false
	}
	a, _ := c.get(in, 0)
	return c.imulInto(in, a, b)
}

func doIMul3(c *CPU, in *inst) bool {
	a, ok := c.get(in, 1)
	return ok && c.imulInto(in, a, in.imm)
}

// doXchg makes sure of the store before the register changes.
func doXchg(c *CPU, in *inst) bool {
	a, ok := c.modify(in, 0)
	if !ok {
		return false
	}
	b, _ := c.get(in, 1)
	// Memory comes first: its address may depend on the register.
	return c.set(in, 0, b) && c.set(in, 1, a)
}

// doXadd: the sum goes to the destination last, which may be the same register.
func doXadd(c *CPU, in *inst) bool {
	a, ok := c.modify(in, 0)
	if !ok {
		return false
	}
	b, _ := c.get(in, 1)
	sum := at2(in.op[0].size, &c.fl, a, b, add[uint8], add[uint16], add[uint32])
	if in.op[0].kind == opMem { // its address may depend on the register
		return c.set(in, 0, sum) && c.set(in, 1, a)
	}
	c.set(in, 1, a)
	return c.set(in, 0, sum)
}

// doCmpxchg stores in either case: the destination receives a write cycle
// without regard to the comparison (SDM 2, CMPXCHG).
func doCmpxchg(c *CPU, in *inst) bool {
	a, ok := c.modify(in, 0)
	if !ok {
		return false
	}
	size := in.op[0].size
	at2(size, &c.fl, c.reg(EAX, size), a, sub[uint8], sub[uint16], sub[uint32])
	if c.fl.zf() {
		v, _ := c.get(in, 1)
		return c.set(in, 0, v)
	}
	if in.op[0].kind == opMem {
		c.set(in, 0, a)
	}
	c.setReg(EAX, size, a)
	return true
}

// doCmpxchg8b, as doCmpxchg, stores in either case. Of the flags it touches ZF
// alone.
func doCmpxchg8b(c *CPU, in *inst) bool {
	off := c.ea(in)
	if !c.canStore(in.seg, off, 8) {
		return false
	}
	lo, ok := c.load(in.seg, off, 4)
	if !ok {
		return false
	}
	hi, ok := c.load(in.seg, off+4, 4)
	if !ok {
		return false
	}
	f := c.fl.arith() &^ FlagZF
	newLo, newHi := lo, hi
	if lo == c.r[EAX] && hi == c.r[EDX] {
		f |= FlagZF
		newLo, newHi = c.r[EBX], c.r[ECX]
	} else {
		c.r[EAX], c.r[EDX] = lo, hi
	}
	c.fl.setArith(f)
	return c.store(in.seg, off, 4, newLo) && c.store(in.seg, off+4, 4, newHi)
}

// doCbw sign-extends AL into AX, or AX into EAX.
func doCbw(c *CPU, in *inst) bool {
	half := in.osz / 2
	c.setReg(EAX, in.osz, uint32(extend(c.reg(EAX, half), half)))
	return true
}

// doCwd fills DX or EDX with the sign of AX or EAX.
func doCwd(c *CPU, in *inst) bool {
	c.setReg(EDX, in.osz, uint32(extend(c.reg(EAX, in.osz), in.osz)>>31))
	return true
}

// doBswap: with a 16-bit operand the result is undefined; the P6 clears it.
func doBswap(c *CPU, in *inst) bool {
	v := bits.ReverseBytes32(c.r[in.op[0].n&7])
	if in.osz == 2 {
		v = 0
	}
	c.setReg(in.op[0].n, in.osz, v)
	return true
}
