package debuginfo

import (
	"debug/dwarf"
	"fmt"
)

// Operations of a location expression (DWARF 5 table 7.9).
const (
	opAddr         = 0x03
	opDeref        = 0x06
	opConst1u      = 0x08
	opConst1s      = 0x09
	opConst2u      = 0x0a
	opConst2s      = 0x0b
	opConst4u      = 0x0c
	opConst4s      = 0x0d
	opConst8u      = 0x0e
	opConst8s      = 0x0f
	opConstu       = 0x10
	opConsts       = 0x11
	opDup          = 0x12
	opDrop         = 0x13
	opOver         = 0x14
	opPick         = 0x15
	opSwap         = 0x16
	opAnd          = 0x1a
	opDiv          = 0x1b
	opMinus        = 0x1c
	opMod          = 0x1d
	opMul          = 0x1e
	opNeg          = 0x1f
	opNot          = 0x20
	opOr           = 0x21
	opPlus         = 0x22
	opPlusUconst   = 0x23
	opShl          = 0x24
	opShr          = 0x25
	opShra         = 0x26
	opXor          = 0x27
	opEq           = 0x29
	opNe           = 0x2e
	opLit0         = 0x30
	opReg0         = 0x50
	opBreg0        = 0x70
	opRegX         = 0x90
	opFbreg        = 0x91
	opBregX        = 0x92
	opPiece        = 0x93
	opDerefSize    = 0x94
	opNop          = 0x96
	opCallFrameCFA = 0x9c
	opImplicit     = 0x9e
	opStackValue   = 0x9f
	opAddrX        = 0xa1
	opEntryValue   = 0xa3
	opGNUEntry     = 0xf3

	numbered = 32 // of lit, reg and breg
)

// maxSteps bounds an expression, which has no loops worth the name.
const maxSteps = 10_000

// evaluator runs one expression.
type evaluator struct {
	im    *Image
	unit  *unit
	fr    Frame
	fn    *Func
	stack []uint64
	inner bool // a frame base is being computed
}

// unknown ends an evaluation that needs a value nobody kept.
type unknown struct{}

func (m *evaluator) push(v uint64) {
	if m.im.Word == 4 {
		v = uint64(uint32(v))
	}
	m.stack = append(m.stack, v)
}

func (m *evaluator) pop() uint64 {
	if len(m.stack) == 0 {
		panic("an expression takes more than there is") // recovered in Locate
	}
	v := m.stack[len(m.stack)-1]
	m.stack = m.stack[:len(m.stack)-1]
	return v
}

func (m *evaluator) reg(n uint64) uint64 {
	v, ok := m.fr.Reg(int(n))
	if !ok {
		panic(unknown{})
	}
	return v
}

func (m *evaluator) cfa() uint64 {
	v, ok := m.fr.CFA()
	if !ok {
		panic(unknown{})
	}
	return v
}

// frameBase is what fbreg is relative to.
func (m *evaluator) frameBase() uint64 {
	if m.fn == nil || m.inner {
		panic(unknown{})
	}
	expr, err := m.unit.expression(m.fn.entry.Val(dwarf.AttrFrameBase), m.fr.PC())
	if err != nil || expr == nil {
		panic(unknown{})
	}
	inner := evaluator{im: m.im, unit: m.unit, fr: m.fr, fn: m.fn, inner: true}
	ps, err := inner.pieces(expr)
	if err != nil || len(ps) != 1 || ps[0].Kind == Nowhere {
		panic(unknown{})
	}
	if ps[0].Kind == InRegister {
		return m.reg(ps[0].Num)
	}
	return ps[0].Num
}

// pieces evaluates an expression to the places it describes.
func (m *evaluator) pieces(expr []byte) (out []Piece, err error) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case unknown:
			out, err = nil, ErrOptimisedOut
		default:
			out, err = nil, fmt.Errorf("its location cannot be read: %v", p)
		}
	}()
	r := &reader{b: expr, word: m.im.Word}
	cur, have := Piece{Kind: Nowhere}, false
	for steps := 0; len(r.b) > 0; steps++ {
		if steps > maxSteps || r.bad {
			panic("the expression is damaged")
		}
		op := r.u8()
		switch {
		case op >= opReg0 && op < opReg0+numbered:
			cur, have = Piece{Kind: InRegister, Num: uint64(op - opReg0)}, true
		case op == opRegX:
			cur, have = Piece{Kind: InRegister, Num: r.uleb()}, true
		case op == opStackValue:
			cur, have = Piece{Kind: Constant, Num: m.pop()}, true
		case op == opImplicit:
			cur, have = Piece{Kind: Constant, Bytes: r.bytes(r.uleb())}, true
		case op == opPiece:
			if !have && len(m.stack) > 0 {
				cur = Piece{Kind: InMemory, Num: m.pop()}
			}
			cur.Size = r.uleb()
			out = append(out, cur)
			cur, have = Piece{Kind: Nowhere}, false
		case op == opEntryValue || op == opGNUEntry:
			panic(unknown{}) // the caller's registers at the call: not kept
		default:
			m.step(op, r)
		}
	}
	if out != nil {
		return out, nil
	}
	if !have {
		cur = Piece{Kind: InMemory, Num: m.pop()}
	}
	return []Piece{cur}, nil
}

// step runs an operation that computes.
func (m *evaluator) step(op byte, r *reader) {
	switch {
	case op >= opLit0 && op < opLit0+numbered:
		m.push(uint64(op - opLit0))
		return
	case op >= opBreg0 && op < opBreg0+numbered:
		m.push(m.reg(uint64(op-opBreg0)) + uint64(r.sleb()))
		return
	case op >= opConst1u && op <= opConst8s:
		size := 1 << ((op - opConst1u) / 2)
		if (op-opConst1u)%2 == 0 {
			m.push(r.fixed(size))
		} else {
			m.push(r.signed(size))
		}
		return
	case op >= opAnd && op <= opNe:
		m.arithmetic(op, r)
		return
	}
	switch op {
	case opAddr:
		m.push(r.addr())
	case opAddrX:
		m.push(m.unit.indexed(r.uleb()))
	case opDeref:
		m.push(m.load(m.pop(), m.im.Word))
	case opDerefSize:
		m.push(m.load(m.pop(), int(r.u8())))
	case opConstu:
		m.push(r.uleb())
	case opConsts:
		m.push(uint64(r.sleb()))
	case opDup:
		v := m.pop()
		m.push(v)
		m.push(v)
	case opDrop:
		m.pop()
	case opOver, opPick:
		n := 1
		if op == opPick {
			n = int(r.u8())
		}
		if n >= len(m.stack) {
			panic("an expression takes more than there is")
		}
		m.push(m.stack[len(m.stack)-1-n])
	case opSwap:
		a, b := m.pop(), m.pop()
		m.push(a)
		m.push(b)
	case opBregX:
		n := r.uleb()
		m.push(m.reg(n) + uint64(r.sleb()))
	case opFbreg:
		m.push(m.frameBase() + uint64(r.sleb()))
	case opCallFrameCFA:
		m.push(m.cfa())
	case opNop:
	default:
		panic(fmt.Sprintf("operation %#x is not known", op))
	}
}

func (m *evaluator) load(addr uint64, n int) uint64 {
	var b [8]byte
	if n > len(b) || m.fr.Read(addr, b[:n]) != nil {
		panic(unknown{})
	}
	r := reader{b: b[:]}
	return r.fixed(n)
}

func (m *evaluator) arithmetic(op byte, r *reader) {
	switch op {
	case opNeg:
		m.push(-m.pop())
		return
	case opNot:
		m.push(^m.pop())
		return
	case opPlusUconst:
		m.push(m.pop() + r.uleb())
		return
	}
	b, a := m.pop(), m.pop()
	signed := func(v uint64) int64 {
		if m.im.Word == 4 {
			return int64(int32(v))
		}
		return int64(v)
	}
	switch op {
	case opAnd:
		m.push(a & b)
	case opOr:
		m.push(a | b)
	case opXor:
		m.push(a ^ b)
	case opPlus:
		m.push(a + b)
	case opMinus:
		m.push(a - b)
	case opMul:
		m.push(a * b)
	case opDiv, opMod:
		if signed(b) == 0 {
			panic(unknown{})
		}
		if op == opDiv {
			m.push(uint64(signed(a) / signed(b)))
		} else {
			m.push(a % b)
		}
	case opShl:
		m.push(a << b)
	case opShr:
		m.push(a >> b)
	case opShra:
		m.push(uint64(signed(a) >> b))
	default:
		panic(fmt.Sprintf("operation %#x is not known", op))
	}
}
