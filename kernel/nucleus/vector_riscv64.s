// The supervisor trap vector, its return path, and Run.
//
// sscratch always holds the frame of what runs now: the current thread's, a
// foreign Frame while Run is at it, or nestFrame while the nucleus itself
// runs. The vector saves there and never touches the interrupted stack, which
// is why kernel stacks may be demand-paged.
#include "textflag.h"
#include "go_asm.h"
#include "asm_riscv64.h"

// PCALIGN keeps the vector on a line of its own (stvec wants 4 bytes).
TEXT ·svector(SB),NOSPLIT|NOFRAME,$0
	PCALIGN	$64
	CSRRW	X31, SSCRATCH, X31
	SAVE_X(X31)
	MOV	$·nestFrame(SB), T0
	CSRRW	T0, SSCRATCH, T1
	MOV	T1, 248(X31)
	CSRRS	X0, SEPC, T1
	MOV	T1, 0(X31)
	CSRRS	X0, SCAUSE, T1
	MOV	T1, frame_Cause(X31)
	CSRRS	X0, STVAL, T1
	MOV	T1, frame_Tval(X31)
	CSRRS	X0, SSTATUS, T2
	MOV	T2, frame_Status(X31)
	MOV	frame_kind(X31), T1
	BNE	T1, X0, foreign
	BEQ	T0, X31, nested
	MOV	·nucStackTop(SB), X2
	JMP	call
nested:	// a fault of the nucleus itself: go on below it, unless its stack is
	// what gave out
	MOV	·nucStackLow(SB), T1
	BGEU	X2, T1, call
	MOV	$·bootStack(SB), X2
	MOV	$const_bootStackSize, T0
	ADD	T0, X2
call:
	MOV	$·blankG(SB), g
	SUB	$256, X2
	MOV	X31, 8(X2)
	CALL	·trap(SB)
	MOV	16(X2), X31
	JMP	·resume(SB)

foreign:	// make Run return to its goroutine; T2 = sstatus
	SRL	$13, T2, T2
	AND	$3, T2, T2
	MOV	$3, T1
	BNE	T1, T2, clean
	ADD	$frame_F, X31, T0
	SAVE_F(T0)
	CSRRS	X0, FCSR, T1
	MOV	T1, frame_FCSR(X31)
	MOV	$·fpOwner(SB), T0
	MOV	X31, (T0)
clean:
	CSRRS	X0, FCSR, T1		// the kernel rounds to nearest, flags clear
	BEQ	T1, X0, fcsrZero
	CSRRW	X0, FCSR, X0
	MOV	$·fpOwner(SB), T0
	MOV	X0, (T0)
fcsrZero:
	MOV	$0x2000, T1		// FS: dirty to clean; the goroutine's own
	CSRRC	T1, SSTATUS, X0		// registers are dead across its call of Run
	MOV	·cur(SB), T0
	CSRRW	T0, SSCRATCH, X0
	MOV	Frame_ksp(X31), X2
	MOV	Frame_kg(X31), g
	MOV	Frame_kra(X31), X1
	CSRRSI	$2, SSTATUS, X0		// a pending interrupt now traps as the thread's
	RET

// resume goes on with the thread's (or the nucleus') frame in X31.
TEXT ·resume(SB),NOSPLIT|NOFRAME,$0
	CSRRW	X31, SSCRATCH, X0
	MOV	0(X31), T0
	CSRRW	T0, SEPC, X0
	MOV	frame_Status(X31), T0
	CSRRW	T0, SSTATUS, X0
	LOAD_X(X31)
	SRET

// func Run(f *Frame)
TEXT ·Run(SB),NOSPLIT|NOFRAME,$0-8
	MOV	f+0(FP), X31
	MOV	0(X31), T0		// also brings the page in: svector must not fault
	MOV	X2, Frame_ksp(X31)
	MOV	g, Frame_kg(X31)
	MOV	X1, Frame_kra(X31)
	MOV	Frame_satp(X31), T1	// and its last page
	CSRRCI	$2, SSTATUS, T2		// interrupts off until sret
	CSRRW	T0, SEPC, X0
	// Is the floating point unit's content f's, and untouched since?
	MOV	·fpOwner(SB), T0
	BNE	T0, X31, load
	SRL	$13, T2, T2
	AND	$3, T2, T2
	MOV	$3, T0
	BNE	T0, T2, loaded
load:
	ADD	$frame_F, X31, T0
	LOAD_F(T0)
	MOV	frame_FCSR(X31), T0
	CSRRW	T0, FCSR, X0
	MOV	$·fpOwner(SB), T0
	MOV	X31, (T0)
loaded:
	MOV	frame_Status(X31), T0
	MOV	$0x2000, T2		// FS = clean: what is written from here on shows
	OR	T2, T0, T0
	XOR	T2, T0, T0
	CSRRW	T0, SSTATUS, X0
	// All roots share the kernel's part, which is global: the goroutine may go
	// on under any of them, and a switch flushes the user's part only.
	CSRRS	X0, SATP, T0
	BEQ	T0, T1, same
	CSRRW	T1, SATP, X0
	MOV	X0, T0
	SFENCE_ASID_T0
same:
	CSRRW	X31, SSCRATCH, X0
	LOAD_X(X31)
	SRET
