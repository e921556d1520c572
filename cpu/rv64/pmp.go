package rv64

import (
	"fmt"

	"rv86/mmu"
)

// Physical memory protection (II 3.7): 16 entries, granularity 4 bytes.

// A pmpcfg byte (II 3.7.1, figure 3.28): L 7, A 4:3, X 2, W 1, R 0.
const (
	pmpR      = 1 << 0
	pmpW      = 1 << 1
	pmpX      = 1 << 2
	pmpA      = 3 << 3
	pmpLock   = 1 << 7
	pmpBits   = pmpR | pmpW | pmpX | pmpA | pmpLock
	pmpOff    = 0 << 3
	pmpTOR    = 1 << 3
	pmpNA4    = 2 << 3
	pmpNAPOT  = 3 << 3
	pmpCount  = 16
	pmpShift  = 2         // pmpaddr holds address bits 55:2
	pmpAddrOK = 1<<54 - 1 // writable bits of pmpaddr
)

type pmpState struct {
	cfg  [pmpCount]uint8
	addr [pmpCount]uint64
	// active is the entries that match anything, in order of priority.
	active []pmpRegion
}

// pmpRegion is the bytes first..last.
type pmpRegion struct {
	first, last uint64
	cfg         uint8
}

func csrsPMP() []csr {
	var all []csr
	// RV64 has the even-numbered configuration registers only, eight entries each.
	for i := uint16(0); i < pmpCount; i += 8 {
		all = append(all, csr{
			num: 0x3a0 + i/4, name: fmt.Sprintf("pmpcfg%d", i/4), ref: "II 3.7.1",
			read:  func(h *Hart) uint64 { return h.pmp.readCfg(int(i)) },
			write: func(h *Hart, v uint64) { h.pmp.writeCfg(int(i), v); h.flushTLB() },
		})
	}
	for i := range uint16(pmpCount) {
		all = append(all, csr{
			num: 0x3b0 + i, name: fmt.Sprintf("pmpaddr%d", i), ref: "II 3.7.1",
			read:  func(h *Hart) uint64 { return h.pmp.addr[i] },
			write: func(h *Hart, v uint64) { h.pmp.writeAddr(int(i), v); h.flushTLB() },
		})
	}
	return all
}

func (p *pmpState) readCfg(first int) (v uint64) {
	for i := range 8 {
		v |= uint64(p.cfg[first+i]) << (8 * i)
	}
	return v
}

// writeCfg leaves locked entries alone. W without R is reserved; such a byte
// becomes one without either (WARL).
func (p *pmpState) writeCfg(first int, v uint64) {
	for i := range 8 {
		c := uint8(v>>(8*i)) & pmpBits
		if c&(pmpR|pmpW) == pmpW {
			c &^= pmpW
		}
		if p.cfg[first+i]&pmpLock == 0 {
			p.cfg[first+i] = c
		}
	}
	p.update()
}

// writeAddr: a locked entry's address is locked, and that of the entry before
// if it is its lower bound (II 3.7.1).
func (p *pmpState) writeAddr(i int, v uint64) {
	if p.cfg[i]&pmpLock != 0 || i+1 < pmpCount && p.cfg[i+1]&(pmpLock|pmpA) == pmpLock|pmpTOR {
		return
	}
	p.addr[i] = v & pmpAddrOK
	p.update()
}

// update derives active from the registers.
func (p *pmpState) update() {
	p.active = p.active[:0:0]
	for i, c := range p.cfg {
		a := p.addr[i]
		r := pmpRegion{cfg: c}
		switch c & pmpA {
		case pmpOff:
			continue
		case pmpTOR:
			var low uint64
			if i > 0 {
				low = p.addr[i-1]
			}
			if low >= a {
				continue
			}
			r.first, r.last = low<<pmpShift, a<<pmpShift-1
		case pmpNA4:
			r.first, r.last = a<<pmpShift, a<<pmpShift+3
		case pmpNAPOT:
			// The trailing ones and the zero above them give the size (II 3.7.1, table 3.9).
			ones := a ^ (a + 1)
			r.first, r.last = (a&^ones)<<pmpShift, (a|ones)<<pmpShift+3
		}
		p.active = append(p.active, r)
	}
}

// check says whether privilege priv may access size bytes at pa (II 3.7.1): the
// first entry that matches any byte must match all of them and permit it. M is
// bound by locked entries only. Nothing matching is failure below M.
func (p *pmpState) check(pa, size uint64, priv uint8, access mmu.Access) bool {
	last := pa + size - 1
	for i := range p.active {
		r := &p.active[i]
		if last < r.first || pa > r.last {
			continue
		}
		if pa < r.first || last > r.last {
			return false
		}
		return priv == PrivM && r.cfg&pmpLock == 0 || r.cfg&pmpNeed[access] != 0
	}
	return priv == PrivM
}

var pmpNeed = [...]uint8{mmu.Load: pmpR, mmu.Store: pmpW, mmu.Fetch: pmpX}

// uniform says whether one answer of check holds for each access within the
// page of pa, so that it may be cached.
func (p *pmpState) uniform(pa uint64) bool {
	first := pa &^ mmu.PageMask
	last := first + mmu.PageMask
	for i := range p.active {
		r := &p.active[i]
		if last < r.first || first > r.last {
			continue
		}
		return first >= r.first && last <= r.last
	}
	return true
}
