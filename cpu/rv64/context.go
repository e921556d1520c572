package rv64

import "rv86/mmu"

// A context is everything besides pc and memory that a translated address or a
// decoded block depends on: privilege, address space, and which floating-point
// instructions may run inline. Its number is compared when one block follows
// another; every flush makes all numbers new.

// Data TLBs by what decides on permissions. MXR is not among them: changing it
// flushes.
const (
	tlbM = iota
	tlbS
	tlbSUM // S with mstatus.SUM
	tlbU
	tlbCount
)

// dataTLB is the index of the TLBs that loads and stores use now.
func (h *Hart) dataTLB() int {
	switch h.dataPriv() {
	case PrivU:
		return tlbU
	case PrivS:
		if h.mstatus&mstatusSUM != 0 {
			return tlbSUM
		}
		return tlbS
	}
	return tlbM
}

// Which floating-point instructions a block may hold inline. The others go
// through the reference path, which checks mstatus.FS, keeps it dirty and
// collects flags.
const (
	fpNone  = iota // FS is not Dirty: each one must look
	fpMoves        // Dirty: those that round nothing
	fpArith        // also frm = RNE and NX set: those whose only flag can be NX
)

func (h *Hart) fpLevel() uint8 {
	switch {
	case h.mstatus&mstatusFS != mstatusFS:
		return fpNone
	case h.frm != rmRNE || h.fflags&flagNX == 0:
		return fpMoves
	}
	return fpArith
}

// Context numbers: generation | privilege | floating-point level. Generation 0
// is never current, so that context 0 fits no block.
const (
	contextPrivShift = 2
	contextGenShift  = 4
)

// contextChanged is called after any change of what a context depends on.
func (h *Hart) contextChanged() {
	f := &h.fast
	f.context = f.generation<<contextGenShift | uint64(h.priv)<<contextPrivShift | uint64(h.fpLevel())
	i := h.dataTLB()
	f.loads, f.stores = &f.loadTLB[i], &f.storeTLB[i]
	if h.debug.hook != nil && h.debug.hook.Privilege != nil {
		h.debug.hook.Privilege()
	}
}

// flushTLB forgets all translations.
func (h *Hart) flushTLB() {
	f := &h.fast
	for i := range tlbCount {
		f.loadTLB[i].Flush()
		f.storeTLB[i].Flush()
	}
	h.flushFetch()
}

// flushFetch forgets the translations of code: all blocks must be looked up
// again, though they stay decoded.
func (h *Hart) flushFetch() {
	f := &h.fast
	for i := range f.fetchTLB {
		f.fetchTLB[i].Flush()
	}
	f.codeSeen = [len(f.codeSeen)]uint64{}
	f.generation++
	h.contextChanged()
}

// flushPage forgets the translations of va's page.
func (h *Hart) flushPage(va uint64) {
	f := &h.fast
	for i := range tlbCount {
		f.loadTLB[i].FlushPage(va)
		f.storeTLB[i].FlushPage(va)
	}
	// Blocks of this page may be linked from anywhere. Most pages never held
	// code, and then there is nothing to do.
	stale := f.seenCode(va)
	for i := range f.fetchTLB {
		stale = f.fetchTLB[i].FlushPage(va) || stale
	}
	if stale {
		h.flushFetch()
	}
}

// codeSeen is a filter of the virtual pages that code was fetched from in this
// generation: a clear bit means never.
const codeSeenBits = 4096

func codeSeenBit(va uint64) uint64 {
	vpn := va >> mmu.PageShift
	return (vpn ^ vpn>>12) % codeSeenBits
}

func (f *fastState) seenCode(va uint64) bool {
	i := codeSeenBit(va)
	return f.codeSeen[i/64]>>(i%64)&1 != 0
}

func (f *fastState) noteCode(va uint64) {
	i := codeSeenBit(va)
	f.codeSeen[i/64] |= 1 << (i % 64)
}
