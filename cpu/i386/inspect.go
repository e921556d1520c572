package i386

import "rv86/mmu/ia32"

// Observer is told what the reference path does, before it is done: a trace.
type Observer interface {
	// Instruction: the one at CS:EIP was fetched and is about to run.
	Instruction()
	// Event: a fault, a trap or an interrupt is about to be delivered.
	Event(what string)
}

// Observe sets the observer. Only Step calls it for every instruction.
func (c *CPU) Observe(o Observer) { c.observer = o }

// MaxInsn is the length of the longest instruction (SDM 2A 2.3.11).
const MaxInsn = 15

// InsnAt copies the bytes at CS:eip; code32 says how they are decoded. n is
// smaller than len(b) where the next page is missing. What is not RAM, such as
// a ROM, is read as the fetch reads it, no further than the page of the first
// byte. Nothing else about it has an effect on the guest.
func (c *CPU) InsnAt(eip uint32, b *[MaxInsn]byte) (n int, code32 bool) {
	la := c.seg[CS].base + eip
	for n < len(b) {
		at := la + uint32(n)
		pa, ok := c.peek(at)
		page := pa >> pageShift
		isRAM := int(page) < len(c.romap) && c.romap[page] != pageHole
		if !ok || !isRAM && at>>pageShift != la>>pageShift {
			break
		}
		b[n] = byte(c.physLoad(pa, 1))
		n++
	}
	return n, c.mode.code32()
}

// peek translates without setting accessed bits.
func (c *CPU) peek(la uint32) (pa uint32, ok bool) {
	if c.cr0&CR0PG == 0 {
		return la & c.a20, true
	}
	p, _, ok := ia32.Walk(readOnly{physMem{c}}, ia32.Config{CR3: c.cr3, LargePages: c.cr4&CR4PSE != 0}, la, ia32.Access{})
	return (p.Frame | la&pageMask) & c.a20, ok
}

// readOnly is physical memory that forgets stores.
type readOnly struct{ physMem }

// Store32 implements ia32.Memory.
func (readOnly) Store32(uint32, uint32) {}

// Current is the linear address of the instruction that is being executed, or
// was last; for hooks.
func (c *CPU) Current() uint32 { return c.seg[CS].base + c.exc.restart }

// SetCR writes control register 0, 2, 3 or 4 as a MOV would; ok is false where
// that would fault, or there is no such register.
func (c *CPU) SetCR(n int, v uint32) (ok bool) {
	exc := c.exc
	defer func() { c.exc = exc }()
	switch n {
	case 0:
		return c.setCR0(v)
	case 2:
		c.cr2 = v
		return true
	case 3:
		c.setCR3(v)
		return true
	case 4:
		return c.setCR4(v)
	}
	return false
}

// DR returns debug register n.
func (c *CPU) DR(n int) uint32 { return c.dr[n&7] }

// Table is a descriptor table register.
type Table struct {
	Base  uint32
	Limit uint16
}

// GDTR and IDTR are the descriptor table registers.
func (c *CPU) GDTR() Table { return Table{c.gdtr.base, c.gdtr.limit} }
func (c *CPU) IDTR() Table { return Table{c.idtr.base, c.idtr.limit} }

// SegmentState is a segment register with its hidden part. Attr holds bits 40 to
// 55 of the descriptor, without the limit's.
type SegmentState struct {
	Sel, Attr   uint16
	Base, Limit uint32
}

// SegmentState returns segment register ES to GS; LDTR and TR follow as 6 and 7.
func (c *CPU) SegmentState(n int) SegmentState {
	s := &c.tr
	switch {
	case n < numSegs:
		s = &c.seg[n]
	case n == numSegs:
		s = &c.ldtr
	}
	return SegmentState{s.sel, s.attr, s.base, s.limit}
}

// X87 is the state of the FPU: registers ST0 to ST7 in their 80-bit form, and
// the control, status and tag words, and the last instruction as FSTENV gives it.
type X87 struct {
	ST            [8][10]byte
	CW, SW        uint16
	Tags          uint16 // two bits a physical register
	FIP, FDP      uint32
	FCS, FDS, FOP uint16
}

// X87 returns the FPU's state.
func (c *CPU) X87() X87 {
	f := &c.fpu
	x := X87{CW: f.cw, SW: f.status(), Tags: f.tags(), FIP: f.fip, FDP: f.fdp, FCS: f.fcs, FDS: f.fds, FOP: f.fop}
	for i := range x.ST {
		copy(x.ST[i][:], f.reg[(int(f.top)+i)&7].bytes())
	}
	return x
}

// XMM returns SSE register n.
func (c *CPU) XMM(n int) [16]byte { return c.sse.xmm[n&7] }

// SetXMM writes SSE register n.
func (c *CPU) SetXMM(n int, v [16]byte) { c.sse.xmm[n&7] = v }

// MXCSR is the SSE control and status register.
func (c *CPU) MXCSR() uint32 { return c.sse.mxcsr }

// EachTLB calls f with each translation that the processor holds: the user
// privilege's or the supervisor's, for data or fetches.
func (c *CPU) EachTLB(f func(la, frame uint32, writable, global, user, fetch bool)) {
	for who := range c.tlbs {
		for _, e := range c.tlbs[who].cold {
			if e.tag != noTag {
				f(e.tag, e.frame, e.writable, e.global, who == user, false)
			}
		}
		for _, e := range c.tlbs[who].fetch {
			if e.tag != noTag {
				f(e.tag, e.frame, e.writable, e.global, who == user, true)
			}
		}
	}
}

// Peek translates a linear address, whatever its rights, and changes nothing. ok
// is false where nothing is mapped.
func (c *CPU) Peek(la uint32) (pa uint32, ok bool) { return c.peek(la) }

// LoadGDT loads the GDTR as LGDT does.
func (c *CPU) LoadGDT(base uint32, limit uint16) { c.gdtr = table{base, limit} }
