package rv64

import (
	"encoding/binary"

	"rv86/mmu"
)

// inst is a pre-decoded instruction of a block, for the generated switch. Eight
// bytes, so that a cache line holds eight.
type inst struct {
	op           uint8
	rd, rs1, rs2 uint8 // rd = sink where the instruction names x0
	imm          int32 // jumps and branches: relative to the start of the block
}

// sink is the element of Hart.x that takes what is written to x0.
const sink = 32

// block is a run of instructions that ends at the first one which can change
// the flow of control, at the end of a page, or at maxBlock instructions. It
// belongs to one virtual and one physical address.
//
// A block that holds one 32-bit instruction across a page boundary is the only
// kind that lies in two pages.
type block struct {
	context uint64 // in which it may be entered; 0 if it is dead
	pc      uint64
	code    *inst
	n       int64  // instructions
	end     uint64 // pc after the block
	taken   *block // where a branch or jump goes; noBlock until known
	fall    *block // what follows

	pa      uint64
	pa2     uint64 // straddling instruction: physical address of its second half
	fp      bool   // holds floating-point instructions: good for one level only
	level   uint8
	dead    bool
	offsets []uint8 // of each instruction, from pc
	inPage  *block  // next in the same bucket of the page
}

// maxBlock keeps offsets in 8 bits.
const maxBlock = 64

// noBlock stands for a block that is not known. No context is 0, no pc odd.
var noBlock = &block{pc: 1}

// Bounds of the cache. It is emptied when it is full, which programs whose
// code fits never see.
const (
	maxBlocks   = 1 << 16
	maxInsts    = 1 << 20
	chunkBlocks = 1 << 9
	chunkInsts  = 1 << 13

	jumpSlots = 1 << 14
	jumpMask  = jumpSlots - 1
)

// codePage lists the blocks of a physical page.
type codePage struct {
	granules  uint64 // which 64ths of the page hold code
	buckets   [pageBuckets]*block
	straddles []*block // blocks of the page before whose second half is here
}

const (
	pageBuckets  = 32
	granuleShift = mmu.PageShift - 6
)

// fastState is what the fast path keeps.
type fastState struct {
	context    uint64 // current context number
	generation uint64
	loads      *mmu.TLB // of the current context
	stores     *mmu.TLB
	loadTLB    [tlbCount]mmu.TLB
	storeTLB   [tlbCount]mmu.TLB
	fetchTLB   [PrivM + 1]mmu.TLB
	codeSeen   [codeSeenBits / 64]uint64

	plain     [plainSlots]*uint64 // storage of plain CSRs by slot
	plainMask [plainSlots]uint64  // their writable bits

	jumps [jumpSlots]*block // by pc, for indirect jumps
	pages []*codePage       // by RAM page
	slab  slab

	// The registers of the generated loop while it calls slow.
	in   *inst
	b    *block
	next *block
	left int64

	limit   uint64
	decoded [decodedSlots]insn // by bits, for instructions that run through exec
}

const decodedSlots = 1 << 10

func (h *Hart) initFast() {
	f := &h.fast
	for i := range f.loadTLB {
		f.loadTLB[i].Init()
		f.storeTLB[i].Init()
	}
	for i := range f.fetchTLB {
		f.fetchTLB[i].Init()
	}
	for i := range csrRows {
		if c := &csrRows[i]; c.at != nil {
			f.plain[c.slot], f.plainMask[c.slot] = c.at(&h.csrState), c.mask
		}
	}
	f.pages = make([]*codePage, len(h.ram)/mmu.PageSize)
	f.jumps = [jumpSlots]*block{}
	for i := range f.jumps {
		f.jumps[i] = noBlock
	}
}

// flushCode forgets every block.
func (h *Hart) flushCode() {
	f := &h.fast
	clear(f.pages)
	for i := range f.jumps {
		f.jumps[i] = noBlock
	}
	f.slab.reset()
	h.flushFetch()
}

func jumpSlot(pc uint64) uint64 { return pc >> 1 & jumpMask }

// lookup finds or makes the block at pc for the current context. It returns
// nil with the trap that fetching raised, or nil and noTrap where the
// instruction can only be stepped.
func (h *Hart) lookup(pc uint64) (*block, trap) {
	f := &h.fast
	slot := &f.jumps[jumpSlot(pc)]
	if b := *slot; b.pc == pc && b.context == f.context {
		return b, noTrap
	}
	if h.debug.hook != nil && h.debug.splits(pc) {
		return nil, noTrap
	}
	pa, t, ok := h.fetchPage(pc)
	if !ok {
		return nil, t
	}
	b := h.findBlock(pc, pa)
	if b == nil {
		if b, t = h.makeBlock(pc, pa); b == nil {
			return nil, t
		}
	} else if b.pa2 != 0 {
		// The second half may have moved.
		pa2, t, ok := h.fetchPage(pc + 2)
		if !ok {
			return nil, t
		}
		if pa2 != b.pa2 {
			h.kill(b)
			if b, t = h.makeBlock(pc, pa); b == nil {
				return nil, t
			}
		}
	}
	b.context = f.context
	f.jumps[jumpSlot(pc)] = b
	return b, noTrap
}

// codePage returns the page's record, nil while it holds no code.
func (h *Hart) codePage(pa uint64) *codePage {
	i := (pa - h.ramBase) >> mmu.PageShift
	if i >= uint64(len(h.fast.pages)) {
		return nil
	}
	return h.fast.pages[i]
}

func bucket(pa uint64) uint64 { return pa >> 1 % pageBuckets }

func (h *Hart) findBlock(pc, pa uint64) *block {
	p := h.codePage(pa)
	if p == nil {
		return nil
	}
	level := h.fpLevel()
	for b := p.buckets[bucket(pa)]; b != nil; b = b.inPage {
		if b.pa == pa && b.pc == pc && (!b.fp || b.level == level) {
			return b
		}
	}
	return nil
}

// enter makes b known to its pages.
func (h *Hart) enter(b *block) {
	p := h.ensureCodePage(b.pa)
	if b.pa2 != 0 {
		p2 := h.ensureCodePage(b.pa2)
		p2.straddles = append(p2.straddles, b)
		p2.granules |= granules(b.pa2, b.pa2+1)
	}
	p.granules |= granules(b.pa, b.lastHere())
	i := bucket(b.pa)
	b.inPage = p.buckets[i]
	p.buckets[i] = b
}

func (h *Hart) ensureCodePage(pa uint64) *codePage {
	i := (pa - h.ramBase) >> mmu.PageShift
	p := h.fast.pages[i]
	if p == nil {
		p = &codePage{}
		h.fast.pages[i] = p
		h.dropWritable(pa)
	}
	return p
}

// granules is the bits of first..last, addresses in one page.
func granules(first, last uint64) uint64 {
	lo, hi := first&mmu.PageMask>>granuleShift, last&mmu.PageMask>>granuleShift
	return ^uint64(0) << lo & (^uint64(0) >> (63 - hi))
}

// kill takes b out of the cache. Blocks that link to it find out by its
// context.
func (h *Hart) kill(b *block) {
	b.dead, b.context = true, 0
	if s := &h.fast.jumps[jumpSlot(b.pc)]; *s == b {
		*s = noBlock
	}
	if p := h.codePage(b.pa); p != nil {
		for q := &p.buckets[bucket(b.pa)]; *q != nil; q = &(*q).inPage {
			if *q == b {
				*q = b.inPage
				break
			}
		}
	}
	if b.pa2 == 0 {
		return
	}
	if p := h.codePage(b.pa2); p != nil {
		for i, s := range p.straddles {
			if s == b {
				p.straddles = append(p.straddles[:i], p.straddles[i+1:]...)
				break
			}
		}
	}
}

// wroteRAM kills the blocks that n bytes of RAM at pa, which lie in one page,
// belong to.
func (h *Hart) wroteRAM(pa, n uint64) {
	p := h.codePage(pa)
	if p == nil {
		return
	}
	last := pa + n - 1
	if p.granules&granules(pa, last) == 0 {
		return
	}
	var left uint64 // granules of the blocks that stay
	for i := range p.buckets {
		for b := p.buckets[i]; b != nil; b = b.inPage {
			if end := b.lastHere(); b.pa <= last && pa <= end {
				h.kill(b)
			} else {
				left |= granules(b.pa, end)
			}
		}
	}
	for i := len(p.straddles) - 1; i >= 0; i-- {
		if b := p.straddles[i]; b.pa2 <= last && pa <= b.pa2+1 {
			h.kill(b)
		} else {
			left |= granules(b.pa2, b.pa2+1)
		}
	}
	p.granules = left
	if left == 0 { // may be written freely again
		h.fast.pages[(pa-h.ramBase)>>mmu.PageShift] = nil
	}
}

// lastHere is the physical address of the block's last byte in its first page.
func (b *block) lastHere() uint64 {
	if b.pa2 != 0 {
		return b.pa + 1
	}
	return b.pa + (b.end - b.pc) - 1
}

// InvalidateCode says that a device wrote n bytes of RAM at pa; see cpu.Core.
// A reservation on them is lost.
func (h *Hart) InvalidateCode(pa, n uint64) {
	if r := h.reservation; r.size != 0 && r.pa < pa+n && pa < r.pa+uint64(r.size) {
		h.reservation = reservation{}
	}
	if h.debug.hook != nil && h.debug.hook.DMA != nil {
		h.debug.hook.DMA(pa, n)
	}
	for n > 0 {
		part := min(n, mmu.PageSize-pa&mmu.PageMask)
		if h.ramAt(pa, part) != nil {
			h.debug.wrote(pa - h.ramBase)
		}
		h.wroteRAM(pa, part)
		pa, n = pa+part, n-part
	}
}

// rawAt returns the bits of instruction i of b, out of RAM: a block lives only
// as long as the bytes it was made from.
func (h *Hart) rawAt(b *block, i uint64) uint32 {
	if b.pa2 != 0 {
		return uint32(binary.LittleEndian.Uint16(h.ramAt(b.pa, 2))) | uint32(binary.LittleEndian.Uint16(h.ramAt(b.pa2, 2)))<<16
	}
	return rawIn(h.ramAt(b.pa+uint64(b.offsets[i]), 2), h.ramAt(b.pa+uint64(b.offsets[i])+2, 2))
}

// rawIn joins the halves of an instruction; high is not looked at, and may be
// nil, if it has only one.
func rawIn(low, high []byte) uint32 {
	raw := uint32(binary.LittleEndian.Uint16(low))
	if raw&3 == 3 {
		raw |= uint32(binary.LittleEndian.Uint16(high)) << 16
	}
	return raw
}

// slab hands out blocks and instructions from chunks that are kept for ever,
// so that emptying the cache makes no garbage.
type slab struct {
	blocks  [][]block
	insts   [][]inst
	offsets [][]uint8
	nBlock  int // handed out
	nInst   int
}

func (s *slab) reset() { s.nBlock, s.nInst = 0, 0 }

// full says whether a block of maximal size might not fit.
func (s *slab) full() bool {
	return s.nBlock == maxBlocks || s.nInst+2*maxBlock+2 > maxInsts
}

func (s *slab) block() *block {
	chunk, i := s.nBlock/chunkBlocks, s.nBlock%chunkBlocks
	if chunk == len(s.blocks) {
		s.blocks = append(s.blocks, make([]block, chunkBlocks))
	}
	s.nBlock++
	b := &s.blocks[chunk][i]
	*b = block{taken: noBlock, fall: noBlock}
	return b
}

// code hands out n instructions, one after the other in memory, and as many
// offsets.
func (s *slab) code(n int) ([]inst, []uint8) {
	if s.nInst%chunkInsts+n > chunkInsts {
		s.nInst += chunkInsts - s.nInst%chunkInsts
	}
	chunk, i := s.nInst/chunkInsts, s.nInst%chunkInsts
	if chunk == len(s.insts) {
		s.insts = append(s.insts, make([]inst, chunkInsts))
		s.offsets = append(s.offsets, make([]uint8, chunkInsts))
	}
	s.nInst += n
	return s.insts[chunk][i:][:n:n], s.offsets[chunk][i:][:n:n]
}
