package machine

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"rv86/cpu"
)

// The run loop looks up from the processor at least this often, in slots: often
// enough that a signal or a keystroke is not felt to wait, seldom enough that
// it costs nothing.
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
	// Observe, if set, is called instead of Core.Run, for tracing.
	Observe func(limit uint64) cpu.Stop
}

// run is the state of one call of Machine.Run.
type run struct {
	*Machine
	RunConfig
	ctx   context.Context
	start time.Time // wall-clock time of slot 0, if Realtime

	lastActivity, quietSince uint64 // of the console, see feedBusy
}

// Run executes the machine until it ends. The context's cause, if it is done
// first, becomes the outcome's reason.
func (m *Machine) Run(ctx context.Context, c RunConfig) Outcome {
	if c.Observe == nil {
		c.Observe = m.core.Run
	}
	r := run{Machine: m, RunConfig: c, ctx: ctx}
	r.start = time.Now().Add(-time.Duration(m.core.Insns()))
	out := r.loop()
	m.console.flush()
	if out.Err == nil && m.console.err != nil {
		out.Err = m.console.err
	}
	return out
}

func (r *run) loop() Outcome {
	flushed := r.core.Insns()
	for {
		if r.reset {
			r.restartNow()
		}
		r.tick()
		if r.Realtime {
			r.catchUp()
			r.feedLive()
		}
		stop := r.Observe(r.limit())
		switch stop.Why {
		case cpu.StopExit:
			return r.ended()
		case cpu.StopFault:
			return Outcome{Status: StatusFault, Reason: "the machine can make no progress: " + stop.Detail}
		case cpu.StopIdle:
			r.console.flush()
			if !r.reset && !r.idle() {
				return Outcome{
					Status: StatusHalted,
					Reason: "the machine halted: it waits for an interrupt and nothing can raise one",
				}
			}
		case cpu.StopBudget, cpu.StopEvent:
			if !r.Realtime {
				r.feedBusy()
			}
		}
		if r.core.Insns()-flushed >= slice { // let output appear while a guest computes
			r.console.flush()
			flushed = r.core.Insns()
		}
		if r.MaxInsns != 0 && r.Executed() >= r.MaxInsns {
			return Outcome{
				Status: StatusBudget,
				Reason: fmt.Sprintf("the budget of %d instructions is used up (--max-insns)", r.MaxInsns),
			}
		}
		if r.ctx.Err() != nil {
			return interrupted(context.Cause(r.ctx))
		}
		if r.console.err != nil {
			return Outcome{Err: r.console.err}
		}
	}
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
func (r *run) ended() Outcome {
	out := Outcome{Status: *r.exit & statusMask}
	if why := r.reason(); why != "" && out.Status == StatusPanic {
		out.Reason = "guest panic: " + why
	}
	return out
}

func (r *run) restartNow() {
	r.reset, r.polled = false, false
	r.bus.Reset()
	r.board()
}

// limit is where the processor must stop next.
func (r *run) limit() uint64 {
	step := uint64(slice)
	if r.Realtime {
		step = sliceLive
	}
	n := min(r.deadline(), r.core.Insns()+step)
	if r.MaxInsns != 0 {
		n = min(n, r.idleSlots+r.MaxInsns)
	}
	return n
}

// feed hands one byte of input to the guest and reports whether it did; see
// Input.offer about waiting for it.
func (r *run) feed(atMost time.Duration) bool {
	if !r.port.room() || !r.Input.offer(r.ctx, atMost) {
		return false
	}
	r.port.receive(r.Input.next())
	return true
}

// quiet is how long, in slots, a guest that never waits for interrupts must
// leave its console alone before it is given a byte: some kernels' idle loops
// spin.
const quiet = 100_000_000

// feedBusy gives input to a guest that asked for it but is never idle.
func (r *run) feedBusy() {
	now := r.core.Insns()
	if a := r.port.activity(); a != r.lastActivity {
		r.lastActivity, r.quietSince = a, now
	}
	if (r.polled || r.port.ready() && now-r.quietSince >= quiet) && r.Input.more() {
		r.console.flush()
		r.feed(0)
	}
	r.polled = false
}

// feedLive hands over what has arrived, as far as there is room.
func (r *run) feedLive() {
	r.Input.poll()
	for r.Input != nil && len(r.Input.pending) > 0 && r.port.room() {
		r.port.receive(r.Input.next())
	}
}

// idle is called while the processor waits for an interrupt. It reports false
// if none can ever come.
func (r *run) idle() bool {
	if r.Realtime {
		return r.idleLive()
	}
	next := r.deadline()
	untilNext := time.Duration(-1)
	if next != never {
		untilNext = time.Duration(min(next-r.core.Insns(), math.MaxInt64))
	}
	if r.port.ready() && r.feed(untilNext) || r.ctx.Err() != nil {
		return true
	}
	if next == never {
		return false
	}
	r.jump(next)
	return true
}

// idleLive sleeps until the next event, a keystroke or a signal.
func (r *run) idleLive() bool {
	wait := time.Duration(-1)
	switch next := r.deadline(); {
	case next != never:
		const longest = time.Hour // also keeps the conversion in range
		wait = min(time.Until(r.start.Add(time.Duration(min(next, 1<<62)))), longest)
		wait = max(wait, 0)
	case !r.Input.more():
		return false
	}
	if r.Input != nil && len(r.Input.pending) > 0 && !r.port.room() {
		// The guest sleeps on a full port: only its timers can help.
		if wait < 0 {
			return false
		}
		(*Input)(nil).wait(r.ctx, wait)
	} else {
		r.Input.wait(r.ctx, wait)
	}
	r.catchUp()
	return true
}

// catchUp moves the clock on to the wall clock's time.
func (r *run) catchUp() {
	if wall := uint64(time.Since(r.start)); wall > r.core.Insns() {
		r.jump(wall)
	}
}

// jump moves the clock on without executing anything.
func (r *run) jump(to uint64) {
	r.idleSlots += to - r.core.Insns()
	r.core.AdvanceIdle(to)
}
