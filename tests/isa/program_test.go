package isa

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"testing"

	"rv86/cpu/rv64"
)

// A program is a list of fragments that share a scratch area. Each has a block
// of data with the registers it starts with; when it is through it leaves in
// the same place those it ended with. The whole of the data is the output.
//
//	textBase     code
//	dataBase     blocks, one per fragment
//	scratchBase  what loads and stores touch, around scratchMid
const (
	textBase    = 0x100000
	dataBase    = 0x400000
	scratchBase = 0x600000
	scratchSize = 0x2000
	scratchMid  = scratchBase + scratchSize/2
)

// A block: x0..x31 (x0's place is the scratch pointer's, unused), f0..f31, fcsr.
const (
	blockF    = 32 * 8
	blockFcsr = blockF + 32*8
	blockSize = blockFcsr + 8
)

// Registers the generated code must leave alone.
const (
	regSP    = 2  // scratchMid, for the compressed forms with sp
	regS0    = 8  // scratchMid
	regBlock = 26 // the fragment's block
	regCount = 27 // rounds left
	reserved = 1<<0 | 1<<regSP | 1<<regS0 | 1<<regBlock | 1<<regCount
)

// rounds is how often a fragment's body runs, so that the core's cached blocks
// are entered again with other values.
const rounds = 3

// program is what a core is given to run: code, which is entered at its first
// instruction, and memory.
type program struct {
	base   uint64 // of the code
	text   []byte
	memory []segment
	ends   []int // offset in text of the end of each fragment
}

type segment struct {
	va   uint64
	data []byte
}

// builder assembles one program.
type builder struct {
	t    testing.TB
	r    *rand.Rand
	text []byte
}

// asm appends instructions given as text.
func (b *builder) asm(lines ...string) {
	b.t.Helper()
	for _, l := range lines {
		raw, size, err := rv64.Assemble(l)
		if err != nil {
			b.t.Fatalf("assemble %q: %v", l, err)
		}
		b.text = appendInsn(b.text, raw, size)
	}
}

func appendInsn(text []byte, raw uint32, size int) []byte {
	text = binary.LittleEndian.AppendUint16(text, uint16(raw))
	if size == 4 {
		text = binary.LittleEndian.AppendUint16(text, uint16(raw>>16))
	}
	return text
}

// System calls of Linux (asm-generic/unistd.h).
const (
	sysWrite = 64
	sysExit  = 93
)

func newProgram(t testing.TB, seed uint64, fragments, units int) *program {
	b := &builder{t: t, r: rand.New(rand.NewPCG(seed, 1))}
	p := &program{base: textBase}
	var blocks []byte
	b.loadImm("s10", dataBase)
	b.loadImm("sp", scratchMid)
	b.loadImm("s0", scratchMid)
	for range fragments {
		blocks = append(blocks, b.block()...)
		b.fragment(units)
		p.ends = append(p.ends, len(b.text))
	}
	b.write(dataBase, len(blocks))
	b.write(scratchBase, scratchSize)
	b.exit()
	p.text = b.text
	p.memory = []segment{{dataBase, blocks}, {scratchBase, scratch(b.r)}}
	return p
}

// write emits a system call that writes n bytes at va to the standard output.
func (b *builder) write(va uint64, n int) {
	b.asm("addi a0, zero, 1")
	b.loadImm("a1", va)
	b.loadImm("a2", uint64(n))
	b.asm(sprintf("addi a7, zero, %d", sysWrite), "ecall")
}

func (b *builder) exit() {
	b.asm("addi a0, zero, 0", sprintf("addi a7, zero, %d", sysExit), "ecall")
}

// loadImm sets a register to a number below 2^31 - 2^11. ADDI's immediate is
// signed, which LUI's part makes up for.
func (b *builder) loadImm(reg string, v uint64) {
	lower := int64(v<<52) >> 52
	b.asm(sprintf("lui %s, %d", reg, (int64(v)-lower)>>12), sprintf("addi %s, %s, %d", reg, reg, lower))
}

// block is the initial state of a fragment.
func (b *builder) block() []byte {
	var w bytes.Buffer
	put := func(v uint64) { w.Write(binary.LittleEndian.AppendUint64(nil, v)) }
	for range 32 {
		put(nastyInt(b.r))
	}
	for range 32 {
		put(nastyFloat(b.r))
	}
	const modes = 5 // of rounding; the others are reserved
	put(uint64(b.r.IntN(modes)<<5 | b.r.IntN(32)&b.r.IntN(32)))
	return w.Bytes()
}

func scratch(r *rand.Rand) []byte {
	var s []byte
	for len(s) < scratchSize {
		v := nastyInt(r)
		if r.IntN(2) == 0 {
			v = nastyFloat(r)
		}
		s = binary.LittleEndian.AppendUint64(s, v)
	}
	return s
}

func (b *builder) fragment(units int) {
	b.asm(sprintf("ld t0, %d(s10)", blockFcsr), "csrrw zero, fcsr, t0")
	for i := range 32 {
		b.asm(sprintf("fld %s, %d(s10)", fReg(i), blockF+8*i))
	}
	for i := range 32 {
		if reserved>>i&1 == 0 {
			b.asm(sprintf("ld %s, %d(s10)", xReg(i), 8*i))
		}
	}
	b.asm(sprintf("addi s11, zero, %d", rounds))
	top := len(b.text)
	b.body(units)
	// The body may be longer than a branch reaches: jump over a jump.
	b.asm("addi s11, s11, -1", "beq s11, zero, 8", sprintf("jal zero, %d", top-len(b.text)-8))
	for i := 1; i < 32; i++ {
		b.asm(sprintf("sd %s, %d(s10)", xReg(i), 8*i))
	}
	for i := range 32 {
		b.asm(sprintf("fsd %s, %d(s10)", fReg(i), blockF+8*i))
	}
	b.asm("csrrs t0, fcsr, zero", sprintf("sd t0, %d(s10)", blockFcsr), sprintf("addi s10, s10, %d", blockSize))
}

// elf wraps the program as a static executable (ELF-64 object file format,
// version 1.5; RISC-V ELF psABI).
func (p *program) elf() []byte {
	const (
		ehSize, phSize = 64, 56
		page           = 0x1000
		etExec         = 2
		emRISCV        = 243
		efDoubleRVC    = 0x4 | 0x1 // EF_RISCV_FLOAT_ABI_DOUBLE, EF_RISCV_RVC
		ptLoad         = 1
		pfX, pfW, pfR  = 1, 2, 4
	)
	le := binary.LittleEndian
	f := append([]byte("\x7fELF\x02\x01\x01"), make([]byte, 9)...)
	f = le.AppendUint16(f, etExec)
	f = le.AppendUint16(f, emRISCV)
	f = le.AppendUint32(f, 1)
	f = le.AppendUint64(f, p.base)
	f = le.AppendUint64(f, ehSize)
	f = le.AppendUint64(f, 0)
	f = le.AppendUint32(f, efDoubleRVC)
	for _, v := range []uint16{ehSize, phSize, uint16(1 + len(p.memory)), 0, 0, 0} {
		f = le.AppendUint16(f, v)
	}
	var body []byte
	add := func(flags uint32, s segment) {
		off := uint64(page + len(body))
		f = le.AppendUint32(f, ptLoad)
		f = le.AppendUint32(f, flags)
		for _, v := range []uint64{off, s.va, s.va, uint64(len(s.data)), uint64(len(s.data)), page} {
			f = le.AppendUint64(f, v)
		}
		body = append(body, s.data...)
		body = append(body, make([]byte, -len(body)&(page-1))...)
	}
	add(pfR|pfX, segment{p.base, p.text})
	for _, s := range p.memory {
		add(pfR|pfW, s)
	}
	f = append(f, make([]byte, page-len(f))...)
	return append(f, body...)
}
