package i386

// Transfers of control.

var controlRows = join([]row{
	{name: "jmp", enc: "eb", args: "Jb", ends: true, do: doJmp},
	{name: "jmp", enc: "e9", args: "Jz", ends: true, do: doJmp},
	{name: "jmp", enc: "ff /4", args: "Ev", ends: true, do: doJmpInd},
	{name: "jmp far", enc: "ea", args: "Ap", ends: true, ref: "JMP", do: doJmpFar},
	{name: "jmp far", enc: "ff /5", args: "Mp", ends: true, ref: "JMP", do: doJmpFar},
	{name: "call", enc: "e8", args: "Jz", ends: true, do: doCall},
	{name: "call", enc: "ff /2", args: "Ev", ends: true, do: doCallInd},
	{name: "call far", enc: "9a", args: "Ap", ends: true, ref: "CALL", do: doCallFar},
	{name: "call far", enc: "ff /3", args: "Mp", ends: true, ref: "CALL", do: doCallFar},
	{name: "ret", enc: "c3", ends: true, do: doRet},
	{name: "ret", enc: "c2", args: "Iw", ends: true, do: doRet},
	{name: "retf", enc: "cb", ends: true, ref: "RET", do: doRetFar},
	{name: "retf", enc: "ca", args: "Iw", ends: true, ref: "RET", do: doRetFar},
	{name: "loopne", enc: "e0", args: "Jb", ends: true, ref: "LOOP", do: doLoop},
	{name: "loope", enc: "e1", args: "Jb", ends: true, ref: "LOOP", do: doLoop},
	{name: "loop", enc: "e2", args: "Jb", ends: true, do: doLoop},
	{name: "jcxz", enc: "e3", args: "Jb", ends: true, ref: "Jcc", do: doJcxz},
	{name: "int3", enc: "cc", ends: true, ref: "INT n", do: doInt3},
	{name: "int", enc: "cd", args: "Ib", ends: true, ref: "INT n", do: doInt},
	{name: "into", enc: "ce", ends: true, ref: "INT n", do: doInto},
	{name: "icebp", enc: "f1", ends: true, ref: "INT n", do: doIcebp},
	{name: "iret", enc: "cf", ends: true, ref: "IRET/IRETD", do: doIret},
	{name: "bound", enc: "62 /r", args: "Gv,Ma", ends: true, do: doBound},
	{name: "ud2", enc: "0f 0b", ends: true, ref: "UD", do: doUd},
	{name: "ud1", enc: "0f b9 /r", args: "Gv,Ev", ends: true, ref: "UD", do: doUd},
	{name: "sysenter", enc: "0f 34", ends: true, do: doSysenter},
	{name: "sysexit", enc: "0f 35", ends: true, do: doSysexit},
}, endsBlock(conditional("j", "7", "", "Jb", doJcc)), endsBlock(conditional("j", "0f 8", "", "Jz", doJcc)))

func endsBlock(rows []row) []row {
	for i := range rows {
		rows[i].ends = true
	}
	return rows
}

// jump goes to an offset in CS, truncated to the operand size.
func (c *CPU) jump(to uint32, osz uint8) bool {
	if osz == 2 {
		to &= 0xffff
	}
	if to > c.seg[CS].hi {
		return c.fault(vecGP, 0)
	}
	c.eip = to
	return true
}

func doJmp(c *CPU, in *inst) bool { return c.jump(c.eip+in.relative(), in.osz) }

// relative is a branch's displacement; 16-bit ones need no sign extension,
// since the target is truncated.
func (in *inst) relative() uint32 { return in.imm }

func doJmpInd(c *CPU, in *inst) bool {
	v, ok := c.get(in, 0)
	return ok && c.jump(v, in.osz)
}

// doCall checks the target before it pushes: a fault must leave the stack alone.
func doCall(c *CPU, in *inst) bool {
	back := c.eip
	return c.jump(back+in.relative(), in.osz) && c.push(back, in.osz)
}

func doCallInd(c *CPU, in *inst) bool {
	back := c.eip
	v, ok := c.get(in, 0)
	return ok && c.jump(v, in.osz) && c.push(back, in.osz)
}

// doRet releases the caller's arguments after the return address.
func doRet(c *CPU, in *inst) bool {
	v, ok := c.pop(in.osz)
	if !ok || !c.jump(v, in.osz) {
		return false
	}
	c.addSP(in.imm)
	return true
}

// doJcc: a jump that is not taken is never checked against the limit.
func doJcc(cc uint8) semantics {
	return func(c *CPU, in *inst) bool {
		if c.fl.cond(cc) {
			return c.jump(c.eip+in.relative(), in.osz)
		}
		return true
	}
}

// doLoop counts in CX or ECX by the address size; bit 0 of the opcode and the
// absence of bit 1 tell LOOPE and LOOPNE, by the row's name.
func doLoop(c *CPU, in *inst) bool {
	n := c.reg(ECX, in.asz) - 1
	taken := n&(^uint32(0)>>(32-8*in.asz)) != 0
	switch in.row.name {
	case "loope":
		taken = taken && c.fl.zf()
	case "loopne":
		taken = taken && !c.fl.zf()
	}
	if taken && !c.jump(c.eip+in.relative(), in.osz) {
		return false
	}
	c.setReg(ECX, in.asz, n)
	return true
}

func doJcxz(c *CPU, in *inst) bool {
	if c.reg(ECX, in.asz) == 0 {
		return c.jump(c.eip+in.relative(), in.osz)
	}
	return true
}

// farPointer reads the operand of a far transfer.
func (c *CPU) farPointer(in *inst) (sel uint16, off uint32, ok bool) {
	if in.op[0].kind == opFar {
		return in.imm2, in.imm, true
	}
	at := c.ea(in)
	off, ok = c.load(in.seg, at, in.osz)
	if !ok {
		return 0, 0, false
	}
	s, ok := c.load(in.seg, c.wrap(in, at+uint32(in.osz)), 2)
	return uint16(s), off, ok
}

func doJmpFar(c *CPU, in *inst) bool {
	sel, off, ok := c.farPointer(in)
	return ok && c.farJump(sel, off, in.osz)
}

func doCallFar(c *CPU, in *inst) bool {
	sel, off, ok := c.farPointer(in)
	return ok && c.farCall(sel, off, in.osz)
}

func doRetFar(c *CPU, in *inst) bool { return c.farReturn(in.osz, in.imm) }

// software delivers INT n, INT3, INTO: traps, which return to the next
// instruction. Only the gate's DPL and a fault on the way make it fail.
func (c *CPU) software(vec uint8) bool {
	c.softInt(vec)
	c.dbg.entered = true
	return true
}

// doInt: in virtual-8086 mode INT n needs IOPL 3; INT3 and INTO do not.
func doInt(c *CPU, in *inst) bool {
	if c.vm86Sensitive() {
		return false
	}
	return c.software(uint8(in.imm))
}

func doInt3(c *CPU, _ *inst) bool { return c.software(vecBP) }

func doInto(c *CPU, _ *inst) bool {
	if c.fl.of() != 0 {
		return c.software(vecOF)
	}
	return true
}

// doIcebp is the undocumented INT1: a debug trap without a DPL check.
func doIcebp(c *CPU, _ *inst) bool {
	c.deliver(exception{vector: vecDB})
	c.dbg.entered = true
	return true
}

// doBound compares as signed numbers; the bounds are a pair in memory.
func doBound(c *CPU, in *inst) bool {
	off := c.ea(in)
	lo, ok := c.load(in.seg, off, in.osz)
	if !ok {
		return false
	}
	hi, ok := c.load(in.seg, c.wrap(in, off+uint32(in.osz)), in.osz)
	if !ok {
		return false
	}
	v, _ := c.get(in, 0)
	i := extend(v, in.osz)
	if i < extend(lo, in.osz) || i > extend(hi, in.osz) {
		return c.fault(vecBR, 0)
	}
	return true
}

func doUd(c *CPU, _ *inst) bool { return c.fault(vecUD, 0) }
