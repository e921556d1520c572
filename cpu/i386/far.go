package i386

// Far jumps, calls and returns (SDM 3A 5.8; the JMP, CALL, RET and IRET pages
// of SDM 2).

// checkCS reads and checks the target code segment of a direct far jump or
// call.
func (c *CPU) checkCS(d *descriptor) bool {
	code := uint32(d.sel &^ selRPL)
	if d.conforming() {
		if d.dpl() > c.cpl {
			return c.fault(vecGP, code)
		}
	} else if d.rpl() > c.cpl || d.dpl() != c.cpl {
		return c.fault(vecGP, code)
	}
	if !d.present() {
		return c.fault(vecNP, code)
	}
	return true
}

// farReal is a far transfer in real or virtual-8086 mode.
func (c *CPU) farReal(sel uint16, off uint32, osz uint8) bool {
	if osz == 2 {
		off &= 0xffff
	}
	if off > c.seg[CS].limit {
		return c.fault(vecGP, 0)
	}
	c.loadSegReal(CS, sel)
	c.eip = off
	return true
}

// farTarget reads the descriptor that a far pointer's selector names.
func (c *CPU) farTarget(sel uint16) (d descriptor, ok bool) {
	if isNull(sel) {
		return d, c.fault(vecGP, 0)
	}
	return c.readDescriptor(sel, vecGP)
}

// farJump is JMP to a far pointer: to code of the same privilege, through a call
// gate, or to a task. osz is the operand size, which truncates the offset.
func (c *CPU) farJump(sel uint16, off uint32, osz uint8) bool {
	if !c.mode.protected() {
		return c.farReal(sel, off, osz)
	}
	d, ok := c.farTarget(sel)
	if !ok {
		return false
	}
	if d.isCode() {
		if osz == 2 {
			off &= 0xffff
		}
		return c.checkCS(&d) && c.enterCode(&d, off, c.cpl)
	}
	return c.farSystem(&d, false)
}

// enterCode loads CS and EIP with a checked descriptor.
func (c *CPU) enterCode(d *descriptor, off uint32, cpl uint8) bool {
	if off > d.limit {
		return c.fault(vecGP, 0)
	}
	if !c.setCS(d, cpl) {
		return false
	}
	c.eip = off
	return true
}

// farCall is CALL to a far pointer. The return address goes on the stack only
// after the target has been checked, so that a bad target leaves no trace.
func (c *CPU) farCall(sel uint16, off uint32, osz uint8) bool {
	if !c.mode.protected() {
		oldCS, back := c.seg[CS].sel, c.eip
		if osz == 2 {
			off &= 0xffff
		}
		if off > c.seg[CS].limit {
			return c.fault(vecGP, 0)
		}
		return c.push(uint32(oldCS), osz) && c.push(back, osz) && c.farReal(sel, off, osz)
	}
	d, ok := c.farTarget(sel)
	if !ok {
		return false
	}
	if !d.isCode() {
		return c.farSystem(&d, true)
	}
	if osz == 2 {
		off &= 0xffff
	}
	if !c.checkCS(&d) {
		return false
	}
	if off > d.limit {
		return c.fault(vecGP, 0)
	}
	return c.push(uint32(c.seg[CS].sel), osz) && c.push(c.eip, osz) && c.enterCode(&d, off, c.cpl)
}

// farSystem transfers through a gate or to a task.
func (c *CPU) farSystem(d *descriptor, call bool) bool {
	code := uint32(d.sel &^ selRPL)
	if !d.isSystem() || d.dpl() < c.cpl || d.dpl() < d.rpl() {
		return c.fault(vecGP, code)
	}
	why := taskJump
	if call {
		why = taskCall
	}
	switch d.sysType() {
	case sysTSS16, sysTSS32:
		if !d.present() {
			return c.fault(vecNP, code)
		}
		return c.switchTask(d, why, nil)
	case sysTaskGate:
		if !d.present() {
			return c.fault(vecNP, code)
		}
		tss, ok := c.gateTSS(d.gateSelector(), 0)
		return ok && c.switchTask(&tss, why, nil)
	case sysCallGate16, sysCallGate32:
		if !d.present() {
			return c.fault(vecNP, code)
		}
		return c.throughGate(d, call)
	}
	return c.fault(vecGP, code)
}

// gateTSS reads and checks the TSS descriptor that a task gate names.
func (c *CPU) gateTSS(sel uint16, ext uint32) (d descriptor, ok bool) {
	code := uint32(sel&^selRPL) | ext
	if isNull(sel) || sel&selLDT != 0 {
		return d, c.fault(vecGP, code)
	}
	d, ok = c.readDescriptor(sel, vecGP)
	if !ok {
		return d, false
	}
	if t := d.sysType(); !d.isSystem() || t != sysTSS16 && t != sysTSS32 {
		return d, c.fault(vecGP, code)
	}
	if !d.present() {
		return d, c.fault(vecNP, code)
	}
	return d, true
}

// throughGate enters code through a call gate (SDM 3A 5.8.3 to 5.8.5).
func (c *CPU) throughGate(g *descriptor, call bool) bool {
	cs, ok := c.farTarget(g.gateSelector())
	if !ok {
		return false
	}
	code := uint32(g.gateSelector() &^ selRPL)
	if !cs.isCode() || cs.dpl() > c.cpl {
		return c.fault(vecGP, code)
	}
	if !call && !cs.conforming() && cs.dpl() != c.cpl {
		return c.fault(vecGP, code)
	}
	if !cs.present() {
		return c.fault(vecNP, code)
	}
	size := uint8(2)
	if g.sysType()&sysWide != 0 {
		size = 4
	}
	if !call {
		return c.enterCode(&cs, g.gateOffset(), c.cpl)
	}
	if g.gateOffset() > cs.limit {
		return c.fault(vecGP, 0)
	}
	oldCS, back := uint32(c.seg[CS].sel), c.eip
	cpl := c.cpl
	if !cs.conforming() && cs.dpl() < c.cpl {
		cpl = cs.dpl()
		before := c.saveContext()
		if !c.callStack(g, cpl, size) || !c.push(oldCS, size) || !c.push(back, size) ||
			!c.enterCode(&cs, g.gateOffset(), cpl) {
			c.restoreContext(&before)
			return false
		}
		return true
	}
	return c.push(oldCS, size) && c.push(back, size) && c.enterCode(&cs, g.gateOffset(), cpl)
}

// callStack switches to the inner stack and copies the gate's parameters.
func (c *CPU) callStack(g *descriptor, cpl, size uint8) bool {
	sel, esp, ok := c.tssStack(cpl)
	if !ok {
		return false
	}
	ss, ok := c.checkSS(sel, cpl, vecTS)
	if !ok {
		return false
	}
	n := g.gateParams()
	var params [32]uint32
	at := c.sp()
	for i := range n {
		off := at + uint32(i)*uint32(size)
		if !c.mode.stack32() {
			off &= 0xffff
		}
		if params[i], ok = c.load(SS, off, size); !ok {
			return false
		}
	}
	if !c.markAccessed(&ss) {
		return false
	}
	oldSS, oldESP := uint32(c.seg[SS].sel), c.r[ESP]
	c.cpl = cpl
	c.seg[SS] = ss.segment
	c.modeChanged()
	c.r[ESP] = esp
	ok = c.push(oldSS, size) && c.push(oldESP, size)
	for i := int(n) - 1; ok && i >= 0; i-- {
		ok = c.push(params[i], size)
	}
	if !ok && c.exc.vector == vecSS {
		c.exc.code = uint32(sel &^ selRPL)
	}
	return ok
}

// returnCS checks the code segment that RET or IRET pops (SDM 2, RET).
func (c *CPU) returnCS(sel uint16) (d descriptor, ok bool) {
	if isNull(sel) {
		return d, c.fault(vecGP, 0)
	}
	d, ok = c.readDescriptor(sel, vecGP)
	if !ok {
		return d, false
	}
	code := uint32(sel &^ selRPL)
	if !d.isCode() || d.rpl() < c.cpl {
		return d, c.fault(vecGP, code)
	}
	if d.conforming() && d.dpl() > d.rpl() || !d.conforming() && d.dpl() != d.rpl() {
		return d, c.fault(vecGP, code)
	}
	if !d.present() {
		return d, c.fault(vecNP, code)
	}
	return d, true
}

// farReturn is RETF; release is its immediate.
func (c *CPU) farReturn(osz uint8, release uint32) bool {
	off, ok := c.pop(osz)
	if !ok {
		return false
	}
	sel, ok := c.pop(osz)
	if !ok {
		return false
	}
	if !c.mode.protected() {
		if !c.farReal(uint16(sel), off, osz) {
			return false
		}
		c.addSP(release)
		return true
	}
	cs, ok := c.returnCS(uint16(sel))
	if !ok {
		return false
	}
	if cs.rpl() == c.cpl {
		if !c.enterCode(&cs, off, c.cpl) {
			return false
		}
		c.addSP(release)
		return true
	}
	c.addSP(release)
	return c.returnOuter(&cs, off, osz, release, 0, 0)
}

// returnOuter finishes RETF and IRET to a less privileged level: the outer
// stack, then the data segments that may not be kept. mask selects the bits of
// EFLAGS to take from flags.
func (c *CPU) returnOuter(cs *descriptor, off uint32, osz uint8, release, flags, mask uint32) bool {
	esp, ok := c.pop(osz)
	if !ok {
		return false
	}
	sel, ok := c.pop(osz)
	if !ok {
		return false
	}
	ss, ok := c.checkSS(uint16(sel), cs.rpl(), vecGP)
	if !ok {
		return false
	}
	if off > cs.limit {
		return c.fault(vecGP, 0)
	}
	if !c.markAccessed(&ss) || !c.setCS(cs, cs.rpl()) {
		return false
	}
	c.seg[SS] = ss.segment
	c.modeChanged()
	if c.mode.stack32() {
		c.r[ESP] = esp
	} else {
		c.setReg(ESP, 2, esp)
	}
	c.addSP(release)
	c.eip = off
	c.setEFLAGS(flags, mask)
	c.dropSegs()
	return true
}

// doIret takes one of four ways: real and virtual-8086 mode, back to a nesting
// task, to virtual-8086 mode, or within protected mode. Whichever it is, it ends
// the time in which NMIs are held.
func doIret(c *CPU, in *inst) bool {
	if c.vm86Sensitive() {
		return false
	}
	ok := false
	switch {
	case !c.mode.protected():
		ok = c.iretReal(in.osz)
	case c.eflags&FlagNT != 0:
		ok = c.iretTask()
	default:
		ok = c.iretProtected(in.osz)
	}
	if ok {
		c.inNMI = false
		c.updateAttention()
	}
	return ok
}

// popFrame pops EIP, CS and EFLAGS.
func (c *CPU) popFrame(osz uint8) (off, sel, flags uint32, ok bool) {
	if off, ok = c.pop(osz); !ok {
		return
	}
	if sel, ok = c.pop(osz); !ok {
		return
	}
	flags, ok = c.pop(osz)
	return
}

// iretMask is what IRET may change of EFLAGS.
func (c *CPU) iretMask(osz uint8) uint32 {
	mask := c.popfMask(osz)
	if osz == 4 {
		mask |= FlagRF
	}
	return mask
}

// iretReal: in virtual-8086 mode, reached with IOPL 3 only, IOPL itself stays.
func (c *CPU) iretReal(osz uint8) bool {
	off, sel, flags, ok := c.popFrame(osz)
	if !ok || !c.farReal(uint16(sel), off, osz) {
		return false
	}
	mask := c.iretMask(osz)
	if c.mode.vm() {
		mask &^= FlagIOPL
	}
	c.setEFLAGS(flags, mask)
	return true
}

// iretProtected looks at the popped VM bit first: with it the selectors mean
// something else. The flags that may change are those of the level that
// returns, not of the one returned to.
func (c *CPU) iretProtected(osz uint8) bool {
	off, sel, flags, ok := c.popFrame(osz)
	if !ok {
		return false
	}
	if osz == 4 && flags&FlagVM != 0 && c.cpl == 0 {
		return c.iretVM86(off, sel, flags)
	}
	cs, ok := c.returnCS(uint16(sel))
	if !ok {
		return false
	}
	mask := c.iretMask(osz)
	if cs.rpl() == c.cpl {
		if !c.enterCode(&cs, off, c.cpl) {
			return false
		}
		c.setEFLAGS(flags, mask)
		return true
	}
	return c.returnOuter(&cs, off, osz, 0, flags, mask)
}

// iretVM86 returns to virtual-8086 mode: six more words on the stack.
func (c *CPU) iretVM86(off, sel, flags uint32) bool {
	var w [6]uint32 // ESP, SS, ES, DS, FS, GS
	for i := range w {
		var ok bool
		if w[i], ok = c.pop(4); !ok {
			return false
		}
	}
	if off > 0xffff {
		return c.fault(vecGP, 0)
	}
	c.setEFLAGS(flags, flagsArith|flagsSystem)
	c.cpl = 3
	c.modeChanged()
	for i, n := range [...]int{SS, ES, DS, FS, GS} {
		c.loadSegReal(n, uint16(w[i+1]))
	}
	c.loadSegReal(CS, uint16(sel))
	c.r[ESP] = w[0]
	c.eip = off & 0xffff
	return true
}
