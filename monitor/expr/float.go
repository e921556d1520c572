package expr

import (
	"debug/dwarf"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// Floating-point numbers are computed with as the host's float64. A long double
// of either machine is wider, and is rounded to it.

// Sizes of C's floating types.
const (
	sizeFloat  = 4
	sizeDouble = 8
	size80     = 10 // the x87's registers; a variable has two bytes more
	sizeQuad   = 16 // RISC-V's long double
)

// The exponents of the x87's format and of IEEE 754's quadruple precision.
const (
	wideBias   = 16383
	wideMax    = 0x7fff
	wideSign   = 0x8000
	quadHigh   = 48 // bits of the fraction in the upper word, below the exponent
	explicit80 = 1 << 63
)

func isFloat(t dwarf.Type) bool {
	_, ok := plain(t).(*dwarf.FloatType)
	return ok
}

// decodeFloat reads a floating-point number of the guest's.
func decodeFloat(b []byte) (float64, bool) {
	le := binary.LittleEndian
	switch n := len(b); {
	case n == sizeFloat:
		return float64(math.Float32frombits(le.Uint32(b))), true
	case n == sizeDouble:
		return math.Float64frombits(le.Uint64(b)), true
	case n >= size80 && n < sizeQuad:
		return decode80(le.Uint16(b[8:]), le.Uint64(b)), true
	case n == sizeQuad:
		return decodeQuad(le.Uint64(b[8:]), le.Uint64(b)), true
	}
	return 0, false
}

// decode80 reads the x87's format (SDM 1 4.2.2).
func decode80(se uint16, m uint64) float64 {
	sign := 1.0
	if se&wideSign != 0 {
		sign = -1
	}
	e := int(se & wideMax)
	switch {
	case e == wideMax && m<<1 == 0:
		return math.Inf(int(sign))
	case e == wideMax:
		return math.NaN()
	case e == 0:
		e = 1
	}
	return math.Copysign(math.Ldexp(float64(m), e-wideBias-63), sign)
}

func decodeQuad(hi, lo uint64) float64 {
	sign := 1.0
	if hi>>63 != 0 {
		sign = -1
	}
	e, frac := int(hi>>quadHigh&wideMax), hi&(1<<quadHigh-1)
	switch {
	case e == wideMax && frac|lo == 0:
		return math.Inf(int(sign))
	case e == wideMax:
		return math.NaN()
	case e == 0:
		e = 1
	default:
		frac |= 1 << quadHigh
	}
	v := math.Ldexp(float64(frac), e-wideBias-quadHigh) + math.Ldexp(float64(lo), e-wideBias-quadHigh-64)
	return math.Copysign(v, sign)
}

// encodeFloat writes a floating-point number of so many bytes.
func encodeFloat(f float64, size int64) ([]byte, error) {
	le := binary.LittleEndian
	switch {
	case size == sizeFloat:
		return le.AppendUint32(nil, math.Float32bits(float32(f))), nil
	case size == sizeDouble:
		return le.AppendUint64(nil, math.Float64bits(f)), nil
	case size >= size80 && size < sizeQuad:
		se, m := encodeWide(f)
		b := le.AppendUint16(le.AppendUint64(nil, m), se)
		return append(b, make([]byte, size-size80)...), nil
	case size == sizeQuad:
		se, m := encodeWide(f)
		m <<= 1 // its first bit is implied
		return le.AppendUint64(le.AppendUint64(nil, m<<quadHigh), uint64(se)<<quadHigh|m>>(64-quadHigh)), nil
	}
	return nil, fmt.Errorf("a floating-point number has no %d bytes", size)
}

// encodeWide gives sign, exponent and the fraction with its first bit. Every
// float64 is normal in the wider formats.
func encodeWide(f float64) (se uint16, m uint64) {
	if math.Signbit(f) {
		se = wideSign
	}
	switch {
	case math.IsInf(f, 0):
		return se | wideMax, explicit80
	case math.IsNaN(f):
		return se | wideMax, explicit80 | explicit80>>1
	case f == 0:
		return se, 0
	}
	frac, e := math.Frexp(math.Abs(f)) // in [1/2, 1)
	return se | uint16(e-1+wideBias), uint64(math.Ldexp(frac, 64))
}

// Float is a value as a floating-point number.
func Float(env Env, v Value) (float64, error) {
	if !isFloat(v.Type) {
		n, err := Int(env, v)
		if err != nil {
			return 0, err
		}
		if isSigned(v.Type) || v.Type == nil {
			return float64(int64(n)), nil
		}
		return float64(n), nil
	}
	v, err := Load(env, v)
	if err != nil {
		return 0, err
	}
	f, ok := decodeFloat(v.Bytes)
	if !ok {
		return 0, fmt.Errorf("a floating-point number has no %d bytes", len(v.Bytes))
	}
	return f, nil
}

// truncated is C's conversion to an integer (C11 6.3.1.4), which leaves open what
// becomes of a number that has no integer.
func truncated(f float64) uint64 {
	switch {
	case math.IsNaN(f):
		return 0
	case f >= 1<<63 && f < 1<<64:
		return uint64(f)
	case f >= 1<<64:
		return math.MaxUint64
	case f < math.MinInt64:
		return 1 << 63
	}
	return uint64(int64(f))
}

// double makes a value of C's type double.
func (ev *evaluation) double(f float64) Value {
	t, _ := ev.env.Basic("double ")
	b, _ := encodeFloat(f, sizeDouble)
	return Value{Type: t, Bytes: b}
}

// floating applies an operator to two numbers of which one is not an integer.
func (ev *evaluation) floating(op string, a, b Value) (Value, error) {
	x, err := Float(ev.env, a)
	if err != nil {
		return Value{}, err
	}
	y, err := Float(ev.env, b)
	if err != nil {
		return Value{}, err
	}
	switch op {
	case "+":
		return ev.double(x + y), nil
	case "-":
		return ev.double(x - y), nil
	case "*":
		return ev.double(x * y), nil
	case "/":
		if y == 0 {
			return Value{}, errors.New("a division by zero")
		}
		return ev.double(x / y), nil
	case "==":
		return ev.truth(x == y), nil
	case "!=":
		return ev.truth(x != y), nil
	case "<":
		return ev.truth(x < y), nil
	case "<=":
		return ev.truth(x <= y), nil
	case ">":
		return ev.truth(x > y), nil
	case ">=":
		return ev.truth(x >= y), nil
	}
	return Value{}, fmt.Errorf("the operator %s needs whole numbers", op)
}
