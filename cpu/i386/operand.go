package i386

// ea is the offset of the memory operand in its segment.
func (c *CPU) ea(in *inst) uint32 {
	a := c.r[in.base&15] + c.r[in.index&15]<<in.scale + in.disp
	if in.asz == 2 {
		a &= 0xffff
	}
	return a
}

// reg reads a general register of 1, 2 or 4 bytes. Byte registers 4 to 7 are
// AH, CH, DH and BH.
func (c *CPU) reg(n, size uint8) uint32 {
	switch size {
	case 1:
		return c.r[n&3] >> (n & 4 << 1) & 0xff
	case 2:
		return c.r[n&7] & 0xffff
	}
	return c.r[n&7]
}

func (c *CPU) setReg(n, size uint8, v uint32) {
	switch size {
	case 1:
		sh := n & 4 << 1
		c.r[n&3] = c.r[n&3]&^(0xff<<sh) | v&0xff<<sh
	case 2:
		c.r[n&7] = c.r[n&7]&^0xffff | v&0xffff
	default:
		c.r[n&7] = v
	}
}

// get reads operand i.
func (c *CPU) get(in *inst, i int) (uint32, bool) {
	o := &in.op[i]
	switch o.kind {
	case opReg:
		return c.reg(o.n, o.size), true
	case opMem:
		return c.load(in.seg, c.ea(in), o.size)
	case opImm:
		return in.imm, true
	case opConst:
		return uint32(o.n), true
	case opSreg:
		return uint32(c.seg[o.n].sel), true
	}
	return 0, true
}

// set writes operand i.
func (c *CPU) set(in *inst, i int, v uint32) bool {
	o := &in.op[i]
	if o.kind == opReg {
		c.setReg(o.n, o.size, v)
		return true
	}
	return c.store(in.seg, c.ea(in), o.size, v)
}

// modify reads operand i and makes sure that set will succeed.
func (c *CPU) modify(in *inst, i int) (uint32, bool) {
	o := &in.op[i]
	if o.kind == opReg {
		return c.reg(o.n, o.size), true
	}
	off := c.ea(in)
	if !c.canStore(in.seg, off, uint32(o.size)) {
		return 0, false
	}
	// A store right implies the load right only for the pages; a segment
	// that can be written can be read too.
	return c.load(in.seg, off, o.size)
}
