package unwind

import (
	"encoding/hex"
	"strings"
	"testing"
)

// Functions as GCC 12 emits them: machine code, and the frame before each
// instruction: depth of the stack pointer, and where the return address is
// ("-" in its register).
var functions = []struct {
	name string
	m    *Machine
	code []step
}{
	{"riscv64 frame", RISCV64, []step{
		{"1101", "addi sp, sp, -32", 0, none},
		{"ec06", "sd ra, 24(sp)", -32, none},
		{"e822", "sd s0, 16(sp)", -32, -8},
		{"000080e7", "jalr ra, x1", -32, -8},
		{"60e2", "ld ra, 24(sp)", -32, -8},
		{"6105", "addi sp, sp, 32", -32, -8},
		{"8082", "ret", 0, -8},
	}},
	{"riscv64 leaf after an early return", RISCV64, []step{
		{"00050663", "beq a0, zero, 12", 0, none},
		{"1141", "addi sp, sp, -16", 0, none},
		{"e406", "sd ra, 8(sp)", -16, none},
		{"0141", "addi sp, sp, 16", -16, -8},
		{"8082", "ret", 0, -8},
		{"4501", "li a0, 0", 0, none},
		{"8082", "ret", 0, none},
	}},
	{"riscv64 frame pointer and alloca", RISCV64, []step{
		{"1101", "addi sp, sp, -32", 0, none},
		{"ec06", "sd ra, 24(sp)", -32, none},
		{"e822", "sd s0, 16(sp)", -32, -8},
		{"1000", "addi s0, sp, 32", -32, -8},
		{"40a10133", "sub sp, sp, a0", -32, -8},
		{"0001", "nop", lost, -8},
		{"fe040113", "addi sp, s0, -32", lost, -8},
		{"60e2", "ld ra, 24(sp)", -32, -8},
	}},
	{"i386 pushes arguments", I386, []step{
		{"53", "push ebx", 0, 0},
		{"83ec08", "sub esp, 8", -4, 0},
		{"6a01", "push 1", -12, 0},
		{"e8fcffffff", "call", -16, 0},
		{"83c410", "add esp, 16", -16, 0},
		{"7402", "je +2", 0, 0},
		{"5b", "pop ebx", 0, 0},
		{"c3", "ret", 4, 0},
		{"31c0", "xor eax, eax", 0, 0},
	}},
	{"i386 frame pointer", I386, []step{
		{"55", "push ebp", 0, 0},
		{"89e5", "mov ebp, esp", -4, 0},
		{"57", "push edi", -4, 0},
		{"83ec14", "sub esp, 20", -8, 0},
		{"29c4", "sub esp, eax", -28, 0},
		{"90", "nop", lost, 0},
		{"8d65fc", "lea esp, [ebp-4]", lost, 0},
		{"5f", "pop edi", -8, 0},
		{"c9", "leave", -4, 0},
		{"c3", "ret", 0, 0},
	}},
}

type step struct {
	code, text string
	depth, ra  int64
}

const (
	none = 1 << 20 // the return address is in its register
	lost = 1 << 21 // the stack pointer is not known
)

// bytes of an instruction: riscv64's are written as numbers.
func (s step) bytes(t *testing.T, m *Machine) []byte {
	b, err := hex.DecodeString(s.code)
	if err != nil {
		t.Fatal(err)
	}
	if m == RISCV64 {
		for i := range len(b) / 2 {
			b[i], b[len(b)-1-i] = b[len(b)-1-i], b[i]
		}
	}
	return b
}

func TestFind(t *testing.T) {
	const start = 0x8000_1000
	for _, f := range functions {
		var code []byte
		var at []uint64
		for _, s := range f.code {
			at = append(at, start+uint64(len(code)))
			code = append(code, s.bytes(t, f.m)...)
		}
		for i, s := range f.code {
			got, ok := Find(f.m, code, start, at[i])
			if ok != (s.depth != lost) {
				t.Errorf("%s: before %s: ok %v", f.name, s.text, ok)
				continue
			}
			if want := (Frame{s.depth, s.ra != none, s.ra}); ok && (got.Depth != want.Depth || got.Saved != want.Saved || want.Saved && got.RA != want.RA) {
				t.Errorf("%s: before %s: %+v, want %+v", f.name, s.text, got, want)
			}
		}
		if _, ok := Find(f.m, code, start, start+1<<16); ok {
			t.Errorf("%s: a place outside the function has a frame", f.name)
		}
	}
}

// FuzzFind: whatever the code is, there is an answer.
func FuzzFind(f *testing.F) {
	for _, fn := range functions {
		b, _ := hex.DecodeString(strings.Repeat(fn.code[0].code, 4))
		f.Add(b, uint16(4))
	}
	f.Fuzz(func(t *testing.T, code []byte, pc uint16) {
		for _, m := range []*Machine{RISCV64, I386} {
			Find(m, code, 0x1000, 0x1000+uint64(pc))
		}
	})
}
