package bench

// Kind is one benchmark.
type Kind struct {
	Name string
	What string // one line for help and reports
	user bool   // runs in U mode; its calls are served in S mode
	text string
	code string // the PC's, which have no text
	// trap, if not empty, is the S-mode handler.
	trap string
}

// Kinds lists the benchmarks. On entry s0 holds the address of dataSize bytes
// of memory, all zero; registers other than s0 are undefined.
var Kinds = []Kind{
	{
		Name: "integer", What: "arithmetic, shifts, table look-ups, branches and calls",
		text: `
			li a0, 88172645463325252
		outer:
			li a1, 1024
		loop:
			slli t0, a0, 13         # xorshift64: the stream of pseudo-random numbers
			xor a0, a0, t0
			srli t0, a0, 7
			xor a0, a0, t0
			slli t0, a0, 17
			xor a0, a0, t0
			andi t1, a0, 2040       # one of 256 table entries
			add t1, t1, s0
			ld t2, 0(t1)
			add t2, t2, a0
			sd t2, 0(t1)
			andi t3, a1, 3
			bne t3, zero, other
			mul a2, a2, a0
			addi a2, a2, 1
		other:
			add a3, t2, zero
			jal ra, mix
			addi a1, a1, -1
			bne a1, zero, loop
			jal zero, outer
		mix:
			srli a4, a3, 32
			addw a5, a3, a4
			sltu a6, a5, a3
			sub a3, a5, a6
			and a7, a3, a4
			or a3, a7, a5
			jalr zero, 0(ra)
		`,
	},
	{
		Name: "memory", What: "copying 8 MiB, then single accesses all over 16 MiB",
		text: `
			li s1, 0x800000         # half the data
			li s2, 0xfffff8         # mask of an aligned offset into it
			li s3, 6364136223846793005
		outer:
			add a0, s0, zero
			add a1, s0, s1
			add a2, a1, zero
		copy:
			ld t0, 0(a0)
			ld t1, 8(a0)
			ld t2, 16(a0)
			ld t3, 24(a0)
			sd t0, 0(a1)
			sd t1, 8(a1)
			sd t2, 16(a1)
			sd t3, 24(a1)
			addi a0, a0, 32
			addi a1, a1, 32
			bltu a0, a2, copy
			li a3, 100000
		hop:
			mul a4, a4, s3          # a linear congruential generator (Knuth, MMIX)
			addi a4, a4, 1442
			srli t0, a4, 24
			and t0, t0, s2
			add t0, t0, s0
			ld t1, 0(t0)
			add t1, t1, a4
			sd t1, 0(t0)
			addi a3, a3, -1
			bne a3, zero, hop
			jal zero, outer
		`,
	},
	{
		Name: "float", What: "double precision: dot products, division, conversions, comparisons",
		text: `
			add a0, s0, zero
			li a1, 512
		fill:                       # 1.0, 1.5, 2.0 ... so that products stay finite
			fcvt.d.l ft0, a1
			li t0, 3
			fcvt.d.l ft1, t0
			fdiv.d ft0, ft0, ft1
			fsd ft0, 0(a0)
			addi a0, a0, 8
			addi a1, a1, -1
			bne a1, zero, fill
		outer:
			add a0, s0, zero
			addi a1, s0, 2000
			li a2, 250
			fmv.d.x fa0, zero
			fmv.d.x fa1, zero
		loop:
			fld ft0, 0(a0)
			fld ft1, 0(a1)
			fmadd.d fa0, ft0, ft1, fa0
			fadd.d ft2, ft0, ft1
			fmul.d ft3, ft2, ft0
			fsub.d fa1, ft3, fa1
			flt.d t0, fa0, fa1
			add a3, a3, t0
			addi a0, a0, 8
			addi a1, a1, 8
			addi a2, a2, -1
			bne a2, zero, loop
			fdiv.d fa2, fa0, fa1
			fcvt.l.d t1, fa2, rtz
			add a4, a4, t1
			jal zero, outer
		`,
	},
	{
		Name: "traps", What: "system calls: from U mode to S mode and back", user: true,
		text: `
		loop:
			addi a0, a0, 1
			ecall
			jal zero, loop
		`,
		trap: `
			csrrw t0, sscratch, t0
			csrrs t0, sepc, zero
			addi t0, t0, 4
			csrrw zero, sepc, t0
			csrrw t0, sscratch, t0
			sret
		`,
	},
	{
		Name: "branchy", What: "unpredictable branches and indirect jumps",
		text: `
			li a0, 88172645463325252
		loop:
			slli t0, a0, 13
			xor a0, a0, t0
			srli t0, a0, 7
			xor a0, a0, t0
			slli t0, a0, 17
			xor a0, a0, t0
			andi t1, a0, 1
			beq t1, zero, even
			addi a1, a1, 1
			jal zero, second
		even:
			addi a2, a2, 1
		second:
			andi t1, a0, 2
			bne t1, zero, third
			addi a3, a3, 3
		third:
			blt a0, zero, fourth
			xor a4, a4, a0
		fourth:
			andi t1, a0, 0x70       # one of 8 cases of 16 bytes each
			la t2, cases
			add t2, t2, t1
			jalr zero, 0(t2)
		cases:
			addi a5, a5, 1
			xor a5, a5, a0
			add a6, a6, a5
			jal zero, loop
			addi a5, a5, 2
			xor a5, a5, a0
			add a6, a6, a5
			jal zero, loop
			addi a5, a5, 3
			and a5, a5, a0
			add a6, a6, a5
			jal zero, loop
			addi a5, a5, 4
			or a5, a5, a0
			add a6, a6, a5
			jal zero, loop
			addi a5, a5, 5
			sub a5, a5, a0
			add a6, a6, a5
			jal zero, loop
			addi a5, a5, 6
			add a5, a5, a0
			add a6, a6, a5
			jal zero, loop
			addi a5, a5, 7
			sll a5, a5, a0
			add a6, a6, a5
			jal zero, loop
			addi a5, a5, 8
			srl a5, a5, a0
			add a6, a6, a5
			jal zero, loop
		`,
	},
}
