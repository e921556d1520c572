package rv64

import (
	"fmt"
	"math"

	"rv86/cpu"
)

// Step executes one instruction, or takes one interrupt or exception, on the
// reference path. It returns StopBudget when it did and nothing else happened.
func (h *Hart) Step() cpu.Stop {
	h.attention = false
	if h.stopping {
		return h.takeStop()
	}
	if h.debug.breaks {
		h.debug.breaks = false
		return cpu.Stop{Why: cpu.StopBreak}
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
	if h.debug.hook != nil && h.atPoint() {
		return cpu.Stop{Why: cpu.StopBreak}
	}
	return h.stepInsn()
}

// Run executes until limit; see cpu.Core. The generated loop does most of it;
// what does not fit into the budget, and what cannot be cached, is stepped.
func (h *Hart) Run(limit uint64) cpu.Stop {
	for {
		h.attention = false
		if h.stopping {
			return h.takeStop()
		}
		if h.insns >= limit {
			return cpu.Stop{Why: cpu.StopBudget}
		}
		if h.debug.breaks {
			h.debug.breaks = false
			return cpu.Stop{Why: cpu.StopBreak}
		}
		if h.takeInterrupt() {
			h.wfi = false
			continue
		}
		if h.wfi {
			if h.pending()&h.mie == 0 {
				return cpu.Stop{Why: cpu.StopIdle}
			}
			h.wfi = false
		}
		b, _ := h.lookup(h.pc)
		if b == nil || uint64(b.n) > limit-h.insns {
			if h.debug.hook != nil && h.atPoint() {
				return cpu.Stop{Why: cpu.StopBreak}
			}
			if s := h.stepInsn(); s.Why != cpu.StopBudget {
				return s
			}
			continue
		}
		h.runBlocks(b, limit)
	}
}

// runBlocks enters the generated loop with b, which fits into the budget.
func (h *Hart) runBlocks(b *block, limit uint64) {
	f := &h.fast
	// A signed count of what is left leaves the loop one comparison.
	limit = min(limit, h.insns+math.MaxInt64)
	f.limit = limit
	f.left = int64(limit - h.insns)
	f.next = b
	h.loopBlocks()
}

// stepInsn executes the instruction at h.pc, which takes one slot.
func (h *Hart) stepInsn() cpu.Stop {
	raw, t := h.fetch(h.pc)
	if t == noTrap {
		in := decode(raw)
		t = h.execute(&in)
		if raw == magicInsn && h.debug.hook != nil && h.debug.hook.Magic != nil {
			h.debug.hook.Magic()
		}
	}
	h.finish(t)
	if h.stopping {
		return h.takeStop()
	}
	return cpu.Stop{}
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
func (h *Hart) finish(t trap) {
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
}
