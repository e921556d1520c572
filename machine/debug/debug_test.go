package debug

import (
	"bytes"
	"context"
	"encoding/binary"
	"strings"
	"testing"

	"rv86/machine"
	"rv86/machine/asm"
	"rv86/machine/debug/point"
	"rv86/machine/image"
)

// The programs add 1 to a word in memory ten times, each time through a
// subroutine, execute a magic instruction, take a trap and end.

// Addresses in the RISC-V program, which starts at the start of RAM.
const (
	rvBase   = 0x80000000
	rvWord   = 0x80010000
	rvAdd    = rvBase + 4*4  // the subroutine
	rvStore  = rvAdd + 3*4   // its store
	rvMagic  = rvStore + 3*4 // the magic instruction
	rvEnd    = rvMagic + 2*4 // the handler
	rvRounds = 10
)

const rvProgram = `
	la t2, handler
	csrrw zero, mtvec, t2
	li s1, 10
add:
	auipc t1, 16
	lw t0, -16(t1)
	addi t0, t0, 1
	sw t0, -16(t1)
	addi s1, s1, -1
	bne s1, zero, add
	slti zero, zero, 0x86
	ecall
handler:
	li t0, 0x100000
	li t1, 0x73333
	sw t1, 0(t0)
`

func newHart(t *testing.T) (*Engine, *bytes.Buffer) {
	t.Helper()
	code, err := asm.Assemble(rvProgram)
	if err != nil {
		t.Fatal(err)
	}
	out := &bytes.Buffer{}
	m, err := machine.NewVirt(machine.VirtConfig{
		Memory: 4 << 20, Console: out,
		Boot: machine.Boot{Kernel: &image.File{Name: "program", Data: code}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return engine(t, &m.Machine), out
}

func engine(t *testing.T, m *machine.Machine) *Engine {
	t.Helper()
	e, err := New(m.NewRunner(machine.RunConfig{}), Config{})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// Addresses in the i386 program, a multiboot kernel.
const (
	pcLoad    = 0x100000
	pcCode    = pcLoad + 0x20
	pcWord    = 0x110000
	pcAdd     = pcCode + 5
	pcAfter   = pcAdd + 6
	pcMagic   = pcAfter + 3
	pcHandler = pcMagic + 3 + 7 + 2
)

// newPC: the exception is an INT 0x20 through an IDT at 0x120000.
func newPC(t *testing.T) (*Engine, *bytes.Buffer) {
	t.Helper()
	const gdt, idt = 0x120100, 0x120000
	code := []byte{
		0xb9, 10, 0, 0, 0, // mov ecx, 10
		0xff, 0x05, 0x00, 0x00, 0x11, 0x00, // inc dword [0x110000]
		0x49,       // dec ecx
		0x75, 0xf7, // jnz -9
		0x66, 0x87, 0xdb, // xchg bx, bx
		0x0f, 0x01, 0x1d, 0x00, 0x02, 0x12, 0x00, // lidt [0x120200]
		0xcd, 0x20, // int 0x20
		0xb0, 7, 0xe6, 0xf9, // handler: mov al, 7; out 0xf9, al
	}
	header := make([]byte, 0x20)
	const magic, flags = 0x1badb002, 1 << 16
	for i, v := range []uint32{magic, flags, 0, pcLoad, pcLoad, 0, 0, pcCode} {
		binary.LittleEndian.PutUint32(header[4*i:], v)
	}
	sum := uint32(magic + flags)
	binary.LittleEndian.PutUint32(header[8:], -sum)
	out := &bytes.Buffer{}
	m, err := machine.NewPC(machine.PCConfig{
		Memory: 4 << 20, Console: out,
		Boot: machine.Boot{Kernel: &image.File{Name: "kernel", Data: append(header, code...)}},
	})
	if err != nil {
		t.Fatal(err)
	}
	ram, _ := m.RAM()
	le := binary.LittleEndian
	le.PutUint16(ram[0x120200:], 0x7ff)
	le.PutUint32(ram[0x120202:], idt)
	le.PutUint64(ram[idt+0x20*8:], uint64(pcHandler&0xffff)|0x08<<16|0x8e00<<32|uint64(pcHandler>>16)<<48)
	le.PutUint64(ram[gdt+8:], 0x00cf9a000000ffff)
	core := m.CPU()
	core.LoadGDT(gdt, 0xf)
	return engine(t, &m.Machine), out
}

// board is what the tests know of one of the programs.
type board struct {
	name                            string
	new                             func(*testing.T) (*Engine, *bytes.Buffer)
	entry, add, word, magic, handle uint64
	cause                           int64
}

var boards = []board{
	{"riscv64", newHart, rvBase, rvAdd, rvWord, rvMagic, rvEnd, 11},
	{"i386", newPC, pcCode, pcAdd, pcWord, pcMagic, pcHandler, 0x20},
}

func onBoards(t *testing.T, f func(t *testing.T, b board, e *Engine)) {
	for _, b := range boards {
		t.Run(b.name, func(t *testing.T) {
			e, _ := b.new(t)
			f(t, b, e)
		})
	}
}

func TestExecPoint(t *testing.T) {
	onBoards(t, func(t *testing.T, b board, e *Engine) {
		e.SetPoints([]point.Point{{ID: 3, Kind: point.Exec, Addr: b.add}})
		var times []uint64
		for i := range rvRounds {
			s := e.Run(t.Context(), 0)
			if s.Reason != point.Hit || s.Point != 3 || s.Addr != b.add || e.PC() != b.add {
				t.Fatalf("round %d: %+v", i, s)
			}
			times = append(times, s.Insn)
		}
		if s := e.Run(t.Context(), 0); s.Reason != point.Ended || s.Status != 7 {
			t.Fatalf("at the end: %+v", s)
		}
		// And back again.
		for i := range rvRounds {
			s := e.ReverseRun(t.Context())
			if want := times[len(times)-1-i]; s.Reason != point.Hit || s.Point != 3 || s.Insn != want || e.PC() != b.add {
				t.Fatalf("round %d back: %+v; want time %d", i, s, want)
			}
		}
		if s := e.ReverseRun(t.Context()); s.Reason != point.HistoryStart || e.PC() != b.entry {
			t.Fatalf("at the start: %+v", s)
		}
		if s := e.Run(t.Context(), 0); s.Insn != times[0] {
			t.Fatalf("forward again: %+v", s)
		}
	})
}

func TestIgnoreCount(t *testing.T) {
	onBoards(t, func(t *testing.T, b board, e *Engine) {
		e.SetPoints([]point.Point{{Kind: point.Exec, Addr: b.add, Ignore: 4}, {ID: 1, Kind: point.Write, Addr: b.word, Len: 4, Ignore: 6}})
		s := e.Run(t.Context(), 0)
		var word [4]byte
		if err := e.ReadVirt(b.word, word[:]); err != nil || s.Reason != point.Hit || word[0] != 4 {
			t.Fatalf("%+v, the word is %v, %v", s, word, err)
		}
		e.SetPoints([]point.Point{{ID: 1, Kind: point.Write, Addr: b.word, Len: 4, Ignore: 2}})
		if s := e.Run(t.Context(), 0); s.Reason != point.Hit || s.Point != 1 || s.New[0] != 7 || s.Old[0] != 6 {
			t.Fatalf("%+v", s)
		}
	})
}

func TestDataPoints(t *testing.T) {
	onBoards(t, func(t *testing.T, b board, e *Engine) {
		for _, phys := range []bool{false, true} {
			for _, c := range []struct {
				kind point.Kind
				hits int
			}{{point.Read, rvRounds}, {point.Write, rvRounds}, {point.Change, rvRounds}, {point.Access, rvRounds}} {
				if err := e.Goto(0); err != nil {
					t.Fatal(err)
				}
				e.SetPoints([]point.Point{{ID: 9, Kind: c.kind, Addr: b.word, Len: 1, Phys: phys}})
				hits := map[uint64]bool{}
				for {
					s := e.Run(t.Context(), 0)
					if s.Reason != point.Hit {
						break
					}
					if s.Point != 9 || s.Addr != b.word {
						t.Fatalf("%v: %+v", c.kind, s)
					}
					if c.kind == point.Change && s.New[0] != s.Old[0]+1 {
						t.Fatalf("it changed from %v to %v", s.Old, s.New)
					}
					hits[s.Insn] = true
				}
				want := c.hits
				if c.kind == point.Access && b.name == "riscv64" {
					want *= 2 // a load and a store
				}
				if len(hits) != want {
					t.Errorf("%v, physical %v: %d hits; want %d", c.kind, phys, len(hits), want)
				}
			}
		}
		// A byte beside it is not touched.
		if err := e.Goto(0); err != nil {
			t.Fatal(err)
		}
		e.SetPoints([]point.Point{{Kind: point.Access, Addr: b.word + 4, Len: 100}, {Kind: point.Change, Addr: b.word + 1, Len: 3}})
		if s := e.Run(t.Context(), 0); s.Reason != point.Ended {
			t.Errorf("%+v", s)
		}
	})
}

func TestMagicAndTrap(t *testing.T) {
	onBoards(t, func(t *testing.T, b board, e *Engine) {
		e.SetPoints([]point.Point{
			{ID: 1, Kind: point.Magic}, {ID: 2, Kind: point.Trap, Cause: b.cause}, {ID: 3, Kind: point.Trap, Cause: 5}, {ID: 4, Kind: point.Interrupt, Cause: point.AnyCause},
		})
		if s := e.Run(t.Context(), 0); s.Reason != point.Hit || s.Point != 1 || s.Addr <= b.magic {
			t.Fatalf("%+v", s)
		}
		if s := e.Run(t.Context(), 0); s.Reason != point.Hit || s.Point != 2 || s.Addr != b.handle {
			t.Fatalf("%+v", s)
		}
		if s := e.ReverseRun(t.Context()); s.Point != 1 {
			t.Fatalf("back: %+v", s)
		}
		e.Run(t.Context(), 0)
		if s := e.Run(t.Context(), 0); s.Reason != point.Ended || s.Status != 7 {
			t.Fatalf("%+v", s)
		}
	})
}

func TestLastWrite(t *testing.T) {
	onBoards(t, func(t *testing.T, b board, e *Engine) {
		if s := e.Run(t.Context(), 0); s.Reason != point.Ended {
			t.Fatalf("%+v", s)
		}
		now := e.Insn()
		insn, pc, ok := e.LastWrite(b.word, 4, false)
		if !ok || e.Insn() != now {
			t.Fatalf("at %d %#x, %v; the time is %d", insn, pc, ok, e.Insn())
		}
		if err := e.Goto(insn); err != nil {
			t.Fatal(err)
		}
		var before, after [1]byte
		if err := e.ReadPhys(b.word, before[:]); err != nil {
			t.Fatal(err)
		}
		at := e.PC()
		e.Step(1)
		if err := e.ReadPhys(b.word, after[:]); err != nil {
			t.Fatal(err)
		}
		if at != pc || before[0] != rvRounds-1 || after[0] != rvRounds {
			t.Errorf("at %#x, told %#x: from %d to %d", at, pc, before[0], after[0])
		}
		if _, _, ok := e.LastWrite(b.word+16, 4, false); ok {
			t.Error("somebody wrote where nobody writes")
		}
	})
}

// TestAnotherFuture changes the word in the middle; what follows builds on it,
// going back over the change and forward again too.
func TestAnotherFuture(t *testing.T) {
	onBoards(t, func(t *testing.T, b board, e *Engine) {
		e.SetPoints([]point.Point{{Kind: point.Exec, Addr: b.add, Ignore: 4}})
		e.Run(t.Context(), 0)
		e.SetPoints(nil)
		at := e.Insn()
		if err := e.WriteVirt(b.word, []byte{100, 0, 0, 0}); err != nil {
			t.Fatal(err)
		}
		check := func(want byte) {
			t.Helper()
			var word [1]byte
			if err := e.ReadVirt(b.word, word[:]); err != nil || word[0] != want {
				t.Fatalf("the word is %d, %v; want %d", word[0], err, want)
			}
		}
		e.Run(t.Context(), 0)
		check(106)
		e.ReverseStep(3)
		check(106)
		if err := e.Goto(at - 3); err != nil {
			t.Fatal(err)
		}
		var word [1]byte
		if err := e.ReadVirt(b.word, word[:]); err != nil || word[0] > 4 {
			t.Fatalf("before the change the word is %d, %v", word[0], err)
		}
		e.Run(t.Context(), 0)
		check(106)
	})
}

// TestNothingChanges: points and history leave no trace in the course of a run.
func TestNothingChanges(t *testing.T) {
	for _, b := range boards {
		plain, _ := b.new(t)
		plain.Close()
		plain.Run(context.Background(), 0)
		want, err := plain.r.StateHash()
		if err != nil {
			t.Fatal(err)
		}
		e, _ := b.new(t)
		e.SetPoints([]point.Point{
			{Kind: point.Exec, Addr: b.add},
			{Kind: point.Access, Addr: b.word},
			{Kind: point.Trap, Cause: point.AnyCause},
			{Kind: point.Privilege},
			{Kind: point.PageTable},
			{Kind: point.Magic},
		})
		n := 0
		for e.Run(t.Context(), 0).Reason == point.Hit {
			n++
		}
		got, err := e.r.StateHash()
		if err != nil {
			t.Fatal(err)
		}
		if got != want || n < 2*rvRounds || e.Insn() != plain.Insn() {
			t.Errorf("%s: after %d hits and %d instructions, state %s; want %s after %d", b.name, n, e.Insn(), got, want, plain.Insn())
		}
	}
}

// register is a register's value now.
func register(e *Engine, name string) []byte {
	for _, r := range e.Registers() {
		if r.Name == name {
			return r.Value
		}
	}
	return nil
}

// TestRegisters changes every register, or is told why not.
func TestRegisters(t *testing.T) {
	// What cannot be changed at all, or to a value with bits that do not exist.
	refused := map[string]string{
		"zero": "zero is always 0", "time": "read-only", "misa": "read-only", "mhartid": "read-only",
		"satp": "WARL", "ldtr": "LLDT", "tr": "LTR", "cs": "null selector", "ss": "null selector", "cr0": "PG needs PE", "cr4": "do not exist",
		"eflags": "EFLAGS has no bits", "mxcsr": "MXCSR has no bits", "pc": "even addresses",
	}
	onBoards(t, func(t *testing.T, b board, e *Engine) {
		said := 0
		for _, r := range e.Registers() {
			before, err := e.r.StateHash()
			if err != nil {
				t.Fatal(err)
			}
			v := make([]byte, len(r.Value))
			for i := range v {
				v[i] = 0xa5
			}
			switch {
			case r.Name == "cs", r.Name == "ss":
				clear(v)
			case r.Name == "cr0":
				clear(v[:2])
			case r.Group == point.GroupSegment && len(v) == 2 && r.Name != "ldtr" && r.Name != "tr":
				clear(v) // of the descriptors there is only the null selector
			}
			err = e.SetRegister(r.Name, v)
			after, _ := e.r.StateHash()
			switch want, bad := refused[r.Name]; {
			case err == nil && bad:
				t.Errorf("%s takes %x; want an error with %q", r.Name, v, want)
			case err == nil:
				if now := register(e, r.Name); bytes.Equal(now, r.Value) && !bytes.Equal(v, r.Value) {
					t.Errorf("%s was set to %x and is still %x", r.Name, v, now)
				}
			case !strings.Contains(err.Error(), want) || !bad && !strings.Contains(err.Error(), "read-only") && !strings.Contains(err.Error(), "WARL"):
				t.Errorf("%s: %v; want an error with %q", r.Name, err, want)
			default:
				said++
				if after != before {
					t.Errorf("%s: %v, and something has changed", r.Name, err)
				}
			}
		}
		if said < len(refused)/3 {
			t.Errorf("only %d registers refuse", said)
		}
		if err := e.SetRegister("nonsense", []byte{1}); err == nil {
			t.Error("a register nonsense was set")
		}
		long := append(make([]byte, 16), 1)
		if err := e.SetRegister(e.Registers()[1].Name, long); err == nil || !strings.Contains(err.Error(), "bits, and the value has more") {
			t.Errorf("a register that is too short: %v", err)
		}
	})
}

// Wide registers keep all their bytes.
func TestWideRegisters(t *testing.T) {
	onBoards(t, func(t *testing.T, b board, e *Engine) {
		for _, r := range e.Registers() {
			if len(r.Value) <= 8 {
				continue
			}
			want := []byte("0123456789abcdef")[:len(r.Value)]
			if err := e.SetRegister(r.Name, want); err != nil || !bytes.Equal(register(e, r.Name), want) {
				t.Errorf("%s: %v, %x", r.Name, err, register(e, r.Name))
			}
		}
	})
}

// TestDevicesAreOnlyLookedAt: looking at everything changes nothing.
func TestDevicesAreOnlyLookedAt(t *testing.T) {
	onBoards(t, func(t *testing.T, b board, e *Engine) {
		e.Run(t.Context(), 30)
		before, err := e.r.StateHash()
		if err != nil {
			t.Fatal(err)
		}
		told := 0
		for _, d := range e.Devices() {
			told += len(d.State)
		}
		e.Registers()
		e.TLB()
		e.Walk(b.word, 'w')
		e.Mappings(func(point.Mapping) bool { return true })
		if after, _ := e.r.StateHash(); after != before || told < 5 || len(e.Mtree()) < 100 {
			t.Errorf("the state was %s and is %s; %d lines about devices", before, after, told)
		}
	})
}
