// From reset to the first Go code of the nucleus, and the machine-mode shim.
// Frame offsets come from go_asm.h.
#include "textflag.h"
#include "go_asm.h"
#include "asm_riscv64.h"

// The linker's entry point, in M-mode: a1 = device tree. The startup code of
// images/kernelimg has let hart 0 alone come here, and has set the PMP up.
TEXT _kernel_entry(SB),NOSPLIT|NOFRAME,$0
	MOV	A1, S1
	// The probe below may trap: mtvec then leads to what follows it.
	// menvcfg.STCE turns Sstc on where it exists (Sstc 1.0 section 3). Older harts
	// have no menvcfg; others have it, even with the bit, but no stimecmp. Both
	// trap, with s0 still 0.
	MOV	$·bootDelegate(SB), T0
	CSRRW	T0, MTVEC, X0
	MOV	X0, S0
	MOV	$1, T0
	SLL	$63, T0, T0
	CSRRS_MENVCFG_T0
	MOV	$-1, T0
	CSRW_STIMECMP_T0
	MOV	$1, S0
	JMP	·bootDelegate(SB)

TEXT ·bootDelegate(SB),NOSPLIT|NOFRAME,$0
	PCALIGN	$16
	MOV	$·hasSstc(SB), T0
	MOV	S0, (T0)
	MOV	$·mvector(SB), T0
	CSRRW	T0, MTVEC, X0
	MOV	$·mscratch(SB), T0
	CSRRW	T0, MSCRATCH, X0
	MOV	$0xf7ff, T0		// every exception, ecall from S-mode included
	CSRRW	T0, MEDELEG, X0
	MOV	$0x222, T0		// SSI, STI, SEI
	CSRRW	T0, MIDELEG, X0
	MOV	$-1, T0
	CSRRW	T0, MCOUNTEREN, X0	// cycle, time, instret for S-mode
	MOV	X0, T0
	BNE	S0, X0, sstc
	MOV	$0x80, T0		// MTIE: the CLINT's timer, handed on by mvector
sstc:
	CSRRW	T0, MIE, X0
	MOV	$0x1888, T0		// MPP, MPIE, MIE
	CSRRC	T0, MSTATUS, X0
	MOV	$0x4800, T0		// MPP = S, FS = clean
	CSRRS	T0, MSTATUS, X0
	MOV	$·sboot(SB), T0
	CSRRW	T0, MEPC, X0
	MRET

// M-mode, after boot. Two things arrive here: the CLINT's timer on a hart
// without Sstc (silence it and raise SSIP, which S-mode clears itself), and an
// exception that the hart cannot delegate, above all ecall from S-mode
// (hand it to stvec as the hardware would have, Priv. spec 3.1.6.1).
TEXT ·mvector(SB),NOSPLIT|NOFRAME,$0
	PCALIGN	$16
	CSRRW	T0, MSCRATCH, T0
	MOV	T1, 0(T0)
	MOV	T2, 8(T0)
	CSRRS	X0, MCAUSE, T1
	BGE	T1, X0, exception
	MOV	$const_clintMTimeCmp, T1
	MOV	$-1, T2
	MOV	T2, (T1)
	CSRRSI	$2, MIP, X0		// SSIP
out:
	MOV	0(T0), T1
	MOV	8(T0), T2
	CSRRW	T0, MSCRATCH, T0
	MRET
exception:
	CSRRW	T1, SCAUSE, X0
	CSRRS	X0, MEPC, T1
	CSRRW	T1, SEPC, X0
	CSRRS	X0, MTVAL, T1
	CSRRW	T1, STVAL, X0
	CSRRS	X0, STVEC, T1
	CSRRW	T1, MEPC, X0
	CSRRS	X0, SSTATUS, T1		// SPIE = SIE; SIE = 0; SPP = (MPP == S)
	AND	$2, T1, T2
	SLL	$4, T2, T2
	AND	$~0x122, T1, T1
	OR	T2, T1, T1
	CSRRS	X0, MSTATUS, T2
	SRL	$3, T2, T2
	AND	$0x100, T2, T2
	OR	T2, T1, T1
	CSRRW	T1, SSTATUS, X0
	MOV	$0x1800, T1		// MPP = S
	CSRRC	T1, MSTATUS, X0
	MOV	$0x800, T1
	CSRRS	T1, MSTATUS, X0
	JMP	out

// S-mode, paging off, on the boot stack, which later serves as the emergency
// stack of the nucleus.
TEXT ·sboot(SB),NOSPLIT|NOFRAME,$0
	MOV	$·svector(SB), T0
	CSRRW	T0, STVEC, X0
	MOV	$·nestFrame(SB), T0
	CSRRW	T0, SSCRATCH, X0
	MOV	$-1, T0
	CSRRW	T0, SCOUNTEREN, X0	// rdtime and rdinstret in user mode
	MOV	$·bootStack(SB), X2
	MOV	$const_bootStackSize, T0
	ADD	T0, X2
	MOV	$·blankG(SB), g
	SUB	$64, X2
	MOV	S1, 8(X2)
	CALL	·start(SB)
	MOV	16(X2), X31
	JMP	·resume(SB)
