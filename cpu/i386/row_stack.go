package i386

// The stack.

var stackRows = []row{
	{name: "push", enc: "50 +r", args: "Zv", do: doPush},
	{name: "pop", enc: "58 +r", args: "Zv", do: doPop},
	{name: "push", enc: "68", args: "Iz", do: doPush},
	{name: "push", enc: "6a", args: "sIb", do: doPush},
	{name: "push", enc: "ff /6", args: "Ev", do: doPush},
	{name: "pop", enc: "8f /0", args: "Ev", do: doPop},
	{name: "push", enc: "06", args: "ES", do: doPush},
	{name: "push", enc: "0e", args: "CS", do: doPush},
	{name: "push", enc: "16", args: "SS", do: doPush},
	{name: "push", enc: "1e", args: "DS", do: doPush},
	{name: "push", enc: "0f a0", args: "FS", do: doPush},
	{name: "push", enc: "0f a8", args: "GS", do: doPush},
	{name: "pop", enc: "07", args: "ES", ends: true, do: doPopSeg},
	{name: "pop", enc: "17", args: "SS", ends: true, do: doPopSeg},
	{name: "pop", enc: "1f", args: "DS", ends: true, do: doPopSeg},
	{name: "pop", enc: "0f a1", args: "FS", ends: true, do: doPopSeg},
	{name: "pop", enc: "0f a9", args: "GS", ends: true, do: doPopSeg},
	{name: "pusha", enc: "60", ref: "PUSHA/PUSHAD", do: doPusha},
	{name: "popa", enc: "61", ref: "POPA/POPAD", do: doPopa},
	{name: "pushf", enc: "9c", ref: "PUSHF/PUSHFD", do: doPushf},
	{name: "popf", enc: "9d", flags: "OSZAPC", ends: true, ref: "POPF/POPFD", do: doPopf},
	{name: "enter", enc: "c8", args: "Iw,Ib", do: doEnter},
	{name: "leave", enc: "c9", do: doLeave},
}

// addSP moves the stack pointer: ESP, or SP alone on a 16-bit stack.
func (c *CPU) addSP(n uint32) {
	if c.mode.stack32() {
		c.r[ESP] += n
		return
	}
	c.setReg(ESP, 2, c.r[ESP]+n)
}

// sp is the offset of the stack's top.
func (c *CPU) sp() uint32 {
	if c.mode.stack32() {
		return c.r[ESP]
	}
	return c.r[ESP] & 0xffff
}

// push stores first and moves the pointer after: a fault leaves it. On a 16-bit
// stack the offset wraps at 64 KiB.
func (c *CPU) push(v uint32, size uint8) bool {
	off := c.sp() - uint32(size)
	if !c.mode.stack32() {
		off &= 0xffff
	}
	if !c.store(SS, off, size, v) {
		return false
	}
	c.addSP(-uint32(size))
	return true
}

func (c *CPU) pop(size uint8) (uint32, bool) {
	v, ok := c.load(SS, c.sp(), size)
	if ok {
		c.addSP(uint32(size))
	}
	return v, ok
}

// doPush: a selector takes a whole operand-size slot, and PUSH ESP pushes the
// value from before.
func doPush(c *CPU, in *inst) bool {
	v, ok := c.get(in, 0)
	return ok && c.push(v, in.osz)
}

// doPop: an address based on ESP is computed after the increment (SDM 2, POP).
func doPop(c *CPU, in *inst) bool {
	v, ok := c.pop(in.osz)
	return ok && c.set(in, 0, v)
}

// doPopSeg reads the selector alone, though the slot is as wide as the operand
// size: what lies beside it is not looked at.
func doPopSeg(c *CPU, in *inst) bool {
	n := in.op[0].n
	v, ok := c.load(SS, c.sp(), 2)
	if !ok {
		return false
	}
	// The pop is sized by the stack that it comes from, not by a new SS.
	wide := c.mode.stack32()
	if !c.loadSeg(int(n), uint16(v)) {
		return false
	}
	if wide {
		c.r[ESP] += uint32(in.osz)
	} else {
		c.setReg(ESP, 2, c.r[ESP]+uint32(in.osz))
	}
	if n == SS {
		c.holdInterrupts()
	}
	return true
}

// doPusha pushes ESP as it was before.
func doPusha(c *CPU, in *inst) bool {
	old := c.r[ESP]
	for n := uint8(EAX); n <= EDI; n++ {
		v := c.r[n]
		if n == ESP {
			v = old
		}
		if !c.push(v, in.osz) {
			return false
		}
	}
	return true
}

// doPopa skips the saved ESP. All eight words are read before a register
// changes, so that a fault in the middle can restart.
func doPopa(c *CPU, in *inst) bool {
	var v [8]uint32
	for n := EDI; n >= EAX; n-- {
		var ok bool
		if v[n], ok = c.pop(in.osz); !ok {
			return false
		}
	}
	for n, w := range v {
		if n != ESP {
			c.setReg(uint8(n), in.osz, w)
		}
	}
	return true
}

// vm86Sensitive raises #GP(0) for the instructions that virtual-8086 mode
// reserves to IOPL 3 (SDM 3B 20.2.7).
func (c *CPU) vm86Sensitive() bool {
	if c.mode.vm() && c.iopl() < 3 {
		return !c.fault(vecGP, 0)
	}
	return false
}

// doPushf never shows VM and RF.
func doPushf(c *CPU, in *inst) bool {
	if c.vm86Sensitive() {
		return false
	}
	return c.push(c.EFLAGS()&^uint32(FlagVM|FlagRF), in.osz)
}

// popfMask is the set of flags that POPF and IRET may change at this
// privilege level.
func (c *CPU) popfMask(size uint8) uint32 {
	mask := uint32(flagsArith | FlagTF | FlagDF | FlagNT | FlagAC | FlagID)
	if c.cpl == 0 || c.mode.real() {
		mask |= FlagIOPL
	}
	if c.cpl <= c.iopl() || c.mode.real() {
		mask |= FlagIF
	}
	if size == 2 {
		mask &= 0xffff
	}
	return mask
}

// doPopf leaves alone what the privilege level may not change, without a fault.
func doPopf(c *CPU, in *inst) bool {
	if c.vm86Sensitive() {
		return false
	}
	v, ok := c.pop(in.osz)
	if ok {
		c.setEFLAGS(v, c.popfMask(in.osz)|FlagRF)
		c.eflags &^= FlagRF
	}
	return ok
}

// doEnter builds a frame with up to 31 pointers to enclosing frames.
func doEnter(c *CPU, in *inst) bool {
	level := in.imm2 & 31
	size := uint32(in.osz)
	if !c.push(c.r[EBP], in.osz) {
		return false
	}
	frame := c.r[ESP]
	at := c.r[EBP]
	for i := uint16(1); i < level; i++ {
		at -= size
		off := at
		if !c.mode.stack32() {
			off &= 0xffff
		}
		v, ok := c.load(SS, off, in.osz)
		if !ok || !c.push(v, in.osz) {
			return false
		}
	}
	if level > 0 && !c.push(frame, in.osz) {
		return false
	}
	c.addSP(-in.imm)
	// The new top must be writable, so that the frame's first use cannot be
	// the one to fault (SDM 2, ENTER).
	if !c.canStore(SS, c.sp(), 1) {
		return false
	}
	c.setReg(EBP, in.osz, frame)
	return true
}

// doLeave moves the stack pointer first, so that the pop may fault above: execute
// puts ESP back then.
func doLeave(c *CPU, in *inst) bool {
	if c.mode.stack32() {
		c.r[ESP] = c.r[EBP]
	} else {
		c.setReg(ESP, 2, c.r[EBP])
	}
	v, ok := c.pop(in.osz)
	if ok {
		c.setReg(EBP, in.osz, v)
	}
	return ok
}
