package module

import (
	"fmt"
	"strings"

	"rv86/kernel/module/unwind"
	"rv86/kernel/nucleus"
	"rv86/kmod"
)

func (m *machine) Target() *kmod.Machine { return kmod.I386 }

type pteRights = uintptr

// rightsPte: this machine's pages have no execute permission to take away.
var rightsPte = [...]pteRights{ReadWrite: nucleus.PteW, ReadOnly: 0, ReadExec: 0}

// SyncCode has nothing to do: the processor sees what it wrote (SDM 3 11.6).
func (m *machine) SyncCode() {}

// int3Size is how far INT3, which a stub is, leaves EIP behind itself.
const int3Size = 1

var unwinder = unwind.I386

// link: a call leaves the return address on the stack, never in a register.
func (c *cCall) link() uint64 { return 0 }

// caller is where the export being called returns to.
func (c *cCall) caller() uint64 { return c.returnAddress() }

// The System V i386 convention: arguments on the stack in words, the first one
// lowest, above the return address; the stack is aligned to 16 bytes where the
// arguments begin; the result is in EAX, or EDX:EAX.
const (
	argSize    = 4
	stackAlign = 16
)

// begin makes the context of a call of fn.
func (c *cCall) begin(fn uintptr, args []uint64) {
	sp := (c.stack + stackSize - uintptr(len(args))*argSize) &^ (stackAlign - 1)
	for i, a := range args {
		c.put(sp+uintptr(i)*argSize, a)
	}
	sp -= argSize
	c.put(sp, c.k.base.ReturnStub())
	c.f = nucleus.NewFrame(fn, sp, 0)
}

// put writes a word of the stack.
func (c *cCall) put(va uintptr, v uint64) {
	putWord(c.k.Machine.Slice(uint64(va), argSize), v)
}

// trap says what the code stopped at.
func (c *cCall) trap() trapKind {
	const firstInterrupt = 0x20
	switch v := c.f.R[nucleus.RegTrapNo]; {
	case v == nucleus.VecBreakpoint:
		return trapStub
	case v >= firstInterrupt && v != nucleus.VecSyscall:
		return trapInterrupt
	}
	return trapFault
}

// stub is the address of the stub that trapped.
func (c *cCall) stub() uint64 { return c.pc() - int3Size }

// result is what the C function returned.
func (c *cCall) result() uint64 {
	return uint64(c.f.R[nucleus.RegEAX]) | uint64(c.f.R[nucleus.RegEDX])<<32
}

// giveBack returns from an export.
func (c *cCall) giveBack(r uint64) {
	f := c.f
	f.R[nucleus.RegEAX], f.R[nucleus.RegEDX] = uintptr(r), uintptr(r>>32)
	f.R[nucleus.RegPC] = uintptr(c.returnAddress())
	f.R[nucleus.RegSP] += argSize
}

// returnAddress is on top of the stack while a stub traps.
func (c *cCall) returnAddress() uint64 { return c.k.word(uint64(c.f.R[nucleus.RegSP])) }

// nextArg reads the next argument of the export being called.
func (c *cCall) nextArg() uint64 {
	c.arg++
	return c.k.word(uint64(c.f.R[nucleus.RegSP]) + uint64(c.arg)*argSize)
}

// causes words the traps for a report's first line (Linux
// arch/x86/kernel/traps.c).
var causes = map[uintptr]string{
	nucleus.VecDivide:     "divide error",
	nucleus.VecDebug:      "debug",
	nucleus.VecBreakpoint: "int3",
	nucleus.VecOverflow:   "overflow",
	nucleus.VecBound:      "bounds",
	nucleus.VecInvalidOp:  "invalid opcode",
	nucleus.VecNoFPU:      "device not available",
	nucleus.VecInvalidTSS: "invalid TSS",
	nucleus.VecNotPresent: "segment not present",
	nucleus.VecStack:      "stack segment",
	nucleus.VecProtection: "general protection fault",
	nucleus.VecFPU:        "fpu exception",
	nucleus.VecAlignment:  "alignment check",
	nucleus.VecSIMD:       "simd exception",

	// The guard page was hit, and the fault had no stack to go to.
	nucleus.VecDoubleFault: "kernel stack overflow (double-fault)",
}

// fault words the trap that the code ran into.
func (c *cCall) fault() *Fault {
	vec, code := c.f.R[nucleus.RegTrapNo], c.f.R[nucleus.RegErr]
	if vec == nucleus.VecPageFault {
		return &Fault{Access: true, Addr: uint64(c.f.Tval), Detail: pageFault(code), Die: fmt.Sprintf("Oops: %04x", code)}
	}
	if s, ok := causes[vec]; ok {
		return &Fault{Die: fmt.Sprintf("%s: %04x", s, code)}
	}
	return &Fault{Die: fmt.Sprintf("Oops - unknown exception %d", vec)}
}

// Bits of a page fault's error code (SDM 3 4.7).
const (
	errPresent  = 1 << 0
	errWrite    = 1 << 1
	errUser     = 1 << 2
	errReserved = 1 << 3
	errFetch    = 1 << 4
)

// pageFault words an error code (Linux arch/x86/mm/fault.c, show_fault_oops).
func pageFault(code uintptr) []string {
	who, what, why := "supervisor", "read access", "not-present page"
	if code&errUser != 0 {
		who = "user"
	}
	switch {
	case code&errFetch != 0:
		what = "instruction fetch"
	case code&errWrite != 0:
		what = "write access"
	}
	switch {
	case code&errReserved != 0:
		why = "reserved bit violation"
	case code&errPresent != 0:
		why = "permissions violation"
	}
	return []string{
		fmt.Sprintf("#PF: %s %s in kernel mode", who, what),
		fmt.Sprintf("#PF: error_code(0x%04x) - %s", code, why),
	}
}

// reported are the registers of a report, in lines as Linux's __show_regs.
var reported = [...][]struct {
	name string
	reg  int
}{
	{{"EAX", nucleus.RegEAX}, {"EBX", nucleus.RegEBX}, {"ECX", nucleus.RegECX}, {"EDX", nucleus.RegEDX}},
	{{"ESI", nucleus.RegESI}, {"EDI", nucleus.RegEDI}, {"EBP", nucleus.RegEBP}, {"ESP", nucleus.RegSP}},
}

// selectors are those of the next line.
var selectors = [...]struct {
	name string
	reg  int
}{{"DS", nucleus.RegDS}, {"ES", nucleus.RegES}, {"FS", nucleus.RegFS}, {"GS", nucleus.RegGS}, {"SS", nucleus.RegSS}}

// selectorMask: the upper half of what a task switch saves is undefined.
const selectorMask = 0xffff

// flagRF is the resume flag, which the processor sets in what a fault saves: a
// note to itself, and none about the program (SDM 3 17.3.1.1).
const flagRF = 1 << 16

// describe completes a fault with registers, trace and code, in the layout of
// Linux's __show_regs (arch/x86/kernel/process_32.c). The debug registers are
// left out, as there while nobody uses them.
func (c *cCall) describe(fault *Fault) *Fault {
	f := c.f
	fault.PC = c.pc()
	if !c.k.Code(fault.PC) {
		// In an export, or nowhere: the module's part in it is the caller.
		fault.PC = 0
		if frames := c.frames(); len(frames) > 0 {
			fault.PC = frames[0].PC
		}
	}
	add := func(format string, a ...any) { fault.Regs = append(fault.Regs, fmt.Sprintf(format, a...)) }
	at := c.pc()
	if c.trap() == trapStub && c.k.Export(c.stub()) >= 0 {
		at = c.stub()
	}
	add("EIP: %s", c.k.Symbol(at))
	for _, regs := range reported {
		var line strings.Builder
		for i, r := range regs {
			if i > 0 {
				line.WriteByte(' ')
			}
			fmt.Fprintf(&line, "%s: %08x", r.name, f.R[r.reg])
		}
		add("%s", line.String())
	}
	bad := fault.Addr // maybe of an export; then the trap was the call of it
	if vec := f.R[nucleus.RegTrapNo]; vec == nucleus.VecPageFault || vec == nucleus.VecDoubleFault {
		bad = uint64(f.Tval)
	}
	var line strings.Builder
	for _, r := range selectors {
		fmt.Fprintf(&line, "%s: %04x ", r.name, f.R[r.reg]&selectorMask)
	}
	add("%sEFLAGS: %08x", line.String(), f.R[nucleus.RegEFLAGS]&^flagRF)
	cr0, cr3, cr4 := f.Control()
	add("CR0: %08x CR2: %08x CR3: %08x CR4: %08x", cr0, bad, cr3, cr4)
	fault.Trace = c.trace()
	fault.Code = c.code(c.pc())
	return fault
}

// code shows the bytes around the faulting instruction, whose first is in
// brackets, as many as Linux shows (show_opcodes), so that its decodecode finds
// where instructions begin.
func (c *cCall) code(pc uint64) string {
	const before, after = 42, 1 + 21
	if !c.k.Code(pc) {
		return fmt.Sprintf("Unable to access opcode bytes at %#x.", uint32(pc-before))
	}
	// Of the same page, so it is mapped.
	page := pc &^ (nucleus.PageSize - 1)
	from, to := max(pc-before, page), min(pc+after, page+nucleus.PageSize)
	var b strings.Builder
	for i, v := range c.k.Machine.Slice(from, to-from) {
		format := " %02x"
		if from+uint64(i) == pc {
			format = " <%02x>"
		}
		fmt.Fprintf(&b, format, v)
	}
	return strings.TrimPrefix(b.String(), " ")
}
