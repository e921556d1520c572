package i386

// Moves between MMX and XMM registers and memory, and the instructions on the
// state of both units.

// simdMoveRows are the moves that compute nothing.
var simdMoveRows = []row{
	{name: "movd", enc: "np 0f 6e /r", args: "Pq,Ed", do: moveZero(4)},
	{name: "movd", enc: "66 0f 6e /r", args: "Vdq,Ed", do: moveZero(4)},
	{name: "movd", enc: "np 0f 7e /r", args: "Ed,Pq", do: moveZero(4)},
	{name: "movd", enc: "66 0f 7e /r", args: "Ed,Vdq", do: moveZero(4)},
	{name: "movq", enc: "np 0f 6f /r", args: "Pq,Qq", do: moveZero(8)},
	{name: "movq", enc: "np 0f 7f /r", args: "Qq,Pq", do: moveZero(8)},
	{name: "movq", enc: "f3 0f 7e /r", args: "Vdq,Wq", do: moveZero(8)},
	{name: "movq", enc: "66 0f d6 /r", args: "Wq,Vdq", do: moveZero(8)},
	{name: "movq2dq", enc: "f3 0f d6 /r /g", args: "Vdq,Qq", do: moveZero(8)},
	{name: "movdq2q", enc: "f2 0f d6 /r /g", args: "Pq,Wdq", do: moveZero(8)},
	{name: "movdqa", enc: "66 0f 6f /r", args: "Vdq,Wdq", do: moveWhole(false)},
	{name: "movdqa", enc: "66 0f 7f /r", args: "Wdq,Vdq", do: moveWhole(false)},
	{name: "movdqu", enc: "f3 0f 6f /r", args: "Vdq,Wdq", do: moveWhole(true)},
	{name: "movdqu", enc: "f3 0f 7f /r", args: "Wdq,Vdq", do: moveWhole(true)},
	{name: "movaps", enc: "np 0f 28 /r", args: "Vdq,Wdq", do: moveWhole(false)},
	{name: "movaps", enc: "np 0f 29 /r", args: "Wdq,Vdq", do: moveWhole(false)},
	{name: "movapd", enc: "66 0f 28 /r", args: "Vdq,Wdq", do: moveWhole(false)},
	{name: "movapd", enc: "66 0f 29 /r", args: "Wdq,Vdq", do: moveWhole(false)},
	{name: "movups", enc: "np 0f 10 /r", args: "Vdq,Wdq", do: moveWhole(true)},
	{name: "movups", enc: "np 0f 11 /r", args: "Wdq,Vdq", do: moveWhole(true)},
	{name: "movupd", enc: "66 0f 10 /r", args: "Vdq,Wdq", do: moveWhole(true)},
	{name: "movupd", enc: "66 0f 11 /r", args: "Wdq,Vdq", do: moveWhole(true)},
	{name: "movntps", enc: "np 0f 2b /r", args: "Mdq,Vdq", do: moveWhole(false)},
	{name: "movntpd", enc: "66 0f 2b /r", args: "Mdq,Vdq", do: moveWhole(false)},
	{name: "movntdq", enc: "66 0f e7 /r", args: "Mdq,Vdq", do: moveWhole(false)},
	{name: "movntq", enc: "np 0f e7 /r", args: "Mq,Pq", do: moveZero(8)},
	{name: "movnti", enc: "np 0f c3 /r", args: "Md,Gd", do: doMov},
	// A scalar load clears the rest of the register; a register move does not.
	{name: "movss", enc: "f3 0f 10 /r /m", args: "Vdq,Md", do: moveZero(4)},
	{name: "movss", enc: "f3 0f 10 /r /g", args: "Vdq,Wdq", do: movePart(0, 0, 4)},
	{name: "movss", enc: "f3 0f 11 /r /m", args: "Md,Vdq", do: moveZero(4)},
	{name: "movss", enc: "f3 0f 11 /r /g", args: "Wdq,Vdq", do: movePart(0, 0, 4)},
	{name: "movsd", enc: "f2 0f 10 /r /m", args: "Vdq,Mq", do: moveZero(8)},
	{name: "movsd", enc: "f2 0f 10 /r /g", args: "Vdq,Wdq", do: movePart(0, 0, 8)},
	{name: "movsd", enc: "f2 0f 11 /r /m", args: "Mq,Vdq", do: moveZero(8)},
	{name: "movsd", enc: "f2 0f 11 /r /g", args: "Wdq,Vdq", do: movePart(0, 0, 8)},
	{name: "movlps", enc: "np 0f 12 /r /m", args: "Vdq,Mq", do: movePart(0, 0, 8)},
	{name: "movhlps", enc: "np 0f 12 /r /g", args: "Vdq,Wdq", do: movePart(0, 8, 8)},
	{name: "movlpd", enc: "66 0f 12 /r", args: "Vdq,Mq", do: movePart(0, 0, 8)},
	{name: "movlps", enc: "np 0f 13 /r", args: "Mq,Vdq", do: movePart(0, 0, 8)},
	{name: "movlpd", enc: "66 0f 13 /r", args: "Mq,Vdq", do: movePart(0, 0, 8)},
	{name: "movhps", enc: "np 0f 16 /r /m", args: "Vdq,Mq", do: movePart(8, 0, 8)},
	{name: "movlhps", enc: "np 0f 16 /r /g", args: "Vdq,Wdq", do: movePart(8, 0, 8)},
	{name: "movhpd", enc: "66 0f 16 /r", args: "Vdq,Mq", do: movePart(8, 0, 8)},
	{name: "movhps", enc: "np 0f 17 /r", args: "Mq,Vdq", do: movePart(0, 8, 8)},
	{name: "movhpd", enc: "66 0f 17 /r", args: "Mq,Vdq", do: movePart(0, 8, 8)},

	{name: "fxsave", enc: "0f ae /0 /m", args: "Mdq", do: doFxsave},
	{name: "fxrstor", enc: "0f ae /1 /m", args: "Mdq", do: doFxrstor},
	{name: "ldmxcsr", enc: "np 0f ae /2 /m", args: "Md", do: doLdmxcsr},
	{name: "stmxcsr", enc: "np 0f ae /3 /m", args: "Md", do: doStmxcsr},
	{name: "clflush", enc: "np 0f ae /7 /m", args: "Mb", do: doClflush},
	{name: "lfence", enc: "0f ae /5 /g", do: doNop},
	{name: "mfence", enc: "0f ae /6 /g", do: doNop},
	{name: "sfence", enc: "0f ae /7 /g", do: doNop},
}

// doClflush touches the line as a load does.
func doClflush(c *CPU, in *inst) bool {
	_, ok := c.get(in, 0)
	return ok
}

// simdUnit checks for the units of both operands.
func (c *CPU) simdUnit(in *inst) bool {
	for i := range in.row.nop {
		switch in.op[i].kind {
		case opMMX:
			if !c.canUseMMX() {
				return false
			}
		case opXMM:
			if !c.canUseSSE() {
				return false
			}
		}
	}
	return true
}

// moveZero moves n bytes and clears the rest of a register destination.
func moveZero(n int) semantics {
	return func(c *CPU, in *inst) bool {
		if !c.simdUnit(in) {
			return false
		}
		s, ok := c.getVec(in, 1, true)
		if !ok {
			return false
		}
		var v vec
		copy(v[:n], s[:])
		if !c.setVec(in, 0, &v, 16, true) {
			return false
		}
		if in.op[0].kind == opMMX || in.op[1].kind == opMMX {
			c.enterMMX()
		}
		return true
	}
}

func moveWhole(unaligned bool) semantics {
	return func(c *CPU, in *inst) bool {
		if !c.canUseSSE() {
			return false
		}
		v, ok := c.getVec(in, 1, unaligned)
		return ok && c.setVec(in, 0, &v, 16, unaligned)
	}
}

// movePart moves n bytes between the given offsets of two registers, of which
// one may be memory, and keeps the rest.
func movePart(to, from, n int) semantics {
	return func(c *CPU, in *inst) bool {
		if !c.canUseSSE() {
			return false
		}
		s, ok := c.getVec(in, 1, true)
		if !ok {
			return false
		}
		if in.op[0].kind == opMem {
			var v vec
			copy(v[:n], s[from:])
			return c.setVec(in, 0, &v, n, true)
		}
		copy(c.sse.xmm[in.op[0].n&7][to:to+n], s[from:from+n])
		return true
	}
}
