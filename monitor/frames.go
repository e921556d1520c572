package monitor

import (
	"rv86/kmod/vmlinux"
	"rv86/monitor/debuginfo"
)

// frame is an activation of a function.
type frame struct {
	m      *Monitor
	level  int
	pc     uint64
	lookup uint64 // an address within the instruction that is being executed
	regs   map[int]uint64
	image  *debuginfo.Image
	fn     *debuginfo.Func
	cfa    uint64
	hasCFA bool
	note   string // what stands between this frame and the one inside it
	next   map[int]uint64
	nextPC uint64
	done   bool   // next was computed
	saved  uint64 // address of the saved context it was taken from; 0: none
	back   *frame // the kernel function that ran this code
	root   uint64 // page table of the address space it is in; 0: the present one
}

// Reg implements debuginfo.Frame.
func (f *frame) Reg(n int) (uint64, bool) {
	v, ok := f.regs[n]
	return v, ok
}

// CFA implements debuginfo.Frame.
func (f *frame) CFA() (uint64, bool) {
	f.unwind()
	return f.cfa, f.hasCFA
}

// PC implements debuginfo.Frame.
func (f *frame) PC() uint64 { return f.lookup }

// Read implements debuginfo.Frame.
func (f *frame) Read(a uint64, b []byte) error {
	if f.root != 0 && f.root != f.m.Target.AddressSpace() {
		return f.m.Target.ReadSpace(f.root, f.m.trunc(a), b)
	}
	return f.m.Target.ReadVirt(f.m.trunc(a), b)
}

// word reads a word of the frame's memory.
func (f *frame) word(a uint64) (uint64, error) {
	b := make([]byte, f.m.arch.word)
	err := f.Read(a, b)
	return number(b), err
}

// register is a register's value in this frame.
func (f *frame) register(name string) ([]byte, bool) {
	if f.level == 0 && f.saved == 0 {
		return f.m.register(name)
	}
	c := f.m.arch.canonical(name)
	if c == f.m.arch.pc {
		return word(f.pc, f.m.arch.word), true
	}
	for n, r := range f.m.arch.dwarf {
		if r == c {
			v, ok := f.regs[n]
			return word(v, f.m.arch.word), ok
		}
	}
	return f.m.register(name) // what is not saved by calls
}

func word(v uint64, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(v >> (8 * i))
	}
	return b
}

// maxFrames bounds a backtrace; a damaged stack may go round.
const maxFrames = 256

// frame is the one that is selected.
func (m *Monitor) frame() *frame {
	fs := m.frames(m.selected + 1)
	if m.selected < len(fs) {
		return fs[m.selected]
	}
	return fs[0]
}

// frames unwinds until there are n frames, or no more.
func (m *Monitor) frames(n int) []*frame {
	if m.stack == nil {
		regs := map[int]uint64{}
		for i, name := range m.arch.dwarf {
			if b, ok := m.register(name); ok {
				regs[i] = number(b)
			}
		}
		m.stack = []*frame{m.newFrame(m.pc(), regs, false)}
	}
	for len(m.stack) < min(n, maxFrames) {
		last := m.stack[len(m.stack)-1]
		f := m.caller(last)
		if f == nil {
			break
		}
		f.level = len(m.stack)
		m.stack = append(m.stack, f)
	}
	return m.stack
}

func (m *Monitor) newFrame(pc uint64, regs map[int]uint64, call bool) *frame {
	pc = m.trunc(pc)
	f := &frame{m: m, pc: pc, lookup: m.linked(pc), regs: regs}
	if call {
		f.lookup--
	}
	f.setImage(m.imageAt(f.lookup))
	return f
}

// setImage says which program the frame's code is of.
func (f *frame) setImage(im *debuginfo.Image) {
	if f.image = im; im != nil {
		f.fn = im.FuncAt(f.lookup)
	}
}

// unwind computes the caller's registers.
func (f *frame) unwind() {
	if f.done {
		return
	}
	f.done = true
	m := f.m
	if f.image != nil {
		regs, cfa, ra, err := f.image.Unwind(f, m.arch.spDwarf)
		if err == nil {
			f.cfa, f.hasCFA = m.trunc(cfa), true
			if pc, ok := regs[ra]; ok {
				f.next, f.nextPC = regs, m.trunc(pc)
			}
			return
		}
	}
	f.guess()
}

// guess unwinds without the compiler's help, from what the function did to the
// stack so far.
func (f *frame) guess() {
	m := f.m
	sp, ok := f.regs[m.arch.spDwarf]
	if !ok {
		return
	}
	at := f.pc
	start := at
	if f.image != nil {
		if s, ok := f.image.At(f.lookup); ok {
			start = s.Addr
		}
	}
	deeper, link := m.prologue(start, at)
	depth := uint64(deeper)
	f.cfa, f.hasCFA = m.trunc(sp+depth), true
	regs := map[int]uint64{}
	for k, v := range f.regs {
		regs[k] = v
	}
	var pc uint64
	switch {
	case m.arch.link == "": // above the return address
		v, err := f.word(sp + depth)
		if err != nil {
			return
		}
		pc, f.cfa = v, m.trunc(sp+depth+uint64(m.arch.word))
	case link != linkUnsaved:
		v, err := f.word(sp + depth + uint64(link))
		if err != nil {
			return
		}
		pc = v
	case f.level == 0 || f.note != "":
		for n, name := range m.arch.dwarf {
			if name == m.arch.link {
				pc = f.regs[n]
			}
		}
	default:
		return
	}
	regs[m.arch.spDwarf] = f.cfa
	f.next, f.nextPC = regs, m.trunc(pc)
}

// caller is the frame around one, or nil.
func (m *Monitor) caller(f *frame) *frame {
	if g := m.crossing(f); g != nil {
		return g
	}
	if f.level == 0 && f.saved == 0 {
		if g := m.interrupted(f); g != nil {
			return g
		}
	}
	if name, ok := m.stub(f.pc); ok && name == vmlinux.ReturnStub && f.level == 0 {
		return m.leaveC(f)
	}
	f.unwind()
	if f.next == nil || f.nextPC == 0 {
		return nil
	}
	if name, ok := m.stub(f.nextPC); ok && name == vmlinux.ReturnStub {
		return m.leaveC(f)
	}
	if !f.within(f.nextPC-1) && m.imageAt(f.nextPC-1) == nil && m.moduleAt(f.nextPC-1) == nil {
		return nil
	}
	sp, old := f.next[m.arch.spDwarf], f.regs[m.arch.spDwarf]
	if f.nextPC == f.pc && sp == old {
		return nil // the stack stands still
	}
	if f.fn != nil && outermost[f.fn.Name] {
		return nil
	}
	g := m.newFrame(f.nextPC, f.next, true)
	g.root = f.root
	if f.within(g.lookup) {
		g.setImage(f.image)
	}
	return g
}

// within says that an address is in the program of another address space that the
// frame's code belongs to.
func (f *frame) within(a uint64) bool { return f.root != 0 && f.image != nil && f.image.Contains(a) }

// outermost are where a stack begins.
var outermost = map[string]bool{"runtime.goexit": true, "runtime.mstart": true, "runtime.rt0_go": true, "runtime.goexit.abi0": true}
