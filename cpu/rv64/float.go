package rv64

// What the F and D rows share with the rest of the hart: the f registers'
// dirty state, fcsr and the rounding mode.

// fcsr (I 11.2):
//
//	 7   5 4  3  2  1  0
//	+-----+--+--+--+--+--+
//	| frm |NV|DZ|OF|UF|NX|
//	+-----+--+--+--+--+--+
const (
	flagNX    = 1 << 0
	fflagMask = 0x1f
	frmShift  = 5
	frmMask   = 7

	rmRNE = 0 // round to nearest, ties to even
	rmRTZ = 1 // round toward zero
	rmMax = 4 // the last mode that is not reserved: RMM
	rmDyn = 7 // take the mode from frm
)

// setF writes an f register: v is already NaN-boxed.
func (h *Hart) setF(i uint8, v uint64) {
	h.f[i&31] = v
	h.dirtyFS()
}

// setFlags accumulates exception flags, in the layout of fflags.
func (h *Hart) setFlags(flags uint8) {
	if flags&^h.fflags != 0 {
		h.fflags |= flags
		h.contextChanged()
	}
	if flags != 0 {
		h.dirtyFS()
	}
}

// roundingMode resolves the rm field; ok is false for the reserved values,
// which are illegal instructions (I 11.2).
func (h *Hart) roundingMode(in *insn) (rm uint8, ok bool) {
	rm = in.rm
	if rm == rmDyn {
		rm = h.frm
	}
	return rm, rm <= rmMax
}

// dirtyFS notes that floating-point state differs from what was saved (II 3.1.6.6).
func (h *Hart) dirtyFS() {
	if h.mstatus&mstatusFS != mstatusFS {
		h.mstatus |= mstatusFS
		h.contextChanged()
	}
}

// fsOff says whether floating-point instructions are illegal.
func (h *Hart) fsOff() bool { return h.mstatus&mstatusFS == 0 }
