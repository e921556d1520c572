package rv64

import (
	"fmt"

	"rv86/cpu"
)

// Step executes one instruction, or takes one interrupt or exception, on the
// reference path. It returns StopBudget when it did and nothing else happened.
func (h *Hart) Step() cpu.Stop {
	h.attention = false
	if h.stopping {
		return h.takeStop()
	}
	if h.takeInterrupt() {
		h.wfi = false
		return cpu.Stop{}
	}
	if h.wfi {
		if h.pending()&h.mie == 0 {
			return cpu.Stop{Why: cpu.StopIdle}
		}
		h.wfi = false
	}
	return h.stepInsn()
}

// stepInsn executes the instruction at h.pc, which takes one slot.
func (h *Hart) stepInsn() cpu.Stop {
	raw, t := h.fetch(h.pc)
	if t == noTrap {
		in := decode(raw)
		t = h.execute(&in)
	}
	return h.finish(t)
}

// execute runs a decoded instruction at h.pc; h.nextPC is where to go on.
func (h *Hart) execute(in *insn) trap {
	h.nextPC = h.pc + uint64(in.size)
	if in.row == nil || in.row.fp && h.fsOff() {
		return h.illegal(in)
	}
	return in.row.do.exec(h, in)
}

// finish ends an instruction's slot: on to the next one, or into the handler.
func (h *Hart) finish(t trap) cpu.Stop {
	var s cpu.Stop
	if t == noTrap {
		h.pc = h.nextPC
	} else {
		if h.stuck(t.cause()) {
			h.RequestStop(cpu.Stop{Why: cpu.StopFault, Detail: fmt.Sprintf(
				"trap loop: %s at pc 0x%x, tval 0x%x", t.cause(), h.pc, h.tval)})
		}
		h.take(t)
	}
	h.insns++
	if h.stopping {
		s = h.takeStop()
	}
	return s
}
