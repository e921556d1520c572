package i386

// A segment descriptor (SDM 3A figure 3-8), as its two words:
//
//	high 31     24 23 22 21 20 19   16 15 14 13 12 11  8 7      0
//	     [base 31:24][G][DB][L][A][lim 19:16][P][DPL ][S][type ][base 23:16]
//	low  [base 15:0                        ][limit 15:0                  ]
//
// attr keeps bits 8 to 23 of the high word without the limit bits.
const (
	attrAccessed   = 1 << 0
	attrRW         = 1 << 1 // data: writable; code: readable
	attrDown       = 1 << 2 // data: expand-down
	attrConforming = 1 << 2 // code
	attrCode       = 1 << 3
	attrType       = 0xf
	attrS          = 1 << 4 // code or data rather than system
	attrDPL        = 3 << 5
	attrPresent    = 1 << 7
	attrBig        = 1 << 14
	attrGran       = 1 << 15
	attrMask       = 0xf0ff

	dplShift = 5

	attrRealData = attrPresent | attrS | attrRW | attrAccessed
	attrRealCode = attrRealData | attrCode
	attrFlatData = attrRealData | attrBig | attrGran
	attrFlatCode = attrRealCode | attrBig | attrGran
	attrVM86     = attrRealData | attrDPL
)

// System descriptor types (SDM 3A table 3-2).
const (
	sysTSS16      = 0x1
	sysLDT        = 0x2
	sysBusyTSS16  = 0x3
	sysCallGate16 = 0x4
	sysTaskGate   = 0x5
	sysIntGate16  = 0x6
	sysTrapGate16 = 0x7
	sysTSS32      = 0x9
	sysBusyTSS32  = 0xb
	sysCallGate32 = 0xc
	sysIntGate32  = 0xe
	sysTrapGate32 = 0xf

	tssBusy  = 1 << 1
	sysWide  = 1 << 3 // the 32-bit variant of a gate or TSS
	gateTrap = 1 << 0 // a trap gate rather than an interrupt gate
)

// segment is a segment register with its hidden part.
type segment struct {
	sel   uint16
	attr  uint16
	base  uint32
	limit uint32 // in bytes
	// Derived: the range of valid offsets, and what may be done there.
	lo, hi uint32
	can    uint8
	full   bool // readable and writable at every offset
}

const (
	canRead  = 1 << 0
	canWrite = 1 << 1
)

func (s *segment) dpl() uint8       { return uint8(s.attr & attrDPL >> dplShift) }
func (s *segment) present() bool    { return s.attr&attrPresent != 0 }
func (s *segment) isSystem() bool   { return s.attr&attrS == 0 }
func (s *segment) isCode() bool     { return s.attr&(attrS|attrCode) == attrS|attrCode }
func (s *segment) isData() bool     { return s.attr&(attrS|attrCode) == attrS }
func (s *segment) conforming() bool { return s.attr&attrConforming != 0 }
func (s *segment) big() bool        { return s.attr&attrBig != 0 }
func (s *segment) sysType() uint8   { return uint8(s.attr & attrType) }
func (s *segment) rpl() uint8       { return uint8(s.sel & 3) }

// derive sets the fields that accesses are checked with (SDM 3A 5.3 and 5.5).
func (s *segment) derive() {
	s.rights()
	s.full = s.can == canRead|canWrite && s.lo == 0 && s.hi == ^uint32(0)
}

// rights works out the valid offsets and accesses of a descriptor.
func (s *segment) rights() {
	s.can, s.lo, s.hi = 0, 0, s.limit
	if s.attr&(attrPresent|attrS) != attrPresent|attrS {
		return
	}
	s.can = canRead
	if s.isCode() {
		if s.attr&attrRW == 0 {
			s.can = 0
		}
		return
	}
	if s.attr&attrRW != 0 {
		s.can |= canWrite
	}
	if s.attr&attrDown != 0 {
		// Expand-down: the valid offsets lie above the limit.
		s.hi = 0xffff
		if s.big() {
			s.hi = ^uint32(0)
		}
		s.lo = s.limit + 1
		if s.lo == 0 || s.lo > s.hi {
			s.can = 0
		}
	}
}

// flat reports a segment through which an offset is a linear address.
func (s *segment) flat() bool {
	return s.base == 0 && s.lo == 0 && s.hi == ^uint32(0)
}

// nullSegment is what a data segment register holds after a null selector.
func nullSegment(sel uint16) segment { return segment{sel: sel} }

// table is GDTR or IDTR.
type table struct {
	base  uint32
	limit uint16
}

// A selector: index, table indicator (1: LDT), requested privilege level.
const (
	selRPL   = 3
	selLDT   = 1 << 2
	selIndex = 0xfff8
)

func isNull(sel uint16) bool { return sel&^selRPL == 0 }

// descriptor is a descriptor as read from its table.
type descriptor struct {
	segment
	lo, hi uint32 // the raw words
	addr   uint32 // its linear address
}

// decode fills d from its raw words.
func (d *descriptor) decode(lo, hi uint32) {
	d.lo, d.hi = lo, hi
	d.segment.attr = uint16(hi >> 8 & attrMask)
	d.segment.base = lo>>16 | hi&0xff<<16 | hi&0xff00_0000
	d.segment.limit = lo&0xffff | hi&0xf_0000
	if d.segment.attr&attrGran != 0 {
		d.segment.limit = d.segment.limit<<12 | 0xfff
	}
	d.segment.derive()
}

// Gate fields of a raw descriptor (SDM 3A figures 5-8 and 6-2).
func (d *descriptor) gateSelector() uint16 { return uint16(d.lo >> 16) }
func (d *descriptor) gateParams() uint8    { return uint8(d.hi & 0x1f) }
func (d *descriptor) gateOffset() uint32 {
	if d.sysType()&sysWide == 0 {
		return d.lo & 0xffff
	}
	return d.lo&0xffff | d.hi&0xffff_0000
}

// descriptorAddress is where sel's descriptor is; ok is false beyond the limit of
// its table, or where there is no such table.
func (c *CPU) descriptorAddress(sel uint16) (addr uint32, ok bool) {
	tab, limit := c.gdtr.base, uint32(c.gdtr.limit)
	if sel&selLDT != 0 {
		if c.ldtr.sel&^selRPL == 0 || !c.ldtr.present() {
			return 0, false
		}
		tab, limit = c.ldtr.base, c.ldtr.limit
	}
	return tab + uint32(sel&selIndex), uint32(sel|7) <= limit
}

// readDescriptor reads sel's descriptor; out of its table's limit it raises
// vec with the selector as error code.
func (c *CPU) readDescriptor(sel uint16, vec uint8) (d descriptor, ok bool) {
	if d.addr, ok = c.descriptorAddress(sel); !ok {
		return d, c.fault(vec, uint32(sel&^selRPL))
	}
	lo, ok := c.sysLoad(d.addr, 4)
	if !ok {
		return d, false
	}
	hi, ok := c.sysLoad(d.addr+4, 4)
	if !ok {
		return d, false
	}
	d.decode(lo, hi)
	d.sel = sel
	return d, true
}

// accessByte is the byte of a descriptor with the accessed bit.
const accessByte = 5

// markAccessed sets a code or data descriptor's accessed bit in its table.
func (c *CPU) markAccessed(d *descriptor) bool {
	if d.attr&attrAccessed != 0 {
		return true
	}
	d.attr |= attrAccessed
	d.hi |= attrAccessed << 8
	return c.sysStore(d.addr+accessByte, 1, d.hi>>8&0xff)
}

// setBusy sets or clears the busy bit of a TSS descriptor.
func (c *CPU) setBusy(d *descriptor, busy bool) bool {
	d.hi &^= tssBusy << 8
	d.attr &^= tssBusy
	if busy {
		d.hi |= tssBusy << 8
		d.attr |= tssBusy
	}
	return c.sysStore(d.addr+accessByte, 1, d.hi>>8&0xff)
}

// loadSegReal loads a segment register in real or virtual-8086 mode.
func (c *CPU) loadSegReal(n int, sel uint16) {
	s := &c.seg[n]
	if n == CS {
		c.code.forgetTranslations()
	}
	s.sel, s.base = sel, uint32(sel)<<4
	switch {
	case c.mode.vm():
		s.limit, s.attr = 0xffff, attrVM86
	case n == CS:
		// Only the base changes: the limit set in protected mode stays
		// ("unreal" mode); CS is writable again.
		s.attr |= attrRealData
		s.attr &^= attrDPL
	default:
		s.attr = s.attr&^(attrCode|attrDown) | attrRealData
	}
	s.derive()
	c.modeChanged()
}

// loadSeg implements MOV, POP and Lxx to a data segment register: the checks
// of SDM 3A 5.4 and the MOV page of SDM 2.
func (c *CPU) loadSeg(n int, sel uint16) bool {
	if !c.mode.protected() {
		c.loadSegReal(n, sel)
		return true
	}
	if n == SS {
		return c.loadSS(sel, c.cpl, vecGP)
	}
	if isNull(sel) {
		c.seg[n] = nullSegment(sel)
		c.modeChanged()
		return true
	}
	d, ok := c.readDescriptor(sel, vecGP)
	if !ok || !c.checkData(&d) || !c.markAccessed(&d) {
		return false
	}
	c.seg[n] = d.segment
	c.modeChanged()
	return true
}

// checkData makes the checks for DS, ES, FS and GS.
func (c *CPU) checkData(d *descriptor) bool {
	code := uint32(d.sel &^ selRPL)
	if d.isSystem() || d.isCode() && d.attr&attrRW == 0 {
		return c.fault(vecGP, code)
	}
	if !(d.isCode() && d.conforming()) && (d.rpl() > d.dpl() || c.cpl > d.dpl()) {
		return c.fault(vecGP, code)
	}
	if !d.present() {
		return c.fault(vecNP, code)
	}
	return true
}

// loadSS loads the stack segment for privilege level cpl. bad is the vector
// for an unsuitable selector: #GP, or #TS when the selector came from a TSS.
func (c *CPU) loadSS(sel uint16, cpl uint8, bad uint8) bool {
	d, ok := c.checkSS(sel, cpl, bad)
	if !ok || !c.markAccessed(&d) {
		return false
	}
	c.seg[SS] = d.segment
	c.modeChanged()
	return true
}

// checkSS makes the checks of loadSS and leaves SS alone.
func (c *CPU) checkSS(sel uint16, cpl uint8, bad uint8) (d descriptor, ok bool) {
	if isNull(sel) {
		code := uint32(0)
		if bad == vecTS {
			code = uint32(sel &^ selRPL)
		}
		return d, c.fault(bad, code)
	}
	d, ok = c.readDescriptor(sel, bad)
	return d, ok && c.checkStack(&d, cpl, bad)
}

// checkStack checks the descriptor of a stack segment.
func (c *CPU) checkStack(d *descriptor, cpl uint8, bad uint8) bool {
	code := uint32(d.sel &^ selRPL)
	if d.rpl() != cpl || !d.isData() || d.attr&attrRW == 0 || d.dpl() != cpl {
		return c.fault(bad, code)
	}
	return d.present() || c.fault(vecSS, code)
}

// setCS loads CS with a checked descriptor and the given privilege level.
func (c *CPU) setCS(d *descriptor, cpl uint8) bool {
	if !c.markAccessed(d) {
		return false
	}
	if c.seg[CS].base != d.base {
		c.code.forgetTranslations()
	}
	c.seg[CS] = d.segment
	c.seg[CS].sel = d.sel&^selRPL | uint16(cpl)
	c.cpl = cpl
	c.modeChanged()
	return true
}

// dropSegs clears the data segment registers that a less privileged level may
// not keep (SDM 3A 5.8.6).
func (c *CPU) dropSegs() {
	for _, n := range [...]int{ES, DS, FS, GS} {
		s := &c.seg[n]
		if s.isCode() && s.conforming() {
			continue
		}
		if s.dpl() < c.cpl {
			c.seg[n] = nullSegment(0)
		}
	}
	c.modeChanged()
}
