package main

import (
	"encoding/binary"
	"fmt"

	"golang.org/x/arch/riscv64/riscv64asm"

	"rv86/cpu"
	"rv86/cpu/rv64"
)

// CSR numbers that a trace looks at (Priv. spec table 2.2 to 2.5).
const (
	csrSTVEC  = 0x105
	csrSEPC   = 0x141
	csrSCAUSE = 0x142
	csrSTVAL  = 0x143
	csrMTVEC  = 0x305
	csrMEPC   = 0x341
	csrMCAUSE = 0x342
	csrMTVAL  = 0x343
)

// tvecMode are the low bits of stvec and mtvec; 1 means vectored interrupts.
const tvecMode = 3

// hartSteps traces a RISC-V hart.
type hartSteps struct{ *rv64.Hart }

// step executes one instruction or takes one trap.
func (h hartSteps) step(t *tracer) cpu.Stop {
	pc, priv, n := h.PC(), h.Priv(), h.Insns()
	raw, fetched := h.InsnAt(pc)
	s := h.Step()
	if s.Why == cpu.StopIdle || s.Why == cpu.StopBreak {
		return s
	}
	trapped := h.entered(t, pc, priv, n)
	if t.insn && fetched && !trapped {
		text, size := disassemble(raw)
		t.emit(traceLine{slot: n, pc: pc, kind: "insn", mode: privNames[priv], text: fmt.Sprintf("%s %016x  %0*x%*s  %s", privNames[priv], pc, 2*size, raw, 8-2*size, "", text)})
	}
	return s
}

var privNames = [4]string{rv64.PrivU: "U", rv64.PrivS: "S", 2: "?", rv64.PrivM: "M"}

// entered reports whether the step at pc ended in a trap handler, and writes
// that down: the handler's mode then has pc as its return address.
func (h hartSteps) entered(t *tracer, pc uint64, priv uint8, n uint64) bool {
	for _, m := range [...]struct {
		priv                   uint8
		tvec, epc, cause, tval uint16
	}{
		{rv64.PrivS, csrSTVEC, csrSEPC, csrSCAUSE, csrSTVAL},
		{rv64.PrivM, csrMTVEC, csrMEPC, csrMCAUSE, csrMTVAL},
	} {
		if h.Priv() != m.priv || h.csr(m.epc) != pc {
			continue
		}
		cause, tvec := h.csr(m.cause), h.csr(m.tvec)
		vector := tvec &^ tvecMode
		if irq := cause << 1 >> 1; cause != irq && tvec&tvecMode == 1 {
			vector += 4 * irq
		}
		if h.PC() != vector {
			continue
		}
		if t.trap {
			t.emit(traceLine{slot: n, pc: pc, kind: "trap", mode: privNames[priv], text: fmt.Sprintf("%s %016x  trap to %s: %s, tval %#x",
				privNames[priv], pc, privNames[m.priv], causeText(cause), h.csr(m.tval))})
		}
		return true
	}
	return false
}

// csr reads a register that every hart has.
func (h hartSteps) csr(num uint16) uint64 {
	v, _ := h.CSR(num)
	return v
}

func causeText(cause uint64) string {
	if irq := cause << 1 >> 1; cause != irq {
		return fmt.Sprintf("interrupt %d", irq)
	}
	return rv64.Cause(cause).String()
}

// disassemble prefers the toolchain's spelling; what it does not know, the core
// may.
func disassemble(raw uint32) (text string, size int) {
	var b [4]byte
	binary.LittleEndian.PutUint32(b[:], raw)
	if inst, err := riscv64asm.Decode(b[:]); err == nil {
		return riscv64asm.GNUSyntax(inst), inst.Len
	}
	return rv64.Disassemble(raw)
}
