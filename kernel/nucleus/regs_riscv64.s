// Access to registers, devices and symbols: one or two instructions each.
#include "textflag.h"
#include "go_asm.h"
#include "asm_riscv64.h"

// func Call(n, a0, a1, a2, a3, a4, a5 uintptr) uintptr
TEXT ·Call(SB),NOSPLIT|NOFRAME,$0-64
	MOV	n+0(FP), A7
	MOV	a0+8(FP), A0
	MOV	a1+16(FP), A1
	MOV	a2+24(FP), A2
	MOV	a3+32(FP), A3
	MOV	a4+40(FP), A4
	MOV	a5+48(FP), A5
	ECALL
	MOV	A0, ret+56(FP)
	RET

// func fpSave(p uintptr): f0..f31, fcsr
TEXT ·fpSave(SB),NOSPLIT|NOFRAME,$0-8
	MOV	p+0(FP), T0
	SAVE_F(T0)
	CSRRS	X0, FCSR, T1
	MOV	T1, 256(T0)
	RET

// func fpLoad(p uintptr)
TEXT ·fpLoad(SB),NOSPLIT|NOFRAME,$0-8
	MOV	p+0(FP), T0
	LOAD_F(T0)
	MOV	256(T0), T1
	CSRRW	T1, FCSR, X0
	RET

// func intrOff() uintptr: the old SIE bit
TEXT ·intrOff(SB),NOSPLIT|NOFRAME,$0-8
	CSRRCI	$2, SSTATUS, T0
	AND	$2, T0, T0
	MOV	T0, ret+0(FP)
	RET

// func intrRestore(sie uintptr)
TEXT ·intrRestore(SB),NOSPLIT|NOFRAME,$0-8
	MOV	sie+0(FP), T0
	CSRRS	T0, SSTATUS, X0
	RET

// func setSatp(v uintptr)
TEXT ·setSatp(SB),NOSPLIT|NOFRAME,$0-8
	MOV	v+0(FP), T0
	CSRRW	T0, SATP, X0
	SFENCE_ALL
	RET

// func getSatp() uintptr
TEXT ·getSatp(SB),NOSPLIT|NOFRAME,$0-8
	CSRRS	X0, SATP, T0
	MOV	T0, ret+0(FP)
	RET

// func Sfence()
TEXT ·Sfence(SB),NOSPLIT|NOFRAME,$0
	SFENCE_ALL
	RET

// func SfencePage(va uintptr)
TEXT ·SfencePage(SB),NOSPLIT|NOFRAME,$0-8
	MOV	va+0(FP), T0
	SFENCE_VA_T0
	RET

// func FenceI()
TEXT ·FenceI(SB),NOSPLIT|NOFRAME,$0
	FENCEI
	RET

// func setSie(v uintptr)
TEXT ·setSie(SB),NOSPLIT|NOFRAME,$0-8
	MOV	v+0(FP), T0
	CSRRW	T0, SIE, X0
	RET

// func setStimecmp(t uintptr)
TEXT ·setStimecmp(SB),NOSPLIT|NOFRAME,$0-8
	MOV	t+0(FP), T0
	CSRW_STIMECMP_T0
	RET

// func clearSoft(): SSIP, the timer as mvector hands it on
TEXT ·clearSoft(SB),NOSPLIT|NOFRAME,$0
	CSRRCI	$2, SIP, X0
	RET

// func wfi() uintptr: sip afterwards
TEXT ·wfi(SB),NOSPLIT|NOFRAME,$0-8
	WFI
	CSRRS	X0, SIP, T0
	MOV	T0, ret+0(FP)
	RET

// func ticks() uintptr
TEXT ·ticks(SB),NOSPLIT|NOFRAME,$0-8
	CSRRS	X0, TIME, T0
	MOV	T0, ret+0(FP)
	RET

// func Instret() uint64
TEXT ·Instret(SB),NOSPLIT|NOFRAME,$0-8
	CSRRS	X0, INSTRET, T0
	MOV	T0, ret+0(FP)
	RET

// The runtime's signal handlers return here (Linux: in the vDSO).
TEXT ·sigReturnStub(SB),NOSPLIT|NOFRAME,$0
	MOV	$139, A7	// rt_sigreturn
	ECALL
	RET

// func symbols() (rt0, sigret, text uintptr)
TEXT ·symbols(SB),NOSPLIT|NOFRAME,$0-24
	MOV	$_rt0_riscv64_linux(SB), T0
	MOV	T0, rt0+0(FP)
	MOV	$·sigReturnStub(SB), T0
	MOV	T0, sigret+8(FP)
	MOV	$runtime·text(SB), T0
	MOV	T0, text+16(FP)
	RET

// func goTables() (text, pclntab, epclntab uintptr)
TEXT ·goTables(SB),NOSPLIT|NOFRAME,$0-24
	MOV	$runtime·text(SB), T0
	MOV	T0, text+0(FP)
	MOV	$runtime·pclntab(SB), T0
	MOV	T0, pclntab+8(FP)
	MOV	$runtime·epclntab(SB), T0
	MOV	T0, epclntab+16(FP)
	RET

// Device registers: never through Go pointers, whose nil checks are extra
// loads (a load of a UART's data register takes a byte out of it).

// func in8(a uintptr) uint8
TEXT ·in8(SB),NOSPLIT|NOFRAME,$0-9
	MOV	a+0(FP), T0
	MOVBU	(T0), T1
	MOVB	T1, ret+8(FP)
	RET

// func out8(a uintptr, v uint8)
TEXT ·out8(SB),NOSPLIT|NOFRAME,$0-9
	MOV	a+0(FP), T0
	MOVBU	v+8(FP), T1
	MOVB	T1, (T0)
	RET

// func in32(a uintptr) uint32
TEXT ·in32(SB),NOSPLIT|NOFRAME,$0-12
	MOV	a+0(FP), T0
	MOVWU	(T0), T1
	MOVW	T1, ret+8(FP)
	RET

// func out32(a uintptr, v uint32)
TEXT ·out32(SB),NOSPLIT|NOFRAME,$0-12
	MOV	a+0(FP), T0
	MOVWU	v+8(FP), T1
	MOVW	T1, (T0)
	RET

// func out64(a, v uintptr)
TEXT ·out64(SB),NOSPLIT|NOFRAME,$0-16
	MOV	a+0(FP), T0
	MOV	v+8(FP), T1
	MOV	T1, (T0)
	RET
