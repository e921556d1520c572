package rv64

import "rv86/mmu"

// The A extension: atomic operations (I 8).
//
// One hart in program order satisfies every ordering that aq and rl can ask
// for. The reservation is the physical address and size of the last LR; an SC
// succeeds only on exactly those bytes, and every SC gives it up (I 8.2).

var rowsA = []Row{
	{name: "lr.w", enc: "00010 aq rl 00000 rs1 010 rd 0101111", asm: "rd, (rs1)", ref: "I 8.2", doc: "rd = sign-extended 32 bits at rs1; reserve them", ex: "100322af lr.w t0, (t1)", do: loadReserved{4}},
	{name: "lr.d", enc: "00010 aq rl 00000 rs1 011 rd 0101111", asm: "rd, (rs1)", ref: "I 8.2", doc: "rd = 64 bits at rs1; reserve them", ex: "140332af lr.d.aq t0, (t1)", do: loadReserved{8}},
	{name: "sc.w", enc: "00011 aq rl rs2 rs1 010 rd 0101111", asm: "rd, rs2, (rs1)", ref: "I 8.2", doc: "if reserved, 32 bits at rs1 = rs2 and rd = 0, else rd = 1", ex: "187322af sc.w t0, t2, (t1)", do: storeConditional{4}},
	{name: "sc.d", enc: "00011 aq rl rs2 rs1 011 rd 0101111", asm: "rd, rs2, (rs1)", ref: "I 8.2", doc: "if reserved, 64 bits at rs1 = rs2 and rd = 0, else rd = 1", ex: "1a7332af sc.d.rl t0, t2, (t1)", do: storeConditional{8}},

	{name: "amoswap.w", enc: "00001 aq rl rs2 rs1 010 rd 0101111", asm: "rd, rs2, (rs1)", ref: "I 8.4", doc: "rd = 32 bits at rs1; they become rs2", ex: "087322af amoswap.w t0, t2, (t1)", do: amoW(amoSwap)},
	{name: "amoadd.w", enc: "00000 aq rl rs2 rs1 010 rd 0101111", asm: "rd, rs2, (rs1)", ref: "I 8.4", doc: "rd = 32 bits at rs1; they become the sum with rs2", ex: "067322af amoadd.w.aqrl t0, t2, (t1)", do: amoW(add)},
	{name: "amoxor.w", enc: "00100 aq rl rs2 rs1 010 rd 0101111", asm: "rd, rs2, (rs1)", ref: "I 8.4", doc: "rd = 32 bits at rs1; they are xored with rs2", ex: "207322af amoxor.w t0, t2, (t1)", do: amoW(xor)},
	{name: "amoand.w", enc: "01100 aq rl rs2 rs1 010 rd 0101111", asm: "rd, rs2, (rs1)", ref: "I 8.4", doc: "rd = 32 bits at rs1; they are anded with rs2", ex: "607322af amoand.w t0, t2, (t1)", do: amoW(and)},
	{name: "amoor.w", enc: "01000 aq rl rs2 rs1 010 rd 0101111", asm: "rd, rs2, (rs1)", ref: "I 8.4", doc: "rd = 32 bits at rs1; they are ored with rs2", ex: "407322af amoor.w t0, t2, (t1)", do: amoW(or)},
	{name: "amomin.w", enc: "10000 aq rl rs2 rs1 010 rd 0101111", asm: "rd, rs2, (rs1)", ref: "I 8.4", doc: "rd = 32 bits at rs1; they become the signed minimum with rs2", ex: "807322af amomin.w t0, t2, (t1)", do: amoW(amoMin)},
	{name: "amomax.w", enc: "10100 aq rl rs2 rs1 010 rd 0101111", asm: "rd, rs2, (rs1)", ref: "I 8.4", doc: "rd = 32 bits at rs1; they become the signed maximum with rs2", ex: "a07322af amomax.w t0, t2, (t1)", do: amoW(amoMax)},
	{name: "amominu.w", enc: "11000 aq rl rs2 rs1 010 rd 0101111", asm: "rd, rs2, (rs1)", ref: "I 8.4", doc: "rd = 32 bits at rs1; they become the unsigned minimum with rs2", ex: "c07322af amominu.w t0, t2, (t1)", do: amoW(amoMinu)},
	{name: "amomaxu.w", enc: "11100 aq rl rs2 rs1 010 rd 0101111", asm: "rd, rs2, (rs1)", ref: "I 8.4", doc: "rd = 32 bits at rs1; they become the unsigned maximum with rs2", ex: "e07322af amomaxu.w t0, t2, (t1)", do: amoW(amoMaxu)},
	{name: "amoswap.d", enc: "00001 aq rl rs2 rs1 011 rd 0101111", asm: "rd, rs2, (rs1)", ref: "I 8.4", doc: "rd = 64 bits at rs1; they become rs2", ex: "087332af amoswap.d t0, t2, (t1)", do: amoD(amoSwap)},
	{name: "amoadd.d", enc: "00000 aq rl rs2 rs1 011 rd 0101111", asm: "rd, rs2, (rs1)", ref: "I 8.4", doc: "rd = 64 bits at rs1; they become the sum with rs2", ex: "007332af amoadd.d t0, t2, (t1)", do: amoD(add)},
	{name: "amoxor.d", enc: "00100 aq rl rs2 rs1 011 rd 0101111", asm: "rd, rs2, (rs1)", ref: "I 8.4", doc: "rd = 64 bits at rs1; they are xored with rs2", ex: "207332af amoxor.d t0, t2, (t1)", do: amoD(xor)},
	{name: "amoand.d", enc: "01100 aq rl rs2 rs1 011 rd 0101111", asm: "rd, rs2, (rs1)", ref: "I 8.4", doc: "rd = 64 bits at rs1; they are anded with rs2", ex: "607332af amoand.d t0, t2, (t1)", do: amoD(and)},
	{name: "amoor.d", enc: "01000 aq rl rs2 rs1 011 rd 0101111", asm: "rd, rs2, (rs1)", ref: "I 8.4", doc: "rd = 64 bits at rs1; they are ored with rs2", ex: "407332af amoor.d t0, t2, (t1)", do: amoD(or)},
	{name: "amomin.d", enc: "10000 aq rl rs2 rs1 011 rd 0101111", asm: "rd, rs2, (rs1)", ref: "I 8.4", doc: "rd = 64 bits at rs1; they become the signed minimum with rs2", ex: "807332af amomin.d t0, t2, (t1)", do: amoD(amoMin)},
	{name: "amomax.d", enc: "10100 aq rl rs2 rs1 011 rd 0101111", asm: "rd, rs2, (rs1)", ref: "I 8.4", doc: "rd = 64 bits at rs1; they become the signed maximum with rs2", ex: "a07332af amomax.d t0, t2, (t1)", do: amoD(amoMax)},
	{name: "amominu.d", enc: "11000 aq rl rs2 rs1 011 rd 0101111", asm: "rd, rs2, (rs1)", ref: "I 8.4", doc: "rd = 64 bits at rs1; they become the unsigned minimum with rs2", ex: "c07332af amominu.d t0, t2, (t1)", do: amoD(amoMinu)},
	{name: "amomaxu.d", enc: "11100 aq rl rs2 rs1 011 rd 0101111", asm: "rd, rs2, (rs1)", ref: "I 8.4", doc: "rd = 64 bits at rs1; they become the unsigned maximum with rs2", ex: "e07332af amomaxu.d t0, t2, (t1)", do: amoD(amoMaxu)},
}

func amoSwap(_, b uint64) uint64 { return b }
func amoMin(a, b uint64) uint64  { return uint64(min(int64(a), int64(b))) }
func amoMax(a, b uint64) uint64  { return uint64(max(int64(a), int64(b))) }
func amoMinu(a, b uint64) uint64 { return min(a, b) }
func amoMaxu(a, b uint64) uint64 { return max(a, b) }

// amoW and amoD are AMOs of 32 and 64 bits: f gets the old value and rs2. The W
// forms pass both sign-extended, which keeps signed and unsigned order.
type (
	amoW func(old, b uint64) uint64
	amoD func(old, b uint64) uint64
)

func (f amoW) exec(h *Hart, in *insn) trap {
	b := sext32(uint32(h.x[in.rs2]))
	return h.amo(in, 4, func(old uint64) uint64 { return f(sext32(uint32(old)), b) })
}

func (f amoD) exec(h *Hart, in *insn) trap {
	b := h.x[in.rs2]
	return h.amo(in, 8, func(old uint64) uint64 { return f(old, b) })
}

// amo reads, changes and writes size bytes at rs1. All its faults are store
// faults (I 8.4; II 3.1.15), so the address is translated for a store alone.
func (h *Hart) amo(in *insn, size int, f func(old uint64) uint64) trap {
	va := h.x[in.rs1]
	pa, t := h.atomicAddr(va, size, mmu.Store)
	if t != noTrap {
		return t
	}
	if h.debug.hook != nil {
		h.debug.accessed(va, pa, size, false)
		h.debug.accessed(va, pa, size, true)
	}
	old, ok := h.loadPhys(pa, size)
	if !ok || !h.storePhys(pa, size, f(old)) {
		return h.raise(CauseStoreAccess, va)
	}
	if size == 4 {
		old = sext32(uint32(old))
	}
	h.setX(in.rd, old)
	return noTrap
}

// loadReserved and storeConditional are LR and SC of size bytes.
type (
	loadReserved     struct{ size uint8 }
	storeConditional struct{ size uint8 }
)

func (l loadReserved) exec(h *Hart, in *insn) trap {
	size := int(l.size)
	va := h.x[in.rs1]
	pa, t := h.atomicAddr(va, size, mmu.Load)
	if t != noTrap {
		return t
	}
	if h.debug.hook != nil {
		h.debug.accessed(va, pa, size, false)
	}
	v, ok := h.loadPhys(pa, size)
	if !ok {
		return h.raise(CauseLoadAccess, va)
	}
	if size == 4 {
		v = sext32(uint32(v))
	}
	h.reservation = reservation{pa: pa, size: uint8(size)}
	h.setX(in.rd, v)
	return noTrap
}

// exec checks the address like a store even where it then fails
// for want of a reservation, which the manual leaves open.
func (s storeConditional) exec(h *Hart, in *insn) trap {
	size := int(s.size)
	va := h.x[in.rs1]
	pa, t := h.atomicAddr(va, size, mmu.Store)
	if t != noTrap {
		return t
	}
	held := h.reservation == reservation{pa: pa, size: uint8(size)}
	h.reservation = reservation{}
	if !held {
		h.setX(in.rd, 1)
		return noTrap
	}
	if h.debug.hook != nil {
		h.debug.accessed(va, pa, size, true)
	}
	if !h.storePhys(pa, size, h.x[in.rs2]) {
		return h.raise(CauseStoreAccess, va)
	}
	h.setX(in.rd, 0)
	return noTrap
}

// reservation is what LR leaves behind; size 0 is none.
type reservation struct {
	pa   uint64
	size uint8
}
