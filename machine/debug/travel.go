package debug

import (
	"context"
	"fmt"

	"rv86/machine"
	"rv86/machine/debug/point"
)

// HistoryError says why the machine cannot go where it was asked to.
type HistoryError struct {
	Insn uint64 // the time that was wanted
	Why  string
}

func (e *HistoryError) Error() string {
	return fmt.Sprintf("instruction %d cannot be reached: %s", e.Insn, e.Why)
}

// Goto moves to any time: in the past as far as it is remembered, or ahead. In
// a stretch that passed while the processor waited it goes to the end of that.
func (e *Engine) Goto(insn uint64) error {
	if e.hist == nil && insn < e.Insn() {
		return &HistoryError{insn, e.noHistory.Error()}
	}
	if h := e.hist; h != nil {
		k := len(h.snaps) - 1
		for k >= 0 && h.snaps[k].slot > insn {
			k--
		}
		if k < 0 {
			return &HistoryError{insn, fmt.Sprintf("what is remembered begins at %d", h.snaps[0].slot)}
		}
		if err := e.backTo(k, insn < e.Insn()); err != nil {
			return err
		}
	}
	if e.Insn() >= insn {
		return nil
	}
	e.points.quiet++
	defer func() { e.points.quiet-- }()
	if s := e.run(context.Background(), machine.Goal{Slot: insn}, point.Limit); s.Reason == point.Ended && e.Insn() < insn {
		return &HistoryError{insn, fmt.Sprintf("the machine ended at %d", e.Insn())}
	}
	return nil
}

// backTo restores snapshot k, unless running on from now is as good. always
// says that it is not.
func (e *Engine) backTo(k int, always bool) error {
	s := e.hist.snaps[k]
	if !always && s.executed <= e.r.Executed() {
		return nil
	}
	return e.restore(k)
}

func (e *Engine) restore(k int) error {
	e.points.quiet++
	defer func() { e.points.quiet-- }()
	e.points.passing, e.points.stale = false, true
	if err := e.hist.restore(k); err != nil {
		return fmt.Errorf("restore a snapshot: %w", err)
	}
	return nil
}

// goExecuted moves to a count of executed instructions that is not ahead.
func (e *Engine) goExecuted(n uint64) error {
	if err := e.restore(e.hist.before(n)); err != nil {
		return err
	}
	e.points.quiet++
	defer func() { e.points.quiet-- }()
	if e.r.Executed() < n {
		e.run(context.Background(), machine.Goal{Executed: n}, point.Stepped)
	}
	return nil
}

// ReverseStep goes back by n instructions.
func (e *Engine) ReverseStep(n uint64) point.Stop {
	if e.hist == nil {
		return e.noPast()
	}
	now, first := e.r.Executed(), e.hist.snaps[0].executed
	if now < first+n {
		return e.toStart()
	}
	if err := e.goExecuted(now - n); err != nil {
		return e.broken(err)
	}
	return e.stop(point.Stepped)
}

// noPast is the answer to going backwards without a history.
func (e *Engine) noPast() point.Stop {
	s := e.stop(point.HistoryStart)
	s.Text = e.noHistory.Error()
	return s
}

// broken is the stop after a snapshot could not be restored, a bug.
func (e *Engine) broken(err error) point.Stop {
	s := e.stop(point.HistoryStart)
	s.Text = err.Error()
	return s
}

func (e *Engine) toStart() point.Stop {
	if err := e.restore(0); err != nil {
		return e.broken(err)
	}
	return e.stop(point.HistoryStart)
}

// ReverseRun goes back to the latest hit of a point before now, or to the start
// of the history. Points' Ignore counts are not looked at. If ctx is done first
// the machine stays where it was.
func (e *Engine) ReverseRun(ctx context.Context) point.Stop {
	if e.hist == nil {
		return e.noPast()
	}
	now := e.r.Executed()
	k, n, _, err := e.lastHit(ctx, now, now)
	switch {
	case err != nil:
		return e.broken(err)
	case ctx.Err() != nil:
		if err := e.goExecuted(now); err != nil {
			return e.broken(err)
		}
		return e.stop(point.Interrupted)
	case n == 0:
		return e.toStart()
	}
	if err := e.restore(k); err != nil {
		return e.broken(err)
	}
	return e.nthHit(n)
}

// lastHit looks for the last hit up to now that stops the machine before the
// time limit, from the latest snapshot to the first: it is hit number n (from 1;
// 0 is none) behind snapshot k. last is where it stopped.
func (e *Engine) lastHit(ctx context.Context, now, limit uint64) (k, n int, last point.Stop, err error) {
	e.points.all++
	defer func() { e.points.all-- }()
	end := now
	for k = e.hist.before(now); k >= 0; k-- {
		if start := e.hist.snaps[k].executed; start < end || start == end && k == 0 {
			if err := e.restore(k); err != nil {
				return k, 0, last, err
			}
			n := 0
			for {
				s := e.piece(ctx, end)
				if s.Reason != point.Hit || e.r.Executed() >= limit {
					break
				}
				n, last = n+1, s
			}
			if n > 0 || ctx.Err() != nil {
				return k, n, last, nil
			}
			end = start
		}
	}
	return 0, 0, last, nil
}

// piece runs on to the next hit, or to end. No snapshots are taken: their
// numbers are in use.
func (e *Engine) piece(ctx context.Context, end uint64) point.Stop {
	if e.r.Executed() >= end { // to Advance, 0 is no goal at all
		return e.stop(point.Limit)
	}
	e.points.start()
	for {
		progress, out := e.r.Advance(ctx, machine.Goal{Executed: end})
		if s, hit := e.points.resolve(); hit {
			return s
		}
		switch {
		case progress == machine.Ended:
			return e.ended(ctx, out)
		case e.r.Executed() >= end:
			return e.stop(point.Limit)
		}
	}
}

// nthHit runs to the n-th hit.
func (e *Engine) nthHit(n int) (s point.Stop) {
	e.points.all++
	defer func() { e.points.all-- }()
	for range n {
		s = e.piece(context.Background(), never)
	}
	return s
}

// never is a time that is not reached.
const never = ^uint64(0)

// LastWrite finds the latest instruction before now that wrote any of n bytes at
// addr: the time just before it, and its address. The machine stays where it is.
func (e *Engine) LastWrite(addr, n uint64, phys bool) (insn, pc uint64, ok bool) {
	if e.hist == nil {
		return 0, 0, false
	}
	now := e.r.Executed()
	old := e.points.list
	e.points.set([]point.Point{{Kind: point.Write, Addr: addr, Len: n, Phys: phys}})
	// A write stops the machine behind it: just now, if it was the last instruction.
	_, hits, _, err := e.lastHit(context.Background(), now, now+1)
	insn, pc = e.points.writer.insn, e.points.writer.pc
	e.points.set(old)
	if goErr := e.goExecuted(now); err == nil {
		err = goErr
	}
	return insn, pc, err == nil && hits > 0
}

// branch begins another future: what is remembered of the time after now does
// not hold any more.
func (e *Engine) branch() {
	e.r.Branch()
	if e.hist == nil {
		return
	}
	e.hist.cut()
	if err := e.hist.take(true); err != nil {
		e.lose(err)
	}
}
