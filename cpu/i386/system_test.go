package i386

import (
	"encoding/binary"
	"encoding/hex"
	"strings"
	"testing"

	"rv86/cpu"
)

// Privileged behaviour. The machine has a descriptor table with a segment of
// each kind that the tests need, and handlers that halt, so that the vector
// can be told from where it stopped.

const (
	sysIDT      = 0x1000
	sysGDT      = 0x2000
	sysTSS      = 0x3000
	sysTSS2     = 0x3800
	sysDir      = 0x4000
	sysTable    = 0x5000
	sysHandlers = 0x6000 // sixteen bytes a vector
	sysStack0   = 0xa000
	sysStack    = 0xc000
	sysCode     = 0x1_0000
	sysUnmapped = 0x8_0000 // not present once paging is on
	sysReadOnly = 0x8_1000
	sysSuper    = 0x8_2000 // supervisor only

	selCode0    = 0x08
	selData0    = 0x10
	selCode3    = 0x1b
	selData3    = 0x23
	selAbsent   = 0x28
	selDown     = 0x30 // expand-down: offsets 0x1000 and up
	selSmall    = 0x38 // data, limit 0xff
	selReadOnly = 0x40
	selTSS      = 0x48
	selTSS2     = 0x50
	selGate     = 0x58 // call gate, DPL 3, two parameters, to level 0
	selTaskGate = 0x60
	selConform  = 0x68
	selTSSGate2 = 0x70
)

// sysMachine is in protected mode at level 0 with code at sysCode. code is hex.
func sysMachine(t testing.TB, code string) *CPU {
	t.Helper()
	c := New(Config{RAM: make([]byte, 2<<20), Holes: []Range{}, Ports: &pathPorts{}})
	c.ack = func() uint8 { c.SetINTR(false); return 0x40 }
	c.EnterFlat(sysCode, 0, 0)
	le := binary.LittleEndian
	for sel, d := range map[int]uint64{
		selCode0: 0x00cf_9b00_0000_ffff, selData0: 0x00cf_9300_0000_ffff,
		selCode3 &^ 3: 0x00cf_fb00_0000_ffff, selData3 &^ 3: 0x00cf_f300_0000_ffff,
		selAbsent: 0x00cf_1300_0000_ffff, selDown: 0x0040_9700_0000_0fff, selSmall: 0x0040_9300_0000_00ff,
		selReadOnly: 0x00cf_9100_0000_ffff, selTSS: 0x0000_8b00_3000_0069, selTSS2: 0x0000_8900_3800_0067,
		selGate: 0x0001_ec02_0008_0100, selTaskGate: 0x0000_e500_0050_0000, selConform: 0x00cf_9f00_0000_ffff,
	} {
		le.PutUint64(c.ram[sysGDT+sel:], d)
	}
	c.gdtr = table{sysGDT, 0x7f}
	for v := range 256 {
		to := uint32(sysHandlers + 16*v)
		le.PutUint32(c.ram[sysIDT+8*v:], selCode0<<16|to&0xffff)
		dpl := uint32(0)
		if v == vecBP || v == vecOF || v == 0x80 {
			dpl = 3
		}
		le.PutUint32(c.ram[sysIDT+8*v+4:], to&0xffff_0000|0x8e00|dpl<<13)
		c.ram[to] = 0xf4
	}
	c.idtr = table{sysIDT, 0x7ff}
	le.PutUint32(c.ram[sysTSS+tss32Stack0:], sysStack0)
	le.PutUint16(c.ram[sysTSS+tss32Stack0+4:], selData0)
	le.PutUint16(c.ram[sysTSS+tss32IOMap:], 0x68)
	c.ram[sysTSS+0x68] = 0xfe // port 0 is open, ports 1 to 7 are not
	c.tr = segment{sel: selTSS, base: sysTSS, limit: 0x69, attr: attrPresent | sysBusyTSS32}
	for i := range 512 {
		le.PutUint32(c.ram[sysTable+4*i:], uint32(i)<<pageShift|7)
	}
	le.PutUint32(c.ram[sysTable+sysUnmapped>>pageShift*4:], 0)
	le.PutUint32(c.ram[sysTable+sysReadOnly>>pageShift*4:], sysReadOnly|5)
	le.PutUint32(c.ram[sysTable+sysSuper>>pageShift*4:], sysSuper|3)
	le.PutUint32(c.ram[sysDir:], sysTable|7)
	c.cr3 = sysDir
	c.cr4 |= CR4OSFXSR | CR4OSXMMEXCPT
	c.cr0 |= CR0NE
	c.fpu.init()
	c.r[ESP] = sysStack
	b, err := hex.DecodeString(strings.ReplaceAll(code, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	copy(c.ram[sysCode:], b)
	return c
}

func paged(c *CPU)  { c.setCR0(c.cr0 | CR0PG | CR0WP) }
func level3(c *CPU) { c.enterLevel3() }

func (c *CPU) enterLevel3() {
	for n, sel := range [...]uint16{selData3, selCode3, selData3, selData3, selData3, selData3} {
		c.seg[n].sel = sel
		c.seg[n].attr |= attrDPL
		c.seg[n].derive()
	}
	c.cpl = 3
	c.modeChanged()
}

func (c *CPU) word(la uint32) uint32 { return binary.LittleEndian.Uint32(c.ram[la:]) }

// untilHalt runs and returns the vector of the handler that halted.
func untilHalt(t *testing.T, c *CPU) int {
	t.Helper()
	if s := c.Run(c.insns + 10_000); s.Why != cpu.StopIdle {
		t.Fatalf("stopped with %+v at %04x:%08x", s, c.seg[CS].sel, c.eip)
	}
	return int(c.eip-1-sysHandlers) / 16
}

func TestFaults(t *testing.T) {
	const noCode = -1
	for _, x := range []struct {
		name, code string
		setup      []func(*CPU)
		vector     int
		errorCode  int
		eip        uint32 // saved, as an offset in the code
	}{
		{"divide by zero", "31c9 f7f1", nil, vecDE, noCode, 2},
		{"quotient overflow", "31c0 83ca ff b901000000 f7f1", nil, vecDE, noCode, 10},
		{"ud2", "90 0f0b", nil, vecUD, noCode, 1},
		{"int3 is a trap", "90 cc", nil, vecBP, noCode, 2},
		{"into", "b07f 04 7f ce", nil, vecOF, noCode, 5},
		{"bound", "6205 00000100", nil, vecBR, noCode, 0},
		{"LOCK on a register", "f001c0", nil, vecUD, noCode, 0},
		{"sixteen bytes", strings.Repeat("3e", 15) + "90", nil, vecGP, 0, 0},
		{"selector beyond the table", "66b87b00 8ed8", nil, vecGP, 0x78, 4},
		{"null SS", "31c0 8ed0", nil, vecGP, 0, 2},
		{"absent segment", "66b82800 8ed8", nil, vecNP, 0x28, 4},
		{"absent stack", "66b82800 8ed0", nil, vecSS, 0x28, 4},
		{"code as data to write", "66b80800 8ed8 a300000000", nil, vecGP, 0, 6},
		{"read-only segment", "66b84000 8ed8 a3 00b00000", nil, vecGP, 0, 6},
		{"limit", "66b83800 8ed8 a1 fd000000", nil, vecGP, 0, 6},
		{"limit, last byte", "66b83800 8ed8 a1 fc000000 0f0b", nil, vecUD, noCode, 11},
		{"expand-down, below", "66b83000 8ed8 a1 fe0f0000", nil, vecGP, 0, 6},
		{"expand-down, above", "66b83000 8ed8 a1 00100000 0f0b", nil, vecUD, noCode, 11},
		{"null DS", "31c0 8ed8 a100000000", nil, vecGP, 0, 4},
		{"call to level 0", "9a 00000000 0800", []func(*CPU){level3}, vecGP, 0x08, 0},
		{"hlt at level 3", "f4", []func(*CPU){level3}, vecGP, 0, 0},
		{"cli at level 3", "fa", []func(*CPU){level3}, vecGP, 0, 0},
		{"mov cr at level 3", "0f20c0", []func(*CPU){level3}, vecGP, 0, 0},
		{"open port", "e400 0f0b", []func(*CPU){level3}, vecUD, noCode, 2},
		{"closed port", "e401", []func(*CPU){level3}, vecGP, 0, 0},
		{"half-closed port", "66e500", []func(*CPU){level3}, vecGP, 0, 0},
		{"port beyond the map", "66ba f803 ec", []func(*CPU){level3}, vecGP, 0, 4},
		{"gate of level 0", "cd40", []func(*CPU){level3}, vecGP, 0x40*8 + 2, 0},
		{"gate of level 3", "cd80", []func(*CPU){level3}, 0x80, noCode, 2},
		{"reserved CR4 bit", "b8 00000080 0f22e0", nil, vecGP, 0, 5},
		{"PG without PE", "b8 10000080 0f22c0", nil, vecGP, 0, 5},
		{"x87 with TS", "d9e8", []func(*CPU){func(c *CPU) { c.cr0 |= CR0TS }}, vecNM, noCode, 0},
		{"x87 pending", "dbe3 6a00 d92c24 d9ee d9e8 def1 d9e8", nil, vecMF, noCode, 13},
		{"SSE without OSFXSR", "0f58c0", []func(*CPU){func(c *CPU) { c.cr4 &^= CR4OSFXSR }}, vecUD, noCode, 0},
		{"SSE unmasked", "6a00 0fae1424 0f5ec0", nil, vecXM, noCode, 6},
		{"SSE misaligned", "0f2805 04000100", nil, vecGP, 0, 0},
		{"misaligned at level 3", "a1 01000100", []func(*CPU){level3, func(c *CPU) {
			c.cr0 |= CR0AM
			c.setEFLAGS(FlagAC, FlagAC)
		}}, vecAC, 0, 0},
		{"page absent, read", "a1 00000800", []func(*CPU){paged}, vecPF, 0, 0},
		{"page absent, write", "a3 00000800", []func(*CPU){paged}, vecPF, 2, 0},
		{"page absent, modify", "ff05 00000800", []func(*CPU){paged}, vecPF, 2, 0},
		{"page read-only", "a3 00100800", []func(*CPU){paged}, vecPF, 3, 0},
		{"page read-only without WP", "a3 00100800 0f0b", []func(*CPU){paged, func(c *CPU) { c.setCR0(c.cr0 &^ CR0WP) }}, vecUD, noCode, 5},
		{"page of the supervisor", "a1 00200800", []func(*CPU){paged, level3}, vecPF, 5, 0},
		{"page read-only, level 3", "a3 00100800", []func(*CPU){paged, level3}, vecPF, 7, 0},
		{"second page absent", "a3 feff0700", []func(*CPU){paged}, vecPF, 2, 0},
		{"jump to an absent page", "b8 00000800 ffe0", []func(*CPU){paged}, vecPF, 0, sysUnmapped - sysCode},
	} {
		for _, slow := range []bool{false, true} {
			c := sysMachine(t, x.code)
			c.noFast = slow
			for _, f := range x.setup {
				f(c)
			}
			if got := untilHalt(t, c); got != x.vector {
				t.Errorf("%s: vector %d, want %d", x.name, got, x.vector)
				continue
			}
			sp := c.r[ESP]
			if x.errorCode != noCode {
				if got := int(c.word(sp)); got != x.errorCode {
					t.Errorf("%s: error code %#x, want %#x", x.name, got, x.errorCode)
				}
				sp += 4
			}
			if got := c.word(sp) - sysCode; got != x.eip {
				t.Errorf("%s: saved EIP is code+%#x, want %#x", x.name, got, x.eip)
			}
		}
	}
}

func TestPageFaultAddress(t *testing.T) {
	c := sysMachine(t, "a3 feff0700")
	paged(c)
	untilHalt(t, c)
	if c.cr2 != sysUnmapped {
		t.Errorf("CR2 = %#x, want the first byte that failed, %#x", c.cr2, sysUnmapped)
	}
	if c.word(sysUnmapped-4) != 0 {
		t.Error("the half of the store before the fault was written")
	}
}

func TestDoubleFault(t *testing.T) {
	// #GP whose gate is absent: #NP, and so a double fault, with code 0.
	c := sysMachine(t, "31c0 8ed0")
	c.ram[sysIDT+8*vecGP+5] &^= 0x80
	if got := untilHalt(t, c); got != vecDF {
		t.Fatalf("vector %d, want #DF", got)
	}
	if c.word(c.r[ESP]) != 0 {
		t.Error("#DF's error code is not 0")
	}
	// A benign exception is followed by the second one.
	c = sysMachine(t, "0f0b")
	c.ram[sysIDT+8*vecUD+5] &^= 0x80
	if got := untilHalt(t, c); got != vecNP {
		t.Errorf("vector %d, want #NP", got)
	}
	if got := c.word(c.r[ESP]); got != vecUD*8+2+1 {
		t.Errorf("error code %#x, want the gate's with EXT", got)
	}
}

func TestTripleFault(t *testing.T) {
	c := sysMachine(t, "a1 00000800")
	paged(c)
	c.idtr.limit = 0
	s := c.Run(100)
	if s.Why != cpu.StopFault {
		t.Fatalf("stopped with %+v", s)
	}
	for _, part := range []string{"triple fault", "#PF(0x0) at 0x00080000", "#DF", "cr2=00080000"} {
		if !strings.Contains(s.Detail, part) {
			t.Errorf("detail %q lacks %q", s.Detail, part)
		}
	}
	if again := c.Run(200); again != s {
		t.Errorf("running on gives %+v", again)
	}
}

func TestStackSwitch(t *testing.T) {
	// int 0x80 at level 3; the handler returns and level 3 goes on.
	c := sysMachine(t, "cd80 0f0b")
	c.enterLevel3()
	c.eflags |= FlagIF
	c.ram[sysHandlers+16*0x80] = 0xcf // iret
	if got := untilHalt(t, c); got != vecUD {
		t.Fatalf("vector %d", got)
	}
	want := []uint32{sysCode + 2, selCode3, 0, sysStack, selData3}
	for i, w := range want {
		if got := c.word(c.r[ESP] + 4*uint32(i)); got != w && i != 2 {
			t.Errorf("frame word %d is %#x, want %#x", i, got, w)
		}
	}
	if c.r[ESP] != sysStack0-20 || c.seg[SS].sel != selData0 || c.cpl != 0 {
		t.Errorf("ESP %#x, SS %#x, CPL %d", c.r[ESP], c.seg[SS].sel, c.cpl)
	}
	if fl := c.word(c.r[ESP] + 8); fl&FlagIF == 0 || fl&FlagRF == 0 {
		t.Errorf("saved flags %#x: IF and, for a fault, RF belong there", fl)
	}
}

func TestCallGate(t *testing.T) {
	// push 2; push 1; call far selGate; the target at 0x10100 halts.
	c := sysMachine(t, "6a02 6a01 9a 00000000 5800")
	c.enterLevel3()
	c.ram[sysCode+0x100] = 0xf4
	c.Run(10)
	if c.cpl != 0 || c.eip != sysCode+0x101 {
		t.Fatalf("CPL %d at %#x", c.cpl, c.eip)
	}
	want := []uint32{sysCode + 11, selCode3, 1, 2, sysStack - 8, selData3}
	for i, w := range want {
		if got := c.word(c.r[ESP] + 4*uint32(i)); got != w {
			t.Errorf("stack word %d is %#x, want %#x", i, got, w)
		}
	}
	// retf 8 goes back and releases the parameters on both stacks.
	copy(c.ram[sysCode+0x101:], "\xca\x08\x00")
	c.ram[sysCode+11] = 0x0f
	c.ram[sysCode+12] = 0x0b
	c.halted = false
	c.updateAttention()
	if got := untilHalt(t, c); got != vecUD {
		t.Fatalf("vector %d", got)
	}
	if got := c.word(c.r[ESP] + 12); got != sysStack {
		t.Errorf("outer ESP is %#x, want %#x", got, sysStack)
	}
}

// secondTask prepares the TSS of a task that starts at sysCode+0x200.
func secondTask(c *CPU) {
	le := binary.LittleEndian
	t := c.ram[sysTSS2:]
	le.PutUint32(t[tss32CR3:], sysDir)
	le.PutUint32(t[tss32EIP:], sysCode+0x200)
	le.PutUint32(t[tss32EFLAGS:], flagOne)
	le.PutUint32(t[tss32Regs:], 0x1234_5678)
	le.PutUint32(t[tss32Regs+4*ESP:], sysStack-0x800)
	for i, sel := range [...]uint16{selData0, selCode0, selData0, selData0, 0, 0} {
		le.PutUint16(t[tss32Segs+4*i:], sel)
	}
}

func TestTaskSwitch(t *testing.T) {
	busy := func(c *CPU, sel uint32) bool { return c.ram[sysGDT+sel+5]&tssBusy != 0 }

	// Jump: the old task is no longer busy, and no link is left.
	c := sysMachine(t, "b8 11000000 ea 00000000 5000")
	secondTask(c)
	c.ram[sysCode+0x200] = 0xf4
	c.Run(100)
	if c.eip != sysCode+0x201 || c.r[EAX] != 0x1234_5678 || c.tr.sel != selTSS2 {
		t.Fatalf("at %#x with EAX %#x, TR %#x", c.eip, c.r[EAX], c.tr.sel)
	}
	if busy(c, selTSS) || !busy(c, selTSS2) || c.eflags&FlagNT != 0 || c.cr0&CR0TS == 0 {
		t.Errorf("busy %v %v, flags %#x, cr0 %#x", busy(c, selTSS), busy(c, selTSS2), c.EFLAGS(), c.cr0)
	}
	if got := c.word(sysTSS + tss32Regs); got != 0x11 {
		t.Errorf("saved EAX is %#x", got)
	}
	if got := c.word(sysTSS + tss32EIP); got != sysCode+12 {
		t.Errorf("saved EIP is %#x", got)
	}

	// Call through a task gate nests; IRET comes back.
	c = sysMachine(t, "9a 00000000 6000 0f0b")
	secondTask(c)
	c.ram[sysCode+0x200] = 0xcf
	if got := untilHalt(t, c); got != vecUD {
		t.Fatalf("vector %d", got)
	}
	if !busy(c, selTSS) || busy(c, selTSS2) || c.tr.sel != selTSS {
		t.Errorf("after IRET: busy %v %v, TR %#x", busy(c, selTSS), busy(c, selTSS2), c.tr.sel)
	}
	if got := uint16(c.word(sysTSS2 + tssLink)); got != selTSS {
		t.Errorf("back link %#x", got)
	}

	// A fault through a task gate pushes its error code on the new stack.
	c = sysMachine(t, "a1 00000800")
	paged(c)
	secondTask(c)
	binary.LittleEndian.PutUint64(c.ram[sysIDT+8*vecPF:], 0x0000_8500_0050_0000)
	c.ram[sysCode+0x200] = 0xf4
	c.Run(100)
	if c.eip != sysCode+0x201 || c.r[ESP] != sysStack-0x804 || c.word(c.r[ESP]) != 0 || c.eflags&FlagNT == 0 {
		t.Errorf("at %#x, ESP %#x, code %#x, flags %#x", c.eip, c.r[ESP], c.word(c.r[ESP]), c.EFLAGS())
	}

	// A busy task cannot be entered.
	c = sysMachine(t, "ea 00000000 4800")
	if got := untilHalt(t, c); got != vecGP || c.word(c.r[ESP]) != selTSS {
		t.Errorf("jump to a busy task: vector %d, code %#x", got, c.word(c.r[ESP]))
	}
	// A bad selector in the new task is its own fault: #TS there.
	c = sysMachine(t, "ea 00000000 5000")
	secondTask(c)
	binary.LittleEndian.PutUint16(c.ram[sysTSS2+tss32Segs+4*DS:], selTSS)
	if got := untilHalt(t, c); got != vecTS || c.word(c.r[ESP]) != selTSS || c.word(c.r[ESP]+4) != sysCode+0x200 {
		t.Errorf("vector %d, code %#x, EIP %#x", got, c.word(c.r[ESP]), c.word(c.r[ESP]+4))
	}
}

// enterVM86 puts the machine in virtual-8086 mode at 1000:0000, IOPL iopl.
func enterVM86(c *CPU, iopl uint32) {
	c.r[ESP] = sysStack
	for _, w := range []uint32{0x44, 0x33, 0x22, 0x11, 0x1000, 0x8000, FlagVM | iopl<<ioplShift | flagOne, sysCode >> 4, 0} {
		c.push(w, 4)
	}
	c.ram[0x500] = 0xcf
	c.eip = 0x500
	c.Step()
}

func TestVM86(t *testing.T) {
	c := sysMachine(t, "8cd8 cd21")
	enterVM86(c, 0)
	if !c.mode.vm() || c.cpl != 3 || c.seg[DS].base != 0x220 || c.seg[CS].base != sysCode {
		t.Fatalf("mode %b, CPL %d, DS %#x", c.mode, c.cpl, c.seg[DS].base)
	}
	// INT n needs IOPL 3.
	if got := untilHalt(t, c); got != vecGP || c.word(c.r[ESP]) != 0 {
		t.Fatalf("vector %d, code %#x", got, c.word(c.r[ESP]))
	}
	want := []uint32{2, sysCode >> 4, 0, 0x8000, 0x1000, 0x11, 0x22, 0x33, 0x44}
	for i, w := range want {
		if got := c.word(c.r[ESP] + 4 + 4*uint32(i)); got != w && i != 2 {
			t.Errorf("frame word %d is %#x, want %#x", i, got, w)
		}
	}
	if c.seg[DS].sel != 0 || c.mode.vm() {
		t.Error("the data segments are not emptied, or VM stays")
	}
	// With IOPL 3 it goes through the gate, which must lead to level 0 and
	// be open to level 3.
	c = sysMachine(t, "cd80")
	enterVM86(c, 3)
	if got := untilHalt(t, c); got != 0x80 {
		t.Errorf("vector %d, want 0x80", got)
	}
	// No protected-mode instructions.
	c = sysMachine(t, "0f00c0")
	enterVM86(c, 3)
	if got := untilHalt(t, c); got != vecUD {
		t.Errorf("SLDT: vector %d, want #UD", got)
	}
}

func TestSingleStep(t *testing.T) {
	// push 0x102; popf; nop: the trap comes after the NOP.
	c := sysMachine(t, "68 02010000 9d 90 90")
	if got := untilHalt(t, c); got != vecDB {
		t.Fatalf("vector %d", got)
	}
	if eip := c.word(c.r[ESP]); eip != sysCode+7 || c.dr[6]&dr6BS == 0 {
		t.Errorf("trap at %#x, DR6 %#x", eip, c.dr[6])
	}
}

// TestNoStepIntoHandler: entering a handler clears TF; the step that was due
// does not hit the handler's first instruction.
func TestNoStepIntoHandler(t *testing.T) {
	for name, c := range map[string]struct {
		code string
		want int
	}{
		"fault": {"68 02010000 9d 0f0b", vecUD},
		"INT n": {"68 02010000 9d cd80", 0x80},
	} {
		m := sysMachine(t, c.code)
		if got := untilHalt(t, m); got != c.want || m.dr[6]&dr6BS != 0 {
			t.Errorf("%s: vector %d, want %d; DR6 %#x", name, got, c.want, m.dr[6])
		}
	}
}

func TestBreakpoints(t *testing.T) {
	// A data breakpoint traps after the store.
	c := sysMachine(t, "a3 00b00000 90")
	c.dr[0], c.dr[7] = 0xb000, dr7Fixed|1|breakWrite<<16|3<<18
	c.debugChanged()
	if got := untilHalt(t, c); got != vecDB || c.word(c.r[ESP]) != sysCode+5 || c.dr[6]&15 != 1 {
		t.Errorf("vector %d at %#x, DR6 %#x", got, c.word(c.r[ESP]), c.dr[6])
	}
	// An instruction breakpoint faults before, and RF in the frame lets the
	// instruction run when the handler returns.
	c = sysMachine(t, "90 90 0f0b")
	c.dr[1], c.dr[7] = sysCode+1, dr7Fixed|1<<2
	c.debugChanged()
	c.ram[sysHandlers+16*vecDB] = 0xcf
	if got := untilHalt(t, c); got != vecUD || c.dr[6]&15 != 2 {
		t.Errorf("vector %d, DR6 %#x", got, c.dr[6])
	}
	// General detect.
	c = sysMachine(t, "0f21c0")
	c.dr[7] |= dr7GD
	if got := untilHalt(t, c); got != vecDB || c.dr[6]&dr6BD == 0 || c.dr[7]&dr7GD != 0 {
		t.Errorf("vector %d, DR6 %#x, DR7 %#x", got, c.dr[6], c.dr[7])
	}
}

func TestInterrupts(t *testing.T) {
	// STI holds interrupts off for one instruction.
	c := sysMachine(t, "fb 40 40 40")
	c.SetINTR(true)
	if got := untilHalt(t, c); got != 0x40 || c.r[EAX] != 1 || c.word(c.r[ESP]) != sysCode+2 {
		t.Errorf("vector %#x after %d instructions, EIP %#x", got, c.r[EAX], c.word(c.r[ESP]))
	}
	// And so does a load of SS.
	c = sysMachine(t, "66b81000 fb 90 8ed0 40 40")
	for range 3 {
		c.Step()
	}
	c.SetINTR(true)
	c.eflags &^= FlagIF
	c.Step() // mov ss
	c.setEFLAGS(FlagIF, FlagIF)
	if untilHalt(t, c); c.word(c.r[ESP]) != sysCode+9 {
		t.Errorf("after MOV SS: EIP %#x", c.word(c.r[ESP])-sysCode)
	}
	// HLT waits, an interrupt ends it, and time can be moved on.
	c = sysMachine(t, "fb f4 90")
	if s := c.Run(1000); s.Why != cpu.StopIdle || c.insns != 2 {
		t.Fatalf("HLT: %+v at %d", s, c.insns)
	}
	c.AdvanceIdle(500)
	c.SetINTR(true)
	if got := untilHalt(t, c); got != 0x40 || c.insns != 501 {
		t.Errorf("vector %#x, %d instructions", got, c.insns)
	}
	// NMIs wait for IRET.
	c = sysMachine(t, "40 40 0f0b")
	c.ram[sysHandlers+16*vecNMI] = 0x90
	c.ram[sysHandlers+16*vecNMI+1] = 0xcf
	c.RaiseNMI()
	c.Step()
	c.RaiseNMI()
	if c.Step(); c.eip != sysCode {
		t.Errorf("a second NMI interrupted the first: at %#x", c.eip)
	}
	if c.Step(); c.eip != sysHandlers+16*vecNMI+1 {
		t.Errorf("the second NMI was lost: at %#x", c.eip)
	}
}

// TestInterruptCount: an interrupt that is raised between two runs is taken
// before the next instruction, on both paths.
func TestInterruptCount(t *testing.T) {
	for _, slow := range []bool{false, true} {
		for n := uint64(1); n < 40; n++ {
			c := sysMachine(t, "40 40 40 40 40 ebf9") // inc eax five times; jmp
			c.noFast = slow
			c.setEFLAGS(FlagIF, FlagIF)
			if c.Run(n); c.insns != n {
				t.Fatalf("ran %d instructions, not %d", c.insns, n)
			}
			at := c.eip
			c.SetINTR(true)
			untilHalt(t, c)
			if got := c.word(c.r[ESP]); got != at || c.insns != n+1 {
				t.Errorf("after %d: interrupted at %#x, was at %#x; count %d", n, got, at, c.insns)
			}
		}
	}
}

func TestA20(t *testing.T) {
	c := sysMachine(t, "c705 00001000 78563412 0f0b")
	c.SetA20(false)
	untilHalt(t, c)
	if c.word(0) != 0x1234_5678 || c.word(0x10_0000) != 0 {
		t.Errorf("memory at 0: %#x, at 1 MiB: %#x", c.word(0), c.word(0x10_0000))
	}
}

// TestRepeatRestarts: a page fault in the middle of REP MOVS leaves the
// registers at the element that failed.
func TestRepeatRestarts(t *testing.T) {
	c := sysMachine(t, "be 00000100 bf f8ff0700 b910000000 f3a5")
	paged(c)
	if got := untilHalt(t, c); got != vecPF {
		t.Fatalf("vector %d", got)
	}
	if c.r[ECX] != 14 || c.r[EDI] != sysUnmapped || c.r[ESI] != sysCode+8 || c.word(c.r[ESP]+4) != sysCode+15 {
		t.Errorf("ECX %d EDI %#x ESI %#x EIP %#x", c.r[ECX], c.r[EDI], c.r[ESI], c.word(c.r[ESP]+4))
	}
}

// TestSelfModifying: a store into the next instruction takes effect at once,
// also when the block has run before.
func TestSelfModifying(t *testing.T) {
	// mov byte [next], 0x4b (dec ebx); next: inc ebx; loop over it
	c := sysMachine(t, "b903000000 c605 0c000100 4b 43 e2f6 0f0b")
	untilHalt(t, c)
	if got := int32(c.r[EBX]); got != -3 {
		t.Errorf("EBX = %d, want -3", got)
	}
}

func TestInvalidateCode(t *testing.T) {
	c := sysMachine(t, "43 ebfd") // inc ebx; jmp
	c.Run(10)
	c.ram[sysCode] = 0x4b // dec ebx, by DMA
	c.InvalidateCode(sysCode, 1)
	before := c.r[EBX]
	c.Run(20)
	if c.r[EBX] >= before {
		t.Errorf("EBX went from %d to %d: stale code ran", before, c.r[EBX])
	}
}

func TestRealMode(t *testing.T) {
	// From reset: jmp 0000:7c00 in a ROM at the top; there int 0x10.
	c := New(Config{RAM: make([]byte, 1<<20), Holes: []Range{}, Bus: romBus{}})
	copy(c.ram[0x7c00:], "\xb8\x34\x12\xcd\x10\xf4")
	copy(c.ram[0x10*4:], "\x00\x05\x00\x00")
	copy(c.ram[0x500:], "\x40\xcf") // inc ax; iret
	if s := c.Run(100); s.Why != cpu.StopIdle || c.r[EAX] != 0x1235 || c.eip != 0x7c06 {
		t.Errorf("%+v: EAX %#x at %04x:%04x", s, c.r[EAX], c.seg[CS].sel, c.eip)
	}
}

// romBus answers at the reset vector with jmp 0000:7c00.
type romBus struct{}

func (romBus) Load(pa uint64, size int) (uint64, bool) {
	const rom = "\xea\x00\x7c\x00\x00"
	var v uint64
	for i := range size {
		if k := pa + uint64(i) - 0xffff_fff0; k < uint64(len(rom)) {
			v |= uint64(rom[k]) << (8 * i)
		}
	}
	return v, true
}

func (romBus) Store(uint64, int, uint64) bool { return false }

// TestCrossing: an instruction across a page's end follows both its pages'
// mappings and both halves' bytes.
func TestCrossing(t *testing.T) {
	const at = sysCode + 0x1000 - 2 // add eax, imm32, of which 1 byte lies on the first page
	c := sysMachine(t, "")
	paged(c)
	put := func(pa uint32, b string) {
		copy(c.ram[pa:], b)
		c.InvalidateCode(uint64(pa), uint64(len(b)))
	}
	run := func(want uint32) {
		t.Helper()
		c.r[EAX], c.eip = 0, at
		if c.Run(c.insns + 30); c.r[EAX] != want*10 {
			t.Errorf("EAX %#x, want %#x", c.r[EAX], want*10)
		}
	}
	put(at, "\x05\x01\x02\x03\x04\x90\xeb\xf8") // add; nop; jmp back
	run(0x0403_0201)
	put(at+1, "\x11")
	run(0x0403_0211)
	put(at+4, "\x14")
	run(0x1403_0211)
	// The second page elsewhere.
	copy(c.ram[0x2_0000:0x2_1000], c.ram[sysCode+0x1000:])
	c.ram[0x2_0000] = 0x22
	binary.LittleEndian.PutUint32(c.ram[sysTable+(sysCode+0x1000)>>pageShift*4:], 0x2_0000|7)
	c.flushPage(sysCode + 0x1000)
	run(0x1403_2211)
}
