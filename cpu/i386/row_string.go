package i386

// String instructions. A repeated one executes up to repChunk iterations in one
// instruction slot and is then restarted at its own address, so that
// interrupts get their turn and a budget is kept; a fault leaves the registers
// at the iteration that faulted (SDM 2, REP).

var stringRows = []row{
	{name: "movsb", enc: "a4", rep: true, ref: "MOVS", do: repeat(movs(1))},
	{name: "movsw", enc: "a5", rep: true, ref: "MOVS", do: repeat(movs(0))},
	{name: "cmpsb", enc: "a6", flags: "OSZAPC", rep: true, ref: "CMPS", do: repeatWhile(cmps(1))},
	{name: "cmpsw", enc: "a7", flags: "OSZAPC", rep: true, ref: "CMPS", do: repeatWhile(cmps(0))},
	{name: "stosb", enc: "aa", rep: true, ref: "STOS", do: repeat(stos(1))},
	{name: "stosw", enc: "ab", rep: true, ref: "STOS", do: repeat(stos(0))},
	{name: "lodsb", enc: "ac", rep: true, ref: "LODS", do: repeat(lods(1))},
	{name: "lodsw", enc: "ad", rep: true, ref: "LODS", do: repeat(lods(0))},
	{name: "scasb", enc: "ae", flags: "OSZAPC", rep: true, ref: "SCAS", do: repeatWhile(scas(1))},
	{name: "scasw", enc: "af", flags: "OSZAPC", rep: true, ref: "SCAS", do: repeatWhile(scas(0))},
	{name: "insb", enc: "6c", rep: true, ends: true, ref: "INS", do: repeat(ins(1))},
	{name: "insw", enc: "6d", rep: true, ends: true, ref: "INS", do: repeat(ins(0))},
	{name: "outsb", enc: "6e", rep: true, ends: true, ref: "OUTS", do: repeat(outs(1))},
	{name: "outsw", enc: "6f", rep: true, ends: true, ref: "OUTS", do: repeat(outs(0))},
}

// repChunk bounds the iterations of one slot.
const repChunk = 64

// iteration is one step of a string instruction.
type iteration func(c *CPU, in *inst) bool

func repeat(step iteration) semantics { return repetition(step, false) }

// repeatWhile is for CMPS and SCAS, whose REPE and REPNE also look at ZF.
func repeatWhile(step iteration) semantics { return repetition(step, true) }

func repetition(step iteration, onZF bool) semantics {
	return func(c *CPU, in *inst) bool {
		if in.rep == 0 {
			return step(c, in)
		}
		for range repChunk {
			n := c.reg(ECX, in.asz)
			if n == 0 {
				return true
			}
			if !step(c, in) {
				return false
			}
			c.setReg(ECX, in.asz, n-1)
			if n == 1 || onZF && c.fl.zf() != (in.rep == prefixREP) {
				return true
			}
			// A trap or an event waits: it is taken before the rest.
			if c.eflags&FlagTF != 0 || c.attn {
				break
			}
		}
		c.eip = c.exc.restart
		return true
	}
}

// strSize is the element's size; 0 stands for the operand size.
func strSize(in *inst, size uint8) uint8 {
	if size == 0 {
		return in.osz
	}
	return size
}

// index returns ESI or EDI in the address size.
func (c *CPU) index(n int, asz uint8) uint32 { return c.reg(uint8(n), asz) }

// advance moves ESI or EDI by one element, in the direction of DF.
func (c *CPU) advance(n int, in *inst, size uint8) {
	d := uint32(size)
	if c.eflags&FlagDF != 0 {
		d = -d
	}
	c.setReg(uint8(n), in.asz, c.r[n]+d)
}

func movs(size uint8) iteration {
	return func(c *CPU, in *inst) bool {
		size := strSize(in, size)
		v, ok := c.load(in.seg, c.index(ESI, in.asz), size)
		if !ok || !c.store(ES, c.index(EDI, in.asz), size, v) {
			return false
		}
		c.advance(ESI, in, size)
		c.advance(EDI, in, size)
		return true
	}
}

func cmps(size uint8) iteration {
	return func(c *CPU, in *inst) bool {
		size := strSize(in, size)
		a, ok := c.load(in.seg, c.index(ESI, in.asz), size)
		if !ok {
			return false
		}
		b, ok := c.load(ES, c.index(EDI, in.asz), size)
		if !ok {
			return false
		}
		at2(size, &c.fl, a, b, sub[uint8], sub[uint16], sub[uint32])
		c.advance(ESI, in, size)
		c.advance(EDI, in, size)
		return true
	}
}

func stos(size uint8) iteration {
	return func(c *CPU, in *inst) bool {
		size := strSize(in, size)
		if !c.store(ES, c.index(EDI, in.asz), size, c.reg(EAX, size)) {
			return false
		}
		c.advance(EDI, in, size)
		return true
	}
}

func lods(size uint8) iteration {
	return func(c *CPU, in *inst) bool {
		size := strSize(in, size)
		v, ok := c.load(in.seg, c.index(ESI, in.asz), size)
		if !ok {
			return false
		}
		c.setReg(EAX, size, v)
		c.advance(ESI, in, size)
		return true
	}
}

func scas(size uint8) iteration {
	return func(c *CPU, in *inst) bool {
		size := strSize(in, size)
		v, ok := c.load(ES, c.index(EDI, in.asz), size)
		if !ok {
			return false
		}
		at2(size, &c.fl, c.reg(EAX, size), v, sub[uint8], sub[uint16], sub[uint32])
		c.advance(EDI, in, size)
		return true
	}
}

// ins checks the destination before the port is read: reading may have an
// effect that a restart would repeat.
func ins(size uint8) iteration {
	return func(c *CPU, in *inst) bool {
		size := strSize(in, size)
		port := uint16(c.r[EDX])
		if !c.portAllowed(port, size) || !c.canStore(ES, c.index(EDI, in.asz), uint32(size)) {
			return false
		}
		if !c.store(ES, c.index(EDI, in.asz), size, c.portIn(port, size)) {
			return false
		}
		c.advance(EDI, in, size)
		return true
	}
}

func outs(size uint8) iteration {
	return func(c *CPU, in *inst) bool {
		size := strSize(in, size)
		port := uint16(c.r[EDX])
		if !c.portAllowed(port, size) {
			return false
		}
		v, ok := c.load(in.seg, c.index(ESI, in.asz), size)
		if !ok {
			return false
		}
		c.portOut(port, size, v)
		c.advance(ESI, in, size)
		return true
	}
}
