package softfloat

import "math/bits"

// Flags is a set of IEEE 754 exceptions (clause 7), in the order of RISC-V's
// fflags (volume I, 11.2, figure "Floating-point control and status register").
type Flags uint8

const (
	Inexact   Flags = 1 << 0 // NX
	Underflow Flags = 1 << 1 // UF: tiny after rounding, and inexact
	Overflow  Flags = 1 << 2 // OF
	DivByZero Flags = 1 << 3 // DZ
	Invalid   Flags = 1 << 4 // NV
)

// Rounding is a rounding direction (clause 4.3), numbered as RISC-V's rm field.
type Rounding uint8

const (
	NearestEven Rounding = iota // RNE: roundTiesToEven
	TowardZero                  // RTZ
	Down                        // RDN: toward negative
	Up                          // RUP: toward positive
	NearestAway                 // RMM: roundTiesToAway
)

type kind uint8

const (
	zero kind = iota
	finite
	infinite
	quietNaN
	signalingNaN
)

// num is an unpacked operand. A finite one has the value
//
//	(-1)^neg * sig * 2^(exp-63), bit 63 of sig being set
//
// so that exp is the exponent of the leading bit, for subnormals too.
type num struct {
	kind kind
	neg  bool
	exp  int
	sig  uint64
}

func (n num) isNaN() bool { return n.kind >= quietNaN }

// topBit is the leading bit of a normalised significand.
const topBit = 1 << 63

// format describes one binary interchange format (table 3.5).
type format struct {
	prec   int    // p: bits of significand, the leading one included
	emax   int    // the largest exponent; emin is 1-emax, and the bias is emax too
	width  int    // bits of the encoding
	defNaN uint64 // the canonical quiet NaN
}

var (
	binary32 = &format{prec: 24, emax: 127, width: 32, defNaN: 0x7fc00000}
	binary64 = &format{prec: 53, emax: 1023, width: 64, defNaN: 0x7ff8000000000000}
)

func (f *format) emin() int            { return 1 - f.emax }
func (f *format) maxBiased() uint64    { return uint64(2*f.emax + 1) }
func (f *format) fracMask() uint64     { return 1<<(f.prec-1) - 1 }
func (f *format) quietBit() uint64     { return 1 << (f.prec - 2) }
func (f *format) signBit() uint64      { return 1 << (f.width - 1) }
func (f *format) inf(neg bool) uint64  { return f.pack(neg, f.maxBiased(), 0) }
func (f *format) zero(neg bool) uint64 { return f.pack(neg, 0, 0) }

// pack joins the three fields of an encoding; sig may carry the implied bit.
func (f *format) pack(neg bool, biased, sig uint64) uint64 {
	b := biased<<(f.prec-1) | sig&f.fracMask()
	if neg {
		b |= f.signBit()
	}
	return b
}

func (f *format) unpack(b uint64) num {
	n := num{neg: b&f.signBit() != 0}
	frac := b & f.fracMask()
	biased := b >> (f.prec - 1) & f.maxBiased()
	switch {
	case biased == f.maxBiased() && frac == 0:
		n.kind = infinite
	case biased == f.maxBiased():
		n.kind = signalingNaN
		if frac&f.quietBit() != 0 {
			n.kind = quietNaN
		}
	case biased != 0:
		n.kind = finite
		n.exp = int(biased) - f.emax
		n.sig = topBit | frac<<(64-f.prec)
	case frac != 0:
		n.kind = finite
		shift := bits.LeadingZeros64(frac)
		n.exp = f.emin() - (shift - (64 - f.prec))
		n.sig = frac << shift
	}
	return n
}

// nan is the result of an operation with a NaN among its operands (6.2).
func (f *format) nan(signaling bool) (uint64, Flags) {
	if signaling {
		return f.defNaN, Invalid
	}
	return f.defNaN, 0
}

// invalid is the result of an operation without a useful definition (7.2).
func (f *format) invalid() (uint64, Flags) { return f.defNaN, Invalid }

// round makes the one rounding of an operation whose exact result is
//
//	(-1)^neg * (hi:lo) * 2^(exp-127), bit 63 of hi being set
//
// with bit 0 of lo sticky, and encodes it.
func (f *format) round(neg bool, exp int, hi, lo uint64, rm Rounding) (uint64, Flags) {
	tiny := exp < f.emin()
	if tiny {
		// 7.5, after rounding: the result is not tiny if it would reach the
		// smallest normal number with an unbounded exponent.
		if exp == f.emin()-1 {
			keep, rest := f.split(hi, lo)
			if keep+1 == 1<<f.prec && roundsUp(rm, neg, true, rest) {
				tiny = false
			}
		}
		hi, lo = shiftRightJam(hi, lo, f.emin()-exp)
		exp = f.emin()
	}

	sig, rest := f.split(hi, lo)
	if roundsUp(rm, neg, sig&1 != 0, rest) {
		sig++
		if sig == 1<<f.prec {
			sig >>= 1
			exp++
		}
	}
	if exp > f.emax {
		return f.overflow(neg, rm)
	}

	var fl Flags
	if rest != 0 {
		fl = Inexact
		if tiny {
			fl |= Underflow
		}
	}
	biased := uint64(exp + f.emax)
	if sig>>(f.prec-1) == 0 {
		biased = 0 // subnormal: there is no leading bit to imply
	}
	return f.pack(neg, biased, sig), fl
}

// split divides a significand into the bits the format keeps, and the rest as
// a fraction of the last place: 1<<63 is one half, bit 0 is sticky.
func (f *format) split(hi, lo uint64) (keep, rest uint64) {
	rest = hi << f.prec
	if lo != 0 {
		rest |= 1
	}
	return hi >> (64 - f.prec), rest
}

func roundsUp(rm Rounding, neg, odd bool, rest uint64) bool {
	const half = 1 << 63
	switch rm {
	case NearestEven:
		return rest > half || rest == half && odd
	case Down:
		return neg && rest != 0
	case Up:
		return !neg && rest != 0
	case NearestAway:
		return rest >= half
	}
	return false // TowardZero
}

// overflow is the table of 7.4.
func (f *format) overflow(neg bool, rm Rounding) (uint64, Flags) {
	toInf := rm == NearestEven || rm == NearestAway || rm == Down && neg || rm == Up && !neg
	if toInf {
		return f.inf(neg), Overflow | Inexact
	}
	return f.pack(neg, f.maxBiased()-1, f.fracMask()), Overflow | Inexact
}

// normRound is round for a significand that is not yet normalised, or zero.
// exact zero has the sign of 6.3: plus, except when rounding down.
func (f *format) normRound(neg bool, exp int, hi, lo uint64, rm Rounding) (uint64, Flags) {
	if hi == 0 {
		if lo == 0 {
			return f.zero(rm == Down), 0
		}
		hi, lo = lo, 0
		exp -= 64
	}
	s := bits.LeadingZeros64(hi)
	return f.round(neg, exp-s, hi<<s|lo>>(64-s), lo<<s, rm)
}

// shiftRightJam shifts a 128-bit significand right by n >= 0, keeping in bit 0
// whether anything was lost.
func shiftRightJam(hi, lo uint64, n int) (uint64, uint64) {
	var lost uint64
	switch {
	case n == 0:
		return hi, lo
	case n < 64:
		lost = lo << (64 - n)
		hi, lo = hi>>n, hi<<(64-n)|lo>>n
	case n < 128:
		n -= 64
		lost = lo | hi<<(64-n) // nothing of hi for n == 0: Go shifts by 64 to zero
		hi, lo = 0, hi>>n
	default:
		lost = hi | lo
		hi, lo = 0, 0
	}
	if lost != 0 {
		lo |= 1
	}
	return hi, lo
}
