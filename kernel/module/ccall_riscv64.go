package module

import (
	"fmt"
	"strings"

	"rv86/kernel/module/unwind"
	"rv86/kernel/nucleus"
	"rv86/kmod"
)

func (m *machine) Target() *kmod.Machine { return kmod.RISCV64 }

type pteRights = uint64

var rightsPte = [...]pteRights{
	ReadWrite: nucleus.PteR | nucleus.PteW,
	ReadOnly:  nucleus.PteR,
	ReadExec:  nucleus.PteR | nucleus.PteX,
}

// SyncCode makes this hart fetch what was written (FENCE.I, Zifencei).
func (m *machine) SyncCode() { nucleus.FenceI() }

var unwinder = unwind.RISCV64

// link is the return address that a function has not saved yet.
func (c *cCall) link() uint64 { return uint64(c.f.R[nucleus.RegRA]) }

// caller is where the export being called returns to.
func (c *cCall) caller() uint64 { return uint64(c.f.R[nucleus.RegRA]) }

// Registers that carry arguments, a0 to a7 (RISC-V calling convention, psABI
// chapter 2); further arguments lie on the stack.
const argRegs = 8

// begin makes the context of a call of fn.
func (c *cCall) begin(fn uintptr, args []uint64) {
	f := nucleus.NewFrame(fn, c.stack+stackSize, 0)
	f.R[nucleus.RegRA] = uintptr(c.k.base.ReturnStub())
	for i, a := range args {
		f.R[nucleus.RegA0+i] = uintptr(a)
	}
	c.f = f
}

// trap says what the code stopped at.
func (c *cCall) trap() trapKind {
	switch {
	case c.f.Cause&nucleus.CauseInterrupt != 0:
		return trapInterrupt
	case c.f.Cause == nucleus.CauseBreakpoint:
		return trapStub
	}
	return trapFault
}

// stub is the address of the stub that trapped.
func (c *cCall) stub() uint64 { return c.pc() }

// result is what the C function returned.
func (c *cCall) result() uint64 { return uint64(c.f.R[nucleus.RegA0]) }

// giveBack returns from an export.
func (c *cCall) giveBack(r uint64) {
	c.f.R[nucleus.RegA0] = uintptr(r)
	c.f.R[nucleus.RegPC] = c.f.R[nucleus.RegRA]
}

// nextArg reads the next argument of the export being called.
func (c *cCall) nextArg() uint64 {
	i := c.arg
	c.arg++
	if i < argRegs {
		return uint64(c.f.R[nucleus.RegA0+i])
	}
	return c.k.word(uint64(c.f.R[nucleus.RegSP]) + uint64(i-argRegs)*8)
}

// causes words the traps for a report's first line (Linux
// arch/riscv/kernel/traps.c).
var causes = map[uintptr]string{
	nucleus.CauseInsnMisaligned:  "Oops - instruction address misaligned",
	nucleus.CauseInsnAccess:      "Oops - instruction access fault",
	nucleus.CauseIllegal:         "Oops - illegal instruction",
	nucleus.CauseBreakpoint:      "Kernel BUG",
	nucleus.CauseLoadMisaligned:  "Oops - load address misaligned",
	nucleus.CauseLoadAccess:      "Oops - load access fault",
	nucleus.CauseStoreMisaligned: "Oops - store (or AMO) address misaligned",
	nucleus.CauseStoreAccess:     "Oops - store (or AMO) access fault",
	nucleus.CauseECallS:          "Oops - environment call from S-mode",
}

// fault words the trap that the code ran into.
func (c *cCall) fault() *Fault {
	switch c.f.Cause {
	case nucleus.CauseInsnPage, nucleus.CauseLoadPage, nucleus.CauseStorePage:
		f := &Fault{Access: true, Addr: uint64(c.f.Tval)}
		if c.stack-c.f.Tval-1 < nucleus.PageSize { // in the guard page
			f.Die = "Kernel stack overflow"
			f.Detail = []string{fmt.Sprintf("Task stack: [0x%016x..0x%016x]", c.stack, c.stack+stackSize)}
		}
		return f
	}
	if s, ok := causes[c.f.Cause]; ok {
		return &Fault{Die: s}
	}
	return &Fault{Die: fmt.Sprintf("Oops - unknown exception %d", c.f.Cause)}
}

// describe completes a fault with registers, trace and code, in the layout of
// Linux's show_regs.
func (c *cCall) describe(fault *Fault) *Fault {
	f := c.f
	fault.PC = c.pc()
	if !c.k.Code(fault.PC) {
		// In an export, or nowhere: the module's part in it is the caller.
		fault.PC = uint64(f.R[nucleus.RegRA])
	}
	add := func(format string, a ...any) { fault.Regs = append(fault.Regs, fmt.Sprintf(format, a...)) }
	add("epc : %s", c.k.Symbol(uint64(f.R[nucleus.RegPC])))
	add(" ra : %s", c.k.Symbol(uint64(f.R[nucleus.RegRA])))
	var line strings.Builder
	for i, v := range f.R {
		if i == nucleus.RegPC {
			fmt.Fprintf(&line, "epc : %016x", v)
		} else {
			fmt.Fprintf(&line, " %-3s: %016x", strings.TrimSpace(nucleus.RegName(i)), v)
		}
		const perLine = 3
		if i%perLine == perLine-1 || i == len(f.R)-1 {
			add("%s", line.String())
			line.Reset()
		}
	}
	bad := uint64(f.Tval)
	if fault.Access {
		bad = fault.Addr // maybe of an export; then the trap was the call of it
	}
	add("status: %016x badaddr: %016x cause: %016x", f.Status, bad, f.Cause)
	fault.Trace = c.trace()
	fault.Code = c.code(uint64(f.R[nucleus.RegPC]))
	return fault
}

// code shows the halfwords around the faulting instruction, whose first is in
// parentheses, as Linux does (dump_kernel_instr).
func (c *cCall) code(pc uint64) string {
	const half, before, after = 2, 20, 4
	if !c.k.Code(pc) || pc%half != 0 {
		return fmt.Sprintf("Unable to access instruction at 0x%016x.", pc-before)
	}
	// Of the same page, so it is mapped.
	page := pc &^ (nucleus.PageSize - 1)
	var b strings.Builder
	for a := max(pc-before, page); a < min(pc+after, page+nucleus.PageSize); a += half {
		format := " %04x"
		if a == pc {
			format = " (%04x)"
		}
		fmt.Fprintf(&b, format, c.half(a))
	}
	return strings.TrimPrefix(b.String(), " ")
}

func (c *cCall) half(a uint64) uint16 {
	b := c.k.Machine.Slice(a, 2)
	return uint16(b[0]) | uint16(b[1])<<8
}
