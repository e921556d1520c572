/* Relocations that compilers seldom make, each at least once. */
	.text
	.globl forms
forms:
	.option rvc
	/* Padding that does its work at full length. */
	c.nop
	.reloc ., R_RISCV_ALIGN, 2
	c.nop
	lui	a0, %hi(data)
	addi	a0, a0, %lo(data)
	sw	a1, %lo(data + 4)(a0)
	/* The low part before the high part, with its own addend 0. */
	j	2f
1:	lw	a2, %pcrel_lo(2f)(a3)
	sw	a2, %pcrel_lo(3f)(a4)
	ret
2:	auipc	a3, %pcrel_hi(data + 8)
3:	auipc	a4, %pcrel_hi(data + 0x7fc)
	j	1b
	.option pic
	la	a7, far_away
	.option nopic
	addi	a7, a7, 1
	call	far_away
	tail	far_away
	jal	forms_end
	beq	a0, a1, forms_end
	.option push
	.option norvc
	bne	a0, a1, forms_end
	j	forms_end
	.option pop
	c.beqz	a0, forms_end
	c.j	forms_end
	.reloc ., R_RISCV_RVC_BRANCH, forms_end
	.2byte	0xc101			/* c.beqz a0 */
	.reloc ., R_RISCV_RVC_JUMP, forms_end
	.2byte	0xa001			/* c.j */
	.reloc ., R_RISCV_BRANCH, forms_end
	.4byte	0x00b50063		/* beq a0, a1 */
	.reloc ., R_RISCV_JAL, forms_end
	.4byte	0x000000ef		/* jal ra */
forms_end:
	ret

	.data
	.align	3
data:	.dword	data, far_away, data + 0x123456789
	.word	forms - data
	.reloc ., R_RISCV_32_PCREL, far_away + 4
	.word	0
	.reloc ., R_RISCV_SET8, data + 1
	.byte	0
	.reloc ., R_RISCV_SET16, data + 1
	.2byte	0
	.reloc ., R_RISCV_SET6, data + 1
	.byte	0xc0
	.reloc ., R_RISCV_SUB6, data
	.byte	0xff
	.reloc ., R_RISCV_SET32, far_away
	.word	0
	.reloc ., R_RISCV_ADD8, data + 9
	.reloc ., R_RISCV_SUB8, data
	.byte	100
	.reloc ., R_RISCV_ADD16, data + 0x1234
	.reloc ., R_RISCV_SUB16, data
	.2byte	100
	.reloc ., R_RISCV_ADD32, far_away
	.reloc ., R_RISCV_SUB32, data
	.word	100
	.reloc ., R_RISCV_ADD64, far_away
	.reloc ., R_RISCV_SUB64, data
	.dword	100
	.reloc ., R_RISCV_32, absolute
	.word	0
	.space	0x1000
	.globl	absolute
absolute = 0x89abcdef
