package i386

//go:generate go run ./internal/genfast

// The code cache: straight runs of instructions, decoded once. A block is
// known by its physical address, its EIP and the mode it was decoded for. It
// lies within one page; an instruction that crosses into the next page is left
// to the reference path.

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

	// maxCached bounds the instructions in the cache. One takes 64 bytes, so
	// that a full cache takes 16 MiB.
	maxCached = 1 << 18

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
	bytes  uint32
	mode   modeBits
	limit  uint32 // of CS
	dead   bool   // its bytes were written
	ops    []uop
	insts  []inst
	next   *block // in its granule's list
}

// codePage holds the blocks of one physical page, by the granule of their
// first byte.
type codePage struct {
	mask  uint64 // granules that hold decoded bytes
	heads [pageSize / granule]*block
}

type codeCache struct {
	pages  []*codePage
	used   []uint32 // pages that have an entry
	jumps  [1 << jumpBits]*block
	gen    uint64 // translations and segment bases of this generation hold
	cached int
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
			if start <= hi && start+b.bytes > lo {
				*link = b.next
				b.dead, b.stamp = true, 0
				k.cached -= len(b.insts)
				if b == c.run.b {
					c.run.broken = true
				}
				continue
			}
			pg.mask |= maskOf(start, b.bytes)
			link = &b.next
		}
	}
	if pg.mask == 0 {
		c.romap[p] = pageRAM
		k.pages[p] = nil
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
	// A translation that faults is left to the reference path to report.
	cr2, exc := c.cr2, c.exc
	pa, ok := c.translateFetch(cs.base + c.eip)
	if !ok {
		c.cr2, c.exc = cr2, exc
		return nil
	}
	p := pa >> pageShift
	if int(p) >= len(c.romap) || c.romap[p] == pageHole {
		return nil
	}
	if pg := c.code.pages[p]; pg != nil {
		for b := pg.heads[pa&pageMask/granule]; b != nil; b = b.next {
			if b.pa == pa && b.eip == c.eip && b.mode == c.mode && b.limit == cs.limit {
				return c.enterBlock(b)
			}
		}
	}
	if b := c.build(pa); b != nil {
		return c.enterBlock(b)
	}
	return nil
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
	b := &block{eip: c.eip, pa: pa, mode: c.mode, limit: cs.limit}
	src := c.ram[pa : pa+room]
	at := uint32(0)
	for len(b.insts) < maxBlock && at < room {
		var in inst
		if decode(src[at:], c.mode.code32(), &in) != decoded {
			break
		}
		b.insts = append(b.insts, in)
		b.ops = append(b.ops, c.translateOp(&in, uint8(at)))
		at += uint32(in.len)
		if in.row.ends {
			break
		}
	}
	if len(b.insts) == 0 {
		return nil
	}
	b.n, b.bytes, b.end = uint32(len(b.insts)), at, c.eip+at
	last := &b.insts[b.n-1]
	b.target = b.end + last.imm
	// Every block has one operation more, which leaves it.
	b.ops = append(b.ops, uop{op: f_end, off: uint8(at)})
	dropDeadFlags(b)
	fuse(b)
	b.first = &b.ops[0]

	p := pa >> pageShift
	pg := c.code.pages[p]
	if pg == nil {
		pg = new(codePage)
		c.code.pages[p] = pg
		c.romap[p] = pageCode
		c.dropWriteEntries(pa &^ pageMask)
	}
	g := pa & pageMask / granule
	b.next, pg.heads[g] = pg.heads[g], b
	pg.mask |= maskOf(pa&pageMask, b.bytes)
	c.code.cached += len(b.insts)
	return b
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
			c.stepOne()
		}
		return
	}
	if b := c.seek(); b != nil {
		c.runFast(b)
	}
	c.run.b = nil
	// What is left before the limit is less than a block.
	for c.insns < limit && !c.attn {
		c.stepOne()
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
		c.stepOne()
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
