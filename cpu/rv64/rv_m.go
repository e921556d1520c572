package rv64

import "math/bits"

// The M extension: multiplication and division (I 7).

var rowsM = []Row{
	{name: "mul", enc: "0000001 rs2 rs1 000 rd 0110011", asm: "rd, rs1, rs2", ref: "I 7.1", doc: "rd = low 64 bits of rs1 * rs2", ex: "027302b3 mul t0, t1, t2", do: alu(mul)},
	{name: "mulh", enc: "0000001 rs2 rs1 001 rd 0110011", asm: "rd, rs1, rs2", ref: "I 7.1", doc: "rd = high 64 bits of signed product", ex: "027312b3 mulh t0, t1, t2", do: bigAlu(mulh)},
	{name: "mulhsu", enc: "0000001 rs2 rs1 010 rd 0110011", asm: "rd, rs1, rs2", ref: "I 7.1", doc: "rd = high 64 bits of signed rs1 * unsigned rs2", ex: "027322b3 mulhsu t0, t1, t2", do: alu(mulhsu)},
	{name: "mulhu", enc: "0000001 rs2 rs1 011 rd 0110011", asm: "rd, rs1, rs2", ref: "I 7.1", doc: "rd = high 64 bits of unsigned product", ex: "027332b3 mulhu t0, t1, t2", do: alu(mulhu)},
	{name: "div", enc: "0000001 rs2 rs1 100 rd 0110011", asm: "rd, rs1, rs2", ref: "I 7.2", doc: "rd = rs1 / rs2, signed, towards zero", ex: "027342b3 div t0, t1, t2", do: division{div, allOnes, 8}},
	{name: "divu", enc: "0000001 rs2 rs1 101 rd 0110011", asm: "rd, rs1, rs2", ref: "I 7.2", doc: "rd = rs1 / rs2, unsigned", ex: "027352b3 divu t0, t1, t2", do: division{divu, allOnes, 8}},
	{name: "rem", enc: "0000001 rs2 rs1 110 rd 0110011", asm: "rd, rs1, rs2", ref: "I 7.2", doc: "rd = remainder of signed division, with the sign of rs1", ex: "027362b3 rem t0, t1, t2", do: division{rem, dividend, 8}},
	{name: "remu", enc: "0000001 rs2 rs1 111 rd 0110011", asm: "rd, rs1, rs2", ref: "I 7.2", doc: "rd = remainder of unsigned division", ex: "027372b3 remu t0, t1, t2", do: division{remu, dividend, 8}},
	{name: "mulw", enc: "0000001 rs2 rs1 000 rd 0111011", asm: "rd, rs1, rs2", ref: "I 7.1", doc: "rd = sign-extended 32-bit product", ex: "027302bb mulw t0, t1, t2", do: alu(mulw)},
	{name: "divw", enc: "0000001 rs2 rs1 100 rd 0111011", asm: "rd, rs1, rs2", ref: "I 7.2", doc: "rd = sign-extended 32-bit signed quotient", ex: "027342bb divw t0, t1, t2", do: division{divw, allOnes, 4}},
	{name: "divuw", enc: "0000001 rs2 rs1 101 rd 0111011", asm: "rd, rs1, rs2", ref: "I 7.2", doc: "rd = sign-extended 32-bit unsigned quotient", ex: "027352bb divuw t0, t1, t2", do: division{divuw, allOnes, 4}},
	{name: "remw", enc: "0000001 rs2 rs1 110 rd 0111011", asm: "rd, rs1, rs2", ref: "I 7.2", doc: "rd = sign-extended remainder of 32-bit signed division", ex: "027362bb remw t0, t1, t2", do: division{remw, dividendW, 4}},
	{name: "remuw", enc: "0000001 rs2 rs1 111 rd 0111011", asm: "rd, rs1, rs2", ref: "I 7.2", doc: "rd = sign-extended remainder of 32-bit unsigned division", ex: "027372bb remuw t0, t1, t2", do: division{remuw, dividendW, 4}},
}

func mul(a, b uint64) uint64  { return a * b }
func mulw(a, b uint64) uint64 { return sext32(uint32(a) * uint32(b)) }

func mulhu(a, b uint64) uint64 {
	hi, _ := bits.Mul64(a, b)
	return hi
}

// A negative factor counts 2^64 too much when it is read as unsigned: take the
// other factor off the high half once.
func mulhsu(a, b uint64) uint64 {
	hi, _ := bits.Mul64(a, b)
	return hi - b&uint64(int64(a)>>63)
}

func mulh(a, b uint64) uint64 {
	hi, _ := bits.Mul64(a, b)
	return hi - b&uint64(int64(a)>>63) - a&uint64(int64(b)>>63)
}

// Division by zero gives all ones and the dividend (I 7.2, table 7.1): the
// functions below are only asked for other divisors. The one signed overflow
// gives the dividend and zero, which is how Go defines it too.

func div(a, b uint64) uint64   { return uint64(int64(a) / int64(b)) }
func divu(a, b uint64) uint64  { return a / b }
func rem(a, b uint64) uint64   { return uint64(int64(a) % int64(b)) }
func remu(a, b uint64) uint64  { return a % b }
func divw(a, b uint64) uint64  { return uint64(int64(int32(a) / int32(b))) }
func divuw(a, b uint64) uint64 { return sext32(uint32(a) / uint32(b)) }
func remw(a, b uint64) uint64  { return uint64(int64(int32(a) % int32(b))) }
func remuw(a, b uint64) uint64 { return sext32(uint32(a) % uint32(b)) }

func allOnes(uint64) uint64     { return ^uint64(0) }
func dividend(a uint64) uint64  { return a }
func dividendW(a uint64) uint64 { return sext32(uint32(a)) }
