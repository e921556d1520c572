package monitor

import (
	"fmt"
	"strings"

	"golang.org/x/arch/riscv64/riscv64asm"
	"golang.org/x/arch/x86/x86asm"
)

// maxInsn is the longest instruction of any machine (SDM 2A 2.3.11).
const maxInsn = 15

// codeAt reads up to the length of an instruction; less where the next page is
// missing.
func (m *Monitor) codeAt(pc uint64) []byte {
	b := make([]byte, maxInsn)
	n := len(b)
	if m.arch == &riscv {
		n = 4
	}
	for n > 0 && m.Target.ReadVirt(pc, b[:n]) != nil {
		n--
		if m.arch == &riscv {
			n = n &^ 1
		}
	}
	return b[:n]
}

// disassemble gives an instruction's text and size; size 0 if there is no
// memory.
func (m *Monitor) disassemble(pc uint64) (text string, size int) {
	b := m.codeAt(pc)
	if len(b) == 0 {
		return "no memory here", 0
	}
	if m.arch == &riscv {
		if inst, err := riscv64asm.Decode(b); err == nil {
			return m.riscvText(inst, pc), inst.Len
		}
	} else if inst, err := x86asm.Decode(b, 32); err == nil {
		return m.intelText(inst, pc), inst.Len
	}
	if m.Disassemble != nil {
		if text, n, ok := m.Disassemble(b, pc); ok {
			return text, n
		}
	}
	if m.arch == &riscv {
		return "?", min(4, len(b))
	}
	return "?", 1
}

// names gives symbols to the disassemblers.
func (m *Monitor) names(a uint64) (string, uint64) {
	for _, im := range m.images() {
		if s, ok := im.At(a); ok {
			return shortName(s.Name), s.Addr
		}
	}
	return "", 0
}

func (m *Monitor) riscvText(inst riscv64asm.Inst, pc uint64) string {
	if m.syntax == "go" {
		return riscv64asm.GoSyntax(inst, pc, m.names, nil)
	}
	text := riscv64asm.GNUSyntax(inst)
	if to, ok := relative(inst, pc); ok {
		// The destination says more than the distance.
		if i := strings.LastIndexAny(text, " ,"); i >= 0 {
			text = fmt.Sprintf("%s%#x", text[:i+1], to)
		}
		if name := m.symbolText(to); name != "" {
			text += " <" + name + ">"
		}
	}
	return text
}

// relative gives where a jump or branch goes.
func relative(inst riscv64asm.Inst, pc uint64) (uint64, bool) {
	switch inst.Op {
	case riscv64asm.JAL, riscv64asm.BEQ, riscv64asm.BNE, riscv64asm.BLT, riscv64asm.BGE, riscv64asm.BLTU, riscv64asm.BGEU:
		for _, a := range inst.Args {
			if imm, ok := a.(riscv64asm.Simm); ok {
				return pc + uint64(int64(imm.Imm)), true
			}
		}
	}
	return 0, false
}

func (m *Monitor) intelText(inst x86asm.Inst, pc uint64) string {
	switch m.syntax {
	case "go":
		return x86asm.GoSyntax(inst, pc, m.names)
	case "intel":
		return strings.ToLower(x86asm.IntelSyntax(inst, pc, nil))
	}
	text := x86asm.GNUSyntax(inst, pc, nil)
	for _, a := range inst.Args {
		if rel, ok := a.(x86asm.Rel); ok {
			to := m.trunc(pc + uint64(inst.Len) + uint64(int64(rel)))
			if name := m.symbolText(to); name != "" {
				text += " <" + name + ">"
			}
		}
	}
	return text
}

func (m *Monitor) instructionSize(pc uint64) uint64 {
	_, n := m.disassemble(pc)
	return uint64(n)
}

// instructionText is a line of disassembly.
func (m *Monitor) instructionText(pc uint64, mark string) string {
	text, _ := m.disassemble(pc)
	where := ""
	if name := m.symbolText(pc); name != "" {
		where = " <" + name + ">"
	}
	return fmt.Sprintf("%s%s%s:\t%s", mark, m.addr(pc), where, text)
}

// linkUnsaved says that a function has not stored its return address.
const linkUnsaved = 1

// prologue follows what a function without debug information did to its stack
// from its entry up to pc: by how much it is deeper, and, where calls leave the
// return address in a register, where that was stored, relative to the stack
// pointer at the entry.
func (m *Monitor) prologue(start, pc uint64) (depth, link int64) {
	const longest = 64 // instructions that may set up a frame
	link = linkUnsaved
	if m.arch == &riscv {
		for at, n := start, 0; at < pc && n < longest; n++ {
			inst, err := riscv64asm.Decode(m.codeAt(at))
			if err != nil || inst.Op == riscv64asm.JAL || inst.Op == riscv64asm.JALR {
				break
			}
			depth, link = riscvStep(inst, depth, link)
			at += uint64(inst.Len)
		}
		return depth, link
	}
	for at := start; at < pc; {
		inst, err := x86asm.Decode(m.codeAt(at), 32)
		if err != nil {
			break
		}
		depth += intelStep(inst)
		at += uint64(inst.Len)
	}
	return max(depth, 0), link
}

func riscvStep(inst riscv64asm.Inst, depth, link int64) (int64, int64) {
	switch inst.Op {
	case riscv64asm.ADDI:
		rd, ok := inst.Args[0].(riscv64asm.Reg)
		rs, ok2 := inst.Args[1].(riscv64asm.Reg)
		imm, ok3 := inst.Args[2].(riscv64asm.Simm)
		if ok && ok2 && ok3 && rd == riscv64asm.X2 && rs == riscv64asm.X2 {
			return depth - int64(imm.Imm), link
		}
	case riscv64asm.SD:
		src, ok := inst.Args[0].(riscv64asm.Reg)
		to, ok2 := inst.Args[1].(riscv64asm.RegOffset)
		if ok && ok2 && src == riscv64asm.X1 && to.OfsReg == riscv64asm.X2 {
			return depth, int64(to.Ofs.Imm) - depth
		}
	}
	return depth, link
}

// intelStep is by how much an instruction grows the stack.
func intelStep(inst x86asm.Inst) int64 {
	imm := func() int64 {
		if r, ok := inst.Args[0].(x86asm.Reg); ok && r == x86asm.ESP {
			if v, ok := inst.Args[1].(x86asm.Imm); ok {
				return int64(v)
			}
		}
		return 0
	}
	switch inst.Op {
	case x86asm.PUSH:
		return 4
	case x86asm.POP:
		return -4
	case x86asm.SUB:
		return imm()
	case x86asm.ADD:
		return -imm()
	}
	return 0
}
