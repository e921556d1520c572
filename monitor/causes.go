package monitor

import (
	"fmt"
	"maps"
	"slices"
)

// Causes of traps by name: RISC-V Priv. spec table 4.2; SDM 3A table 6-1.
var (
	riscvCauses = map[string]int64{
		"insn-misaligned": 0, "insn-access": 1, "illegal": 2, "breakpoint": 3, "load-misaligned": 4, "load-access": 5,
		"store-misaligned": 6, "store-access": 7, "ecall-u": 8, "ecall-s": 9, "ecall-m": 11,
		"insn-page-fault": 12, "load-page-fault": 13, "store-page-fault": 15,
	}
	intelCauses = map[string]int64{
		"divide": 0, "debug": 1, "nmi": 2, "breakpoint": 3, "overflow": 4, "bound": 5, "invalid-opcode": 6, "no-fpu": 7,
		"double-fault": 8, "invalid-tss": 10, "not-present": 11, "stack": 12, "protection": 13, "page-fault": 14,
		"fpu": 16, "alignment": 17, "simd": 19, "syscall": 0x80,
	}
)

func (a *arch) causes() map[string]int64 {
	if a == &riscv {
		return riscvCauses
	}
	return intelCauses
}

// riscvInterrupts are the codes of interrupts (Priv. spec table 4.2).
var riscvInterrupts = map[uint64]string{
	1: "supervisor software", 3: "machine software", 5: "supervisor timer", 7: "machine timer", 9: "supervisor external", 11: "machine external",
}

// trapText says in words which trap was taken.
func (a *arch) trapText(cause uint64, interrupt bool) string {
	switch {
	case interrupt && a == &riscv && riscvInterrupts[cause] != "":
		return riscvInterrupts[cause] + " interrupt"
	case interrupt && a == &riscv:
		return fmt.Sprintf("interrupt %d", cause)
	case interrupt:
		return fmt.Sprintf("interrupt, vector %#x", cause)
	}
	for _, name := range a.causeNames() {
		if a.causes()[name] == int64(cause) {
			return name
		}
	}
	if a == &riscv {
		return fmt.Sprintf("exception %d", cause)
	}
	return fmt.Sprintf("vector %#x", cause)
}

func (a *arch) causeNamed(name string) (int64, bool) {
	n, ok := a.causes()[name]
	return n, ok
}

func (a *arch) causeNames() []string { return slices.Sorted(maps.Keys(a.causes())) }
