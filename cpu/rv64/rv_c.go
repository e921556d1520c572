package rv64

// The C extension: compressed instructions (I 16.8, tables 16.5 to 16.7). Each
// stands for one 32-bit instruction. HINTs are left in: they execute as the
// expansion says and change nothing. Reserved encodings have no row.

var rowsC = []Row{
	// Quadrant 0.
	{name: "c.addi4spn", enc: "000 nzuimm[5:4|9:6|2|3] rd' 00", asm: "rd', sp, uimm", ref: "I 16.5", doc: "rd' = sp + uimm", ex: "0800 c.addi4spn s0, sp, 16", is: "addi rd', sp, uimm"},
	{name: "c.fld", enc: "001 uimm[5:3] rs1' uimm[7:6] rd' 00", asm: "frd', uimm(rs1')", ref: "I 16.3", doc: "rd' = 64 bits at rs1' + uimm", ex: "2504 c.fld fs1, 8(a0)", is: "fld rd', uimm(rs1')"},
	{name: "c.lw", enc: "010 uimm[5:3] rs1' uimm[2|6] rd' 00", asm: "rd', uimm(rs1')", ref: "I 16.3", doc: "rd' = 32 bits at rs1' + uimm", ex: "4504 c.lw s1, 8(a0)", is: "lw rd', uimm(rs1')"},
	{name: "c.ld", enc: "011 uimm[5:3] rs1' uimm[7:6] rd' 00", asm: "rd', uimm(rs1')", ref: "I 16.3", doc: "rd' = 64 bits at rs1' + uimm", ex: "6504 c.ld s1, 8(a0)", is: "ld rd', uimm(rs1')"},
	{name: "c.fsd", enc: "101 uimm[5:3] rs1' uimm[7:6] rs2' 00", asm: "frs2', uimm(rs1')", ref: "I 16.3", doc: "64 bits at rs1' + uimm = rs2'", ex: "a504 c.fsd fs1, 8(a0)", is: "fsd rs2', uimm(rs1')"},
	{name: "c.sw", enc: "110 uimm[5:3] rs1' uimm[2|6] rs2' 00", asm: "rs2', uimm(rs1')", ref: "I 16.3", doc: "32 bits at rs1' + uimm = rs2'", ex: "c504 c.sw s1, 8(a0)", is: "sw rs2', uimm(rs1')"},
	{name: "c.sd", enc: "111 uimm[5:3] rs1' uimm[7:6] rs2' 00", asm: "rs2', uimm(rs1')", ref: "I 16.3", doc: "64 bits at rs1' + uimm = rs2'", ex: "e504 c.sd s1, 8(a0)", is: "sd rs2', uimm(rs1')"},

	// Quadrant 1.
	{name: "c.nop", enc: "000 imm[5] 00000 imm[4:0] 01", asm: "imm", ref: "I 16.5", doc: "nothing", ex: "0001 c.nop 0", is: "addi zero, zero, imm"},
	{name: "c.addi", enc: "000 imm[5] rd!=0 imm[4:0] 01", asm: "rd, imm", ref: "I 16.5", doc: "rd += imm", ex: "12fd c.addi t0, -1", is: "addi rd, rd, imm"},
	{name: "c.addiw", enc: "001 imm[5] rd!=0 imm[4:0] 01", asm: "rd, imm", ref: "I 16.5", doc: "rd = sign-extended 32-bit sum of rd and imm", ex: "32fd c.addiw t0, -1", is: "addiw rd, rd, imm"},
	{name: "c.li", enc: "010 imm[5] rd imm[4:0] 01", asm: "rd, imm", ref: "I 16.5", doc: "rd = imm", ex: "52fd c.li t0, -1", is: "addi rd, zero, imm"},
	{name: "c.addi16sp", enc: "011 nzimm[9] 00010 nzimm[4|6|8:7|5] 01", asm: "sp, imm", ref: "I 16.5", doc: "sp += imm", ex: "7139 c.addi16sp sp, -64", is: "addi sp, sp, imm"},
	{name: "c.lui", enc: "011 nzimm[17] rd!=2 nzimm[16:12] 01", asm: "rd, imm[31:12]", ref: "I 16.5", doc: "rd = imm", ex: "72fd c.lui t0, 0xfffff", is: "lui rd, imm"},
	{name: "c.srli", enc: "100 uimm[5] 00 rd' uimm[4:0] 01", asm: "rd', uimm", ref: "I 16.5", doc: "rd' >>= uimm, zeros shifted in", ex: "9081 c.srli s1, 32", is: "srli rd', rd', uimm"},
	{name: "c.srai", enc: "100 uimm[5] 01 rd' uimm[4:0] 01", asm: "rd', uimm", ref: "I 16.5", doc: "rd' >>= uimm, sign shifted in", ex: "9481 c.srai s1, 32", is: "srai rd', rd', uimm"},
	{name: "c.andi", enc: "100 imm[5] 10 rd' imm[4:0] 01", asm: "rd', imm", ref: "I 16.5", doc: "rd' &= imm", ex: "98fd c.andi s1, -1", is: "andi rd', rd', imm"},
	{name: "c.sub", enc: "100 0 11 rd' 00 rs2' 01", asm: "rd', rs2'", ref: "I 16.5", doc: "rd' -= rs2'", ex: "8c89 c.sub s1, a0", is: "sub rd', rd', rs2'"},
	{name: "c.xor", enc: "100 0 11 rd' 01 rs2' 01", asm: "rd', rs2'", ref: "I 16.5", doc: "rd' ^= rs2'", ex: "8ca9 c.xor s1, a0", is: "xor rd', rd', rs2'"},
	{name: "c.or", enc: "100 0 11 rd' 10 rs2' 01", asm: "rd', rs2'", ref: "I 16.5", doc: "rd' |= rs2'", ex: "8cc9 c.or s1, a0", is: "or rd', rd', rs2'"},
	{name: "c.and", enc: "100 0 11 rd' 11 rs2' 01", asm: "rd', rs2'", ref: "I 16.5", doc: "rd' &= rs2'", ex: "8ce9 c.and s1, a0", is: "and rd', rd', rs2'"},
	{name: "c.subw", enc: "100 1 11 rd' 00 rs2' 01", asm: "rd', rs2'", ref: "I 16.5", doc: "rd' = sign-extended 32-bit difference", ex: "9c89 c.subw s1, a0", is: "subw rd', rd', rs2'"},
	{name: "c.addw", enc: "100 1 11 rd' 01 rs2' 01", asm: "rd', rs2'", ref: "I 16.5", doc: "rd' = sign-extended 32-bit sum", ex: "9ca9 c.addw s1, a0", is: "addw rd', rd', rs2'"},
	{name: "c.j", enc: "101 imm[11|4|9:8|10|6|7|3:1|5] 01", asm: "imm", ref: "I 16.4", doc: "pc += imm", ex: "bffd c.j -2", is: "jal zero, imm"},
	{name: "c.beqz", enc: "110 imm[8|4:3] rs1' imm[7:6|2:1|5] 01", asm: "rs1', imm", ref: "I 16.4", doc: "if rs1' == 0 then pc += imm", ex: "dcfd c.beqz s1, -2", is: "beq rs1', zero, imm"},
	{name: "c.bnez", enc: "111 imm[8|4:3] rs1' imm[7:6|2:1|5] 01", asm: "rs1', imm", ref: "I 16.4", doc: "if rs1' != 0 then pc += imm", ex: "fcfd c.bnez s1, -2", is: "bne rs1', zero, imm"},

	// Quadrant 2.
	{name: "c.slli", enc: "000 uimm[5] rd uimm[4:0] 10", asm: "rd, uimm", ref: "I 16.5", doc: "rd <<= uimm", ex: "1282 c.slli t0, 32", is: "slli rd, rd, uimm"},
	{name: "c.fldsp", enc: "001 uimm[5] rd uimm[4:3|8:6] 10", asm: "frd, uimm(sp)", ref: "I 16.3", doc: "rd = 64 bits at sp + uimm", ex: "22a2 c.fldsp ft5, 8(sp)", is: "fld rd, uimm(sp)"},
	{name: "c.lwsp", enc: "010 uimm[5] rd!=0 uimm[4:2|7:6] 10", asm: "rd, uimm(sp)", ref: "I 16.3", doc: "rd = 32 bits at sp + uimm", ex: "42a2 c.lwsp t0, 8(sp)", is: "lw rd, uimm(sp)"},
	{name: "c.ldsp", enc: "011 uimm[5] rd!=0 uimm[4:3|8:6] 10", asm: "rd, uimm(sp)", ref: "I 16.3", doc: "rd = 64 bits at sp + uimm", ex: "62a2 c.ldsp t0, 8(sp)", is: "ld rd, uimm(sp)"},
	{name: "c.jr", enc: "100 0 rs1!=0 00000 10", asm: "rs1", ref: "I 16.4", doc: "pc = rs1", ex: "8282 c.jr t0", is: "jalr zero, 0(rs1)"},
	{name: "c.mv", enc: "100 0 rd rs2!=0 10", asm: "rd, rs2", ref: "I 16.5", doc: "rd = rs2", ex: "829a c.mv t0, t1", is: "add rd, zero, rs2"},
	{name: "c.ebreak", enc: "100 1 00000 00000 10", ref: "I 16.5", doc: "breakpoint", ex: "9002 c.ebreak", is: "ebreak"},
	{name: "c.jalr", enc: "100 1 rs1!=0 00000 10", asm: "rs1", ref: "I 16.4", doc: "ra = address after; pc = rs1", ex: "9282 c.jalr t0", is: "jalr ra, 0(rs1)"},
	{name: "c.add", enc: "100 1 rd rs2!=0 10", asm: "rd, rs2", ref: "I 16.5", doc: "rd += rs2", ex: "929a c.add t0, t1", is: "add rd, rd, rs2"},
	{name: "c.fsdsp", enc: "101 uimm[5:3|8:6] rs2 10", asm: "frs2, uimm(sp)", ref: "I 16.3", doc: "64 bits at sp + uimm = rs2", ex: "a416 c.fsdsp ft5, 8(sp)", is: "fsd rs2, uimm(sp)"},
	{name: "c.swsp", enc: "110 uimm[5:2|7:6] rs2 10", asm: "rs2, uimm(sp)", ref: "I 16.3", doc: "32 bits at sp + uimm = rs2", ex: "c416 c.swsp t0, 8(sp)", is: "sw rs2, uimm(sp)"},
	{name: "c.sdsp", enc: "111 uimm[5:3|8:6] rs2 10", asm: "rs2, uimm(sp)", ref: "I 16.3", doc: "64 bits at sp + uimm = rs2", ex: "e416 c.sdsp t0, 8(sp)", is: "sd rs2, uimm(sp)"},
}
