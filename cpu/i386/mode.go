package i386

// Control register bits (SDM 3A 2.5).
const (
	CR0PE = 1 << 0
	CR0MP = 1 << 1
	CR0EM = 1 << 2
	CR0TS = 1 << 3
	CR0ET = 1 << 4
	CR0NE = 1 << 5
	CR0WP = 1 << 16
	CR0AM = 1 << 18
	CR0NW = 1 << 29
	CR0CD = 1 << 30
	CR0PG = 1 << 31

	cr0Writable = CR0PE | CR0MP | CR0EM | CR0TS | CR0NE | CR0WP | CR0AM | CR0NW | CR0CD | CR0PG

	CR4VME        = 1 << 0
	CR4PVI        = 1 << 1
	CR4TSD        = 1 << 2
	CR4DE         = 1 << 3
	CR4PSE        = 1 << 4
	CR4MCE        = 1 << 6
	CR4PGE        = 1 << 7
	CR4PCE        = 1 << 8
	CR4OSFXSR     = 1 << 9
	CR4OSXMMEXCPT = 1 << 10

	// cr4Supported holds the features that CPUID reports; other bits are
	// reserved and setting one is #GP.
	cr4Supported = CR4TSD | CR4DE | CR4PSE | CR4MCE | CR4PGE | CR4PCE | CR4OSFXSR | CR4OSXMMEXCPT
)

// modeBits is what decoding and the fast path depend on. It is part of a
// block's identity.
type modeBits uint8

const (
	modeCode32  modeBits = 1 << iota // CS.D
	modeStack32                      // SS.B
	modeFlat                         // DS, ES and SS are flat and writable, alignment is not checked
	modePE
	modeVM
	modeUser   // CPL 3
	modeCSFull // CS is flat: no limit to watch
	modeSSE    // XMM instructions are available
)

func (m modeBits) code32() bool    { return m&modeCode32 != 0 }
func (m modeBits) stack32() bool   { return m&modeStack32 != 0 }
func (m modeBits) vm() bool        { return m&modeVM != 0 }
func (m modeBits) protected() bool { return m&(modePE|modeVM) == modePE }
func (m modeBits) real() bool      { return m&modePE == 0 }

// modeChanged works the mode out anew, after CR0, CR4, EFLAGS.VM, EFLAGS.AC, CPL
// or a segment register changed.
func (c *CPU) modeChanged() {
	var m modeBits
	if c.seg[CS].big() {
		m |= modeCode32
	}
	if c.seg[SS].big() {
		m |= modeStack32
	}
	if c.seg[CS].flat() {
		m |= modeCSFull
	}
	const rw = canRead | canWrite
	// The fast path's memory operations know neither segments nor alignment
	// checks.
	checked := c.cr0&CR0AM != 0 && c.eflags&FlagAC != 0 && c.cpl == 3
	if !checked && c.seg[DS].flat() && c.seg[ES].flat() && c.seg[SS].flat() &&
		c.seg[DS].can&c.seg[ES].can&c.seg[SS].can&rw == rw {
		m |= modeFlat
	}
	if c.cr0&CR0PE != 0 {
		m |= modePE
		if c.eflags&FlagVM != 0 {
			m |= modeVM
		}
	}
	if c.cpl == 3 {
		m |= modeUser
	}
	if c.cr0&(CR0EM|CR0TS) == 0 && c.cr4&CR4OSFXSR != 0 {
		m |= modeSSE
	}
	c.mode = m
	if c.debug.hook != nil && c.debug.hook.Privilege != nil {
		c.debug.hook.Privilege()
	}
}

// setCR0 implements the checks and effects of a store to CR0.
func (c *CPU) setCR0(v uint32) bool {
	if v&CR0PG != 0 && v&CR0PE == 0 || v&CR0NW != 0 && v&CR0CD == 0 {
		return c.fault(vecGP, 0)
	}
	v = v&cr0Writable | CR0ET
	changed := v ^ c.cr0
	c.cr0 = v
	if changed&(CR0PG|CR0WP|CR0PE) != 0 {
		c.flushTLB(true)
	}
	if changed&CR0PE != 0 {
		// Real mode runs at privilege 0; the hidden parts stay as they are.
		c.cpl = 0
	}
	c.modeChanged()
	c.updateAttention()
	return true
}

func (c *CPU) setCR3(v uint32) {
	c.cr3 = v
	if c.debug.hook != nil && c.debug.hook.Root != nil {
		c.debug.hook.Root()
	}
	c.flushTLB(false)
}

func (c *CPU) setCR4(v uint32) bool {
	if v&^uint32(cr4Supported) != 0 {
		return c.fault(vecGP, 0)
	}
	if (v^c.cr4)&(CR4PSE|CR4PGE) != 0 {
		c.flushTLB(true)
	}
	c.cr4 = v
	c.modeChanged()
	return true
}
