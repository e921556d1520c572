package isa

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"

	"rv86/cpu/rv64"
)

// Which encodings are instructions, and which of those may be executed in which
// mode? A bare-metal program executes candidates one by one and reports the trap
// that each leads to. QEMU's system emulator runs the same.

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
	// Jumps through registers lead into the scratch area, so they come before
	// anything is stored there.
	slices.SortStableFunc(cs, func(a, b uint32) int { return jumpsIndirect(b) - jumpsIndirect(a) })
	return cs
}

// jumpsIndirect is 1 for JALR, C.JR and C.JALR, else 0.
func jumpsIndirect(c uint32) int {
	const opJALR, maskCJR, cJR = 0x67, 0xe07f, 0x8002
	if c&0x7f == opJALR || c&maskCJR == cJR {
		return 1
	}
	return 0
}

// TestIllegalEncodings is about 16- and 32-bit encodings in M mode.
func TestIllegalEncodings(t *testing.T) {
	env := environment{name: "M", mpp: 3}
	compareTraps(t, env, candidates(rand.New(rand.NewPCG(3, 9)), 40000))
}

// TestPrivileges is about system instructions and accesses to all CSRs in
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

// compareTraps runs candidates on both paths of the core and on QEMU.
func compareTraps(t *testing.T, env environment, cs []uint32) {
	t.Helper()
	p := bareProgram(t, env, cs)
	got := runBare(t, p, false)
	compareReports(t, cs, got, runBare(t, p, true), "the reference path")
	compareReports(t, cs, got, runBareQEMU(t, p), "QEMU")
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
