package travel_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"rv86/machine"
	"rv86/machine/debug"
	"rv86/machine/debug/point"
	"rv86/machine/session"
	"rv86/tests/lab"
)

// MovesEnv sets the number of random moves; the short test makes few.
const movesEnv = "RV86_TRAVEL_MOVES"

var archs = []string{"riscv64", "i386"}

// open builds a machine that runs commands and powers off.
func open(t testing.TB, arch, commands string, console *bytes.Buffer) *machine.Runner {
	t.Helper()
	m, closeFiles, err := session.Open(session.Options{
		Flags:     session.Flags{Arch: arch, Memory: 64 << 20, Command: &commands},
		ImageDirs: []string{lab.Images(t, arch)},
		Console:   console,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(closeFiles)
	return m.NewRunner(machine.RunConfig{})
}

func attach(t testing.TB, r *machine.Runner, c debug.Config) *debug.Engine {
	t.Helper()
	e, err := debug.New(r, c)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func hash(t testing.TB, r *machine.Runner) string {
	t.Helper()
	h, err := r.StateHash()
	if err != nil {
		t.Fatal(err)
	}
	return h
}

const someCommands = "insmod hello; rmmod hello; sleep 0.01; ls / | wc -l"

// TestRandomMoves goes forwards and backwards at random through a system's life
// and compares its end with that of a straight run.
func TestRandomMoves(t *testing.T) {
	moves := 60
	if n, err := strconv.Atoi(os.Getenv(movesEnv)); err == nil {
		moves = n
	}
	for _, arch := range archs {
		t.Run(arch, func(t *testing.T) {
			t.Parallel()
			var straight, moved bytes.Buffer
			r := open(t, arch, someCommands, &straight)
			progress, out := r.Advance(t.Context(), machine.Goal{})
			if progress != machine.Ended || out.Status != 0 {
				t.Fatalf("the straight run ends with %v", out)
			}
			end, want := r.Core().Insns(), hash(t, r)

			r = open(t, arch, someCommands, &moved)
			e := attach(t, r, debug.Config{})
			seed := rand.NewPCG(1, 2)
			rnd := rand.New(seed)
			for i := range moves {
				before := e.Insn()
				switch rnd.IntN(5) {
				case 0:
					if err := e.Goto(rnd.Uint64N(end)); err != nil {
						t.Fatal(err)
					}
				case 1:
					e.Step(rnd.Uint64N(1000))
				case 2:
					n := rnd.Uint64N(100_000)
					if s := e.ReverseStep(n); s.Insn > before || s.Reason == point.Hit {
						t.Fatalf("move %d: %d back from %d gives %+v", i, n, before, s)
					}
				case 3:
					e.Run(t.Context(), before+rnd.Uint64N(1_000_000)+1)
				case 4:
					e.ReverseStep(1)
				}
			}
			s := e.Run(t.Context(), 0)
			if s.Reason != point.Ended || s.Insn != end {
				t.Errorf("it ends with %+v; want %d instructions", s, end)
			}
			if got := hash(t, r); got != want {
				t.Errorf("state %s after %d moves; want %s", got, moves, want)
			}
			if moved.String() != straight.String() {
				t.Errorf("the console shows\n%q\nwant\n%q", &moved, &straight)
			}
		})
	}
}

// TestSameStateAtEachTime: a time reached from behind and from ahead is the same.
func TestSameStateAtEachTime(t *testing.T) {
	for _, arch := range archs {
		t.Run(arch, func(t *testing.T) {
			t.Parallel()
			var console bytes.Buffer
			r := open(t, arch, someCommands, &console)
			e := attach(t, r, debug.Config{})
			rnd := rand.New(rand.NewPCG(3, 4))
			for range 8 {
				at := e.Insn() + rnd.Uint64N(1_500_000)
				if err := e.Goto(at); err != nil {
					t.Fatal(err)
				}
				here, want := e.Insn(), hash(t, r)
				e.Step(rnd.Uint64N(500_000))
				if s := e.ReverseStep(rnd.Uint64N(50_000)); s.Reason != point.Stepped {
					t.Fatalf("%+v", s)
				}
				if err := e.Goto(at); err != nil {
					t.Fatal(err)
				}
				if got := hash(t, r); got != want || e.Insn() != here {
					t.Errorf("at %d: state %s at %d, then %s at %d", at, want, here, got, e.Insn())
				}
				// One step forward and one back.
				e.Step(1)
				e.ReverseStep(1)
				if got := e.Insn(); got > here {
					t.Errorf("a step and a step back lead from %d to %d", here, got)
				}
			}
		})
	}
}

// TestStepBackIsQuick measures a step back far from the start.
func TestStepBackIsQuick(t *testing.T) {
	const far = 100_000_000
	for _, arch := range archs {
		t.Run(arch, func(t *testing.T) {
			if testing.Short() {
				t.Skip("short")
			}
			var console bytes.Buffer
			r := open(t, arch, "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done", &console)
			e := attach(t, r, debug.Config{})
			begin := time.Now()
			if s := e.Run(t.Context(), far); s.Reason != point.Limit {
				t.Fatalf("%+v", s)
			}
			forward := time.Since(begin)
			var worst time.Duration
			for range 10 {
				begin := time.Now()
				if s := e.ReverseStep(1); s.Reason != point.Stepped {
					t.Fatalf("%+v", s)
				}
				worst = max(worst, time.Since(begin))
			}
			t.Logf("%d instructions in %v; the slowest of 10 steps back took %v; history %v", far, forward, worst, e.HistoryStats())
			if worst > 2*time.Second { // a loaded machine; the aim is 200 ms
				t.Errorf("a step back took %v", worst)
			}
		})
	}
}

// BenchmarkDebugger compares a machine that nobody looks at with one that a
// debugger looks at, in instructions a second of a shell that counts.
func BenchmarkDebugger(b *testing.B) {
	const insns = 60_000_000
	nowhere := []point.Point{{Kind: point.Exec, Addr: 0x1234_5678}}
	for _, arch := range archs {
		for _, c := range []struct {
			name   string
			attach bool
			debug.Config
			points []point.Point
		}{
			{name: "plain"},
			{name: "point", attach: true, Config: debug.Config{NoHistory: true}, points: nowhere},
			{name: "history", attach: true},
			{name: "history+point", attach: true, points: nowhere},
		} {
			b.Run(arch+"/"+c.name, func(b *testing.B) {
				for range b.N {
					b.StopTimer()
					r := open(b, arch, "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done", &bytes.Buffer{})
					run := func() { r.Advance(b.Context(), machine.Goal{Slot: insns}) }
					if c.attach {
						e := attach(b, r, c.Config)
						e.SetPoints(c.points)
						run = func() { e.Run(b.Context(), insns) }
					}
					b.StartTimer()
					run()
				}
				b.ReportMetric(insns*float64(b.N)/b.Elapsed().Seconds()/1e6, "MIPS")
			})
		}
	}
}

// TestEventPoints: points at events of the processor, in a system's life.
func TestEventPoints(t *testing.T) {
	for _, arch := range archs {
		t.Run(arch, func(t *testing.T) {
			t.Parallel()
			var console bytes.Buffer
			r := open(t, arch, someCommands, &console)
			e := attach(t, r, debug.Config{})
			timer := int64(5) // the supervisor timer interrupt
			if arch == "i386" {
				timer = point.AnyCause
			}
			for _, c := range []struct {
				name  string
				p     point.Point
				check func(before string, s point.Stop) bool
			}{
				{"interrupt", point.Point{Kind: point.Interrupt, Cause: timer}, func(string, point.Stop) bool { return true }},
				{"trap", point.Point{Kind: point.Trap, Cause: point.AnyCause}, func(string, point.Stop) bool { return true }},
				{"privilege", point.Point{Kind: point.Privilege}, func(before string, _ point.Stop) bool { return e.Privilege() != before }},
				{"page table", point.Point{Kind: point.PageTable}, func(string, point.Stop) bool { return true }},
			} {
				e.SetPoints([]point.Point{c.p})
				for range 20 {
					before := e.Privilege()
					s := e.Run(t.Context(), 0)
					if s.Reason != point.Hit || !c.check(before, s) {
						t.Fatalf("%s: %+v at privilege %s, before %s", c.name, s, e.Privilege(), before)
					}
				}
				// The last but one is found again from behind, to the state.
				s := e.Run(t.Context(), 0)
				want, here := hash(t, r), e.Insn()
				e.Run(t.Context(), 0)
				if back := e.ReverseRun(t.Context()); back.Insn != s.Insn || e.Insn() != here || hash(t, r) != want {
					t.Errorf("%s: back at %+v; want %+v", c.name, back, s)
				}
			}
		})
	}
}
