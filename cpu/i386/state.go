package i386

import (
	"encoding/binary"
	"io"

	"rv86/cpu"
)

var _ cpu.Core = (*CPU)(nil)

// WriteState implements cpu.Core. Segment registers are written with their
// hidden parts, since an unreal mode or a changed descriptor table makes them
// more than their selectors.
func (c *CPU) WriteState(w io.Writer) error {
	var b []byte
	le := binary.LittleEndian
	u16 := func(v uint16) { b = le.AppendUint16(b, v) }
	u32 := func(v uint32) { b = le.AppendUint32(b, v) }
	u64 := func(v uint64) { b = le.AppendUint64(b, v) }
	flag := func(v bool) {
		n := byte(0)
		if v {
			n = 1
		}
		b = append(b, n)
	}
	seg := func(s *segment) { u16(s.sel); u16(s.attr); u32(s.base); u32(s.limit) }

	for _, v := range c.r[:8] {
		u32(v)
	}
	u32(c.eip)
	u32(c.EFLAGS())
	u64(c.insns)
	for i := range c.seg {
		seg(&c.seg[i])
	}
	seg(&c.ldtr)
	seg(&c.tr)
	u32(c.gdtr.base)
	u16(c.gdtr.limit)
	u32(c.idtr.base)
	u16(c.idtr.limit)
	for _, v := range [...]uint32{c.cr0, c.cr2, c.cr3, c.cr4} {
		u32(v)
	}
	for _, v := range c.dr {
		u32(v)
	}
	u32(c.msr.sysenterCS)
	u32(c.msr.sysenterESP)
	u32(c.msr.sysenterEIP)
	u64(c.msr.pat)
	u64(c.tscBase)
	b = append(b, c.cpl)
	for _, v := range [...]bool{c.halted, c.intr, c.nmi, c.inNMI, c.shadow, c.a20 == ^uint32(0)} {
		flag(v)
	}

	f := &c.fpu
	for i := range f.reg {
		b = append(b, f.reg[i].bytes()...)
	}
	b = append(b, f.empty)
	for _, v := range [...]uint16{f.cw, f.status(), f.fop, f.fcs, f.fds} {
		u16(v)
	}
	u32(f.fip)
	u32(f.fdp)
	for i := range c.sse.xmm {
		b = append(b, c.sse.xmm[i][:]...)
	}
	u32(c.sse.mxcsr)
	_, err := w.Write(b)
	return err
}
