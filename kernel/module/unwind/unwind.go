package unwind

// Frame is what a function's stack frame looks like at an instruction. Offsets
// are from the stack pointer that the function was entered with.
type Frame struct {
	Depth int64 // how far the stack pointer has moved; negative is down
	Saved bool  // the return address is in memory...
	RA    int64 // ...here; otherwise it is where the caller left it
}

// Machine is a row of what differs between machines.
type Machine struct {
	// entry is the frame at a function's first instruction.
	entry Frame
	// Popped is what a return takes off the stack.
	Popped int64
	decode func(code []byte, pc uint64) (insn, bool)
}

// insn is what an instruction does to the frame.
type insn struct {
	size   int
	move   int64 // of the stack pointer
	saveRA bool
	saveAt int64 // from the stack pointer

	setFP  bool // the frame pointer = stack pointer + fpAt
	fromFP bool // the stack pointer = frame pointer + fpAt
	fpAt   int64
	popFP  bool // then the frame pointer is the caller's again
	lost   bool // the stack pointer becomes unknown

	jump uint64 // where it may go, 0 for nowhere else
	ends bool   // it does not go on to the next
}

// state is a frame in the making.
type state struct {
	Frame
	lost bool
	fp   int64
	fpOK bool
}

// stepsMax bounds the search; functions are smaller.
const stepsMax = 20_000

// Find gives the frame of the function whose code begins at start, at pc, which
// is inside code.
func Find(m *Machine, code []byte, start, pc uint64) (f Frame, ok bool) {
	// The code may be anything: what the decoder makes of it is its affair,
	// but must not become ours.
	defer func() {
		if recover() != nil {
			f, ok = Frame{}, false
		}
	}()
	type branch struct {
		at uint64
		s  state
	}
	seen := map[uint64]bool{}
	todo := []branch{{start, state{Frame: m.entry}}}
	steps := 0
	for len(todo) > 0 {
		b := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for at, s := b.at, b.s; ; {
			if at == pc {
				return s.Frame, !s.lost
			}
			if steps++; steps > stepsMax || seen[at] || at < start || at-start >= uint64(len(code)) {
				break
			}
			seen[at] = true
			in, known := m.decode(code[at-start:], at)
			if !known {
				break
			}
			s.apply(&in)
			if in.jump != 0 {
				todo = append(todo, branch{in.jump, s})
			}
			if in.ends {
				break
			}
			at += uint64(in.size)
		}
	}
	return Frame{}, false
}

func (s *state) apply(in *insn) {
	if in.saveRA && !s.lost {
		s.Saved, s.RA = true, s.Depth+in.saveAt
	}
	switch {
	case in.fromFP:
		s.Depth, s.lost = s.fp+in.fpAt, !s.fpOK
	case in.setFP:
		s.fp, s.fpOK = s.Depth+in.fpAt, !s.lost
	case in.lost:
		s.lost = true
	}
	s.Depth += in.move
	if in.popFP {
		s.fpOK = false
	}
}
