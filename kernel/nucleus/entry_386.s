// From the boot loader to the first Go code of the nucleus.
#include "textflag.h"
#include "go_asm.h"
#include "asm_386.h"

// The linker's entry point: EBX = multiboot information (Multiboot Specification
// 3.2). The startup code of images/kernelimg has turned paging on; the first 256
// MiB are mapped where they are and at DirectMap. The boot stack is used until
// the first thread runs.
TEXT _kernel_entry(SB),NOSPLIT|NOFRAME,$0
	LEAL	·bootStack(SB), SP
	ADDL	$const_bootStackSize, SP
	ANDL	$~15, SP
	SUBL	$16, SP
	CALL	·segmentsInit(SB)	// nosplit: there is no g yet
	MOVL	$·gdtr(SB), AX
	LGDT_AX
	PUSHL	$const_SelKernelCode
	PUSHL	$flat<>(SB)
	LRETL

TEXT flat<>(SB),NOSPLIT|NOFRAME,$0
	MOVL	$const_SelKernelData, AX
	MOV_DS_AX
	MOV_ES_AX
	MOV_SS_AX
	XORL	AX, AX
	MOV_FS_AX
	MOVL	$const_selNucleusTLS, AX
	MOV_GS_AX
	BYTE $0xdb; BYTE $0xe3		// fninit
	PUSHL	$const_mxcsrInit
	LDMXCSR_SP
	POPL	AX
	MOVL	BX, 0(SP)
	CALL	·start(SB)
	MOVL	4(SP), BX
	JMP	·resume(SB)

// func loadTables(): interrupt table and task register
TEXT ·loadTables(SB),NOSPLIT,$0
	MOVL	$·idtr(SB), AX
	LIDT_AX
	MOVL	$const_selTSS, AX
	LTR_AX
	RET

// The double fault's task begins here, on a stack of its own, with the error
// code on it (SDM 3 6.15, 7.3). If doubleFault returns, IRET switches back to
// the interrupted task, in the state that doubleFault has given it; the next
// double fault then goes on behind the IRET.
TEXT ·doubleFaultEntry(SB),NOSPLIT|NOFRAME,$0
again:
	CLTS				// a task switch sets CR0.TS
	SUBL	$16, SP
	CALL	·doubleFault(SB)
	ADDL	$20, SP
	IRETL
	JMP	again

// Where that leads: BX = the foreign frame that is at fault.
TEXT ·foreignFaultEntry(SB),NOSPLIT|NOFRAME,$0
	CLTS
	JMP	·foreignTrap(SB)
