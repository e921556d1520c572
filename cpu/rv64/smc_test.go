package rv64

import "testing"

// Code that changes under the hart: every way must be seen at once.

const addiT0 = 0x00128293 // addi t0, t0, 1; the next immediate is 1<<20 more

// TestSelfModifying: a program overwrites an instruction of the block it is in,
// of the block before, and of a subroutine, and goes on into it.
func TestSelfModifying(t *testing.T) {
	onBothPaths(t, func(r *rig) {
		r.code(diffBase, "sw s1, 12(s0)", "addi t0, t0, 1", "addi t0, t0, 1", "addi t0, t0, 1", "addi t0, t0, 1")
		r.SetX(8, diffBase)
		r.SetX(9, addiT0+15<<20) // addi t0, t0, 16
		r.finish()
		r.wantX(5, 1+1+16+1)
	})
	onBothPaths(t, func(r *rig) { // a loop that raises its own increment each time round
		r.code(diffBase, "loop:", "addi t0, t0, 1", "lw t1, 0(s0)", "add t1, t1, s1", "sw t1, 0(s0)", "addi s2, s2, -1", "bne s2, zero, loop")
		r.SetX(8, diffBase)
		r.SetX(9, 1<<20)
		r.SetX(18, 100)
		r.finish()
		r.wantX(5, 100*101/2)
	})
}

// TestDeviceWritesCode: DMA over code, announced by InvalidateCode.
func TestDeviceWritesCode(t *testing.T) {
	onBothPaths(t, func(r *rig) {
		r.code(diffBase, "loop:", "addi t0, t0, 1", "jal zero, loop")
		r.run(10)
		storeBytes(r.ram[:4], addiT0+99<<20)
		r.InvalidateCode(diffBase, 4)
		r.run(2)
		r.wantX(5, 105)
	})
}

// TestTwoMappings: one physical page runs at two addresses; a store through one
// changes both.
func TestTwoMappings(t *testing.T) {
	onBothPaths(t, func(r *rig) {
		const page, alias = diffBase + 0x4000, diffBase + 0x5000
		r.identityMap()
		r.mapPage(alias, page, allowAll|1)
		r.code(page, "auipc a0, 0x0", "addi t0, t0, 1", "jalr zero, 0(ra)")
		r.code(diffBase, "jalr ra, 0(s0)", "jalr ra, 0(s1)", "sw s2, 4(s1)", "jalr ra, 0(s0)", "jalr ra, 0(s1)")
		r.SetX(8, page)
		r.SetX(9, alias)
		r.SetX(18, addiT0+99<<20)
		r.SetPriv(PrivS)
		r.finish()
		r.wantX(5, 2+200)
		r.wantX(10, alias)
	})
}

// TestStraddling: a 32-bit instruction across a page boundary, whose second
// half is overwritten, unmapped and remapped.
func TestStraddling(t *testing.T) {
	onBothPaths(t, func(r *rig) {
		const at = diffBase + 0x4ffe
		r.identityMap()
		r.code(at, "addi t0, t0, 1", "jalr zero, 0(ra)")
		r.code(diffBase, "jalr ra, 0(s0)", "sh s1, 2(s0)", "jalr ra, 0(s0)", "sd zero, 0(s2)", "sfence.vma zero, zero", "jalr ra, 0(s0)")
		r.SetX(8, at)
		r.SetX(9, (addiT0+99<<20)>>16)
		r.SetX(18, rigTables+0x2000+5*8)
		r.SetPriv(PrivS)
		r.finish()
		r.wantX(5, 101)
		r.want("mcause", CauseInsnPage, "mtval", uint64(at+2), "mepc", uint64(at))
	})
}

// TestStraddlingRemap: the second half comes from another page after a fence
// of that page alone.
func TestStraddlingRemap(t *testing.T) {
	onBothPaths(t, func(r *rig) {
		const at = diffBase + 0x4ffe
		r.identityMap()
		r.code(at, "addi t0, t0, 1", "jalr zero, 0(ra)")
		r.code(at+0x2000, "addi t0, t0, 16", "jalr zero, 0(ra)")
		r.code(diffBase, "jalr ra, 0(s0)", "sd s1, 0(s2)", "sfence.vma s3, zero", "jalr ra, 0(s0)")
		r.SetX(8, at)
		r.SetX(9, (diffBase+0x7000)>>12<<10|allowAll|1)
		r.SetX(18, rigTables+0x2000+5*8)
		r.SetX(19, diffBase+0x5000)
		r.SetPriv(PrivS)
		r.finish()
		r.wantX(5, 17)
	})
}

// TestStoresBesideCode: data in a page that holds code is written at a speed of
// the same order as elsewhere, and code in it stays decoded.
func TestStoresBesideCode(t *testing.T) {
	r := newRig(t, true)
	r.code(diffBase, "loop:", "sd t0, 0(s0)", "addi t0, t0, 1", "jal zero, loop")
	r.SetX(8, diffBase+0x800)
	r.run(99)
	before := r.Hart.fast.slab.nBlock
	r.Hart.Run(r.Insns() + 30_000)
	if after := r.Hart.fast.slab.nBlock; after != before {
		t.Errorf("%d blocks were made again", after-before)
	}
	if r.word(diffBase+0x800) != r.X(5)-1 {
		t.Errorf("wrote %d, counted %d", r.word(diffBase+0x800), r.X(5))
	}
}

// TestCacheBound: a program that makes ever new code does not make the cache
// grow beyond its bounds.
func TestCacheBound(t *testing.T) {
	r := newRig(t, true)
	r.code(diffBase, "loop:", "sw s1, 0(s0)", "jalr ra, 0(s0)", "jal zero, loop")
	r.code(diffBase+0x4000, "addi t0, t0, 1", "jalr zero, 0(ra)")
	r.SetX(8, diffBase+0x4000)
	r.SetX(9, addiT0)
	const rounds = maxBlocks + 1000
	r.run(5 * rounds)
	r.wantX(5, rounds)
	if n := r.Hart.fast.slab.nBlock; n > maxBlocks {
		t.Errorf("%d blocks", n)
	}
}
