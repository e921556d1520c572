package i386

import (
	"rv86/cpu"
	"rv86/cpu/state"
)

// What a debugger adds to a processor. The generated loop looks at none of it:
// blocks end before an execution point, and watched pages have no hot TLB entry.

type debugHook struct {
	hook    *cpu.Hook // nil: none
	breaks  bool      // RequestBreak was called
	written []uint64  // bit set of RAM pages; nil: not tracked
	from    uint8     // CPL before the trap that the hook is told of
}

var _ cpu.Debugged = (*CPU)(nil)

// SetHook implements cpu.Debugged.
func (c *CPU) SetHook(h *cpu.Hook) {
	c.debug.hook = h
	c.code.reset(c)
	c.refillHot()
}

// refillHot makes the fast entries anew. The translations themselves stay: a
// guest that changed its tables and did not say so still has the old ones.
func (c *CPU) refillHot() {
	for i := range c.tlbs {
		t := &c.tlbs[i]
		for j := range t.cold {
			t.hot[j].rtag, t.hot[j].wtag = noTag, noTag
			if e := &t.cold[j]; e.tag != noTag {
				c.fillHot(&t.hot[j], e, false)
			}
		}
	}
	c.code.forgetTranslations()
}

// TrapCPL is, while the hook is told of a trap, the CPL before it.
func (c *CPU) TrapCPL() int { return int(c.debug.from) }

// RequestBreak implements cpu.Debugged.
func (c *CPU) RequestBreak() {
	c.debug.breaks = true
	c.attn = true
}

// advanceOne is stepOne, except before an instruction at which a run stops.
func (c *CPU) advanceOne() {
	d := &c.debug
	if d.hook != nil {
		if la := c.seg[CS].base + c.eip; d.splits(la) && d.hook.Exec(uint64(la)) {
			c.RequestBreak()
			return
		}
	}
	c.stepOne()
}

func (d *debugHook) splits(la uint32) bool { return d.hook.Split != nil && d.hook.Split(uint64(la)) }

// steps reports whether an instruction must not be part of a block.
func (d *debugHook) steps(la uint32, in *inst) bool {
	return d.splits(la) || d.hook.Magic != nil && in.isMagic()
}

// isMagic: xchg bx, bx does nothing, and means "break" to a debugger that
// listens, as in Bochs.
func (in *inst) isMagic() bool {
	a, b := &in.op[0], &in.op[1]
	return in.row.name == "xchg" && in.osz == 2 && a.kind == opReg && b.kind == opReg && a.n == EBX && b.n == EBX && a.size == 2
}

func (d *debugHook) executed(in *inst) {
	if d.hook.Magic != nil && in.isMagic() {
		d.hook.Magic()
	}
}

func (d *debugHook) watched(la, pa uint32) bool {
	return d.hook.Watched != nil && d.hook.Watched(uint64(la&^pageMask), uint64(pa&^pageMask))
}

// accessed tells of an access within one page that is about to happen.
func (d *debugHook) accessed(la, pa, size uint32, write bool) {
	if d.watched(la, pa) {
		d.hook.Access(uint64(la), uint64(pa), int(size), write)
	}
}

// TrackWrites implements cpu.Debugged.
func (c *CPU) TrackWrites(on bool) {
	c.debug.written = nil
	if on {
		c.debug.written = make([]uint64, (len(c.romap)+63)/64)
	}
	c.refillHot()
}

// Written implements cpu.Debugged.
func (c *CPU) Written(f func(page int)) {
	state.TakeBits(c.debug.written, f)
	for i := range c.tlbs {
		for j := range c.tlbs[i].hot {
			c.tlbs[i].hot[j].wtag = noTag
		}
	}
}

// wrote takes down a write to RAM at pa.
func (d *debugHook) wrote(pa uint32) {
	if page := pa >> pageShift; d.written != nil && int(page/64) < len(d.written) {
		d.written[page/64] |= 1 << (page % 64)
	}
}

// mayWrite reports whether stores to the page of pa need not be seen.
func (d *debugHook) mayWrite(pa uint32) bool {
	page := pa >> pageShift
	return d.written == nil || d.written[page/64]>>(page%64)&1 != 0
}

// State implements cpu.Debugged. The translations are part of it: they decide
// what a guest sees that changes its tables without saying so.
func (c *CPU) State(k *state.Codec) {
	k.Label("i386")
	flags, regs, a20 := c.EFLAGS(), [8]uint32(c.r[:8]), c.a20 == ^uint32(0)
	k.Fields(&regs, &flags, &c.eip, &c.insns)
	for i := range c.seg {
		c.seg[i].state(k)
	}
	c.ldtr.state(k)
	c.tr.state(k)
	k.Fields(&c.gdtr.base, &c.gdtr.limit, &c.idtr.base, &c.idtr.limit,
		&c.cr0, &c.cr2, &c.cr3, &c.cr4, &c.dr,
		&c.msr.sysenterCS, &c.msr.sysenterESP, &c.msr.sysenterEIP, &c.msr.pat, &c.tscBase,
		&c.cpl, &a20, &c.halted, &c.intr, &c.nmi, &c.inNMI, &c.shadow)
	k.Check(c.cpl <= 3, "CPL")
	c.fpu.state(k)
	k.Fields(&c.sse.xmm, &c.sse.mxcsr)
	c.stateStop(k)
	if k.Loading() && k.Err() == nil {
		copy(c.r[:8], regs[:])
		c.fl.setArith(flags)
		c.eflags = flags & flagsSystem
		c.a20 = ^uint32(0)
		if !a20 {
			c.a20 &^= 1 << 20
		}
		c.dbg = debugState{active: c.dr[7]&dr7Enables != 0}
		c.exc = exception{}
		c.debug.breaks = false
		c.modeChanged()
	}
	c.stateTLB(k)
	if k.Loading() {
		c.refillHot()
		c.updateAttention()
	}
}

func (s *segment) state(k *state.Codec) {
	k.Fields(&s.sel, &s.attr, &s.base, &s.limit)
	if k.Loading() {
		s.derive()
	}
}

func (f *fpuState) state(k *state.Codec) {
	for i := range f.reg {
		k.Fields(&f.reg[i].m, &f.reg[i].se)
	}
	k.Fields(&f.top, &f.empty, &f.cw, &f.sw, &f.fop, &f.fip, &f.fdp, &f.fcs, &f.fds)
	k.Check(f.top < 8, "the FPU's TOP")
}

// maxDetail bounds the text of a stop that is being saved.
const maxDetail = 1 << 12

// stateStop saves a stop that was asked for and not yet given: a triple fault
// lasts until reset.
func (c *CPU) stateStop(k *state.Codec) {
	var s cpu.Stop
	if c.stop != nil {
		s = *c.stop
	}
	pending, why := c.stop != nil, uint8(s.Why)
	k.Fields(&pending, &why)
	k.String(&s.Detail, maxDetail)
	if k.Loading() {
		c.stop = nil
		if s.Why = cpu.Reason(why); pending {
			c.stop = &s
		}
	}
}

func (c *CPU) stateTLB(k *state.Codec) {
	k.Fields(&c.large)
	for i := range c.tlbs {
		for _, entries := range [...]*[tlbSize]coldEntry{&c.tlbs[i].cold, &c.tlbs[i].fetch} {
			stateEntries(k, entries)
		}
	}
}

// stateEntries lists the entries of a table that hold something.
func stateEntries(k *state.Codec, entries *[tlbSize]coldEntry) {
	n := 0
	for i := range entries {
		if entries[i].tag != noTag {
			n++
		}
	}
	n = k.Len(n, tlbSize)
	if k.Loading() {
		for i := range entries {
			entries[i].tag = noTag
		}
		for range n {
			var e coldEntry
			e.state(k)
			k.Check(e.tag&pageMask == 0 && e.frame&pageMask == 0, "a translation")
			if k.Err() != nil {
				return
			}
			entries[e.tag>>pageShift&tlbMask] = e
		}
		return
	}
	for i := range entries {
		if entries[i].tag != noTag {
			entries[i].state(k)
		}
	}
}

func (e *coldEntry) state(k *state.Codec) {
	k.Fields(&e.tag, &e.frame, &e.writable, &e.global, &e.large)
}
