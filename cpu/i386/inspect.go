package i386

import "rv86/mmu/ia32"

// Observer is told what the reference path does, before it is done: a trace.
type Observer interface {
	// Instruction: the one at CS:EIP was fetched and is about to run.
	Instruction()
	// Event: a fault, a trap or an interrupt is about to be delivered.
	Event(what string)
}

// Observe sets the observer. Only Step calls it for every instruction.
func (c *CPU) Observe(o Observer) { c.observer = o }

// MaxInsn is the length of the longest instruction (SDM 2A 2.3.11).
const MaxInsn = 15

// InsnAt copies the bytes at CS:eip; code32 says how they are decoded. n is
// smaller than len(b) where the next page is missing. What is not RAM, such as
// a ROM, is read as the fetch reads it, no further than the page of the first
// byte. Nothing else about it has an effect on the guest.
func (c *CPU) InsnAt(eip uint32, b *[MaxInsn]byte) (n int, code32 bool) {
	la := c.seg[CS].base + eip
	for n < len(b) {
		at := la + uint32(n)
		pa, ok := c.peek(at)
		page := pa >> pageShift
		isRAM := int(page) < len(c.romap) && c.romap[page] != pageHole
		if !ok || !isRAM && at>>pageShift != la>>pageShift {
			break
		}
		b[n] = byte(c.physLoad(pa, 1))
		n++
	}
	return n, c.mode.code32()
}

// peek translates without setting accessed bits.
func (c *CPU) peek(la uint32) (pa uint32, ok bool) {
	if c.cr0&CR0PG == 0 {
		return la & c.a20, true
	}
	p, _, ok := ia32.Walk(readOnly{physMem{c}}, ia32.Config{CR3: c.cr3, LargePages: c.cr4&CR4PSE != 0}, la, ia32.Access{})
	return (p.Frame | la&pageMask) & c.a20, ok
}

// readOnly is physical memory that forgets stores.
type readOnly struct{ physMem }

// Store32 implements ia32.Memory.
func (readOnly) Store32(uint32, uint32) {}
