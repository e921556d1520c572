package rv64

import "rv86/mmu"

// ECALL, EBREAK (I 2.8) and the privileged instructions (II 3.3, 4.2).

var rowsPriv = []Row{
	{name: "ecall", enc: "000000000000 00000 000 00000 1110011", ref: "I 2.8", doc: "call the environment", ex: "00000073 ecall", do: general(ecall), end: true},
	{name: "ebreak", enc: "000000000001 00000 000 00000 1110011", ref: "I 2.8", doc: "breakpoint", ex: "00100073 ebreak", do: general(ebreak), end: true},
	{name: "sret", enc: "0001000 00010 00000 000 00000 1110011", ref: "II 3.3.2", doc: "return from a trap handled in S", ex: "10200073 sret", do: general(sret), end: true},
	{name: "mret", enc: "0011000 00010 00000 000 00000 1110011", ref: "II 3.3.2", doc: "return from a trap handled in M", ex: "30200073 mret", do: general(mret), end: true},
	{name: "wfi", enc: "0001000 00101 00000 000 00000 1110011", ref: "II 3.3.3", doc: "wait for an interrupt", ex: "10500073 wfi", do: general(wfi), end: true},
	{name: "sfence.vma", enc: "0001001 rs2 rs1 000 00000 1110011", asm: "rs1, rs2", ref: "II 4.2.1", doc: "forget translations of address rs1 in address space rs2", ex: "12628073 sfence.vma t0, t1", do: general(sfenceVMA), end: true},
}

func ecall(h *Hart, _ *insn) trap {
	return h.raise(CauseECallU+Cause(h.priv), 0) // the codes for U, S and M are 8, 9 and 11
}

func ebreak(h *Hart, _ *insn) trap { return h.raise(CauseBreakpoint, h.pc) }

// sret and mret (II 3.1.6.1): xIE = xPIE, xPIE = 1, privilege = xPP, xPP = U;
// MPRV is cleared when leaving M. The reservation goes, so that an SC cannot
// succeed with another thread's LR.

func sret(h *Hart, in *insn) trap {
	if h.priv < PrivS || h.priv == PrivS && h.mstatus&mstatusTSR != 0 {
		return h.illegal(in)
	}
	s := h.mstatus &^ (mstatusSIE | mstatusSPP | mstatusMPRV)
	if s&mstatusSPIE != 0 {
		s |= mstatusSIE
	}
	h.priv = uint8(h.mstatus >> sppShift & 1)
	h.trapReturn(s|mstatusSPIE, h.sepc)
	return noTrap
}

func mret(h *Hart, in *insn) trap {
	if h.priv < PrivM {
		return h.illegal(in)
	}
	s := h.mstatus &^ (mstatusMIE | mstatusMPP)
	if s&mstatusMPIE != 0 {
		s |= mstatusMIE
	}
	h.priv = uint8(h.mstatus >> mppShift & 3)
	if h.priv != PrivM {
		s &^= mstatusMPRV
	}
	h.trapReturn(s|mstatusMPIE, h.mepc)
	return noTrap
}

func (h *Hart) trapReturn(mstatus, pc uint64) {
	h.mstatus = mstatus
	h.nextPC = pc
	h.reservation = reservation{}
	h.attention = true
	h.contextChanged()
}

// wfi retires; the run loop then waits while nothing is pending that mie
// enables, whatever the global enables say (II 3.3.3).
func wfi(h *Hart, in *insn) trap {
	if h.priv == PrivU || h.priv == PrivS && h.mstatus&mstatusTW != 0 {
		return h.illegal(in)
	}
	h.wfi = true
	h.attention = true
	return noTrap
}

// sfenceVMA (II 4.2.1): rs1 = x0 means every address. The TLB holds the
// translations of one address space, so that an ASID in rs2 only matters if it
// is another one's: there is nothing of it to forget.
func sfenceVMA(h *Hart, in *insn) trap {
	if h.priv < PrivS || !vmAllowed(h) {
		return h.illegal(in)
	}
	if in.rs2 != 0 && h.x[in.rs2]&asidMask != h.satp>>satpASIDShift&asidMask {
		return noTrap
	}
	if in.rs1 == 0 {
		h.flushTLB()
	} else {
		h.flushPage(h.x[in.rs1] &^ mmu.PageMask)
	}
	return noTrap
}
