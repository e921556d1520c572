// Access to registers, ports and symbols: a few instructions each.
#include "textflag.h"
#include "go_asm.h"
#include "asm_386.h"

// func Call(n, a0, a1, a2, a3, a4, a5 uintptr) uintptr
TEXT ·Call(SB),NOSPLIT,$0-32
	MOVL	n+0(FP), AX
	MOVL	a0+4(FP), BX
	MOVL	a1+8(FP), CX
	MOVL	a2+12(FP), DX
	MOVL	a3+16(FP), SI
	MOVL	a4+20(FP), DI
	MOVL	a5+24(FP), BP
	INT	$0x80
	MOVL	AX, ret+28(FP)
	RET

// func fpSave(p uintptr)
TEXT ·fpSave(SB),NOSPLIT,$0-4
	MOVL	p+0(FP), AX
	FXSAVE_AX
	RET

// func fpLoad(p uintptr)
TEXT ·fpLoad(SB),NOSPLIT,$0-4
	MOVL	p+0(FP), AX
	FXRSTOR_AX
	RET

// func intrOff() uintptr: the old EFLAGS
TEXT ·intrOff(SB),NOSPLIT,$0-4
	PUSHFL
	POPL	AX
	CLI
	MOVL	AX, ret+0(FP)
	RET

// func intrRestore(flags uintptr)
TEXT ·intrRestore(SB),NOSPLIT,$0-4
	MOVL	flags+0(FP), AX
	TESTL	$const_FlagIF, AX
	JEQ	off
	STI
off:
	RET

// func setCR3(v uintptr)
TEXT ·setCR3(SB),NOSPLIT,$0-4
	MOVL	v+0(FP), AX
	MOVL	AX, CR3
	RET

// func setCR4(v uintptr)
TEXT ·setCR4(SB),NOSPLIT,$0-4
	MOVL	v+0(FP), AX
	MOVL	AX, CR4
	RET

// func getCR0() uintptr
TEXT ·getCR0(SB),NOSPLIT,$0-4
	MOVL	CR0, AX
	MOVL	AX, ret+0(FP)
	RET

// func getCR4() uintptr
TEXT ·getCR4(SB),NOSPLIT,$0-4
	MOVL	CR4, AX
	MOVL	AX, ret+0(FP)
	RET

// func getCR2() uintptr
TEXT ·getCR2(SB),NOSPLIT,$0-4
	MOVL	CR2, AX
	MOVL	AX, ret+0(FP)
	RET

// func hasPGE() bool: CPUID leaf 1, EDX bit 13
TEXT ·hasPGE(SB),NOSPLIT,$0-1
	MOVL	$1, AX
	CPUID
	SHRL	$13, DX
	ANDL	$1, DX
	MOVB	DX, ret+0(FP)
	RET

// func FlushPage(va uintptr)
TEXT ·FlushPage(SB),NOSPLIT,$0-4
	MOVL	va+0(FP), AX
	INVLPG_AX
	RET

// func halt() uintptr: the vector of the interrupt that ended it. STI takes
// effect after HLT has begun, so none can slip in between (SDM 2 STI).
TEXT ·halt(SB),NOSPLIT,$0-4
	MOVL	$1, ·halted(SB)
	STI
	HLT
	CLI
	MOVL	·halted(SB), AX
	MOVL	$0, ·halted(SB)
	MOVL	AX, ret+0(FP)
	RET

// func Instret() uint64
TEXT ·Instret(SB),NOSPLIT,$0-8
	RDTSC
	MOVL	AX, ret_lo+0(FP)
	MOVL	DX, ret_hi+4(FP)
	RET

// func symbols() (rt0, exitThread, common, fault, foreignFault, text, dbgvars uintptr)
TEXT ·symbols(SB),NOSPLIT,$0-28
	MOVL	$_rt0_386_linux(SB), AX
	MOVL	AX, rt0+0(FP)
	MOVL	$runtime·exitThread(SB), AX
	MOVL	AX, exitThread+4(FP)
	MOVL	$·vector(SB), AX
	MOVL	AX, common+8(FP)
	MOVL	$·doubleFaultEntry(SB), AX
	MOVL	AX, fault+12(FP)
	MOVL	$·foreignFaultEntry(SB), AX
	MOVL	AX, foreignFault+16(FP)
	MOVL	$runtime·text(SB), AX
	MOVL	AX, text+20(FP)
	MOVL	$runtime·dbgvars(SB), AX
	MOVL	AX, dbgvars+24(FP)
	RET

// func goTables() (text, pclntab, epclntab uintptr)
TEXT ·goTables(SB),NOSPLIT,$0-12
	MOVL	$runtime·text(SB), AX
	MOVL	AX, text+0(FP)
	MOVL	$runtime·pclntab(SB), AX
	MOVL	AX, pclntab+4(FP)
	MOVL	$runtime·epclntab(SB), AX
	MOVL	AX, epclntab+8(FP)
	RET

// func inb(port uintptr) uint8
TEXT ·inb(SB),NOSPLIT,$0-5
	MOVL	port+0(FP), DX
	IN_AL_DX
	MOVB	AX, ret+4(FP)
	RET

// func outb(port uintptr, v uint8)
TEXT ·outb(SB),NOSPLIT,$0-5
	MOVL	port+0(FP), DX
	MOVB	v+4(FP), AX
	OUT_DX_AL
	RET

// func outw(port uintptr, v uint16)
TEXT ·outw(SB),NOSPLIT,$0-6
	MOVL	port+0(FP), DX
	MOVW	v+4(FP), AX
	OUT_DX_AX
	RET
