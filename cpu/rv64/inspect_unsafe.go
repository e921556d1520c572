package rv64

import (
	"unsafe"

	"rv86/mmu"
)

// InsnAt is the instruction that the next Step would fetch from pc, for traces
// and monitors; ok is false where the fetch would fault. It changes nothing
// that the fetch itself would not.
func (h *Hart) InsnAt(pc uint64) (raw uint32, ok bool) {
	tval := h.tval
	raw, t := h.fetch(pc)
	h.tval = tval
	return raw, t == noTrap
}

// CSRs calls f with each control and status register, by number.
func (h *Hart) CSRs(f func(num uint16, name string, v uint64)) {
	for i := range csrRows {
		f(csrRows[i].num, csrRows[i].name, csrRows[i].read(h))
	}
}

// ABIName is the name of integer register i in the calling convention.
func ABIName(i int) string { return xNames[i&31] }

// FName is the name of f register i in the calling convention.
func FName(i int) string { return fNames[i&31] }

// EachTLB calls f with each translation that the fast path holds: for loads (r),
// stores (w) or fetches (x). Guests do not see this cache; the reference path
// has none.
func (h *Hart) EachTLB(f func(va, pa uint64, kind byte)) {
	at := func(t *mmu.TLB, kind byte) {
		t.Each(func(va uint64, page unsafe.Pointer) { f(va, h.physOf(page), kind) })
	}
	for i := range tlbCount {
		at(&h.fast.loadTLB[i], 'r')
		at(&h.fast.storeTLB[i], 'w')
	}
	for i := range h.fast.fetchTLB {
		at(&h.fast.fetchTLB[i], 'x')
	}
}
