package rv64

import (
	"math/rand/v2"
	"testing"
)

// TestRowExamples: every row has an example that decodes to the row, prints
// its text, and assembles to its bits.
func TestRowExamples(t *testing.T) {
	for _, r := range rows {
		raw, text := r.Example()
		if text == "" || r.doc == "" || r.ref == "" {
			t.Errorf("%s: no example, doc or ref", r.name)
			continue
		}
		if got := findRow(raw); got != r {
			t.Errorf("%s: example %s decodes to %v", r.name, r.ex, got)
			continue
		}
		if got, size := Disassemble(raw); got != text || size != int(r.size) {
			t.Errorf("%s: %#x prints as %q (%d bytes), want %q", r.name, raw, got, size, text)
		}
		got, size, err := Assemble(text)
		if err != nil || got != raw || size != int(r.size) {
			t.Errorf("%s: %q assembles to %#x (%d bytes), %v; want %#x", r.name, text, got, size, err, raw)
		}
	}
}

// TestRowsDoNotOverlap: two rows that accept one encoding would make the
// decoder depend on the order of the tables. Where fixed bits of two rows
// agree, the values that one excludes must be what the other requires.
func TestRowsDoNotOverlap(t *testing.T) {
	for i, a := range rows {
		for _, b := range rows[i+1:] {
			common := a.mask & b.mask
			if a.size != b.size || a.match&common != b.match&common {
				continue
			}
			if raw, both := overlap(a, b); both {
				t.Errorf("%s and %s both accept %#x", a.name, b.name, raw)
			}
		}
	}
}

// overlap looks for an encoding of both rows: all of them for 16 bits, where
// every overlap by exclusion lies, and a sample for 32.
func overlap(a, b *Row) (uint32, bool) {
	r := rand.New(rand.NewPCG(1, 2))
	for i := range uint32(1 << 16) {
		raw := i
		if a.size == 4 {
			raw = r.Uint32()&^(a.mask|b.mask) | a.match | b.match
		}
		if a.matches(raw) && b.matches(raw) {
			return raw, true
		}
	}
	return 0, false
}

// TestCompressed enumerates all halfwords: what has no row must be a reserved
// encoding of tables 16.5 to 16.7, named here by hand.
func TestCompressed(t *testing.T) {
	for raw := range uint32(1 << 16) {
		if raw&3 == 3 {
			continue
		}
		r := findRow(raw)
		if (r == nil) != reservedRVC(raw) {
			t.Errorf("%#04x: row %v, reserved %v", raw, r, reservedRVC(raw))
		}
		if r == nil {
			continue
		}
		in := decode(raw)
		if in.row == nil || in.row.is != "" || in.size != 2 || in.raw != raw {
			t.Errorf("%#04x (%s) decodes to %+v", raw, r.name, in)
		}
	}
}

func reservedRVC(raw uint32) bool {
	funct3, quadrant := raw>>13, raw&3
	rd := raw >> 7 & 31
	imm6 := raw>>12&1<<5 | raw>>2&31
	switch quadrant<<3 | funct3 {
	case 0<<3 | 0: // C.ADDI4SPN with nzuimm = 0, of which all zeros is the defined illegal one
		return raw>>5 == 0
	case 0<<3 | 4: // quadrant 0, funct3 100
		return true
	case 1<<3 | 1: // C.ADDIW
		return rd == 0
	case 1<<3 | 3: // C.LUI and C.ADDI16SP
		return imm6 == 0
	case 1<<3 | 4: // the last two of the register-register group of bit 12
		return raw>>10&3 == 3 && raw>>12&1 == 1 && raw>>6&1 == 1
	case 2<<3 | 2, 2<<3 | 3: // C.LWSP, C.LDSP
		return rd == 0
	case 2<<3 | 4: // C.JR x0
		return raw>>12&1 == 0 && rd == 0 && raw>>2&31 == 0
	case 1<<3 | 0:
		return false
	}
	return false
}

// TestEncodeRoundTrip: operands survive encoding and decoding, for random
// operands of every row.
func TestEncodeRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, row := range rows {
		for range 200 {
			ops := randomOperands(r, row)
			raw, err := row.Encode(ops)
			if err != nil {
				t.Fatal(err)
			}
			if got := findRow(raw); got != row {
				t.Fatalf("%s %v: %#x decodes to %v", row.name, ops, raw, got)
			}
			for name, v := range ops {
				if got := row.field(name).get(raw); got != v {
					t.Fatalf("%s %v: %s reads back as %d", row.name, ops, name, got)
				}
			}
			text, _ := Disassemble(raw)
			back, _, err := Assemble(text)
			if again := findRow(back); err != nil || again != row {
				t.Fatalf("%q (%#x) assembles to %#x, %v", text, raw, back, err)
			}
		}
	}
}

// randomOperands picks legal values for every operand.
func randomOperands(r *rand.Rand, row *Row) map[string]int64 {
	ops := map[string]int64{}
	for _, o := range row.Operands() {
	again:
		v := o.Min + r.Int64N((o.Max-o.Min)/o.Step+1)*o.Step
		for _, n := range o.Not {
			if n == v {
				goto again
			}
		}
		ops[o.Name] = v
	}
	return ops
}

func TestBadEncodings(t *testing.T) {
	for _, text := range []string{
		"", "frob a0, a1", "addi a0, a1", "addi a0, a1, 2048", "addi a0, x99, 0", "lui a0, 0x100000",
		"slli a0, a0, 64", "beq a0, a1, 3", "c.lw a0, 8(t0)", "c.addi4spn a0, sp, 0", "lw.aq a0, 0(a1)",
	} {
		if raw, _, err := Assemble(text); err == nil {
			t.Errorf("%q assembles to %#x", text, raw)
		}
	}
}
