package monitor

import (
	"fmt"
	"strings"
)

// arch is what the front end knows about a machine.
type arch struct {
	name    string
	word    int
	dwarf   []string // register names by DWARF number
	pc, sp  string
	pcDwarf int // the number under which the unwinder keeps the return address; -1: none
	spDwarf int
	// link is the register that holds the return address when a function is
	// entered; "": it is on the stack.
	link   string
	result []string // registers of a function's result, low part first
	alias  map[string]string
	// frameRegs gives the DWARF number of each word of a saved context, -1 for
	// others, and the index of the PC (kernel/nucleus, frame).
	frameRegs []int
	framePC   int
	// How programs make system calls.
	syscallCause int64
	syscallReg   string
	// rootField is the field of a nucleus.Frame with its address space.
	rootField string
}

// riscv numbers x0 to x31 first, then f0 to f31 (RISC-V DWARF specification,
// table 1).
var riscv = arch{
	name: "riscv64", word: 8, pc: "pc", sp: "sp", link: "ra", pcDwarf: -1, spDwarf: 2,
	dwarf: append(strings.Fields(
		"zero ra sp gp tp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5 a6 a7 s2 s3 s4 s5 s6 s7 s8 s9 s10 s11 t3 t4 t5 t6"),
		strings.Fields("ft0 ft1 ft2 ft3 ft4 ft5 ft6 ft7 fs0 fs1 fa0 fa1 fa2 fa3 fa4 fa5 fa6 fa7 "+
			"fs2 fs3 fs4 fs5 fs6 fs7 fs8 fs9 fs10 fs11 ft8 ft9 ft10 ft11")...),
	result: []string{"a0", "a1"},
	alias:  map[string]string{"fp": "s0"},
	// pc, x1..x31
	frameRegs: countFrom(0, 32), framePC: 0,
	syscallCause: 8, syscallReg: "a7", rootField: "satp",
}

// intel follows the System V i386 psABI, table 2.14.
var intel = arch{
	name: "i386", word: 4, pc: "eip", sp: "esp", pcDwarf: 8, spDwarf: 4,
	dwarf:  strings.Fields("eax ecx edx ebx esp ebp esi edi eip eflags"),
	result: []string{"eax", "edx"},
	alias:  map[string]string{"fp": "ebp"},
	//                gs  fs  es  ds edi esi ebp  - ebx edx ecx eax trap err eip cs flags esp ss
	frameRegs: []int{-1, -1, -1, -1, 7, 6, 5, -1, 3, 2, 1, 0, -1, -1, 8, -1, 9, 4, -1}, framePC: 14,
	syscallCause: 0x80, syscallReg: "eax", rootField: "root",
}

func countFrom(from, n int) (out []int) {
	for i := range n {
		out = append(out, from+i)
	}
	return out
}

func init() {
	for i := range 32 {
		riscv.alias[fmt.Sprintf("x%d", i)] = riscv.dwarf[i]
		riscv.alias[fmt.Sprintf("f%d", i)] = riscv.dwarf[32+i]
	}
}

func archOf(name string) (*arch, error) {
	for _, a := range []*arch{&riscv, &intel} {
		if a.name == name {
			return a, nil
		}
	}
	return nil, fmt.Errorf("the monitor does not know the machine %q", name)
}

// canonical gives the name under which the Target knows a register.
func (a *arch) canonical(name string) string {
	switch name {
	case "pc":
		return a.pc
	case "sp":
		return a.sp
	}
	if c, ok := a.alias[name]; ok {
		return c
	}
	return name
}

// root gives the physical address of the page table that rootField names
// (Priv. spec figure 4.12: satp has the page number in its lower 44 bits).
func (a *arch) root(field uint64) uint64 {
	if a == &riscv {
		return field & (1<<44 - 1) << 12
	}
	return field
}
