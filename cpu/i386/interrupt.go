package i386

// Delivery of interrupts and exceptions (SDM 3A chapter 6; the INT n page of
// SDM 2 has the steps).

// enterHandler makes one attempt at delivering e.
func (c *CPU) enterHandler(e *exception) bool {
	switch {
	case c.mode.real():
		return c.enterReal(e)
	default:
		return c.enterProtected(e)
	}
}

// enterReal goes through the interrupt vector table: four bytes a vector.
func (c *CPU) enterReal(e *exception) bool {
	at := uint32(e.vector) * 4
	if at+3 > uint32(c.idtr.limit) {
		return c.fault(vecGP, 0)
	}
	off, ok := c.sysLoad(c.idtr.base+at, 2)
	if !ok {
		return false
	}
	sel, ok := c.sysLoad(c.idtr.base+at+2, 2)
	if !ok {
		return false
	}
	if !c.push(c.EFLAGS(), 2) || !c.push(uint32(c.seg[CS].sel), 2) || !c.push(c.eip, 2) {
		return false
	}
	c.setEFLAGS(0, FlagIF|FlagTF|FlagAC|FlagRF)
	c.loadSegReal(CS, uint16(sel))
	c.eip = off
	return true
}

// ext is the EXT bit of the error codes of faults met while delivering e: the
// program is not to blame (SDM 3A 6.13).
func (e *exception) ext() uint32 {
	if e.software {
		return 0
	}
	return 1
}

const (
	codeIDT  = 1 << 1 // an error code's index is of a gate in the IDT
	gateSize = 8
)

// enterProtected finds the gate and checks that e may use it. The DPL of a gate
// guards against INT n alone: exceptions and lines pass.
func (c *CPU) enterProtected(e *exception) bool {
	at := uint32(e.vector) * gateSize
	badGate := at | codeIDT | e.ext()
	if at+gateSize-1 > uint32(c.idtr.limit) {
		return c.fault(vecGP, badGate)
	}
	var g descriptor
	lo, ok := c.sysLoad(c.idtr.base+at, 4)
	if !ok {
		return false
	}
	hi, ok := c.sysLoad(c.idtr.base+at+4, 4)
	if !ok {
		return false
	}
	g.decode(lo, hi)
	kind := g.sysType()
	if !g.isSystem() || kind&^(sysWide|gateTrap) != sysIntGate16 && kind != sysTaskGate {
		return c.fault(vecGP, badGate)
	}
	if e.software && g.dpl() < c.cpl {
		return c.fault(vecGP, badGate)
	}
	if !g.present() {
		return c.fault(vecNP, badGate)
	}
	if kind == sysTaskGate {
		return c.interruptTask(e, g.gateSelector())
	}
	return c.interruptGate(e, &g)
}

// interruptGate enters a handler in the same task. Until setCS nothing is done
// that restoreContext could not undo, but for accessed bits and what was pushed.
func (c *CPU) interruptGate(e *exception, g *descriptor) bool {
	sel := g.gateSelector()
	badCS := uint32(sel&^selRPL) | e.ext()
	if isNull(sel) {
		return c.fault(vecGP, e.ext())
	}
	cs, ok := c.readDescriptor(sel, vecGP)
	if !ok {
		c.exc.addExt(e)
		return false
	}
	if !cs.isCode() || cs.dpl() > c.cpl {
		return c.fault(vecGP, badCS)
	}
	if !cs.present() {
		return c.fault(vecNP, badCS)
	}
	size := uint8(2)
	if g.sysType()&sysWide != 0 {
		size = 4
	}
	flags := c.EFLAGS()
	if e.fault && e.vector != vecDF {
		// A fault's image has RF set, so that the restarted instruction
		// does not hit its breakpoint again (SDM 3B 17.3.1.1).
		flags |= FlagRF
	}
	back, cpl := c.eip, c.cpl
	oldCS := uint32(c.seg[CS].sel)
	vm := c.mode.vm()
	if !cs.conforming() && cs.dpl() < cpl {
		cpl = cs.dpl()
		if vm && cpl != 0 {
			return c.fault(vecGP, badCS)
		}
		if !c.switchStack(e, cpl, size, vm) {
			return false
		}
	} else if vm {
		return c.fault(vecGP, badCS)
	}
	ok = c.push(flags, size) && c.push(oldCS, size) && c.push(back, size) &&
		(!e.hasCode() || c.push(e.code, size))
	if !ok {
		c.exc.addExt(e)
		return false
	}
	off := g.gateOffset()
	if size == 2 {
		off &= 0xffff
	}
	if off > cs.limit {
		return c.fault(vecGP, e.ext())
	}
	if !c.setCS(&cs, cpl) {
		return false
	}
	c.eip = off
	clear := uint32(FlagTF | FlagNT | FlagRF | FlagVM)
	if g.sysType()&gateTrap == 0 {
		clear |= FlagIF
	}
	c.setEFLAGS(0, clear)
	c.modeChanged()
	return true
}

// addExt marks the error code of a fault met while delivering e.
func (x *exception) addExt(e *exception) {
	if x.vector != vecPF {
		x.code |= e.ext()
	}
}

// switchStack moves to the stack that the TSS holds for a more privileged
// level and saves the old one there; from virtual-8086 mode also the data
// segment registers, which are then emptied.
func (c *CPU) switchStack(e *exception, cpl, size uint8, vm bool) bool {
	sel, esp, ok := c.tssStack(cpl)
	if !ok {
		c.exc.addExt(e)
		return false
	}
	ss, ok := c.checkSS(sel, cpl, vecTS)
	if !ok || !c.markAccessed(&ss) {
		c.exc.addExt(e)
		return false
	}
	old := c.seg
	oldESP := c.r[ESP]
	c.cpl = cpl
	c.seg[SS] = ss.segment
	c.eflags &^= FlagVM
	c.modeChanged()
	c.r[ESP] = esp
	ok = true
	if vm {
		for _, n := range [...]int{GS, FS, DS, ES} {
			ok = ok && c.push(uint32(old[n].sel), size)
			c.seg[n] = nullSegment(0)
		}
	}
	ok = ok && c.push(uint32(old[SS].sel), size) && c.push(oldESP, size)
	if !ok {
		if c.exc.vector == vecSS {
			c.exc.code = uint32(sel &^ selRPL)
		}
		c.exc.addExt(e)
	}
	c.modeChanged()
	return ok
}

// Offsets of the stacks for levels 0 to 2 in the two TSS formats.
const (
	tss16Stack0 = 0x02
	tss32Stack0 = 0x04
)

// tssStack reads the stack pointer for a privilege level from the TSS.
func (c *CPU) tssStack(cpl uint8) (sel uint16, esp uint32, ok bool) {
	size, at := uint32(2), tss16Stack0+uint32(cpl)*4
	if c.tr.sysType()&sysWide != 0 {
		size, at = 4, tss32Stack0+uint32(cpl)*8
	}
	if at+size+1 > c.tr.limit {
		return 0, 0, c.fault(vecTS, uint32(c.tr.sel&^selRPL))
	}
	esp, ok = c.sysLoad(c.tr.base+at, int(size))
	if !ok {
		return 0, 0, false
	}
	s, ok := c.sysLoad(c.tr.base+at+size, 2)
	return uint16(s), esp, ok
}
