package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"slices"

	"golang.org/x/arch/riscv64/riscv64asm"

	"rv86/cpu"
	"rv86/cpu/rv64"
	"rv86/machine"
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

// tracer runs a hart one step at a time and writes down what it does. It takes
// the place of Core.Run and gives the same course.
type tracer struct {
	hart       *rv64.Hart
	insn, trap bool
	w          *bufio.Writer
	file       *os.File // nil for stderr
}

// openTrace returns nil where nothing is to be traced.
func (c *runCmd) openTrace(v *machine.Virt, stderr io.Writer) (*tracer, error) {
	if len(c.Trace) == 0 {
		if c.TraceOut != "" {
			return nil, fmt.Errorf("--trace-out %s: say what to trace with --trace", c.TraceOut)
		}
		return nil, nil
	}
	t := &tracer{
		hart: v.Hart(),
		insn: slices.Contains(c.Trace, "insn"),
		trap: slices.Contains(c.Trace, "trap"),
		w:    bufio.NewWriter(stderr),
	}
	if c.TraceOut != "" {
		f, err := os.Create(c.TraceOut)
		if err != nil {
			return nil, fmt.Errorf("--trace-out: %w", err)
		}
		t.file, t.w = f, bufio.NewWriter(f)
	}
	return t, nil
}

// close writes what is left. A nil tracer is closed already.
func (t *tracer) close() error {
	if t == nil {
		return nil
	}
	err := t.w.Flush()
	if t.file != nil {
		if e := t.file.Close(); err == nil {
			err = e
		}
	}
	return err
}

// run implements machine.RunConfig.Observe.
func (t *tracer) run(limit uint64) cpu.Stop {
	for t.hart.Insns() < limit {
		pc, priv, n := t.hart.PC(), t.hart.Priv(), t.hart.Insns()
		raw, fetched := t.hart.InsnAt(pc)
		s := t.hart.Step()
		if s.Why == cpu.StopIdle {
			return s
		}
		trapped := t.entered(pc, priv, n)
		if t.insn && fetched && !trapped {
			text, size := disassemble(raw)
			fmt.Fprintf(t.w, "%12d %s %016x  %0*x%*s  %s\n", n, privNames[priv], pc, 2*size, raw, 8-2*size, "", text)
		}
		if s.Why != cpu.StopBudget {
			return s
		}
	}
	return cpu.Stop{}
}

var privNames = [4]string{rv64.PrivU: "U", rv64.PrivS: "S", 2: "?", rv64.PrivM: "M"}

// entered reports whether the step at pc ended in a trap handler, and writes
// that down: the handler's mode then has pc as its return address.
func (t *tracer) entered(pc uint64, priv uint8, n uint64) bool {
	for _, m := range [...]struct {
		priv                   uint8
		tvec, epc, cause, tval uint16
	}{
		{rv64.PrivS, csrSTVEC, csrSEPC, csrSCAUSE, csrSTVAL},
		{rv64.PrivM, csrMTVEC, csrMEPC, csrMCAUSE, csrMTVAL},
	} {
		h := t.hart
		if h.Priv() != m.priv || t.csr(m.epc) != pc {
			continue
		}
		cause, tvec := t.csr(m.cause), t.csr(m.tvec)
		vector := tvec &^ tvecMode
		if irq := cause << 1 >> 1; cause != irq && tvec&tvecMode == 1 {
			vector += 4 * irq
		}
		if h.PC() != vector {
			continue
		}
		if t.trap {
			fmt.Fprintf(t.w, "%12d %s %016x  trap to %s: %s, tval %#x\n",
				n, privNames[priv], pc, privNames[m.priv], causeText(cause), t.csr(m.tval))
		}
		return true
	}
	return false
}

// csr reads a register that every hart has.
func (t *tracer) csr(num uint16) uint64 {
	v, _ := t.hart.CSR(num)
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
