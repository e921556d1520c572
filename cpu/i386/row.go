package i386

import (
	"fmt"
	"strconv"
	"strings"
)

// row defines one instruction: its encoding in the SDM's notation, operands,
// properties, and an example. Semantics stand beside the rows, in `do`.
//
// enc, read left to right: an optional mandatory prefix (np, 66, f2, f3; np
// says that none of the three may be there), the opcode bytes, then one of
//
//	/r     a ModRM byte with a register operand
//	/0../7 a ModRM byte whose reg field extends the opcode
//	+r     the register is in the last opcode byte's low three bits
//	+i     the same for an x87 stack register (the byte is a ModRM byte)
//	/m /g  after /r or a digit: only the memory or only the register form
//	=      the last byte is a whole ModRM byte
//
// args are in Intel's notation (SDM 2 appendix A.2), see argLetters, argSizes
// and fixedArgs. Rows are often made by a function from what they share; an
// example of each, its bytes and its text, is in testdata/rows.golden.
type row struct {
	name  string
	enc   string
	args  string
	flags string // arithmetic flags written; lower case: left undefined by the SDM
	lock  bool   // LOCK is legal with a memory destination
	rep   bool   // a string instruction: REP repeats it
	ends  bool   // changes the flow or the mode: a block ends here
	ref   string // where the SDM defines it, if not under its own name
	do    semantics

	ops  [3]argKind
	nop  int
	fast fastOps // what the fast path calls it
}

// semantics executes an instruction. false means that an exception was raised,
// and then nothing has changed but ESP, which the caller puts back.
type semantics func(c *CPU, in *inst) bool

// argKind says where an operand is and how wide.
type argKind struct {
	from argFrom
	size argSize
	n    uint8 // a fixed register's number
}

type argFrom uint8

const (
	fromNone  argFrom = iota
	fromE             // ModRM r/m: general register or memory
	fromG             // ModRM reg: general register
	fromM             // ModRM r/m: memory only
	fromR             // ModRM r/m: register only
	fromI             // immediate
	fromSI            // immediate byte, sign-extended to the operand size
	fromJ             // branch displacement
	fromO             // memory at an address in the instruction
	fromA             // far pointer in the instruction
	fromZ             // register in the opcode
	fromReg           // fixed general register
	fromSreg          // fixed segment register
	fromOne           // the constant 1
	fromThree         // the constant 3
	fromS             // ModRM reg: segment register
	fromC             // ModRM reg: control register
	fromD             // ModRM reg: debug register
	fromP             // ModRM reg: MMX register
	fromQ             // ModRM r/m: MMX register or memory
	fromV             // ModRM reg: XMM register
	fromW             // ModRM r/m: XMM register or memory
	fromST            // fixed x87 register 0
	fromSTi           // x87 register in ModRM r/m
)

// argSize is an operand's width in bytes; sizeV and sizeZ follow the operand
// size.
type argSize uint8

const (
	sizeNone argSize = 0
	size1    argSize = 1
	size2    argSize = 2
	size4    argSize = 4
	size6    argSize = 6
	size8    argSize = 8
	size10   argSize = 10
	size16   argSize = 16
	sizeEnv  argSize = 28
	sizeV    argSize = 0x80 // 2 or 4
	sizeP    argSize = 0x81 // far pointer: 4 or 6
	sizeA    argSize = 0x82 // pair of bounds: 4 or 8
)

var argLetters = map[byte]argFrom{
	'E': fromE, 'G': fromG, 'M': fromM, 'R': fromR, 'I': fromI, 'J': fromJ, 'O': fromO,
	'Z': fromZ, 'S': fromS, 'C': fromC, 'D': fromD, 'P': fromP, 'Q': fromQ, 'V': fromV, 'W': fromW,
}

var argSizes = map[string]argSize{
	"": sizeNone, "b": size1, "w": size2, "d": size4, "v": sizeV, "z": sizeV, "q": size8,
	"t": size10, "dq": size16, "p": sizeP, "a": sizeA, "s": size6, "e": sizeEnv,
}

var fixedArgs = map[string]argKind{
	"AL": {fromReg, size1, EAX}, "CL": {fromReg, size1, ECX}, "AX": {fromReg, size2, EAX},
	"DX": {fromReg, size2, EDX}, "eAX": {fromReg, sizeV, EAX},
	"ES": {fromSreg, size2, ES}, "CS": {fromSreg, size2, CS}, "SS": {fromSreg, size2, SS},
	"DS": {fromSreg, size2, DS}, "FS": {fromSreg, size2, FS}, "GS": {fromSreg, size2, GS},
	"1": {fromOne, size1, 0}, "sIb": {fromSI, sizeV, 0},
	"Ap": {fromA, sizeP, 0}, "ST": {fromST, size10, 0}, "STi": {fromSTi, size10, 0},
}

func parseArg(s string) (argKind, error) {
	if k, ok := fixedArgs[s]; ok {
		return k, nil
	}
	from, ok := argLetters[s[0]]
	if !ok {
		return argKind{}, fmt.Errorf("unknown operand %q", s)
	}
	size, ok := argSizes[s[1:]]
	if !ok {
		return argKind{}, fmt.Errorf("unknown operand size %q", s)
	}
	return argKind{from, size, 0}, nil
}

// Which ModRM forms a row takes.
const (
	formReg = 1 << iota
	formMem
)

// Indices of the mandatory prefixes.
const (
	pfxNone = iota
	pfx66
	pfxF3
	pfxF2
	numPfx
)

// group holds the rows behind an opcode that has a ModRM byte.
type group struct {
	mem, reg [8]*row
	exact    map[byte]*row // whole ModRM bytes, looked up before reg
}

// slot is one opcode of a map. An opcode without ModRM uses plain.
type slot struct {
	plain  [numPfx]*row
	groups [numPfx]*group
}

// opcodeMaps are the one-byte map and the 0F map (SDM 2 tables ).
type opcodeMaps struct {
	one, two [256]slot
}

var maps = mustMaps()

func mustMaps() *opcodeMaps {
	m, err := buildMaps(allRows())
	if err != nil {
		panic("i386: bug: " + err.Error())
	}
	return m
}

// allRows lists the instruction set, by topic.
func allRows() []*row {
	var all []*row
	for _, part := range [][]row{
		aluRows, shiftRows, movRows, stackRows, bitRows, stringRows, controlRows, bcdRows, systemRows, ioRows,
		x87Rows, simdMoveRows, simdIntRows, simdFPRows,
	} {
		for i := range part {
			all = append(all, &part[i])
		}
	}
	return all
}

func buildMaps(rows []*row) (*opcodeMaps, error) {
	m := new(opcodeMaps)
	for _, r := range rows {
		if err := m.add(r); err != nil {
			return nil, fmt.Errorf("row %s %q: %w", r.name, r.enc, err)
		}
	}
	return m, nil
}

func (m *opcodeMaps) add(r *row) error {
	if r.args != "" {
		for _, s := range strings.Split(r.args, ",") {
			k, err := parseArg(s)
			if err != nil {
				return err
			}
			r.ops[r.nop] = k
			r.nop++
		}
	}
	r.findFast()
	tok := strings.Fields(r.enc)
	pfx := []int{pfxNone, pfx66, pfxF3, pfxF2}
	switch {
	case tok[0] == "np":
		pfx, tok = pfx[:1], tok[1:]
	case len(tok) > 1 && tok[1] == "0f" && (tok[0] == "66" || tok[0] == "f2" || tok[0] == "f3"):
		pfx = []int{map[string]int{"66": pfx66, "f3": pfxF3, "f2": pfxF2}[tok[0]]}
		tok = tok[1:]
	}
	table := &m.one
	if len(tok) > 1 && tok[0] == "0f" {
		table, tok = &m.two, tok[1:]
	}
	op64, err := strconv.ParseUint(tok[0], 16, 8)
	if err != nil {
		return err
	}
	op, n := int(op64), 1
	tok = tok[1:]
	if len(tok) > 0 && tok[0] == "+r" {
		n, tok = 8, tok[1:]
	}
	modrm, ext, err := parseModRM(tok, r)
	if err != nil {
		return err
	}
	for _, p := range pfx {
		for i := op; i < op+n; i++ {
			s := &table[i]
			if !modrm {
				if s.plain[p] != nil {
					return fmt.Errorf("clashes with %s %q", s.plain[p].name, s.plain[p].enc)
				}
				s.plain[p] = r
				continue
			}
			if s.groups[p] == nil {
				s.groups[p] = &group{exact: map[byte]*row{}}
			}
			if err := s.groups[p].add(r, ext); err != nil {
				return err
			}
		}
	}
	return nil
}

// extension is what the part of enc behind the opcode says about ModRM.
type extension struct {
	regs  []int // values of the reg field
	forms int
	exact []byte // whole ModRM bytes instead
}

func parseModRM(tok []string, r *row) (modrm bool, e extension, err error) {
	e.forms = formReg | formMem
	for _, k := range r.ops[:r.nop] {
		switch k.from {
		case fromM:
			e.forms = formMem
		case fromR, fromSTi:
			e.forms = formReg
		}
	}
	for _, t := range tok {
		switch {
		case t == "/r":
			modrm, e.regs = true, []int{0, 1, 2, 3, 4, 5, 6, 7}
		case t == "=":
		case t == "/m":
			e.forms = formMem
		case t == "/g":
			e.forms = formReg
		case t[0] == '/':
			modrm, e.regs = true, []int{int(t[1] - '0')}
		default:
			b, count := strings.TrimSuffix(t, "+i"), 1
			if b != t {
				count = 8
			}
			v, err := strconv.ParseUint(b, 16, 8)
			if err != nil {
				return false, e, err
			}
			modrm = true
			for i := range count {
				e.exact = append(e.exact, byte(int(v)+i))
			}
		}
	}
	return modrm, e, nil
}

func (g *group) add(r *row, e extension) error {
	clash := func(o *row) error { return fmt.Errorf("clashes with %s %q", o.name, o.enc) }
	for _, b := range e.exact {
		if o := g.exact[b]; o != nil {
			return clash(o)
		}
		g.exact[b] = r
	}
	for _, reg := range e.regs {
		if e.forms&formMem != 0 {
			if g.mem[reg] != nil {
				return clash(g.mem[reg])
			}
			g.mem[reg] = r
		}
		if e.forms&formReg != 0 {
			if g.reg[reg] != nil {
				return clash(g.reg[reg])
			}
			g.reg[reg] = r
		}
	}
	return nil
}
