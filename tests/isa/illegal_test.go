package isa

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"rv86/cpu"
	"rv86/cpu/rv64"
)

// Which encodings are instructions, and which of those may be executed in which
// mode? A bare-metal program executes candidates one by one and reports the trap
// that each leads to. QEMU's system emulator runs the same.
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
	for _, v := range []uint64{tableBase, uint64(tableBase + 4*len(candidates)), cEbreak * 0x0001_0001_0001_0001, slotBase, bareMid} {
		st = binary.LittleEndian.AppendUint64(st, v)
	}
	for _, c := range candidates {
		table = binary.LittleEndian.AppendUint32(table, c)
	}
	return &program{base: bareBase, text: b.text, memory: []segment{{stateBase, st}, {tableBase, table}}}
}

// harmless says whether a candidate can be tried: it must not hang the
// program, nor change what the handler relies on.
func harmless(c uint32) bool {
	const (
		opBranch, opJAL, opSystem = 0x63, 0x6f, 0x73
		cJ, cBEQZ                 = 0xa001, 0xc001 // with funct3 of c.bnez beside c.beqz
	)
	if c&3 != 3 {
		text, _ := rv64.Disassemble(c)
		// A jump to itself.
		return c&0xffff != cJ && c&0xfc7f != cBEQZ && c&0xfc7f != cBEQZ|0x2000 && text != ""
	}
	switch c & 0x7f {
	case opBranch: // to itself, or into its own middle
		return c&0xfe000f80 != 0 && c&0xfe000f80 != 1<<8
	case opJAL:
		return c>>12 != 0 && c>>12 != 2<<9
	case opSystem:
		const ecall, ebreak, sfence = 0, 1, 9
		funct7 := c >> 25
		return c>>12&7 == 0 && (c>>20 == ecall || c>>20 == ebreak || funct7 == sfence) || c>>12&7 == 4
	}
	return true
}

// candidates are all 16-bit encodings, and 32-bit ones that are instructions
// or nearly so.
func candidates(r *rand.Rand, n int) (cs []uint32) {
	for c := range uint32(1 << 16) {
		if c&3 != 3 && harmless(c) {
			cs = append(cs, cEbreak<<16|c)
		}
	}
	rows := rv64.Rows()
	for range n {
		raw, _ := rows[r.IntN(len(rows))].Example()
		if raw&3 != 3 {
			continue
		}
		switch r.IntN(4) {
		case 0: // anything at all
			raw = r.Uint32() | 3
		case 1: // other operands
			raw ^= r.Uint32() & 0x01ff8f80
		case 2: // one bit off
			raw ^= 1 << (2 + r.IntN(30))
		case 3:
			raw ^= 1<<(2+r.IntN(30)) | 1<<(2+r.IntN(30))
		}
		if raw&3 == 3 && harmless(raw) {
			cs = append(cs, raw)
		}
	}
	return cs
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

// TestIllegalEncodings compares both paths of the core with QEMU, whose
// extensions beyond RV64GC are turned off.
func TestIllegalEncodings(t *testing.T) {
	env := environment{name: "M", mpp: 3}
	compareTraps(t, env, candidates(rand.New(rand.NewPCG(3, 9)), 40000))
}

// TestPrivileges does so for system instructions and accesses to all CSRs in
// several environments.
func TestPrivileges(t *testing.T) {
	const (
		tvm, tw, tsr = 1 << 20, 1 << 21, 1 << 22
		all          = 0x7fffffff - 0x800 // what loadImm can make, and all counters' bits but one
		counters     = 7
	)
	for _, env := range []environment{
		{name: "M", mpp: 3},
		{name: "S", mpp: 1},
		{name: "S counters", mpp: 1, mcounteren: counters, menvcfg63: true},
		{name: "S trapped", mpp: 1, mstatus: tvm | tw | tsr, mcounteren: all},
		{name: "U", mpp: 0, mstatus: tw},
		{name: "U counters", mpp: 0, mstatus: tw, mcounteren: counters, menvcfg63: true},
	} {
		t.Run(env.name, func(t *testing.T) { compareTraps(t, env, systemCandidates(env)) })
	}
}

// systemCandidates are reads of all CSRs, writes of those that cannot be
// written, and the privileged instructions that cannot hang.
func systemCandidates(env environment) (cs []uint32) {
	add := func(text string) uint32 {
		raw, _, err := rv64.Assemble(text)
		if err != nil {
			panic(err)
		}
		cs = append(cs, raw)
		return raw
	}
	for n := range 1 << 12 {
		add(sprintf("csrrs t0, 0x%x, zero", n))
		const readOnly = 3
		if n>>10 == readOnly {
			add(sprintf("csrrw t0, 0x%x, t1", n))
			add(sprintf("csrrsi t0, 0x%x, 0", n))
			add(sprintf("csrrci t0, 0x%x, 1", n))
		}
	}
	for _, text := range []string{"ecall", "ebreak", "c.ebreak", "sfence.vma zero, zero", "sfence.vma t0, t1", "fence.i", "fadd.d fa0, fa1, fa2"} {
		add(text)
	}
	if env.mpp != 3 {
		add("mret")
		const tw = 1 << 21
		if env.mstatus&tw != 0 {
			add("wfi")
		}
	}
	// With TSR or in U mode it is illegal; else it leads to address 0 in U mode.
	add("sret")
	return cs
}

func compareTraps(t *testing.T, env environment, cs []uint32) {
	p := bareProgram(t, env, cs)
	got := runBare(t, p, false)
	compareReports(t, cs, got, runBare(t, p, true), "the reference path")

	qemu, err := exec.LookPath("qemu-system-riscv64")
	if err != nil {
		const advice = "qemu-system-riscv64 not found: install the package qemu-system-misc to compare with it"
		if os.Getenv("CI") == "true" {
			t.Fatal(advice)
		}
		t.Skip(advice)
	}
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
	err = cmd.Wait()
	if !timer.Stop() || err != nil {
		t.Fatalf("qemu-system-riscv64: %v after %d reports of %d", err, out.Len()/reportSize, len(cs))
	}
	compareReports(t, cs, got, out.Bytes(), "QEMU")
}

// allowed are differences in which QEMU 7.2 is not the model.
func allowed(c uint32, got, qemu byte) bool {
	const (
		opAMO, loadAccess, storeAccess = 0x2f, ownReport | 5, ownReport | 7
		opSystem                       = 0x73
		vstimecmp, tinfo               = 0x24d, 0x7a4
		counterMask, firstMissing      = 0x1f, 19
		mhpmcounter, hpmcounter        = 0xb00, 0xc00
	)
	switch c & 0x7f {
	case opAMO: // II 3.1.15: an AMO raises store access faults; QEMU names its load
		return got == storeAccess && qemu == loadAccess
	case opSystem:
		csr := c >> 20
		if csr == vstimecmp || csr == tinfo {
			return true // of the hypervisor extension; of the debug extension
		}
		// QEMU's virt board has 16 of the 29 counters of events.
		bank := csr &^ counterMask
		return (bank == mhpmcounter || bank == hpmcounter) && csr&counterMask >= firstMissing
	}
	return false
}

func compareReports(t *testing.T, cs []uint32, got, want []byte, other string) {
	t.Helper()
	if len(got) != len(cs)*reportSize || len(want) != len(got) {
		t.Fatalf("%d bytes of reports, %s has %d, want %d", len(got), other, len(want), len(cs)*reportSize)
	}
	failures := 0
	for i, c := range cs {
		g, w := got[i*reportSize:][:reportSize], want[i*reportSize:][:reportSize]
		if bytes.Equal(g, w) || allowed(c, g[0], w[0]) {
			continue
		}
		text, _ := rv64.Disassemble(c)
		t.Errorf("%08x (%s): cause %#x mtval %#x, %s has cause %#x mtval %#x", c, text,
			g[0], binary.LittleEndian.Uint32(g[1:]), other, w[0], binary.LittleEndian.Uint32(w[1:]))
		if failures++; failures == 20 {
			t.FailNow()
		}
	}
}
