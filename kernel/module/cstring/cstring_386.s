#include "textflag.h"

// Arguments on the stack above the return address, result in AX. Scratch: AX,
// CX, DX; the other registers are the caller's (System V ABI i386, 2.2.1).

// void *memmove(void *dst, const void *src, size_t n); memcpy is the same.
TEXT ·memmove(SB), NOSPLIT|NOFRAME, $0-0
	PUSHL	SI
	PUSHL	DI
	MOVL	12(SP), DI
	MOVL	16(SP), SI
	MOVL	20(SP), CX
	MOVL	DI, AX
	MOVL	DI, DX
	SUBL	SI, DX // dst - src: below n as unsigned, if dst begins inside src
	CMPL	DX, CX
	JCS	backward
	MOVL	CX, DX
	SHRL	$2, CX
	REP; MOVSL
	MOVL	DX, CX
	ANDL	$3, CX
	REP; MOVSB
	JMP	done
backward:
	LEAL	-1(DI)(CX*1), DI
	LEAL	-1(SI)(CX*1), SI
	STD
	REP; MOVSB
	CLD
done:
	POPL	DI
	POPL	SI
	RET

// void *memset(void *s, int c, size_t n)
TEXT ·memset(SB), NOSPLIT|NOFRAME, $0-0
	PUSHL	DI
	MOVL	8(SP), DI
	MOVBLZX	12(SP), AX
	IMULL	$0x01010101, AX // the byte, four times
	MOVL	16(SP), CX
	MOVL	CX, DX
	SHRL	$2, CX
	REP; STOSL
	MOVL	DX, CX
	ANDL	$3, CX
	REP; STOSB
	POPL	DI
	MOVL	4(SP), AX
	RET

// int memcmp(const void *a, const void *b, size_t n)
TEXT ·memcmp(SB), NOSPLIT|NOFRAME, $0-0
	PUSHL	SI
	PUSHL	DI
	MOVL	12(SP), SI
	MOVL	16(SP), DI
	MOVL	20(SP), CX
	XORL	AX, AX
	XORL	DX, DX
loop:
	TESTL	CX, CX
	JEQ	equal
	MOVBLZX	(SI), AX
	MOVBLZX	(DI), DX
	INCL	SI
	INCL	DI
	DECL	CX
	CMPL	AX, DX
	JEQ	loop
equal:	// the last two bytes, or nothing at all
	SUBL	DX, AX
	POPL	DI
	POPL	SI
	RET

// size_t strlen(const char *s)
TEXT ·strlen(SB), NOSPLIT|NOFRAME, $0-0
	MOVL	4(SP), AX
loop:
	CMPB	(AX), $0
	JEQ	end
	INCL	AX
	JMP	loop
end:
	SUBL	4(SP), AX
	RET

// int strcmp(const char *a, const char *b)
TEXT ·strcmp(SB), NOSPLIT|NOFRAME, $0-0
	MOVL	4(SP), CX
	MOVL	8(SP), DX
	PUSHL	BX
loop:
	MOVBLZX	(CX), AX
	MOVBLZX	(DX), BX
	INCL	CX
	INCL	DX
	CMPL	AX, BX
	JNE	differ
	TESTL	AX, AX
	JNE	loop
differ:
	SUBL	BX, AX
	POPL	BX
	RET

// int strncmp(const char *a, const char *b, size_t n)
TEXT ·strncmp(SB), NOSPLIT|NOFRAME, $0-0
	PUSHL	BX
	PUSHL	SI
	MOVL	12(SP), CX
	MOVL	16(SP), DX
	MOVL	20(SP), SI
	XORL	AX, AX
	XORL	BX, BX
loop:
	TESTL	SI, SI
	JEQ	differ
	MOVBLZX	(CX), AX
	MOVBLZX	(DX), BX
	INCL	CX
	INCL	DX
	DECL	SI
	CMPL	AX, BX
	JNE	differ
	TESTL	AX, AX
	JNE	loop
differ:
	SUBL	BX, AX
	POPL	SI
	POPL	BX
	RET

// char *strcpy(char *dst, const char *src)
TEXT ·strcpy(SB), NOSPLIT|NOFRAME, $0-0
	MOVL	4(SP), DX
	MOVL	8(SP), CX
loop:
	MOVB	(CX), AL
	MOVB	AL, (DX)
	INCL	CX
	INCL	DX
	TESTB	AL, AL
	JNE	loop
	MOVL	4(SP), AX
	RET

// func entries() (memmove, memset, memcmp, strlen, strcmp, strncmp, strcpy uintptr)
TEXT ·entries(SB), NOSPLIT, $0-28
	MOVL	$·memmove(SB), AX
	MOVL	AX, memmove+0(FP)
	MOVL	$·memset(SB), AX
	MOVL	AX, memset+4(FP)
	MOVL	$·memcmp(SB), AX
	MOVL	AX, memcmp+8(FP)
	MOVL	$·strlen(SB), AX
	MOVL	AX, strlen+12(FP)
	MOVL	$·strcmp(SB), AX
	MOVL	AX, strcmp+16(FP)
	MOVL	$·strncmp(SB), AX
	MOVL	AX, strncmp+20(FP)
	MOVL	$·strcpy(SB), AX
	MOVL	AX, strcpy+24(FP)
	RET

// func call(fn, a0, a1, a2 uintptr) uintptr
TEXT ·call(SB), NOSPLIT, $12-20
	MOVL	a0+4(FP), AX
	MOVL	AX, 0(SP)
	MOVL	a1+8(FP), AX
	MOVL	AX, 4(SP)
	MOVL	a2+12(FP), AX
	MOVL	AX, 8(SP)
	MOVL	fn+0(FP), CX
	CALL	CX
	MOVL	AX, ret+16(FP)
	RET
