package i386

// inst is a decoded instruction.
type inst struct {
	row *row
	do  semantics

	op   [3]operand
	disp uint32
	imm  uint32
	imm2 uint16 // selector of a far pointer, nesting level of ENTER

	len    uint8
	osz    uint8 // operand size: 2 or 4
	asz    uint8 // address size: 2 or 4
	rep    uint8 // 0, prefixREPNE or prefixREP
	lock   bool
	mem    bool // ModRM or moffs names memory
	modrm  uint8
	opcode uint8 // its last byte
	// The memory operand: seg:[base + index<<scale + disp].
	seg, base, index, scale uint8
}

// operand is where an operand was found to be.
type operand struct {
	kind opKind
	size uint8 // in bytes
	n    uint8 // register number
}

type opKind uint8

const (
	opNone opKind = iota
	opReg         // general register
	opMem
	opImm  // inst.imm
	opSreg // segment register
	opCR
	opDR
	opMMX
	opXMM
	opST
	opConst // n itself
	opFar   // inst.imm2:inst.imm
)

// Prefix bytes (SDM 2 section 2.1.1).
const (
	prefixLock  = 0xf0
	prefixREPNE = 0xf2
	prefixREP   = 0xf3
	prefixOsz   = 0x66
	prefixAsz   = 0x67

	maxLength = 15
)

// decodeStatus is the outcome of decoding.
type decodeStatus uint8

const (
	decoded   decodeStatus = iota
	needMore               // the bytes end inside the instruction
	tooLong                // more than 15 bytes: #GP
	undefined              // no such instruction: #UD
)

// decoder reads one instruction from b.
type decoder struct {
	b   []byte
	pos int
	bad decodeStatus
}

// u8 and its kin read little-endian; past the end they note that more is needed
// and return 0.
func (d *decoder) u8() uint32 {
	if d.pos >= len(d.b) {
		if d.bad == decoded {
			d.bad = needMore
		}
		return 0
	}
	v := d.b[d.pos]
	d.pos++
	return uint32(v)
}

func (d *decoder) u16() uint32 { lo := d.u8(); return lo | d.u8()<<8 }
func (d *decoder) u32() uint32 { lo := d.u16(); return lo | d.u16()<<16 }
func (d *decoder) s8() uint32  { return uint32(int32(int8(d.u8()))) }

func (d *decoder) sized(n uint8) uint32 {
	switch n {
	case 1:
		return d.u8()
	case 2:
		return d.u16()
	}
	return d.u32()
}

// decode decodes the instruction at the start of b for a code segment with the
// given default size. It looks at nothing but its arguments.
func decode(b []byte, code32 bool, in *inst) decodeStatus {
	d := decoder{b: b}
	if len(b) > maxLength {
		d.b = b[:maxLength]
	}
	s := d.instruction(code32, in)
	if s == needMore && d.pos >= maxLength {
		return tooLong
	}
	in.len = uint8(d.pos)
	return s
}

const segNone = 0xff

// instruction decodes prefixes, opcode, ModRM and operands. Of the prefixes of a
// group the last counts. A repeat prefix wins over 66 as a mandatory prefix.
func (d *decoder) instruction(code32 bool, in *inst) decodeStatus {
	*in = inst{base: regZero, index: regZero}
	osz, asz := uint8(2), uint8(2)
	if code32 {
		osz, asz = 4, 4
	}
	in.osz, in.asz = osz, asz
	seg := uint8(segNone)
	pfx := pfxNone
	var op uint32
prefixes:
	for {
		op = d.u8()
		if d.bad != decoded {
			return d.bad
		}
		switch op {
		case 0x26, 0x2e, 0x36, 0x3e:
			seg = uint8(op >> 3 & 3)
		case 0x64, 0x65:
			seg = uint8(op - 0x64 + FS)
		case prefixOsz:
			in.osz = 6 - osz
			if pfx == pfxNone {
				pfx = pfx66
			}
		case prefixAsz:
			in.asz = 6 - asz
		case prefixLock:
			in.lock = true
		case prefixREPNE:
			in.rep, pfx = prefixREPNE, pfxF2
		case prefixREP:
			in.rep, pfx = prefixREP, pfxF3
		default:
			break prefixes
		}
	}
	table := &maps.one
	if op == 0x0f {
		table = &maps.two
		op = d.u8()
	}
	if d.bad != decoded {
		return d.bad
	}
	s := &table[op]
	in.opcode = uint8(op)
	r := s.plain[pfx]
	in.seg = DS
	if g := s.groups[pfx]; g != nil {
		in.modrm = uint8(d.u8())
		if d.bad != decoded {
			return d.bad
		}
		r = g.find(in.modrm)
		if r == nil {
			return undefined
		}
		if in.modrm < 0xc0 {
			d.address(in)
		}
	}
	if r == nil {
		return undefined
	}
	in.row, in.do = r, r.do
	for i, k := range r.ops[:r.nop] {
		in.op[i] = d.operand(in, k, uint8(op))
	}
	if seg != segNone {
		in.seg = seg
	}
	if d.bad != decoded {
		return d.bad
	}
	// LOCK is legal with a memory destination of the instructions that the
	// SDM's LOCK page lists.
	if in.lock && !(r.lock && in.op[0].kind == opMem) {
		return undefined
	}
	return decoded
}

func (g *group) find(modrm byte) *row {
	if r := g.exact[modrm]; r != nil {
		return r
	}
	if modrm >= 0xc0 {
		return g.reg[modrm>>3&7]
	}
	return g.mem[modrm>>3&7]
}

// addr16 is SDM 2 table 2-1: base and index by r/m.
var addr16 = [8][2]uint8{
	{EBX, ESI},
	{EBX, EDI},
	{EBP, ESI},
	{EBP, EDI},
	{ESI, regZero},
	{EDI, regZero},
	{EBP, regZero},
	{EBX, regZero},
}

// address decodes the memory form of ModRM.
func (d *decoder) address(in *inst) {
	mod, rm := in.modrm>>6, in.modrm&7
	in.mem = true
	if in.asz == 2 {
		in.base, in.index = addr16[rm][0], addr16[rm][1]
		switch {
		case mod == 0 && rm == 6:
			in.base = regZero
			in.disp = d.u16()
		case mod == 1:
			in.disp = d.s8()
		case mod == 2:
			in.disp = d.u16()
		}
		if in.base == EBP {
			in.seg = SS
		}
		return
	}
	// SDM 2 tables 2-2 and 2-3.
	in.base = rm
	if rm == ESP {
		sib := uint8(d.u8())
		in.base, in.index, in.scale = sib&7, sib>>3&7, sib>>6
		if in.index == ESP {
			in.index, in.scale = regZero, 0
		}
	}
	switch {
	case mod == 0 && in.base == EBP:
		in.base = regZero
		in.disp = d.u32()
	case mod == 1:
		in.disp = d.s8()
	case mod == 2:
		in.disp = d.u32()
	}
	if in.base == ESP || in.base == EBP {
		in.seg = SS
	}
}

// bytes is an operand's width once the operand and address sizes are known.
func (in *inst) bytes(s argSize) uint8 {
	switch s {
	case sizeV:
		return in.osz
	case sizeP:
		return in.osz + 2
	case sizeA:
		return in.osz * 2
	}
	return uint8(s)
}

// operand resolves what a row says about an operand; immediates are read on the
// way, in the order of the row's operands, which is that of the encoding.
func (d *decoder) operand(in *inst, k argKind, op uint8) operand {
	size := in.bytes(k.size)
	reg, rm := in.modrm>>3&7, in.modrm&7
	either := func(reg opKind) operand {
		if in.mem {
			return operand{opMem, size, 0}
		}
		return operand{reg, size, rm}
	}
	switch k.from {
	case fromE:
		return either(opReg)
	case fromM:
		return operand{opMem, size, 0}
	case fromG:
		return operand{opReg, size, reg}
	case fromR:
		return operand{opReg, size, rm}
	case fromZ:
		return operand{opReg, size, op & 7}
	case fromReg:
		return operand{opReg, size, k.n}
	case fromSreg:
		return operand{opSreg, size, k.n}
	case fromS:
		return operand{opSreg, size, reg}
	case fromC:
		return operand{opCR, 4, reg}
	case fromD:
		return operand{opDR, 4, reg}
	case fromOne:
		return operand{opConst, size, 1}
	case fromP:
		return operand{opMMX, size, reg}
	case fromQ:
		return either(opMMX)
	case fromV:
		return operand{opXMM, size, reg}
	case fromW:
		return either(opXMM)
	case fromST:
		return operand{opST, size, 0}
	case fromSTi:
		return operand{opST, size, rm}
	case fromI:
		// ENTER alone has two immediates; its second is the nesting level.
		if in.op[0].kind == opImm && k.size == size1 {
			in.imm2 = uint16(d.u8())
			return operand{opConst, size, uint8(in.imm2)}
		}
		in.imm = d.sized(size)
		return operand{opImm, size, 0}
	case fromSI:
		in.imm = d.s8()
		if size == 2 {
			in.imm &= 0xffff
		}
		return operand{opImm, size, 0}
	case fromJ:
		if size == 1 {
			in.imm = d.s8()
		} else {
			in.imm = d.sized(size)
		}
		return operand{opImm, size, 0}
	case fromO:
		in.mem = true
		in.disp = d.sized(in.asz)
		return operand{opMem, size, 0}
	case fromA:
		in.imm = d.sized(in.osz)
		in.imm2 = uint16(d.u16())
		return operand{opFar, size, 0}
	}
	return operand{}
}

// fetch decodes the instruction at CS:EIP into in, or raises what fetching it
// raises.
func (c *CPU) fetch(in *inst) bool {
	var buf [maxLength]byte
	n := 0
	cs := &c.seg[CS]
	for {
		off := c.eip + uint32(n)
		la := cs.base + off
		if off > cs.hi || off < c.eip {
			return c.fault(vecGP, 0)
		}
		pa, ok := c.translateFetch(la)
		if !ok {
			return false
		}
		k := min(uint32(maxLength-n), pageSize-la&pageMask)
		// The limit bounds the bytes, not the window.
		if left := cs.hi - off; left < k {
			k = left + 1
		}
		if p := pa & c.a20 >> pageShift; int(p) < len(c.romap) && c.romap[p] != pageHole {
			copy(buf[n:], c.ram[pa:pa+k])
		} else {
			for i := range k {
				buf[n+int(i)] = byte(c.physLoad(pa+i, 1))
			}
		}
		n += int(k)
		switch decode(buf[:n], c.mode.code32(), in) {
		case decoded:
			return true
		case tooLong:
			return c.fault(vecGP, 0)
		case undefined:
			return c.fault(vecUD, 0)
		}
	}
}
