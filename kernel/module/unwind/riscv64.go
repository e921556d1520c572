package unwind

import "golang.org/x/arch/riscv64/riscv64asm"

// RISCV64: the return address is in ra until it is saved.
var RISCV64 = &Machine{decode: decodeRISCV64}

const (
	regRA = riscv64asm.X1
	regSP = riscv64asm.X2
	regFP = riscv64asm.X8
)

func decodeRISCV64(code []byte, pc uint64) (insn, bool) {
	const longest = 4
	d, err := riscv64asm.Decode(code[:min(len(code), longest)])
	if err != nil {
		return insn{}, false
	}
	in := insn{size: d.Len}
	reg := func(i int) riscv64asm.Reg { r, _ := d.Args[i].(riscv64asm.Reg); return r }
	imm := func(i int) int64 { v, _ := d.Args[i].(riscv64asm.Simm); return int64(v.Imm) }
	switch d.Op {
	case riscv64asm.ADDI:
		switch rd, rs := reg(0), reg(1); {
		case rd == regSP && rs == regSP:
			in.move = imm(2)
		case rd == regSP && rs == regFP:
			in.fromFP, in.fpAt = true, imm(2)
		case rd == regFP && rs == regSP:
			in.setFP, in.fpAt = true, imm(2)
		case rd == regSP:
			in.lost = true
		}
	case riscv64asm.SD:
		if to, ok := d.Args[1].(riscv64asm.RegOffset); ok && reg(0) == regRA && to.OfsReg == regSP {
			in.saveRA, in.saveAt = true, int64(to.Ofs.Imm)
		}
	case riscv64asm.LD:
		in.popFP = reg(0) == regFP
	case riscv64asm.BEQ, riscv64asm.BNE, riscv64asm.BLT, riscv64asm.BGE, riscv64asm.BLTU, riscv64asm.BGEU:
		in.jump = pc + uint64(imm(2))
	case riscv64asm.JAL:
		if reg(0) == riscv64asm.X0 {
			in.jump, in.ends = pc+uint64(imm(1)), true
		}
	case riscv64asm.JALR:
		in.ends = reg(0) == riscv64asm.X0
	case riscv64asm.ADD, riscv64asm.SUB, riscv64asm.AND:
		in.lost = reg(0) == regSP
	}
	return in, true
}
