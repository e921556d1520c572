package monitor

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"rv86/machine/debug/point"
	"rv86/monitor/expr"
)

// stop is how a command that moved the machine ended.
type stop struct {
	point.Stop
	bps  []*breakpoint // what the user asked to stop at
	own  bool          // a point of the command in progress
	text string        // why, for what has no breakpoint: a module came
}

// move is one way for the machine to go until something happens.
type move func(ctx context.Context) point.Stop

func (m *Monitor) forward(ctx context.Context) point.Stop {
	limit := uint64(0)
	if m.limits.insns > 0 {
		limit = m.Target.Insn() + m.limits.insns
	}
	return m.Target.Run(ctx, limit)
}

func (m *Monitor) backward(ctx context.Context) point.Stop { return m.Target.ReverseRun(ctx) }

// run moves the machine until something that counts: a breakpoint whose
// condition holds, a point of own's at which accept is true (nil: always), the
// end. It follows modules on the way.
func (m *Monitor) run(go_ move, own []point.Point, accept func() bool) stop {
	ctx, done := m.Foreground()
	defer done()
	if m.limits.time > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, m.limits.time)
		defer cancel()
	}
	for {
		m.install(own)
		s := stop{Stop: go_(ctx)}
		m.forget()
		loaded, unloaded := m.followModules()
		if s.Reason != point.Hit {
			return s
		}
		s.bps = m.hit(s.Stop, loaded, unloaded)
		for _, x := range append(loaded, unloaded...) {
			s.text = ": module " + x.name
		}
		for _, p := range own {
			if p.Kind == point.Exec && p.Covers(m.pc(), 1) && (accept == nil || accept()) {
				s.own = true
			}
		}
		if s.own || len(s.bps) > 0 {
			return s
		}
	}
}

// hit gives the user's breakpoints that a stop concerns, and counts.
func (m *Monitor) hit(s point.Stop, loaded, unloaded []*module) (out []*breakpoint) {
	pc := m.pc()
	for _, b := range m.points {
		if b.disabled || !m.concerns(b, s, pc, loaded, unloaded) || !m.holds(b) {
			continue
		}
		b.hits++
		if b.ignore > 0 {
			b.ignore--
			continue
		}
		out = append(out, b)
	}
	return out
}

// concerns says that a breakpoint is among the reasons for a stop: several may
// be, and the Target names one.
func (m *Monitor) concerns(b *breakpoint, s point.Stop, pc uint64, loaded, unloaded []*module) bool {
	switch b.kind {
	case bpBreak:
		return slices.ContainsFunc(b.places, func(p place) bool { return p.addr == pc && !m.elsewhere(p) })
	case bpCatch:
		switch b.event {
		case "load":
			return named(loaded, b.arg)
		case "unload":
			return named(unloaded, b.arg)
		}
		for _, p := range b.points {
			if p.Kind == point.Exec && p.Addr == pc {
				return b.match == nil || b.match(m, s)
			}
		}
	}
	return m.resolved[s.Point].bp == b && (b.match == nil || b.match(m, s))
}

func named(list []*module, name string) bool {
	return slices.ContainsFunc(list, func(x *module) bool { return name == "" || x.name == name })
}

// holds evaluates a breakpoint's condition; one that cannot be evaluated stops
// the machine, so that it is seen.
func (m *Monitor) holds(b *breakpoint) bool {
	if b.cond == nil {
		return true
	}
	v, err := b.cond.Eval(m.env())
	if err == nil {
		var n uint64
		if n, err = expr.Int(m.env(), v); err == nil {
			return n != 0
		}
	}
	m.out.printf("The condition of breakpoint %d cannot be evaluated: %v.\n", b.num, err)
	return true
}

// finishRun tells the user why the machine stopped, where it is, and runs the
// command lists of what was hit.
func (m *Monitor) finishRun(s stop) error {
	m.ended = ""
	m.report(s)
	switch s.Reason {
	case point.Ended:
		m.ended, m.status = endText(s.Stop), s.Status
		m.out.printf("The machine has ended: %s.\n", endText(s.Stop))
		return nil
	case point.Interrupted:
		if m.limits.time > 0 {
			m.out.printf("\nStopped: interrupted, or the time limit of %v is over.\n", m.limits.time)
		} else {
			m.out.printf("\nInterrupted.\n")
		}
	case point.Limit:
		m.out.printf("\nStopped after %d instructions.\n", m.limits.insns)
	case point.HistoryStart:
		m.out.printf("\nNo more history: this is the earliest time that is remembered.\n")
	}
	for i, b := range s.bps {
		if i == 0 || s.bps[i-1].kind != bpBreak || b.kind != bpBreak {
			m.out.printf("\n")
		}
		m.out.printf("%s", b.title())
		m.reportPoint(b, s)
	}
	if len(s.bps) > 0 && slices.ContainsFunc(s.bps, (*breakpoint).aboutModules) {
		return m.afterStop(s) // where in the kernel that is does not matter
	}
	m.showPlace(s.Reason == point.Stepped && len(s.bps) == 0 || s.own)
	m.showDisplays()
	return m.afterStop(s)
}

// aboutModules says that a breakpoint waits for a module to come or go.
func (b *breakpoint) aboutModules() bool { return b.event == "load" || b.event == "unload" }

// afterStop forgets temporary breakpoints and runs command lists.
func (m *Monitor) afterStop(s stop) error {
	var lists [][]string
	for _, b := range s.bps {
		if b.temp {
			m.points = slices.DeleteFunc(m.points, func(x *breakpoint) bool { return x == b })
		}
		if len(b.commands) > 0 {
			lists = append(lists, b.commands)
		}
	}
	for _, l := range lists {
		if err := m.runList(l); err != nil {
			return err
		}
	}
	return nil
}

func endText(s point.Stop) string {
	if s.Text == "" {
		return fmt.Sprintf("exit status %d", s.Status)
	}
	return fmt.Sprintf("%s, exit status %d", s.Text, s.Status)
}

// reportPoint goes on after a breakpoint's title.
func (m *Monitor) reportPoint(b *breakpoint, s stop) {
	switch b.kind {
	case bpWatch:
		m.out.printf(": %s\n\n", b.spec)
		m.reportValues(b, s.Stop)
	case bpCatch:
		what := b.event
		if b.arg != "" {
			what += " " + b.arg
		}
		detail := m.trapDetail(b, s.Stop)
		if b.aboutModules() {
			detail = s.text
		}
		m.out.printf(" (%s)%s\n", what, detail)
	default:
		m.out.printf(", ")
	}
}

// reportValues prints what a watchpoint saw.
func (m *Monitor) reportValues(b *breakpoint, s point.Stop) {
	show := func(title string, bytes []byte) {
		if len(bytes) == 0 {
			return
		}
		v := b.value
		v.Bytes = fit(append([]byte(nil), bytes...), int64(b.n))
		text, err := expr.Format(m.env(), v, 0)
		if err == nil {
			m.out.printf("%s = %s\n", title, text)
		}
	}
	if b.access == point.Read {
		show("Value", s.New)
		return
	}
	show("Old value", s.Old)
	show("New value", s.New)
}

// report keeps a stop for JSON.
func (m *Monitor) report(s stop) {
	r := &stopReport{Reason: s.Reason.String(), Insn: m.Target.Insn(), PC: fmt.Sprintf("%#x", m.pc()), Text: s.Text}
	if s.Reason == point.Ended {
		r.Status = &s.Status
	}
	if len(s.bps) > 0 {
		b := s.bps[0]
		r.Point = b.num
		if b.kind == bpCatch && s.Text == "" {
			r.Text = strings.TrimLeft(m.trapDetail(b, s.Stop), ":, ")
		}
	}
	f := m.frames(1)[0]
	r.Function = m.functionName(f)
	if f.image != nil {
		r.File, r.Line, _, _, _ = f.image.Line(f.pc)
	}
	m.stopped = r
}

// alive refuses to move a machine that has ended.
func (m *Monitor) alive() error {
	if m.ended != "" {
		return fmt.Errorf("the machine has ended (%s): go back with goto, rstepi or rcontinue, or quit", m.ended)
	}
	return nil
}

// activation tells calls of functions apart.
type activation struct{ entry, cfa uint64 }

// showPlace prints where the machine is: the frame, unless a step went on in the
// same one, and the source line or instruction.
func (m *Monitor) showPlace(step bool) {
	f := m.frame()
	var now activation
	if f.fn != nil {
		now.entry = f.fn.Low
		now.cfa, _ = f.CFA()
	}
	if !step || now != m.place || f.fn == nil {
		m.out.printf("%s\n", m.frameText(f, false))
	}
	m.place = now
	m.showSource(f)
}

// showSource prints the frame's line, or its instruction if there is none.
func (m *Monitor) showSource(f *frame) {
	if f.image != nil {
		if file, line, low, _, ok := f.image.Line(f.lookup); ok {
			text, found := m.sourceLine(f.image, file, line)
			if found {
				at := ""
				if f.pc != low && f.level == 0 {
					at = m.addr(f.pc) + "\t"
				}
				m.out.printf("%d\t%s%s\n", line, at, text)
				m.listAt = listState{f.image, file, line, 0}
				return
			}
		}
	}
	m.out.printf("%s\n", m.instructionText(f.pc, "=> "))
}
