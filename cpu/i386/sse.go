package i386

import (
	"encoding/binary"

	"rv86/cpu/i386/internal/fp"
)

// vec is an XMM register's content, or in its low half an MMX register's.
type vec [16]byte

type sseState struct {
	xmm   [8]vec
	mxcsr uint32

	scratch fp.Env // see env
}

// MXCSR (SDM 1 figure 10-3).
const (
	mxDAZ       = 1 << 6
	mxMaskShift = 7
	mxRCShift   = 13
	mxFTZ       = 1 << 15
	mxValid     = 0xffff
	mxReset     = 0x1f80
)

func (s *sseState) reset() { *s = sseState{mxcsr: mxReset} }

// env starts a SIMD floating-point operation. As for the x87, the context
// lives in the state.
func (s *sseState) env() *fp.Env {
	s.scratch = fp.Env{
		SSE:    true,
		Round:  fp.Round(s.mxcsr >> mxRCShift & 3),
		Masked: fp.Flags(s.mxcsr >> mxMaskShift & 0x3f),
		DAZ:    s.mxcsr&mxDAZ != 0,
		FTZ:    s.mxcsr&mxFTZ != 0,
	}
	return &s.scratch
}

// canUseSSE makes the checks of SDM 3A table 13-1.
func (c *CPU) canUseSSE() bool {
	switch {
	case c.cr0&CR0EM != 0 || c.cr4&CR4OSFXSR == 0:
		return c.fault(vecUD, 0)
	case c.cr0&CR0TS != 0:
		return c.fault(vecNM, 0)
	}
	return true
}

// canUseMMX makes the checks of SDM 3A table 12-1 and puts the x87 registers
// into MMX state: TOP 0, all full.
func (c *CPU) canUseMMX() bool {
	switch {
	case c.cr0&CR0EM != 0:
		return c.fault(vecUD, 0)
	case c.cr0&CR0TS != 0:
		return c.fault(vecNM, 0)
	}
	return c.noPending()
}

// enterMMX is the effect of every MMX instruction but EMMS on the x87 state
// (SDM 3A 12.2.1). Semantics call it when they can no longer fault.
func (c *CPU) enterMMX() {
	c.fpu.top, c.fpu.empty = 0, 0
}

// raiseSIMD records exceptions in MXCSR and raises #XM for those that are not
// masked. The destination must still be untouched.
func (c *CPU) raiseSIMD(e *fp.Env) bool {
	c.sse.mxcsr |= uint32(e.Flags)
	if e.Flags&^e.Masked == 0 {
		return true
	}
	if c.cr4&CR4OSXMMEXCPT == 0 {
		return c.fault(vecUD, 0)
	}
	return c.fault(vecXM, 0)
}

// getVec reads operand i: a register, or memory, which for 16 bytes must be
// aligned unless the instruction says otherwise.
func (c *CPU) getVec(in *inst, i int, unaligned bool) (v vec, ok bool) {
	o := &in.op[i]
	switch o.kind {
	case opXMM:
		return c.sse.xmm[o.n&7], true
	case opMMX:
		binary.LittleEndian.PutUint64(v[:], c.fpu.reg[o.n&7].m)
		return v, true
	case opReg:
		binary.LittleEndian.PutUint32(v[:], c.r[o.n&7])
		return v, true
	}
	off := c.ea(in)
	if o.size == 16 && !unaligned && !c.aligned16(in, off) {
		return v, false
	}
	ok = c.loadBytes(in.seg, off, v[:o.size])
	return v, ok
}

func (c *CPU) aligned16(in *inst, off uint32) bool {
	return (c.seg[in.seg].base+off)&15 == 0 || c.fault(vecGP, 0)
}

// setVec writes operand i: n bytes of a register, or as many of memory as the
// operand has.
func (c *CPU) setVec(in *inst, i int, v *vec, n int, unaligned bool) bool {
	o := &in.op[i]
	switch o.kind {
	case opXMM:
		copy(c.sse.xmm[o.n&7][:n], v[:n])
		return true
	case opMMX:
		c.setMMX(o.n, v)
		return true
	case opReg:
		c.r[o.n&7] = binary.LittleEndian.Uint32(v[:])
		return true
	}
	off := c.ea(in)
	if o.size == 16 && !unaligned && !c.aligned16(in, off) {
		return false
	}
	return c.storeBytes(in.seg, off, v[:o.size])
}

// setMMX writes an MMX register; the exponent part becomes all ones.
func (c *CPU) setMMX(n uint8, v *vec) {
	c.fpu.reg[n&7] = f80{binary.LittleEndian.Uint64(v[:]), 0xffff}
}

func (v *vec) u16(i int) uint16      { return binary.LittleEndian.Uint16(v[2*i:]) }
func (v *vec) u32(i int) uint32      { return binary.LittleEndian.Uint32(v[4*i:]) }
func (v *vec) u64(i int) uint64      { return binary.LittleEndian.Uint64(v[8*i:]) }
func (v *vec) set16(i int, x uint16) { binary.LittleEndian.PutUint16(v[2*i:], x) }
func (v *vec) set32(i int, x uint32) { binary.LittleEndian.PutUint32(v[4*i:], x) }
func (v *vec) set64(i int, x uint64) { binary.LittleEndian.PutUint64(v[8*i:], x) }
func (v *vec) lane(i, n int) []byte  { return v[i*n : i*n+n] }

// The FXSAVE area (SDM 1 table 10-2).
const (
	fxSize = 512
	fxST   = 32
	fxXMM  = 160
)

// doFxsave, unlike FNSAVE, ignores pending exceptions and changes nothing.
func doFxsave(c *CPU, in *inst) bool {
	if !c.canUseFPU() || !c.aligned16(in, c.ea(in)) {
		return false
	}
	// Reserved bytes and those behind XMM7 are left alone.
	f := &c.fpu
	var b [fxXMM + 8*16]byte
	le := binary.LittleEndian
	le.PutUint16(b[0:], f.cw)
	le.PutUint16(b[2:], f.status())
	b[4] = ^f.empty
	le.PutUint16(b[6:], f.fop)
	le.PutUint32(b[8:], f.fip)
	le.PutUint16(b[12:], f.fcs)
	le.PutUint32(b[16:], f.fdp)
	le.PutUint16(b[20:], f.fds)
	le.PutUint32(b[24:], c.sse.mxcsr)
	le.PutUint32(b[28:], mxValid)
	for i := range uint8(8) {
		copy(b[fxST+16*int(i):], f.st(i).bytes())
	}
	for i, x := range c.sse.xmm {
		copy(b[fxXMM+16*i:], x[:])
	}
	n := len(b)
	if c.cr4&CR4OSFXSR == 0 {
		n = fxXMM
	}
	off := c.ea(in)
	return c.canStore(in.seg, off, fxSize) && c.storeBytes(in.seg, off, b[:n])
}

// doFxrstor checks MXCSR before anything is loaded.
func doFxrstor(c *CPU, in *inst) bool {
	if !c.canUseFPU() || !c.aligned16(in, c.ea(in)) {
		return false
	}
	var b [fxSize]byte
	if !c.loadBytes(in.seg, c.ea(in), b[:]) {
		return false
	}
	le := binary.LittleEndian
	mxcsr := le.Uint32(b[24:])
	if mxcsr&^uint32(mxValid) != 0 {
		return c.fault(vecGP, 0)
	}
	f := &c.fpu
	f.cw = le.Uint16(b[0:])&cwValid | cwFixed
	f.empty = ^b[4]
	f.setStatus(le.Uint16(b[2:]))
	f.fop = le.Uint16(b[6:]) & 0x7ff
	f.fip, f.fcs = le.Uint32(b[8:]), le.Uint16(b[12:])
	f.fdp, f.fds = le.Uint32(b[16:]), le.Uint16(b[20:])
	for i := range uint8(8) {
		r := b[fxST+16*int(i):]
		*f.st(i) = f80{le.Uint64(r), le.Uint16(r[8:])}
	}
	if c.cr4&CR4OSFXSR != 0 {
		c.sse.mxcsr = mxcsr
		for i := range c.sse.xmm {
			copy(c.sse.xmm[i][:], b[fxXMM+16*i:])
		}
	}
	return true
}

// doLdmxcsr faults on reserved bits.
func doLdmxcsr(c *CPU, in *inst) bool {
	if !c.canUseSSE() {
		return false
	}
	v, ok := c.get(in, 0)
	if !ok {
		return false
	}
	if v&^uint32(mxValid) != 0 {
		return c.fault(vecGP, 0)
	}
	c.sse.mxcsr = v
	return true
}

func doStmxcsr(c *CPU, in *inst) bool {
	return c.canUseSSE() && c.set(in, 0, c.sse.mxcsr)
}

func doEmms(c *CPU, _ *inst) bool {
	if !c.canUseMMX() {
		return false
	}
	c.fpu.top, c.fpu.empty = 0, 0xff
	return true
}
