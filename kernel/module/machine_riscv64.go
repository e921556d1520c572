package module

import (
	"fmt"
	"runtime"
	"strings"
	"sync"

	"rv86/kernel/module/cstring"
	"rv86/kernel/nucleus"
	"rv86/kmod"
	"rv86/kmod/kapi"
)

// kern is the running kernel's modules; Start sets it before any process runs.
var kern *Kernel

// Running gives the running kernel's modules.
func Running() *Kernel { return kern }

// Start sets modules up on the machine this kernel runs on.
func Start() {
	m := &machine{}
	if s := m.window.alloc(stackPages); s != 0 {
		m.stacks = append(m.stacks, s)
	}
	kern = New(Config{Machine: m, Blacklist: blacklist(nucleus.BootArgs())})
	if kern == nil {
		nucleus.Panic("no memory for the module interface")
	}
}

// blacklist reads module_blacklist=a,b from the kernel's command line.
func blacklist(args string) []string {
	for _, word := range strings.Fields(args) {
		if list, ok := strings.CutPrefix(word, "module_blacklist="); ok {
			return strings.Split(list, ",")
		}
	}
	return nil
}

// machine implements Machine on the nucleus.
type machine struct {
	window window

	mu     sync.Mutex
	stacks []uintptr // C stacks that wait for use; at most stacksKept
}

const (
	stackPages = 4 // Linux THREAD_SIZE, 16 KiB
	stackSize  = stackPages * nucleus.PageSize
	stacksKept = 1
)

func (m *machine) Target() *kmod.Machine { return kmod.RISCV64 }

func (m *machine) Map(n uint64) uint64 { return uint64(m.window.alloc(int(n / nucleus.PageSize))) }

func (m *machine) Unmap(va uint64) { m.window.free(uintptr(va)) }

var rightsPte = [...]uint64{
	ReadWrite: nucleus.PteR | nucleus.PteW,
	ReadOnly:  nucleus.PteR,
	ReadExec:  nucleus.PteR | nucleus.PteX,
}

func (m *machine) Protect(va, n uint64, r Rights) {
	m.window.protect(uintptr(va), uintptr(n), rightsPte[r])
}

// Page gives a page at its place in the direct map.
func (m *machine) Page() uint64 {
	pa := nucleus.AllocPageDirty()
	if pa == 0 {
		return 0
	}
	return uint64(pa + nucleus.DirectMap)
}

func (m *machine) FreePage(va uint64) { nucleus.FreePage(uintptr(va) - nucleus.DirectMap) }

func (m *machine) Slice(va, n uint64) []byte { return nucleus.Bytes(uintptr(va), uintptr(n)) }

// SyncCode makes this hart fetch what was written (FENCE.I, Zifencei).
func (m *machine) SyncCode() { nucleus.FenceI() }

func (m *machine) Panic(reason string) { nucleus.Panic(reason) }

func (m *machine) SetModules(text string) { nucleus.SetModules(text) }

// A stub is one ebreak: which one says which export.
const ebreak = 0x00100073

func (m *machine) StubSize() int { return 4 }

func (m *machine) Stub(b []byte) { putWord(b, ebreak) }

// Direct gives the functions of package cstring.
func (m *machine) Direct() map[string]uint64 {
	out := map[string]uint64{}
	for name, addr := range cstring.Funcs() {
		out[name] = uint64(addr)
	}
	return out
}

// KernelSymbol asks Go's own tables.
func (m *machine) KernelSymbol(addr uint64) string {
	f := runtime.FuncForPC(uintptr(addr))
	if f == nil {
		return ""
	}
	name := f.Name()
	return fmt.Sprintf("%s+%#x", name[strings.LastIndexByte(name, '.')+1:], addr-uint64(f.Entry()))
}

func (m *machine) takeStack() uintptr {
	m.mu.Lock()
	if n := len(m.stacks); n > 0 {
		s := m.stacks[n-1]
		m.stacks = m.stacks[:n-1]
		m.mu.Unlock()
		return s
	}
	m.mu.Unlock()
	return m.window.alloc(stackPages)
}

func (m *machine) putStack(s uintptr) {
	m.mu.Lock()
	if len(m.stacks) < stacksKept {
		m.stacks = append(m.stacks, s)
		m.mu.Unlock()
		return
	}
	m.mu.Unlock()
	m.window.free(s)
}

// Registers that carry arguments, a0 to a7 (RISC-V calling convention, psABI
// chapter 2); further arguments lie on the stack.
const argRegs = 8

// cCall is one activation of C code.
type cCall struct {
	k     *Kernel
	f     *nucleus.Frame
	stack uintptr // its lowest address
	arg   int     // how many arguments of the export being called were read
}

// Call implements Machine. The loop is the whole life of a C call: run to the
// next trap; an interrupt only offers the processor to others; an ebreak in
// the stub page is an export, or the end; anything else is a fault.
func (m *machine) Call(k *Kernel, who Caller, fn uint64, args []uint64) (uint64, *Fault) {
	stack := m.takeStack()
	if stack == 0 {
		return 0, &Fault{Title: "No memory for the stack of a module function", PC: fn}
	}
	defer m.putStack(stack)
	f := nucleus.NewFrame(uintptr(fn), stack+stackSize, 0)
	f.R[nucleus.RegRA] = uintptr(k.ReturnStub())
	for i, a := range args {
		f.R[nucleus.RegA0+i] = uintptr(a)
	}
	c := &cCall{k: k, f: f, stack: stack}
	server := k.NewServer(who, c.nextArg, c.trace)
	for {
		nucleus.Run(f)
		pc := uint64(f.R[nucleus.RegPC])
		if f.Cause&nucleus.CauseInterrupt != 0 {
			runtime.Gosched()
			continue
		}
		export := -1
		if f.Cause == nucleus.CauseBreakpoint {
			export = k.Export(pc)
		}
		switch {
		case export == len(kapi.Funcs):
			return uint64(f.R[nucleus.RegA0]), nil
		case export >= 0:
			c.arg = 0
			r, fault := server.Serve(export)
			if fault != nil {
				return 0, c.describe(fault)
			}
			f.R[nucleus.RegA0] = uintptr(r)
			f.R[nucleus.RegPC] = f.R[nucleus.RegRA]
		default:
			fixup, ok := k.Fixup(pc)
			if !ok {
				return 0, c.describe(c.fault())
			}
			f.R[nucleus.RegPC] = uintptr(fixup)
		}
	}
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

// trace lists the code addresses on the stack, innermost first. Without frame
// pointers some may be left over from calls that returned.
func (c *cCall) trace() []uint64 {
	const most = 24
	var out []uint64
	for _, r := range []int{nucleus.RegPC, nucleus.RegRA} {
		if a := uint64(c.f.R[r]); c.k.Code(a) {
			out = append(out, a)
		}
	}
	// Below its stack it has run off it: the whole stack tells how.
	sp := max(c.f.R[nucleus.RegSP]&^7, c.stack)
	for ; sp < c.stack+stackSize && len(out) < most; sp += 8 {
		if a := c.k.word(uint64(sp)); c.k.Code(a) {
			out = append(out, a)
		}
	}
	return out
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
		return &Fault{Title: accessTitle(uint64(c.f.Tval))}
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
	fault.PC = uint64(f.R[nucleus.RegPC])
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
	if fault.Addr != 0 {
		bad = fault.Addr // the export's own; the trap was the call of it
	}
	add("status: %016x badaddr: %016x cause: %016x", f.Status, bad, f.Cause)
	fault.Trace = c.trace()
	fault.Code = c.code(uint64(f.R[nucleus.RegPC]))
	return fault
}

// code shows the halfwords up to the faulting instruction, which is in
// parentheses, as Linux does. Empty if pc is not code.
func (c *cCall) code(pc uint64) string {
	const before = 20
	if !c.k.Code(pc) || pc&1 != 0 {
		return ""
	}
	from := max(pc-before, pc&^(nucleus.PageSize-1)) // of the same page, so it is mapped
	var b strings.Builder
	for a := from; a < pc; a += 2 {
		fmt.Fprintf(&b, "%04x ", c.half(a))
	}
	fmt.Fprintf(&b, "(%04x)", c.half(pc))
	return b.String()
}

func (c *cCall) half(a uint64) uint16 {
	b := c.k.Machine.Slice(a, 2)
	return uint16(b[0]) | uint16(b[1])<<8
}
