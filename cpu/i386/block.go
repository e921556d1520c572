package i386

import "slices"

//go:generate go run ./internal/genfast

// The code cache: straight runs of instructions, decoded once. A block is
// known by its physical address, its EIP and the mode it was decoded for. It
// lies within one page, but for an instruction that crosses into the next one,
// which is a block of its own.

type fastOp uint16

// uop is an instruction as the generated switch executes it. dst, src, base
// and index are byte offsets into CPU.r.
type uop struct {
	op          fastOp
	dst, src    uint8
	base, index uint8
	scale       uint8 // bits 0-2: shift of the index; from bit 4: FS or GS
	off         uint8 // of the instruction, from the block's start
	disp        uint32
	imm         uint32
}

const (
	maxBlock      = 64  // instructions in a block
	maxBlockBytes = 240 // so that uop.off fits
	granule       = 64  // bytes per bit of a page's code mask

	// maxCached bounds the instructions in the cache. One takes 72 bytes, so
	// that a full cache takes some 10 MiB.
	maxCached = 1 << 17

	jumpBits = 12
)

type block struct {
	first *uop
	n     uint32 // instructions
	eip   uint32
	stamp uint64 // valid while equal to runState.stamp
	taken *block // successors already looked up; check their stamps
	fall  *block

	end    uint32 // EIP behind the block
	target uint32 // of the direct jump that ends it
	pa     uint32
	bytes  uint32 // at pa; the rest is at pa2
	pa2    uint32 // where the second page begins that its instruction reaches
	mode   modeBits
	limit  uint32 // of CS
	dead   bool   // its bytes were written
	cross  bool   // one instruction on two pages
	ops    []uop
	insts  []inst
	next   *block // in its granule's list
}

// codePage holds the blocks of one physical page, by the granule of their
// first byte.
type codePage struct {
	mask     uint64 // granules that hold decoded bytes
	heads    [pageSize / granule]*block
	crossers []*block // instructions that end on this page, begun on another
}

type codeCache struct {
	pages  []*codePage
	jumps  [1 << jumpBits]*block
	gen    uint64 // translations and segment bases of this generation hold
	cached int

	scratch [maxBlock]inst // of the block being decoded
}

func (k *codeCache) init(pages int) {
	k.pages = make([]*codePage, pages)
	k.gen = 1
}

// forgetTranslations makes every link between blocks be looked up again. The
// blocks themselves stay: they are known by physical address.
func (k *codeCache) forgetTranslations() { k.gen++ }

func jumpHash(eip uint32) uint32 { return (eip ^ eip>>jumpBits) & (1<<jumpBits - 1) }

// stampFor is what a block's stamp must be for it to be entered without a
// look-up: the generation and the mode.
func (c *CPU) stampFor() uint64 { return c.code.gen<<8 | uint64(c.mode) }

// invalidate drops the blocks that overlap n bytes written at pa.
func (k *codeCache) invalidate(c *CPU, pa uint32, n uint64) {
	last := uint32(uint64(pa) + n - 1)
	for p := pa >> pageShift; p <= last>>pageShift; p++ {
		if pg := k.pages[p]; pg != nil {
			lo, hi := uint32(0), uint32(pageMask)
			if p == pa>>pageShift {
				lo = pa & pageMask
			}
			if p == last>>pageShift {
				hi = last & pageMask
			}
			k.invalidateIn(c, p, pg, lo, hi)
		}
	}
}

func (k *codeCache) invalidateIn(c *CPU, p uint32, pg *codePage, lo, hi uint32) {
	touched := ^uint64(0) >> (63 - hi/granule) & (^uint64(0) << (lo / granule))
	if pg.mask&touched == 0 {
		return
	}
	// A block that reaches into the range starts at most its greatest length
	// before it. The mask is worked out anew from what is left.
	pg.mask = 0
	for g := range pg.heads {
		link := &pg.heads[g]
		for b := *link; b != nil; b = *link {
			start := b.pa & pageMask
			if b.dead || start <= hi && start+b.bytes > lo {
				*link = b.next
				k.kill(c, b)
				continue
			}
			pg.mask |= maskOf(start, b.bytes)
			link = &b.next
		}
	}
	live := pg.crossers[:0]
	for _, b := range pg.crossers {
		tail := uint32(b.insts[0].len) - b.bytes
		switch {
		case b.dead:
		case lo < tail:
			k.kill(c, b)
		default:
			pg.mask |= maskOf(0, tail)
			live = append(live, b)
		}
	}
	pg.crossers = live
	if pg.mask == 0 {
		c.romap[p] = pageRAM
		k.pages[p] = nil
	}
}

// kill makes b unreachable. A crosser stays in its first page's list until that
// is next gone through, where dead blocks do not count.
func (k *codeCache) kill(c *CPU, b *block) {
	if b.dead {
		return
	}
	b.dead, b.stamp = true, 0
	k.cached -= len(b.insts)
	if b == c.run.b {
		c.run.broken = true
	}
}

func maskOf(start, n uint32) uint64 {
	return ^uint64(0) >> (63 - (start+n-1)/granule) & (^uint64(0) << (start / granule))
}

// reset empties the cache.
func (k *codeCache) reset(c *CPU) {
	for p, pg := range k.pages {
		if pg != nil {
			k.pages[p] = nil
			c.romap[p] = pageRAM
		}
	}
	k.jumps = [1 << jumpBits]*block{}
	k.cached = 0
	k.gen++
}

// lookup finds or makes the block at CS:EIP. It returns nil where there can be
// none, and then the reference path must take one step.
func (c *CPU) lookup() *block {
	cs := &c.seg[CS]
	if c.eip > cs.hi {
		return nil
	}
	pa, ok := c.codeAddress(cs.base + c.eip)
	if !ok || c.debug.hook != nil && c.debug.splits(cs.base+c.eip) {
		return nil
	}
	if pg := c.code.pages[pa>>pageShift]; pg != nil {
		for b := pg.heads[pa&pageMask/granule]; b != nil; b = b.next {
			if b.pa == pa && b.eip == c.eip && b.mode == c.mode && b.limit == cs.limit && !b.dead && c.reaches(b) {
				return c.enterBlock(b)
			}
		}
	}
	if b := c.build(pa); b != nil {
		return c.enterBlock(b)
	}
	return nil
}

// codeAddress translates la for a fetch from RAM. One that faults is left to
// the reference path to report.
func (c *CPU) codeAddress(la uint32) (pa uint32, ok bool) {
	cr2, exc := c.cr2, c.exc
	pa, ok = c.translateFetch(la)
	if !ok {
		c.cr2, c.exc = cr2, exc
		return 0, false
	}
	p := pa >> pageShift
	return pa, int(p) < len(c.romap) && c.romap[p] != pageHole
}

// secondPage is the linear address of the page behind CS:EIP's.
func (c *CPU) secondPage() uint32 { return (c.seg[CS].base+c.eip)&^pageMask + pageSize }

// reaches checks that a crosser's second page is still where it was.
func (c *CPU) reaches(b *block) bool {
	if !b.cross {
		return true
	}
	pa, ok := c.codeAddress(c.secondPage())
	return ok && pa == b.pa2
}

// enterBlock makes b reachable without a look-up, as long as nothing changes.
func (c *CPU) enterBlock(b *block) *block {
	b.stamp = c.stampFor()
	c.code.jumps[jumpHash(b.eip)] = b
	return b
}

// build decodes a block at pa.
func (c *CPU) build(pa uint32) *block {
	if c.code.cached >= maxCached {
		c.code.reset(c)
	}
	cs := &c.seg[CS]
	room := min(pageSize-pa&pageMask, maxBlockBytes)
	if left := cs.hi - c.eip; left < room {
		room = left + 1
	}
	src := c.ram[pa : pa+room]
	at, n := uint32(0), 0
	insts := &c.code.scratch
	for n < maxBlock && at < room {
		in := &insts[n]
		s := decode(src[at:], c.mode.code32(), in)
		if s == needMore && n == 0 && (pa+room)&pageMask == 0 {
			return c.buildCrosser(pa, src)
		}
		if s != decoded {
			break
		}
		if c.debug.hook != nil && c.debug.steps(cs.base+c.eip+at, in) {
			break
		}
		at += uint32(in.len)
		n++
		if in.row.ends {
			break
		}
	}
	if n == 0 {
		return nil
	}
	b := c.newBlock(pa, insts[:n])
	b.bytes = at
	c.code.add(c, b)
	return b
}

// buildCrosser makes a block of an instruction that begins with the bytes of
// head, up to its page's end.
func (c *CPU) buildCrosser(pa uint32, head []byte) *block {
	cs := &c.seg[CS]
	pa2, ok := c.codeAddress(c.secondPage())
	if !ok {
		return nil
	}
	var buf [maxLength]byte
	n := copy(buf[:], head)
	// The limit lies behind head, or there would have been no more to need.
	room := min(maxLength-uint32(n), cs.hi-c.eip-uint32(n)+1)
	n += copy(buf[n:uint32(n)+room], c.ram[pa2:])
	in := &c.code.scratch[0]
	if decode(buf[:n], c.mode.code32(), in) != decoded || c.debug.hook != nil && c.debug.steps(cs.base+c.eip, in) {
		return nil
	}
	b := c.newBlock(pa, c.code.scratch[:1])
	b.bytes, b.pa2, b.cross = uint32(len(head)), pa2, true
	c.code.add(c, b)
	second := c.code.page(c, pa2)
	second.crossers = append(second.crossers, b)
	second.mask |= maskOf(0, uint32(in.len)-b.bytes)
	return b
}

// newBlock makes the operations of insts, which begin at CS:EIP.
func (c *CPU) newBlock(pa uint32, insts []inst) *block {
	b := &block{
		eip: c.eip, pa: pa, mode: c.mode, limit: c.seg[CS].limit, n: uint32(len(insts)),
		insts: slices.Clone(insts), ops: make([]uop, len(insts)+1),
	}
	at := uint8(0)
	for i := range b.insts {
		b.ops[i] = c.translateOp(&b.insts[i], at)
		at += b.insts[i].len
	}
	// Every block has one operation more, which leaves it.
	b.ops[len(insts)] = uop{op: f_end, off: at}
	b.end = c.eip + uint32(at)
	b.target = b.end + b.insts[len(insts)-1].imm
	dropDeadFlags(b)
	fuse(b)
	b.first = &b.ops[0]
	return b
}

// page returns a physical page's entry. A page that gets its first block is
// watched from then on.
func (k *codeCache) page(c *CPU, pa uint32) *codePage {
	p := pa >> pageShift
	if k.pages[p] == nil {
		k.pages[p] = new(codePage)
		c.romap[p] = pageCode
		c.dropWriteEntries(pa &^ pageMask)
	}
	return k.pages[p]
}

// add enters b at its place.
func (k *codeCache) add(c *CPU, b *block) {
	pg := k.page(c, b.pa)
	g := b.pa & pageMask / granule
	b.next, pg.heads[g] = pg.heads[g], b
	pg.mask |= maskOf(b.pa&pageMask, b.bytes)
	k.cached += len(b.insts)
}

// slowKind says why the fast loop called slow.
type slowKind uint8

const (
	slowExec     slowKind = iota // execute run.in by its row's semantics
	slowTaken                    // find the jump's target
	slowFall                     // find the code behind the block
	slowIndirect                 // find the code at the address given
)

// runBlocks runs the fast path until the limit is near or something needs
// attention.
func (c *CPU) runBlocks(limit uint64) {
	c.run.limit = limit
	if c.noFast {
		for c.insns < limit && !c.attn {
			c.advanceOne()
		}
		return
	}
	if b := c.seek(); b != nil {
		c.runFast(b)
	}
	c.run.b = nil
	// What is left before the limit is less than a block.
	for c.insns < limit && !c.attn {
		c.advanceOne()
	}
}

// seek finds the block at CS:EIP, stepping over instructions that belong to
// none. It returns nil when the loop must be left.
func (c *CPU) seek() *block {
	for !c.attn && c.insns < c.run.limit {
		if b := c.lookup(); b != nil {
			c.run.tlb = &c.tlbs[c.who()].hot
			c.run.ram = c.ramBase()
			c.run.stamp = c.stampFor()
			return b
		}
		c.run.b = nil
		c.advanceOne()
	}
	return nil
}

// slow does what the generated loop does not. It reports whether to go on:
// at run.next, or at run.in if that is nil.
func (c *CPU) slow(kind slowKind, a uint32) bool {
	b := c.run.b
	switch kind {
	case slowExec:
		return c.slowInstruction(b)
	case slowTaken:
		c.eip = b.target
	case slowFall:
		c.eip = b.end
	case slowIndirect:
		c.eip = a
	}
	step := c.insns
	c.run.next = c.seek()
	if c.run.next == nil {
		return false
	}
	if c.insns == step && !b.dead {
		switch kind {
		case slowTaken:
			b.taken = c.run.next
		case slowFall:
			b.fall = c.run.next
		}
	}
	return true
}

// slowInstruction executes the instruction at run.in. The block goes on behind
// it unless the instruction faulted, jumped, changed the mode or the block's
// own bytes, or something needs attention.
func (c *CPU) slowInstruction(b *block) bool {
	i := b.position(c.run.in)
	in := &b.insts[i]
	c.eip = b.eip + uint32(c.run.in.off)
	after := c.eip + uint32(in.len)
	rest := uint64(b.n) - uint64(i) - 1
	c.insns -= rest + 1
	c.run.broken = false
	ok := c.execute(in)
	if ok && c.eip == after && !in.row.ends && !c.attn && !c.run.broken {
		c.insns += rest
		c.run.in = c.run.in.next()
		c.run.next = nil
		return true
	}
	c.run.next = c.seek()
	return c.run.next != nil
}
