package monitor

import (
	"debug/dwarf"

	"rv86/monitor/expr"
)

// A stack may cross from Go to C and from the kernel to a program: where the
// kernel runs other code, in nucleus.Run, the frames of that code are on another
// stack, and its registers are in a nucleus.Frame while the kernel runs.
//
//	program  -- trap -->  task.(*Thread).run  -->  ...  module.(*machine).Call
//	     C code  -- trap at an export's stub -->  ... machine.Call  -->  the export
//
// Seen from inside, the order is the other way round.

// Kernel functions and variables that this file knows by name.
const (
	goFrameType = "rv86/kernel/nucleus.Frame"
	goCallC     = "rv86/kernel/module.(*machine).Call"
	goRunThread = "rv86/kernel/task.(*Thread).run"
	goExec      = "rv86/kernel/task.(*Thread).Exec"
	goTrap      = "rv86/kernel/nucleus.trap"
	goCurFrame  = "rv86/kernel/nucleus.curFrame" // i386; riscv64 has it in sscratch
)

// crossing gives the frame of other code that a kernel function runs: after it
// come the function's own callers (see resume).
func (m *Monitor) crossing(f *frame) *frame {
	switch {
	case f.image == nil || f.image != m.kernel || f.fn == nil:
		return nil
	case f.fn.Name == goRunThread:
		return m.enter(f, "t->Frame", "<system call or fault>")
	case f.level == 0: // what it will run is not on the stack yet
		return nil
	}
	switch f.fn.Name {
	case goCallC:
		return m.enter(f, "c->f", "<export called from C>")
	case goTrap:
		return m.enter(f, "f", "<trap>")
	}
	return nil
}

// enter goes to the context that an expression of a frame names, unless the
// stack came from there.
func (m *Monitor) enter(f *frame, text, note string) *frame {
	at, ok := m.goPointer(f, text)
	if !ok || m.visited(at) {
		return nil
	}
	regs, pc, ok := m.savedContext(at)
	if !ok {
		return nil
	}
	if f.fn.Name == goCallC {
		// At an export's stub the code goes on at its caller.
		if name, ok := m.stub(pc); ok {
			note = "<" + name + ">"
			if m.arch.link != "" {
				pc = regs[1]
			} else if v, err := m.word(regs[m.arch.spDwarf]); err == nil {
				pc = v
				regs[m.arch.spDwarf] += uint64(m.arch.word)
			}
		} else if name, ok := m.stub(pc - 1); ok && m.arch.link == "" { // INT3 leaves EIP behind itself
			note = "<" + name + ">"
			if v, err := m.word(regs[m.arch.spDwarf]); err == nil {
				pc = v
				regs[m.arch.spDwarf] += uint64(m.arch.word)
			}
		}
	}
	g := m.newFrame(pc, regs, f.fn.Name == goCallC)
	g.note, g.saved = note, at
	if f.fn.Name == goRunThread {
		if root, ok := m.goField(at, m.arch.rootField); ok {
			g.root = m.arch.root(root)
			g.setImage(m.programAt(g.root))
		}
	}
	if f.fn.Name == goCallC {
		g.back = f
	}
	return g
}

// visited says that a saved context is on the stack already, and notes that it
// is now.
func (m *Monitor) visited(at uint64) bool {
	if m.shown[at] {
		return true
	}
	m.shown[at] = true
	return false
}

// goPointer evaluates an expression that gives a pointer, in a frame.
func (m *Monitor) goPointer(f *frame, text string) (uint64, bool) {
	e := env{m, f}
	v, err := expr.Evaluate(e, text)
	if err != nil {
		return 0, false
	}
	n, err := expr.Int(e, v)
	return n, err == nil && n != 0
}

// savedContext reads the registers of a nucleus.Frame.
func (m *Monitor) savedContext(at uint64) (regs map[int]uint64, pc uint64, ok bool) {
	w, err := m.words(at, len(m.arch.frameRegs))
	if err != nil {
		return nil, 0, false
	}
	regs = map[int]uint64{}
	for i, n := range m.arch.frameRegs {
		if n >= 0 && (i != m.arch.framePC || m.arch.pcDwarf >= 0) {
			regs[n] = w[i]
		}
	}
	return regs, w[m.arch.framePC], true
}

// leaveC goes from the outermost C function to the kernel function that called
// it.
func (m *Monitor) leaveC(f *frame) *frame {
	for i := len(m.stack) - 1; i >= 0; i-- {
		if b := m.stack[i].back; b != nil {
			// The call came from a kernel function that is on the stack.
			return m.resumeAfter(b, "<C function called>")
		}
	}
	at, ok := m.currentContext()
	if !ok {
		return nil
	}
	ksp, ok := m.goField(at, "ksp")
	if !ok {
		return nil
	}
	regs := map[int]uint64{}
	var pc uint64
	if m.arch.link != "" {
		pc, ok = m.goField(at, "kra")
		regs[m.arch.spDwarf] = ksp
	} else {
		var err error
		pc, err = m.word(ksp)
		ok = err == nil
		regs[m.arch.spDwarf] = ksp + uint64(m.arch.word)
	}
	if !ok || m.imageAt(pc) == nil {
		return nil
	}
	g := m.newFrame(pc, regs, true)
	g.note = "<C function called>"
	m.shown[at] = true // so that Call does not show it again
	return g
}

// resumeAfter is the caller of a kernel function whose inner code was shown.
func (m *Monitor) resumeAfter(f *frame, note string) *frame {
	f.unwind()
	if f.next == nil || f.nextPC == 0 {
		return nil
	}
	g := m.newFrame(f.nextPC, f.next, true)
	g.note = note
	return g
}

// currentContext is the nucleus.Frame of the C code that the processor
// executes now.
func (m *Monitor) currentContext() (uint64, bool) {
	if m.arch.link != "" {
		b, ok := m.register("sscratch")
		return number(b), ok && number(b) != 0
	}
	if m.kernel == nil {
		return 0, false
	}
	s, ok := m.kernel.Symbol(goCurFrame)
	if !ok {
		return 0, false
	}
	v, err := m.word(s.Addr)
	return v, err == nil && v != 0
}

// goField reads a word field of a nucleus.Frame.
func (m *Monitor) goField(at uint64, field string) (uint64, bool) {
	if m.kernel == nil {
		return 0, false
	}
	t, ok := m.kernel.Type("", goFrameType)
	if !ok {
		return 0, false
	}
	s, ok := expr.Plain(t).(*dwarf.StructType)
	if !ok {
		return 0, false
	}
	for _, f := range s.Field {
		if f.Name == field {
			v, err := m.word(at + uint64(f.ByteOffset))
			return v, err == nil
		}
	}
	return 0, false
}
