package isa

import (
	"bytes"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"rv86/cpu"
	"rv86/cpu/rv64"
	"rv86/tests/lab"
)

// The bare-metal program of traps_test.go, and the boards that run it.
//
// A candidate stands in the slot, followed by EBREAKs, and with EBREAKs
// wherever a jump can go; all registers point to a scratch area. So a legal
// instruction ends in a breakpoint or in the trap it asks for.
//
//	0x80000000  code
//	0x80010000  state: next candidate, end of candidates, EBREAKs, slot, scratch
//	0x80300000  EBREAKs: slot at 0x80400000, scratch at 0x80600000
//	0x80800000  candidates, 4 bytes each
const (
	bareBase   = 0x80000000
	stateBase  = bareBase + 0x10000
	fillBase   = bareBase + 0x300000
	slotBase   = bareBase + 0x400000
	bareMid    = bareBase + 0x600000
	fillEnd    = bareBase + 0x610000
	tableBase  = bareBase + 0x800000
	bareSize   = 0x1000000
	stateNext  = 0
	stateEnd   = 8
	stateFill  = 16
	stateSlot  = 24
	stateMid   = 32
	reportSize = 5 // cause, with bit 7 if it is the slot's; mtval of illegal instructions

	// QEMU's virt board.
	uartBase  = 0x10000000
	uartLSR   = 5
	lsrTHRE   = 0x20
	testBase  = 0x100000
	testPass  = 0x5555
	cEbreak   = 0x9002
	causeIll  = 2
	ownReport = 0x80
)

// environment is what candidates run in. The CSRs are written with numbers
// that LUI and ADDI can make.
type environment struct {
	name       string
	mpp        int    // privilege: 0 U, 1 S, 3 M
	mstatus    uint64 // set beside FS
	mcounteren uint64
	menvcfg63  bool // menvcfg.STCE
}

// bareProgram is the program for a table of candidates.
func bareProgram(t testing.TB, env environment, candidates []uint32) *program {
	b := &builder{t: t}
	state := func() {
		b.asm("addi gp, zero, 1", "slli gp, gp, 31", sprintf("lui t0, %d", (stateBase-bareBase)>>12), "add gp, gp, t0")
	}
	state()
	// Fill with EBREAKs.
	b.asm(sprintf("ld t0, %d(gp)", stateFill),
		"addi t1, zero, 1", "slli t1, t1, 31", "addi t2, t1, 0",
		sprintf("lui t3, %d", (fillBase-bareBase)>>12), "add t1, t1, t3",
		sprintf("lui t3, %d", (fillEnd-bareBase)>>12), "add t2, t2, t3",
		"sd t0, 0(t1)", "addi t1, t1, 8", "bne t1, t2, -8")
	b.loadImm("t0", 6<<12|env.mstatus) // FS on
	b.asm("csrrs zero, mstatus, t0")
	b.loadImm("t0", env.mcounteren)
	b.asm("csrrw zero, mcounteren, t0", "csrrw zero, scounteren, t0")
	if env.menvcfg63 {
		b.asm("addi t0, zero, 1", "slli t0, t0, 63", "csrrw zero, menvcfg, t0")
	}
	// PMP: everything to everybody.
	b.asm("addi t0, zero, -1", "csrrw zero, pmpaddr0, t0", sprintf("csrrwi zero, pmpcfg0, %d", pmpNapotRWX))
	vector := len(b.text)
	b.asm("auipc t0, 0", "addi t0, t0, 0", "csrrw zero, mtvec, t0")

	next := len(b.text)
	b.asm(sprintf("ld t0, %d(gp)", stateNext), sprintf("ld t1, %d(gp)", stateEnd))
	done := len(b.text)
	b.asm("beq t0, t1, 0", "lw t2, 0(t0)", "addi t0, t0, 4", sprintf("sd t0, %d(gp)", stateNext),
		sprintf("ld t3, %d(gp)", stateSlot), "sw t2, 0(t3)", "fence.i", "csrrw zero, mepc, t3",
		"addi t0, zero, 3", "slli t0, t0, 11", "csrrc zero, mstatus, t0",
		sprintf("addi t0, zero, %d", env.mpp), "slli t0, t0, 11", "csrrs zero, mstatus, t0",
		sprintf("ld sp, %d(gp)", stateMid))
	for i := 1; i < 32; i++ {
		b.asm(sprintf("addi %s, sp, 0", xReg(i)))
	}
	b.asm("mret")

	// The trap handler, aligned as mtvec demands.
	for len(b.text)%4 != 0 {
		b.asm("c.nop 0")
	}
	handler := len(b.text)
	state()
	b.asm("csrrs t0, mcause, zero", "csrrs t1, mepc, zero", "csrrs t5, mtval, zero",
		sprintf("addi t6, zero, %d", causeIll), "beq t0, t6, 8", "addi t5, zero, 0",
		sprintf("ld t2, %d(gp)", stateSlot), "bne t1, t2, 8", sprintf("ori t0, t0, %d", ownReport),
		sprintf("lui t3, %d", uartBase>>12))
	put := func(reg string) {
		b.asm(sprintf("lbu t4, %d(t3)", uartLSR), sprintf("andi t4, t4, %d", lsrTHRE), "beq t4, zero, -8",
			sprintf("sb %s, 0(t3)", reg))
	}
	put("t0")
	for range reportSize - 1 {
		put("t5")
		b.asm("srli t5, t5, 8")
	}
	b.asm(sprintf("jal zero, %d", next-len(b.text)))
	end := len(b.text)
	b.asm(sprintf("lui t0, %d", testBase>>12), "lui t1, 5", sprintf("addi t1, t1, %d", testPass-5<<12),
		"sw t1, 0(t0)", "jal zero, 0")

	patch := func(at int, line string) {
		c := &builder{t: t}
		c.asm(line)
		copy(b.text[at:], c.text)
	}
	patch(vector+4, sprintf("addi t0, t0, %d", handler-vector))
	patch(done, sprintf("beq t0, t1, %d", end-done))

	var st, table []byte
	for _, v := range []uint64{tableBase, tableBase + 4*uint64(len(candidates)), cEbreak * 0x0001_0001_0001_0001, slotBase, bareMid} {
		st = binary.LittleEndian.AppendUint64(st, v)
	}
	for _, c := range candidates {
		table = binary.LittleEndian.AppendUint32(table, c)
	}
	return &program{base: bareBase, text: b.text, memory: []segment{{stateBase, st}, {tableBase, table}}}
}

// bareBus is the board: a UART that always can send, and the power switch.
type bareBus struct {
	hart *rv64.Hart
	out  bytes.Buffer
}

func (b *bareBus) Load(pa uint64, _ int) (uint64, bool) {
	return lsrTHRE, pa == uartBase+uartLSR
}

func (b *bareBus) Store(pa uint64, _ int, v uint64) bool {
	switch pa {
	case uartBase:
		b.out.WriteByte(byte(v))
		return true
	case testBase:
		b.hart.RequestStop(cpu.Stop{Why: cpu.StopExit})
		return true
	}
	return false
}

func runBare(t *testing.T, p *program, step bool) []byte {
	t.Helper()
	ram := make([]byte, bareSize)
	copy(ram, p.text)
	for _, s := range p.memory {
		copy(ram[s.va-bareBase:], s.data)
	}
	bus := &bareBus{}
	h := rv64.New(rv64.Config{RAM: ram, RAMBase: bareBase, Bus: bus})
	bus.hart = h
	h.Reset(bareBase)
	for h.Insns() < maxInsns {
		var stop cpu.Stop
		if step {
			stop = h.Step()
		} else {
			stop = h.Run(maxInsns)
		}
		switch stop.Why {
		case cpu.StopExit:
			return bus.out.Bytes()
		case cpu.StopBudget, cpu.StopEvent:
		default:
			t.Fatalf("stopped with reason %d at %#x: %s", stop.Why, h.PC(), stop.Detail)
		}
	}
	t.Fatalf("no end within %d instructions, at %#x", maxInsns, h.PC())
	return nil
}

// runBareQEMU runs the program on QEMU's virt board, with the extensions beyond
// RV64GC turned off, and returns what it sent to the UART.
func runBareQEMU(t *testing.T, p *program) []byte {
	t.Helper()
	qemu := lab.Tool(t, "qemu-system-riscv64", "qemu-system-misc")
	file := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(file, p.elf(), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(qemu, "-M", "virt", "-m", "128M", "-bios", "none", "-kernel", file,
		"-cpu", "rv64,h=off,zba=off,zbb=off,zbc=off,zbs=off",
		"-display", "none", "-monitor", "none", "-serial", "stdio")
	var out bytes.Buffer
	cmd.Stdout = &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	const patience = time.Minute
	timer := time.AfterFunc(patience, func() { cmd.Process.Kill() })
	err := cmd.Wait()
	if !timer.Stop() || err != nil {
		t.Fatalf("qemu-system-riscv64: %v after %d reports", err, out.Len()/reportSize)
	}
	return out.Bytes()
}
