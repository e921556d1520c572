package rv64

import "fmt"

// Counters: Zicntr (I 10), mcycle, minstret and the hardware performance
// monitor, all of whose counters and events read 0 (II 3.1.10).

// Bits of mcounteren, scounteren and mcountinhibit.
const (
	counterCY = 1 << 0
	counterTM = 1 << 1
	counterIR = 1 << 2

	firstHPM, lastHPM = 3, 31
)

// counter counts along with a clock: its value is clock - base, or base itself
// while it is inhibited.
type counter struct {
	base   uint64
	frozen bool
}

func (c *counter) value(clock uint64) uint64 {
	if c.frozen {
		return c.base
	}
	return clock - c.base
}

// set makes the next instruction, one tick on, read v: a write takes effect
// after the writing instruction, which does not count itself (II 3.1.10).
func (c *counter) set(clock, v uint64) {
	if c.frozen {
		c.base = v
		return
	}
	c.base = clock + 1 - v
}

func (c *counter) freeze(clock uint64, frozen bool) {
	if frozen == c.frozen {
		return
	}
	c.base = clock - c.base // its own inverse
	c.frozen = frozen
}

// retired is the clock of minstret.
func (h *Hart) retired() uint64 { return h.insns - h.exceptions - h.idle }

func readCycle(h *Hart) uint64   { return h.cycle.value(h.insns) }
func readInstret(h *Hart) uint64 { return h.instret.value(h.retired()) }
func readTime(h *Hart) uint64    { return h.time() }

func writeCountInhibit(h *Hart, v uint64) {
	h.mcountinhibit = uint32(v) & (counterCY | counterIR)
	h.cycle.freeze(h.insns, v&counterCY != 0)
	h.instret.freeze(h.retired(), v&counterIR != 0)
}

// counterAllowed: a counter is readable below M if mcounteren permits it, in U
// if scounteren does too (II 3.1.11, 4.1.5).
func counterAllowed(bit uint32) func(h *Hart) bool {
	return func(h *Hart) bool {
		switch h.priv {
		case PrivM:
			return true
		case PrivS:
			return h.mcounteren&bit != 0
		}
		return h.mcounteren&h.scounteren&bit != 0
	}
}

var csrsCounter = append([]csr{
	{num: 0xc00, name: "cycle", ref: "I 10.1", read: readCycle, allow: counterAllowed(counterCY)},
	{num: 0xc01, name: "time", ref: "I 10.1", read: readTime, allow: counterAllowed(counterTM)},
	{num: 0xc02, name: "instret", ref: "I 10.1", read: readInstret, allow: counterAllowed(counterIR)},
	{num: 0xb00, name: "mcycle", ref: "II 3.1.10", read: readCycle, write: func(h *Hart, v uint64) { h.cycle.set(h.insns, v) }},
	{num: 0xb02, name: "minstret", ref: "II 3.1.10", read: readInstret, write: func(h *Hart, v uint64) { h.instret.set(h.retired(), v) }},
}, performanceCSRs()...)

func performanceCSRs() []csr {
	var all []csr
	for i := uint16(firstHPM); i <= lastHPM; i++ {
		user := zeroCSR(0xc00+i, fmt.Sprintf("hpmcounter%d", i), "I 10.2")
		user.allow = counterAllowed(1 << i)
		all = append(all, user,
			zeroCSR(0xb00+i, fmt.Sprintf("mhpmcounter%d", i), "II 3.1.10"),
			zeroCSR(0x320+i, fmt.Sprintf("mhpmevent%d", i), "II 3.1.10"))
	}
	return all
}
