package unwind

import "golang.org/x/arch/x86/x86asm"

const word386 = 4

// I386: the call has pushed the return address.
var I386 = &Machine{entry: Frame{Saved: true}, Popped: word386, decode: decodeI386}

func decodeI386(code []byte, pc uint64) (insn, bool) {
	const bits = 32
	d, err := x86asm.Decode(code, bits)
	if err != nil {
		return insn{}, false
	}
	in := insn{size: d.Len}
	reg := func(i int) x86asm.Reg { r, _ := d.Args[i].(x86asm.Reg); return r }
	imm := func(i int) (int64, bool) { v, ok := d.Args[i].(x86asm.Imm); return int64(int32(v)), ok }
	switch d.Op {
	case x86asm.PUSH:
		in.move = -word386
	case x86asm.POP:
		in.move, in.popFP = word386, reg(0) == x86asm.EBP
		in.lost = reg(0) == x86asm.ESP
	case x86asm.PUSHFD:
		in.move = -word386
	case x86asm.POPFD:
		in.move = word386
	case x86asm.SUB, x86asm.ADD:
		if reg(0) == x86asm.ESP {
			n, ok := imm(1)
			if in.move = n; d.Op == x86asm.SUB {
				in.move = -n
			}
			in.lost = !ok
		}
	case x86asm.MOV:
		switch dst, src := reg(0), reg(1); {
		case dst == x86asm.EBP && src == x86asm.ESP:
			in.setFP = true
		case dst == x86asm.ESP && src == x86asm.EBP:
			in.fromFP = true
		case dst == x86asm.ESP:
			in.lost = true
		}
	case x86asm.LEA:
		if m, ok := d.Args[1].(x86asm.Mem); ok && reg(0) == x86asm.ESP {
			switch {
			case m.Index != 0:
				in.lost = true
			case m.Base == x86asm.EBP:
				in.fromFP, in.fpAt = true, m.Disp
			case m.Base == x86asm.ESP:
				in.move = m.Disp
			default:
				in.lost = true
			}
		}
	case x86asm.LEAVE: // mov %ebp, %esp; pop %ebp
		in.fromFP, in.move, in.popFP = true, word386, true
	case x86asm.AND, x86asm.OR, x86asm.XCHG:
		in.lost = reg(0) == x86asm.ESP || reg(1) == x86asm.ESP
	case x86asm.RET, x86asm.IRET, x86asm.UD2, x86asm.HLT:
		in.ends = true
	case x86asm.JMP:
		in.ends = true
		in.jump = target386(&d, pc)
	case x86asm.CALL:
		// A call of the next instruction only finds out where it is.
		if target386(&d, pc) == pc+uint64(d.Len) {
			in.move = -word386
		}
	default:
		if d.PCRel > 0 { // the conditional jumps, loop, jecxz
			in.jump = target386(&d, pc)
		}
	}
	return in, true
}

// target386 is where a direct jump goes, 0 for an indirect one.
func target386(d *x86asm.Inst, pc uint64) uint64 {
	if rel, ok := d.Args[0].(x86asm.Rel); ok {
		return uint64(uint32(pc + uint64(d.Len) + uint64(int64(rel))))
	}
	return 0
}
