package i386

// Hardware task switching (SDM 3A chapter 7).

// The 32-bit TSS (figure 7-2) and the 16-bit one (figure 7-10), by offset. The
// dynamic part, from EIP to the last selector, is saved and loaded.
const (
	tssLink = 0x00

	tss32CR3    = 0x1c
	tss32EIP    = 0x20
	tss32EFLAGS = 0x24
	tss32Regs   = 0x28
	tss32Segs   = 0x48
	tss32LDT    = 0x60
	tss32Trap   = 0x64
	tss32Limit  = 0x67 // the least limit

	tss16IP    = 0x0e
	tss16FLAGS = 0x10
	tss16Regs  = 0x12
	tss16Segs  = 0x22
	tss16LDT   = 0x2a
	tss16Limit = 0x2b
)

// taskReason is what caused a task switch; it decides about busy bits, NT and
// the back link (table 7-2).
type taskReason uint8

const (
	taskJump taskReason = iota
	taskCall            // and interrupts and exceptions: the new task is nested
	taskReturn
)

// interruptTask delivers e through a task gate.
func (c *CPU) interruptTask(e *exception, sel uint16) bool {
	tss, ok := c.gateTSS(sel, e.ext())
	if !ok {
		c.exc.addExt(e)
		return false
	}
	return c.switchTask(&tss, taskCall, e)
}

// iretTask is IRET with NT set: back to the task that the link names.
func (c *CPU) iretTask() bool {
	link, ok := c.sysLoad(c.tr.base+tssLink, 2)
	if !ok {
		return false
	}
	sel := uint16(link)
	code := uint32(sel &^ selRPL)
	if isNull(sel) || sel&selLDT != 0 {
		return c.fault(vecTS, code)
	}
	d, ok := c.readDescriptor(sel, vecTS)
	if !ok {
		return false
	}
	if t := d.sysType(); !d.isSystem() || t != sysBusyTSS16 && t != sysBusyTSS32 {
		return c.fault(vecTS, code)
	}
	if !d.present() {
		return c.fault(vecNP, code)
	}
	return c.switchTask(&d, taskReturn, nil)
}

// taskState is the dynamic part of a TSS, of either format.
type taskState struct {
	cr3, eip, eflags uint32
	regs             [8]uint32
	segs             [numSegs]uint16
	ldt              uint16
	trap             bool
}

// readTask reads a new task's state. A 16-bit task has no FS, GS and CR3.
func (c *CPU) readTask(d *descriptor) (t taskState, ok bool) {
	ok = true
	get := func(off uint32, size int) uint32 {
		if !ok {
			return 0
		}
		var v uint32
		v, ok = c.sysLoad(d.base+off, size)
		return v
	}
	if d.sysType()&sysWide == 0 {
		t.eip, t.eflags = get(tss16IP, 2), get(tss16FLAGS, 2)
		for i := range t.regs {
			t.regs[i] = get(tss16Regs+uint32(i)*2, 2) | 0xffff_0000
		}
		for i := range FS {
			t.segs[i] = uint16(get(tss16Segs+uint32(i)*2, 2))
		}
		t.ldt = uint16(get(tss16LDT, 2))
		t.cr3 = c.cr3
		return t, ok
	}
	t.cr3, t.eip, t.eflags = get(tss32CR3, 4), get(tss32EIP, 4), get(tss32EFLAGS, 4)
	for i := range t.regs {
		t.regs[i] = get(tss32Regs+uint32(i)*4, 4)
	}
	for i := range t.segs {
		t.segs[i] = uint16(get(tss32Segs+uint32(i)*4, 2))
	}
	t.ldt = uint16(get(tss32LDT, 2))
	t.trap = get(tss32Trap, 2)&1 != 0
	return t, ok
}

// writeTask saves the old task's state. The caller has probed the pages.
func (c *CPU) writeTask(flags uint32) {
	base := c.tr.base
	if c.tr.sysType()&sysWide == 0 {
		c.sysStore(base+tss16IP, 2, c.eip)
		c.sysStore(base+tss16FLAGS, 2, flags)
		for i, v := range c.r[:8] {
			c.sysStore(base+tss16Regs+uint32(i)*2, 2, v)
		}
		for i := range FS {
			c.sysStore(base+tss16Segs+uint32(i)*2, 2, uint32(c.seg[i].sel))
		}
		return
	}
	c.sysStore(base+tss32EIP, 4, c.eip)
	c.sysStore(base+tss32EFLAGS, 4, flags)
	for i, v := range c.r[:8] {
		c.sysStore(base+tss32Regs+uint32(i)*4, 4, v)
	}
	for i := range c.seg {
		c.sysStore(base+tss32Segs+uint32(i)*4, 2, uint32(c.seg[i].sel))
	}
}

// switchTask leaves the current task for d's (section 7.3). Faults up to step
// 11 happen in the old task; later ones in the new one, with its EIP saved.
// e is the event that is delivered by the switch, or nil.
func (c *CPU) switchTask(d *descriptor, why taskReason, e *exception) bool {
	code := uint32(d.sel &^ selRPL)
	if e != nil {
		code |= e.ext()
	}
	least := uint32(tss16Limit)
	if d.sysType()&sysWide != 0 {
		least = tss32Limit
	}
	if d.limit < least {
		return c.fault(vecTS, code)
	}
	oldLeast := uint32(tss16Limit)
	if c.tr.sysType()&sysWide != 0 {
		oldLeast = tss32Limit
	}
	next, ok := c.readTask(d)
	if !ok || !c.probe(c.tr.base, oldLeast+1, supervisor) || !c.probe(d.base, 2, supervisor) {
		return false
	}

	flags := c.EFLAGS()
	if e != nil && e.fault && e.vector != vecDF {
		flags |= FlagRF
	}
	if why == taskReturn {
		flags &^= FlagNT
	}
	oldTR := c.tr.sel
	if why != taskCall {
		old, ok := c.readDescriptor(c.tr.sel, vecTS)
		if !ok || !c.setBusy(&old, false) {
			return false
		}
	}
	c.writeTask(flags)
	if why == taskCall {
		c.sysStore(d.base+tssLink, 2, uint32(oldTR))
		next.eflags |= FlagNT
	}
	if why != taskReturn && !c.setBusy(d, true) {
		return false
	}

	// From here on the new task is the one to blame.
	c.exc.keepESP = true
	c.tr = d.segment
	c.tr.attr |= tssBusy
	c.cr0 |= CR0TS
	if d.sysType()&sysWide != 0 && c.cr0&CR0PG != 0 && next.cr3 != c.cr3 {
		c.setCR3(next.cr3)
	}
	return c.startTask(&next, e)
}

// startTask loads the registers of a new task and checks its segments, in the
// order of table 7-1.
func (c *CPU) startTask(t *taskState, e *exception) bool {
	copy(c.r[:8], t.regs[:])
	c.eip = t.eip
	c.setEFLAGS(t.eflags, flagsArith|flagsSystem)
	ext := uint32(0)
	if e != nil {
		ext = e.ext()
	}
	for i := range c.seg {
		c.seg[i] = nullSegment(t.segs[i])
	}
	c.ldtr = nullSegment(t.ldt)
	if c.dr[7]&dr7Local != 0 {
		c.dr[7] &^= dr7Local
		c.debugChanged()
	}
	bad := func(vec uint8, sel uint16) bool {
		return c.fault(vec, uint32(sel&^selRPL)|ext)
	}
	if !isNull(t.ldt) {
		d, ok := c.taskLDT(t.ldt, bad)
		if !ok {
			return false
		}
		c.ldtr = d.segment
	}
	if c.eflags&FlagVM != 0 {
		c.cpl = 3
		c.modeChanged()
		for i := range c.seg {
			c.loadSegReal(i, t.segs[i])
		}
	} else {
		c.cpl = uint8(t.segs[CS] & selRPL)
		c.modeChanged()
		if !c.taskSegments(t, bad) {
			c.exc.code |= ext
			return false
		}
	}
	if c.eip > c.seg[CS].hi {
		return c.fault(vecGP, ext)
	}
	if e != nil && e.hasCode() {
		size := uint8(2)
		if c.tr.sysType()&sysWide != 0 {
			size = 4
		}
		if !c.push(e.code, size) {
			return false
		}
	}
	if t.trap {
		c.dbg.hit |= dr6BT
		c.updateAttention()
	}
	return true
}

// taskLDT reads the new task's LDT descriptor. Its faults are #TS, and like all
// from here on they happen in the new task.
func (c *CPU) taskLDT(sel uint16, bad func(uint8, uint16) bool) (d descriptor, ok bool) {
	if sel&selLDT != 0 {
		return d, bad(vecTS, sel)
	}
	d, ok = c.readDescriptor(sel, vecTS)
	if !ok {
		return d, false
	}
	if !d.isSystem() || d.sysType() != sysLDT || !d.present() {
		return d, bad(vecTS, sel)
	}
	return d, true
}

// taskSegments loads CS, SS and the data segments of a new task.
func (c *CPU) taskSegments(t *taskState, bad func(uint8, uint16) bool) bool {
	sel := t.segs[CS]
	if isNull(sel) {
		return bad(vecTS, sel)
	}
	cs, ok := c.readDescriptor(sel, vecTS)
	if !ok {
		return false
	}
	switch {
	case !cs.isCode(),
		cs.conforming() && cs.dpl() > cs.rpl(),
		!cs.conforming() && cs.dpl() != cs.rpl():
		return bad(vecTS, sel)
	case !cs.present():
		return bad(vecNP, sel)
	}
	if !c.loadSS(t.segs[SS], c.cpl, vecTS) {
		return false
	}
	for _, n := range [...]int{DS, ES, FS, GS} {
		if !c.loadSeg(n, t.segs[n]) {
			if c.exc.vector == vecGP {
				c.exc.vector = vecTS
			}
			return false
		}
	}
	return c.setCS(&cs, cs.rpl())
}
