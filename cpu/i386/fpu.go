package i386

import "rv86/cpu/i386/internal/fp"

// The x87 state (SDM 1 8.1).

// f80 is a register: sign and exponent, significand. An MMX register is the
// significand.
type f80 struct {
	m  uint64
	se uint16
}

type fpuState struct {
	reg   [8]f80 // physical registers
	top   uint8
	empty uint8 // one bit a physical register
	cw    uint16
	sw    uint16 // without TOP

	// The last non-control instruction, for FSTENV.
	fop      uint16
	fip, fdp uint32
	fcs, fds uint16

	scratch fp.Env // see env
}

// The status word.
const (
	swIE  = 1 << 0
	swSF  = 1 << 6 // stack fault
	swES  = 1 << 7 // an unmasked exception is pending
	swC0  = 1 << 8
	swC1  = 1 << 9
	swC2  = 1 << 10
	swC3  = 1 << 14
	swB   = 1 << 15
	swExc = 0x3f
	swCC  = swC0 | swC1 | swC2 | swC3

	topShift = 11
)

// The control word.
const (
	cwMasks   = 0x3f
	cwPCShift = 8
	cwRCShift = 10
	cwFixed   = 1 << 6
	cwValid   = 0x1f3f
	cwInit    = 0x037f
	cwReset   = 0x0040
)

// reset is the state after power-up (SDM 3A table 9-1); FNINIT's differs.
func (f *fpuState) reset() { *f = fpuState{cw: cwReset} }

// init is FNINIT: the registers' contents stay, but all are empty.
func (f *fpuState) init() {
	regs := f.reg
	*f = fpuState{reg: regs, cw: cwInit, empty: 0xff}
}

// status is the status word with TOP in its place.
func (f *fpuState) status() uint16 { return f.sw | uint16(f.top)<<topShift }

func (f *fpuState) setStatus(v uint16) {
	f.top = uint8(v >> topShift & 7)
	f.sw = v &^ (7 << topShift)
	f.updateES()
}

// updateES makes ES and B follow the pending unmasked exceptions.
func (f *fpuState) updateES() {
	f.sw &^= swES | swB
	if f.sw&^f.cw&swExc != 0 {
		f.sw |= swES | swB
	}
}

func (f *fpuState) setControl(v uint16) {
	f.cw = v&cwValid | cwFixed
	f.updateES()
}

// phys is the physical number of ST(i).
func (f *fpuState) phys(i uint8) uint8   { return (f.top + i) & 7 }
func (f *fpuState) isEmpty(i uint8) bool { return f.empty>>f.phys(i)&1 != 0 }
func (f *fpuState) st(i uint8) *f80      { return &f.reg[f.phys(i)] }
func (f *fpuState) setEmpty(i uint8)     { f.empty |= 1 << f.phys(i) }
func (f *fpuState) pop()                 { f.setEmpty(0); f.top = (f.top + 1) & 7 }
func (f *fpuState) setCC(mask, v uint16) { f.sw = f.sw&^mask | v }
func (f *fpuState) precision() fp.Format { return fp.F80.WithPrecision(precisions[f.cw>>cwPCShift&3]) }

// set stores to ST(i) and marks it full.
func (f *fpuState) set(i uint8, v f80) {
	p := f.phys(i)
	// By fields: a store in one piece would first be built from two on the
	// host's stack, and the host would wait for them.
	r := &f.reg[p]
	r.m, r.se = v.m, v.se
	f.empty &^= 1 << p
}

// precisions by the PC field; 01 is reserved and acts as 64 bits.
var precisions = [4]int32{24, 64, 53, 64}

// env starts an operation under the current control word. The context lives in
// the state, so that operations do not allocate; it holds until the next call.
func (f *fpuState) env() *fp.Env {
	e := &f.scratch
	e.Round, e.Masked = fp.Round(f.cw>>cwRCShift&3), fp.Flags(f.cw&cwMasks)
	e.Flags, e.RoundedUp = 0, false
	return e
}

// report takes over an operation's exceptions. store says whether its result
// may be stored: an unmasked invalid operand, denormal or division by zero
// leaves everything as it was.
func (f *fpuState) report(e *fp.Env) (store bool) {
	f.sw &^= swC1
	if e.RoundedUp && e.Flags&fp.Inexact != 0 {
		f.sw |= swC1
	}
	f.sw |= uint16(e.Flags)
	f.updateES()
	return e.Flags&^e.Masked&(fp.Invalid|fp.DenormalOp|fp.DivByZero) == 0
}

// stackFault records an overflow or underflow of the register stack and
// reports whether it is masked.
func (f *fpuState) stackFault(over bool) (masked bool) {
	f.sw |= swIE | swSF
	f.sw &^= swC1
	if over {
		f.sw |= swC1
	}
	f.updateES()
	return f.cw&swIE != 0
}

// indefinite is the default NaN.
var indefinite = pack80(fp.Default)

func pack80(n fp.Num) f80 {
	se, m := n.F80()
	return f80{m, se}
}

// num unpacks a register; the unsupported encodings raise Invalid and count as
// the default NaN.
func (v *f80) num(e *fp.Env) fp.Num {
	n, ok := fp.FromF80(v.se, v.m)
	if !ok {
		e.Flags |= fp.Invalid
	}
	return n
}

// Register tags as FSTENV stores them.
const (
	tagValid = iota
	tagZero
	tagSpecial
	tagEmpty
)

// tags works out the full tag word: only emptiness is stored.
func (f *fpuState) tags() uint16 {
	var w uint16
	for i := range uint16(8) {
		t := uint16(tagValid)
		v := f.reg[i]
		switch e := v.se & 0x7fff; {
		case f.empty>>i&1 != 0:
			t = tagEmpty
		case e == 0 && v.m == 0:
			t = tagZero
		case e == 0, e == 0x7fff, v.m>>63 == 0:
			t = tagSpecial
		}
		w |= t << (2 * i)
	}
	return w
}

func (f *fpuState) setTags(w uint16) {
	f.empty = 0
	for i := range 8 {
		if w>>(2*i)&3 == tagEmpty {
			f.empty |= 1 << i
		}
	}
}

// canUseFPU raises #NM where the task's FPU state is elsewhere or there is to
// be no FPU.
func (c *CPU) canUseFPU() bool {
	return c.cr0&(CR0EM|CR0TS) == 0 || c.fault(vecNM, 0)
}

// noPending raises #MF for an exception that an earlier instruction left
// pending. With CR0.NE clear a PC is told through FERR# and IRQ 13; that wire
// is not modelled, and the exception stays pending.
func (c *CPU) noPending() bool {
	return c.fpu.sw&swES == 0 || c.cr0&CR0NE == 0 || c.fault(vecMF, 0)
}

// x87 makes the semantics of a waiting, non-control x87 instruction.
func x87(op semantics) semantics {
	return func(c *CPU, in *inst) bool {
		if !c.canUseFPU() || !c.noPending() || !op(c, in) {
			return false
		}
		f := &c.fpu
		f.fop = uint16(in.opcode&7)<<8 | uint16(in.modrm)
		f.fip, f.fcs = c.exc.restart, c.seg[CS].sel
		if in.mem {
			f.fdp, f.fds = c.ea(in), c.seg[in.seg].sel
		}
		return true
	}
}

// control87 makes the semantics of a control instruction; those that do not
// wait leave a pending exception alone.
func control87(waits bool, op semantics) semantics {
	return func(c *CPU, in *inst) bool {
		if !c.canUseFPU() || waits && !c.noPending() {
			return false
		}
		return op(c, in)
	}
}

// doWait is #NM only if both TS and MP are set.
func doWait(c *CPU, _ *inst) bool {
	if c.cr0&(CR0MP|CR0TS) == CR0MP|CR0TS {
		return c.fault(vecNM, 0)
	}
	return c.noPending()
}
