package rv64

import (
	"testing"

	"rv86/mmu"
)

// TestPMPMatch: the ranges of the three address modes, priority, partial
// matches, locking and the default (II 3.7.1).
func TestPMPMatch(t *testing.T) {
	const (
		r   = pmpR
		rwx = pmpR | pmpW | pmpX
		m   = 0x1000
	)
	type entry struct {
		cfg  uint8
		addr uint64
	}
	for _, c := range []struct {
		name    string
		entries []entry
		pa      uint64
		size    uint64
		priv    uint8
		access  mmu.Access
		want    bool
	}{
		{"no entry, M", nil, m, 8, PrivM, mmu.Store, true},
		{"no entry, S", nil, m, 8, PrivS, mmu.Load, false},
		{"NA4", []entry{{pmpNA4 | rwx, m >> 2}}, m, 4, PrivU, mmu.Store, true},
		{"NA4, after", []entry{{pmpNA4 | rwx, m >> 2}}, m + 4, 4, PrivU, mmu.Store, false},
		{"NA4, more than matches", []entry{{pmpNA4 | rwx, m >> 2}}, m, 8, PrivU, mmu.Load, false},
		{"NAPOT 8", []entry{{pmpNAPOT | rwx, m >> 2}}, m, 8, PrivU, mmu.Load, true},
		{"NAPOT 4 KiB, last", []entry{{pmpNAPOT | rwx, m>>2 | 0x1ff}}, m + 0xff8, 8, PrivU, mmu.Load, true},
		{"NAPOT 4 KiB, after", []entry{{pmpNAPOT | rwx, m>>2 | 0x1ff}}, m + 0x1000, 8, PrivU, mmu.Load, false},
		{"NAPOT, everything", []entry{{pmpNAPOT | rwx, pmpAddrOK}}, 1<<55 + m, 8, PrivU, mmu.Fetch, true},
		{"TOR from 0", []entry{{pmpTOR | rwx, m >> 2}}, m - 8, 8, PrivU, mmu.Load, true},
		{"TOR, top excluded", []entry{{pmpTOR | rwx, m >> 2}}, m, 8, PrivU, mmu.Load, false},
		{"TOR, lower bound", []entry{{0, m >> 2}, {pmpTOR | rwx, 2 * m >> 2}}, m, 8, PrivU, mmu.Load, true},
		{"TOR, below lower bound", []entry{{0, m >> 2}, {pmpTOR | rwx, 2 * m >> 2}}, m - 8, 8, PrivU, mmu.Load, false},
		{"TOR, empty", []entry{{0, m >> 2}, {pmpTOR | rwx, m >> 3}}, m >> 1, 8, PrivU, mmu.Load, false},
		{"read only, load", []entry{{pmpNAPOT | r, pmpAddrOK}}, m, 8, PrivS, mmu.Load, true},
		{"read only, store", []entry{{pmpNAPOT | r, pmpAddrOK}}, m, 8, PrivS, mmu.Store, false},
		{"read only, fetch", []entry{{pmpNAPOT | r, pmpAddrOK}}, m, 4, PrivS, mmu.Fetch, false},
		{"unlocked does not bind M", []entry{{pmpNAPOT, pmpAddrOK}}, m, 8, PrivM, mmu.Store, true},
		{"locked binds M", []entry{{pmpNAPOT | r | pmpLock, pmpAddrOK}}, m, 8, PrivM, mmu.Store, false},
		{"first match counts", []entry{{pmpNA4, m >> 2}, {pmpNAPOT | rwx, pmpAddrOK}}, m, 4, PrivS, mmu.Load, false},
		{"first match, M, partial", []entry{{pmpNA4 | rwx, m >> 2}, {pmpNAPOT | rwx, pmpAddrOK}}, m, 8, PrivM, mmu.Load, false},
		{"second match", []entry{{pmpNA4, m >> 2}, {pmpNAPOT | rwx, pmpAddrOK}}, m + 8, 4, PrivS, mmu.Load, true},
	} {
		var p pmpState
		for i, e := range c.entries {
			p.writeAddr(i, e.addr)
			p.writeCfg(0, p.readCfg(0)|uint64(e.cfg)<<(8*i))
		}
		if got := p.check(c.pa, c.size, c.priv, c.access); got != c.want {
			t.Errorf("%s: allowed %v", c.name, got)
		}
	}
}

// TestPMPLock: a locked entry keeps its configuration and address, and the
// address below it if it is TOR.
func TestPMPLock(t *testing.T) {
	r := newRig(t, false)
	r.set("pmpaddr1", 0x100)
	r.set("pmpaddr2", 0x200)
	r.set("pmpcfg0", (pmpTOR|pmpR|pmpLock)<<16)
	r.set("pmpaddr1", 0)
	r.set("pmpaddr2", 0)
	r.set("pmpcfg0", 0)
	r.want("pmpaddr1", 0x100, "pmpaddr2", 0x200, "pmpcfg0", (pmpTOR|pmpR|pmpLock)<<16)
	r.set("pmpaddr0", 0x55)
	r.want("pmpaddr0", 0x55)
}

// TestPMPEnforced: a region smaller than a page, in a page that is otherwise
// open, is guarded on both paths for loads, stores and fetches, and for the
// page tables of a translation.
func TestPMPEnforced(t *testing.T) {
	guard := func(r *rig, pa uint64) { // 8 bytes at pa: nothing
		r.set("pmpaddr0", pa>>2)
		r.set("pmpaddr1", pmpAddrOK)
		r.set("pmpcfg0", pmpNAPOT|(pmpNAPOT|pmpR|pmpW|pmpX)<<8)
	}
	onBothPaths(t, func(r *rig) {
		r.code(diffBase, "ld t0, 8(s0)", "sd t0, 16(s0)", "ld t0, 0(s0)")
		guard(r, rigData)
		r.SetX(8, rigData)
		r.SetPriv(PrivS)
		r.finish()
		r.want("mcause", CauseLoadAccess, "mtval", uint64(rigData), "mepc", uint64(diffBase+8))
	})
	onBothPaths(t, func(r *rig) {
		r.code(diffBase, "addi t0, t0, 1", "addi t0, t0, 1", "addi t0, t0, 1")
		guard(r, diffBase+8)
		r.SetPriv(PrivS)
		r.finish()
		r.wantX(5, 2)
		r.want("mcause", CauseInsnAccess, "mtval", uint64(diffBase+8))
	})
	onBothPaths(t, func(r *rig) {
		r.identityMap()
		r.code(diffBase, "ld t0, 0(s0)")
		guard(r, rigTables+0x2000+rigData>>12&511*8) // the entry of the data page
		r.SetX(8, rigData)
		r.SetPriv(PrivS)
		r.finish()
		r.want("mcause", CauseLoadAccess, "mtval", uint64(rigData))
	})
}
