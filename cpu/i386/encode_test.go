package i386

import (
	"math/rand/v2"
	"strconv"
	"strings"
)

// encoder makes bytes of a row, for the tests that must reach every row. The
// pick functions choose what the row leaves open.
type encoder struct {
	rnd *rand.Rand
	// memory chooses the memory form; it returns ModRM's mod and r/m and
	// what follows. nil means disp32.
	memory func() (mod, rm byte, rest []byte)
	osz16  bool
	wantMem,
	wantReg bool
	lock bool
}

func (e *encoder) byte() byte { return byte(e.rnd.Uint32()) }

// freeReg is a register that test programs may change: neither ESP nor the
// base registers of their memory operands.
var freeRegs = []byte{EAX, ECX, EDX, EBX, EBP}

func (e *encoder) anyReg(size argSize) byte {
	if size == size1 {
		return byte(e.rnd.IntN(8))
	}
	return freeRegs[e.rnd.IntN(len(freeRegs))]
}

// encode returns the bytes of one instance of r.
func (e *encoder) encode(r *row) []byte {
	tok := strings.Fields(r.enc)
	var out []byte
	if e.lock && r.lock {
		out = append(out, prefixLock)
	}
	if e.osz16 {
		out = append(out, prefixOsz)
	}
	if tok[0] == "np" {
		tok = tok[1:]
	}
	var i int
	for i = 0; i < len(tok); i++ {
		v, err := strconv.ParseUint(tok[i], 16, 8)
		if err != nil || len(tok[i]) != 2 {
			break
		}
		out = append(out, byte(v))
	}
	mem := e.canMem(r, tok[i:]) && (e.wantMem || !e.wantReg && e.rnd.IntN(2) == 0)
	if !e.canReg(r, tok[i:]) {
		mem = true
	}
	modrm := false
	ext := -1
	for ; i < len(tok); i++ {
		switch t := tok[i]; {
		case t == "+r":
			out[len(out)-1] += e.anyReg(r.ops[r.nop-1].size)
			if r.ops[0].from == fromZ {
				out[len(out)-1] = out[len(out)-1]&^7 | e.anyReg(r.ops[0].size)
			}
		case strings.HasSuffix(t, "+i"):
			v, _ := strconv.ParseUint(t[:2], 16, 8)
			out = append(out, byte(v)+byte(e.rnd.IntN(8)))
		case t == "=" || t == "/m" || t == "/g":
		case t == "/r":
			modrm = true
		case t[0] == '/':
			modrm, ext = true, int(t[1]-'0')
		default:
			v, _ := strconv.ParseUint(t, 16, 8)
			out = append(out, byte(v))
		}
	}
	if modrm {
		out = append(out, e.modrm(r, ext, mem)...)
	}
	return append(out, e.immediates(r)...)
}

func (e *encoder) canMem(r *row, tok []string) bool {
	for _, t := range tok {
		if t == "/g" {
			return false
		}
	}
	for _, k := range r.ops[:r.nop] {
		switch k.from {
		case fromE, fromM, fromQ, fromW:
			return true
		}
	}
	return false
}

func (e *encoder) canReg(r *row, tok []string) bool {
	for _, t := range tok {
		if t == "/m" {
			return false
		}
	}
	for _, k := range r.ops[:r.nop] {
		if k.from == fromM {
			return false
		}
	}
	return true
}

func (e *encoder) modrm(r *row, ext int, mem bool) []byte {
	reg, rm := byte(e.rnd.IntN(8)), byte(e.rnd.IntN(8))
	for _, k := range r.ops[:r.nop] {
		switch k.from {
		case fromG:
			reg = e.anyReg(k.size)
		case fromE, fromR:
			rm = e.anyReg(k.size)
		case fromS:
			reg = DS
		case fromC:
			reg = 3
		case fromD:
			reg = 7
		}
	}
	if ext >= 0 {
		reg = byte(ext)
	}
	if !mem {
		return []byte{0xc0 | reg<<3 | rm}
	}
	mod, rm, rest := byte(0), byte(EBP), []byte{0x78, 0x56, 0x34, 0x12}
	if e.memory != nil {
		mod, rm, rest = e.memory()
	}
	return append([]byte{mod<<6 | reg<<3 | rm}, rest...)
}

func (e *encoder) immediates(r *row) []byte {
	var out []byte
	osz := 4
	if e.osz16 {
		osz = 2
	}
	put := func(n int) {
		for range n {
			out = append(out, e.byte())
		}
	}
	for _, k := range r.ops[:r.nop] {
		switch k.from {
		case fromI, fromJ:
			n := int(k.size)
			if k.size == sizeV {
				n = osz
			}
			put(n)
		case fromSI:
			put(1)
		case fromO:
			if e.memory != nil {
				_, _, rest := e.memory()
				out = append(out, rest...)
			} else {
				put(4)
			}
		case fromA:
			put(osz + 2)
		}
	}
	return out
}
