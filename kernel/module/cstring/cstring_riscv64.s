#include "textflag.h"

// Arguments in a0 to a2 (X10 to X12), result in a0, return address in ra (X1).
// Scratch: t0 to t2 (X5 to X7), t3 to t5 (X28 to X30).

// void *memmove(void *dst, const void *src, size_t n); memcpy is the same.
TEXT ·memmove(SB), NOSPLIT|NOFRAME, $0-0
	MOV	X10, X5
	SUB	X11, X10, X6 // dst - src: below n as unsigned, if dst begins inside src
	BLTU	X6, X12, backward
	OR	X10, X11, X7
	ANDI	$7, X7
	BNE	X7, X0, bytes
	MOV	$8, X28
words:
	BLTU	X12, X28, bytes
	MOV	(X11), X7
	MOV	X7, (X5)
	ADDI	$8, X11
	ADDI	$8, X5
	ADDI	$-8, X12
	JMP	words
bytes:
	BEQ	X12, X0, done
	MOVBU	(X11), X7
	MOVB	X7, (X5)
	ADDI	$1, X11
	ADDI	$1, X5
	ADDI	$-1, X12
	JMP	bytes
backward:
	ADD	X12, X11
	ADD	X12, X5
down:
	BEQ	X12, X0, done
	ADDI	$-1, X11
	ADDI	$-1, X5
	ADDI	$-1, X12
	MOVBU	(X11), X7
	MOVB	X7, (X5)
	JMP	down
done:
	RET

// void *memset(void *s, int c, size_t n)
TEXT ·memset(SB), NOSPLIT|NOFRAME, $0-0
	MOV	X10, X5
	MOVBU	X11, X6
	SLLI	$8, X6, X7 // the byte, eight times
	OR	X7, X6
	SLLI	$16, X6, X7
	OR	X7, X6
	SLLI	$32, X6, X7
	OR	X7, X6
	MOV	$8, X28
head:
	ANDI	$7, X5, X7
	BEQ	X7, X0, words
	BEQ	X12, X0, done
	MOVB	X6, (X5)
	ADDI	$1, X5
	ADDI	$-1, X12
	JMP	head
words:
	BLTU	X12, X28, tail
	MOV	X6, (X5)
	ADDI	$8, X5
	ADDI	$-8, X12
	JMP	words
tail:
	BEQ	X12, X0, done
	MOVB	X6, (X5)
	ADDI	$1, X5
	ADDI	$-1, X12
	JMP	tail
done:
	RET

// int memcmp(const void *a, const void *b, size_t n)
TEXT ·memcmp(SB), NOSPLIT|NOFRAME, $0-0
loop:
	BEQ	X12, X0, equal
	MOVBU	(X10), X5
	MOVBU	(X11), X6
	BNE	X5, X6, differ
	ADDI	$1, X10
	ADDI	$1, X11
	ADDI	$-1, X12
	JMP	loop
differ:
	SUB	X6, X5, X10
	RET
equal:
	MOV	X0, X10
	RET

// size_t strlen(const char *s)
TEXT ·strlen(SB), NOSPLIT|NOFRAME, $0-0
	MOV	X10, X5
loop:
	MOVBU	(X5), X6
	BEQ	X6, X0, end
	ADDI	$1, X5
	JMP	loop
end:
	SUB	X10, X5, X10
	RET

// int strcmp(const char *a, const char *b)
TEXT ·strcmp(SB), NOSPLIT|NOFRAME, $0-0
loop:
	MOVBU	(X10), X5
	MOVBU	(X11), X6
	BNE	X5, X6, differ
	BEQ	X5, X0, differ
	ADDI	$1, X10
	ADDI	$1, X11
	JMP	loop
differ:
	SUB	X6, X5, X10
	RET

// int strncmp(const char *a, const char *b, size_t n)
TEXT ·strncmp(SB), NOSPLIT|NOFRAME, $0-0
loop:
	BEQ	X12, X0, equal
	MOVBU	(X10), X5
	MOVBU	(X11), X6
	BNE	X5, X6, differ
	BEQ	X5, X0, equal
	ADDI	$1, X10
	ADDI	$1, X11
	ADDI	$-1, X12
	JMP	loop
differ:
	SUB	X6, X5, X10
	RET
equal:
	MOV	X0, X10
	RET

// char *strcpy(char *dst, const char *src)
TEXT ·strcpy(SB), NOSPLIT|NOFRAME, $0-0
	MOV	X10, X5
loop:
	MOVBU	(X11), X6
	MOVB	X6, (X5)
	ADDI	$1, X11
	ADDI	$1, X5
	BNE	X6, X0, loop
	RET

// func entries() (memmove, memset, memcmp, strlen, strcmp, strncmp, strcpy uintptr)
TEXT ·entries(SB), NOSPLIT, $0-56
	MOV	$·memmove(SB), X5
	MOV	X5, memmove+0(FP)
	MOV	$·memset(SB), X5
	MOV	X5, memset+8(FP)
	MOV	$·memcmp(SB), X5
	MOV	X5, memcmp+16(FP)
	MOV	$·strlen(SB), X5
	MOV	X5, strlen+24(FP)
	MOV	$·strcmp(SB), X5
	MOV	X5, strcmp+32(FP)
	MOV	$·strncmp(SB), X5
	MOV	X5, strncmp+40(FP)
	MOV	$·strcpy(SB), X5
	MOV	X5, strcpy+48(FP)
	RET

// func call(fn, a0, a1, a2 uintptr) uintptr
TEXT ·call(SB), NOSPLIT, $0-40
	MOV	fn+0(FP), X5
	MOV	a0+8(FP), X10
	MOV	a1+16(FP), X11
	MOV	a2+24(FP), X12
	CALL	X5
	MOV	X10, ret+32(FP)
	RET
