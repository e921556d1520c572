package i386

// Decimal adjustment (SDM 2, AAA to DAS). OF, and for AAA and AAS also SF, ZF
// and PF, are undefined there; the P6 clears OF and sets the rest from AL.

var bcdRows = []row{
	{name: "daa", enc: "27", flags: "oSZAPC", do: doDaa},
	{name: "das", enc: "2f", flags: "oSZAPC", do: doDas},
	{name: "aaa", enc: "37", flags: "oszApC", do: doAaa},
	{name: "aas", enc: "3f", flags: "oszApC", do: doAas},
	{name: "aam", enc: "d4", args: "Ib", flags: "oSZaPc", do: doAam},
	{name: "aad", enc: "d5", args: "Ib", flags: "oSZaPc", do: doAad},
}

// setBCD sets the flags from AL, with the given AF and CF.
func (c *CPU) setBCD(al uint8, af, cf bool) {
	c.fl.res, c.fl.aux = signed(al), 0
	if af {
		c.fl.aux |= auxAF
	}
	if cf {
		c.fl.setCO(1, 0)
	}
}

// doDaa follows the SDM's pseudo-code: the decision about the high digit is made
// on the AL from before.
func doDaa(c *CPU, _ *inst) bool {
	al := uint8(c.r[EAX])
	old, cf := al, c.fl.cf() != 0
	af := al&0xf > 9 || c.fl.af() != 0
	if af {
		al += 6
	}
	if cf || old > 0x99 {
		al += 0x60
		cf = true
	}
	c.setReg(EAX, 1, uint32(al))
	c.setBCD(al, af, cf)
	return true
}

func doDas(c *CPU, _ *inst) bool {
	al := uint8(c.r[EAX])
	old, carry := al, c.fl.cf() != 0
	cf := false
	af := al&0xf > 9 || c.fl.af() != 0
	if af {
		cf = carry || al < 6
		al -= 6
	}
	if carry || old > 0x99 {
		al -= 0x60
		cf = true
	}
	c.setReg(EAX, 1, uint32(al))
	c.setBCD(al, af, cf)
	return true
}

// doAaa adds to AX as a whole, as processors since the 80286 do: a carry out of
// AL reaches AH.
func doAaa(c *CPU, _ *inst) bool {
	ax := c.r[EAX]
	adjust := ax&0xf > 9 || c.fl.af() != 0
	if adjust {
		ax += 0x106
	}
	ax &= 0xff0f
	c.setReg(EAX, 2, ax)
	c.setBCD(uint8(ax), adjust, adjust)
	return true
}

func doAas(c *CPU, _ *inst) bool {
	ax := c.r[EAX]
	adjust := ax&0xf > 9 || c.fl.af() != 0
	if adjust {
		ax -= 0x106
	}
	ax &= 0xff0f
	c.setReg(EAX, 2, ax)
	c.setBCD(uint8(ax), adjust, adjust)
	return true
}

// doAam divides by its immediate, ten in assemblers' eyes; zero is #DE.
func doAam(c *CPU, in *inst) bool {
	al, base := c.r[EAX]&0xff, in.imm&0xff
	if base == 0 {
		return c.fault(vecDE, 0)
	}
	c.setReg(EAX, 2, al/base<<8|al%base)
	c.setBCD(uint8(al%base), false, false)
	return true
}

func doAad(c *CPU, in *inst) bool {
	al := uint8(c.r[EAX] + c.r[EAX]>>8*in.imm)
	c.setReg(EAX, 2, uint32(al))
	c.setBCD(al, false, false)
	return true
}
