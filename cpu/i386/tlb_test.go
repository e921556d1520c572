package i386

import (
	"encoding/binary"
	"testing"
)

// tlbReach is the distance of pages that share a place in the TLB.
const tlbReach = tlbSize << pageShift

// reachMachine runs code with RAM mapped a second time, tlbReach above.
func reachMachine(t *testing.T, code string) *CPU {
	c := sysMachine(t, code)
	binary.LittleEndian.PutUint32(c.ram[sysDir+tlbReach>>22*4:], sysTable|7)
	paged(c)
	return c
}

// Data on a page that shares its place in the TLB with code leave the links
// between blocks alone.
func TestDataKeepsLinks(t *testing.T) {
	// inc eax; mov ecx,[page]; mov [page],edx; jmp back
	c := reachMachine(t, "40 8b0d00084100 891500084100 ebf1")
	c.Run(100)
	gen := c.code.gen
	if c.Run(c.insns + 100); c.code.gen != gen {
		t.Errorf("100 instructions broke the links %d times", c.code.gen-gen)
	}
	if c.r[EAX] != 50 {
		t.Errorf("%d rounds, want 50", c.r[EAX])
	}
}

// Code that pushes code out of the TLB makes both be translated anew, as on
// the reference path: each fetch sets the accessed bit again.
func TestFetchPushesOutFetch(t *testing.T) {
	// jmp to the same page's other mapping, at an offset of 0x10, and back
	c := reachMachine(t, "e90b004000")
	copy(c.ram[sysCode+0x10:], "\xe9\xeb\xff\xbf\xff")
	entry := c.ram[sysTable+sysCode>>pageShift*4:]
	for i := range 6 {
		const accessed = 1 << 5
		c.Run(c.insns + 100)
		if entry[0]&accessed == 0 {
			t.Fatalf("run %d did not walk the tables", i)
		}
		entry[0] &^= accessed
	}
}

// INVLPG breaks the links between blocks if code was fetched through the page.
func TestInvlpgOfCode(t *testing.T) {
	c := reachMachine(t, "40 ebfd") // inc eax; jmp back
	c.Run(100)
	for _, test := range []struct {
		la     uint32
		breaks bool
	}{{sysCode, true}, {sysCode + 0x1000, false}, {sysCode + tlbReach, false}} {
		gen := c.code.gen
		c.flushPage(test.la)
		if breaks := c.code.gen != gen; breaks != test.breaks {
			t.Errorf("page %#x: links broken: %t", test.la, breaks)
		}
		c.Run(c.insns + 100)
	}
}

// INVLPG of any address in a 4 MiB page drops all of its pieces.
func TestInvlpgOfLargePage(t *testing.T) {
	c := reachMachine(t, "40 ebfd")
	const va = 0x0080_0000 // a page directory entry of its own
	pde := c.ram[sysDir+va>>largeShift*4:]
	const flags = 1<<7 | 7 // PS, user, writable, present
	c.cr4 |= CR4PSE
	binary.LittleEndian.PutUint32(pde, flags)
	for _, off := range []uint32{0, 0x5000} {
		if pa, ok := c.translate(va+off, false, supervisor); !ok || pa != off {
			t.Fatalf("%#x is at %#x, %v", va+off, pa, ok)
		}
	}
	binary.LittleEndian.PutUint32(pde, 1<<largeShift|flags)
	if pa, _ := c.translate(va+0x5000, false, supervisor); pa != 0x5000 {
		t.Fatalf("the old translation is gone before INVLPG: %#x", pa)
	}
	c.flushPage(va + 0x1234)
	if pa, _ := c.translate(va+0x5000, false, supervisor); pa != 1<<largeShift+0x5000 {
		t.Errorf("after INVLPG elsewhere in the page: %#x", pa)
	}
}
