package monitor

import "maps"

// The kernel's way from a trap to its Go code is assembly that saves registers and
// changes stacks (kernel/nucleus, vector_*.s). Nobody called it: what is around it
// is what the trap interrupted.

// Functions of that assembly.
const (
	goSVector     = "rv86/kernel/nucleus.svector"
	goVector      = "rv86/kernel/nucleus.vector"
	goForeignTrap = "rv86/kernel/nucleus.foreignTrap"
)

// interrupted is the frame under a trap handler of which the machine has run a
// part, or nothing.
func (m *Monitor) interrupted(f *frame) *frame {
	var g *frame
	if m.arch == &riscv {
		g = m.interruptedHart(f)
	} else {
		g = m.interruptedPC(f)
	}
	if g != nil {
		g.note = "<trap>"
	}
	return g
}

// interruptedHart: sepc says where the trap was taken, and x31 leads to the frame
// that its first instructions fill. They change the stack pointer last.
func (m *Monitor) interruptedHart(f *frame) *frame {
	const (
		modes = 3 // the low bits of stvec (Priv. spec 4.1.2)
		x31   = 31
	)
	entry := m.reg("stvec") &^ modes
	if entry == 0 {
		return nil
	}
	regs := maps.Clone(f.regs)
	if f.pc != entry {
		if f.fn == nil || f.fn.Name != goSVector {
			return nil
		}
		saved, pc, ok := m.savedContext(regs[x31])
		if !ok {
			return nil
		}
		if pc == m.reg("sepc") && saved[m.arch.spDwarf] != regs[m.arch.spDwarf] {
			regs = saved
		}
	}
	return m.newFrame(m.reg("sepc"), regs, false)
}

// interruptedPC: from a program the processor comes on the stack that the TSS
// names, which is the end of the frame to be filled; from the kernel's level it
// pushes on the stack in use.
func (m *Monitor) interruptedPC(f *frame) *frame {
	regs := maps.Clone(f.regs)
	if m.isGate(f.pc) {
		pc, ok := m.pushedPC(f, regs)
		if !ok {
			return nil
		}
		return m.newFrame(pc, regs, false)
	}
	if f.fn != nil && f.fn.Name == goForeignTrap {
		const ebx = 3
		saved, pc, ok := m.savedContext(regs[ebx])
		if !ok {
			return nil
		}
		return m.newFrame(pc, saved, false)
	}
	if top, ok := m.trapStack(); ok {
		size := uint64(len(m.arch.frameRegs) * m.arch.word)
		at := top - size
		pushed := top - uint64(pushedByTrap*m.arch.word)
		if sp := regs[m.arch.spDwarf]; sp >= at && sp <= pushed {
			saved, pc, ok := m.savedContext(at)
			if !ok {
				return nil
			}
			regs[m.arch.spDwarf] = saved[m.arch.spDwarf]
			return m.newFrame(pc, regs, false)
		}
	}
	if f.fn == nil || f.fn.Name != goVector {
		return nil
	}
	// The gate's stub pushed an error code and a number, which the compiler takes
	// for the address to return to.
	cfa, ok := f.CFA()
	if !ok {
		return nil
	}
	pc, err := m.word(cfa + uint64(m.arch.word))
	if err != nil {
		return nil
	}
	regs[m.arch.spDwarf] = cfa + 4*uint64(m.arch.word) // above EIP, CS and EFLAGS
	return m.newFrame(pc, regs, false)
}

// pushedByTrap counts the words that a trap from a program pushes: EIP, CS,
// EFLAGS, ESP and SS (SDM 3A figure 6-4).
const pushedByTrap = 5

// trapStack is where the processor's stack is at a trap from a program.
func (m *Monitor) trapStack() (top uint64, ok bool) {
	const esp0 = 1 // word of the TSS (SDM 3A figure 7-2)
	base, _, err := m.tableRegister("tr")
	if err != nil {
		return 0, false
	}
	top, err = m.word(base + esp0*uint64(m.arch.word))
	return top, err == nil && top != 0
}

// pushedPC reads what the processor pushed, perhaps below an error code, where a
// gate led to (SDM 3A figure 6-4).
func (m *Monitor) pushedPC(f *frame, regs map[int]uint64) (uint64, bool) {
	sp := f.regs[m.arch.spDwarf]
	const selectors = 0xff // the kernel's and programs' are all small
	for range 2 {
		w, err := m.words(sp, 5)
		if err != nil {
			return 0, false
		}
		if cs := w[1]; cs != 0 && cs <= selectors {
			regs[m.arch.spDwarf] = sp + 3*uint64(m.arch.word)
			if cs&3 != 0 { // from ring 3: its stack pointer, too
				regs[m.arch.spDwarf] = w[3]
			}
			regs[m.arch.pcDwarf] = w[0]
			return w[0], true
		}
		sp += uint64(m.arch.word)
	}
	return 0, false
}

// isGate says that some entry of the IDT leads to an address.
func (m *Monitor) isGate(pc uint64) bool {
	base, limit, err := m.tableRegister("idtr")
	if err != nil || limit > maxIDT {
		return false
	}
	b := make([]byte, limit+1)
	if m.Target.ReadVirt(base, b) != nil {
		return false
	}
	for ; len(b) >= 8; b = b[8:] {
		if d := number(b[:8]); d&0xffff|d>>48<<16 == pc && d>>47&1 == 1 {
			return true
		}
	}
	return false
}

// maxIDT is the limit of a table with all 256 entries.
const maxIDT = 0x7ff
