package i386

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Writes of registers from outside, by a debugger. Each is checked as the
// instruction that loads the register checks it; where that would fault, nothing
// changes and the error is a sentence about it.

// segmentName is a segment register's name.
func segmentName(n int) string {
	return [...]string{"ES", "CS", "SS", "DS", "FS", "GS"}[n]
}

// SetSegment loads segment register ES to GS: as MOV does, and CS as a far jump
// to the present EIP would.
func (c *CPU) SetSegment(n int, sel uint16) error {
	exc := c.exc
	defer func() { c.exc = exc }()
	switch {
	case !c.mode.protected():
		c.loadSegReal(n, sel)
		return nil
	case isNull(sel) && (n == CS || n == SS):
		return fmt.Errorf("%s cannot hold the null selector", segmentName(n))
	case isNull(sel):
		c.seg[n] = nullSegment(sel)
		c.modeChanged()
		return nil
	}
	d, err := c.peekDescriptor(sel)
	if err != nil {
		return err
	}
	if ok := c.mayHold(n, &d); !ok {
		return fmt.Errorf("selector %#x cannot be loaded into %s at privilege level %d: it would be %s; %s",
			sel, segmentName(n), c.cpl, vectorNames[c.exc.vector], d.text())
	}
	if d.attr&attrAccessed == 0 {
		pa, _ := c.peek(d.addr + accessByte)
		d.attr |= attrAccessed
		d.hi |= attrAccessed << 8
		c.physStore(pa, 1, d.hi>>8&0xff)
	}
	if n == CS {
		c.code.forgetTranslations()
		d.sel = d.sel&^selRPL | uint16(c.cpl)
	}
	c.seg[n] = d.segment
	c.modeChanged()
	return nil
}

// mayHold makes the checks of a load; it records the fault of one that fails.
func (c *CPU) mayHold(n int, d *descriptor) bool {
	switch n {
	case CS:
		if !d.isCode() || c.eip > d.limit {
			return c.fault(vecGP, uint32(d.sel&^selRPL))
		}
		return c.checkCS(d)
	case SS:
		return c.checkStack(d, c.cpl, vecGP)
	}
	return c.checkData(d)
}

// peekDescriptor reads a descriptor and changes nothing: neither accessed bits of
// page tables, nor translations.
func (c *CPU) peekDescriptor(sel uint16) (d descriptor, err error) {
	addr, ok := c.descriptorAddress(sel)
	if !ok {
		return d, fmt.Errorf("selector %#x is beyond the limit of its descriptor table", sel)
	}
	var words [2]uint32
	for i := range words {
		pa, ok := c.peek(addr + uint32(4*i))
		if page := pa >> pageShift; !ok || int(page) >= len(c.romap) || c.romap[page] == pageHole {
			return d, fmt.Errorf("the descriptor of selector %#x, at %#x, is not in memory", sel, addr)
		}
		words[i] = c.physLoad(pa, 4)
	}
	d.decode(words[0], words[1])
	d.sel, d.addr = sel, addr
	return d, nil
}

// text describes a descriptor in words.
func (d *descriptor) text() string {
	kind := "a data segment"
	switch {
	case d.isSystem():
		kind = "a system descriptor"
	case d.isCode():
		kind = "code"
	}
	there := ""
	if !d.present() {
		there = ", which is not present"
	}
	return fmt.Sprintf("its descriptor is %s of level %d%s", kind, d.dpl(), there)
}

// SetControl writes control register 0, 2, 3 or 4 as MOV does.
func (c *CPU) SetControl(n int, v uint32) error {
	switch {
	case c.SetCR(n, v):
		return nil
	case n == 0:
		return fmt.Errorf("CR0 cannot be %#x: PG needs PE, and NW needs CD (SDM 3A 2.5)", v)
	}
	return fmt.Errorf("CR%d cannot be %#x: bits %#x do not exist", n, v, v&^uint32(cr4Supported))
}

// SetDR writes a debug register as MOV does; DR4 and DR5 are not there.
func (c *CPU) SetDR(n int, v uint32) error {
	if n == 4 || n == 5 {
		return fmt.Errorf("there is no DR%d", n)
	}
	c.setDR(uint8(n&7), v)
	return nil
}

// ChangeEFLAGS writes the flags that are there.
func (c *CPU) ChangeEFLAGS(v uint32) error {
	const all = flagsArith | flagsSystem | flagOne
	if v&^uint32(all) != 0 {
		return fmt.Errorf("EFLAGS has no bits %#x", v&^uint32(all))
	}
	if (v^c.eflags)&FlagVM != 0 {
		return errors.New("EFLAGS.VM cannot be changed alone: IRET and task switches do it, with the segment registers")
	}
	c.SetEFLAGS(v)
	return nil
}

// SetGDTBase and SetIDTBase write the base of a table register; its limit stays.
func (c *CPU) SetGDTBase(v uint32) { c.gdtr.base = v }
func (c *CPU) SetIDTBase(v uint32) { c.idtr.base = v }

// SetST stores to ST(i), which is then not empty.
func (c *CPU) SetST(i int, v [10]byte) {
	c.fpu.set(uint8(i&7), f80{binary.LittleEndian.Uint64(v[:]), binary.LittleEndian.Uint16(v[8:])})
}

// MM returns MMX register n.
func (c *CPU) MM(n int) uint64 { return c.fpu.reg[n&7].m }

// SetMM writes MMX register n as an MMX instruction does (SDM 3A 12.2).
func (c *CPU) SetMM(n int, v uint64) {
	const ones = 0xffff
	c.fpu.reg[n&7] = f80{v, ones}
	c.enterMMX()
}

// SetX87 writes the FPU's registers other than ST0 to ST7: those of x that
// differ from what X87 gives.
func (c *CPU) SetX87(x X87) {
	f := &c.fpu
	if x.CW != f.cw {
		f.setControl(x.CW)
	}
	if x.SW != f.status() {
		f.setStatus(x.SW)
	}
	if x.Tags != f.tags() {
		f.setTags(x.Tags)
	}
	const opcodeBits = 0x7ff
	f.fip, f.fdp, f.fcs, f.fds, f.fop = x.FIP, x.FDP, x.FCS, x.FDS, x.FOP&opcodeBits
}

// SetMXCSR writes the SSE control and status register as LDMXCSR does.
func (c *CPU) SetMXCSR(v uint32) error {
	if v&^uint32(mxValid) != 0 {
		return fmt.Errorf("MXCSR has no bits %#x", v&^uint32(mxValid))
	}
	c.sse.mxcsr = v
	return nil
}
