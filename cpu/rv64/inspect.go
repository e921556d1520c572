package rv64

// InsnAt is the instruction that the next Step would fetch from pc, for traces
// and monitors; ok is false where the fetch would fault. It changes nothing
// that the fetch itself would not.
func (h *Hart) InsnAt(pc uint64) (raw uint32, ok bool) {
	tval := h.tval
	raw, t := h.fetch(pc)
	h.tval = tval
	return raw, t == noTrap
}
