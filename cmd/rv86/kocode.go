package main

import (
	"sort"
	"strings"

	"golang.org/x/arch/riscv64/riscv64asm"
	"golang.org/x/arch/x86/x86asm"

	"rv86/kmod"
)

// disassemble shows the instruction that a relocation is in, before and
// afterwards. The rest of it may have been relocated before; what is shown as
// before is the file's.
func (x *koExplainer) disassemble(s *kmod.Step) (before, after string) {
	if x.spec.Machine == kmod.RISCV64 {
		return riscvCode(s.Before), riscvCode(s.After)
	}
	starts := x.instructions(s.Section)
	i := sort.SearchInts(starts, int(s.Reloc.Offset)+1) - 1
	if i < 0 {
		return "", ""
	}
	start := starts[i]
	mem, base := x.image.SectionMem(s.Section)
	pc := base + uint64(start)
	return x86Code(x.spec.Sections[s.Section].Data[start:], pc), x86Code(mem[start:], pc)
}

// instructions finds where the instructions of a section of i386 code begin, by
// decoding one after the other.
func (x *koExplainer) instructions(section int) []int {
	if starts, ok := x.code[section]; ok {
		return starts
	}
	var starts []int
	data := x.spec.Sections[section].Data
	for at := 0; at < len(data); {
		starts = append(starts, at)
		at += max(x86Length(data[at:]), 1)
	}
	x.code[section] = starts
	return starts
}

const i386Mode = 32 // of x86asm

// x86Length is the length of the instruction at b, 0 if there is none.
func x86Length(b []byte) int {
	in, err := x86asm.Decode(b, i386Mode)
	if err != nil {
		return 0
	}
	return in.Len
}

func x86Code(b []byte, pc uint64) string {
	in, err := x86asm.Decode(b, i386Mode)
	if err != nil {
		return "?"
	}
	return x86asm.IntelSyntax(in, pc, nil)
}

// riscvCode shows the instructions in a few bytes: one, or the pair of a call.
func riscvCode(b []byte) string {
	var out []string
	for len(b) >= 2 {
		in, err := riscv64asm.Decode(b)
		if err != nil || in.Len == 0 || in.Len > len(b) {
			return strings.Join(append(out, "?"), "; ")
		}
		out = append(out, riscv64asm.GNUSyntax(in))
		b = b[in.Len:]
	}
	return strings.Join(out, "; ")
}
