package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"rv86/cpu"
	"rv86/cpu/i386"
	"rv86/cpu/rv64"
	"rv86/machine"
	"rv86/machine/bus"
	"rv86/machine/session"
	"rv86/monitor"
)

// traceEvents writes down what the core's hook tells. Except for accesses to
// memory the machine keeps its speed.
type traceEvents struct {
	t      *tracer
	kinds  []string
	hook   cpu.Hook
	ram    []byte
	base   uint64
	access []memAccess // of the instruction in progress
	now    traceWhere
	from   func() string // privilege before the trap that the hook is told of
	behind uint64        // how far the count of slots is ahead within an instruction
}

// memAccess is a load or store whose value is known after the instruction.
type memAccess struct {
	line   traceLine
	pa     uint64
	size   int
	va     uint64
	stores bool
}

// traceWhere tells where a processor is.
type traceWhere func() (pc uint64, mode string)

// wants reports whether a kind is traced. A nil traceEvents traces none.
func (e *traceEvents) wants(kind string) bool { return e != nil && slices.Contains(e.kinds, kind) }

// traceEvents attaches to a machine; nil where nothing needs it.
func (c *runCmd) traceEvents(t *tracer, m *machine.Machine) (*traceEvents, error) {
	e := &traceEvents{t: t, kinds: c.Trace}
	if !slices.ContainsFunc(c.Trace, func(k string) bool { return k != "insn" && k != "trap" }) {
		return nil, nil
	}
	e.ram, e.base = m.RAM()
	var syscall func(cause uint64) (text string, ok bool)
	switch core := m.Core().(type) {
	case *rv64.Hart:
		e.now = func() (uint64, string) { return core.PC(), privNames[core.Priv()&3] }
		syscall = func(cause uint64) (string, bool) { return hartCall(core, cause) }
	case *i386.CPU:
		e.now = func() (uint64, string) { return uint64(core.Current()), strconv.Itoa(core.CPL()) }
		e.from, e.behind = func() string { return strconv.Itoa(core.TrapCPL()) }, 1
		syscall = func(cause uint64) (string, bool) { return pcCall(core, cause) }
	}
	if e.wants("irq") || e.wants("syscall") {
		e.hook.Trap = func(cause uint64, interrupt bool) {
			if interrupt && e.wants("irq") {
				e.line("irq", "interrupt %d", cause)
			}
			if text, ok := syscall(cause); ok && !interrupt && e.wants("syscall") {
				e.line("syscall", "%s", text)
			}
		}
	}
	if e.wants("mmu") {
		e.hook.Root = func() { e.line("mmu", "the root of the page tables was written") }
	}
	if e.wants("mem") {
		e.hook.Watched = func(uint64, uint64) bool { return true }
		e.hook.Access = e.accessed
	}
	if e.wants("device") {
		m.ObserveDevices(func(r *bus.Region, write bool, addr uint64, size int, v uint64) {
			verb := "load"
			if write {
				verb = "store"
			}
			e.line("device", "%s %d at %#x (%s+%#x): %#x", verb, size, addr, r.Name, addr-r.Base, v)
		})
	}
	m.AddHook(&e.hook)
	return e, nil
}

// line writes down what happens now.
func (e *traceEvents) line(kind, format string, args ...any) {
	e.t.emit(e.make(kind, fmt.Sprintf(format, args...)))
}

func (e *traceEvents) make(kind, what string) traceLine {
	pc, mode := e.now()
	slot := e.t.core.Insns()
	if kind != "irq" { // which comes between instructions
		slot -= e.behind
	}
	if e.from != nil && (kind == "irq" || kind == "syscall") {
		mode = e.from()
	}
	return traceLine{
		slot: slot, pc: pc, kind: kind, mode: mode,
		text: fmt.Sprintf("%s %0*x  %s: %s", mode, e.digits(), pc, kind, what),
	}
}

// digits is the width of an address.
func (e *traceEvents) digits() int {
	if _, ok := e.t.core.(*rv64.Hart); ok {
		return 16
	}
	return 8
}

func (e *traceEvents) accessed(va, pa uint64, size int, write bool) {
	e.access = append(e.access, memAccess{e.make("mem", ""), pa, size, va, write})
}

// flush writes down the accesses of the instruction that was executed.
func (e *traceEvents) flush() {
	if e == nil {
		return
	}
	for _, a := range e.access {
		verb, value := "load", ""
		if a.stores {
			verb = "store"
		}
		if off := a.pa - e.base; off < uint64(len(e.ram)) && uint64(a.size) <= uint64(len(e.ram))-off {
			b := slices.Clone(e.ram[off:][:a.size])
			slices.Reverse(b)
			value = fmt.Sprintf(": 0x%x", b)
		}
		a.line.text += fmt.Sprintf("%s %d at %#x (physical %#x)%s", verb, a.size, a.va, a.pa, value)
		e.t.emit(a.line)
	}
	e.access = e.access[:0]
}

// How programs call the kernel: the number's and the arguments' registers.
const (
	regA0      = 10
	regA7      = 17
	callArgs   = 6
	vectorCall = 0x80 // Linux's interrupt for system calls
)

func hartCall(h *rv64.Hart, cause uint64) (string, bool) {
	if cause != uint64(rv64.CauseECallU) {
		return "", false
	}
	var args []string
	for i := range callArgs {
		args = append(args, fmt.Sprintf("%#x", h.X(regA0+i)))
	}
	return fmt.Sprintf("%s(%s)", monitor.SyscallName(session.DefaultArch, h.X(regA7)), strings.Join(args, ", ")), true
}

func pcCall(c *i386.CPU, vector uint64) (string, bool) {
	if vector != vectorCall {
		return "", false
	}
	var args []string
	for _, r := range [...]int{i386.EBX, i386.ECX, i386.EDX, i386.ESI, i386.EDI, i386.EBP} {
		args = append(args, fmt.Sprintf("%#x", c.Reg(r)))
	}
	return fmt.Sprintf("%s(%s)", monitor.SyscallName("i386", uint64(c.Reg(i386.EAX))), strings.Join(args, ", ")), true
}
