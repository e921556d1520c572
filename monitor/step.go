package monitor

import (
	"errors"
	"fmt"

	"rv86/kmod/vmlinux"
	"rv86/machine/debug/point"
	"rv86/monitor/debuginfo"
	"rv86/monitor/expr"
)

// stepMost bounds the instructions of one step by source line that are executed
// one at a time; calls are run through at full speed and do not count.
const stepMost = 10_000_000

// lineStep is a step by source line in progress.
type lineStep struct {
	m     *Monitor
	over  bool // calls are stepped over
	image *debuginfo.Image
	fn    *debuginfo.Func
	low   uint64 // the line's code
	high  uint64
	line  int
	cfa   uint64
}

// stepLine goes on to the beginning of another source line: of this function, of
// one that it calls unless over, or of the one it returns to.
func (m *Monitor) stepLine(over bool) (stop, error) {
	st := &lineStep{m: m, over: over}
	if !st.begin() {
		if fs := m.frames(m.selected + 2); m.selected+1 >= len(fs) {
			return stop{}, errors.New("there is no line information here, and no caller to return to: stepi goes on by instructions")
		}
		m.out.printf("There is no line information here: running until the function returns.\n")
		return m.runOut()
	}
	for range stepMost {
		pc, sp := m.pc(), m.reg(m.arch.sp)
		size := m.instructionSize(pc)
		s := stop{Stop: m.Target.Step(1)}
		m.arrived()
		if s.Reason == point.Ended {
			return s, nil
		}
		if done, s := st.after(s, pc, size, sp); done {
			return s, nil
		}
	}
	return stop{Stop: point.Stop{Reason: point.Limit, Insn: m.Target.Insn()}}, nil
}

// begin notes where the step starts.
func (st *lineStep) begin() bool {
	f := st.m.frames(1)[0]
	st.image, st.fn = f.image, f.fn
	if f.image == nil {
		return false
	}
	_, line, low, high, ok := f.image.Line(f.pc)
	if !ok {
		return false
	}
	st.line, st.low, st.high = line, low, high
	st.cfa, _ = f.CFA()
	return true
}

// after looks at where one instruction led; done ends the step.
func (st *lineStep) after(s stop, from, size, sp uint64) (bool, stop) {
	m := st.m
	pc := m.pc()
	if bps := m.breaksAt(pc); len(bps) > 0 && pc != from && !(pc >= st.low && pc < st.high) {
		s.bps = bps
		return true, s
	}
	switch {
	case pc >= st.low && pc < st.high:
		return false, s
	case st.fn != nil && pc >= st.fn.Low && pc < st.fn.High && pc != st.fn.Low:
		return st.moved(s)
	case m.returnAddress() == from+size && m.reg(m.arch.sp) <= sp:
		return st.call(s, from+size, sp)
	case st.cfa != 0 && m.reg(m.arch.sp) >= st.cfa:
		return st.returned(s)
	}
	return st.elsewhere(s, from, size, sp)
}

// moved is another place in the same function: the step ends at the beginning of
// a line, not in the middle of one.
func (st *lineStep) moved(s stop) (bool, stop) {
	m := st.m
	_, line, low, high, ok := st.image.Line(m.pc())
	if !ok {
		return true, s
	}
	begins := false
	for _, r := range st.image.Rows(m.pc(), m.pc()+1) {
		begins = begins || r.Stmt && r.Addr == m.pc()
	}
	if begins && line != st.line {
		return true, s
	}
	st.low, st.high = low, high
	if line != st.line && low == m.pc() {
		return true, s
	}
	return false, s
}

// call is the first instruction of a function that was called.
func (st *lineStep) call(s stop, back, sp uint64) (bool, stop) {
	m := st.m
	pc := m.pc()
	if im := m.imageAt(pc); !st.over && im != nil {
		if _, _, _, _, ok := im.Line(pc); ok {
			if body := im.Body(pc); body != pc {
				return true, m.run(m.forward, []point.Point{{Kind: point.Exec, Addr: body}}, nil)
			}
			return true, s
		}
	}
	return st.runTo(s, sp, back)
}

// runTo goes on at full speed until an address is reached with the same stack.
func (st *lineStep) runTo(s stop, sp uint64, addrs ...uint64) (bool, stop) {
	m := st.m
	var own []point.Point
	for _, a := range addrs {
		own = append(own, point.Point{Kind: point.Exec, Addr: a})
	}
	s = m.run(m.forward, own, func() bool { return m.reg(m.arch.sp) == sp })
	if !s.own || len(s.bps) > 0 {
		return true, s
	}
	pc := m.pc()
	if pc >= st.low && pc < st.high {
		return false, s
	}
	if st.fn != nil && pc >= st.fn.Low && pc < st.fn.High {
		return st.moved(s)
	}
	return true, s
}

// returned is the caller, in the middle of a line: the step goes on to the next,
// if the caller has lines.
func (st *lineStep) returned(s stop) (bool, stop) {
	if !st.begin() {
		return true, s
	}
	if st.low == st.m.pc() {
		return true, s
	}
	return false, s
}

// elsewhere is a trap or an interrupt: it is run through, and the program goes
// on at the same instruction or behind it.
func (st *lineStep) elsewhere(s stop, from, size, sp uint64) (bool, stop) {
	return st.runTo(s, sp, from, from+size)
}

// breaksAt gives the user's breakpoints at an address whose conditions hold.
func (m *Monitor) breaksAt(pc uint64) []*breakpoint {
	for _, b := range m.points {
		for _, p := range b.places {
			if p.addr == pc && !b.disabled {
				return m.hit(point.Stop{Reason: point.Hit, Point: 0}, nil, nil)
			}
		}
	}
	return nil
}

// returnAddress is where a function that was just entered returns to.
func (m *Monitor) returnAddress() uint64 {
	if m.arch.link != "" {
		return m.reg(m.arch.link)
	}
	v, err := m.word(m.reg(m.arch.sp))
	if err != nil {
		return 0
	}
	return v
}

// stepInsn steps n instructions, over calls if asked.
func (m *Monitor) stepInsn(n uint64, over bool) stop {
	if !over {
		s := stop{Stop: m.Target.Step(n)}
		m.arrived()
		s.bps = m.breaksAt(m.pc())
		return s
	}
	for ; ; n-- {
		pc, sp := m.pc(), m.reg(m.arch.sp)
		size := m.instructionSize(pc)
		s := stop{Stop: m.Target.Step(1)}
		m.arrived()
		if s.Reason != point.Ended && m.pc() != pc+size && m.returnAddress() == pc+size && m.reg(m.arch.sp) <= sp {
			s = m.run(m.forward, []point.Point{{Kind: point.Exec, Addr: pc + size}}, func() bool { return m.reg(m.arch.sp) == sp })
		} else {
			s.bps = m.breaksAt(m.pc())
		}
		if n <= 1 || s.Reason == point.Ended || len(s.bps) > 0 || !s.own && s.Reason != point.Stepped {
			return s
		}
	}
}

var errOutermost = errors.New("this is the outermost frame: it returns to nothing that is known")

// runOut runs until the selected frame's function returns.
func (m *Monitor) runOut() (stop, error) {
	fs := m.frames(m.selected + 2)
	if m.selected+1 >= len(fs) {
		return stop{}, errOutermost
	}
	f, back := fs[m.selected], fs[m.selected].nextPC
	cfa, ok := f.CFA()
	if name, stub := m.stub(m.pc()); stub && name == vmlinux.ReturnStub && m.selected == 0 {
		// From here it goes on in the kernel, behind the call of the C function.
		back, cfa, ok = fs[1].pc, fs[1].regs[m.arch.spDwarf], true
	}
	if !ok || back == 0 {
		return stop{}, errors.New("where this function returns to is not known")
	}
	s := m.run(m.forward, []point.Point{{Kind: point.Exec, Addr: back}}, func() bool { return m.reg(m.arch.sp) == cfa })
	return s, nil
}

// finish is the command: it also prints what was returned.
func (m *Monitor) finish() error {
	f := m.frame()
	fn := f.fn
	if fs := m.frames(m.selected + 2); m.selected+1 >= len(fs) {
		return errOutermost
	}
	m.out.printf("Run till exit from #%d  %s\n", f.level, m.frameText(f, false))
	s, err := m.runOut()
	if err != nil {
		return err
	}
	if err := m.finishRun(s); err != nil || !s.own || fn == nil || fn.Go() {
		return err
	}
	t, ok := fn.Result()
	if !ok {
		return nil
	}
	if n := expr.Size(t); n <= 0 || n > int64(2*m.arch.word) {
		return nil
	}
	var b []byte
	for _, r := range m.arch.result {
		part, _ := m.register(r)
		b = append(b, part...)
	}
	v := expr.Value{Type: t, Bytes: fit(b, expr.Size(t))}
	text, err := expr.Format(m.env(), v, 0)
	if err != nil {
		return err
	}
	m.history = append(m.history, v)
	m.out.printf("Value returned is $%d = %s\n", len(m.history), text)
	return nil
}

// advance runs to a place, or until the function returns.
func (m *Monitor) advance(spec string) error {
	ps, err := m.locate(spec)
	if err != nil {
		return fmt.Errorf("%s: %w", spec, err)
	}
	var own []point.Point
	for _, p := range ps {
		own = append(own, point.Point{Kind: point.Exec, Addr: p.addr})
	}
	f := m.frames(2)[0]
	cfa, hasCFA := f.CFA()
	if hasCFA && f.nextPC != 0 {
		own = append(own, point.Point{Kind: point.Exec, Addr: f.nextPC})
	}
	s := m.run(m.forward, own, func() bool {
		for _, p := range ps {
			if p.addr == m.pc() {
				return true
			}
		}
		return m.reg(m.arch.sp) == cfa
	})
	return m.finishRun(s)
}

// until is next that does not go back in a loop.
func (m *Monitor) until() error {
	start := m.pc()
	f := m.frames(1)[0]
	if !(&lineStep{m: m}).begin() {
		s, err := m.stepLine(true)
		if err != nil {
			return err
		}
		return m.finishRun(s)
	}
	cfa, _ := f.CFA()
	for {
		s, err := m.stepLine(true)
		if err != nil {
			return err
		}
		c, _ := m.frames(1)[0].CFA()
		if s.Reason == point.Ended || len(s.bps) > 0 || !s.own && s.Reason != point.Stepped || m.pc() > start || c != cfa {
			return m.finishRun(s)
		}
	}
}
