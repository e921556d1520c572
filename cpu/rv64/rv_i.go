package rv64

// RV32I and RV64I, without the instructions of rv_priv.go (I 2, I 5).

var rowsI = []Row{
	{name: "lui", enc: "imm[31:12] rd 0110111", asm: "rd, imm[31:12]", ref: "I 2.4", doc: "rd = imm", ex: "123452b7 lui t0, 0x12345", do: pcAlu(lui)},
	{name: "auipc", enc: "imm[31:12] rd 0010111", asm: "rd, imm[31:12]", ref: "I 2.4", doc: "rd = pc + imm", ex: "fffff297 auipc t0, 0xfffff", do: pcAlu(auipc)},
	{name: "jal", enc: "imm[20|10:1|11|19:12] rd 1101111", asm: "rd, imm", ref: "I 2.5", doc: "rd = address after; pc += imm", ex: "ff1ff0ef jal ra, -16", do: jal{}, end: true},
	{name: "jalr", enc: "imm[11:0] rs1 000 rd 1100111", asm: "rd, imm(rs1)", ref: "I 2.5", doc: "rd = address after; pc = (rs1 + imm) &^ 1", ex: "ffc300e7 jalr ra, -4(t1)", do: jalr{}, end: true},

	{name: "beq", enc: "imm[12|10:5] rs2 rs1 000 imm[4:1|11] 1100011", asm: "rs1, rs2, imm", ref: "I 2.5", doc: "if rs1 == rs2 then pc += imm", ex: "fe6282e3 beq t0, t1, -28", do: cond(eq), end: true},
	{name: "bne", enc: "imm[12|10:5] rs2 rs1 001 imm[4:1|11] 1100011", asm: "rs1, rs2, imm", ref: "I 2.5", doc: "if rs1 != rs2 then pc += imm", ex: "00629463 bne t0, t1, 8", do: cond(ne), end: true},
	{name: "blt", enc: "imm[12|10:5] rs2 rs1 100 imm[4:1|11] 1100011", asm: "rs1, rs2, imm", ref: "I 2.5", doc: "if rs1 < rs2, signed, then pc += imm", ex: "0062c463 blt t0, t1, 8", do: cond(lt), end: true},
	{name: "bge", enc: "imm[12|10:5] rs2 rs1 101 imm[4:1|11] 1100011", asm: "rs1, rs2, imm", ref: "I 2.5", doc: "if rs1 >= rs2, signed, then pc += imm", ex: "0062d463 bge t0, t1, 8", do: cond(ge), end: true},
	{name: "bltu", enc: "imm[12|10:5] rs2 rs1 110 imm[4:1|11] 1100011", asm: "rs1, rs2, imm", ref: "I 2.5", doc: "if rs1 < rs2, unsigned, then pc += imm", ex: "0062e463 bltu t0, t1, 8", do: cond(ltu), end: true},
	{name: "bgeu", enc: "imm[12|10:5] rs2 rs1 111 imm[4:1|11] 1100011", asm: "rs1, rs2, imm", ref: "I 2.5", doc: "if rs1 >= rs2, unsigned, then pc += imm", ex: "0062f463 bgeu t0, t1, 8", do: cond(geu), end: true},

	{name: "lb", enc: "imm[11:0] rs1 000 rd 0000011", asm: "rd, imm(rs1)", ref: "I 2.6", doc: "rd = sign-extended byte at rs1 + imm", ex: "fff30283 lb t0, -1(t1)", do: load{size: 1, signed: true}},
	{name: "lh", enc: "imm[11:0] rs1 001 rd 0000011", asm: "rd, imm(rs1)", ref: "I 2.6", doc: "rd = sign-extended 16 bits at rs1 + imm", ex: "00231283 lh t0, 2(t1)", do: load{size: 2, signed: true}},
	{name: "lw", enc: "imm[11:0] rs1 010 rd 0000011", asm: "rd, imm(rs1)", ref: "I 2.6", doc: "rd = sign-extended 32 bits at rs1 + imm", ex: "00432283 lw t0, 4(t1)", do: load{size: 4, signed: true}},
	{name: "ld", enc: "imm[11:0] rs1 011 rd 0000011", asm: "rd, imm(rs1)", ref: "I 5.3", doc: "rd = 64 bits at rs1 + imm", ex: "00833283 ld t0, 8(t1)", do: load{size: 8}},
	{name: "lbu", enc: "imm[11:0] rs1 100 rd 0000011", asm: "rd, imm(rs1)", ref: "I 2.6", doc: "rd = zero-extended byte at rs1 + imm", ex: "fff34283 lbu t0, -1(t1)", do: load{size: 1}},
	{name: "lhu", enc: "imm[11:0] rs1 101 rd 0000011", asm: "rd, imm(rs1)", ref: "I 2.6", doc: "rd = zero-extended 16 bits at rs1 + imm", ex: "00235283 lhu t0, 2(t1)", do: load{size: 2}},
	{name: "lwu", enc: "imm[11:0] rs1 110 rd 0000011", asm: "rd, imm(rs1)", ref: "I 5.3", doc: "rd = zero-extended 32 bits at rs1 + imm", ex: "00436283 lwu t0, 4(t1)", do: load{size: 4}},

	{name: "sb", enc: "imm[11:5] rs2 rs1 000 imm[4:0] 0100011", asm: "rs2, imm(rs1)", ref: "I 2.6", doc: "byte at rs1 + imm = rs2", ex: "fe530fa3 sb t0, -1(t1)", do: store{size: 1}},
	{name: "sh", enc: "imm[11:5] rs2 rs1 001 imm[4:0] 0100011", asm: "rs2, imm(rs1)", ref: "I 2.6", doc: "16 bits at rs1 + imm = rs2", ex: "00531123 sh t0, 2(t1)", do: store{size: 2}},
	{name: "sw", enc: "imm[11:5] rs2 rs1 010 imm[4:0] 0100011", asm: "rs2, imm(rs1)", ref: "I 2.6", doc: "32 bits at rs1 + imm = rs2", ex: "00532223 sw t0, 4(t1)", do: store{size: 4}},
	{name: "sd", enc: "imm[11:5] rs2 rs1 011 imm[4:0] 0100011", asm: "rs2, imm(rs1)", ref: "I 5.3", doc: "64 bits at rs1 + imm = rs2", ex: "00533423 sd t0, 8(t1)", do: store{size: 8}},

	{name: "addi", enc: "imm[11:0] rs1 000 rd 0010011", asm: "rd, rs1, imm", ref: "I 2.4", doc: "rd = rs1 + imm", ex: "fff30293 addi t0, t1, -1", do: alu(add)},
	{name: "slti", enc: "imm[11:0] rs1 010 rd 0010011", asm: "rd, rs1, imm", ref: "I 2.4", doc: "rd = 1 if rs1 < imm, signed, else 0", ex: "fff32293 slti t0, t1, -1", do: alu(slt)},
	{name: "sltiu", enc: "imm[11:0] rs1 011 rd 0010011", asm: "rd, rs1, imm", ref: "I 2.4", doc: "rd = 1 if rs1 < imm, unsigned after sign extension, else 0", ex: "00133293 sltiu t0, t1, 1", do: alu(sltu)},
	{name: "xori", enc: "imm[11:0] rs1 100 rd 0010011", asm: "rd, rs1, imm", ref: "I 2.4", doc: "rd = rs1 ^ imm", ex: "fff34293 xori t0, t1, -1", do: alu(xor)},
	{name: "ori", enc: "imm[11:0] rs1 110 rd 0010011", asm: "rd, rs1, imm", ref: "I 2.4", doc: "rd = rs1 | imm", ex: "00136293 ori t0, t1, 1", do: alu(or)},
	{name: "andi", enc: "imm[11:0] rs1 111 rd 0010011", asm: "rd, rs1, imm", ref: "I 2.4", doc: "rd = rs1 & imm", ex: "00f37293 andi t0, t1, 15", do: alu(and)},
	{name: "slli", enc: "000000 shamt[5:0] rs1 001 rd 0010011", asm: "rd, rs1, shamt", ref: "I 5.2", doc: "rd = rs1 << shamt", ex: "02031293 slli t0, t1, 32", do: alu(sll)},
	{name: "srli", enc: "000000 shamt[5:0] rs1 101 rd 0010011", asm: "rd, rs1, shamt", ref: "I 5.2", doc: "rd = rs1 >> shamt, zeros shifted in", ex: "02035293 srli t0, t1, 32", do: alu(srl)},
	{name: "srai", enc: "010000 shamt[5:0] rs1 101 rd 0010011", asm: "rd, rs1, shamt", ref: "I 5.2", doc: "rd = rs1 >> shamt, sign shifted in", ex: "42035293 srai t0, t1, 32", do: alu(sra)},
	{name: "add", enc: "0000000 rs2 rs1 000 rd 0110011", asm: "rd, rs1, rs2", ref: "I 2.4", doc: "rd = rs1 + rs2", ex: "007302b3 add t0, t1, t2", do: alu(add)},
	{name: "sub", enc: "0100000 rs2 rs1 000 rd 0110011", asm: "rd, rs1, rs2", ref: "I 2.4", doc: "rd = rs1 - rs2", ex: "407302b3 sub t0, t1, t2", do: alu(sub)},
	{name: "sll", enc: "0000000 rs2 rs1 001 rd 0110011", asm: "rd, rs1, rs2", ref: "I 2.4", doc: "rd = rs1 << rs2[5:0]", ex: "007312b3 sll t0, t1, t2", do: alu(sll)},
	{name: "slt", enc: "0000000 rs2 rs1 010 rd 0110011", asm: "rd, rs1, rs2", ref: "I 2.4", doc: "rd = 1 if rs1 < rs2, signed, else 0", ex: "007322b3 slt t0, t1, t2", do: alu(slt)},
	{name: "sltu", enc: "0000000 rs2 rs1 011 rd 0110011", asm: "rd, rs1, rs2", ref: "I 2.4", doc: "rd = 1 if rs1 < rs2, unsigned, else 0", ex: "007332b3 sltu t0, t1, t2", do: alu(sltu)},
	{name: "xor", enc: "0000000 rs2 rs1 100 rd 0110011", asm: "rd, rs1, rs2", ref: "I 2.4", doc: "rd = rs1 ^ rs2", ex: "007342b3 xor t0, t1, t2", do: alu(xor)},
	{name: "srl", enc: "0000000 rs2 rs1 101 rd 0110011", asm: "rd, rs1, rs2", ref: "I 2.4", doc: "rd = rs1 >> rs2[5:0], zeros shifted in", ex: "007352b3 srl t0, t1, t2", do: alu(srl)},
	{name: "sra", enc: "0100000 rs2 rs1 101 rd 0110011", asm: "rd, rs1, rs2", ref: "I 2.4", doc: "rd = rs1 >> rs2[5:0], sign shifted in", ex: "407352b3 sra t0, t1, t2", do: alu(sra)},
	{name: "or", enc: "0000000 rs2 rs1 110 rd 0110011", asm: "rd, rs1, rs2", ref: "I 2.4", doc: "rd = rs1 | rs2", ex: "007362b3 or t0, t1, t2", do: alu(or)},
	{name: "and", enc: "0000000 rs2 rs1 111 rd 0110011", asm: "rd, rs1, rs2", ref: "I 2.4", doc: "rd = rs1 & rs2", ex: "007372b3 and t0, t1, t2", do: alu(and)},

	{name: "addiw", enc: "imm[11:0] rs1 000 rd 0011011", asm: "rd, rs1, imm", ref: "I 5.2", doc: "rd = sign-extended 32-bit sum of rs1 and imm", ex: "fff3029b addiw t0, t1, -1", do: alu(addw)},
	{name: "slliw", enc: "0000000 shamt[4:0] rs1 001 rd 0011011", asm: "rd, rs1, shamt", ref: "I 5.2", doc: "rd = sign-extended 32 bits of rs1 << shamt", ex: "01f3129b slliw t0, t1, 31", do: alu(sllw)},
	{name: "srliw", enc: "0000000 shamt[4:0] rs1 101 rd 0011011", asm: "rd, rs1, shamt", ref: "I 5.2", doc: "rd = sign-extended rs1[31:0] >> shamt, zeros shifted in", ex: "01f3529b srliw t0, t1, 31", do: alu(srlw)},
	{name: "sraiw", enc: "0100000 shamt[4:0] rs1 101 rd 0011011", asm: "rd, rs1, shamt", ref: "I 5.2", doc: "rd = rs1[31:0] >> shamt, sign shifted in", ex: "41f3529b sraiw t0, t1, 31", do: alu(sraw)},
	{name: "addw", enc: "0000000 rs2 rs1 000 rd 0111011", asm: "rd, rs1, rs2", ref: "I 5.2", doc: "rd = sign-extended 32-bit sum", ex: "007302bb addw t0, t1, t2", do: alu(addw)},
	{name: "subw", enc: "0100000 rs2 rs1 000 rd 0111011", asm: "rd, rs1, rs2", ref: "I 5.2", doc: "rd = sign-extended 32-bit difference", ex: "407302bb subw t0, t1, t2", do: alu(subw)},
	{name: "sllw", enc: "0000000 rs2 rs1 001 rd 0111011", asm: "rd, rs1, rs2", ref: "I 5.2", doc: "rd = sign-extended 32 bits of rs1 << rs2[4:0]", ex: "007312bb sllw t0, t1, t2", do: alu(sllw)},
	{name: "srlw", enc: "0000000 rs2 rs1 101 rd 0111011", asm: "rd, rs1, rs2", ref: "I 5.2", doc: "rd = sign-extended rs1[31:0] >> rs2[4:0], zeros shifted in", ex: "007352bb srlw t0, t1, t2", do: alu(srlw)},
	{name: "sraw", enc: "0100000 rs2 rs1 101 rd 0111011", asm: "rd, rs1, rs2", ref: "I 5.2", doc: "rd = rs1[31:0] >> rs2[4:0], sign shifted in", ex: "407352bb sraw t0, t1, t2", do: alu(sraw)},

	// One hart whose loads and stores happen in program order: nothing to
	// order. fm and the registers are reserved and ignored (I 2.7).
	{name: "fence", enc: "fm[3:0] pred[3:0] succ[3:0] rs1 000 rd 0001111", asm: "pred, succ", ref: "I 2.7", doc: "order memory accesses", ex: "0ff0000f fence iorw, iorw", do: nothing{}},
}

func lui(_, imm uint64) uint64    { return imm }
func auipc(pc, imm uint64) uint64 { return pc + imm }

func add(a, b uint64) uint64 { return a + b }
func sub(a, b uint64) uint64 { return a - b }
func xor(a, b uint64) uint64 { return a ^ b }
func or(a, b uint64) uint64  { return a | b }
func and(a, b uint64) uint64 { return a & b }

// Shift amounts are the low 6 bits of b, in the W forms the low 5 (I 5.2). The
// decoder gives immediate shift amounts already in range.
func sll(a, b uint64) uint64  { return a << (b & 63) }
func srl(a, b uint64) uint64  { return a >> (b & 63) }
func sra(a, b uint64) uint64  { return uint64(int64(a) >> (b & 63)) }
func sllw(a, b uint64) uint64 { return sext32(uint32(a) << (b & 31)) }
func srlw(a, b uint64) uint64 { return sext32(uint32(a) >> (b & 31)) }
func sraw(a, b uint64) uint64 { return uint64(int64(int32(a) >> (b & 31))) }

func addw(a, b uint64) uint64 { return sext32(uint32(a + b)) }
func subw(a, b uint64) uint64 { return sext32(uint32(a - b)) }

func slt(a, b uint64) uint64  { return b2u(int64(a) < int64(b)) }
func sltu(a, b uint64) uint64 { return b2u(a < b) }

func eq(a, b uint64) bool  { return a == b }
func ne(a, b uint64) bool  { return a != b }
func lt(a, b uint64) bool  { return int64(a) < int64(b) }
func ge(a, b uint64) bool  { return int64(a) >= int64(b) }
func ltu(a, b uint64) bool { return a < b }
func geu(a, b uint64) bool { return a >= b }

func sext32(v uint32) uint64 { return uint64(int64(int32(v))) }

// b2u compiles to a flag-setting instruction, without a branch.
func b2u(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}
