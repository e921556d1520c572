package kmod

import (
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	"golang.org/x/arch/riscv64/riscv64asm"

	"rv86/kernel/abi"
)

// linked builds a Spec by hand with one text section of 64 bytes and one symbol
// "there", runs one relocation at offset 8 and gives the text afterwards.
type linked struct {
	typ    uint32
	field  []byte // what lies at the place
	addend int64
	target uint64 // the symbol's address: the text is at coreBase
	call   bool   // the symbol is outside, so that it may get a PLT slot
}

const placeAt = coreBase + 8

func (l linked) run(t *testing.T, m *Machine) ([]byte, *Image, error) {
	t.Helper()
	typ := m.Reloc(l.typ)
	if typ == nil {
		t.Fatalf("no row %d", l.typ)
	}
	text := make([]byte, 64)
	copy(text[8:], l.field)
	s := &Spec{
		Machine: m, Name: "m",
		Sections: []Section{{Align: 1}, {Name: ".text", Type: shtProgbits, Flags: shfAlloc | shfExecinstr, Size: 64, Align: 4, Data: text}},
		Symbols:  []Symbol{{}, {Name: "there", Value: l.target, Bind: stbGlobal, Section: SecAbs}},
		Relocs:   []RelocSection{{Target: 1, Relocs: []Reloc{{Offset: 8, Type: typ, Sym: 1, Addend: l.addend}}}},
	}
	if l.call {
		s.Symbols[1].Section, s.Symbols[1].Value = SecUndef, 0
	}
	lay, err := s.Place()
	if err != nil {
		t.Fatal(err)
	}
	im, err := s.Link(lay, Memory{Core: make([]byte, lay.Regions[Core].Size), CoreBase: coreBase, Init: []byte{}}, at(l.target), nil)
	if err != nil {
		return nil, nil, err
	}
	mem, _ := im.SectionMem(1)
	return mem[8:], im, nil
}

// at resolves every symbol to one address.
type at uint64

func (a at) Resolve(string) (uint64, error) { return uint64(a), nil }

// Field contents for the instruction forms.
var (
	insnLui   = []byte{0x37, 0x05, 0, 0}                // lui a0, 0
	insnAuipc = []byte{0x17, 0x05, 0, 0}                // auipc a0, 0
	insnAddi  = []byte{0x13, 0x05, 0x05, 0}             // addi a0, a0, 0
	insnSd    = []byte{0x23, 0x30, 0xb5, 0}             // sd a1, 0(a0)
	insnBeq   = []byte{0x63, 0x00, 0xb5, 0}             // beq a0, a1, 0
	insnJal   = []byte{0xef, 0, 0, 0}                   // jal ra, 0
	insnCall  = []byte{0x97, 0, 0, 0, 0xe7, 0x80, 0, 0} // auipc ra, 0; jalr ra
	insnCBeqz = []byte{0x01, 0xc1}                      // c.beqz a0, 0
	insnCJ    = []byte{0x01, 0xa0}                      // c.j 0
	insnCLui  = []byte{0x05, 0x65}                      // c.lui a0, 1
	zero8     = make([]byte, 8)
)

// TestReach tries every bounded row at the last value that fits and the first
// that does not, on both sides.
func TestReach(t *testing.T) {
	const rel, abs = true, false
	for _, c := range []struct {
		typ      uint32
		field    []byte
		relative bool
		lo, hi   int64 // the extreme values that fit
		step     int64 // distance to the next value
	}{
		{1, zero8, abs, -1 << 31, 1<<32 - 1, 1},
		{16, insnBeq, rel, -4096, 4094, 2},
		{17, insnJal, rel, -1 << 20, 1<<20 - 2, 2},
		{18, insnCall, rel, -1<<31 - 0x800, 1<<31 - 0x801, 1},
		{19, insnCall, rel, -1<<31 - 0x800, 1<<31 - 0x801, 1},
		{23, insnAuipc, rel, -1<<31 - 0x800, 1<<31 - 0x801, 1},
		{26, insnLui, abs, -1<<31 - 0x800, 1<<31 - 0x801, 1},
		{27, insnAddi, abs, -1<<31 - 0x800, 1<<31 - 0x801, 1},
		{28, insnSd, abs, -1<<31 - 0x800, 1<<31 - 0x801, 1},
		{44, insnCBeqz, rel, -256, 254, 2},
		{45, insnCJ, rel, -2048, 2046, 2},
		{46, insnCLui, abs, -1<<17 - 0x800, 1<<17 - 0x801, 1},
		{57, zero8, rel, -1 << 31, 1<<31 - 1, 1},
		{59, zero8, rel, -1 << 31, 1<<31 - 1, 1},
	} {
		name := RISCV64.Reloc(c.typ).Name
		try := func(v int64, fits bool) {
			l := linked{typ: c.typ, field: c.field, target: uint64(v)}
			if c.relative {
				l.target += placeAt
			}
			_, _, err := l.run(t, RISCV64)
			var re *RelocError
			switch {
			case fits && err != nil:
				t.Errorf("%s: %#x should fit: %v", name, v, err)
			case !fits && !errors.As(err, &re):
				t.Errorf("%s: %#x should not fit, err = %v", name, v, err)
			case !fits && (re.Type != name || re.Sym != "there" || re.Section != ".text" || re.Offset != 8 || re.Module != "m" || re.Value != uint64(v)):
				t.Errorf("%s: %#x: error %+v", name, v, re)
			}
		}
		try(c.lo, true)
		try(c.hi, true)
		try(c.lo-c.step, false)
		try(c.hi+c.step, false)
		if c.step == 2 {
			try(c.lo+1, false) // odd: not a branch target
		}
	}
}

// TestHighAndLow checks at each border of the carry that high and low part
// together give the address, as the processor adds them.
func TestHighAndLow(t *testing.T) {
	for _, base := range []int64{0, 0x1000, 0x7fffe000, -0x80000000, -0x1000} {
		for _, low := range []int64{-1, 0, 1, 0x7fe, 0x7ff, 0x800, 0x801, 0xffe, 0xfff, 0x1000} {
			v := base + low
			hi, _, err := linked{typ: 26, field: insnLui, target: uint64(v)}.run(t, RISCV64)
			if err != nil {
				t.Errorf("lui %#x: %v", v, err)
				continue
			}
			lo, _, _ := linked{typ: 27, field: insnAddi, target: uint64(v)}.run(t, RISCV64)
			st, _, _ := linked{typ: 28, field: insnSd, target: uint64(v)}.run(t, RISCV64)
			h, i, s := binary.LittleEndian.Uint32(hi), binary.LittleEndian.Uint32(lo), binary.LittleEndian.Uint32(st)
			up := int64(int32(h & 0xfffff000))
			if got := up + int64(int32(i)>>20); got != v {
				t.Errorf("lui+addi give %#x, want %#x", got, v)
			}
			if got := up + int64(int32(s&0xfe000000)>>20|int32(s>>7&31)); got != v {
				t.Errorf("lui+sd give %#x, want %#x", got, v)
			}
			if h&0xfff != 0x537 || i&0xfffff != 0x50513 || s&^0xfe000f80 != 0xb53023&^0xfe000f80 {
				t.Errorf("other bits changed: %08x %08x %08x", h, i, s)
			}
		}
	}
}

// TestCLui: the immediate 0 is reserved and becomes c.li.
func TestCLui(t *testing.T) {
	for v, want := range map[uint64]string{
		0x7ff: "4501", 0x800: "6505", 0x1000: "6505", 0x1f7ff: "657d", 0x1f800: "0000", ^uint64(0x1fffe): "7501", ^uint64(0xffe): "757d",
	} {
		b, _, err := linked{typ: 46, field: insnCLui, target: v}.run(t, RISCV64)
		if v == 0x1f800 { // 0x20 is out of the six bits
			if err == nil {
				t.Errorf("c.lui %#x fits", v)
			}
			continue
		}
		if err != nil {
			t.Errorf("c.lui %#x: %v", v, err)
			continue
		}
		if got := strings.ToLower(hex4(b)); got != want {
			t.Errorf("c.lui %#x gives %s, want %s", v, got, want)
		}
	}
}

func hex4(b []byte) string {
	const d = "0123456789abcdef"
	return string([]byte{d[b[1]>>4], d[b[1]&15], d[b[0]>>4], d[b[0]&15]})
}

// TestPLT calls across more than 2 GiB.
func TestPLT(t *testing.T) {
	const far = 0x80001234
	b, im, err := linked{typ: 19, field: insnCall, target: far, call: true}.run(t, RISCV64)
	if err != nil {
		t.Fatal(err)
	}
	slot := uint64(coreBase) + im.Layout.PLT
	hi, lo := binary.LittleEndian.Uint32(b), binary.LittleEndian.Uint32(b[4:])
	if to := placeAt + uint64(int64(int32(hi&0xfffff000))) + uint64(int64(int32(lo)>>20)); to != slot {
		t.Errorf("the call goes to %#x, the slot is at %#x", to, slot)
	}
	plt := im.Mem.Core[im.Layout.PLT:]
	for i, want := range []string{"auipc x6,0x0", "ld x6,16(x6)", "jr x6", "nop"} {
		if in, err := riscv64asm.Decode(plt[4*i:]); err != nil || riscv64asm.GNUSyntax(in) != want {
			t.Errorf("PLT instruction %d is %q, want %q", i, riscv64asm.GNUSyntax(in), want)
		}
	}
	if got := binary.LittleEndian.Uint64(plt[16:]); got != far {
		t.Errorf("the slot holds %#x", got)
	}
	// In reach, the slot stays unused.
	b, _, err = linked{typ: 19, field: insnCall, target: coreBase + 0x100000, call: true}.run(t, RISCV64)
	if err != nil || binary.LittleEndian.Uint32(b)&0xfffff000 != 0x100000 {
		t.Errorf("a near call does not go there: % x %v", b[:8], err)
	}
}

// twoSections has an auipc in .init.text and its low part in .text.
func TestLowPartOfAnotherSection(t *testing.T) {
	spec := func(target uint64, hiType uint32, addend int64) *Spec {
		return &Spec{
			Machine: RISCV64, Name: "m",
			Sections: []Section{
				{Align: 1},
				{Name: ".text", Type: shtProgbits, Flags: shfAlloc | shfExecinstr, Size: 4, Align: 4, Data: insnAddi},
				{Name: ".init.text", Type: shtProgbits, Flags: shfAlloc | shfExecinstr, Size: 4, Align: 4, Data: insnAuipc},
			},
			Symbols: []Symbol{{}, {Name: "there", Value: target, Section: SecAbs}, {Name: "label", Section: 2}},
			Relocs: []RelocSection{
				{Target: 1, Relocs: []Reloc{{Type: RISCV64.Reloc(24), Sym: 2, Addend: addend}}},
				{Target: 2, Relocs: []Reloc{{Type: RISCV64.Reloc(hiType), Sym: 1}}},
			},
		}
	}
	link := func(s *Spec) (*Image, error) {
		l, err := s.Place()
		if err != nil {
			t.Fatal(err)
		}
		return s.Link(l, Memory{
			Core: make([]byte, l.Regions[Core].Size), CoreBase: coreBase,
			Init: make([]byte, l.Regions[Init].Size), InitBase: initBase,
		}, at(0), nil)
	}
	im, err := link(spec(initBase+0x1801, 23, 0))
	if err != nil {
		t.Fatal(err)
	}
	hi, lo := binary.LittleEndian.Uint32(im.Mem.Init), binary.LittleEndian.Uint32(im.Mem.Core)
	if hi>>12 != 2 || int32(lo)>>20 != 0x801-0x1000 {
		t.Errorf("auipc %#x, addi %d", hi>>12, int32(lo)>>20)
	}
	if _, err := link(spec(initBase+0x1801, 0, 0)); err == nil || !strings.Contains(err.Error(), "is not the address of a PCREL_HI20") {
		t.Errorf("low part without high part: %v", err)
	}
	if _, err := link(spec(initBase+0x17ff, 23, 1)); err == nil || !strings.Contains(err.Error(), "the addend is too large") {
		t.Errorf("addend that carries: %v", err)
	}
	if im, err := link(spec(initBase+0x17fe, 23, 1)); err != nil || int32(binary.LittleEndian.Uint32(im.Mem.Core))>>20 != 0x7ff {
		t.Errorf("addend that fits: %v", err)
	}
}

// TestULEB128 sets and subtracts on a field of two bytes.
func TestULEB128(t *testing.T) {
	run := func(field []byte, set, sub int64) ([]byte, error) {
		s := &Spec{
			Machine: RISCV64, Name: "m",
			Sections: []Section{{Align: 1}, {Name: ".data", Type: shtProgbits, Flags: shfAlloc | shfWrite, Size: uint64(len(field)), Align: 1, Data: field}},
			Symbols:  []Symbol{{}, {Name: "there", Value: coreBase, Section: SecAbs}},
			Relocs: []RelocSection{{Target: 1, Relocs: []Reloc{
				{Type: RISCV64.Reloc(60), Sym: 1, Addend: set}, {Type: RISCV64.Reloc(61), Sym: 1, Addend: sub},
			}}},
		}
		l, err := s.Place()
		if err != nil {
			t.Fatal(err)
		}
		im, err := s.Link(l, Memory{Core: make([]byte, l.Regions[Core].Size), CoreBase: coreBase, Init: []byte{}}, at(0), nil)
		if err != nil {
			return nil, err
		}
		mem, _ := im.SectionMem(1)
		return mem, nil
	}
	for _, c := range []struct {
		diff int64
		want string
		bad  bool
	}{{0, "\x80\x00\x55", false}, {127, "\xff\x00\x55", false}, {128, "\x80\x01\x55", false}, {16383, "\xff\x7f\x55", false}, {16384, "", true}, {-1, "", true}} {
		b, err := run([]byte{0x80, 0x00, 0x55}, 1000+c.diff, 1000)
		if (err != nil) != c.bad || !c.bad && string(b) != c.want {
			t.Errorf("difference %d: % x, %v", c.diff, b, err)
		}
	}
	if _, err := run([]byte{0x80, 0x80}, 1, 0); err == nil {
		t.Error("a number that does not end was accepted")
	}
}

func TestAlign(t *testing.T) {
	// The place is 8 modulo 4096: 6 bytes of padding for 8 would have to end
	// on a multiple of 8.
	if _, _, err := (linked{typ: 43, addend: 6}).run(t, RISCV64); err == nil || !strings.Contains(err.Error(), "compile with -mno-relax") {
		t.Errorf("unsatisfied: %v", err)
	}
	if _, _, err := (linked{typ: 43, addend: 0}).run(t, RISCV64); err != nil {
		t.Errorf("satisfied: %v", err)
	}
	for _, a := range []int64{57, 5000, -1, -1 << 63} {
		if _, _, err := (linked{typ: 43, addend: a}).run(t, RISCV64); err == nil || !strings.Contains(err.Error(), "more padding than the section has") {
			t.Errorf("padding %d: %v", a, err)
		}
	}
}

func TestUnknownAndWeak(t *testing.T) {
	s := &Spec{
		Machine: RISCV64, Name: "m",
		Sections: []Section{{Align: 1}, {Name: ".text", Type: shtProgbits, Flags: shfAlloc | shfExecinstr, Size: 4, Align: 4, Data: insnAddi}},
		Symbols:  []Symbol{{}, {Name: "strong", Bind: stbGlobal}, {Name: "weak", Bind: stbWeak}, {Name: "barred", Bind: stbGlobal}},
	}
	l, _ := s.Place()
	m := Memory{Core: make([]byte, l.Regions[Core].Size), CoreBase: coreBase, Init: []byte{}}
	_, err := s.Link(l, m, resolver(func(name string) (uint64, error) {
		if name == "barred" {
			return 0, abi.EBUSY
		}
		return 0, abi.ENOENT
	}), nil)
	if want := "m: Unknown symbol strong (err -2)\nm: Unknown symbol barred (err -16)"; err == nil || err.Error() != want || ErrnoOf(err) != abi.ENOENT {
		t.Errorf("error %v, want %s", err, want)
	}
	s.Symbols = []Symbol{{}, {Name: "weak", Bind: stbWeak}}
	if im, err := s.Link(l, m, resolver(func(string) (uint64, error) { return 0, abi.ENOENT }), nil); err != nil || im.Addr[1] != 0 {
		t.Errorf("weak: %v", err)
	}
}

type resolver func(string) (uint64, error)

func (r resolver) Resolve(name string) (uint64, error) { return r(name) }

// TestRelocRows: every row is whole, and every row is tried by some test of
// this package: the oracle's corpus or the tables here.
func TestRelocRows(t *testing.T) {
	for _, m := range Machines {
		last := -1
		for i := range m.relocs {
			r := &m.relocs[i]
			if int(r.Num) <= last {
				t.Errorf("%s: out of order", r.Name)
			}
			last = int(r.Num)
			if r.value != valueNone && r.Formula == "" {
				t.Errorf("%s has no formula", r.Name)
			}
			if r.value != valueNone && r.value != valueAlign && (r.put == nil || r.Size == 0) {
				t.Errorf("%s has no field", r.Name)
			}
			if (r.value == valueAdd || r.value == valueSub || !m.rela && r.value != valueNone) && r.get == nil {
				t.Errorf("%s needs to read its field", r.Name)
			}
		}
	}
}
