package main

import (
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/arch/x86/x86asm"

	"rv86/cpu"
	"rv86/cpu/i386"
)

// i386Steps traces an i386 processor: it is its observer.
type i386Steps struct {
	*i386.CPU
	t    *tracer
	slot uint64 // of the step in progress
	on   bool   // a step is in progress: the core steps by itself, too
}

// step executes one instruction, behind the interrupt that comes before it.
func (p *i386Steps) step(t *tracer) cpu.Stop {
	if p.t == nil {
		p.t = t
		p.Observe(p)
	}
	p.slot, p.on = p.Insns(), true
	defer func() { p.on = false }()
	return p.Step()
}

// line writes a line that begins with privilege level and CS:EIP.
func (p *i386Steps) line(kind, format string, args ...any) {
	cs, base, _ := p.Segment(i386.CS)
	p.t.emit(traceLine{
		slot: p.slot, pc: uint64(base + p.EIP()), kind: kind, mode: strconv.Itoa(p.CPL()),
		text: fmt.Sprintf("%d %04x:%08x  ", p.CPL(), cs, p.EIP()) + fmt.Sprintf(format, args...),
	})
}

// Instruction implements i386.Observer.
func (p *i386Steps) Instruction() {
	if !p.on || !p.t.insn {
		return
	}
	var b [i386.MaxInsn]byte
	n, code32 := p.InsnAt(p.EIP(), &b)
	text, size := disassemble386(b[:n], p.EIP(), code32)
	const usual = 7 // bytes; few instructions are longer
	p.line("insn", "%-*x  %s", 2*usual, b[:size], text)
}

// Event implements i386.Observer.
func (p *i386Steps) Event(what string) {
	if p.on && p.t.trap {
		p.line("trap", "trap: %s", what)
	}
}

// disassemble386 prefers the toolchain's spelling; what it does not know, the
// core may.
func disassemble386(b []byte, pc uint32, code32 bool) (text string, size int) {
	mode := 16
	if code32 {
		mode = 32
	}
	if inst, err := x86asm.Decode(b, mode); err == nil {
		return strings.ToLower(x86asm.IntelSyntax(inst, uint64(pc), nil)), inst.Len
	}
	if text, n, ok := i386.Text(b, pc, code32); ok {
		return text, n
	}
	return "?", min(1, len(b))
}
