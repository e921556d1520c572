package softfloat

// The operations of both formats, on bit patterns. Those on binary32 take and
// give the low half of a register.

// Add64 is a + b.
func Add64(a, b uint64, rm Rounding) (uint64, Flags) {
	if rm == NearestEven {
		if r, fl, ok := fastAdd64(a, b); ok {
			return r, fl
		}
	}
	return binary64.add(binary64.unpack(a), binary64.unpack(b), rm)
}

// Sub64 is a - b.
func Sub64(a, b uint64, rm Rounding) (uint64, Flags) {
	// 6.3: x - y is x + (-y) in sign as in value, and a NaN stays one.
	return Add64(a, b^binary64.signBit(), rm)
}

// Mul64 is a * b.
func Mul64(a, b uint64, rm Rounding) (uint64, Flags) {
	if rm == NearestEven {
		if r, fl, ok := fastMul64(a, b); ok {
			return r, fl
		}
	}
	return binary64.mul(binary64.unpack(a), binary64.unpack(b), rm)
}

// Div64 is a / b.
func Div64(a, b uint64, rm Rounding) (uint64, Flags) {
	if rm == NearestEven {
		if r, fl, ok := fastDiv64(a, b); ok {
			return r, fl
		}
	}
	return binary64.div(binary64.unpack(a), binary64.unpack(b), rm)
}

// Sqrt64 is the square root of a.
func Sqrt64(a uint64, rm Rounding) (uint64, Flags) {
	if rm == NearestEven {
		if r, fl, ok := fastSqrt64(a); ok {
			return r, fl
		}
	}
	return binary64.sqrt(binary64.unpack(a), rm)
}

// FMA64 is a*b + c, rounded once.
func FMA64(a, b, c uint64, rm Rounding) (uint64, Flags) {
	if rm == NearestEven {
		if r, fl, ok := fastFMA64(a, b, c); ok {
			return r, fl
		}
	}
	return binary64.fma(binary64.unpack(a), binary64.unpack(b), binary64.unpack(c), rm)
}

// Add32 is a + b.
func Add32(a, b uint32, rm Rounding) (uint32, Flags) {
	if rm == NearestEven {
		if r, fl, ok := fastAdd32(a, b); ok {
			return r, fl
		}
	}
	return low(binary32.add(unpack32(a), unpack32(b), rm))
}

// Sub32 is a - b.
func Sub32(a, b uint32, rm Rounding) (uint32, Flags) {
	return Add32(a, b^uint32(binary32.signBit()), rm)
}

// Mul32 is a * b.
func Mul32(a, b uint32, rm Rounding) (uint32, Flags) {
	if rm == NearestEven {
		if r, fl, ok := fastMul32(a, b); ok {
			return r, fl
		}
	}
	return low(binary32.mul(unpack32(a), unpack32(b), rm))
}

// Div32 is a / b.
func Div32(a, b uint32, rm Rounding) (uint32, Flags) {
	if rm == NearestEven {
		if r, fl, ok := fastDiv32(a, b); ok {
			return r, fl
		}
	}
	return low(binary32.div(unpack32(a), unpack32(b), rm))
}

// Sqrt32 is the square root of a.
func Sqrt32(a uint32, rm Rounding) (uint32, Flags) {
	if rm == NearestEven {
		if r, fl, ok := fastSqrt32(a); ok {
			return r, fl
		}
	}
	return low(binary32.sqrt(unpack32(a), rm))
}

// FMA32 is a*b + c, rounded once.
func FMA32(a, b, c uint32, rm Rounding) (uint32, Flags) {
	if rm == NearestEven {
		if r, fl, ok := fastFMA32(a, b, c); ok {
			return r, fl
		}
	}
	return low(binary32.fma(unpack32(a), unpack32(b), unpack32(c), rm))
}

func unpack32(a uint32) num { return binary32.unpack(uint64(a)) }

func low(b uint64, fl Flags) (uint32, Flags) { return uint32(b), fl }
