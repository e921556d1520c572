package rv64

import (
	"testing"

	"rv86/cpu"
)

// TestWARL: what a write of all ones, of zero and of reserved values leaves.
func TestWARL(t *testing.T) {
	for _, c := range []struct {
		csr         string
		write, want uint64
	}{
		{"mstatus", allBits, mstatusFixed | mstatusWritable | mstatusSD},
		{"mstatus", 2 << mppShift, mstatusFixed}, // MPP = 2 is no mode: it stays U
		{"sstatus", allBits, mstatusUXL&mstatusFixed | sstatusWritable | mstatusSD},
		{"misa", 0, misaValue},
		{"medeleg", allBits, 0xb3ff},
		{"mideleg", allBits, 0x222},
		{"mie", allBits, 0xaaa},
		{"mip", allBits, 0x222},
		{"mtvec", 0x1001, 0x1001},
		{"mtvec", 0x1002, 0x80001000}, // reserved mode: the write is ignored
		{"mepc", 0x1003, 0x1002},
		{"sepc", 0x1003, 0x1002},
		{"satp", 9<<satpModeShift | 5, 0}, // Sv48 is not there
		{"satp", satpModeSv39<<satpModeShift | 5, satpModeSv39<<satpModeShift | 5},
		{"menvcfg", allBits, envcfgSTCE | envcfgFIOM},
		{"mcountinhibit", allBits, counterCY | counterIR},
		{"mhpmcounter3", allBits, 0},
		{"mhpmevent31", allBits, 0},
		{"tselect", allBits, 0},
		{"pmpcfg0", allBits &^ (pmpLock * 0x0101010101010101), 0x1f1f1f1f1f1f1f1f},
		{"pmpcfg2", pmpW, 0}, // W without R is reserved
		{"pmpaddr3", allBits, pmpAddrOK},
		{"fcsr", allBits, 0xff},
	} {
		r := newRig(t, false)
		r.set("mstatus", 0)
		r.set(c.csr, c.write)
		if got := r.get(c.csr); got != c.want {
			t.Errorf("%s = %#x reads %#x, want %#x", c.csr, c.write, got, c.want)
		}
	}
}

// TestCSRRows: names and numbers are unique, and each register can be read, and
// written if it is not read-only, in M mode.
func TestCSRRows(t *testing.T) {
	names := map[string]bool{}
	for i := range csrRows {
		c := &csrRows[i]
		if names[c.name] || csrByNumber(c.num) != c {
			t.Errorf("%s (%#x) is there twice", c.name, c.num)
		}
		if c.ref == "" {
			t.Errorf("%s: no clause", c.name)
		}
		names[c.name] = true
		r := newRig(t, false)
		r.set("mstatus", mstatusFS)
		r.code(diffBase, "csrrs t0, "+c.name+", zero", "csrrw zero, "+c.name+", t0")
		r.run(2)
		wrote := r.PC() == diffBase+8
		if wrote == csrReadOnly(c.num) {
			t.Errorf("%s: written %v, cause %d", c.name, wrote, r.get("mcause"))
		}
	}
}

// TestCSRAccess: the set and clear forms write nothing with x0, which is how
// read-only registers are read; CSRRW always writes (I 9.1).
func TestCSRAccess(t *testing.T) {
	for line, legal := range map[string]bool{
		"csrrs t0, mhartid, zero": true,
		"csrrc t0, mhartid, zero": true,
		"csrrsi t0, mhartid, 0":   true,
		"csrrci t0, mhartid, 0":   true,
		"csrrs t0, mhartid, t1":   false, // even if t1 is 0
		"csrrsi t0, mhartid, 1":   false,
		"csrrw t0, mhartid, zero": false,
		"csrrwi t0, mhartid, 0":   false,
	} {
		onBothPaths(t, func(r *rig) {
			r.code(diffBase, line)
			r.run(1)
			if got := r.PC() == diffBase+4; got != legal {
				r.t.Errorf("%s: legal %v", line, got)
			}
		})
	}
}

// TestMipReadModifyWrite: the wire of SEIP reads as one with the software bit,
// but a CSRRS must not copy it there (II 3.1.9).
func TestMipReadModifyWrite(t *testing.T) {
	onBothPaths(t, func(r *rig) {
		r.code(diffBase, "csrrsi t0, mip, 2", "csrrs t1, mip, zero")
		r.SetIRQ(irqSEI, true)
		r.run(1)
		r.SetIRQ(irqSEI, false)
		r.run(1)
		r.wantX(5, 1<<irqSEI)
		r.wantX(6, 1<<irqSSI)
	})
}

// TestCounters: a write takes effect after the writing instruction; traps do
// not retire; an inhibited counter stands still (II 3.1.10, 3.1.12).
func TestCounters(t *testing.T) {
	onBothPaths(t, func(r *rig) {
		r.code(diffBase,
			"csrrwi zero, minstret, 5", "csrrs t0, minstret, zero", // 5
			"csrrwi zero, mcycle, 7", "csrrs t1, mcycle, zero", // 7
			"ecall",
			"csrrs t2, minstret, zero",
			"csrrwi zero, mcountinhibit, 4", "csrrs s0, minstret, zero", "csrrs s1, minstret, zero",
			"csrrwi zero, mcountinhibit, 0", "csrrs a0, minstret, zero")
		r.code(rigHandlerM, "csrrs a1, mepc, zero", "addi a1, a1, 4", "csrrw zero, mepc, a1", "mret")
		r.run(15)
		r.wantX(5, 5)
		r.wantX(6, 7)
		r.wantX(7, 5+3+4) // t0's read and two more, not the ECALL, and the handler
		r.wantX(8, r.X(9))
		r.wantX(8, 5+3+4+1)    // the inhibiting write does not count any more
		r.wantX(10, 5+3+4+1+1) // the one that ends it does
	})
}

// TestCounterEnable: mcounteren for S, both registers for U (II 3.1.11, 4.1.5).
func TestCounterEnable(t *testing.T) {
	for name, bit := range map[string]uint64{"cycle": counterCY, "time": counterTM, "instret": counterIR, "hpmcounter3": 8} {
		for _, c := range []struct {
			priv uint8
			m, s uint64
			want bool
		}{
			{PrivS, 0, bit, false},
			{PrivS, bit, 0, true},
			{PrivU, bit, 0, false},
			{PrivU, 0, bit, false},
			{PrivU, bit, bit, true},
		} {
			onBothPaths(t, func(r *rig) {
				r.code(diffBase, "csrrs t0, "+name+", zero")
				r.set("mcounteren", c.m)
				r.set("scounteren", c.s)
				r.SetPriv(c.priv)
				r.run(1)
				if got := r.PC() == diffBase+4; got != c.want {
					r.t.Errorf("%s, mode %d, mcounteren %#x, scounteren %#x: readable %v", name, c.priv, c.m, c.s, got)
				}
			})
		}
	}
}

// TestStimecmp: Sstc's access rules, its interrupt at the very instruction, and
// the stop by which the board learns of a new compare value.
func TestStimecmp(t *testing.T) {
	onBothPaths(t, func(r *rig) {
		const line = "csrrw zero, stimecmp, t0"
		r.code(diffBase, line, line, "addi t1, t1, 1", "jal zero, -4")
		r.SetX(5, 3) // three ticks
		r.SetPriv(PrivS)
		r.run(1)
		r.want("mcause", CauseIllegal) // STCE is 0
		if r.TimerCompare() != allBits {
			r.t.Errorf("compare value %d while disabled", r.TimerCompare())
		}
		r.set("menvcfg", envcfgSTCE)
		r.set("mcounteren", counterTM)
		r.set("mideleg", 1<<irqSTI)
		r.set("mie", 1<<irqSTI)
		r.set("mstatus", mstatusSIE)
		r.SetPC(diffBase)
		r.SetPriv(PrivS)
		if s := r.run(100); s.Why != cpu.StopEvent || r.PC() != diffBase+4 || r.TimerCompare() != 3 {
			r.t.Fatalf("%v at %#x, compare value %d", s, r.PC(), r.TimerCompare())
		}
		r.set("stimecmp", 3)
		r.takeStop()
		r.SetPC(diffBase + 8)
		r.run(3*ticks - r.Insns()) // the board's limit
		if r.PC() == rigHandlerS || r.get("sip") != 1<<irqSTI {
			r.t.Fatalf("at %#x, sip %#x", r.PC(), r.get("sip"))
		}
		r.run(1)
		r.want("scause", uint64(causeInterrupt|irqSTI))
		r.set("stimecmp", 100)
		r.want("sip", 0)
	})
}

// TestFloatState: floating-point instructions make FS dirty, and only those
// that write state (II 3.1.6.6).
func TestFloatState(t *testing.T) {
	const initial = 1 << 13
	for line, dirty := range map[string]bool{
		"fld ft0, 0(s0)":         true,
		"fadd.d ft0, ft1, ft1":   true,
		"csrrwi zero, fflags, 0": true,
		"csrrs t0, fcsr, zero":   false,
		"fsd ft0, 0(s0)":         false,
		"fmv.x.d t0, ft0":        false,
		"feq.d t0, ft1, ft1":     false,
		"addi t0, t0, 1":         false,
	} {
		onBothPaths(t, func(r *rig) {
			r.code(diffBase, line)
			r.SetX(8, rigData)
			r.set("mstatus", initial)
			r.run(1)
			want := uint64(mstatusFixed | initial)
			if dirty {
				want = mstatusFixed | mstatusFS | mstatusSD
			}
			r.want("mstatus", want)
		})
	}
}
