package isa

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"rv86/cpu"
	"rv86/cpu/rv64"
	"rv86/tests/lab"
)

// The hart runs a program in U mode with bare addresses. Its RAM begins at 0.
const (
	ramSize    = 0x2000000
	trapVector = 0x1000 // holds a store to trapDevice, which ends Run
	trapDevice = ^uint64(0)

	csrMStatus  = 0x300
	csrMTvec    = 0x305
	csrMEpc     = 0x341
	csrMCause   = 0x342
	csrPMPCfg0  = 0x3a0
	csrPMPAddr0 = 0x3b0

	mstatusFSInitial = 1 << 13
	pmpNapotRWX      = 3<<3 | 7
	causeECallU      = 8
	regA1            = 11
	regA2            = 12
	regA7            = 17

	maxInsns = 200_000_000
)

// runHart executes the program and returns what it writes: on the fast path, or
// by steps if visit is not nil, which is called with the address of each
// instruction. ram is ramSize bytes for its use.
func runHart(p *program, ram []byte, visit func(pc uint64)) ([]byte, error) {
	clear(ram)
	copy(ram[textBase:], p.text)
	for _, s := range p.memory {
		copy(ram[s.va:], s.data)
	}
	stop, _, err := rv64.Assemble("sb zero, -1(zero)")
	if err != nil {
		return nil, err
	}
	copy(ram[trapVector:], appendInsn(nil, stop, 4))

	bus := &stopBus{}
	h := rv64.New(rv64.Config{RAM: ram, Bus: bus})
	bus.hart = h
	h.Reset(textBase)
	h.SetCSR(csrPMPAddr0, ^uint64(0)>>10)
	h.SetCSR(csrPMPCfg0, pmpNapotRWX)
	h.SetCSR(csrMTvec, trapVector)
	h.SetCSR(csrMStatus, mstatusFSInitial)
	h.SetPriv(rv64.PrivU)

	var out bytes.Buffer
	for h.Insns() < maxInsns {
		stop := cpu.Stop{}
		if visit != nil {
			visit(h.PC())
			stop = h.Step()
		} else {
			stop = h.Run(maxInsns)
		}
		if stop.Why == cpu.StopBudget {
			continue
		}
		if stop.Why != cpu.StopExit {
			return nil, fmt.Errorf("stopped with reason %d at %#x: %s", stop.Why, h.PC(), stop.Detail)
		}
		pc, _ := h.CSR(csrMEpc)
		if cause, _ := h.CSR(csrMCause); cause != causeECallU {
			text, _ := rv64.Disassemble(uint32(ram[pc]) | uint32(ram[pc+1])<<8 | uint32(ram[pc+2])<<16 | uint32(ram[pc+3])<<24)
			return nil, fmt.Errorf("trap %d at %#x: %s", cause, pc, text)
		}
		switch h.X(regA7) {
		case sysWrite:
			from := h.X(regA1)
			out.Write(ram[from : from+h.X(regA2)])
		case sysExit:
			return out.Bytes(), nil
		}
		h.SetPC(pc + 4)
		h.SetPriv(rv64.PrivU)
	}
	return nil, fmt.Errorf("no end within %d instructions", maxInsns)
}

// stopBus ends the run at a store to trapDevice.
type stopBus struct{ hart *rv64.Hart }

func (*stopBus) Load(uint64, int) (uint64, bool) { return 0, false }

func (b *stopBus) Store(pa uint64, _ int, _ uint64) bool {
	b.hart.RequestStop(cpu.Stop{Why: cpu.StopExit})
	return pa == trapDevice
}

// qemu finds the user-mode emulator.
func qemu(t testing.TB) string { return lab.Tool(t, "qemu-riscv64", "qemu-user") }

func runQEMU(t testing.TB, qemu string, p *program) []byte {
	t.Helper()
	file := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(file, p.elf(), 0o755); err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	cmd := exec.Command(qemu, file)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("qemu-riscv64: %v %s", err, &stderr)
	}
	return out
}
