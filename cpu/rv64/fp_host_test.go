package rv64

import (
	"math/rand/v2"
	"testing"
)

// nastyF gives contents of f registers at the borders of either format.
func nastyF(r *rand.Rand) uint64 {
	expBits, fracBits, box := 11, 52, uint64(0)
	if r.IntN(2) == 0 {
		expBits, fracBits, box = 8, 23, singleBox
	}
	most := 1<<expBits - 1
	exp := r.IntN(most + 1)
	switch r.IntN(4) {
	case 0:
		exp = []int{0, 1, 2, most - 2, most - 1, most}[r.IntN(6)]
	case 1:
		exp = most/2 - 2 + r.IntN(68)
	}
	frac := r.Uint64() >> (64 - fracBits)
	switch r.IntN(4) {
	case 0:
		frac = 0
	case 1:
		frac = 1<<fracBits - 1 - r.Uint64N(2)
	case 2:
		frac &^= 1<<r.IntN(fracBits) - 1
	}
	v := r.Uint64N(2)<<(expBits+fracBits) | uint64(min(exp, most))<<fracBits | frac
	if box != 0 && r.IntN(16) == 0 {
		box = 0
	}
	return v | box
}

// hostHart is a hart at level fpArith, whose next instruction in does not
// change what level that is.
func hostHart(r *rand.Rand) *Hart {
	h := New(Config{RAM: make([]byte, 4096)})
	h.mstatus |= mstatusFS
	h.fflags = flagNX
	for i := range h.f {
		h.f[i] = nastyF(r)
	}
	for i := 1; i < 32; i++ {
		h.x[i] = r.Uint64() >> r.IntN(64)
		if r.IntN(2) == 0 {
			h.x[i] = -h.x[i]
		}
	}
	return h
}

// TestHostForms: where an inline form is sure of its result, exec gives the
// same and raises nothing that is not raised already.
func TestHostForms(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 11))
	h := hostHart(r)
	for _, row := range rows {
		do, ok := row.do.(hosted)
		if !ok || row.is != "" {
			continue
		}
		in := insn{row: row, rd: 1, rs1: 2, rs2: 3, rm: rmRNE}
		switch row.do.(type) {
		case ftoi[single], ftoi[double]:
			in.rm = rmRTZ
		}
		sure := 0
		for range 20000 {
			h.f[2], h.f[3], h.x[2] = nastyF(r), nastyF(r), r.Uint64()>>r.IntN(64)
			if r.IntN(4) == 0 {
				h.f[3] = h.f[2] ^ r.Uint64N(3) ^ r.Uint64N(2)<<63
			}
			a, b := h.f[2], h.f[3]
			if !operandsAreFloat(row) {
				a, b = h.x[2], 0
			}
			got, ok := do.hostForm()(a, b)
			if !ok {
				continue
			}
			sure++
			h.fflags = flagNX
			if tr := row.do.exec(h, &in); tr != noTrap {
				t.Fatalf("%s traps", row.name)
			}
			want := h.x[1]
			if row.writesF() {
				want = h.f[1]
			}
			if got != want || h.fflags != flagNX {
				t.Fatalf("%s of %#x %#x: inline %#x, exec %#x flags %05b", row.name, a, b, got, want, h.fflags)
			}
		}
		if sure < 500 {
			t.Errorf("%s: the inline form is sure of %d operands in 20000", row.name, sure)
		}
	}
}

func operandsAreFloat(r *Row) bool {
	switch r.do.(type) {
	case itof[single], itof[double]:
		return false
	}
	return true
}

// TestFusedForms does the same for the fused multiply-adds.
func TestFusedForms(t *testing.T) {
	r := rand.New(rand.NewPCG(12, 12))
	h := hostHart(r)
	for _, row := range rows {
		switch row.do.(type) {
		case fop3[single], fop3[double]:
		default:
			continue
		}
		sure := 0
		for range 40000 {
			h.f[2], h.f[3], h.f[4] = nastyF(r), nastyF(r), nastyF(r)
			if r.IntN(2) == 0 { // exponents that let the addend matter
				h.f[2], h.f[3] = h.f[2]&^(0x3ff<<52)|0x200<<52, h.f[3]&^(0x3ff<<52)|0x1ff<<52
				h.f[4] = h.f[4]&^(0x3ff<<52) | (0x1e0+r.Uint64N(0x40))<<52
			}
			if r.IntN(2) == 0 {
				for i := 2; i <= 4; i++ {
					h.f[i] = singleBox | h.f[i]&^(0x7f<<23) | (0x30+r.Uint64N(0x18))<<23
				}
			}
			if !h.fusedInline(&inst{op: row.op, rd: 1, rs1: 2, rs2: 3, imm: 4 << 27}) {
				continue
			}
			sure++
			got := h.f[1]
			h.fflags = flagNX
			row.do.exec(h, &insn{row: row, rd: 1, rs1: 2, rs2: 3, rs3: 4, rm: rmRNE})
			if got != h.f[1] || h.fflags != flagNX {
				t.Fatalf("%s of %#x %#x %#x: inline %#x, exec %#x flags %05b",
					row.name, h.f[2], h.f[3], h.f[4], got, h.f[1], h.fflags)
			}
		}
		if sure < 500 {
			t.Errorf("%s: the inline form is sure of %d operands", row.name, sure)
		}
	}
}
