package debug

import (
	"context"
	"errors"
	"fmt"

	"rv86/cpu"
	"rv86/cpu/i386"
	"rv86/cpu/rv64"
	"rv86/machine"
	"rv86/machine/debug/point"
	"rv86/machine/vmfile"
)

// Engine debugs one machine. It implements what front ends call a target.
type Engine struct {
	r    *machine.Runner
	core cpu.Debugged
	arch arch
	ram  []byte
	base uint64

	config Config
	points watch
	hist   *history // nil: off
	// why there is no history, for messages.
	noHistory error
}

// Config says how to debug.
type Config struct {
	// NoHistory saves the memory and the time that going backwards costs.
	NoHistory bool
	// Irreproducible, if set, says why the run cannot be repeated, such as a
	// drive that is written to; there is no history then.
	Irreproducible error
	// File is what a saved machine says of itself, besides its kind and size.
	File vmfile.Header
}

// New attaches to the machine that r runs, between two pieces of its run.
func New(r *machine.Runner, c Config) (*Engine, error) {
	e := &Engine{r: r, core: r.Debugged(), config: c}
	e.ram, e.base = r.RAM()
	switch core := r.Core().(type) {
	case *rv64.Hart:
		e.arch = &hart{core}
	case *i386.CPU:
		e.arch = &pc{core}
	default:
		panic("debug: bug: a core of unknown kind")
	}
	e.points.init(e)
	switch {
	case c.Irreproducible != nil:
		e.noHistory = c.Irreproducible
	case c.NoHistory:
		e.noHistory = errors.New("the history is switched off")
	default:
		var err error
		if e.hist, err = newHistory(r); err != nil {
			return nil, fmt.Errorf("start the history: %w", err)
		}
	}
	return e, nil
}

// Close detaches: the machine runs on as if nobody had looked.
func (e *Engine) Close() {
	e.core.SetHook(nil)
	e.core.TrackWrites(false)
	e.hist, e.noHistory = nil, errors.New("the debugger is detached")
}

// Arch names the machine: riscv64 or i386.
func (e *Engine) Arch() string { return e.arch.name() }

// Insn is the machine's time in instruction slots.
func (e *Engine) Insn() uint64 { return e.core.Insns() }

// SetPoints replaces all points.
func (e *Engine) SetPoints(ps []point.Point) { e.points.set(ps) }

// stop describes where the machine is now.
func (e *Engine) stop(why point.Reason) point.Stop {
	return point.Stop{Reason: why, Insn: e.Insn(), Addr: e.PC()}
}

// Run goes forward until a point is hit, the clock has reached limit (0: no
// limit), the machine ends or ctx is done. An execution point at the present PC
// is not hit again.
func (e *Engine) Run(ctx context.Context, limit uint64) point.Stop {
	if limit != 0 && e.Insn() >= limit {
		return e.stop(point.Limit)
	}
	e.points.pass()
	return e.run(ctx, machine.Goal{Slot: limit}, point.Limit)
}

// Step executes n instructions and looks at no points.
func (e *Engine) Step(n uint64) point.Stop {
	e.points.quiet++
	defer func() { e.points.quiet-- }()
	if n == 0 {
		return e.stop(point.Stepped)
	}
	return e.run(context.Background(), machine.Goal{Executed: e.r.Executed() + n}, point.Stepped)
}

// run advances to a goal, taking snapshots on the way, until a point is hit.
func (e *Engine) run(ctx context.Context, g machine.Goal, reached point.Reason) point.Stop {
	e.points.start()
	for {
		part := g
		if next, ok := e.nextSnapshot(); ok && (g.Executed == 0 || next < g.Executed) {
			part.Executed = next
		}
		progress, out := e.r.Advance(ctx, part)
		if s, hit := e.points.resolve(); hit {
			return s
		}
		if progress == machine.Ended {
			return e.ended(ctx, out)
		}
		if e.hist != nil {
			if err := e.keepUp(); err != nil {
				e.lose(err)
			}
		}
		if progress == machine.ReachedGoal && (g.Slot != 0 && e.Insn() >= g.Slot || g.Executed != 0 && e.r.Executed() >= g.Executed) {
			return e.stop(reached)
		}
	}
}

// nextSnapshot is when the history wants the machine to stand still.
func (e *Engine) nextSnapshot() (executed uint64, ok bool) {
	if e.hist == nil {
		return 0, false
	}
	return e.hist.stand(e.r.Executed()), true
}

// keepUp does what the history is due: a snapshot, or, where the machine was
// once changed by hand, the same change.
func (e *Engine) keepUp() error {
	if k, ok := e.hist.branchAt(e.r.Executed()); ok {
		return e.restore(k)
	}
	if e.hist.due() {
		return e.hist.take(false)
	}
	return nil
}

// lose gives up the history.
func (e *Engine) lose(err error) {
	e.core.TrackWrites(false)
	e.hist, e.noHistory = nil, fmt.Errorf("the history was lost: %w", err)
}

// ended is the stop for the end of a machine, or of a context.
func (e *Engine) ended(ctx context.Context, out machine.Outcome) point.Stop {
	if ctx.Err() != nil {
		return e.stop(point.Interrupted)
	}
	s := e.stop(point.Ended)
	s.Status, s.Text = out.Status, out.Reason
	if out.Err != nil {
		s.Text = "the console's output: " + out.Err.Error()
	}
	return s
}

// ConsoleInput gives the guest's console bytes, as if they had been typed now.
// If the machine stands in the past, what was to come is forgotten.
func (e *Engine) ConsoleInput(b []byte) {
	in := e.r.Input()
	if in == nil {
		return
	}
	if e.r.Journal().Known() > e.r.Moment() {
		e.branch()
	}
	in.Push(b)
}

// Screen is the board's text screen, nil if it has none.
func (e *Engine) Screen() []string { return e.r.Screen() }

// PC is the address of the next instruction; linear on i386.
func (e *Engine) PC() uint64 { return e.arch.pc() }

// Privilege names the privilege level: U, S, M, or ring 0 to 3.
func (e *Engine) Privilege() string { return e.arch.privilege() }

// AddressSpace is the physical address of the root page table; 0 without paging.
func (e *Engine) AddressSpace() uint64 { return e.arch.root() }
