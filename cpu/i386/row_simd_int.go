package i386

// Packed integer instructions: MMX, and the same on XMM registers (SSE2).

// lanes is an operation on n bytes of d and s (8 or 16); the result goes to d.
type lanes func(d, s *vec, n int)

// both makes the MMX and the XMM row of an operation.
func both(name, op string, f lanes) []row {
	return []row{
		{name: name, enc: "np 0f " + op + " /r", args: "Pq,Qq", do: mmx2(f)},
		{name: name, enc: "66 0f " + op + " /r", args: "Vdq,Wdq", do: xmm2(f)},
	}
}

func mmx2(f lanes) semantics {
	return func(c *CPU, in *inst) bool {
		if !c.canUseMMX() {
			return false
		}
		s, ok := c.getVec(in, 1, false)
		if !ok {
			return false
		}
		d, _ := c.getVec(in, 0, false)
		c.enterMMX()
		f(&d, &s, 8)
		return c.setVec(in, 0, &d, 8, false)
	}
}

func xmm2(f lanes) semantics {
	return func(c *CPU, in *inst) bool {
		if !c.canUseSSE() {
			return false
		}
		s, ok := c.getVec(in, 1, false)
		if !ok {
			return false
		}
		f(&c.sse.xmm[in.op[0].n&7], &s, 16)
		return true
	}
}

func each8(f func(a, b uint8) uint8) lanes {
	return func(d, s *vec, n int) {
		for i := range n {
			d[i] = f(d[i], s[i])
		}
	}
}

func each16(f func(a, b uint16) uint16) lanes {
	return func(d, s *vec, n int) {
		for i := range n / 2 {
			d.set16(i, f(d.u16(i), s.u16(i)))
		}
	}
}

func each32(f func(a, b uint32) uint32) lanes {
	return func(d, s *vec, n int) {
		for i := range n / 4 {
			d.set32(i, f(d.u32(i), s.u32(i)))
		}
	}
}

func each64(f func(a, b uint64) uint64) lanes {
	return func(d, s *vec, n int) {
		for i := range n / 8 {
			d.set64(i, f(d.u64(i), s.u64(i)))
		}
	}
}

// clamp saturates.
func clamp(v, lo, hi int32) int32 { return max(lo, min(v, hi)) }

func ss8(v int32) uint8   { return uint8(clamp(v, -128, 127)) }
func us8(v int32) uint8   { return uint8(clamp(v, 0, 255)) }
func ss16(v int32) uint16 { return uint16(clamp(v, -32768, 32767)) }
func us16(v int32) uint16 { return uint16(clamp(v, 0, 65535)) }

func i8(v uint8) int32   { return int32(int8(v)) }
func i16(v uint16) int32 { return int32(int16(v)) }

func ones[T word](yes bool) T {
	if yes {
		return ^T(0)
	}
	return 0
}

// unpack interleaves lanes of w bytes of the low or high halves.
func unpack(w int, high bool) lanes {
	return func(d, s *vec, n int) {
		var r vec
		from := 0
		if high {
			from = n / w / 2
		}
		for i := range n / w / 2 {
			copy(r.lane(2*i, w), d.lane(from+i, w))
			copy(r.lane(2*i+1, w), s.lane(from+i, w))
		}
		*d = r
	}
}

func pack16(sat func(int32) uint8) lanes {
	return func(d, s *vec, n int) {
		var r vec
		for i := range n / 2 {
			r[i], r[n/2+i] = sat(i16(d.u16(i))), sat(i16(s.u16(i)))
		}
		*d = r
	}
}

// packssdw narrows both operands' lanes, the destination's first.
func packssdw(d, s *vec, n int) {
	var r vec
	for i := range n / 4 {
		r.set16(i, ss16(int32(d.u32(i))))
		r.set16(n/4+i, ss16(int32(s.u32(i))))
	}
	*d = r
}

func pmaddwd(d, s *vec, n int) {
	for i := range n / 4 {
		d.set32(i, uint32(i16(d.u16(2*i))*i16(s.u16(2*i))+i16(d.u16(2*i+1))*i16(s.u16(2*i+1))))
	}
}

func pmuludq(d, s *vec, n int) {
	for i := range n / 8 {
		d.set64(i, uint64(d.u32(2*i))*uint64(s.u32(2*i)))
	}
}

// psadbw sums eight absolute differences a quadword.
func psadbw(d, s *vec, n int) {
	for i := range n / 8 {
		sum := uint64(0)
		for k := 8 * i; k < 8*i+8; k++ {
			sum += uint64(max(d[k], s[k]) - min(d[k], s[k]))
		}
		d.set64(i, sum)
	}
}

// shiftBy is a shift of every lane by one count.
type shiftBy func(d *vec, n int, count uint64)

// The shifts: a count of the lane's width or more clears it, or fills it with
// its sign.
func shift16(f func(v uint16, n uint) uint16, arithmetic bool) shiftBy {
	return func(d *vec, n int, count uint64) {
		if count > 15 {
			if !arithmetic {
				*d = vec{}
				return
			}
			count = 15
		}
		for i := range n / 2 {
			d.set16(i, f(d.u16(i), uint(count)))
		}
	}
}

func shift32(f func(v uint32, n uint) uint32, arithmetic bool) shiftBy {
	return func(d *vec, n int, count uint64) {
		if count > 31 {
			if !arithmetic {
				*d = vec{}
				return
			}
			count = 31
		}
		for i := range n / 4 {
			d.set32(i, f(d.u32(i), uint(count)))
		}
	}
}

func shift64(f func(v uint64, n uint) uint64) shiftBy {
	return func(d *vec, n int, count uint64) {
		if count > 63 {
			*d = vec{}
			return
		}
		for i := range n / 8 {
			d.set64(i, f(d.u64(i), uint(count)))
		}
	}
}

// shiftRows are the forms with a count in a register or memory, and with an
// immediate.
func simdShift(name, op, group string, f shiftBy) []row {
	byVec := func(d, s *vec, n int) { f(d, n, s.u64(0)) }
	byImm := func(c *CPU, in *inst) bool {
		o := in.op[0]
		if o.kind == opXMM {
			if !c.canUseSSE() {
				return false
			}
			f(&c.sse.xmm[o.n&7], 16, uint64(in.imm))
			return true
		}
		if !c.canUseMMX() {
			return false
		}
		d, _ := c.getVec(in, 0, false)
		c.enterMMX()
		f(&d, 8, uint64(in.imm))
		c.setMMX(o.n, &d)
		return true
	}
	return join(both(name, op, byVec), []row{
		{name: name, enc: "np 0f " + group + " /g", args: "Qq,Ib", do: byImm},
		{name: name, enc: "66 0f " + group + " /g", args: "Wdq,Ib", do: byImm},
	})
}

// byteShift is PSLLDQ or PSRLDQ.
func byteShift(left bool) semantics {
	return func(c *CPU, in *inst) bool {
		if !c.canUseSSE() {
			return false
		}
		d := &c.sse.xmm[in.op[0].n&7]
		k := min(int(in.imm), 16)
		var r vec
		if left {
			copy(r[k:], d[:16-k])
		} else {
			copy(r[:16-k], d[k:])
		}
		*d = r
		return true
	}
}

var simdIntRows = join(
	both("punpcklbw", "60", unpack(1, false)), both("punpcklwd", "61", unpack(2, false)),
	both("punpckldq", "62", unpack(4, false)), both("punpckhbw", "68", unpack(1, true)),
	both("punpckhwd", "69", unpack(2, true)), both("punpckhdq", "6a", unpack(4, true)),
	both("packsswb", "63", pack16(ss8)), both("packuswb", "67", pack16(us8)), both("packssdw", "6b", packssdw),
	both("pcmpgtb", "64", each8(func(a, b uint8) uint8 { return ones[uint8](int8(a) > int8(b)) })),
	both("pcmpgtw", "65", each16(func(a, b uint16) uint16 { return ones[uint16](int16(a) > int16(b)) })),
	both("pcmpgtd", "66", each32(func(a, b uint32) uint32 { return ones[uint32](int32(a) > int32(b)) })),
	both("pcmpeqb", "74", each8(func(a, b uint8) uint8 { return ones[uint8](a == b) })),
	both("pcmpeqw", "75", each16(func(a, b uint16) uint16 { return ones[uint16](a == b) })),
	both("pcmpeqd", "76", each32(func(a, b uint32) uint32 { return ones[uint32](a == b) })),
	both("paddb", "fc", each8(func(a, b uint8) uint8 { return a + b })),
	both("paddw", "fd", each16(func(a, b uint16) uint16 { return a + b })),
	both("paddd", "fe", each32(func(a, b uint32) uint32 { return a + b })),
	both("paddq", "d4", each64(func(a, b uint64) uint64 { return a + b })),
	both("psubb", "f8", each8(func(a, b uint8) uint8 { return a - b })),
	both("psubw", "f9", each16(func(a, b uint16) uint16 { return a - b })),
	both("psubd", "fa", each32(func(a, b uint32) uint32 { return a - b })),
	both("psubq", "fb", each64(func(a, b uint64) uint64 { return a - b })),
	both("paddusb", "dc", each8(func(a, b uint8) uint8 { return us8(int32(a) + int32(b)) })),
	both("paddusw", "dd", each16(func(a, b uint16) uint16 { return us16(int32(a) + int32(b)) })),
	both("psubusb", "d8", each8(func(a, b uint8) uint8 { return us8(int32(a) - int32(b)) })),
	both("psubusw", "d9", each16(func(a, b uint16) uint16 { return us16(int32(a) - int32(b)) })),
	both("paddsb", "ec", each8(func(a, b uint8) uint8 { return ss8(i8(a) + i8(b)) })),
	both("paddsw", "ed", each16(func(a, b uint16) uint16 { return ss16(i16(a) + i16(b)) })),
	both("psubsb", "e8", each8(func(a, b uint8) uint8 { return ss8(i8(a) - i8(b)) })),
	both("psubsw", "e9", each16(func(a, b uint16) uint16 { return ss16(i16(a) - i16(b)) })),
	both("pminub", "da", each8(func(a, b uint8) uint8 { return min(a, b) })),
	both("pmaxub", "de", each8(func(a, b uint8) uint8 { return max(a, b) })),
	both("pminsw", "ea", each16(func(a, b uint16) uint16 { return uint16(min(int16(a), int16(b))) })),
	both("pmaxsw", "ee", each16(func(a, b uint16) uint16 { return uint16(max(int16(a), int16(b))) })),
	both("pavgb", "e0", each8(func(a, b uint8) uint8 { return uint8((uint32(a) + uint32(b) + 1) >> 1) })),
	both("pavgw", "e3", each16(func(a, b uint16) uint16 { return uint16((uint32(a) + uint32(b) + 1) >> 1) })),
	both("pmullw", "d5", each16(func(a, b uint16) uint16 { return uint16(i16(a) * i16(b)) })),
	both("pmulhw", "e5", each16(func(a, b uint16) uint16 { return uint16(i16(a) * i16(b) >> 16) })),
	both("pmulhuw", "e4", each16(func(a, b uint16) uint16 { return uint16(uint32(a) * uint32(b) >> 16) })),
	both("pmuludq", "f4", pmuludq), both("pmaddwd", "f5", pmaddwd), both("psadbw", "f6", psadbw),
	both("pand", "db", each64(func(a, b uint64) uint64 { return a & b })),
	both("pandn", "df", each64(func(a, b uint64) uint64 { return ^a & b })),
	both("por", "eb", each64(func(a, b uint64) uint64 { return a | b })),
	both("pxor", "ef", each64(func(a, b uint64) uint64 { return a ^ b })),
	simdShift("psrlw", "d1", "71 /2", shift16(func(v uint16, n uint) uint16 { return v >> n }, false)),
	simdShift("psrld", "d2", "72 /2", shift32(func(v uint32, n uint) uint32 { return v >> n }, false)),
	simdShift("psrlq", "d3", "73 /2", shift64(func(v uint64, n uint) uint64 { return v >> n })),
	simdShift("psraw", "e1", "71 /4", shift16(func(v uint16, n uint) uint16 { return uint16(int16(v) >> n) }, true)),
	simdShift("psrad", "e2", "72 /4", shift32(func(v uint32, n uint) uint32 { return uint32(int32(v) >> n) }, true)),
	simdShift("psllw", "f1", "71 /6", shift16(func(v uint16, n uint) uint16 { return v << n }, false)),
	simdShift("pslld", "f2", "72 /6", shift32(func(v uint32, n uint) uint32 { return v << n }, false)),
	simdShift("psllq", "f3", "73 /6", shift64(func(v uint64, n uint) uint64 { return v << n })),
	[]row{
		{name: "psrldq", enc: "66 0f 73 /3 /g", args: "Wdq,Ib", do: byteShift(false)},
		{name: "pslldq", enc: "66 0f 73 /7 /g", args: "Wdq,Ib", do: byteShift(true)},
		{name: "punpcklqdq", enc: "66 0f 6c /r", args: "Vdq,Wdq", do: xmm2(unpack(8, false))},
		{name: "punpckhqdq", enc: "66 0f 6d /r", args: "Vdq,Wdq", do: xmm2(unpack(8, true))},
		{name: "pshufw", enc: "np 0f 70 /r", args: "Pq,Qq,Ib", do: shuffle(2, 0)},
		{name: "pshufd", enc: "66 0f 70 /r", args: "Vdq,Wdq,Ib", do: shuffle(4, 0)},
		{name: "pshufhw", enc: "f3 0f 70 /r", args: "Vdq,Wdq,Ib", do: shuffle(2, 4)},
		{name: "pshuflw", enc: "f2 0f 70 /r", args: "Vdq,Wdq,Ib", do: shuffle(2, 0)},
		{name: "pinsrw", enc: "np 0f c4 /r /m", args: "Pq,Mw,Ib", do: doPinsrw},
		{name: "pinsrw", enc: "np 0f c4 /r /g", args: "Pq,Rd,Ib", do: doPinsrw},
		{name: "pinsrw", enc: "66 0f c4 /r /m", args: "Vdq,Mw,Ib", do: doPinsrw},
		{name: "pinsrw", enc: "66 0f c4 /r /g", args: "Vdq,Rd,Ib", do: doPinsrw},
		{name: "pextrw", enc: "np 0f c5 /r /g", args: "Gd,Qq,Ib", do: doPextrw},
		{name: "pextrw", enc: "66 0f c5 /r /g", args: "Gd,Wdq,Ib", do: doPextrw},
		{name: "pmovmskb", enc: "np 0f d7 /r /g", args: "Gd,Qq", do: moveMask(1)},
		{name: "pmovmskb", enc: "66 0f d7 /r /g", args: "Gd,Wdq", do: moveMask(1)},
		{name: "movmskps", enc: "np 0f 50 /r /g", args: "Gd,Wdq", do: moveMask(4)},
		{name: "movmskpd", enc: "66 0f 50 /r /g", args: "Gd,Wdq", do: moveMask(8)},
		{name: "maskmovq", enc: "np 0f f7 /r /g", args: "Pq,Qq", do: doMaskMove},
		{name: "maskmovdqu", enc: "66 0f f7 /r /g", args: "Vdq,Wdq", do: doMaskMove},
		{name: "emms", enc: "np 0f 77", do: doEmms},
	},
)

// anyUnit makes the check that the register operand i calls for.
func (c *CPU) anyUnit(in *inst, i int) bool {
	if in.op[i].kind == opMMX {
		return c.canUseMMX()
	}
	return c.canUseSSE()
}

// touchMMX enters MMX state if operand i is an MMX register.
func (c *CPU) touchMMX(in *inst, i int) {
	if in.op[i].kind == opMMX {
		c.enterMMX()
	}
}

// shuffle permutes four lanes of w bytes, from lane `from` on; the others are
// copied.
func shuffle(w, from int) semantics {
	return func(c *CPU, in *inst) bool {
		if !c.anyUnit(in, 0) {
			return false
		}
		s, ok := c.getVec(in, 1, false)
		if !ok {
			return false
		}
		c.touchMMX(in, 0)
		r := s
		for i := range 4 {
			pick := from + int(in.imm>>(2*i)&3)
			copy(r.lane(from+i, w), s.lane(pick, w))
		}
		return c.setVec(in, 0, &r, 16, false)
	}
}

// lastWord is the mask of a word's number in operand o.
func lastWord(o operand) uint32 {
	if o.kind == opMMX {
		return 3
	}
	return 7
}

func doPinsrw(c *CPU, in *inst) bool {
	if !c.anyUnit(in, 0) {
		return false
	}
	v, ok := c.get(in, 1)
	if !ok {
		return false
	}
	d, _ := c.getVec(in, 0, false)
	c.touchMMX(in, 0)
	d.set16(int(in.imm&lastWord(in.op[0])), uint16(v))
	return c.setVec(in, 0, &d, 16, false)
}

func doPextrw(c *CPU, in *inst) bool {
	if !c.anyUnit(in, 1) {
		return false
	}
	v, _ := c.getVec(in, 1, false)
	c.touchMMX(in, 1)
	return c.set(in, 0, uint32(v.u16(int(in.imm&lastWord(in.op[1])))))
}

// moveMask collects the top bits of lanes of w bytes.
func moveMask(w int) semantics {
	return func(c *CPU, in *inst) bool {
		if !c.anyUnit(in, 1) {
			return false
		}
		v, _ := c.getVec(in, 1, false)
		c.touchMMX(in, 1)
		m := uint32(0)
		for i := range int(in.op[1].size) / w {
			m |= uint32(v.lane(i, w)[w-1]>>7) << i
		}
		return c.set(in, 0, m)
	}
}

// doMaskMove stores the bytes whose mask has the top bit, at DS:EDI.
func doMaskMove(c *CPU, in *inst) bool {
	if !c.anyUnit(in, 0) {
		return false
	}
	v, _ := c.getVec(in, 0, false)
	m, _ := c.getVec(in, 1, false)
	n := uint32(in.op[0].size)
	off := c.reg(EDI, in.asz)
	if !c.canStore(in.seg, off, n) {
		return false
	}
	c.touchMMX(in, 0)
	for i := range n {
		if m[i]>>7 != 0 && !c.store(in.seg, off+i, 1, uint32(v[i])) {
			return false
		}
	}
	return true
}
