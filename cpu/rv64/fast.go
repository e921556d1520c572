package rv64

import "rv86/cpu"

type fastState struct{}

const opExec = 0

var rowOps []uint8

func (h *Hart) initFast()                   {}
func (h *Hart) flushCode()                  {}
func (h *Hart) contextChanged()             {}
func (h *Hart) flushTLB()                   {}
func (h *Hart) flushPage(va uint64)         {}
func (h *Hart) wroteRAM(pa, n uint64)       {}
func (h *Hart) InvalidateCode(pa, n uint64) {}

func (h *Hart) Run(limit uint64) cpu.Stop {
	for h.insns < limit {
		if s := h.Step(); s.Why != cpu.StopBudget {
			return s
		}
	}
	return cpu.Stop{}
}
