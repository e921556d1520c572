package rv64

import "fmt"

// Cause is an exception code of mcause and scause (II 3.1.15, table 3.6).
type Cause uint8

const (
	CauseInsnMisaligned  Cause = 0
	CauseInsnAccess      Cause = 1
	CauseIllegal         Cause = 2
	CauseBreakpoint      Cause = 3
	CauseLoadMisaligned  Cause = 4
	CauseLoadAccess      Cause = 5
	CauseStoreMisaligned Cause = 6
	CauseStoreAccess     Cause = 7
	CauseECallU          Cause = 8
	CauseECallS          Cause = 9
	CauseECallM          Cause = 11
	CauseInsnPage        Cause = 12
	CauseLoadPage        Cause = 13
	CauseStorePage       Cause = 15
)

var causeNames = map[Cause]string{
	CauseInsnMisaligned:  "instruction address misaligned",
	CauseInsnAccess:      "instruction access fault",
	CauseIllegal:         "illegal instruction",
	CauseBreakpoint:      "breakpoint",
	CauseLoadMisaligned:  "load address misaligned",
	CauseLoadAccess:      "load access fault",
	CauseStoreMisaligned: "store address misaligned",
	CauseStoreAccess:     "store access fault",
	CauseECallU:          "environment call from U mode",
	CauseECallS:          "environment call from S mode",
	CauseECallM:          "environment call from M mode",
	CauseInsnPage:        "instruction page fault",
	CauseLoadPage:        "load page fault",
	CauseStorePage:       "store page fault",
}

func (c Cause) String() string {
	if s, ok := causeNames[c]; ok {
		return s
	}
	return fmt.Sprintf("exception %d", uint8(c))
}

// Interrupt numbers: bits of mip and mie, codes of mcause (II 3.1.9).
const (
	irqSSI = 1
	irqMSI = 3
	irqSTI = 5
	irqMTI = 7
	irqSEI = 9
	irqMEI = 11
)

// irqPriority is the order in which simultaneous interrupts are taken (II 3.1.9).
var irqPriority = [...]uint{irqMEI, irqMSI, irqMTI, irqSEI, irqSSI, irqSTI}

// Privilege modes (II 1.2).
const (
	PrivU = 0
	PrivS = 1
	PrivM = 3
)

// trap is what an instruction raised: 0 for nothing, else its Cause plus one.
// The trap value waits in Hart.tval. A type this small travels in a register.
type trap uint8

const noTrap trap = 0

func (t trap) cause() Cause { return Cause(t - 1) }

// raise makes a trap.
func (h *Hart) raise(c Cause, tval uint64) trap {
	h.tval = tval
	return trap(c) + 1
}

// illegal raises illegal-instruction with the instruction's bits.
func (h *Hart) illegal(in *insn) trap { return h.raise(CauseIllegal, uint64(in.raw)) }
