package monitor

import (
	"context"
	"errors"
	"strings"
	"testing"

	"rv86/machine/debug/point"
)

// fake is a machine that executes nothing: its PC goes up by 4 with each
// instruction, and so it can go back. It has a little memory.
type fake struct {
	arch string
	insn uint64
	mem  []byte // at 0x1000
	regs map[string]uint64
	pts  []point.Point
}

const fakeBase = 0x1000

func newFake(arch string) *fake {
	f := &fake{arch: arch, mem: make([]byte, 4096), regs: map[string]uint64{}}
	for i := range f.mem {
		f.mem[i] = byte(i * 7)
	}
	return f
}

var errNoMemory = errors.New("it is not mapped")

func (f *fake) Arch() string { return f.arch }
func (f *fake) Insn() uint64 { return f.insn }
func (f *fake) PC() uint64   { return fakeBase + 4*(f.insn%512) }

func (f *fake) Run(_ context.Context, limit uint64) point.Stop {
	for n := 0; n < 2000; n++ {
		f.insn++
		for _, p := range f.pts {
			if p.Kind == point.Exec && p.Covers(f.PC(), 1) {
				return point.Stop{Reason: point.Hit, Point: p.ID, Insn: f.insn, Addr: f.PC()}
			}
		}
		if f.insn == limit {
			return point.Stop{Reason: point.Limit, Insn: f.insn}
		}
	}
	return point.Stop{Reason: point.Ended, Insn: f.insn, Status: 3}
}

func (f *fake) Step(n uint64) point.Stop {
	f.insn += n
	return point.Stop{Reason: point.Stepped, Insn: f.insn}
}
func (f *fake) SetPoints(ps []point.Point) { f.pts = ps }

func (f *fake) Goto(n uint64) error {
	f.insn = n
	return nil
}

func (f *fake) ReverseStep(n uint64) point.Stop {
	if n > f.insn {
		f.insn = 0
		return point.Stop{Reason: point.HistoryStart}
	}
	f.insn -= n
	return point.Stop{Reason: point.Stepped, Insn: f.insn}
}

func (f *fake) ReverseRun(context.Context) point.Stop {
	for f.insn > 0 {
		f.insn--
		for _, p := range f.pts {
			if p.Kind == point.Exec && p.Covers(f.PC(), 1) {
				return point.Stop{Reason: point.Hit, Point: p.ID, Insn: f.insn}
			}
		}
	}
	return point.Stop{Reason: point.HistoryStart}
}

func (f *fake) LastWrite(uint64, uint64, bool) (insn, pc uint64, ok bool) { return 1, fakeBase, true }

func (f *fake) Registers() (out []point.Register) {
	a, _ := archOf(f.arch)
	for i, n := range a.dwarf {
		v := fakeBase + uint64(i)*8
		if set, ok := f.regs[n]; ok {
			v = set
		}
		if n == a.pc {
			v = f.PC()
		}
		out = append(out, point.Register{Name: n, Group: point.GroupGeneral, Value: word(v, a.word)})
	}
	if a.pcDwarf < 0 {
		out = append(out, point.Register{Name: a.pc, Group: point.GroupGeneral, Value: word(f.PC(), a.word)})
	}
	return append(out, point.Register{Name: "status", Group: point.GroupCSR, Value: []byte{5}, Fields: []point.Field{{Name: "IE", Value: 1, Text: "on"}}})
}

func (f *fake) SetRegister(name string, v []byte) error {
	f.regs[name] = number(v)
	return nil
}
func (f *fake) Privilege() string    { return "S" }
func (f *fake) AddressSpace() uint64 { return 0x5000 }

func (f *fake) at(va uint64, n int) ([]byte, error) {
	if va < fakeBase || va-fakeBase > uint64(len(f.mem)) || uint64(n) > uint64(len(f.mem))-(va-fakeBase) {
		return nil, errNoMemory
	}
	return f.mem[va-fakeBase:][:n], nil
}

func (f *fake) ReadVirt(va uint64, b []byte) error {
	m, err := f.at(va, len(b))
	copy(b, m)
	return err
}

func (f *fake) WriteVirt(va uint64, b []byte) error {
	m, err := f.at(va, len(b))
	copy(m, b)
	return err
}
func (f *fake) ReadSpace(_, va uint64, b []byte) error { return f.ReadVirt(va, b) }
func (f *fake) ReadPhys(pa uint64, b []byte) error     { return f.ReadVirt(pa, b) }
func (f *fake) WritePhys(pa uint64, b []byte) error    { return f.WriteVirt(pa, b) }

func (f *fake) Walk(va uint64, _ byte) point.Walk {
	return point.Walk{Steps: []point.WalkStep{{Level: 0, At: 8, Text: "v"}}, PA: va, OK: va >= fakeBase, Why: "a page"}
}

func (f *fake) TLB() []point.TLBEntry {
	return []point.TLBEntry{{VA: fakeBase, PA: 1, Size: 4096, Perm: "rw"}}
}

func (f *fake) Mappings(g func(point.Mapping) bool) {
	g(point.Mapping{VA: fakeBase, PA: fakeBase, Size: 4096, Perm: "rwx"})
}

func (f *fake) Devices() []point.Device {
	return []point.Device{{Name: "uart", Where: "0x1", Lines: []string{"irq 1"}, State: []string{"IER 0"}}}
}
func (f *fake) Mtree() string       { return "all" }
func (f *fake) Screen() []string    { return []string{"hi", ""} }
func (f *fake) ConsoleInput([]byte) {}

// session runs lines and gives what was printed.
func session(t testing.TB, arch, lines string) (*Monitor, string) {
	t.Helper()
	var out strings.Builder
	m, err := New(Config{Target: newFake(arch), Out: &out, Lines: NewScript(strings.NewReader(lines))})
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Run(); err != nil && !errors.Is(err, ErrDetach) {
		t.Fatal(err)
	}
	return m, out.String()
}

func TestSessionsWithoutSymbols(t *testing.T) {
	for _, c := range []struct{ lines, want string }{
		{"break *0x1010\ncontinue\nprint $pc\n", "Breakpoint 1, 0x0000000000001010 in ?? ()"},
		{"tbreak *0x1010\nc\ninfo breakpoints\n", "No breakpoints or watchpoints."},
		{"break *0x1010 if $insn > 5\nc\nprint $insn\n", "$1 = 516"},
		{"break *0x1010\nignore 1 1\nc\nprint $insn\n", "$1 = 516"},
		{"break *0x1010\ncommands\necho there\nend\nc\n", "\nthere\n"},
		{"c\nc\n", "The machine has ended (exit status 3): go back with goto, rstepi or rcontinue, or quit."},
		{"stepi 5\nrstepi 2\nprint $insn\n", "$1 = 3"},
		{"stepi 5\nrc\n", "No more history"},
		{"limit insns 3\nc\nprint $insn\n", "$1 = 3"},
		{"runto 7\nprint $insn\n", "$1 = 7"},
		{"stepi 9\nrunto 7\n", "goto 7 goes back."},
		{"goto 4\np $insn\n", "$1 = 4"},
		{"p 1\np $ + 1\np $$ + $1\n", "$3 = 2"},
		{"set $x = 5\np $x * 2\n", "$1 = 10"},
		{"set *(int *)0x1000 = 77\np *(int *)0x1000\n", "$1 = 77"},
		{"set $a0 = 3\np $a0\n", "$1 = 3"},
		{"p $nosuch\n", "There is no register or variable $nosuch (info registers all lists registers; set $nosuch = VALUE makes a variable)."},
		{"p $statsu\n", "There is no register or variable $statsu; did you mean $status?"},
		{"set $total = 5\np $totla\n", "There is no register or variable $totla; did you mean $total?"},
		{"set $x += 1\n", "There is no register or variable $x"},
		{"display $nosuch\n", "There is no register or variable $nosuch"},
		{"p a0\n", `No symbol "a0" in what is loaded; did you mean "$a0"?`},
		{"print\n", "Nothing was printed yet"},
		{"p 1\np $3\n", "There is no value $3: values from $1 to $1 were printed."},
		{"set $insn = 4\n", "Only a register or what is in memory can be changed."},
		{"5\n", `There is no command "5"`},
		{"break nowhere\n", "Breakpoint 1 (nowhere) pending: no module that is known has it."},
		{"x/2xw 0x1000\nx\n", "0x0000000000001008:\t"},
		{"x/s 0\n", "Cannot read memory at 0x0: it is not mapped."},
		{"display $insn\nstepi\n", "\n1: $insn = 1\n"},
		{"info registers status\n", "IE         0x1  on"},
		{"info registers nothing\n", `There is no register or group "nothing"`},
		{"info breakpont\n", `There is no info about "breakpont"; did you mean "breakpoints"?`},
		{"wx-audit\n", "1 ranges are both writable and executable."},
		{"screen\n", "\nhi\n"},
		{"catch syscall wrote\n", `There is no system call "wrote"; did you mean "write"?`},
		{"catch interrupt 5\n", `Catch interrupt takes no argument: "5" is left over.`},
		{"break *0x1010 if $a0 = 3\n", `The condition "$a0 = 3" would change what it asks for: == compares.`},
		{"break *0x1010\ncondition 1 $a0 = 3\n", "== compares."},
		{"catch\n", "Say what to catch: events are trap"},
		{"goto\n", "goto is incomplete: write goto INSN."},
		{"runto\n", "runto is incomplete: write runto INSN."},
		{"whatis\n", "whatis is incomplete: write whatis EXPR."},
		{"condition\n", "Say which breakpoint: its number"},
		{"info frame 5\n", `Info frame takes no argument: "5" is left over.`},
		{"info functions zz\n", `No function has "zz" in its name.`},
		{"info variables\n", "No module or program that is here has a variable"},
		{"info sources\n", "No module or program that is here has debug information."},
		{"info line\n", "Of which source line the code at 0x1000 is, is not known."},
		{"info devices art\n", "uart at 0x1"},
		{"info devices nothing\n", `No device with "nothing" in its name has anything to show.`},
		{"x/4\n", "Say where: x/4x ADDRESS."},
		{"source /nosuch/file\n", "/nosuch/file: no such file or directory."},
		{"jump 5\n", `There is no command "jump" (help lists all).`},
		{"walk 0x1000\n", "a page"},
		{"step\n", "There is no line information here, and no caller to return to: stepi goes on by instructions."},
		{"catch nonsense\n", `"nonsense" cannot be caught: events are trap`},
		{"info gdt\n", "The riscv64 machine has no global descriptor table."},
		{"condition 9 1\n", `There is no breakpoint "9"`},
		{"watch $a0\n", "only memory can be watched"},
		{"type hello\n", "the text stands in quotes"},
		{"savevm x\n", "This machine's state cannot be saved."},
		{"quit\necho after\n", ""},
	} {
		if _, got := session(t, "riscv64", "echo begin\n"+c.lines); !strings.Contains(strings.ToLower(got), strings.ToLower(c.want)) || strings.Contains(got, "after\n") {
			t.Errorf("%q printed\n%s\nwithout %q", c.lines, got, c.want)
		}
	}
}

// Enter repeats what can go on.
func TestEnter(t *testing.T) {
	if m, _ := session(t, "riscv64", "stepi\n\n\n"); m.Target.Insn() != 3 {
		t.Errorf("three steps came to %d", m.Target.Insn())
	}
	if _, got := session(t, "riscv64", "echo once\n\n"); strings.Count(got, "once") != 1 {
		t.Errorf("echo was repeated: %q", got)
	}
}

func TestComplete(t *testing.T) {
	m, _ := session(t, "riscv64", "")
	for line, want := range map[string]string{
		"brea": "break", "info reg": "registers", "help tbr": "tbreak", "print $a": "$a0 $a1 $a2 $a3 $a4 $a5 $a6 $a7", "zzz": "",
	} {
		words, _ := m.Complete(line)
		if got := strings.Join(words, " "); got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}

// A session's text never makes the monitor panic, whatever the machine.
func FuzzCommands(f *testing.F) {
	for _, c := range commands {
		f.Add(c.names[0] + " " + c.example)
	}
	for _, r := range infoRows() {
		f.Add("info " + r.name + " " + r.example)
	}
	f.Add("break *0x1010\ncommands\nc\nend\nc\nx/8i 0x1000\nbt\nup\nfinish\nrnext\nuntil\nadvance *0x1020\nrfinish")
	f.Fuzz(func(t *testing.T, lines string) {
		for _, word := range []string{"savevm", "loadvm", "source", "file", "directory", "sav", "loa", "so"} {
			if strings.Contains(lines, word) {
				t.Skip("it touches the host's files")
			}
		}
		session(t, "riscv64", lines)
		session(t, "i386", lines)
	})
}
