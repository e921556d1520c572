package rv64

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"rv86/cpu"
	"rv86/mmu/sv39"
)

// The two paths must agree on everything: random programs run on both, with
// the same interrupts at the same instruction counts, and all state is compared.

// Memory of a test machine: 64 pages of RAM. Virtual addresses map to it with
// two aliases, so that code is shared between mappings.
const (
	diffBase  = 0x80000000
	diffPages = 64
	codePages = 2  // code, also read and written
	dataPages = 32 // then data
	handlers  = 40 // page of the trap handlers
	tableBase = diffBase + 48*4096
	ticks     = 16 // instructions per tick of the test's clock

	lowAlias  = 0x10000            // user pages
	highAlias = 0xffffffc000000000 // supervisor pages, by a 2 MiB leaf where RAM is aligned
)

// diffBus is one device: reads give a number that depends on the clock and the
// address, writes raise or lower wires.
type diffBus struct{ h *Hart }

func (b *diffBus) Load(pa uint64, size int) (uint64, bool) {
	if pa>>12 != 0x10000 {
		return 0, false
	}
	return (b.h.Insns()*0x9e3779b9 + pa) & (1<<(8*size-1) - 1), true
}

func (b *diffBus) Store(pa uint64, size int, v uint64) bool {
	if pa>>12 != 0x10000 {
		return false
	}
	b.h.SetIRQ([]uint{irqMSI, irqMTI, irqSEI, irqMEI}[v&3], v&4 != 0)
	return true
}

type diffMachine struct {
	h   *Hart
	ram []byte
}

func newDiffMachine(ram []byte) *diffMachine {
	m := &diffMachine{ram: bytes.Clone(ram)}
	bus := &diffBus{}
	m.h = New(Config{RAM: m.ram, RAMBase: diffBase, Bus: bus, Time: func() uint64 { return m.h.Insns() / ticks }})
	bus.h = m.h
	return m
}

func (m *diffMachine) state(t *testing.T) []byte {
	var w bytes.Buffer
	if err := m.h.WriteState(&w); err != nil {
		t.Fatal(err)
	}
	return w.Bytes()
}

// stepTo is Run on the reference path.
func (m *diffMachine) stepTo(limit uint64) cpu.Stop {
	for m.h.Insns() < limit {
		if s := m.h.Step(); s.Why != cpu.StopBudget {
			return s
		}
	}
	if m.h.stopping {
		return m.h.takeStop()
	}
	return cpu.Stop{}
}

// program fills memory and registers.
type program struct {
	ram []byte
	x   [32]uint64
	f   [32]uint64
	csr map[string]uint64
	pc  uint64
	prv uint8
}

// hotCSRs are those that random CSR instructions use. satp is not among them:
// the reference path caches nothing, so that a program which changes tables
// without SFENCE.VMA may see a difference.
var hotCSRs = []string{
	"fflags", "frm", "fcsr", "sstatus", "sie", "stvec", "scounteren", "sscratch", "sepc", "scause",
	"stval", "sip", "stimecmp", "mstatus", "medeleg", "mideleg", "mie", "mcounteren", "menvcfg",
	"mcountinhibit", "mscratch", "mepc", "mcause", "mtval", "mip", "mcycle", "minstret", "cycle",
	"time", "instret", "hpmcounter5", "mhartid",
}

func randomProgram(r *rand.Rand) *program {
	p := &program{ram: make([]byte, diffPages*4096), csr: map[string]uint64{}}
	for i := codePages * 4096; i < (codePages+dataPages)*4096; i++ {
		p.ram[i] = byte(r.Uint32())
	}
	p.fillCode(r, 0, codePages*4096)
	p.placeHandlers()
	p.buildTables(r)
	for i := 1; i < 32; i++ {
		p.x[i] = p.randomAddress(r)
		if r.IntN(3) == 0 {
			p.x[i] = r.Uint64() >> r.IntN(64)
		}
		p.f[i] = r.Uint64()
	}
	p.prv = []uint8{PrivM, PrivS, PrivU}[r.IntN(3)]
	p.csr["pmpaddr0"] = allBits // PMP: all memory
	p.csr["pmpcfg0"] = pmpNAPOT | pmpR | pmpW | pmpX
	if r.IntN(8) == 0 {
		p.csr["pmpaddr1"] = r.Uint64()&0xffff | diffBase>>2
		p.csr["pmpcfg0"] = uint64(r.Uint32N(256)) | (pmpNAPOT|pmpR|pmpW|pmpX)<<8
		p.csr["pmpaddr0"], p.csr["pmpaddr1"] = p.csr["pmpaddr1"], p.csr["pmpaddr0"]
	}
	if r.IntN(4) != 0 {
		p.csr["satp"] = satpModeSv39<<satpModeShift | tableBase>>12
	}
	p.csr["medeleg"] = r.Uint64()
	p.csr["mideleg"] = r.Uint64()
	p.csr["mie"] = r.Uint64()
	p.csr["mcounteren"] = r.Uint64()
	p.csr["scounteren"] = r.Uint64()
	p.csr["menvcfg"] = r.Uint64()
	p.csr["stimecmp"] = r.Uint64N(500)
	p.csr["mtvec"] = diffBase + handlers*4096
	p.csr["stvec"] = diffBase + handlers*4096 + handlerS
	if r.IntN(4) == 0 { // random code as handlers, and vectored mode
		p.csr["mtvec"] = diffBase + r.Uint64N(codePages*1024)*4 + r.Uint64N(2)
		p.csr["stvec"] = p.codeAddress(r)&^3 + r.Uint64N(2)
	} else {
		p.csr["medeleg"] = []uint64{0, allBits}[r.IntN(2)]
	}
	p.csr["mstatus"] = r.Uint64()&^mstatusTVM | mstatusFS
	p.csr["fcsr"] = r.Uint64() & 0x1f
	p.pc = p.entry(r, p.prv)
	return p
}

// handlerS is where the handler for S lies in its page.
const handlerS = 512

// placeHandlers writes handlers that go on after the instruction that trapped,
// and clear what may interrupt.
func (p *program) placeHandlers() {
	for at, x := range map[int]string{0: "m", handlerS: "s"} {
		for _, line := range []string{
			"csrrw t6, " + x + "scratch, t6", "csrrs t6, " + x + "epc, zero", "addi t6, t6, 4",
			"csrrw zero, " + x + "epc, t6", "csrrwi zero, " + x + "ip, 0", "csrrwi zero, " + x + "ie, 0",
			"csrrw t6, " + x + "scratch, t6", x + "ret",
		} {
			raw, size, err := Assemble(line)
			if err != nil {
				panic(err)
			}
			storeBytes(p.ram[handlers*4096+at:][:size], uint64(raw))
			at += size
		}
	}
}

// buildTables maps the pages at both aliases, the devices, and RAM where it is.
func (p *program) buildTables(r *rand.Rand) {
	put := func(pa uint64, pte uint64) { storeBytes(p.ram[pa-diffBase:][:8], pte) }
	next := uint64(tableBase + 4096)
	table := func(parent, index uint64) uint64 {
		if old := loadBytes(p.ram[parent+index*8-diffBase:][:8]); old != 0 {
			return old >> 10 << 12
		}
		t := next
		next += 4096
		put(parent+index*8, t>>12<<10|sv39.PTEValid)
		return t
	}
	leaf := func(va, pa, flags uint64) {
		l1 := table(tableBase, va>>30&511)
		l0 := table(l1, va>>21&511)
		put(l0+va>>12&511*8, pa>>12<<10|flags|sv39.PTEValid)
	}
	for i := range uint64(codePages + dataPages) {
		flags := uint64(sv39.PTERead | sv39.PTEWrite | sv39.PTEExec)
		if r.IntN(8) == 0 {
			flags = r.Uint64() & (sv39.PTERead | sv39.PTEWrite | sv39.PTEExec | sv39.PTEAccessed | sv39.PTEDirty)
		}
		leaf(lowAlias+i<<12, diffBase+i<<12, flags|sv39.PTEUser)
		leaf(diffBase+i<<12, diffBase+i<<12, flags|r.Uint64()&sv39.PTEGlobal)
	}
	leaf(diffBase+handlers<<12, diffBase+handlers<<12, sv39.PTERead|sv39.PTEExec)
	leaf(0x10000000, 0x10000000, sv39.PTERead|sv39.PTEWrite|sv39.PTEUser)
	// A 2 MiB leaf: RAM starts at such a boundary.
	l1 := table(tableBase, highAlias>>30&511)
	put(l1+highAlias>>21&511*8, diffBase>>12<<10|sv39.PTERead|sv39.PTEWrite|sv39.PTEExec|sv39.PTEValid)
}

// codeAddress is an address of code under one of the mappings; entry is one
// where priv may execute.
func (p *program) codeAddress(r *rand.Rand) uint64 {
	base := []uint64{diffBase, lowAlias, highAlias}[r.IntN(3)]
	return base + r.Uint64N(codePages*2048)*2
}

func (p *program) entry(r *rand.Rand, priv uint8) uint64 {
	base := uint64(diffBase)
	switch {
	case priv == PrivU:
		base = lowAlias
	case priv == PrivS && r.IntN(2) == 0:
		base = highAlias
	}
	return base + r.Uint64N(codePages*2048)*2
}

func (p *program) randomAddress(r *rand.Rand) uint64 {
	switch r.IntN(8) {
	case 0:
		return p.codeAddress(r)
	case 1:
		return 0x10000000 + r.Uint64N(64)*8
	}
	base := []uint64{diffBase, lowAlias, highAlias}[r.IntN(3)]
	a := base + codePages*4096 + r.Uint64N(dataPages*4096)
	if r.IntN(4) != 0 {
		a &^= 7
	}
	return a
}

// fillCode writes random instructions over part of the code.
func (p *program) fillCode(r *rand.Rand, from, to int) {
	for from+4 <= to {
		raw, size := randomInsn(r)
		storeBytes(p.ram[from:][:size], uint64(raw))
		from += size
	}
}

// randomInsn picks any row, or now and then bits without meaning. Branches and
// jumps stay near, immediates of memory accesses small.
func randomInsn(r *rand.Rand) (raw uint32, size int) {
	if r.IntN(200) == 0 {
		raw = r.Uint32()
		if raw&3 == 3 {
			return raw, 4
		}
		return raw & 0xffff, 2
	}
	row := rows[r.IntN(len(rows))]
	// Mode changes and the like are rarer than arithmetic.
	if row.end && r.IntN(3) != 0 {
		row = rows[r.IntN(len(rowsI)+len(rowsM))]
	}
	ops := randomOperands(r, row)
	for _, o := range row.Operands() {
		switch {
		case o.Name == "csr":
			n, _ := CSRNumber(hotCSRs[r.IntN(len(hotCSRs))])
			if r.IntN(30) == 0 {
				n++ // perhaps none
			}
			ops["csr"] = int64(n)
		case o.Name == "imm" && row.end:
			ops["imm"] = max(o.Min, min(o.Max, (r.Int64N(200)-120)*2))
		case o.Name == "imm" && r.IntN(2) == 0:
			v := max(o.Min, min(o.Max, (r.Int64N(64)-32)*8)) &^ (o.Step - 1)
			if v != 0 {
				ops["imm"] = v
			}
		}
	}
	raw, err := row.Encode(ops)
	if err != nil {
		panic(err)
	}
	return raw, int(row.size)
}

func (p *program) load(m *diffMachine) {
	// The order matters: PMP comes first, and menvcfg before stimecmp.
	for _, name := range []string{
		"pmpaddr0", "pmpaddr1", "pmpcfg0", "satp", "medeleg", "mideleg", "mie", "mtvec", "mcounteren",
		"stvec", "scounteren", "menvcfg", "stimecmp", "mstatus", "fcsr",
	} {
		if v, ok := p.csr[name]; ok {
			n, _ := CSRNumber(name)
			m.h.SetCSR(n, v)
		}
	}
	for i := range p.x {
		m.h.SetX(i, p.x[i])
		m.h.SetF(i, p.f[i])
	}
	m.h.SetPC(p.pc)
	m.h.SetPriv(p.prv)
}

// disturb does to a machine what a board or another agent could between runs.
func disturb(r *rand.Rand, m *diffMachine) {
	h := m.h
	satp, _ := CSRNumber("satp")
	var p program
	for range 6 { // programs lose their addresses
		h.SetX(1+r.IntN(31), p.randomAddress(r))
	}
	switch r.IntN(7) {
	case 0, 1:
		h.SetIRQ([]uint{irqMSI, irqMTI, irqSEI, irqMEI}[r.IntN(4)], r.IntN(2) == 0)
	case 2: // DMA, into code as well
		at := r.IntN((codePages+dataPages)*4096 - 64)
		for i := range 64 {
			m.ram[at+i] = byte(r.Uint32())
		}
		raw, size := randomInsn(r)
		storeBytes(m.ram[at&^1:][:size], uint64(raw))
		h.InvalidateCode(diffBase+uint64(at&^1), 65)
	case 3: // a page table entry changes, and its address is flushed
		i := r.Uint64N(codePages + dataPages)
		if r.IntN(2) == 0 {
			i = r.Uint64N(codePages)
		}
		va := uint64(lowAlias) + i<<12
		root := loadBytes(m.ram[tableBase+va>>30&511*8-diffBase:][:8]) >> 10 << 12
		l0 := loadBytes(m.ram[root+va>>21&511*8-diffBase:][:8]) >> 10 << 12
		pa := diffBase + r.Uint64N(codePages+1)<<12
		storeBytes(m.ram[l0+va>>12&511*8-diffBase:][:8], pa>>12<<10|sv39.PTEUser|0xf)
		h.flushPage(va)
	case 4:
		h.SetCSR(satp, []uint64{0, satpModeSv39<<satpModeShift | tableBase>>12, satpModeSv39<<satpModeShift | 1<<satpASIDShift | tableBase>>12}[r.IntN(3)])
	case 5:
		h.SetPC(p.entry(r, h.Priv()))
	case 6:
		h.SetPriv([]uint8{PrivM, PrivS, PrivU}[r.IntN(3)])
		h.SetPC(p.entry(r, h.Priv()))
	}
}

// compareProgram runs one random program and returns what differs, or "".
func compareProgram(t *testing.T, seed uint64, chunks int) string {
	r := rand.New(rand.NewPCG(seed, 0))
	p := randomProgram(r)
	fast, slow := newDiffMachine(p.ram), newDiffMachine(p.ram)
	p.load(fast)
	p.load(slow)
	for chunk := range chunks {
		limit := fast.h.Insns() + 1 + r.Uint64N(300)
		if cmp := fast.h.TimerCompare(); cmp < 1<<40 && cmp*ticks > fast.h.Insns() {
			limit = min(limit, cmp*ticks)
		}
		a, b := fast.h.Run(limit), slow.stepTo(limit)
		if a != b {
			return fmt.Sprintf("chunk %d: fast stops with %v, reference with %v", chunk, a, b)
		}
		if sa, sb := fast.state(t), slow.state(t); !bytes.Equal(sa, sb) {
			return fmt.Sprintf("chunk %d: %s", chunk, stateDiff(sa, sb))
		}
		if !bytes.Equal(fast.ram, slow.ram) {
			return fmt.Sprintf("chunk %d: memory differs", chunk)
		}
		switch a.Why {
		case cpu.StopFault:
			fast.h.SetPC(p.pc)
			slow.h.SetPC(p.pc)
		case cpu.StopIdle:
			fast.h.AdvanceIdle(limit + 100)
			slow.h.AdvanceIdle(limit + 100)
		}
		s1, s2 := r.Uint64(), r.Uint64()
		disturb(rand.New(rand.NewPCG(s1, s2)), fast)
		disturb(rand.New(rand.NewPCG(s1, s2)), slow)
	}
	return ""
}

// stateDiff names the words of two WriteState outputs that differ.
func stateDiff(a, b []byte) string {
	s := ""
	for i := 0; i+8 <= len(a); i += 8 {
		if x, y := loadBytes(a[i:][:8]), loadBytes(b[i:][:8]); x != y {
			name := fmt.Sprintf("word %d", i/8)
			switch {
			case i/8 < 32:
				name = xNames[i/8]
			case i/8 < 64:
				name = fNames[i/8-32]
			case i/8 == 64:
				name = "pc"
			case i/8 == 65:
				name = "insns"
			}
			s += fmt.Sprintf("%s: fast %#x, reference %#x; ", name, x, y)
		}
	}
	return s
}

func TestPathsAgree(t *testing.T) {
	programs := uint64(150)
	if testing.Short() {
		programs = 30
	}
	for seed := range programs {
		if diff := compareProgram(t, seed, 60); diff != "" {
			t.Fatalf("program %d: %s", seed, diff)
		}
	}
}

// FuzzExecute looks for programs on which the paths differ or the host panics.
func FuzzExecute(f *testing.F) {
	f.Add(uint64(1))
	f.Fuzz(func(t *testing.T, seed uint64) {
		if diff := compareProgram(t, seed, 20); diff != "" {
			t.Fatal(diff)
		}
	})
}

// FuzzDecode: no bits may panic the decoder or the printer, and what decodes
// must print as something that assembles to the same instruction.
func FuzzDecode(f *testing.F) {
	for _, r := range rows {
		raw, _ := r.Example()
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw uint32) {
		in := decode(raw)
		text, size := Disassemble(raw)
		if size != int(in.size) {
			t.Fatalf("%#x: sizes %d and %d", raw, size, in.size)
		}
		if in.row == nil {
			return
		}
		back, _, err := Assemble(text)
		if err != nil || findRow(back) != findRow(in.raw) {
			t.Fatalf("%#x prints as %q, which assembles to %#x, %v", raw, text, back, err)
		}
	})
}
