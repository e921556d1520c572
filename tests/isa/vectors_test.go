package isa

import (
	"encoding/binary"
	"math/rand/v2"
	"strings"
	"testing"

	"rv86/cpu/rv64"
)

// Random programs seldom meet the corners of floating-point arithmetic. Here
// every instruction on f registers runs in every rounding mode on operands that
// are all corners, and the result and the flags of each are compared: once with
// no flag set before and once with NX, with which the core takes short cuts.
//
// The program is a loop for each instruction and mode over the records of
// operands at dataBase; results go to resultBase:
//
//	record: f operand 1, 2, 3; x operand
//	result: rd, fflags
const (
	resultBase = 0x800000
	recordSize = 32
	resultSize = 16
	fflagNX    = 1

	regFA0, regFA1, regFA2, regFA3 = 10, 11, 12, 13
	regA0                          = 10
)

// vectorRows are the instructions that compute with f registers.
func vectorRows() (rows []*rv64.Row) {
	for _, r := range rv64.Rows() {
		if r.Size() == 4 && strings.Contains(r.Syntax(), "fr") && !strings.Contains(r.Syntax(), "(") {
			rows = append(rows, r)
		}
	}
	return rows
}

// vector is one loop of the program.
type vector struct {
	row    *rv64.Row
	raw    uint32
	fflags int // before
}

func vectors(t testing.TB) (vs []vector) {
	for _, r := range vectorRows() {
		ops := map[string]int64{}
		modes := int64(1)
		for _, o := range r.Operands() {
			switch o.Name {
			case "rd":
				ops["rd"] = regFA0 // which is also a0's number
			case "rs1":
				ops["rs1"] = regFA1 // and a1's
			case "rs2":
				ops["rs2"] = regFA2
			case "rs3":
				ops["rs3"] = regFA3
			case "rm":
				modes = 5
			}
		}
		for rm := range modes {
			if modes > 1 {
				ops["rm"] = rm
			}
			raw, err := r.Encode(ops)
			if err != nil {
				t.Fatal(err)
			}
			vs = append(vs, vector{r, raw, 0}, vector{r, raw, fflagNX})
		}
	}
	return vs
}

func vectorProgram(t testing.TB, vs []vector, records []byte) *program {
	b := &builder{t: t}
	b.loadImm("s1", resultBase)
	for _, v := range vs {
		b.loadImm("s0", dataBase)
		b.loadImm("s2", uint64(dataBase+len(records)))
		top := len(b.text)
		b.asm("fld fa1, 0(s0)", "fld fa2, 8(s0)", "fld fa3, 16(s0)", "ld a1, 24(s0)",
			sprintf("csrrwi zero, fflags, %d", v.fflags))
		b.text = appendInsn(b.text, v.raw, 4)
		b.asm("csrrs t0, fflags, zero")
		if strings.HasPrefix(v.row.Syntax(), "frd") {
			b.asm("fsd fa0, 0(s1)")
		} else {
			b.asm("sd a0, 0(s1)")
		}
		b.asm("sd t0, 8(s1)", sprintf("addi s0, s0, %d", recordSize), sprintf("addi s1, s1, %d", resultSize))
		b.asm(sprintf("bne s0, s2, %d", top-len(b.text)))
	}
	size := len(vs) * len(records) / recordSize * resultSize
	b.write(resultBase, size)
	b.exit()
	return &program{base: textBase, text: b.text, memory: []segment{{dataBase, records}, {resultBase, make([]byte, size)}}}
}

// corners are biased exponents and fractions of a format: zero, subnormal,
// normal and integer borders, infinity, NaNs.
func corner(r *rand.Rand, expBits, fracBits int) uint64 {
	most := 1<<expBits - 1
	bias := most / 2
	exps := []int{
		0, 0, 1, 2, bias - 1, bias, bias + 1, bias + fracBits - 1, bias + fracBits, bias + fracBits + 1,
		bias + 30, bias + 31, bias + 32, bias + 62, bias + 63, bias + 64, bias / 2, bias/2 + 1, most - 2, most - 1, most,
	}
	fracs := []uint64{
		0, 0, 1, 2, 3, 1 << (fracBits - 1), 1<<(fracBits-1) | 1, 1<<(fracBits-1) - 1,
		1<<fracBits - 1, 1<<fracBits - 2, r.Uint64() & (1<<fracBits - 1),
	}
	return r.Uint64N(2)<<(expBits+fracBits) | uint64(exps[r.IntN(len(exps))])<<fracBits | fracs[r.IntN(len(fracs))]
}

// specialRecords are all triples of the data that have rules of their own.
func specialRecords() (bytes []byte) {
	for _, special := range [][]uint64{
		{
			0xffffffff_00000000, 0xffffffff_80000000, 0xffffffff_3f800000, 0xffffffff_7f800000, 0xffffffff_ff800000,
			0xffffffff_7fc00001, 0xffffffff_ff800001, 0x00000000_3f800000,
		},
		{0, 1 << 63, 0x3ff0000000000000, 0x7ff0000000000000, 0xfff0000000000000, 0x7ff8000000000001, 0xfff0000000000001},
	} {
		for _, a := range special {
			for _, b := range special {
				for _, c := range special {
					for _, v := range []uint64{a, b, c, a} {
						bytes = binary.LittleEndian.AppendUint64(bytes, v)
					}
				}
			}
		}
	}
	return bytes
}

// cornerRecords are of either format: triples of corners, and some whose
// product or sum comes to the border of the normal range, or cancels.
func cornerRecords(r *rand.Rand, n int) (bytes []byte) {
	for i := range n {
		expBits, fracBits, boxed := 11, 52, uint64(0)
		if i%2 == 0 {
			expBits, fracBits, boxed = 8, 23, 0xffffffff_00000000
		}
		a, b, c := corner(r, expBits, fracBits), corner(r, expBits, fracBits), corner(r, expBits, fracBits)
		most := uint64(1)<<expBits - 1
		exp := func(v uint64) uint64 { return v >> fracBits & most }
		switch i / 2 % 5 {
		case 0: // a*b near the smallest normal number
			a = nastyFormat(r, expBits, fracBits)
			b = b&(1<<fracBits-1) | (most/2+1-exp(a)+uint64(r.IntN(3))-1)&most<<fracBits
		case 1: // a+b cancels
			b = (a ^ 1<<(expBits+fracBits)) + uint64(r.IntN(5)) - 2
		case 2: // a, b equal or of different sign alone
			b = a ^ uint64(r.IntN(2))<<(expBits+fracBits)
		}
		box := boxed
		if r.IntN(16) == 0 {
			box = r.Uint64() &^ (1<<32 - 1) & boxed
		}
		for _, v := range []uint64{a | box, b | boxed, c | boxed, nastyInt(r)} {
			bytes = binary.LittleEndian.AppendUint64(bytes, v)
		}
	}
	return bytes
}

func TestFloatingPointVectors(t *testing.T) {
	path := qemu(t)
	const corners = 1500
	rec := append(specialRecords(), cornerRecords(rand.New(rand.NewPCG(7, 7)), corners)...)
	vs := vectors(t)
	p := vectorProgram(t, vs, rec)
	got, err := runHart(p, make([]byte, ramSize), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := runQEMU(t, path, p)
	if len(got) != len(want) {
		t.Fatalf("%d bytes, QEMU gives %d", len(got), len(want))
	}
	word := func(b []byte, i int) uint64 { return binary.LittleEndian.Uint64(b[i:]) }
	failures := 0
	for i := 0; i < len(got); i += resultSize {
		if word(got, i) == word(want, i) && word(got, i+8) == word(want, i+8) {
			continue
		}
		n := i / resultSize
		count := len(rec) / recordSize
		v, record := vs[n/count], rec[n%count*recordSize:]
		text, _ := rv64.Disassemble(v.raw)
		t.Errorf("%s with flags %05b before, of %#x %#x %#x, x %#x: %#x flags %05b, QEMU has %#x %05b", text, v.fflags, word(record, 0), word(record, 8),
			word(record, 16), word(record, 24), word(got, i), word(got, i+8), word(want, i), word(want, i+8))
		if failures++; failures == 10 {
			t.FailNow()
		}
	}
}
