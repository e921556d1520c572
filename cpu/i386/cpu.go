package i386

import (
	"rv86/cpu"
)

// Register numbers, as ModRM and opcodes encode them.
const (
	EAX = iota
	ECX
	EDX
	EBX
	ESP
	EBP
	ESI
	EDI
	regZero // always 0: the base or index of an address that has none
	numRegs = 16
)

// Segment register numbers.
const (
	ES = iota
	CS
	SS
	DS
	FS
	GS
	numSegs
)

// PortBus is the I/O address space. size is 1, 2 or 4; where nothing answers,
// In returns ones.
type PortBus interface {
	In(port uint16, size int) uint32
	Out(port uint16, size int, v uint32)
}

// Range is a stretch of physical addresses.
type Range struct{ Base, Size uint32 }

// Config places a CPU on a board.
type Config struct {
	RAM   []byte       // flat guest RAM from physical address 0; a multiple of 4 KiB
	Holes []Range      // parts of RAM that Bus answers instead; nil means DefaultHoles
	Bus   cpu.Bus      // everything that is not RAM
	Ports PortBus      // the I/O address space
	Ack   func() uint8 // acknowledges INTR and returns the vector (the 8259's INTA cycle)

	Reference bool // execute on the reference path alone
}

// DefaultHoles is the PC's adapter area: VGA memory, option ROMs and the BIOS.
var DefaultHoles = [...]Range{{0xa_0000, 0x6_0000}}

// CPU is one i686 processor. It implements cpu.Core. Not safe for concurrent
// use.
type CPU struct {
	// What the generated loop touches comes first.
	r      [numRegs]uint32 // the eight general registers and regZero
	fl     lazy            // the arithmetic flags
	eip    uint32
	eflags uint32 // the other flags
	insns  uint64
	attn   bool // something must be looked at before the next instruction
	run    runState

	seg  [numSegs]segment
	gdtr table
	idtr table
	ldtr segment
	tr   segment

	cr0, cr2, cr3, cr4 uint32
	dr                 [8]uint32
	msr                msrs
	tscBase            uint64 // TSC = insns + tscBase

	fpu fpuState
	sse sseState

	cpl    uint8
	mode   modeBits
	a20    uint32 // mask applied to physical addresses
	halted bool
	intr   bool // the INTR line
	nmi    bool // an edge was seen
	inNMI  bool // NMIs are held until IRET
	// shadow says that the last instruction was one after which interrupts
	// and debug traps wait for one more (STI, MOV SS, POP SS).
	shadow bool

	exc  exception // the fault being reported by an instruction
	dbg  debugState
	stop *cpu.Stop

	ram      []byte
	romap    []uint8 // what each physical page below len(ram) is
	bus      cpu.Bus
	ports    PortBus
	ack      func() uint8
	tlbs     [2]tlb             // supervisor, user
	large    [largeRegions]bool // 4 MiB regions of which a TLB may hold a piece of a large page
	code     codeCache
	noFast   bool // run on the reference path alone
	fastHost bool
	nowIns   inst // the reference path's instruction
	observer Observer
	debug    debugHook
}

// New makes a processor in its reset state.
func New(cfg Config) *CPU {
	c := &CPU{ram: cfg.RAM, bus: cfg.Bus, ports: cfg.Ports, ack: cfg.Ack, noFast: cfg.Reference}
	holes := cfg.Holes
	if holes == nil {
		holes = DefaultHoles[:]
	}
	c.romap = make([]uint8, len(c.ram)>>pageShift)
	for _, h := range holes {
		for p := h.Base >> pageShift; p < (h.Base+h.Size)>>pageShift && int(p) < len(c.romap); p++ {
			c.romap[p] = pageHole
		}
	}
	c.code.init(len(c.romap))
	c.a20 = ^uint32(0)
	c.fastHost = littleEndian()
	c.Reset()
	return c
}

// Processor identification: a P6 of family 6.
const (
	signature = 0x0000_0673 // family 6, model 7, stepping 3
	resetEIP  = 0xfff0
	resetBase = 0xffff_0000
)

// Reset puts the processor in the state of SDM 3A table 9-1, as the RESET pin
// does. The instruction count goes on.
func (c *CPU) Reset() {
	c.r = [numRegs]uint32{EDX: signature}
	c.fl.setArith(0)
	c.eflags, c.eip = 0, resetEIP
	for i := range c.seg {
		c.seg[i] = segment{limit: 0xffff, attr: attrRealData}
		c.seg[i].derive()
	}
	c.seg[CS] = segment{sel: 0xf000, base: resetBase, limit: 0xffff, attr: attrRealCode}
	c.seg[CS].derive()
	c.gdtr, c.idtr = table{limit: 0xffff}, table{limit: 0xffff}
	c.ldtr = segment{limit: 0xffff, attr: attrPresent | sysLDT}
	c.tr = segment{limit: 0xffff, attr: attrPresent | sysBusyTSS32}
	c.cr0, c.cr2, c.cr3, c.cr4 = CR0ET|CR0NW|CR0CD, 0, 0, 0
	c.dr = [8]uint32{6: dr6Fixed, 7: dr7Fixed}
	c.msr = msrs{}
	c.tscBase = 0
	c.fpu.reset()
	c.sse.reset()
	c.halted, c.nmi, c.inNMI, c.shadow = false, false, false, false
	c.exc = exception{}
	c.dbg = debugState{}
	c.cpl = 0
	c.modeChanged()
	c.flushTLB(true)
}

// EnterFlat puts the processor where a multiboot loader does: protected mode
// without paging, flat 4 GiB code and data segments, interrupts off. The
// segment registers hold selectors 0x08 and 0x10 of a GDT the guest has yet to
// load.
func (c *CPU) EnterFlat(eip, eax, ebx uint32) {
	c.Reset()
	c.cr0 = CR0PE | CR0ET
	for i := range c.seg {
		c.seg[i] = segment{sel: 0x10, limit: ^uint32(0), attr: attrFlatData}
		c.seg[i].derive()
	}
	c.seg[CS] = segment{sel: 0x08, limit: ^uint32(0), attr: attrFlatCode}
	c.seg[CS].derive()
	c.eip, c.r[EAX], c.r[EBX], c.r[EDX] = eip, eax, ebx, 0
	c.modeChanged()
}

// Reg and SetReg give access to a general register, EAX to EDI.
func (c *CPU) Reg(n int) uint32       { return c.r[n&7] }
func (c *CPU) SetReg(n int, v uint32) { c.r[n&7] = v }

// EIP and SetEIP give access to the instruction pointer, an offset in CS.
func (c *CPU) EIP() uint32     { return c.eip }
func (c *CPU) SetEIP(v uint32) { c.eip = v }

// SetEFLAGS replaces all flags.
func (c *CPU) SetEFLAGS(v uint32) {
	c.setEFLAGS(v, flagsArith|flagsSystem)
	c.modeChanged()
}

// CPL is the current privilege level.
func (c *CPU) CPL() int { return int(c.cpl) }

// CR returns control register 0, 2, 3 or 4.
func (c *CPU) CR(n int) uint32 {
	switch n {
	case 0:
		return c.cr0
	case 2:
		return c.cr2
	case 3:
		return c.cr3
	case 4:
		return c.cr4
	}
	return 0
}

// Segment returns a segment register's selector and the base and limit of its
// hidden part.
func (c *CPU) Segment(n int) (sel uint16, base, limit uint32) {
	s := &c.seg[n%numSegs]
	return s.sel, s.base, s.limit
}

// Insns implements cpu.Core.
func (c *CPU) Insns() uint64 { return c.insns }

// SetINTR drives the maskable interrupt line.
func (c *CPU) SetINTR(level bool) {
	c.intr = level
	c.updateAttention()
}

// RaiseNMI signals a non-maskable interrupt.
func (c *CPU) RaiseNMI() {
	c.nmi = true
	c.updateAttention()
}

// SetA20 drives the A20 gate: off, bit 20 of every physical address is 0.
func (c *CPU) SetA20(on bool) {
	mask := ^uint32(0)
	if !on {
		mask &^= 1 << 20
	}
	if mask != c.a20 {
		c.a20 = mask
		c.flushTLB(true)
		c.updateAttention()
	}
}

// RequestStop implements cpu.Core.
func (c *CPU) RequestStop(s cpu.Stop) {
	c.stop = &s
	c.updateAttention()
}

// updateAttention works out whether the fast path may run on without looking.
func (c *CPU) updateAttention() {
	c.attn = c.debug.breaks || c.eventWaits()
}

// eventWaits says that there is something to look at besides a debugger's wish
// to stop, which must not change the course of the guest.
func (c *CPU) eventWaits() bool {
	return c.stop != nil || c.halted || c.shadow || c.dbg.active ||
		c.eflags&(FlagTF|FlagRF) != 0 ||
		c.intr && c.eflags&FlagIF != 0 ||
		c.nmi && !c.inNMI
}

// Run implements cpu.Core.
func (c *CPU) Run(limit uint64) cpu.Stop {
	for {
		if c.insns >= limit {
			return c.takeStop(cpu.Stop{Why: cpu.StopBudget})
		}
		if s, stopped := c.takeBreak(); stopped {
			return s
		}
		if !c.attn {
			c.runBlocks(limit)
			if !c.attn {
				continue
			}
		}
		if s, stopped := c.attend(); stopped {
			return s
		}
		if c.attn && c.insns < limit && !c.debug.breaks {
			c.advanceOne()
		}
	}
}

// takeBreak ends a run that a debugger asked to end, unless the board asked, too.
func (c *CPU) takeBreak() (cpu.Stop, bool) {
	if !c.debug.breaks || c.stop != nil {
		return cpu.Stop{}, false
	}
	c.debug.breaks = false
	c.updateAttention()
	return cpu.Stop{Why: cpu.StopBreak}, true
}

// Step implements cpu.Core.
func (c *CPU) Step() cpu.Stop {
	if s, stopped := c.takeBreak(); stopped {
		return s
	}
	if s, stopped := c.attend(); stopped {
		return s
	}
	c.advanceOne()
	if s, stopped := c.takeBreak(); stopped {
		return s
	}
	return c.takeStop(cpu.Stop{Why: cpu.StopBudget})
}

// AdvanceIdle implements cpu.Core.
func (c *CPU) AdvanceIdle(n uint64) {
	if n > c.insns {
		c.insns = n
	}
}

// InvalidateCode implements cpu.Core.
func (c *CPU) InvalidateCode(pa, n uint64) {
	if c.debug.hook != nil && c.debug.hook.DMA != nil {
		c.debug.hook.DMA(pa, n)
	}
	if pa < uint64(len(c.ram)) && n != 0 {
		for p := pa &^ pageMask; p < pa+n; p += pageSize {
			c.debug.wrote(uint32(p))
		}
		c.code.invalidate(c, uint32(pa), min(n, uint64(len(c.ram))-pa))
	}
}

// takeStop returns a requested stop if there is one, else s.
func (c *CPU) takeStop(s cpu.Stop) cpu.Stop {
	if c.stop != nil {
		s = *c.stop
		// A shut-down processor stays so until it is reset.
		if s.Why != cpu.StopFault {
			c.stop = nil
			c.updateAttention()
		}
	}
	return s
}

// attend looks at stop requests and interrupts between two instructions, in
// the order of SDM 3A table 6-2: a trap of the previous instruction is already
// delivered, NMI comes before INTR.
func (c *CPU) attend() (cpu.Stop, bool) {
	if c.stop != nil {
		return c.takeStop(cpu.Stop{}), true
	}
	if !c.shadow {
		switch {
		case c.nmi && !c.inNMI:
			c.nmi, c.inNMI, c.halted = false, true, false
			c.deliver(exception{vector: vecNMI})
		case c.intr && c.eflags&FlagIF != 0:
			c.halted = false
			c.deliver(exception{vector: c.acknowledge(), external: true})
		}
		c.updateAttention()
	}
	if c.stop != nil {
		return c.takeStop(cpu.Stop{}), true
	}
	if c.halted {
		return cpu.Stop{Why: cpu.StopIdle}, true
	}
	return cpu.Stop{}, false
}

// spuriousVector is what an INTA cycle reads where no controller answers: the
// bus floats.
const spuriousVector = 0xff

func (c *CPU) acknowledge() uint8 {
	if c.ack == nil {
		return spuriousVector
	}
	return c.ack()
}

// stepOne executes one instruction on the reference path.
func (c *CPU) stepOne() {
	c.shadow = false
	in := &c.nowIns
	rf := c.eflags & FlagRF
	tf := c.eflags & FlagTF
	c.exc.restart = c.eip
	if c.dbg.active && rf == 0 && c.codeBreakpoint() {
		c.fault(vecDB, 0)
		c.endFaulted()
		return
	}
	if !c.fetch(in) {
		c.endFaulted()
		return
	}
	// RF holds off one instruction's breakpoint, then clears (SDM 3B
	// 17.3.1.1), unless that instruction loads it anew (IRET, task switch).
	if rf != 0 {
		c.eflags &^= FlagRF
	}
	if c.observer != nil {
		c.observer.Instruction()
	}
	c.dbg.entered = false
	// Entering a handler clears TF, and with it the step that was due: it comes
	// after the handler's return (SDM 3B 17.3.1.4).
	step := c.execute(in) && tf != 0 && !c.dbg.entered
	if c.debug.hook != nil {
		c.debug.executed(in)
	}
	if step || c.dbg.hit != 0 {
		c.singleStep(step)
	}
	c.updateAttention()
}

// execute runs one decoded instruction at c.eip, on either path. A faulting
// instruction leaves ESP and EIP where they were; its semantics see to the
// rest.
func (c *CPU) execute(in *inst) bool {
	c.insns++
	esp, eip := c.r[ESP], c.eip
	c.exc.restart = eip
	c.exc.keepESP = false
	c.eip = eip + uint32(in.len)
	if in.do(c, in) {
		return true
	}
	if !c.exc.keepESP {
		c.r[ESP], c.eip = esp, eip
	}
	c.deliverFault()
	return false
}

// endFaulted delivers a fault met before an instruction could be executed.
func (c *CPU) endFaulted() {
	c.insns++
	c.deliverFault()
	c.updateAttention()
}
