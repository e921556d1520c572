package fastgen

import (
	"fmt"
	"strings"
)

// Arithmetic is expanded here rather than called: the function of the switch
// is one of those that the compiler calls big, into which it inlines next to
// nothing, and a call costs more than the operation. What the leaf functions of
// alu.go do is so written twice; the test of the two paths holds them together.

// leaves are the operations on x and y of type T. They leave the result in r
// and set c.fl. S(v) is v sign-extended, C(v) the flags of a vector of carries.
var leaves = map[string]string{
	"add": "r := x + y\nc.fl.res, c.fl.aux = S(r), C(x&y|(x|y)&^r)",
	"adc": "r := x + y + T(c.fl.aux>>31)\nc.fl.res, c.fl.aux = S(r), C(x&y|(x|y)&^r)",
	"sub": "r := x - y\nc.fl.res, c.fl.aux = S(r), C(^x&y|(^x|y)&r)",
	"sbb": "r := x - y - T(c.fl.aux>>31)\nc.fl.res, c.fl.aux = S(r), C(^x&y|(^x|y)&r)",
	"and": "r := x & y\nc.fl.res, c.fl.aux = S(r), 0",
	"or":  "r := x | y\nc.fl.res, c.fl.aux = S(r), 0",
	"xor": "r := x ^ y\nc.fl.res, c.fl.aux = S(r), 0",
	"inc": "r := x + 1\ncv := C(x&^r)\nc.fl.res, c.fl.aux = S(r), " + keepCF,
	"dec": "r := x - 1\ncv := C(^x&r)\nc.fl.res, c.fl.aux = S(r), " + keepCF,
	"neg": "r := -x\nc.fl.res, c.fl.aux = S(r), C(x|r)",
	"not": "r := ^x",
	"imul": "wide := int64(int32(x)) * int64(int32(y))\nr := uint32(wide)\nc.fl.res, c.fl.aux = r, 0\n" +
		"if int64(int32(r)) != wide { c.fl.aux = auxCF }",
}

const keepCF = "cv^uint32(int32(cv^c.fl.aux)>>31)&(auxCF|auxOFX)"

// shifts32 are the shifts of x, or of x filled from y, by n, which is not 0.
var shifts32 = map[string]string{
	"shl":  "last := x << (n - 1)\nr := last << 1\nc.fl.res, c.fl.aux = r, last&auxCF|r>>31<<30",
	"shr":  "last := x >> (n - 1)\nr := last >> 1\nc.fl.res, c.fl.aux = r, last<<31|(last^last>>31)&1<<30",
	"sar":  "last := int32(x) >> (n - 1)\nr := uint32(last >> 1)\nc.fl.res, c.fl.aux = r, uint32(last)<<31|uint32(last)&1<<30",
	"rol":  "r := bits.RotateLeft32(x, int(n))\nc.fl.aux = c.fl.aux&^(auxCF|auxOFX) | r<<31 | r>>31<<30",
	"ror":  "r := bits.RotateLeft32(x, -int(n))\nc.fl.aux = c.fl.aux&^(auxCF|auxOFX) | r&(auxCF|auxOFX)",
	"shld": "wide := uint64(x)<<32 | uint64(y)\nlast, r := uint32(wide<<(n-1)>>32), uint32(wide<<n>>32)\nc.fl.res, c.fl.aux = r, last&auxCF|r>>31<<30",
	"shrd": "wide := uint64(y)<<32 | uint64(x)\nlast, r := uint32(wide>>(n-1)), uint32(wide>>n)\nc.fl.res, c.fl.aux = r, last<<31|(last^last>>31^r>>31)&1<<30",
}

// leaf is the code of op for operands of n bits.
func leaf(op string, n int) string {
	code, ok := leaves[op]
	if !ok {
		panic("no leaf " + op)
	}
	code = strings.ReplaceAll(code, "T(", fmt.Sprintf("uint%d(", n))
	code = replaceCall(code, "S(", func(v string) string { return extend(n, v) })
	return replaceCall(code, "C(", func(v string) string {
		if n == 32 {
			return "(" + v + ")&auxCarry"
		}
		return fmt.Sprintf("uint32(%s)<<%d&(auxCF|auxOFX)|uint32(%[1]s)&auxAF", v, 32-n)
	})
}

// extend sign-extends v, of n bits, to 32.
func extend(n int, v string) string {
	if n == 32 {
		return v
	}
	return fmt.Sprintf("uint32(int%d(%s))", n, v)
}

// replaceCall replaces the one call of a template's function, if it is there.
func replaceCall(code, name string, by func(arg string) string) string {
	before, rest, ok := strings.Cut(code, name)
	if !ok {
		return code
	}
	depth, end := 1, 0
	for ; depth > 0; end++ {
		switch rest[end] {
		case '(':
			depth++
		case ')':
			depth--
		}
	}
	return before + by(rest[:end-1]) + rest[end:]
}

// update is the code of *p = op(*p, y); y is empty for an operation on one.
func update(op string, n int, p, y string) string {
	x := "x := *p"
	if y != "" {
		x = "x, y := *p, " + y
	}
	return fmt.Sprintf("{ p := %s\n%s\n%s\n*p = r }", p, x, leaf(op, n))
}

// shift is the code of *p = op(*p, count), or of the shift that fills from y.
func shift(op, count, y string) string {
	x := "x := *p"
	if y != "" {
		x = "x, y := *p, " + y
	}
	return fmt.Sprintf("if n := %s & countMask; n != 0 { p := r32(c, in.dst)\n%s\n%s\n*p = r }", count, x, shifts32[op])
}
