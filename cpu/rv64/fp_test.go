package rv64

import (
	"math"
	"strings"
	"testing"
)

// What QEMU is compared with in tests/isa is not repeated here; these are the
// rules of the manual in a form that needs nothing else, and what user-mode
// programs cannot see.

const (
	oneS, minusOneS             = 0x3f800000, 0xbf800000
	oneD, minusOneD             = 0x3ff0000000000000, 0xbff0000000000000
	quietS, signalingS          = 0x7fc00001, 0x7f800001
	quietD, signalingD          = 0x7ff8000000000001, 0x7ff0000000000001
	infiniteS, infiniteD        = 0x7f800000, 0x7ff0000000000000
	flagNV, flagDZ              = 1 << 4, 1 << 3
	testFSInitial        uint64 = 1 << 13
)

// floatHart has a program of one instruction at address 0 and FS = Initial.
func floatHart(t *testing.T, text string) *Hart {
	t.Helper()
	raw, size, err := Assemble(text)
	if err != nil {
		t.Fatal(err)
	}
	return rawFloatHart(raw, size)
}

func rawFloatHart(raw uint32, size int) *Hart {
	ram := make([]byte, 1<<13)
	storeBytes(ram[:size], uint64(raw))
	h := New(Config{RAM: ram})
	h.mstatus = h.mstatus&^mstatusFS | testFSInitial
	h.mtvec = 0x100
	for i := range 32 {
		h.SetX(i, 0x1000)
	}
	return h
}

// TestFloatRules runs one instruction with rs1, rs2 and rs3 in fa1, fa2, fa3
// (a1 has rs1 too) and checks fa0 or a0, and the flags.
func TestFloatRules(t *testing.T) {
	b := func(v uint64) uint64 { return singleBox | v }
	minusZeroD := uint64(1 << 63)
	for _, c := range []struct {
		insn       string
		a, b, c    uint64
		want       uint64
		fflags     uint8
		needsFloat bool // the result is in fa0
	}{
		// I 11.6: minimumNumber and maximumNumber.
		{"fmin.d fa0, fa1, fa2", 0, minusZeroD, 0, minusZeroD, 0, true},
		{"fmax.d fa0, fa1, fa2", minusZeroD, 0, 0, 0, 0, true},
		{"fmin.d fa0, fa1, fa2", quietD, oneD, 0, oneD, 0, true},
		{"fmax.d fa0, fa1, fa2", oneD, signalingD, 0, oneD, flagNV, true},
		{"fmin.d fa0, fa1, fa2", quietD, quietD, 0, canonicalD, 0, true},
		{"fmax.s fa0, fa1, fa2", b(signalingS), b(quietS), 0, b(canonicalS), flagNV, true},
		{"fmin.s fa0, fa1, fa2", b(minusOneS), b(oneS), 0, b(minusOneS), 0, true},
		// I 12.2: a single that is not boxed is the canonical NaN, but for moves and stores.
		{"fadd.s fa0, fa1, fa2", oneS, b(oneS), 0, b(canonicalS), 0, true},
		{"fsgnj.s fa0, fa1, fa2", oneS, b(minusOneS), 0, b(canonicalS | signS), 0, true},
		{"fmv.x.w a0, fa1", minusOneS, 0, 0, 0xffffffff_bf800000, 0, false},
		{"fmv.w.x fa0, a1", minusOneS, 0, 0, b(minusOneS), 0, true},
		{"fclass.s a0, fa1", oneS, 0, 0, 1 << 9, 0, false},
		{"feq.s a0, fa1, fa2", oneS, oneS, 0, 0, 0, false},
		// I 11.3: NaN results are canonical.
		{"fadd.d fa0, fa1, fa2", quietD | minusZeroD, oneD, 0, canonicalD, 0, true},
		{"fsub.d fa0, fa1, fa2", infiniteD, infiniteD, 0, canonicalD, flagNV, true},
		{"fcvt.d.s fa0, fa1", b(signalingS), 0, 0, canonicalD, flagNV, true},
		{"fsqrt.d fa0, fa1", minusOneD, 0, 0, canonicalD, flagNV, true},
		{"fsgnjn.d fa0, fa1, fa2", signalingD, signalingD, 0, signalingD | minusZeroD, 0, true},
		{"fdiv.d fa0, fa1, fa2", oneD, minusZeroD, 0, infiniteD | minusZeroD, flagDZ, true},
		// I 11.6: infinity times zero is invalid whatever the addend.
		{"fmadd.d fa0, fa1, fa2, fa3", infiniteD, 0, quietD, canonicalD, flagNV, true},
		{"fnmadd.d fa0, fa1, fa2, fa3", oneD, oneD, oneD, 0xc000000000000000, 0, true},
		{"fnmsub.d fa0, fa1, fa2, fa3", oneD, oneD, 0x4000000000000000, oneD, 0, true},
		{"fmsub.s fa0, fa1, fa2, fa3", b(oneS), b(oneS), b(oneS), b(0), 0, true},
		// I 11.7, table of the conversions' limits.
		{"fcvt.w.s a0, fa1, rtz", b(quietS | signS), 0, 0, math.MaxInt32, flagNV, false},
		{"fcvt.wu.s a0, fa1, rtz", b(infiniteS), 0, 0, math.MaxUint64, flagNV, false},
		{"fcvt.wu.d a0, fa1, rtz", minusOneD, 0, 0, 0, flagNV, false},
		{"fcvt.wu.d a0, fa1, rtz", 0xbfe0000000000000, 0, 0, 0, flagNX, false},
		{"fcvt.w.d a0, fa1, rtz", 0xc1e0000000200000, 0, 0, 0xffffffff_80000000, flagNV, false},
		{"fcvt.l.d a0, fa1, rtz", 0xc3e0000000000000, 0, 0, 1 << 63, 0, false},
		{"fcvt.l.d a0, fa1, rtz", 0x43e0000000000000, 0, 0, math.MaxInt64, flagNV, false},
		{"fcvt.lu.d a0, fa1, rtz", infiniteD | minusZeroD, 0, 0, 0, flagNV, false},
		{"fcvt.lu.d a0, fa1, rtz", 0x43efffffffffffff, 0, 0, 0xfffffffffffff800, 0, false},
		{"fcvt.d.wu fa0, a1, rne", 0xffffffff_ffffffff, 0, 0, 0x41efffffffe00000, 0, true},
		{"fcvt.s.l fa0, a1, rup", 1<<24 + 1, 0, 0, b(0x4b800001), flagNX, true},
		// I 11.8: feq is quiet, flt and fle are not.
		{"feq.d a0, fa1, fa2", quietD, oneD, 0, 0, 0, false},
		{"feq.d a0, fa1, fa2", signalingD, oneD, 0, 0, flagNV, false},
		{"flt.d a0, fa1, fa2", quietD, oneD, 0, 0, flagNV, false},
		{"fle.d a0, fa1, fa2", minusZeroD, 0, 0, 1, 0, false},
	} {
		for _, step := range []bool{true, false} {
			h := floatHart(t, c.insn)
			h.f[11], h.f[12], h.f[13] = c.a, c.b, c.c
			h.SetX(11, c.a)
			runOne(h, step)
			got := h.X(10)
			if c.needsFloat {
				got = h.f[10]
			}
			if got != c.want || h.fflags != c.fflags {
				t.Errorf("%s of %#x %#x %#x (step %v): %#x flags %05b, want %#x %05b",
					c.insn, c.a, c.b, c.c, step, got, h.fflags, c.want, c.fflags)
			}
		}
	}
}

func runOne(h *Hart, step bool) {
	if step {
		h.Step()
		return
	}
	h.Run(h.Insns() + 1)
}

// TestFloatTraps: every floating-point row is illegal with FS off, and with a
// reserved rounding mode, static or dynamic, if it rounds (I 11.2; II 3.1.6.6).
func TestFloatTraps(t *testing.T) {
	for _, r := range rows {
		if !r.fp {
			continue
		}
		raw, _ := r.Example()
		check := func(what string, raw uint32, illegal bool, prepare func(h *Hart)) {
			t.Helper()
			for _, step := range []bool{true, false} {
				h := rawFloatHart(raw, int(r.size))
				prepare(h)
				runOne(h, step)
				if got := h.mcause == uint64(CauseIllegal); got != illegal {
					t.Errorf("%s with %s (step %v): illegal is %v", r.name, what, step, got)
				}
			}
		}
		check("FS on", raw, false, func(*Hart) {})
		check("FS off", raw, true, func(h *Hart) { h.mstatus &^= mstatusFS })
		if r.field("rm") == nil {
			check("frm reserved", raw, false, func(h *Hart) { h.frm = rmMax + 1 })
			continue
		}
		const rmShift = 12
		withMode := func(rm uint32) uint32 { return raw&^(7<<rmShift) | rm<<rmShift }
		for rm := range uint32(rmDyn) {
			check("rm "+rmNames[rm], withMode(rm), rm > rmMax, func(h *Hart) { h.frm = rmDyn })
		}
		for frm := range uint8(8) {
			check("frm "+rmNames[frm], withMode(rmDyn), frm > rmMax, func(h *Hart) { h.frm = frm })
		}
	}
}

// TestFloatDirty: a write of an f register or of a flag makes FS Dirty, and
// nothing else does (II 3.1.6.6).
func TestFloatDirty(t *testing.T) {
	for _, c := range []struct {
		insn  string
		a     uint64
		dirty bool
	}{
		{"fadd.d fa0, fa1, fa1", oneD, true},
		{"fmv.d.x fa0, a1", 0, true},
		{"fld fa0, 0(a1)", 0, true},
		{"fmv.x.d a0, fa1", oneD, false},
		{"fsd fa0, 0(a1)", 0, false},
		{"feq.d a0, fa1, fa1", oneD, false},
		{"feq.d a0, fa1, fa1", signalingD, true},
		{"fcvt.w.d a0, fa1", oneD, false},
		{"fcvt.w.d a0, fa1", 0x3fe0000000000000, true},
		{"fclass.d a0, fa1", signalingD, false},
		{"csrrw zero, frm, zero", 0, true},
		{"csrrs a0, fcsr, zero", 0, false},
	} {
		for _, step := range []bool{true, false} {
			h := floatHart(t, c.insn)
			h.f[11] = c.a
			runOne(h, step)
			if dirty := h.mstatus&mstatusFS == mstatusFS; dirty != c.dirty || h.mcause != 0 {
				t.Errorf("%s (step %v): dirty is %v, mcause %d", c.insn, step, dirty, h.mcause)
			}
		}
	}
}

// TestFloatRowsNameTheirRegisters: the generator takes the register file of an
// operand from the syntax, so that an f register must be named there as one.
func TestFloatRowsNameTheirRegisters(t *testing.T) {
	for _, r := range rows {
		if strings.Contains(r.asm, "fr") != r.fp {
			t.Errorf("%s %s: needs FS is %v", r.name, r.asm, r.fp)
		}
	}
}
