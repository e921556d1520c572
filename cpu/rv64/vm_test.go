package rv64

import (
	"testing"

	"rv86/mmu"
	"rv86/mmu/sv39"
)

const allowAll = sv39.PTERead | sv39.PTEWrite | sv39.PTEExec

// mapPage enters va -> pa into the tables at rigTables: root, then one table
// for each of the two lower levels of diffBase's gigabyte, so that va must lie
// in the same 2 MiB as diffBase.
func (r *rig) mapPage(va, pa, flags uint64) {
	const l1, l0 = rigTables + 0x1000, rigTables + 0x2000
	r.setWord(rigTables+va>>30&511*8, l1>>12<<10|sv39.PTEValid)
	r.setWord(l1+va>>21&511*8, l0>>12<<10|sv39.PTEValid)
	r.setWord(l0+va>>12&511*8, pa>>12<<10|flags)
}

// identityMap maps the rig's RAM where it is, for S, and turns translation on.
func (r *rig) identityMap() {
	for pa := uint64(diffBase); pa < diffBase+rigSize; pa += mmu.PageSize {
		r.mapPage(pa, pa, allowAll|sv39.PTEValid)
	}
	r.set("satp", satpModeSv39<<satpModeShift|rigTables>>12)
}

// TestPagePermissions: one load, store and fetch for each combination of page
// bits, mode, SUM and MXR (II 4.3.1).
func TestPagePermissions(t *testing.T) {
	for flags := uint64(0); flags < 32; flags++ { // V R W X U
		for _, priv := range []uint8{PrivS, PrivU} {
			for _, status := range []uint64{0, mstatusSUM, mstatusMXR, mstatusSUM | mstatusMXR} {
				for access, line := range map[mmu.Access]string{
					mmu.Load: "ld t0, 0(s0)", mmu.Store: "sd t0, 0(s0)", mmu.Fetch: "jalr zero, 0(s0)",
				} {
					user := flags&sv39.PTEUser != 0
					leaf := flags&sv39.PTEValid != 0 && flags&(sv39.PTERead|sv39.PTEExec) != 0 && flags&(sv39.PTERead|sv39.PTEWrite) != sv39.PTEWrite
					want := leaf && user == (priv == PrivU)
					if leaf && user && priv == PrivS && status&mstatusSUM != 0 && access != mmu.Fetch {
						want = true
					}
					switch access {
					case mmu.Load:
						want = want && (flags&sv39.PTERead != 0 || status&mstatusMXR != 0)
					case mmu.Store:
						want = want && flags&sv39.PTEWrite != 0
					case mmu.Fetch:
						want = want && flags&sv39.PTEExec != 0
					}
					onBothPaths(t, func(r *rig) {
						r.identityMap()
						r.code(diffBase, line)
						r.code(rigData, "addi t1, t1, 1")
						codeFlags := uint64(allowAll | sv39.PTEValid)
						if priv == PrivU {
							codeFlags |= sv39.PTEUser
						}
						r.mapPage(diffBase, diffBase, codeFlags)
						r.mapPage(rigData, rigData, flags)
						r.set("mstatus", status)
						r.SetX(8, rigData)
						r.SetPriv(priv)
						r.finish()
						cause := r.get("mcause")
						// In U mode the WFI at the end is illegal.
						if got := cause == 0 || cause == uint64(CauseIllegal); got != want {
							r.t.Errorf("flags %#x, mode %d, mstatus %#x, %s: allowed %v, want %v", flags, priv, status, line, got, want)
						}
						if !want && (cause != uint64(pageFaultCause[access]) || r.get("mtval") != rigData) {
							r.t.Errorf("flags %#x, %s: cause %d, tval %#x", flags, line, cause, r.get("mtval"))
						}
					})
				}
			}
		}
	}
}

// TestPermissionContexts goes through modes on one page without any fence: what
// one mode was allowed must not leak to another.
func TestPermissionContexts(t *testing.T) {
	onBothPaths(t, func(r *rig) {
		r.identityMap()
		r.mapPage(rigData, rigData, allowAll|sv39.PTEValid|sv39.PTEUser)
		r.code(diffBase,
			"csrrs zero, sstatus, s1", "ld t0, 0(s0)", // SUM: works
			"csrrc zero, sstatus, s1", "ld t0, 0(s0)") // SUM off: page fault
		r.SetX(8, rigData)
		r.SetX(9, mstatusSUM)
		r.SetPriv(PrivS)
		r.finish()
		r.want("mcause", CauseLoadPage, "mepc", uint64(diffBase+12))
	})
	onBothPaths(t, func(r *rig) { // MXR
		r.identityMap()
		r.mapPage(rigData, rigData, sv39.PTEExec|sv39.PTEValid)
		r.code(diffBase, "csrrs zero, sstatus, s1", "ld t0, 0(s0)", "csrrc zero, sstatus, s1", "ld t0, 0(s0)")
		r.SetX(8, rigData)
		r.SetX(9, mstatusMXR)
		r.SetPriv(PrivS)
		r.finish()
		r.want("mcause", CauseLoadPage, "mepc", uint64(diffBase+12))
	})
	onBothPaths(t, func(r *rig) { // MPRV: M loads as U, then as itself
		r.identityMap()
		r.mapPage(rigData, rigData+0x1000, allowAll|sv39.PTEValid|sv39.PTEUser)
		r.setWord(rigData, 1)
		r.setWord(rigData+0x1000, 2)
		r.code(diffBase, "ld t0, 0(s0)", "csrrs zero, mstatus, s1", "ld t1, 0(s0)", "csrrc zero, mstatus, s1", "ld t2, 0(s0)")
		r.SetX(8, rigData)
		r.SetX(9, mstatusMPRV)
		r.finish()
		r.wantX(5, 1)
		r.wantX(6, 2)
		r.wantX(7, 1)
	})
}

// TestAccessedDirty: the walker sets A for loads and fetches, and D too for
// stores, where a load came first as well (II 4.3.1).
func TestAccessedDirty(t *testing.T) {
	onBothPaths(t, func(r *rig) {
		r.identityMap()
		pte := uint64(rigTables + 0x2000 + rigData>>12&511*8)
		for i, c := range []struct {
			line string
			want uint64
		}{
			{"ld t0, 0(s0)", sv39.PTEAccessed},
			{"sd t0, 0(s0)", sv39.PTEAccessed | sv39.PTEDirty},
		} {
			pc := uint64(diffBase + 0x100*i)
			r.code(pc, c.line)
			r.SetX(8, rigData)
			r.SetPC(pc)
			r.SetPriv(PrivS)
			r.finish()
			if got := r.word(pte) & (sv39.PTEAccessed | sv39.PTEDirty); got != c.want {
				r.t.Errorf("after %s: %#x, want %#x", c.line, got, c.want)
			}
		}
		if r.word(rigTables+0x2000)&sv39.PTEAccessed == 0 {
			r.t.Error("the code page is not marked accessed")
		}
	})
}

// TestSfence changes a mapping of data and one of the running code, with each
// form of SFENCE.VMA.
func TestSfence(t *testing.T) {
	for _, fence := range []string{"sfence.vma zero, zero", "sfence.vma s0, zero", "sfence.vma s0, zero", "sfence.vma zero, s3", "sfence.vma s0, s3"} {
		onBothPaths(t, func(r *rig) {
			r.identityMap()
			r.setWord(rigData, 1)
			r.setWord(rigData+0x1000, 2)
			r.code(diffBase, "ld t0, 0(s0)", "sd s2, 0(s1)", fence, "ld t1, 0(s0)")
			r.SetX(8, rigData)
			r.SetX(9, rigTables+0x2000+rigData>>12&511*8)
			r.SetX(18, (rigData+0x1000)>>12<<10|allowAll|sv39.PTEValid)
			r.SetX(19, 0) // the ASID in use
			r.SetPriv(PrivS)
			r.finish()
			r.wantX(5, 1)
			r.wantX(6, 2)
		})
		onBothPaths(t, func(r *rig) { // a subroutine's page, called before and after
			const page = diffBase + 0x4000
			r.identityMap()
			r.code(page, "addi t0, t0, 1", "jalr zero, 0(ra)")
			r.code(page+0x1000, "addi t0, t0, 16", "jalr zero, 0(ra)")
			r.code(diffBase, "jalr ra, 0(s0)", "jalr ra, 0(s0)", "sd s2, 0(s1)", fence, "jalr ra, 0(s0)")
			r.SetX(8, page)
			r.SetX(9, rigTables+0x2000+page>>12&511*8)
			r.SetX(18, (page+0x1000)>>12<<10|allowAll|sv39.PTEValid)
			r.SetPriv(PrivS)
			r.finish()
			r.wantX(5, 18)
		})
	}
}

// TestSfenceSuperpage: one address of a 2 MiB page flushes all of it.
func TestSfenceSuperpage(t *testing.T) {
	onBothPaths(t, func(r *rig) {
		const va = 0x4000_0000
		r.identityMap()
		r.setWord(rigTables+va>>30*8, (rigTables+0x3000)>>12<<10|sv39.PTEValid)
		r.setWord(rigTables+0x3000, diffBase>>12<<10|allowAll|sv39.PTEValid)
		r.setWord(rigData, 1)
		r.code(diffBase, "ld t0, 0(s0)", "sd zero, 0(s1)", "sfence.vma s2, zero", "ld t1, 0(s0)")
		r.SetX(8, va+rigData-diffBase)
		r.SetX(9, rigTables+0x3000)
		r.SetX(18, va+0x1000) // another page of the 2 MiB
		r.SetPriv(PrivS)
		r.finish()
		r.wantX(5, 1)
		r.want("mcause", CauseLoadPage)
	})
}

// TestSfenceCodeSuperpage: the same for code that runs out of such a page.
func TestSfenceCodeSuperpage(t *testing.T) {
	onBothPaths(t, func(r *rig) {
		const va = 0x4000_0000
		r.identityMap()
		r.setWord(rigTables+va>>30*8, (rigTables+0x3000)>>12<<10|sv39.PTEValid)
		r.setWord(rigTables+0x3000, diffBase>>12<<10|allowAll|sv39.PTEValid)
		r.code(rigData, "addi t0, t0, 1", "jalr zero, 0(ra)")
		r.code(diffBase, "jalr ra, 0(s0)", "sd zero, 0(s1)", "sfence.vma s2, zero", "jalr ra, 0(s0)")
		r.SetX(8, va+rigData-diffBase)
		r.SetX(9, rigTables+0x3000)
		r.SetX(18, va+0x1000)
		r.SetPriv(PrivS)
		r.finish()
		r.wantX(5, 1)
		r.want("mcause", CauseInsnPage)
	})
}

// TestAddressSpaces: writing satp is enough to change them.
func TestAddressSpaces(t *testing.T) {
	onBothPaths(t, func(r *rig) {
		const other = rigTables + 0x4000
		r.identityMap()
		copy(r.ram[other-diffBase:][:0x3000], r.ram[rigTables-diffBase:][:0x3000])
		r.setWord(other+diffBase>>30*8, (other+0x1000)>>12<<10|sv39.PTEValid)
		r.setWord(other+0x1000, (other+0x2000)>>12<<10|sv39.PTEValid)
		r.setWord(other+0x2000+rigData>>12&511*8, (rigData+0x1000)>>12<<10|allowAll|sv39.PTEValid)
		r.setWord(rigData, 1)
		r.setWord(rigData+0x1000, 2)
		r.code(diffBase, "ld t0, 0(s0)", "csrrw s1, satp, s1", "ld t1, 0(s0)", "csrrw s1, satp, s1", "ld t2, 0(s0)")
		r.SetX(8, rigData)
		r.SetX(9, satpModeSv39<<satpModeShift|1<<satpASIDShift|other>>12)
		r.SetPriv(PrivS)
		r.finish()
		r.wantX(5, 1)
		r.wantX(6, 2)
		r.wantX(7, 1)
	})
}

// TestMisaligned: loads and stores work at any address, across pages too; a
// fault in the second page names an address there and stores nothing.
func TestMisaligned(t *testing.T) {
	onBothPaths(t, func(r *rig) {
		r.identityMap()
		r.mapPage(rigData+0x1000, rigData+0x3000, allowAll|sv39.PTEValid) // not the next page of memory
		r.code(diffBase, "sd s1, 1(s0)", "ld t0, 1(s0)", "lw t1, 3(s0)", "sd s1, 0(s2)", "ld t2, 0(s2)", "lhu a0, 3(s2)")
		r.SetX(8, rigData)
		r.SetX(9, 0x8877665544332211)
		r.SetX(18, rigData+0xffc)
		r.SetPriv(PrivS)
		r.finish()
		r.wantX(5, 0x8877665544332211)
		r.wantX(6, 0x66554433)
		r.wantX(7, 0x8877665544332211)
		r.wantX(10, 0x5544)
		if r.word(rigData+0x3000)&0xffffffff != 0x88776655 {
			r.t.Errorf("second page: %#x", r.word(rigData+0x3000))
		}
	})
	onBothPaths(t, func(r *rig) {
		r.identityMap()
		r.mapPage(rigData+0x1000, 0, 0)
		r.code(diffBase, "sd s1, 0(s2)")
		r.SetX(9, allBits)
		r.SetX(18, rigData+0xffc)
		r.SetPriv(PrivS)
		r.finish()
		r.want("mcause", CauseStorePage, "mtval", uint64(rigData+0x1000))
		if r.word(rigData+0xff8) != 0 {
			r.t.Error("the first page was written")
		}
	})
}
