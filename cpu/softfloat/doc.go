// Package softfloat computes IEEE 754-2019 binary arithmetic with what Go's own
// operators do not give: all five rounding directions and the exception flags.
//
// It models formatOf operations of clause 5.4 (add, subtract, multiply, divide,
// squareRoot, fusedMultiplyAdd, the conversions), the comparisons of 5.11 and
// class of 5.7.2, for binary32 and binary64. Operands and results are bit
// patterns; every function is pure and safe for concurrent use. The number at
// the end of a function's name is the width of the format.
//
// # How a result is made
//
// An operand is unpacked into a num: a sign, an exponent and a 64-bit
// significand whose top bit is set, whatever the format was. The operation is
// carried out exactly into a significand of 128 bits, the lowest of which is
// sticky (it stands for all lower ones: "jamming"), and format.round makes the
// one rounding. The format is data, so a wider one (the 80-bit format of the
// x87) needs an unpack and a pack and no new arithmetic.
//
// In front of that stands a short cut through the host's FPU (fast.go) for
// rounding to nearest, taken only where an error-free transformation shows
// cheaply whether the result is exact. Tests hold both to the same bits and flags.
//
// # Choices the standard leaves open
//
// Tininess is detected after rounding (7.5), as RISC-V, SSE and x87 do. A NaN
// result is always the canonical quiet NaN of the RISC-V manual (volume I, 11.3): an
// architecture that hands on payloads looks at its NaN operands first.
// Conversions to integers saturate, and NaN becomes the largest integer.
//
// Omitted: remainder, roundToIntegral, decimal formats, traps, subnormals
// flushed to zero.
package softfloat
