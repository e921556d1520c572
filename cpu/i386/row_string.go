package i386

// String instructions. A repeated one executes up to repChunk iterations in one
// instruction slot and is then restarted at its own address, so that
// interrupts get their turn and a budget is kept; a fault leaves the registers
// at the iteration that faulted (SDM 2, REP).

var stringRows = []row{
	{name: "movsb", enc: "a4", rep: true, ref: "MOVS", do: repeatBulk(movs(1), manyMovs(1))},
	{name: "movsw", enc: "a5", rep: true, ref: "MOVS", do: repeatBulk(movs(0), manyMovs(0))},
	{name: "cmpsb", enc: "a6", flags: "OSZAPC", rep: true, ref: "CMPS", do: repeatWhile(cmps(1))},
	{name: "cmpsw", enc: "a7", flags: "OSZAPC", rep: true, ref: "CMPS", do: repeatWhile(cmps(0))},
	{name: "stosb", enc: "aa", rep: true, ref: "STOS", do: repeatBulk(stos(1), manyStos(1))},
	{name: "stosw", enc: "ab", rep: true, ref: "STOS", do: repeatBulk(stos(0), manyStos(0))},
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

// bulk executes up to n iterations at once, where that is the same as one by
// one, and returns how many; 0 is always right. It moves ESI and EDI.
type bulk func(c *CPU, in *inst, n uint32) uint32

func repeat(step iteration) semantics { return repetition(step, nil, false) }

func repeatBulk(step iteration, many bulk) semantics { return repetition(step, many, false) }

// repeatWhile is for CMPS and SCAS, whose REPE and REPNE also look at ZF.
func repeatWhile(step iteration) semantics { return repetition(step, nil, true) }

// repetition runs one slot of a repeated instruction. Whether bulk or single
// steps do the work, the count of iterations in a slot is the same.
func repetition(step iteration, many bulk, onZF bool) semantics {
	return func(c *CPU, in *inst) bool {
		if in.rep == 0 {
			return step(c, in)
		}
		for left := uint32(repChunk); left > 0; left-- {
			n := c.reg(ECX, in.asz)
			if n == 0 {
				return true
			}
			if many != nil && in.asz == 4 && c.eflags&(FlagTF|FlagDF) == 0 {
				if k := many(c, in, min(n, left)); k > 0 {
					c.r[ECX] -= k
					if k == n {
						return true
					}
					left -= k - 1
					continue
				}
			}
			if !step(c, in) {
				return false
			}
			c.setReg(ECX, in.asz, n-1)
			if n == 1 || onZF && c.fl.zf() != (in.rep == prefixREP) {
				return true
			}
			// A trap or an event waits: it is taken before the rest.
			if c.eflags&FlagTF != 0 || c.attn && (!c.debug.breaks || c.eventWaits()) {
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

// span returns the RAM at segment n, offset off, as far as up to n elements of
// the given size lie in its page. It is empty where accesses need checks: they
// are then made one by one.
func (c *CPU) span(seg uint8, off uint32, size uint8, n uint32, write bool) []byte {
	s := &c.seg[seg]
	if !s.full || c.mode&modeFlat == 0 {
		return nil
	}
	la := s.base + off
	e := c.hot(la, c.who())
	tag := e.rtag
	if write {
		tag = e.wtag
	}
	if tag != la&^pageMask {
		return nil
	}
	n = min(n, (pageSize-la&pageMask)/uint32(size))
	return c.ram[la+e.delta:][:n*uint32(size)]
}

// manyMovs copies within one page of source and one of destination.
func manyMovs(size uint8) bulk {
	return func(c *CPU, in *inst, n uint32) uint32 {
		size := strSize(in, size)
		dst := c.span(ES, c.r[EDI], size, n, true)
		src := c.span(in.seg, c.r[ESI], size, uint32(len(dst))/uint32(size), false)
		dst = dst[:len(src)]
		if len(src) == 0 {
			return 0
		}
		// Forward into its own source, a move repeats a pattern.
		if d := distance(src, dst); d > 0 && d < len(src) {
			return 0
		}
		copy(dst, src)
		c.r[ESI] += uint32(len(src))
		c.r[EDI] += uint32(len(src))
		return uint32(len(src)) / uint32(size)
	}
}

func manyStos(size uint8) bulk {
	return func(c *CPU, in *inst, n uint32) uint32 {
		size := strSize(in, size)
		dst := c.span(ES, c.r[EDI], size, n, true)
		if len(dst) == 0 {
			return 0
		}
		// One element, then doubled.
		for i := range size {
			dst[i] = byte(c.r[EAX] >> (8 * i))
		}
		for k := int(size); k < len(dst); k *= 2 {
			copy(dst[k:], dst[:k])
		}
		c.r[EDI] += uint32(len(dst))
		return uint32(len(dst)) / uint32(size)
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
