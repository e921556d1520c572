package softfloat

// Relation is the outcome of a comparison (5.11): exactly one holds.
type Relation int8

const (
	Less      Relation = -1
	Equal     Relation = 0
	Greater   Relation = 1
	Unordered Relation = 2 // at least one operand is a NaN
)

// Compare64 relates a to b. A NaN raises Invalid if it is signaling, or in any
// case where signaling is set (the predicates of table 5.2, as < and <= are).
func Compare64(a, b uint64, signaling bool) (Relation, Flags) {
	return binary64.compare(a, b, signaling)
}

// Compare32 is Compare64 for binary32.
func Compare32(a, b uint32, signaling bool) (Relation, Flags) {
	return binary32.compare(uint64(a), uint64(b), signaling)
}

func (f *format) compare(a, b uint64, signaling bool) (Relation, Flags) {
	if f.isNaN(a) || f.isNaN(b) {
		if signaling || f.isSignaling(a) || f.isSignaling(b) {
			return Unordered, Invalid
		}
		return Unordered, 0
	}
	x, y := f.ordinal(a), f.ordinal(b)
	switch {
	case x < y:
		return Less, 0
	case x > y:
		return Greater, 0
	}
	return Equal, 0
}

// ordinal maps encodings other than NaN to integers in the order of their
// values; both zeros give 0.
func (f *format) ordinal(b uint64) int64 {
	magnitude := int64(b &^ f.signBit())
	if b&f.signBit() != 0 {
		return -magnitude
	}
	return magnitude
}

func (f *format) isNaN(b uint64) bool { return b&^f.signBit() > f.inf(false) }

func (f *format) isSignaling(b uint64) bool { return f.isNaN(b) && b&f.quietBit() == 0 }

// IsNaN64 says whether a is a NaN of either kind.
func IsNaN64(a uint64) bool { return binary64.isNaN(a) }

// IsNaN32 says whether a is a NaN of either kind.
func IsNaN32(a uint32) bool { return binary32.isNaN(uint64(a)) }

// IsSignaling64 says whether a is a signaling NaN.
func IsSignaling64(a uint64) bool { return binary64.isSignaling(a) }

// IsSignaling32 says whether a is a signaling NaN.
func IsSignaling32(a uint32) bool { return binary32.isSignaling(uint64(a)) }

// Class is the class of a datum (5.7.2), one bit of it set, in the order of
// RISC-V's fclass (I 11.9, table "Format of result of FCLASS instruction").
type Class uint16

const (
	NegInfinity Class = 1 << iota
	NegNormal
	NegSubnormal
	NegZero
	PosZero
	PosSubnormal
	PosNormal
	PosInfinity
	SignalingNaN
	QuietNaN
)

// Class64 classifies a.
func Class64(a uint64) Class { return binary64.class(a) }

// Class32 classifies a.
func Class32(a uint32) Class { return binary32.class(uint64(a)) }

func (f *format) class(b uint64) Class {
	n := f.unpack(b)
	pick := func(neg, pos Class) Class {
		if n.neg {
			return neg
		}
		return pos
	}
	switch {
	case n.kind == quietNaN:
		return QuietNaN
	case n.kind == signalingNaN:
		return SignalingNaN
	case n.kind == infinite:
		return pick(NegInfinity, PosInfinity)
	case n.kind == zero:
		return pick(NegZero, PosZero)
	case n.exp < f.emin():
		return pick(NegSubnormal, PosSubnormal)
	}
	return pick(NegNormal, PosNormal)
}
