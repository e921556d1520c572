package machine

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"rv86/cpu"
)

// The run loop looks up from the processor at least at every multiple of this
// number of slots: often enough that a signal or a keystroke is not felt to
// wait, seldom enough that it costs nothing.
const (
	slice     = 1 << 22
	sliceLive = 1 << 20
)

// RunConfig says how to run a machine.
type RunConfig struct {
	// Input is the console's input; nil if it is not connected.
	Input *Input
	// Realtime paces the guest's clock by the wall clock and hands over input
	// as it arrives. Otherwise the course of the run depends on the images and
	// the bytes of Input alone: a byte is handed over only when the guest has
	// nothing else to do.
	Realtime bool
	// MaxInsns ends the run after that many executed instructions; 0 is no limit.
	MaxInsns uint64
	// Journal takes down what the world outside does, and repeats what it knows
	// already; nil if nobody wants to know.
	Journal *Journal
	// Observe, if set, is called instead of Core.Run, for tracing.
	Observe func(limit uint64) cpu.Stop
}

// Runner runs a machine piece by piece. However the pieces are cut, the machine
// takes the same course.
//
// The loop goes in turns: devices are brought up to date, then the processor
// runs to the turn's end, which is the devices' next event, or until something
// happens earlier, then input is given. A piece may end within a turn.
type Runner struct {
	*Machine
	cfg   RunConfig
	ctx   context.Context
	start time.Time // wall-clock time of slot 0, if Realtime

	turn                     turn
	lastActivity, quietSince uint64 // of the console, see feedBusy
	flushed                  uint64 // slot at which the console was flushed
}

// turn is where in its turn a machine is.
type turn struct {
	begun  bool
	end    uint64 // slot
	moment uint64 // how often the world outside could have acted, see Journal
}

// Goal is where a piece of a run ends: at the first of the two that is reached.
type Goal struct {
	Slot     uint64 // of the clock; 0 is none
	Executed uint64 // instructions without the slots that passed idly; 0 is none
}

// Progress says why Advance came back.
type Progress uint8

const (
	ReachedGoal Progress = iota
	Broke                // the processor stopped for a debugger
	Ended                // the machine, or the run, is over; there is an Outcome
)

// NewRunner prepares a run from where the machine is.
func (m *Machine) NewRunner(c RunConfig) *Runner {
	if c.Observe == nil {
		c.Observe = m.core.Run
	}
	if c.Journal == nil {
		c.Journal = &Journal{}
	}
	return &Runner{Machine: m, cfg: c}
}

// Run executes the machine until it ends. The context's cause, if it is done
// first, becomes the outcome's reason.
func (m *Machine) Run(ctx context.Context, c RunConfig) Outcome {
	_, out := m.NewRunner(c).Advance(ctx, Goal{})
	return out
}

// Advance runs the machine up to a goal. The console's output has been written
// when it returns.
func (r *Runner) Advance(ctx context.Context, g Goal) (Progress, Outcome) {
	r.ctx = ctx
	r.start = time.Now().Add(-time.Duration(r.core.Insns()))
	p, out := r.advance(g)
	r.console.flush()
	if out.Err == nil && r.console.err != nil {
		p, out.Err = Ended, r.console.err
	}
	return p, out
}

func (r *Runner) advance(g Goal) (Progress, Outcome) {
	if r.exit != nil { // it has ended, and stays so
		return Ended, r.ended()
	}
	for !r.reached(g) {
		if !r.turn.begun {
			r.begin()
		}
		stop := r.cfg.Observe(min(r.turn.end, r.goalSlot(g)))
		if stop.Why == cpu.StopBreak {
			return Broke, Outcome{}
		}
		if stop.Why == cpu.StopBudget && r.core.Insns() < r.turn.end {
			return ReachedGoal, Outcome{}
		}
		if out, over := r.finish(stop); over {
			return Ended, out
		}
	}
	return ReachedGoal, Outcome{}
}

func (r *Runner) reached(g Goal) bool {
	return g.Slot != 0 && r.core.Insns() >= g.Slot || g.Executed != 0 && r.Executed() >= g.Executed
}

// goalSlot is where the processor has to stop for a goal that is ahead.
func (r *Runner) goalSlot(g Goal) uint64 {
	n := uint64(math.MaxUint64)
	if g.Slot != 0 {
		n = g.Slot
	}
	if g.Executed != 0 {
		// Neither sum nor difference may wrap: a goal may be the end of time.
		left := g.Executed - r.Executed()
		n = min(n, r.core.Insns()+min(left, math.MaxUint64-r.core.Insns()))
	}
	return n
}

// begin starts a turn.
func (r *Runner) begin() {
	if r.reset {
		r.restartNow()
	}
	r.tick()
	if r.cfg.Realtime {
		r.feedLive()
	}
	r.turn.begun, r.turn.end = true, r.limit()
}

// finish ends a turn that stopped. It reports whether the run is over. A wait
// for input that the context cut short leaves the turn as it was, to be waited
// for again.
func (r *Runner) finish(stop cpu.Stop) (out Outcome, over bool) {
	r.turn.begun = false
	switch stop.Why {
	case cpu.StopExit:
		return r.ended(), true
	case cpu.StopFault:
		return Outcome{Status: StatusFault, Reason: "the machine can make no progress: " + stop.Detail}, true
	case cpu.StopIdle:
		r.console.flush()
		if r.reset {
			break
		}
		switch r.idle() {
		case idleForEver:
			return Outcome{
				Status: StatusHalted,
				Reason: "the machine halted: it waits for an interrupt and nothing can raise one",
			}, true
		case idleCut:
			r.turn.begun = true
			return interrupted(context.Cause(r.ctx)), true
		}
	case cpu.StopBudget, cpu.StopEvent:
		if !r.cfg.Realtime {
			r.feedBusy()
		}
	}
	if r.core.Insns()-r.flushed >= slice { // let output appear while a guest computes
		r.console.flush()
		r.flushed = r.core.Insns()
	}
	switch {
	case r.cfg.MaxInsns != 0 && r.Executed() >= r.cfg.MaxInsns:
		return Outcome{
			Status: StatusBudget,
			Reason: fmt.Sprintf("the budget of %d instructions is used up (--max-insns)", r.cfg.MaxInsns),
		}, true
	case r.ctx.Err() != nil:
		return interrupted(context.Cause(r.ctx)), true
	case r.console.err != nil:
		return Outcome{Err: r.console.err}, true
	}
	return Outcome{}, false
}

// Interrupt is the cause with which a context ends a run.
type Interrupt struct {
	Status int
	Reason string
}

func (i *Interrupt) Error() string { return i.Reason }

func interrupted(cause error) Outcome {
	var i *Interrupt
	if errors.As(cause, &i) {
		return Outcome{Status: i.Status, Reason: i.Reason}
	}
	return Outcome{Status: StatusBudget, Reason: cause.Error()}
}

// ended is the outcome of a power-off by the guest. A kernel that gave a reason
// panicked.
func (r *Runner) ended() Outcome {
	out := Outcome{Status: *r.exit & statusMask}
	if why := r.reason(); why != "" && out.Status == StatusPanic {
		out.Reason = "guest panic: " + why
	}
	return out
}

func (r *Runner) restartNow() {
	r.reset, r.polled = false, false
	r.bus.Reset()
	r.board()
}

// limit is where the processor must stop next.
func (r *Runner) limit() uint64 {
	step := uint64(slice)
	if r.cfg.Realtime {
		step = sliceLive
	}
	n := min(r.deadline(), (r.core.Insns()/step+1)*step)
	if r.cfg.MaxInsns != 0 {
		n = min(n, r.idleSlots+r.cfg.MaxInsns)
	}
	return n
}

// moment begins the next moment and returns what the journal knows of it.
func (r *Runner) moment() (events []Event, decided bool) {
	r.turn.moment++
	return r.cfg.Journal.at(r.turn.moment)
}

// note takes down an act of this moment.
func (r *Runner) note(a Act, value uint64) {
	r.cfg.Journal.add(Event{Moment: r.turn.moment, Insn: r.core.Insns(), Act: a, Value: value})
}

// repeat does what the journal knows.
func (r *Runner) repeat(events []Event) {
	for _, e := range events {
		switch e.Act {
		case ActInput:
			r.port.receive(byte(e.Value))
		case ActClock:
			r.jump(e.Value)
		}
	}
}

// receive hands a byte of input to the guest.
func (r *Runner) receive(b byte) {
	r.note(ActInput, uint64(b))
	r.port.receive(b)
}

// feed hands one byte of input to the guest and reports whether it did; see
// Input.offer about waiting for it. cut means that the context ended the wait:
// then the moment has not been.
func (r *Runner) feed(atMost time.Duration) (fed, cut bool) {
	events, decided := r.moment()
	if decided {
		r.repeat(events)
		return len(events) > 0, false
	}
	if !r.port.room() || !r.cfg.Input.offer(r.ctx, atMost) {
		if r.ctx.Err() != nil {
			r.turn.moment--
			return false, true
		}
		r.cfg.Journal.decide(r.turn.moment)
		return false, false
	}
	r.receive(r.cfg.Input.next())
	r.cfg.Journal.decide(r.turn.moment)
	return true, false
}

// quiet is how long, in slots, a guest that never waits for interrupts must
// leave its console alone before it is given a byte: some kernels' idle loops
// spin.
const quiet = 100_000_000

// feedBusy gives input to a guest that asked for it but is never idle.
func (r *Runner) feedBusy() {
	now := r.core.Insns()
	if a := r.port.activity(); a != r.lastActivity {
		r.lastActivity, r.quietSince = a, now
	}
	if r.polled || r.port.ready() && now-r.quietSince >= quiet {
		if r.cfg.Input.more() {
			r.console.flush()
		}
		r.feed(0)
	}
	r.polled = false
}

// feedLive moves the clock on to the wall clock's time and hands over what has
// arrived, as far as there is room.
func (r *Runner) feedLive() {
	if events, decided := r.moment(); decided {
		r.repeat(events)
		return
	}
	r.catchUp(false)
	in := r.cfg.Input
	in.poll()
	for in != nil && len(in.pending) > 0 && r.port.room() {
		r.receive(in.next())
	}
	r.cfg.Journal.decide(r.turn.moment)
}

// idleness is how waiting for an interrupt ended.
type idleness uint8

const (
	idleOver    idleness = iota
	idleForEver          // no interrupt can ever come
	idleCut              // the context is done, and the wait is not over
)

// idle is called while the processor waits for an interrupt.
func (r *Runner) idle() idleness {
	if r.cfg.Realtime {
		return r.idleLive()
	}
	next := r.deadline()
	untilNext := time.Duration(-1)
	if next != never {
		untilNext = time.Duration(min(next-r.core.Insns(), math.MaxInt64))
	}
	if r.port.ready() {
		switch fed, cut := r.feed(untilNext); {
		case cut:
			return idleCut
		case fed:
			return idleOver
		}
	}
	if next == never {
		return idleForEver
	}
	r.jump(next)
	return idleOver
}

// idleLive sleeps until the next event, a keystroke or a signal.
func (r *Runner) idleLive() idleness {
	next := r.deadline()
	if events, decided := r.moment(); decided {
		r.repeat(events)
		if len(events) == 0 {
			return idleForEver
		}
		return idleOver
	}
	in := r.cfg.Input
	wait := time.Duration(-1)
	switch {
	case next != never:
		const longest = time.Hour // also keeps the conversion in range
		wait = min(time.Until(r.start.Add(time.Duration(min(next, 1<<62)))), longest)
		wait = max(wait, 0)
	case !in.more():
		return r.forEver()
	}
	if in != nil && len(in.pending) > 0 && !r.port.room() {
		// The guest sleeps on a full port: only its timers can help.
		if wait < 0 {
			return r.forEver()
		}
		in = nil
	}
	if !in.wait(r.ctx, wait) && r.ctx.Err() != nil {
		r.turn.moment--
		return idleCut
	}
	r.catchUp(true)
	r.cfg.Journal.decide(r.turn.moment)
	return idleOver
}

func (r *Runner) forEver() idleness {
	r.cfg.Journal.decide(r.turn.moment)
	return idleForEver
}

// catchUp moves the clock on to the wall clock's time. always takes it down
// even if that has not moved: a moment at which a wait ended is never empty.
func (r *Runner) catchUp(always bool) {
	now := r.core.Insns()
	wall := max(uint64(time.Since(r.start)), now)
	if wall > now || always {
		r.note(ActClock, wall)
		r.jump(wall)
	}
}

// jump moves the clock on without executing anything.
func (r *Runner) jump(to uint64) {
	if now := r.core.Insns(); to > now {
		r.idleSlots += to - now
		r.core.AdvanceIdle(to)
	}
}
