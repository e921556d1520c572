package asm

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"testing"

	"rv86/cpu/rv64"
)

// run executes code at the start of a small RAM and returns register a0.
func run(t *testing.T, code []byte) uint64 {
	t.Helper()
	ram := make([]byte, 1<<16)
	copy(ram, code)
	h := rv64.New(rv64.Config{RAM: ram, RAMBase: 0x80000000})
	h.Reset(0x80000000)
	end := uint64(0x80000000 + len(code))
	for range 1000 {
		if h.PC() == end {
			return h.X(10)
		}
		h.Step()
	}
	t.Fatal("the program does not end")
	return 0
}

func TestLoadImmediate(t *testing.T) {
	for _, v := range []int64{
		0, 1, -1, 2047, 2048, -2048, -2049, 0x7ffff7ff, 0x7ffff800, 0x7fffffff, -0x80000000,
		0x80000000, 0xffffffff, 1 << 40, -1 << 40, math.MaxInt64, math.MinInt64, 88172645463325252,
	} {
		code, err := Assemble(fmt.Sprintf("li a0, %d", v))
		if err != nil {
			t.Errorf("li a0, %d: %v", v, err)
			continue
		}
		if got := run(t, code); int64(got) != v {
			t.Errorf("li a0, %d loads %d", v, int64(got))
		}
	}
}

func TestLabels(t *testing.T) {
	code, err := Assemble(`
		li a0, 0
		li a1, 5        # counts down
	loop:
		add a0, a0, a1
		addi a1, a1, -1
		bne a1, zero, loop
		jal zero, end
		li a0, 99
	end:
	`)
	if err != nil {
		t.Fatal(err)
	}
	if got := run(t, code); got != 15 {
		t.Errorf("the sum is %d, want 15", got)
	}
}

func TestLoadAddress(t *testing.T) {
	code, err := Assemble(`
		la a1, there
		jalr zero, 0(a1)
		li a0, 1
	there:
		addi a0, a0, 41
	`)
	if err != nil {
		t.Fatal(err)
	}
	if got := run(t, code); got != 41 {
		t.Errorf("a0 = %d, want 41", got)
	}
}

func TestErrors(t *testing.T) {
	for text, want := range map[string]string{
		"frob a0":           "frob",
		"li a0, many":       "many",
		"jal zero, nowhere": "nowhere",
		"c.ebreak":          "compressed",
	} {
		if _, err := Assemble(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want an error about %q", text, err, want)
		}
	}
}

func TestEncoding(t *testing.T) {
	code, err := Assemble("addi t0, t1, -1")
	if err != nil || binary.LittleEndian.Uint32(code) != 0xfff30293 {
		t.Errorf("% x, %v", code, err)
	}
}
