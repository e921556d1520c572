package kmod

import "strings"

// A compiler calls functions of its own library for what the machine has no
// instruction for: __divdi3, an operation and the modes (types) of its operands
// (GCC Internals, "The GCC low-level runtime library"). The kernel does not
// have them, and whoever reads such a name has not written it.

// Hints about them.
const (
	hintDivide = "it divides 64-bit numbers, for which this machine has no instruction: use div_u64, div_s64 or do_div of <linux/math64.h>"
	hintFloat  = "it computes with floating point, which kernel code cannot do: count in integers of a smaller unit"
	hintHelper = "it is of the compiler's library, for an operation that this machine has no instruction for; the kernel does not have it"
)

// helperOps are the operations, longer names before those that begin them, with
// the hint if the operands are integers.
var helperOps = []struct{ name, hint string }{
	{"udivmod", hintDivide},
	{"divmod", hintDivide},
	{"udiv", hintDivide},
	{"div", hintDivide},
	{"umod", hintDivide},
	{"mod", hintDivide},
	{"mul", hintHelper},
	{"ashl", hintHelper},
	{"ashr", hintHelper},
	{"lshr", hintHelper},
	{"popcount", hintHelper},
	{"parity", hintHelper},
	{"clz", hintHelper},
	{"ctz", hintHelper},
	{"ffs", hintHelper},
	{"bswap", hintHelper},
	{"add", hintFloat},
	{"sub", hintFloat},
	{"neg", hintFloat},
	{"fixuns", hintFloat},
	{"fix", hintFloat},
	{"floatun", hintFloat},
	{"float", hintFloat},
	{"extend", hintFloat},
	{"trunc", hintFloat},
	{"unord", hintFloat},
	{"eq", hintFloat},
	{"ne", hintFloat},
	{"lt", hintFloat},
	{"le", hintFloat},
	{"gt", hintFloat},
	{"ge", hintFloat},
}

// HelperHint is about a symbol of a compiler's library; "" for any other.
func HelperHint(symbol string) string {
	name, ok := strings.CutPrefix(symbol, "__")
	if !ok {
		return ""
	}
	for _, op := range helperOps {
		rest, ok := strings.CutPrefix(name, op.name)
		if !ok {
			continue
		}
		switch float, ok := operandModes(rest); {
		case ok && float:
			return hintFloat
		case ok:
			return op.hint
		}
	}
	return ""
}

// operandModes reads what follows the operation: modes of two letters, then
// perhaps how many operands there are.
func operandModes(rest string) (float, ok bool) {
	const letters = 2
	rest = strings.TrimRight(rest, "234")
	if rest == "" || len(rest)%letters != 0 {
		return false, false
	}
	for ; rest != ""; rest = rest[letters:] {
		switch rest[:letters] {
		case "si", "di", "ti":
		case "sf", "df", "xf", "tf":
			float = true
		default:
			return false, false
		}
	}
	return float, true
}
