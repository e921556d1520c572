package monitor

import (
	"errors"
	"fmt"

	"rv86/machine/debug/point"
	"rv86/monitor/debuginfo"
)

// reverseLine goes back to the beginning of the source line that was executed
// before: of this function, or of its caller. into also stops in functions that
// it called.
func (m *Monitor) reverseLine(into bool) (stop, error) {
	f := m.frames(1)[0]
	if f.image == nil || f.fn == nil {
		return stop{}, errors.New("there is no line information here: rstepi goes back by instructions")
	}
	if into {
		if s, ok := m.reverseInto(f); ok {
			return s, nil
		}
	}
	cfa, _ := f.CFA()
	return m.reverseTo(f.image, f.fn, cfa), nil
}

// lineStarts are the places in a function at which a line begins.
func lineStarts(im *debuginfo.Image, fn *debuginfo.Func) (out []point.Point) {
	last := 0
	for _, r := range im.Rows(fn.Low, fn.High) {
		if r.Stmt && r.Line != 0 && r.Line != last {
			out = append(out, point.Point{Kind: point.Exec, Addr: r.Addr})
		}
		last = r.Line
	}
	return out
}

// reverseTo goes back to the latest beginning of a line in one activation of a
// function. From a function's first instruction that is its caller's line.
func (m *Monitor) reverseTo(im *debuginfo.Image, fn *debuginfo.Func, cfa uint64) stop {
	if m.pc() == fn.Low {
		return m.reverseOut()
	}
	own := lineStarts(im, fn)
	return m.run(m.backward, own, func() bool {
		c, ok := m.frames(1)[0].CFA()
		return !ok || c == cfa
	})
}

// reverseOut goes from a function's entry to its call and on to the beginning of
// the line of the call.
func (m *Monitor) reverseOut() stop {
	s := stop{Stop: m.Target.ReverseStep(1)}
	m.arrived()
	f := m.frames(1)[0]
	if s.Reason == point.HistoryStart || f.image == nil || f.fn == nil {
		return s
	}
	_, _, low, _, ok := f.image.Line(f.pc)
	if !ok || low == f.pc {
		return s
	}
	cfa, _ := f.CFA()
	return m.reverseTo(f.image, f.fn, cfa)
}

// reverseInto steps back one instruction: if that is the end of a function with
// lines, the step ends at the beginning of its last line.
func (m *Monitor) reverseInto(f *frame) (stop, bool) {
	now := m.Target.Insn()
	for {
		s := stop{Stop: m.Target.ReverseStep(1)}
		m.arrived()
		if s.Reason == point.HistoryStart {
			return s, true
		}
		g := m.frames(1)[0]
		if g.fn != nil && g.fn.Low == f.fn.Low {
			_, line, low, _, ok := g.image.Line(g.pc)
			_, old, _, _, _ := f.image.Line(f.pc)
			if ok && low == g.pc && (line != old || f.pc != g.pc) {
				return s, true
			}
			continue
		}
		if g.fn == nil || g.fn.Go() || g.pc == f.fn.Low {
			break
		}
		if _, _, low, _, ok := g.image.Line(g.pc); ok {
			if low == g.pc {
				return s, true
			}
			cfa, _ := g.CFA()
			return m.reverseTo(g.image, g.fn, cfa), true
		}
		break
	}
	if err := m.Target.Goto(now); err != nil {
		return stop{}, false
	}
	m.arrived()
	return stop{}, false
}

// reverseFinish goes back to the call of the function.
func (m *Monitor) reverseFinish() (stop, error) {
	f := m.frame()
	if f.image == nil {
		return stop{}, errors.New("which function this is is not known")
	}
	s, ok := f.image.At(f.lookup)
	if !ok {
		return stop{}, errors.New("which function this is is not known")
	}
	cfa, hasCFA := f.CFA()
	m.out.printf("Run back to call of #%d  %s\n", f.level, m.frameText(f, false))
	if m.pc() != s.Addr || f.level != 0 {
		st := m.run(m.backward, []point.Point{{Kind: point.Exec, Addr: s.Addr}}, func() bool {
			c, ok := m.frames(1)[0].CFA()
			return !hasCFA || !ok || c == cfa
		})
		if !st.own {
			return st, nil
		}
	}
	return m.reverseOutInsn(), nil
}

// reverseOutInsn goes from a function's entry to the instruction that called it.
func (m *Monitor) reverseOutInsn() stop {
	s := stop{Stop: m.Target.ReverseStep(1)}
	m.arrived()
	return s
}

// lastWrite says who wrote a place in memory last.
func (m *Monitor) lastWrite(args string) error {
	b, err := m.memoryOperand(args)
	if err != nil {
		return err
	}
	insn, pc, ok := m.Target.LastWrite(b.addr, b.n, b.phys)
	if !ok {
		m.out.printf("Nothing in the history has written the %d bytes at %#x.\n", b.n, b.addr)
		return nil
	}
	m.out.printf("Last written by instruction %d, at %s", insn, m.addr(pc))
	if d := m.symbolText(pc); d != "" {
		m.out.printf(" <%s>", d)
	}
	if d := m.describe(pc); len(d) > 5 && d[:5] == "file " {
		m.out.printf(", %s", d)
	}
	m.out.printf(".\nTo go there: goto %d\n", insn)
	return nil
}

// gotoInsn moves to a time.
func (m *Monitor) gotoInsn(n uint64) error {
	if err := m.Target.Goto(n); err != nil {
		return fmt.Errorf("goto %d: %w", n, err)
	}
	m.ended = ""
	m.arrived()
	return m.finishRun(stop{Stop: point.Stop{Reason: point.Stepped, Insn: n}})
}
