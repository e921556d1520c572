// The way into the nucleus and out of it, and Run.
//
// curFrame always points to the frame of what runs now: the current thread's,
// a foreign Frame while Run is at it, or nestFrame while the nucleus itself
// runs.
//
// From ring 3 the processor finds its stack in the TSS, and Run points it at
// the end of the Frame: the trap saves the registers where they belong. From
// ring 0 it pushes them on the interrupted stack, and they are copied. So
// every stack that ring 0 uses must be mapped down to what is pushed here;
// memory in which stacks lie is therefore never paged on demand.
#include "textflag.h"
#include "go_asm.h"
#include "asm_386.h"

// The vector's stub has pushed an error code, if the processor did not, and
// the vector's number.
TEXT ·vector(SB),NOSPLIT|NOFRAME,$0
	PUSHAL
	TESTB	$3, (R_CS-R_EDI)(SP)
	JNE	user
	CMPL	·halted(SB), $0
	JNE	wakeup
	MOVL	·curFrame(SB), BX
	CLD
	MOVL	SP, SI
	LEAL	R_EDI(BX), DI
	MOVL	$((R_ESP-R_EDI)/4), CX
	REP
	MOVSL
	MOVL	SI, R_ESP(BX)		// ring 0 pushes no stack pointer
	MOVL	CR2, AX
	MOVL	AX, frame_Tval(BX)
	CMPL	frame_kind(BX), $0
	JNE	inRing0
	MOVL	$const_selNucleusTLS, AX
	MOV_GS_AX
	MOVL	$·nestFrame(SB), AX
	CMPL	BX, AX
	JEQ	call			// a fault of the nucleus itself: go on below it
	MOVL	AX, ·curFrame(SB)
	MOVL	·nucStackTop(SB), SP
call:
	SUBL	$16, SP
	MOVL	BX, 0(SP)
	CALL	·trap(SB)
	MOVL	4(SP), BX
	JMP	·resume(SB)

inRing0:	// C code keeps the segments, but a report shows them
	MOV_AX_DS
	MOVL	AX, R_DS(BX)
	MOV_AX_ES
	MOVL	AX, R_ES(BX)
	MOV_AX_FS
	MOVL	AX, R_FS(BX)
	MOV_AX_GS
	MOVL	AX, R_GS(BX)
	MOV_AX_SS
	MOVL	AX, R_SS(BX)
	JMP	·foreignTrap(SB)

wakeup:	// an interrupt while the nucleus waits for one: leave a note, and turn
	// interrupts off again
	MOVL	(R_TRAPNO-R_EDI)(SP), AX
	MOVL	AX, ·halted(SB)
	ANDL	$~const_FlagIF, (R_EFLAGS-R_EDI)(SP)
	POPAL
	ADDL	$8, SP
	IRETL

user:
	PUSH_SEGS
	MOVL	SP, BX			// the whole Frame is filled in
	MOVL	$const_SelKernelData, AX
	MOV_DS_AX
	MOV_ES_AX
	CLD
	MOVL	CR2, AX
	MOVL	AX, frame_Tval(BX)
	JMP	·foreignTrap(SB)

// foreignTrap makes Run return to its goroutine. BX = the frame, filled in.
TEXT ·foreignTrap(SB),NOSPLIT|NOFRAME,$0
	LEAL	frame_F(BX), AX
	FXSAVE_AX
	MOVL	·cur(SB), AX
	MOVL	AX, ·curFrame(SB)
	MOVL	$const_selRuntimeTLS, AX
	MOV_GS_AX
	MOVL	Frame_ksp(BX), SP
	MOVL	R_TRAPNO(BX), AX
	MOVL	AX, CX
	SUBL	$const_vecIRQ, CX
	CMPL	CX, $const_irqSources
	JCS	interrupt
	STI
	RET

interrupt:	// acknowledged, so it must be served: the thread takes it, as if
	// it had come at Run's return
	PUSHFL
	ORL	$const_FlagIF, 0(SP)
	PUSH_CS
	PUSHL	$returned<>(SB)
	PUSHL	$0
	PUSHL	AX
	MOVL	$·vector(SB), CX	// indirectly, or the linker sees a cycle of calls
	JMP	CX

TEXT returned<>(SB),NOSPLIT|NOFRAME,$0
	RET

// resume goes on with the ring 0 frame in BX. IRET within a ring takes no
// stack pointer, so it finds its three words on the target's stack.
TEXT ·resume(SB),NOSPLIT|NOFRAME,$0
	MOVL	$const_selRuntimeTLS, AX
	MOV_GS_AX
	MOVL	R_ESP(BX), DX
	SUBL	$12, DX
	MOVL	R_EIP(BX), AX
	MOVL	AX, 0(DX)
	MOVL	R_CS(BX), AX
	MOVL	AX, 4(DX)
	MOVL	R_EFLAGS(BX), AX
	MOVL	AX, 8(DX)
	MOVL	BX, ·curFrame(SB)	// from here on nothing can fault
	MOVL	DX, R_TRAPNO(BX)	// the word after those that POPAL takes
	LEAL	R_EDI(BX), SP
	POPAL
	POP_SP
	IRETL

// func Run(f *Frame)
TEXT ·Run(SB),NOSPLIT|NOFRAME,$0-4
	MOVL	f+0(FP), BX
	CLI				// until IRET
	MOVL	SP, Frame_ksp(BX)
	// All roots share the kernel's part: the goroutine may go on under any.
	MOVL	Frame_root(BX), AX
	CMPL	AX, ·curRoot(SB)
	JEQ	same
	MOVL	AX, ·curRoot(SB)
	MOVL	AX, CR3
same:
	LEAL	frame_F(BX), AX
	FXRSTOR_AX
	TESTB	$3, R_CS(BX)
	JNE	user
	JMP	·resume(SB)
user:
	MOVL	BX, ·curFrame(SB)
	LEAL	R_END(BX), AX
	MOVL	AX, ·tss+const_tssESP0(SB)
	MOVL	(Frame_TLS+0)(BX), AX
	MOVL	AX, ·gdt+(const_tlsFirst*8+0)(SB)
	MOVL	(Frame_TLS+4)(BX), AX
	MOVL	AX, ·gdt+(const_tlsFirst*8+4)(SB)
	MOVL	(Frame_TLS+8)(BX), AX
	MOVL	AX, ·gdt+(const_tlsFirst*8+8)(SB)
	MOVL	(Frame_TLS+12)(BX), AX
	MOVL	AX, ·gdt+(const_tlsFirst*8+12)(SB)
	MOVL	(Frame_TLS+16)(BX), AX
	MOVL	AX, ·gdt+(const_tlsFirst*8+16)(SB)
	MOVL	(Frame_TLS+20)(BX), AX
	MOVL	AX, ·gdt+(const_tlsFirst*8+20)(SB)
	MOVL	BX, SP
	POP_SEGS
	POPAL
	ADDL	$8, SP			// vector and error code
	IRETL
