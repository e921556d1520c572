package i386

// Data movement without arithmetic.

var movRows = join([]row{
	{name: "mov", enc: "88 /r", args: "Eb,Gb", do: doMov},
	{name: "mov", enc: "89 /r", args: "Ev,Gv", do: doMov},
	{name: "mov", enc: "8a /r", args: "Gb,Eb", do: doMov},
	{name: "mov", enc: "8b /r", args: "Gv,Ev", do: doMov},
	{name: "mov", enc: "a0", args: "AL,Ob", do: doMov},
	{name: "mov", enc: "a1", args: "eAX,Ov", do: doMov},
	{name: "mov", enc: "a2", args: "Ob,AL", do: doMov},
	{name: "mov", enc: "a3", args: "Ov,eAX", do: doMov},
	{name: "mov", enc: "b0 +r", args: "Zb,Ib", do: doMov},
	{name: "mov", enc: "b8 +r", args: "Zv,Iz", do: doMov},
	{name: "mov", enc: "c6 /0", args: "Eb,Ib", do: doMov},
	{name: "mov", enc: "c7 /0", args: "Ev,Iz", do: doMov},
	// To a register a selector is stored in the operand size, zero-extended;
	// to memory it is always a word.
	{name: "mov", enc: "8c /r /m", args: "Mw,Sw", do: doMovFromSeg},
	{name: "mov", enc: "8c /r /g", args: "Rv,Sw", do: doMovFromSeg},
	{name: "mov", enc: "8e /r", args: "Sw,Ew", ends: true, do: doMovToSeg},
	{name: "movzx", enc: "0f b6 /r", args: "Gv,Eb", do: doMov},
	{name: "movzx", enc: "0f b7 /r", args: "Gv,Ew", do: doMov},
	{name: "movsx", enc: "0f be /r", args: "Gv,Eb", do: doMovsx},
	{name: "movsx", enc: "0f bf /r", args: "Gv,Ew", do: doMovsx},
	{name: "lea", enc: "8d /r", args: "Gv,M", do: doLea},
	{name: "nop", enc: "90", do: doNop},
	{name: "xchg", enc: "91", args: "Zv,eAX", do: doXchg},
	{name: "xchg", enc: "92", args: "Zv,eAX", do: doXchg},
	{name: "xchg", enc: "93", args: "Zv,eAX", do: doXchg},
	{name: "xchg", enc: "94", args: "Zv,eAX", do: doXchg},
	{name: "xchg", enc: "95", args: "Zv,eAX", do: doXchg},
	{name: "xchg", enc: "96", args: "Zv,eAX", do: doXchg},
	{name: "xchg", enc: "97", args: "Zv,eAX", do: doXchg},
	{name: "xlatb", enc: "d7", ref: "XLAT", do: doXlat},
	{name: "lahf", enc: "9f", do: doLahf},
	{name: "sahf", enc: "9e", flags: "SZAPC", do: doSahf},
	{name: "les", enc: "c4 /r", args: "Gv,Mp", ends: true, ref: "LDS", do: doLoadFar(ES)},
	{name: "lds", enc: "c5 /r", args: "Gv,Mp", ends: true, do: doLoadFar(DS)},
	{name: "lss", enc: "0f b2 /r", args: "Gv,Mp", ends: true, ref: "LDS", do: doLoadFar(SS)},
	{name: "lfs", enc: "0f b4 /r", args: "Gv,Mp", ends: true, ref: "LDS", do: doLoadFar(FS)},
	{name: "lgs", enc: "0f b5 /r", args: "Gv,Mp", ends: true, ref: "LDS", do: doLoadFar(GS)},
	// Multi-byte NOP and the prefetch hints, which never fault.
	{name: "nop", enc: "0f 1f /r", args: "Ev", do: doNop},
	{name: "prefetchnta", enc: "0f 18 /0", args: "Mb", ref: "PREFETCHh", do: doNop},
	{name: "prefetcht0", enc: "0f 18 /1", args: "Mb", ref: "PREFETCHh", do: doNop},
	{name: "prefetcht1", enc: "0f 18 /2", args: "Mb", ref: "PREFETCHh", do: doNop},
	{name: "prefetcht2", enc: "0f 18 /3", args: "Mb", ref: "PREFETCHh", do: doNop},
}, conditional("cmov", "0f 4", " /r", "Gv,Ev", doCmov),
	conditional("set", "0f 9", " /r", "Eb", doSetcc))

// condNames are the condition codes' suffixes (SDM 1 appendix B).
var condNames = [16]string{"o", "no", "b", "ae", "e", "ne", "be", "a", "s", "ns", "p", "np", "l", "ge", "le", "g"}

// conditional makes sixteen rows, one for each condition code.
func conditional(name, op, modrm, args string, do func(cc uint8) semantics) []row {
	var rows []row
	for cc, suffix := range condNames {
		rows = append(rows, row{
			name: name + suffix, enc: op + hexByte(byte(cc))[1:] + modrm, args: args,
			ref: name + "cc", do: do(uint8(cc)),
		})
	}
	return rows
}

const hexDigits = "0123456789abcdef"

func hexByte(b byte) string { return string([]byte{hexDigits[b>>4], hexDigits[b&15]}) }

func unhex(s string) byte {
	var v byte
	for _, ch := range []byte(s) {
		switch {
		case ch <= '9':
			v = v<<4 | (ch - '0')
		default:
			v = v<<4 | (ch - 'a' + 10)
		}
	}
	return v
}

func doNop(*CPU, *inst) bool { return true }

func doMov(c *CPU, in *inst) bool {
	v, ok := c.get(in, 1)
	return ok && c.set(in, 0, v)
}

func doMovsx(c *CPU, in *inst) bool {
	v, ok := c.get(in, 1)
	return ok && c.set(in, 0, uint32(extend(v, in.op[1].size)))
}

func doMovFromSeg(c *CPU, in *inst) bool {
	n := in.op[1].n
	if n >= numSegs {
		return c.fault(vecUD, 0)
	}
	return c.set(in, 0, uint32(c.seg[n].sel))
}

// doMovToSeg: CS cannot be loaded so. After SS, one more instruction runs before
// any interrupt, so that a pair of loads moves the whole stack pointer.
func doMovToSeg(c *CPU, in *inst) bool {
	n := in.op[0].n
	if n == CS || n >= numSegs {
		return c.fault(vecUD, 0)
	}
	v, ok := c.get(in, 1)
	if !ok || !c.loadSeg(int(n), uint16(v)) {
		return false
	}
	if n == SS {
		c.holdInterrupts()
	}
	return true
}

// holdInterrupts keeps interrupts and debug traps off the next instruction
// (SDM 3A 6.8.3).
func (c *CPU) holdInterrupts() {
	c.shadow = true
	c.updateAttention()
}

// doLea truncates the address to the operand size; no segment is looked at.
func doLea(c *CPU, in *inst) bool {
	return c.set(in, 0, c.ea(in))
}

// doXlat reads [BX+AL] or [EBX+AL].
func doXlat(c *CPU, in *inst) bool {
	off := c.r[EBX] + c.r[EAX]&0xff
	if in.asz == 2 {
		off &= 0xffff
	}
	v, ok := c.load(in.seg, off, 1)
	if ok {
		c.setReg(EAX, 1, v)
	}
	return ok
}

const flagsAH = FlagSF | FlagZF | FlagAF | FlagPF | FlagCF

func doLahf(c *CPU, _ *inst) bool {
	c.setReg(ESP, 1, c.fl.arith()&flagsAH|flagOne) // byte register 4 is AH
	return true
}

// doSahf leaves OF alone.
func doSahf(c *CPU, _ *inst) bool {
	c.fl.setArith(c.fl.arith()&FlagOF | c.r[EAX]>>8&flagsAH)
	return true
}

// doLoadFar loads a far pointer; the general register changes only if the
// segment register could be loaded.
func doLoadFar(n int) semantics {
	return func(c *CPU, in *inst) bool {
		off := c.ea(in)
		v, ok := c.load(in.seg, off, in.osz)
		if !ok {
			return false
		}
		sel, ok := c.load(in.seg, c.wrap(in, off+uint32(in.osz)), 2)
		if !ok || !c.loadSeg(n, uint16(sel)) {
			return false
		}
		if n == SS {
			c.holdInterrupts()
		}
		return c.set(in, 0, v)
	}
}

// wrap keeps an offset within the address size.
func (c *CPU) wrap(in *inst, off uint32) uint32 {
	if in.asz == 2 {
		return off & 0xffff
	}
	return off
}

// doCmov reads its source in any case: a fault there does not depend on the
// condition.
func doCmov(cc uint8) semantics {
	return func(c *CPU, in *inst) bool {
		v, ok := c.get(in, 1)
		if !ok {
			return false
		}
		if c.fl.cond(cc) {
			c.set(in, 0, v)
		}
		return true
	}
}

func doSetcc(cc uint8) semantics {
	return func(c *CPU, in *inst) bool {
		v := uint32(0)
		if c.fl.cond(cc) {
			v = 1
		}
		return c.set(in, 0, v)
	}
}
