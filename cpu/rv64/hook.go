package rv64

import (
	"rv86/cpu"
	"rv86/cpu/state"
	"rv86/mmu"
)

// What a debugger adds to a hart. None of it is looked at by the generated
// loop: blocks end before an execution point, and watched pages have no entry
// in the data TLBs, so that both come to slow.go and the reference path.

type debugState struct {
	hook    *cpu.Hook // nil: none
	breaks  bool      // RequestBreak was called
	written []uint64  // bit set of RAM pages; nil: not tracked
}

var _ cpu.Debugged = (*Hart)(nil)

// magicInsn is slti x0, x0, 0x86: a hint (I 2.9) that means "break" to a
// debugger that listens.
const magicInsn = 0x08602013

// SetHook implements cpu.Debugged.
func (h *Hart) SetHook(hook *cpu.Hook) {
	h.debug.hook = hook
	h.flushCode()
	h.flushTLB()
}

// RequestBreak implements cpu.Debugged.
func (h *Hart) RequestBreak() {
	h.debug.breaks = true
	h.attention = true
}

// atPoint reports whether the run stops before the instruction at pc.
func (h *Hart) atPoint() bool { return h.debug.splits(h.pc) && h.debug.hook.Exec(h.pc) }

func (d *debugState) splits(pc uint64) bool {
	return d.hook != nil && d.hook.Split != nil && d.hook.Split(pc)
}

// steps reports whether an instruction must not be part of a block.
func (d *debugState) steps(pc uint64, raw uint32) bool {
	return d.splits(pc) || raw == magicInsn && d.hook != nil && d.hook.Magic != nil
}

// watched reports whether the page of an access is watched, and must not be in
// a data TLB.
func (d *debugState) watched(va, pa uint64) bool {
	return d.hook != nil && d.hook.Watched != nil &&
		d.hook.Watched(va&^mmu.PageMask, pa&^mmu.PageMask)
}

// accessed tells of an access that is about to happen.
func (d *debugState) accessed(va, pa uint64, size int, write bool) {
	if d.watched(va, pa) {
		d.hook.Access(va, pa, size, write)
	}
}

// TrackWrites implements cpu.Debugged.
func (h *Hart) TrackWrites(on bool) {
	h.debug.written = nil
	if on {
		h.debug.written = make([]uint64, (len(h.ram)/mmu.PageSize+63)/64)
	}
	h.flushTLB()
}

// Written implements cpu.Debugged. The TLBs are emptied, so that the next store
// to each page is seen.
func (h *Hart) Written(f func(page int)) {
	h.flushTLB()
	state.TakeBits(h.debug.written, f)
}

// wrote takes down a write to RAM at pa.
func (d *debugState) wrote(ramOffset uint64) {
	if d.written != nil {
		page := ramOffset >> mmu.PageShift
		d.written[page/64] |= 1 << (page % 64)
	}
}

// State implements cpu.Debugged.
func (h *Hart) State(c *state.Codec) {
	c.Label("rv64")
	x := [32]uint64(h.x[:32])
	why := uint8(h.stop.Why)
	c.Fields(&x, &h.f, &h.pc, &h.insns, &h.priv, &h.wfi, &h.tval,
		&h.reservation.pa, &h.reservation.size, &h.irqWire, &h.exceptions, &h.idle,
		&h.loop.retired, &h.loop.barren, &h.loop.nested, &h.loop.same, &h.loop.state, &h.loop.renewAt,
		&h.stopping, &why, &h.pmp.cfg, &h.pmp.addr)
	c.String(&h.stop.Detail, maxDetail)
	h.csrState.state(c)
	c.Check(x[0] == 0, "x0")
	c.Check(h.pc&1 == 0, "pc")
	c.Check(h.priv == PrivU || h.priv == PrivS || h.priv == PrivM, "the privilege mode")
	c.Check(h.reservation.size&^(4|8) == 0, "the reservation")
	if !c.Loading() {
		return
	}
	copy(h.x[:32], x[:])
	h.stop.Why = cpu.Reason(why)
	h.pmp.update()
	h.attention = true
	h.debug.breaks = false
	h.flushTLB()
}

// maxDetail bounds the text of a stop that is being saved.
const maxDetail = 1 << 10

func (s *csrState) state(c *state.Codec) {
	c.Fields(&s.mstatus, &s.medeleg, &s.mideleg, &s.mie, &s.mtvec, &s.mscratch, &s.mepc, &s.mcause, &s.mtval,
		&s.stvec, &s.sscratch, &s.sepc, &s.scause, &s.stval, &s.satp, &s.mipSoft, &s.menvcfg, &s.senvcfg,
		&s.mcounteren, &s.scounteren, &s.mcountinhibit, &s.stimecmp,
		&s.cycle.base, &s.cycle.frozen, &s.instret.base, &s.instret.frozen, &s.fflags, &s.frm)
	c.Check((s.mepc|s.sepc)&1 == 0, "an exception's pc")
	c.Check(s.frm < 8 && s.fflags < 32, "fcsr")
	c.Check(s.mstatus>>mppShift&3 != 2, "mstatus.MPP")
}
