package rv64

import "math/bits"

// take enters the handler of a trap that the instruction at h.pc raised
// (II 3.1.6.1, 3.1.8, 4.1.1).
func (h *Hart) take(t trap) {
	h.exceptions++
	c := t.cause()
	if h.debug.hook != nil && h.debug.hook.Trap != nil {
		h.debug.hook.Trap(uint64(c), false)
	}
	tval := h.tval
	if h.priv != PrivM && h.medeleg>>c&1 != 0 {
		h.enterS(uint64(c), tval, h.stvec&^3)
	} else {
		h.enterM(uint64(c), tval, h.mtvec&^3)
	}
}

// takeInterrupt enters the handler of the interrupt with the highest priority
// that is pending, enabled and not masked by the current mode. It costs no
// instruction slot.
func (h *Hart) takeInterrupt() bool {
	ready := h.ready()
	if ready == 0 {
		return false
	}
	// Interrupts for M come before those for S (II 3.1.9).
	if m := ready &^ h.mideleg; m != 0 {
		ready = m
	}
	for _, i := range irqPriority {
		if ready>>i&1 == 0 {
			continue
		}
		h.loop = loopDetector{}
		if h.debug.hook != nil && h.debug.hook.Trap != nil {
			h.debug.hook.Trap(uint64(i), true)
		}
		if h.mideleg>>i&1 != 0 {
			h.enterS(causeInterrupt|uint64(i), 0, vector(h.stvec, i))
		} else {
			h.enterM(causeInterrupt|uint64(i), 0, vector(h.mtvec, i))
		}
		return true
	}
	return false
}

// ready is the interrupts that would be taken now: an interrupt for mode x is
// enabled if the hart is below x, or in x with xIE set (II 3.1.9).
func (h *Hart) ready() uint64 {
	p := h.pending() & h.mie
	if p == 0 {
		return 0
	}
	var enabled uint64
	if h.priv < PrivM || h.mstatus&mstatusMIE != 0 {
		enabled |= ^h.mideleg
	}
	if h.priv < PrivS || h.priv == PrivS && h.mstatus&mstatusSIE != 0 {
		enabled |= h.mideleg
	}
	return p & enabled
}

func vector(tvec uint64, irq uint) uint64 {
	if tvec&3 == tvecVectored {
		return tvec&^3 + 4*uint64(irq)
	}
	return tvec &^ 3
}

func (h *Hart) enterS(cause, tval, pc uint64) {
	s := h.mstatus &^ (mstatusSPP | mstatusSPIE | mstatusSIE)
	s |= uint64(h.priv) << sppShift // U or S: M does not trap to S
	if h.mstatus&mstatusSIE != 0 {
		s |= mstatusSPIE
	}
	h.mstatus = s
	h.sepc, h.scause, h.stval = h.pc, cause, tval
	h.pc, h.priv = pc, PrivS
	h.contextChanged()
}

func (h *Hart) enterM(cause, tval, pc uint64) {
	s := h.mstatus &^ (mstatusMPP | mstatusMPIE | mstatusMIE)
	s |= uint64(h.priv) << mppShift
	if h.mstatus&mstatusMIE != 0 {
		s |= mstatusMPIE
	}
	h.mstatus = s
	h.mepc, h.mcause, h.mtval = h.pc, cause, tval
	h.pc, h.priv = pc, PrivM
	h.contextChanged()
}

// loopDetector finds out that a hart can only take traps for ever. Two signs:
//
//   - traps one after the other with no instruction retired in between: the
//     handler itself cannot be fetched, or its first instruction traps;
//   - a trap raised at the same privilege with interrupts already off (from
//     inside a handler) whose register state was seen before. Brent's method:
//     compare with a remembered state, renew it at powers of two.
//
// A program that keeps its loop counter in memory could look like the second:
// maxSame is far above what any such program would do, and still well below a
// second of the host's time.
type loopDetector struct {
	retired uint64 // instructions retired at the last trap
	barren  int    // traps since then
	nested  uint64 // traps from inside handlers
	same    int    // how often the remembered state came again
	state   [2]uint64
	renewAt uint64
}

const (
	maxBarren = 64
	maxSame   = 1 << 20
)

// stuck is told of each exception before it is taken.
func (h *Hart) stuck(c Cause) bool {
	l := &h.loop
	retired := h.retired()
	if retired != l.retired {
		l.barren = 0
	}
	l.retired = retired
	l.barren++
	if l.barren > maxBarren {
		return true
	}
	if !h.insideHandler(c) {
		return false
	}
	l.nested++
	s := h.fingerprint()
	if s == l.state {
		l.same++
		return l.same > maxSame
	}
	if l.nested >= l.renewAt {
		l.state, l.same = s, 0
		l.renewAt = 2 * l.nested
	}
	return false
}

// insideHandler: the trap comes from the privilege that will handle it, with
// its interrupts off.
func (h *Hart) insideHandler(c Cause) bool {
	switch h.priv {
	case PrivM:
		return h.mstatus&mstatusMIE == 0
	case PrivS:
		return h.mstatus&mstatusSIE == 0 && h.medeleg>>c&1 != 0
	}
	return false
}

// fingerprint condenses pc and the integer registers. Two independent mixes
// make an accidental match (2^-128) not worth a thought.
func (h *Hart) fingerprint() [2]uint64 {
	const k0, k1 = 0x9e3779b97f4a7c15, 0xc2b2ae3d27d4eb4f // odd, without pattern
	a, b := h.pc*k0, h.pc^k1
	for _, v := range h.x[:32] {
		a = bits.RotateLeft64(a^v, 29) * k0
		b = (bits.RotateLeft64(b, 37) + v) * k1
	}
	return [2]uint64{a, b}
}
