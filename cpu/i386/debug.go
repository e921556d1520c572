package i386

// Debug registers (SDM 3B chapter 17.2). While any breakpoint is enabled the
// reference path runs, so that the fast path never looks at them.

// DR6 and DR7 (figure 17-1).
const (
	dr6Fixed = 0xffff_0ff0 // bits that read as 1
	dr6BD    = 1 << 13     // a debug register was touched under DR7.GD
	dr6BS    = 1 << 14     // single step
	dr6BT    = 1 << 15     // the new task's trap bit

	dr6Writable = 0xe00f

	dr7Fixed   = 1 << 10
	dr7Zero    = 0xd800 // bits that read as 0
	dr7Local   = 0x155  // L0 to L3, LE
	dr7Enables = 0xff
	dr7GD      = 1 << 13
)

// What a breakpoint waits for (DR7.R/W).
const (
	breakExec = iota
	breakWrite
	breakPort // under CR4.DE
	breakAccess
)

type debugState struct {
	active bool   // some breakpoint is enabled
	hit    uint32 // DR6 bits that this instruction collected
	// entered says that this instruction entered a handler: INT n and its like.
	entered bool
}

// debugChanged follows a store to DR7. The TLBs are flushed so that no fast
// entry outlives the change.
func (c *CPU) debugChanged() {
	c.dbg.active = c.dr[7]&dr7Enables != 0
	c.flushTLB(true)
	c.updateAttention()
}

// setDR writes a debug register; DR6's and DR7's fixed bits cannot be changed.
func (c *CPU) setDR(n uint8, v uint32) {
	switch n {
	case 6:
		c.dr[6] = v&dr6Writable | dr6Fixed
	case 7:
		c.dr[7] = v&^dr7Zero | dr7Fixed
		c.debugChanged()
	default:
		c.dr[n] = v
	}
}

// breakpoints calls f for each enabled breakpoint.
func (c *CPU) breakpoints(f func(n int, kind, addr, size uint32)) {
	for n := range 4 {
		if c.dr[7]>>(2*n)&3 == 0 {
			continue
		}
		kind := c.dr[7] >> (16 + 4*n) & 3
		size := c.dr[7]>>(18+4*n)&3 + 1
		f(n, kind, c.dr[n]&^(size-1), size)
	}
}

// codeBreakpoint reports a breakpoint on the instruction at CS:EIP.
func (c *CPU) codeBreakpoint() bool {
	la := c.seg[CS].base + c.eip
	c.breakpoints(func(n int, kind, addr, _ uint32) {
		if kind == breakExec && addr == la {
			c.dbg.hit |= 1 << n
		}
	})
	if c.dbg.hit == 0 {
		return false
	}
	c.dr[6] = c.dr[6]&^0xf | c.dbg.hit
	c.dbg.hit = 0
	return true
}

func (c *CPU) dataBreakpoint(la, size uint32, write bool) {
	c.breakpoints(func(n int, kind, addr, width uint32) {
		if (kind == breakAccess || kind == breakWrite && write) && la < addr+width && addr < la+size {
			c.dbg.hit |= 1 << n
		}
	})
}

func (c *CPU) portBreakpoint(port uint16, size uint8) {
	c.breakpoints(func(n int, kind, addr, width uint32) {
		p := uint32(port)
		if kind == breakPort && c.cr4&CR4DE != 0 && p < addr+width && addr < p+uint32(size) {
			c.dbg.hit |= 1 << n
		}
	})
}

// singleStep delivers the debug trap of an instruction that ran with TF set or
// touched a watched place. An instruction that holds interrupts off holds this
// trap off too.
func (c *CPU) singleStep(tf bool) {
	if c.shadow {
		return
	}
	hit := c.dbg.hit
	c.dbg.hit = 0
	if tf {
		hit |= dr6BS
	}
	c.dr[6] = c.dr[6]&^0xf | hit
	c.deliver(exception{vector: vecDB})
}

// debugRegister maps DR4 and DR5 to DR6 and DR7 unless CR4.DE makes them
// undefined, and checks the right to touch any.
func (c *CPU) debugRegister(n uint8) (uint8, bool) {
	if n == 4 || n == 5 {
		if c.cr4&CR4DE != 0 {
			return 0, c.fault(vecUD, 0)
		}
		n += 2
	}
	if c.dr[7]&dr7GD != 0 {
		c.dr[6] |= dr6BD
		c.dr[7] &^= dr7GD
		return 0, c.fault(vecDB, 0)
	}
	return n, true
}
