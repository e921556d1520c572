package rv64

import "rv86/mmu"

// slowKind is why the generated loop left its switch.
type slowKind uint8

const (
	slowExec  slowKind = iota // an instruction that the switch does not know
	slowLoad                  // a load at addr missed the TLB
	slowStore                 // a store, or an atomic, at addr
	slowFloat                 // a floating-point computation that is not inline now
	slowFused                 // a fused multiply-add
	slowTaken                 // the block's taken successor is not linked
	slowFall                  // its fall-through successor is not
	slowJump                  // an indirect jump to addr missed
	slowLimit                 // the next block does not fit into the budget
)

// slow does what the generated loop cannot. Its arguments besides the kind are
// in h.fast: in, b, left and, for slowLimit, next. It returns true where the
// loop must end, with h.pc and h.insns set; otherwise the loop goes on at
// h.fast.in, or, if h.fast.next is not nil, with that block.
func (h *Hart) slow(kind slowKind, addr uint64) (leave bool) {
	f := &h.fast
	switch kind {
	case slowExec:
		return h.slowExec()
	case slowFloat:
		if h.floatExec(f.in) {
			f.in, f.next = next(f.in), nil
			return false
		}
		return h.slowExec()
	case slowFused:
		if h.fusedInline(f.in) || h.floatExec(f.in) {
			f.in, f.next = next(f.in), nil
			return false
		}
		return h.slowExec()
	case slowLoad:
		if h.fillFor(addr, mmu.Load) {
			f.next = nil
			return false
		}
		if h.unaligned(addr, mmu.Load) {
			return false
		}
		return h.slowExec()
	case slowStore:
		if h.storeGuarded(addr) {
			return false
		}
		if h.fillFor(addr, mmu.Store) {
			f.next = nil
			return false
		}
		if h.unaligned(addr, mmu.Store) {
			return false
		}
		return h.slowExec()
	case slowTaken:
		return h.follow(&f.b.taken, f.b.pc+uint64(int64(f.in.imm)))
	case slowFall:
		return h.follow(&f.b.fall, f.b.end)
	case slowJump:
		return h.follow(nil, addr)
	}
	// slowLimit: nothing of next has run, but left already counts it.
	h.pc = f.next.pc
	h.insns = f.limit - uint64(f.left+f.next.n)
	return true
}

// fillFor enters addr's page into the TLB, if the access that missed is
// aligned: then it will hit.
func (h *Hart) fillFor(addr uint64, access mmu.Access) bool {
	f := &h.fast
	size := uint64(opSize[f.in.op])
	return addr&(size-1) == 0 && h.fillData(addr, access)
}

// storeGuarded does a plain store into a page that also holds code.
func (h *Hart) storeGuarded(addr uint64) bool {
	f := &h.fast
	size := uint64(opSize[f.in.op])
	switch opFirst[f.in.op] {
	case opSb, opSh, opSw, opSd:
	default:
		return false
	}
	page := f.stores.GuardedPage(addr)
	if page == nil || addr&(size-1) != 0 {
		return false
	}
	pa := h.physOf(page) + addr&mmu.PageMask
	p := h.codePage(pa)
	if p == nil || p.granules&granules(pa, pa+size-1) != 0 {
		return false // to the reference path, which kills blocks
	}
	storeBytes(h.ramAt(pa, size), h.x[f.in.rs2])
	f.in, f.next = next(f.in), nil
	return true
}

// unaligned does a misaligned load or store that lies in one page of RAM
// without walking the page tables.
func (h *Hart) unaligned(addr uint64, access mmu.Access) bool {
	f := &h.fast
	size := uint64(opSize[f.in.op])
	if addr&(size-1) == 0 || addr&mmu.PageMask+size > mmu.PageSize {
		return false
	}
	in := h.decoded(h.rawAt(f.b, f.b.index(f.in)))
	l, isLoad := in.row.do.(load)
	s, isStore := in.row.do.(store)
	if !isLoad && !isStore {
		return false // an atomic, which traps before its address is translated
	}
	b := h.cachedBytes(addr, size, access)
	if b == nil {
		return false
	}
	if isLoad {
		l.put(h, in, loadBytes(b))
	} else {
		storeBytes(b, s.value(h, in))
	}
	f.in, f.next = next(f.in), nil
	return true
}

// slowExec runs the current instruction on the reference path.
func (h *Hart) slowExec() (leave bool) {
	f := &h.fast
	b := f.b
	i := b.index(f.in)
	h.pc = b.pc + uint64(b.offsets[i])
	h.insns = f.limit - uint64(f.left+b.n) + i
	h.attention = false
	raw := uint32(f.in.imm)
	if f.in.op > opExecEnd {
		raw = h.rawAt(b, i) // imm holds the bits for opExec alone
	}
	t := h.execute(h.decoded(raw))
	h.finish(t)
	if h.attention && (h.stopping || h.debug.breaks || h.wfi || h.ready() != 0) {
		return true
	}
	if t == noTrap && !b.dead && i+1 < uint64(b.n) {
		f.in, f.next = next(f.in), nil
		return false
	}
	// Give back what the block has not used.
	f.left += b.n - int64(i+1)
	return h.follow(nil, h.pc)
}

// follow finds the block at pc, which comes next, and links it where it can.
func (h *Hart) follow(link **block, pc uint64) (leave bool) {
	f := &h.fast
	if f.left == 0 {
		// Not even a look at pc, which could set A bits: an interrupt may come
		// first.
		h.pc, h.insns = pc, f.limit
		return true
	}
	generation := f.generation
	nb, _ := h.lookup(pc)
	if nb == nil {
		// A fetch fault, or an instruction that can only be stepped: the run
		// loop does that, and raises the fault again.
		h.pc = pc
		h.insns = f.limit - uint64(f.left)
		return true
	}
	// The cache may just have been emptied, and b's memory with it.
	if link != nil && generation == f.generation {
		*link = nb
	}
	f.next = nb
	return false
}

// decoded is decode with a memory.
func (h *Hart) decoded(raw uint32) *insn {
	in := &h.fast.decoded[(raw^raw>>10^raw>>20)%decodedSlots]
	if in.raw != raw || in.row == nil {
		*in = decode(raw)
	}
	return in
}
