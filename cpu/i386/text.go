package i386

import (
	"fmt"
	"strings"
)

// Text decodes the instruction at the start of b, which lies at pc, and renders
// it in Intel's syntax. ok is false if there is none.
func Text(b []byte, pc uint32, code32 bool) (text string, n int, ok bool) {
	var in inst
	if decode(b, code32, &in) != decoded {
		return "", 0, false
	}
	return in.text(pc), int(in.len), true
}

var (
	regNames32 = [8]string{"eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"}
	regNames16 = [8]string{"ax", "cx", "dx", "bx", "sp", "bp", "si", "di"}
	regNames8  = [8]string{"al", "cl", "dl", "bl", "ah", "ch", "dh", "bh"}
	segNames   = [8]string{"es", "cs", "ss", "ds", "fs", "gs", "s6", "s7"}
)

func regName(n, size uint8) string {
	switch size {
	case 1:
		return regNames8[n&7]
	case 2:
		return regNames16[n&7]
	}
	return regNames32[n&7]
}

// wideNames are the mnemonics that change with the operand size: the row has
// the 16-bit one.
var wideNames = map[string]string{
	"cbw": "cwde", "cwd": "cdq", "pusha": "pushad", "popa": "popad", "pushf": "pushfd", "popf": "popfd",
	"iret": "iretd", "movsw": "movsd", "cmpsw": "cmpsd", "stosw": "stosd", "lodsw": "lodsd",
	"scasw": "scasd", "insw": "insd", "outsw": "outsd",
}

// mnemonic is the row's name in the instruction's operand and address size.
func (in *inst) mnemonic() string {
	name := in.row.name
	if w, ok := wideNames[name]; ok && in.osz == 4 {
		name = w
	}
	if name == "jcxz" && in.asz == 4 {
		name = "jecxz"
	}
	return name
}

func (in *inst) text(pc uint32) string {
	var b strings.Builder
	if in.lock {
		b.WriteString("lock ")
	}
	if in.row.rep {
		switch in.rep {
		case prefixREP:
			b.WriteString("rep ")
		case prefixREPNE:
			b.WriteString("repne ")
		}
	}
	b.WriteString(in.mnemonic())
	for i, k := range in.row.ops[:in.row.nop] {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte(' ')
		b.WriteString(in.operandText(i, k, pc))
	}
	return b.String()
}

func (in *inst) operandText(i int, k argKind, pc uint32) string {
	o := in.op[i]
	switch o.kind {
	case opReg:
		return regName(o.n, o.size)
	case opMem:
		return in.memText(o.size, k)
	case opImm:
		if k.from == fromJ {
			to := pc + uint32(in.len) + in.imm
			if in.osz == 2 {
				to &= 0xffff
			}
			return fmt.Sprintf("%#x", to)
		}
		v := in.imm
		if o.size == 2 {
			v &= 0xffff
		}
		return fmt.Sprintf("%#x", v)
	case opConst:
		return fmt.Sprintf("%#x", o.n)
	case opSreg:
		return segNames[o.n&7]
	case opCR:
		return fmt.Sprintf("cr%d", o.n)
	case opDR:
		return fmt.Sprintf("dr%d", o.n)
	case opMMX:
		return fmt.Sprintf("mm%d", o.n)
	case opXMM:
		return fmt.Sprintf("xmm%d", o.n)
	case opST:
		return fmt.Sprintf("st%d", o.n)
	case opFar:
		return fmt.Sprintf("%#x:%#x", in.imm2, in.imm)
	}
	return ""
}

var sizeNames = map[uint8]string{
	1: "byte", 2: "word", 4: "dword", 6: "fword", 8: "qword", 10: "tbyte", 16: "xmmword",
}

func (in *inst) memText(size uint8, k argKind) string {
	var b strings.Builder
	if name := sizeNames[size]; name != "" {
		b.WriteString(name + " ptr ")
	}
	def := uint8(DS)
	if in.base == ESP || in.base == EBP {
		def = SS
	}
	if in.seg != def {
		b.WriteString(segNames[in.seg] + ":")
	}
	b.WriteByte('[')
	sep := ""
	if in.base != regZero {
		b.WriteString(regName(in.base, in.asz))
		sep = "+"
	}
	if in.index != regZero {
		b.WriteString(sep + regName(in.index, in.asz))
		if in.asz == 4 {
			fmt.Fprintf(&b, "*%d", 1<<in.scale)
		}
		sep = "+"
	}
	disp := in.disp
	if in.asz == 2 {
		disp = uint32(int32(int16(disp)))
	}
	switch {
	case sep == "":
		if in.asz == 2 {
			disp &= 0xffff
		}
		fmt.Fprintf(&b, "%#x", disp)
	case int32(disp) < 0:
		fmt.Fprintf(&b, "-%#x", -disp)
	case disp != 0:
		fmt.Fprintf(&b, "+%#x", disp)
	}
	b.WriteByte(']')
	return b.String()
}
