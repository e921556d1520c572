package rv64

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// xNames and fNames are the registers' names in the standard calling
// convention ("RISC-V Calling Conventions", tables 1 and 2).
var xNames = [32]string{
	"zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0", "a1", "a2", "a3", "a4", "a5",
	"a6", "a7", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6",
}

var fNames = [32]string{
	"ft0", "ft1", "ft2", "ft3", "ft4", "ft5", "ft6", "ft7", "fs0", "fs1", "fa0", "fa1", "fa2", "fa3", "fa4", "fa5",
	"fa6", "fa7", "fs2", "fs3", "fs4", "fs5", "fs6", "fs7", "fs8", "fs9", "fs10", "fs11", "ft8", "ft9", "ft10", "ft11",
}

// rmNames are the rounding modes (I 11.2, table 11.1).
var rmNames = [8]string{"rne", "rtz", "rdn", "rup", "rmm", "rm5", "rm6", "dyn"}

// orderSuffix is how an atomic's aq and rl bits (aq<<1 | rl) are written.
var orderSuffix = [4]string{"", ".rl", ".aq", ".aqrl"}

// upperImm is the operand of LUI and AUIPC: assemblers write the upper 20 bits.
const upperImm = "imm[31:12]"

// text prints an instruction of this row.
func (r *Row) text(raw uint32) string {
	var b strings.Builder
	b.WriteString(r.name)
	if aq := r.field("aq"); aq != nil {
		b.WriteString(orderSuffix[aq.get(raw)<<1|r.field("rl").get(raw)])
	}
	asm := r.asm
	if rm := r.field("rm"); rm != nil && rmNames[rm.get(raw)] == "dyn" {
		asm = strings.TrimSuffix(asm, ", rm") // the assembler's default
	}
	if asm != "" {
		b.WriteByte(' ')
	}
	for asm != "" {
		n := strings.IndexAny(asm, " ,()")
		switch {
		case n == 0:
			b.WriteByte(asm[0])
			n = 1
		case n < 0:
			n = len(asm)
			fallthrough
		default:
			b.WriteString(r.operandText(asm[:n], raw))
		}
		asm = asm[n:]
	}
	return b.String()
}

func (r *Row) operandText(name string, raw uint32) string {
	fd := r.field(plainOperand(name))
	if fd == nil {
		return name // a fixed register or a literal in the syntax
	}
	v := fd.get(raw)
	switch {
	case strings.HasPrefix(name, "fr"):
		return fNames[v]
	case strings.HasPrefix(name, "r") && name != "rm":
		return xNames[v]
	case name == "rm":
		return rmNames[v]
	case name == "csr":
		if c := csrByNumber(uint16(v)); c != nil {
			return c.name
		}
		return fmt.Sprintf("0x%x", v)
	case name == "pred", name == "succ":
		return fenceSetText(v)
	case name == upperImm:
		return fmt.Sprintf("0x%x", v>>12&0xfffff)
	}
	return strconv.FormatInt(v, 10)
}

// fenceSetText prints a FENCE's predecessor or successor set (I 2.7).
func fenceSetText(v int64) string {
	const letters = "iorw"
	s := ""
	for i := range letters {
		if v>>(3-i)&1 != 0 {
			s += letters[i : i+1]
		}
	}
	if s == "" {
		return "0"
	}
	return s
}

// Disassemble returns the text of the instruction whose first 32 bits in
// memory are raw, and its size. Unknown bits give "unimp"-like text ".2byte"
// or ".4byte" with the bits.
func Disassemble(raw uint32) (text string, size int) {
	if raw&3 != 3 {
		raw &= 0xffff
	}
	if r := findRow(raw); r != nil {
		return r.text(raw), int(r.size)
	}
	if raw&3 != 3 {
		return fmt.Sprintf(".2byte 0x%04x", raw), 2
	}
	return fmt.Sprintf(".4byte 0x%08x", raw), 4
}

// Assemble encodes one instruction written as Disassemble prints it; offsets
// of branches and jumps are numbers relative to the instruction. size is 2 or
// 4 bytes.
func Assemble(text string) (raw uint32, size int, err error) {
	mnemonic, rest, _ := strings.Cut(strings.TrimSpace(text), " ")
	name, order := mnemonic, int64(0)
	r := rowByName(name)
	if r == nil {
		for i, s := range orderSuffix {
			if cut, ok := strings.CutSuffix(mnemonic, s); ok && i > 0 && rowByName(cut) != nil {
				name, order = cut, int64(i)
			}
		}
		if r = rowByName(name); r == nil || r.field("aq") == nil {
			return 0, 0, fmt.Errorf("no instruction %q", mnemonic)
		}
	}
	want, got := operandNames(r.asm), operandNames(rest)
	if len(want) == len(got)+1 && want[len(want)-1] == "rm" {
		got = append(got, "dyn")
	}
	if len(want) != len(got) {
		return 0, 0, fmt.Errorf("%s takes %q, not %q", name, r.asm, rest)
	}
	values := map[string]int64{"aq": order >> 1, "rl": order & 1, "fm": 0}
	for i, w := range want {
		fd := r.field(plainOperand(w))
		if fd == nil {
			if w != got[i] {
				return 0, 0, fmt.Errorf("%s: operand %d must be %s", name, i+1, w)
			}
			continue
		}
		if values[fd.name], err = parseOperand(w, got[i]); err != nil {
			return 0, 0, fmt.Errorf("%s: %w", name, err)
		}
	}
	raw, err = r.Encode(values)
	return raw, int(r.size), err
}

func rowByName(name string) *Row {
	for _, r := range rows {
		if r.name == name {
			return r
		}
	}
	return nil
}

func parseOperand(kind, s string) (int64, error) {
	index := func(names []string) (int64, error) {
		if i := slices.Index(names, s); i >= 0 {
			return int64(i), nil
		}
		return 0, fmt.Errorf("%q is not a register or mode that fits %s", s, kind)
	}
	switch {
	case strings.HasPrefix(kind, "fr"):
		return index(fNames[:])
	case kind == "rm":
		return index(rmNames[:])
	case kind == "csr":
		if c := csrByName(s); c != nil {
			return int64(c.num), nil
		}
	case strings.HasPrefix(kind, "r"):
		return index(xNames[:])
	case kind == "pred", kind == "succ":
		for v := range int64(16) {
			if fenceSetText(v) == s {
				return v, nil
			}
		}
	case kind == upperImm:
		v, err := parseNumber(s)
		if err == nil && v>>20 != 0 {
			err = fmt.Errorf("%s does not fit into the upper 20 bits", s)
		}
		return int64(int32(v << 12)), err
	}
	return parseNumber(s)
}

func parseNumber(s string) (int64, error) {
	v, err := strconv.ParseInt(s, 0, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is not a number", s)
	}
	return v, nil
}
