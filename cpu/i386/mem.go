package i386

import "encoding/binary"

// ramLoad and ramStore access RAM that holds no decoded code, within a page.
func (c *CPU) ramLoad(pa uint32, size int) uint32 {
	b := c.ram[pa:]
	switch size {
	case 1:
		return uint32(b[0])
	case 2:
		return uint32(binary.LittleEndian.Uint16(b))
	}
	return binary.LittleEndian.Uint32(b)
}

func (c *CPU) ramStore(pa uint32, size int, v uint32) {
	b := c.ram[pa:]
	switch size {
	case 1:
		b[0] = byte(v)
	case 2:
		binary.LittleEndian.PutUint16(b, uint16(v))
	default:
		binary.LittleEndian.PutUint32(b, v)
	}
}

// physLoad reads size (1, 2 or 4) bytes of physical memory that lie in one
// page. Where nothing answers, the bus floats: all ones.
func (c *CPU) physLoad(pa uint32, size int) uint32 {
	pa &= c.a20
	if n := pa >> pageShift; int(n) < len(c.romap) && c.romap[n] != pageHole {
		return c.ramLoad(pa, size)
	}
	if c.bus != nil {
		if v, ok := c.bus.Load(uint64(pa), size); ok {
			return uint32(v)
		}
	}
	return ^uint32(0) >> (32 - 8*size)
}

// physStore writes size bytes of physical memory that lie in one page.
func (c *CPU) physStore(pa uint32, size int, v uint32) {
	pa &= c.a20
	if n := pa >> pageShift; int(n) < len(c.romap) && c.romap[n] != pageHole {
		c.ramStore(pa, size, v)
		c.debug.wrote(pa)
		if c.romap[n] == pageCode {
			c.code.invalidate(c, pa, uint64(size))
		}
		return
	}
	if c.bus != nil {
		c.bus.Store(uint64(pa), size, uint64(v)&(1<<(8*size)-1))
	}
}

// linLoad reads at a linear address, which may cross into the next page.
func (c *CPU) linLoad(la uint32, size int, who int) (uint32, bool) {
	if e := c.hot(la, who); e.rtag == (la+uint32(size)-1)&^pageMask {
		return c.ramLoad(la+e.delta, size), true
	}
	pa, ok := c.translate(la, false, who)
	if !ok {
		return 0, false
	}
	if la&pageMask+uint32(size) <= pageSize {
		if c.debug.hook != nil {
			c.debug.accessed(la, pa, uint32(size), false)
		}
		return c.physLoad(pa, size), true
	}
	n := pageSize - la&pageMask
	pb, ok := c.translate(la+n, false, who)
	if !ok {
		return 0, false
	}
	if c.debug.hook != nil {
		c.debug.accessed(la, pa, n, false)
		c.debug.accessed(la+n, pb, uint32(size)-n, false)
	}
	var v uint32
	for i := uint32(0); i < uint32(size); i++ {
		at := pa + i
		if i >= n {
			at = pb + i - n
		}
		v |= c.physLoad(at, 1) << (8 * i)
	}
	return v, true
}

// linStore writes at a linear address. Nothing is written if any byte's page
// refuses.
func (c *CPU) linStore(la uint32, size int, v uint32, who int) bool {
	if e := c.hot(la, who); e.wtag == (la+uint32(size)-1)&^pageMask {
		c.ramStore(la+e.delta, size, v)
		return true
	}
	pa, ok := c.translate(la, true, who)
	if !ok {
		return false
	}
	if la&pageMask+uint32(size) <= pageSize {
		if c.debug.hook != nil {
			c.debug.accessed(la, pa, uint32(size), true)
		}
		c.physStore(pa, size, v)
		return true
	}
	n := pageSize - la&pageMask
	pb, ok := c.translate(la+n, true, who)
	if !ok {
		return false
	}
	if c.debug.hook != nil {
		c.debug.accessed(la, pa, n, true)
		c.debug.accessed(la+n, pb, uint32(size)-n, true)
	}
	for i := uint32(0); i < uint32(size); i++ {
		at := pa + i
		if i >= n {
			at = pb + i - n
		}
		c.physStore(at, 1, v>>(8*i))
	}
	return true
}

// sysLoad and sysStore are implicit accesses to descriptor tables and task
// state: supervisor accesses at any privilege level (SDM 3A 4.6).
func (c *CPU) sysLoad(la uint32, size int) (uint32, bool) { return c.linLoad(la, size, supervisor) }

func (c *CPU) sysStore(la uint32, size int, v uint32) bool {
	return c.linStore(la, size, v, supervisor)
}

// segFault raises the exception of a segment check: #SS(0) through SS, #GP(0)
// through any other.
func (c *CPU) segFault(n uint8) bool {
	if n == SS {
		return c.fault(vecSS, 0)
	}
	return c.fault(vecGP, 0)
}

// linear checks an access of size bytes at off in segment n and returns its
// linear address.
func (c *CPU) linear(n uint8, off uint32, size uint32, need uint8) (uint32, bool) {
	s := &c.seg[n]
	last := off + size - 1
	if s.can&need == 0 || off < s.lo || last > s.hi || last < off {
		return 0, c.segFault(n)
	}
	la := s.base + off
	if c.cr0&CR0AM != 0 && c.eflags&FlagAC != 0 && c.cpl == 3 && la&(alignment(size)-1) != 0 {
		return 0, c.fault(vecAC, 0)
	}
	return la, true
}

// alignment is what #AC demands of an access (SDM 3A table 6-7).
func alignment(size uint32) uint32 {
	switch {
	case size >= 8:
		return 8
	case size >= 4:
		return 4
	}
	return size
}

// load reads size (1, 2, 4) bytes at segment n, offset off.
func (c *CPU) load(n uint8, off uint32, size uint8) (uint32, bool) {
	la, ok := c.linear(n, off, uint32(size), canRead)
	if !ok {
		return 0, false
	}
	v, ok := c.linLoad(la, int(size), c.who())
	if c.dbg.active && ok {
		c.dataBreakpoint(la, uint32(size), false)
	}
	return v, ok
}

// store writes size (1, 2, 4) bytes at segment n, offset off.
func (c *CPU) store(n uint8, off uint32, size uint8, v uint32) bool {
	la, ok := c.linear(n, off, uint32(size), canWrite)
	if !ok || !c.linStore(la, int(size), v, c.who()) {
		return false
	}
	if c.dbg.active {
		c.dataBreakpoint(la, uint32(size), true)
	}
	return true
}

// canStore makes all the checks of a store of size bytes, so that the store
// itself cannot fault: for read-modify-write and for multi-part stores.
func (c *CPU) canStore(n uint8, off uint32, size uint32) bool {
	la, ok := c.linear(n, off, size, canWrite)
	return ok && c.probe(la, size, c.who())
}

// probe makes sure that a store of up to a page's length would succeed.
func (c *CPU) probe(la, size uint32, who int) bool {
	if c.hot(la, who).wtag == (la+size-1)&^pageMask {
		return true
	}
	if _, ok := c.translate(la, true, who); !ok {
		return false
	}
	last := la + size - 1
	if last>>pageShift != la>>pageShift {
		if _, ok := c.translate(last&^pageMask, true, who); !ok {
			return false
		}
	}
	return true
}

// loadBytes reads len(b) bytes; one check covers them all.
func (c *CPU) loadBytes(n uint8, off uint32, b []byte) bool {
	la, ok := c.linear(n, off, uint32(len(b)), canRead)
	if !ok {
		return false
	}
	who := c.who()
	if e := c.hot(la, who); e.rtag == (la+uint32(len(b))-1)&^pageMask {
		copy(b, c.ram[la+e.delta:])
		return true
	}
	for len(b) > 0 {
		pa, ok := c.translate(la, false, who)
		if !ok {
			return false
		}
		k := min(uint32(len(b)), pageSize-la&pageMask)
		if c.debug.hook != nil {
			c.debug.accessed(la, pa, k, false)
		}
		if p := pa >> pageShift; int(p) < len(c.romap) && c.romap[p] != pageHole {
			copy(b[:k], c.ram[pa:])
		} else {
			for i := range b[:k] {
				b[i] = byte(c.physLoad(pa+uint32(i), 1))
			}
		}
		if c.dbg.active {
			c.dataBreakpoint(la, k, false)
		}
		b, la = b[k:], la+k
	}
	return true
}

// storeBytes writes len(b) bytes, at most a page, or none.
func (c *CPU) storeBytes(n uint8, off uint32, b []byte) bool {
	la, ok := c.linear(n, off, uint32(len(b)), canWrite)
	if !ok {
		return false
	}
	who := c.who()
	if e := c.hot(la, who); e.wtag == (la+uint32(len(b))-1)&^pageMask {
		copy(c.ram[la+e.delta:], b)
		return true
	}
	if !c.probe(la, uint32(len(b)), who) {
		return false
	}
	for len(b) > 0 {
		pa, ok := c.translate(la, true, who)
		if !ok {
			return false
		}
		k := min(uint32(len(b)), pageSize-la&pageMask)
		if c.debug.hook != nil {
			c.debug.accessed(la, pa, k, true)
		}
		if p := pa >> pageShift; int(p) < len(c.romap) && c.romap[p] != pageHole {
			copy(c.ram[pa:], b[:k])
			c.debug.wrote(pa)
			if c.romap[p] == pageCode {
				c.code.invalidate(c, pa, uint64(k))
			}
		} else {
			for i, v := range b[:k] {
				c.physStore(pa+uint32(i), 1, uint32(v))
			}
		}
		if c.dbg.active {
			c.dataBreakpoint(la, k, true)
		}
		b, la = b[k:], la+k
	}
	return true
}
