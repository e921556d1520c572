package rv64

import "rv86/cpu/softfloat"

// What the F and D extensions share: the kinds of meaning of their rows, the
// rounding mode of an instruction, NaN boxing. float.go has the registers' side
// of it. The decoder has seen to mstatus.FS being on.

// single and double are a value's bits in the two formats.
type (
	single = uint32
	double = uint64
	float  interface{ single | double }
)

// The canonical NaNs (I 11.3).
const (
	canonicalS = 0x7fc00000
	canonicalD = 0x7ff8000000000000
)

// The kinds. f is the meaning; host is the form that a block may hold inline
// (fp_host.go).
type (
	// fop1, fop2 and fop3: rd = f(rs1, ...), rounded as the instruction or frm
	// says, with the exceptions accrued in fflags.
	fop1[T float] struct {
		f    func(a T, rm softfloat.Rounding) (T, softfloat.Flags)
		host hostForm
	}
	fop2[T float] struct {
		f    func(a, b T, rm softfloat.Rounding) (T, softfloat.Flags)
		host hostForm
	}
	fop3[T float] func(a, b, c T, rm softfloat.Rounding) (T, softfloat.Flags)
	// fpick: rd = one of rs1 and rs2; nothing is rounded.
	fpick[T float] func(a, b T) (T, softfloat.Flags)
	// fcmp: x register rd = whether f holds of rs1 and rs2.
	fcmp[T float] struct {
		f    func(a, b T) (bool, softfloat.Flags)
		host hostForm
	}
	// ftoi and itof convert to and from an x register.
	ftoi[T float] struct {
		f    func(a T, rm softfloat.Rounding) (uint64, softfloat.Flags)
		host hostForm
	}
	itof[T float] struct {
		f    func(v uint64, rm softfloat.Rounding) (T, softfloat.Flags)
		host hostForm
	}
	// fnarrow and fwiden convert between the formats.
	fnarrow struct {
		f    func(a double, rm softfloat.Rounding) (single, softfloat.Flags)
		host hostForm
	}
	fwiden struct {
		f    func(a single) (double, softfloat.Flags)
		host hostForm
	}
	// fmix, ftox and xtof map all 64 bits of registers to all of another, f
	// or x as the names say. They raise nothing, and are inline as they are.
	fmix func(a, b uint64) uint64
	ftox func(f uint64) uint64
	xtof func(x uint64) uint64
)

// hostForm computes with the host's FPU; see fp_host.go.
type hostForm func(a, b uint64) (v uint64, ok bool)

// hosted is what the kinds with a hostForm have in common.
type hosted interface{ hostForm() hostForm }

func (do fop1[T]) hostForm() hostForm { return do.host }
func (do fop2[T]) hostForm() hostForm { return do.host }
func (do fcmp[T]) hostForm() hostForm { return do.host }
func (do ftoi[T]) hostForm() hostForm { return do.host }
func (do itof[T]) hostForm() hostForm { return do.host }
func (do fnarrow) hostForm() hostForm { return do.host }
func (do fwiden) hostForm() hostForm  { return do.host }

func (do fop1[T]) exec(h *Hart, in *insn) trap {
	rm, ok := h.rounding(in)
	if !ok {
		return h.illegal(in)
	}
	v, fl := do.f(unbox[T](h.f[in.rs1]), rm)
	return h.setFloat(in.rd, box(v), fl)
}

func (do fop2[T]) exec(h *Hart, in *insn) trap {
	rm, ok := h.rounding(in)
	if !ok {
		return h.illegal(in)
	}
	v, fl := do.f(unbox[T](h.f[in.rs1]), unbox[T](h.f[in.rs2]), rm)
	return h.setFloat(in.rd, box(v), fl)
}

func (f fop3[T]) exec(h *Hart, in *insn) trap {
	rm, ok := h.rounding(in)
	if !ok {
		return h.illegal(in)
	}
	v, fl := f(unbox[T](h.f[in.rs1]), unbox[T](h.f[in.rs2]), unbox[T](h.f[in.rs3]), rm)
	return h.setFloat(in.rd, box(v), fl)
}

func (f fpick[T]) exec(h *Hart, in *insn) trap {
	v, fl := f(unbox[T](h.f[in.rs1]), unbox[T](h.f[in.rs2]))
	return h.setFloat(in.rd, box(v), fl)
}

func (do fcmp[T]) exec(h *Hart, in *insn) trap {
	holds, fl := do.f(unbox[T](h.f[in.rs1]), unbox[T](h.f[in.rs2]))
	h.accrue(fl)
	h.setX(in.rd, b2u(holds))
	return noTrap
}

func (do ftoi[T]) exec(h *Hart, in *insn) trap {
	rm, ok := h.rounding(in)
	if !ok {
		return h.illegal(in)
	}
	v, fl := do.f(unbox[T](h.f[in.rs1]), rm)
	h.accrue(fl)
	h.setX(in.rd, v)
	return noTrap
}

func (do itof[T]) exec(h *Hart, in *insn) trap {
	rm, ok := h.rounding(in)
	if !ok {
		return h.illegal(in)
	}
	v, fl := do.f(h.x[in.rs1], rm)
	return h.setFloat(in.rd, box(v), fl)
}

func (do fnarrow) exec(h *Hart, in *insn) trap {
	rm, ok := h.rounding(in)
	if !ok {
		return h.illegal(in)
	}
	v, fl := do.f(h.f[in.rs1], rm)
	return h.setFloat(in.rd, box(v), fl)
}

// Widening is exact, and yet has an rm field whose reserved values are illegal.
func (do fwiden) exec(h *Hart, in *insn) trap {
	if _, ok := h.rounding(in); !ok {
		return h.illegal(in)
	}
	v, fl := do.f(unbox[single](h.f[in.rs1]))
	return h.setFloat(in.rd, v, fl)
}

func (f fmix) exec(h *Hart, in *insn) trap {
	h.setF(in.rd, f(h.f[in.rs1], h.f[in.rs2]))
	return noTrap
}

func (f ftox) exec(h *Hart, in *insn) trap {
	h.setX(in.rd, f(h.f[in.rs1]))
	return noTrap
}

func (f xtof) exec(h *Hart, in *insn) trap {
	h.setF(in.rd, f(h.x[in.rs1]))
	return noTrap
}

// singleBox is the upper half of an f register that holds a single (I 12.2).
const singleBox = 0xffffffff_00000000

// box is a value as an f register holds it.
func box[T float](v T) uint64 {
	if w, ok := any(v).(single); ok {
		return singleBox | uint64(w)
	}
	return uint64(v)
}

// unbox is the operand an f register gives.
func unbox[T float](f uint64) T {
	if _, ok := any(T(0)).(single); ok {
		return T(unboxS(f))
	}
	return T(f)
}

// unboxS is a single operand: what is not boxed counts as the canonical NaN
// (I 12.2).
func unboxS(f uint64) single {
	if f < singleBox {
		return canonicalS
	}
	return single(f)
}

// rounding is the mode an instruction rounds in; ok is false if that is
// reserved, which makes the instruction illegal.
func (h *Hart) rounding(in *insn) (rm softfloat.Rounding, ok bool) {
	v, ok := h.roundingMode(in)
	return softfloat.Rounding(v), ok
}

// accrue sets exception flags. Their layout in fflags is that of softfloat.
func (h *Hart) accrue(fl softfloat.Flags) { h.setFlags(uint8(fl)) }

// setFloat writes a result and the exceptions of its computation.
func (h *Hart) setFloat(rd uint8, v uint64, fl softfloat.Flags) trap {
	h.accrue(fl)
	h.setF(rd, v)
	return noTrap
}
