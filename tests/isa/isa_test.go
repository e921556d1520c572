package isa

import (
	"encoding/binary"
	"strings"
	"testing"

	"rv86/cpu/rv64"
)

const (
	fragmentsPerProgram = 200
	unitsPerFragment    = 24
)

// TestRandomPrograms compares both paths of the core with each other and with
// QEMU, and demands that every row had its turn.
func TestRandomPrograms(t *testing.T) {
	programs := 12
	if testing.Short() {
		programs = 3
	}
	executed := map[string]bool{}
	ram := make([]byte, ramSize)
	var all []*program
	for seed := range programs {
		p := newProgram(t, uint64(seed), fragmentsPerProgram, unitsPerFragment)
		fast, err := runHart(p, ram, nil)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		slow, err := runHart(p, ram, p.noteRows(executed))
		if err != nil {
			t.Fatalf("seed %d, reference path: %v", seed, err)
		}
		compare(t, p, seed, "reference path", fast, slow)
		all = append(all, p)
	}
	for _, r := range rv64.Rows() {
		if !executed[r.Name()] && elsewhere[r.Name()] == "" {
			t.Errorf("no program executed a %s", r.Name())
		}
	}
	t.Run("qemu", func(t *testing.T) {
		path := qemu(t)
		for seed, p := range all {
			got, err := runHart(p, ram, nil)
			if err != nil {
				t.Fatal(err)
			}
			compare(t, p, seed, "QEMU", got, runQEMU(t, path, p))
		}
	})
}

// TestExceptionsExist keeps the list of exceptions from outliving its rows.
func TestExceptionsExist(t *testing.T) {
	names := map[string]bool{}
	for _, r := range rv64.Rows() {
		names[r.Name()] = true
	}
	for n := range elsewhere {
		if !names[n] {
			t.Errorf("there is no row %s", n)
		}
	}
}

func compare(t *testing.T, p *program, seed int, other string, got, want []byte) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("seed %d: %d bytes, %s gives %d", seed, len(got), other, len(want))
	}
	word := func(b []byte, i int) uint64 { return binary.LittleEndian.Uint64(b[i:]) }
	for i := 0; i < len(got); i += 8 {
		if word(got, i) == word(want, i) {
			continue
		}
		if blocks := len(p.memory[0].data); i >= blocks {
			t.Fatalf("seed %d: scratch+%#x is %#x, %s has %#x", seed, i-blocks, word(got, i), other, word(want, i))
		}
		t.Fatalf("seed %d fragment %d: %s\n%s", seed, i/blockSize, differences(got, want, i/blockSize*blockSize, other),
			p.listing(i/blockSize))
	}
}

// differences lists the registers of a block that are not the same.
func differences(got, want []byte, block int, other string) string {
	var b strings.Builder
	for i := 0; i < blockSize; i += 8 {
		g, w := binary.LittleEndian.Uint64(got[block+i:]), binary.LittleEndian.Uint64(want[block+i:])
		if g == w {
			continue
		}
		name := "fcsr"
		switch {
		case i < blockF:
			name = xReg(i / 8)
		case i < blockFcsr:
			name = fReg((i - blockF) / 8)
		}
		b.WriteString(sprintf("\n%s = %#x, %s has %#x", name, g, other, w))
	}
	return b.String()
}

// noteRows enters the names of the rows that are executed into a set.
func (p *program) noteRows(executed map[string]bool) func(pc uint64) {
	seen := make([]bool, len(p.text))
	return func(pc uint64) {
		off := int(pc) - textBase
		if off < 0 || off >= len(seen) || seen[off] {
			return
		}
		seen[off] = true
		_, text, _ := p.disassemble(off)
		name, _, _ := strings.Cut(text, " ")
		for _, order := range []string{".aqrl", ".aq", ".rl"} {
			name = strings.TrimSuffix(name, order)
		}
		executed[name] = true
	}
}

func (p *program) disassemble(off int) (raw uint32, text string, size int) {
	raw = uint32(binary.LittleEndian.Uint16(p.text[off:]))
	if raw&3 == 3 {
		raw |= uint32(binary.LittleEndian.Uint16(p.text[off+2:])) << 16
	}
	text, size = rv64.Disassemble(raw)
	return raw, text, size
}

// listing disassembles a fragment.
func (p *program) listing(fragment int) string {
	from := 0
	if fragment > 0 {
		from = p.ends[fragment-1]
	}
	var b strings.Builder
	for pc := from; pc < p.ends[fragment]; {
		raw, text, size := p.disassemble(pc)
		b.WriteString(sprintf("%8x  %08x  %s\n", textBase+pc, raw, text))
		pc += size
	}
	return b.String()
}
