package debug

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"

	"rv86/cpu/i386"
	"rv86/cpu/rv64"
	"rv86/machine/debug/point"
	"rv86/mmu"
	"rv86/mmu/ia32"
	"rv86/mmu/sv39"
)

// ramTables gives the cores' walkers the machine's RAM; what they store is lost.
type ramTables struct{ e *Engine }

func (m ramTables) LoadPTE(pa uint64) (uint64, bool)  { return m.e.entry64(pa) }
func (m ramTables) StorePTE(uint64, uint64) (ok bool) { return true }
func (m ramTables) Store32(uint32, uint32)            {}
func (m ramTables) Load32(pa uint32) (entry uint32) {
	entry, ok := m.e.entry32(uint64(pa))
	if !ok {
		return ^uint32(0)
	}
	return entry
}

var accessBytes = map[mmu.Access]byte{mmu.Load: 'r', mmu.Store: 'w', mmu.Fetch: 'x'}

// TestWalkSv39 compares the explained walk with the hart's on tables of random
// entries, most of which are nearly right.
func TestWalkSv39(t *testing.T) {
	e, _ := newHart(t)
	h := e.arch.(*hart)
	rnd := rand.New(rand.NewPCG(5, 6))
	const tables = 4 // pages at the start of RAM
	faults := map[string]int{}
	for range 20_000 {
		for i := range uint64(tables) {
			for _, at := range []uint64{0, 8, 4088} {
				pte := rnd.Uint64N(1<<8) | (rvBase>>12+rnd.Uint64N(tables))<<10
				if rnd.IntN(20) == 0 {
					pte |= 1 << (54 + rnd.IntN(10))
				}
				binary.LittleEndian.PutUint64(e.ram[i*pageSize+at:], pte)
			}
		}
		h.SetCSR(csrSATP, satpSv39<<satpModeShift|rvBase>>12)
		h.SetCSR(csrMStatus, rnd.Uint64()&(statusSUM|statusMXR))
		h.SetPriv([]uint8{rv64.PrivU, rv64.PrivS}[rnd.IntN(2)])
		status := h.csr(csrMStatus)
		index := func() uint64 { return []uint64{0, 1, 511}[rnd.IntN(3)] }
		va := uint64(int64((index()<<30|index()<<21|index()<<12|rnd.Uint64N(4096))<<25) >> 25)
		if rnd.IntN(50) == 0 {
			va ^= 1 << 45
		}
		for access, letter := range accessBytes {
			mode := sv39.Mode{User: h.Priv() == rv64.PrivU, SUM: status&statusSUM != 0, MXR: status&statusMXR != 0}
			leaf, fault := sv39.Walk(ramTables{e}, h.root(), va, access, mode)
			w := e.Walk(va, letter)
			if w.OK != (fault == mmu.NoFault) || w.OK && w.PA != leaf.PA || w.Why == "" {
				t.Fatalf("%#x %c: %+v; the hart says %#x, %v", va, letter, w, leaf.PA, fault)
			}
			faults[w.Why]++
			if pa, ok := h.peekIn(e, rvBase, va); w.OK && (!ok || pa != w.PA) {
				t.Fatalf("%#x is at %#x; without a look at rights at %#x, %v", va, w.PA, pa, ok)
			}
		}
	}
	if len(faults) < 12 {
		t.Errorf("only %d outcomes were seen: %v", len(faults), faults)
	}
}

// TestWalkIA32 is the same for the PC.
func TestWalkIA32(t *testing.T) {
	e, _ := newPC(t)
	p := e.arch.(*pc)
	rnd := rand.New(rand.NewPCG(7, 8))
	const first, tables = 0x200000, 3
	p.EnterFlat(0, 0, 0)
	p.SetCR(3, first)
	ok := 0
	for range 20_000 {
		for i := range uint32(tables) {
			for _, at := range []uint32{0, 4, 4092} {
				entry := rnd.Uint32N(1<<9) | (first + rnd.Uint32N(tables)<<12)
				if rnd.IntN(3) > 0 {
					entry |= ia32.PTEPresent
				}
				binary.LittleEndian.PutUint32(e.ram[first+i*pageSize+at:], entry)
			}
		}
		p.SetCR(4, rnd.Uint32()&i386.CR4PSE)
		p.SetCR(0, i386.CR0PE|i386.CR0PG|rnd.Uint32()&i386.CR0WP)
		index := func() uint32 { return []uint32{0, 1, 1023}[rnd.IntN(3)] }
		la := index()<<22 | index()<<12 | rnd.Uint32N(4096)
		for _, write := range []bool{false, true} {
			cfg := ia32.Config{CR3: p.CR(3), WriteProtect: p.CR(0)&i386.CR0WP != 0, LargePages: p.CR(4)&i386.CR4PSE != 0}
			page, _, good := ia32.Walk(ramTables{e}, cfg, la, ia32.Access{Write: write})
			letter := byte('r')
			if write {
				letter = 'w'
			}
			w := e.Walk(uint64(la), letter)
			if w.OK != good || good && w.PA != uint64(page.Frame|la&ia32.PageMask) || w.Why == "" {
				t.Fatalf("%#x %c: %+v; the processor says %#x, %v", la, letter, w, page.Frame, good)
			}
			if good {
				ok++
			}
		}
		here, mapped := p.peek(uint64(la))
		p.SetCR(3, 0)
		if pa, found := p.peekIn(e, first, uint64(la)); found != mapped || mapped && pa != here {
			t.Fatalf("%#x is at %#x, %v; from outside %#x, %v", la, here, mapped, pa, found)
		}
		p.SetCR(3, first)
	}
	if ok < 1000 {
		t.Errorf("only %d walks succeeded", ok)
	}
}

// TestMappings: the pages that are listed are those that a walk finds.
func TestMappings(t *testing.T) {
	e, _ := newHart(t)
	h := e.arch.(*hart)
	clear(e.ram[:3*pageSize])
	put := func(at, pte uint64) { binary.LittleEndian.PutUint64(e.ram[at:], pte) }
	const page0 = rvBase >> 12
	put(0, (page0+1)<<10|sv39.PTEValid)                                         // 0: a table
	put(511*8, (page0&^(1<<18-1))<<10|sv39.PTEValid|sv39.PTERead|sv39.PTEExec)  // the last GiB
	put(pageSize, (page0+2)<<10|sv39.PTEValid)                                  // its first 2 MiB: a table
	put(2*pageSize+3*8, (page0+9)<<10|sv39.PTEValid|sv39.PTERead|sv39.PTEWrite) // two pages in a row
	put(2*pageSize+4*8, (page0+10)<<10|sv39.PTEValid|sv39.PTERead|sv39.PTEWrite)
	put(2*pageSize+5*8, (page0+11)<<10|sv39.PTEValid|sv39.PTERead|sv39.PTEUser)
	h.SetCSR(csrSATP, satpSv39<<satpModeShift|page0)
	h.SetPriv(rv64.PrivS)
	var got []point.Mapping
	e.Mappings(func(m point.Mapping) bool { got = append(got, m); return true })
	want := []point.Mapping{
		{VA: 0x3000, PA: rvBase + 0x9000, Size: 0x2000, Perm: "rw-----"},
		{VA: 0x5000, PA: rvBase + 0xb000, Size: 0x1000, Perm: "r--u---"},
		{VA: 0xffffffffc0000000, PA: rvBase, Size: 1 << 30, Perm: "r-x----"},
	}
	if len(got) != len(want) {
		t.Fatalf("%+v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%+v; want %+v", got[i], want[i])
		}
	}
}
