// Package fp does the floating-point arithmetic of an x86 processor: single,
// double and double-extended precision with one engine, with the six exception
// flags, four rounding modes and the NaN rules of IEEE 754 as the Intel SDM
// volume 1, chapters 4.8 (formats, NaNs), 8 (x87) and 11.5 (SSE) has them.
// Tininess is detected after rounding.
//
// A value is unpacked to a Num, an operation computes the exact result or
// enough of it, and one function rounds it to a Format. Nothing here depends
// on the host's floating-point unit.
//
// The transcendental functions are computed to 128 bits and then rounded,
// which is nearer to the exact result than the processor's own guarantee of
// one unit in the last place; arguments of sines are reduced with the
// processor's 66-bit value of pi (SDM 1 8.3.8).
package fp
