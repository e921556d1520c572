package rv64

import (
	"strings"
	"testing"

	"rv86/cpu"
)

// TestExceptions: each cause with its trap value, taken to M, and, where it
// can be delegated, to S (II 3.1.15, 3.1.16).
func TestExceptions(t *testing.T) {
	const nowhere = 0x4000_0000
	for _, c := range []struct {
		name  string
		line  string
		raw   uint32 // instead of line
		cause Cause
		tval  uint64
	}{
		{name: "illegal, 32 bits", raw: 0xffffffff, cause: CauseIllegal, tval: 0xffffffff},
		{name: "illegal, 16 bits", raw: 0x00000000, cause: CauseIllegal, tval: 0},
		{name: "reserved, 16 bits", raw: 0x00008002, cause: CauseIllegal, tval: 0x8002},
		{name: "unknown CSR", line: "csrrs t0, 0x7ff, zero", cause: CauseIllegal, tval: 0x7ff022f3},
		{name: "write to read-only CSR", line: "csrrw t0, time, zero", cause: CauseIllegal, tval: 0xc01012f3},
		{name: "breakpoint", line: "ebreak", cause: CauseBreakpoint, tval: diffBase},
		{name: "load access", line: "lw t0, 0(s0)", cause: CauseLoadAccess, tval: nowhere},
		{name: "store access", line: "sd t0, 0(s0)", cause: CauseStoreAccess, tval: nowhere},
		{name: "misaligned LR", line: "lr.w t0, (s1)", cause: CauseLoadMisaligned, tval: rigData + 2},
		{name: "misaligned SC", line: "sc.d t0, t1, (s1)", cause: CauseStoreMisaligned, tval: rigData + 2},
		{name: "misaligned AMO", line: "amoadd.w t0, t1, (s1)", cause: CauseStoreMisaligned, tval: rigData + 2},
		{name: "AMO access", line: "amoadd.w t0, t1, (s0)", cause: CauseStoreAccess, tval: nowhere},
		{name: "jump to nowhere", line: "jalr zero, 0(s0)", cause: CauseInsnAccess, tval: nowhere},
		{name: "ecall", line: "ecall"},
	} {
		for _, priv := range []uint8{PrivU, PrivS, PrivM} {
			for _, delegate := range []bool{false, true} {
				t.Run(c.name, func(t *testing.T) {
					onBothPaths(t, func(r *rig) {
						if c.line == "" {
							storeBytes(r.ram[:4], uint64(c.raw))
						} else {
							r.code(diffBase, c.line)
						}
						cause, pc := c.cause, uint64(diffBase)
						switch {
						case c.line == "ecall":
							cause = map[uint8]Cause{PrivU: CauseECallU, PrivS: CauseECallS, PrivM: CauseECallM}[priv]
						case cause == CauseInsnAccess:
							pc = nowhere
						}
						if delegate {
							r.set("medeleg", allBits)
						}
						r.SetX(8, nowhere)
						r.SetX(9, rigData+2)
						r.SetPriv(priv)
						if s := r.run(4); s.Why != cpu.StopIdle {
							r.t.Fatalf("stopped with %v at %#x", s, r.PC())
						}
						if delegate && priv != PrivM {
							r.want("scause", cause, "stval", c.tval, "sepc", pc, "mcause", 0)
							if r.Priv() != PrivS || r.get("sstatus")&mstatusSPP != uint64(priv)<<sppShift {
								r.t.Errorf("in mode %d, sstatus %#x", r.Priv(), r.get("sstatus"))
							}
							return
						}
						r.want("mcause", cause, "mtval", c.tval, "mepc", pc, "scause", 0)
						if r.Priv() != PrivM || r.get("mstatus")&mstatusMPP != uint64(priv)<<mppShift {
							r.t.Errorf("in mode %d, mstatus %#x", r.Priv(), r.get("mstatus"))
						}
					})
				})
			}
		}
	}
}

// TestInterruptPriority takes all interrupts, one after the other, in the order
// of II 3.1.9: those for M before those that are delegated.
func TestInterruptPriority(t *testing.T) {
	for _, c := range []struct {
		mideleg uint64
		want    []uint64
	}{
		{0, []uint64{irqMEI, irqMSI, irqMTI, irqSEI, irqSSI, irqSTI}},
		{1 << irqSEI, []uint64{irqMEI, irqMSI, irqMTI, irqSSI, irqSTI, irqSEI}},
	} {
		onBothPaths(t, func(r *rig) {
			for _, irq := range []uint{irqMEI, irqMSI, irqMTI} {
				r.SetIRQ(irq, true)
			}
			r.set("mideleg", c.mideleg)
			r.set("mip", irqS)
			r.set("mtvec", rigHandlerM|tvecVectored)
			r.set("stvec", rigHandlerS|tvecVectored)
			for i := range uint64(12) {
				r.code(rigHandlerM+4*i, "c.addi s1, 0")
				r.code(rigHandlerS+4*i, "c.addi s1, 0")
			}
			r.set("mie", irqAll)
			for _, irq := range c.want {
				r.SetPriv(PrivU)
				r.run(1)
				status, pc := "mcause", uint64(rigHandlerM)
				if c.mideleg>>irq&1 != 0 {
					status, pc = "scause", rigHandlerS
				}
				r.want(status, causeInterrupt|irq)
				if want := pc + 4*irq + 2; r.PC() != want {
					r.t.Errorf("interrupt %d: pc %#x, want %#x", irq, r.PC(), want)
				}
				r.set("mie", r.get("mie")&^(1<<irq))
			}
		})
	}
}

// TestInterruptEnable: in mode x only xIE counts; below x an interrupt for x is
// always enabled; above never (II 3.1.9).
func TestInterruptEnable(t *testing.T) {
	for _, priv := range []uint8{PrivU, PrivS, PrivM} {
		for _, enabled := range []bool{false, true} {
			for _, delegated := range []bool{false, true} {
				onBothPaths(t, func(r *rig) {
					r.code(diffBase, "addi t0, zero, 1")
					r.set("mie", 1<<irqSEI)
					if delegated {
						r.set("mideleg", 1<<irqSEI)
					}
					if enabled {
						r.set("mstatus", mstatusMIE|mstatusSIE)
					}
					r.SetIRQ(irqSEI, true)
					r.SetPriv(priv)
					target := uint8(PrivM)
					if delegated {
						target = PrivS
					}
					want := priv < target || priv == target && enabled
					r.run(1)
					if taken := r.X(5) == 0; taken != want {
						r.t.Errorf("mode %d, enabled %v, delegated %v: taken %v", priv, enabled, delegated, taken)
					}
				})
			}
		}
	}
}

// TestTrapReturn follows mstatus through MRET and SRET (II 3.1.6.1).
func TestTrapReturn(t *testing.T) {
	onBothPaths(t, func(r *rig) {
		r.code(diffBase, "mret")
		r.code(rigData, "sret")
		r.set("mepc", rigData)
		r.set("sepc", rigData+0x100)
		r.set("mstatus", 1<<mppShift|mstatusMPIE|mstatusMPRV|mstatusSPP)
		r.run(1)
		if r.Priv() != PrivS || r.PC() != rigData {
			r.t.Fatalf("MRET to mode %d at %#x", r.Priv(), r.PC())
		}
		r.want("mstatus", uint64(mstatusFixed|mstatusMIE|mstatusMPIE|mstatusSPP))
		r.run(1)
		if r.Priv() != PrivS || r.PC() != rigData+0x100 {
			r.t.Fatalf("SRET to mode %d at %#x", r.Priv(), r.PC())
		}
		r.want("mstatus", uint64(mstatusFixed|mstatusMIE|mstatusMPIE|mstatusSPIE))
	})
}

// TestTrapVirtualization: TVM, TW and TSR (II 3.1.6.5), and what lower modes may
// not do at all.
func TestTrapVirtualization(t *testing.T) {
	for _, c := range []struct {
		line   string
		status uint64
		// whether S and U may
		s, u bool
	}{
		{"sfence.vma zero, zero", 0, true, false},
		{"sfence.vma zero, zero", mstatusTVM, false, false},
		{"csrrs t0, satp, zero", 0, true, false},
		{"csrrs t0, satp, zero", mstatusTVM, false, false},
		{"sret", 0, true, false},
		{"sret", mstatusTSR, false, false},
		{"wfi", 0, true, false},
		{"wfi", mstatusTW, false, false},
		{"mret", 0, false, false},
		{"csrrs t0, mstatus, zero", 0, false, false},
		{"csrrs t0, sstatus, zero", 0, true, false},
		{"csrrs t0, cycle, zero", 0, false, false},
		{"fadd.d ft0, ft0, ft0", 0, false, false}, // FS = Off
		{"fld ft0, 0(s0)", mstatusFS, true, true},
	} {
		for priv, may := range map[uint8]bool{PrivU: c.u, PrivS: c.s} {
			onBothPaths(t, func(r *rig) {
				r.code(diffBase, c.line)
				r.SetX(8, rigData)
				r.set("mstatus", c.status|mstatusSPP)
				r.set("sepc", rigData)
				r.SetPriv(priv)
				r.run(1)
				if illegal := r.get("mcause") == uint64(CauseIllegal); illegal == may {
					r.t.Errorf("%s in mode %d with mstatus %#x: illegal %v", c.line, priv, c.status, illegal)
				}
			})
		}
	}
}

// TestWFI: it waits whatever the global enables say, and goes on for what mie
// enables (II 3.3.3).
func TestWFI(t *testing.T) {
	onBothPaths(t, func(r *rig) {
		r.code(diffBase, "wfi", "addi t0, t0, 1", "wfi", "addi t0, t0, 1")
		r.set("mie", 1<<irqMTI)
		if s := r.run(10); s.Why != cpu.StopIdle || r.PC() != diffBase+4 || r.Insns() != 1 {
			r.t.Fatalf("%v at %#x after %d", s, r.PC(), r.Insns())
		}
		r.SetIRQ(irqMSI, true) // not enabled
		if s := r.run(10); s.Why != cpu.StopIdle {
			r.t.Fatalf("woken by an interrupt that mie masks: %v", s)
		}
		r.AdvanceIdle(1000)
		r.SetIRQ(irqMTI, true)
		r.run(3) // MIE is off: no trap; the second WFI does not wait
		r.wantX(5, 2)
		r.want("minstret", 4, "mcycle", 1003)
	})
}

// TestTrapLoop: a machine that can only trap for ever stops with a reason.
func TestTrapLoop(t *testing.T) {
	for name, setup := range map[string]func(r *rig){
		"no handler":         func(r *rig) { r.set("mtvec", 0x1000) },
		"handler traps":      func(r *rig) { r.code(rigHandlerM, "ebreak") },
		"handler traps late": func(r *rig) { r.code(rigHandlerM, "addi t0, zero, 1", "ebreak") },
		"S handler": func(r *rig) {
			r.set("medeleg", allBits)
			r.SetPriv(PrivS)
			r.code(rigHandlerS, "addi t0, zero, 1", "ebreak")
		},
	} {
		t.Run(name, func(t *testing.T) {
			onBothPaths(t, func(r *rig) {
				r.code(diffBase, "ebreak")
				setup(r)
				s := r.run(10_000_000)
				if s.Why != cpu.StopFault || !strings.Contains(s.Detail, "trap loop") {
					r.t.Fatalf("%v after %d", s, r.Insns())
				}
			})
		})
	}
}

// TestNoTrapLoop: a program that counts its traps in memory is not stuck.
func TestNoTrapLoop(t *testing.T) {
	onBothPaths(t, func(r *rig) {
		r.code(diffBase, "loop:", "ecall", "jal zero, loop")
		r.code(rigHandlerM, "csrrs t0, mepc, zero", "addi t0, t0, 4", "csrrw zero, mepc, t0",
			"ld t0, 0(s0)", "addi t0, t0, 1", "sd t0, 0(s0)", "addi t0, zero, 0", "mret")
		r.SetX(8, rigData)
		if s := r.run(200_000); s.Why != cpu.StopBudget || r.word(rigData) != 20_000 {
			r.t.Fatalf("%v after %d traps", s, r.word(rigData))
		}
	})
}
