package rv64

import (
	"rv86/cpu"
	"rv86/mmu"
)

// Supervisor-level CSRs (II 4.1) and Sstc.

var csrsSupervisor = []csr{
	{num: 0x100, name: "sstatus", ref: "II 4.1.1", read: func(h *Hart) uint64 { return readMstatus(h) & sstatusMask }, write: func(h *Hart, v uint64) { h.setMstatus(v&^mstatusMPP, sstatusWritable) }},
	{num: 0x104, name: "sie", ref: "II 4.1.3", read: func(h *Hart) uint64 { return h.mie & h.mideleg }, write: func(h *Hart, v uint64) {
		h.mie = h.mie&^h.mideleg | v&h.mideleg
		h.attention = true
	}},
	{num: 0x105, name: "stvec", ref: "II 4.1.2", read: func(h *Hart) uint64 { return h.stvec }, write: func(h *Hart, v uint64) { writeTvec(&h.stvec, v) }},
	{num: 0x106, name: "scounteren", ref: "II 4.1.5", read: func(h *Hart) uint64 { return uint64(h.scounteren) }, write: func(h *Hart, v uint64) { h.scounteren = uint32(v) }},
	plainCSR(0x10a, "senvcfg", "II 4.1.10", envcfgFIOM, func(s *csrState) *uint64 { return &s.senvcfg }),
	plainCSR(0x140, "sscratch", "II 4.1.6", allBits, func(s *csrState) *uint64 { return &s.sscratch }),
	plainCSR(0x141, "sepc", "II 4.1.7", allBits&^1, func(s *csrState) *uint64 { return &s.sepc }),
	plainCSR(0x142, "scause", "II 4.1.8", allBits, func(s *csrState) *uint64 { return &s.scause }),
	plainCSR(0x143, "stval", "II 4.1.9", allBits, func(s *csrState) *uint64 { return &s.stval }),
	// Of the bits that S sees it can write SSIP alone.
	{num: 0x144, name: "sip", ref: "II 4.1.3", read: func(h *Hart) uint64 { return h.pending() & h.mideleg }, write: func(h *Hart, v uint64) { h.setSoftIRQ(v, h.mideleg&(1<<irqSSI)) }},
	{num: 0x14d, name: "stimecmp", ref: "Sstc 1.0, 2", read: func(h *Hart) uint64 { return h.stimecmp }, write: writeStimecmp, allow: stimecmpAllowed},
	{num: 0x180, name: "satp", ref: "II 4.1.11", read: func(h *Hart) uint64 { return h.satp }, write: writeSatp, allow: vmAllowed},
}

// satp (II 4.1.11, figure 4.12): MODE 63:60, ASID 59:44, PPN 43:0.
const (
	satpModeShift = 60
	satpModeBare  = 0
	satpModeSv39  = 8
	satpASIDShift = 44
	asidMask      = 1<<16 - 1
	satpPPN       = 1<<44 - 1
)

// writeSatp ignores a write with a mode that is not there, as the manual
// demands. Translations of another address space are dropped, global ones too:
// that is always permitted.
func writeSatp(h *Hart, v uint64) {
	mode := v >> satpModeShift
	if mode != satpModeBare && mode != satpModeSv39 || v == h.satp {
		return
	}
	h.satp = v
	if h.debug.hook != nil && h.debug.hook.Root != nil {
		h.debug.hook.Root()
	}
	h.flushTLB()
}

// vmAllowed: mstatus.TVM reserves satp and SFENCE.VMA for M (II 3.1.6.5).
func vmAllowed(h *Hart) bool { return h.priv == PrivM || h.mstatus&mstatusTVM == 0 }

// writeStimecmp stops the run, for the board to work out its next timer event.
func writeStimecmp(h *Hart, v uint64) {
	h.stimecmp = v
	h.RequestStop(cpu.Stop{Why: cpu.StopEvent})
}

// stimecmpAllowed: below M, menvcfg.STCE and mcounteren.TM must both permit it
// (Sstc 1.0, chapter 2).
func stimecmpAllowed(h *Hart) bool {
	return h.priv == PrivM || h.menvcfg&envcfgSTCE != 0 && h.mcounteren&counterTM != 0
}

// TimerCompare is stimecmp, or all ones where it raises no interrupt.
func (h *Hart) TimerCompare() uint64 {
	if h.menvcfg&envcfgSTCE == 0 {
		return allBits
	}
	return h.stimecmp
}

// translating returns whether accesses at privilege p go through Sv39.
func (h *Hart) translating(p uint8) bool {
	return p != PrivM && h.satp>>satpModeShift == satpModeSv39
}

func (h *Hart) rootTable() uint64 { return h.satp & satpPPN << mmu.PageShift }
