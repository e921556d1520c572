package task

import "rv86/kernel/vm"

// interpBase is where the dynamic linker goes.
const interpBase = vm.PIEBase + 512<<20

// hwcap is AT_HWCAP: CPUID leaf 1, EDX, as far as programs may rely on it: FPU,
// TSC, CX8, CMOV, MMX, FXSR, SSE, SSE2.
const hwcap = 1<<0 | 1<<4 | 1<<8 | 1<<15 | 1<<23 | 1<<24 | 1<<25 | 1<<26

// stackAlign is the alignment of a program's first stack pointer (psABI i386
// 2.3).
const stackAlign = 16

// sigReturnCode is what a handler without SA_RESTORER returns to, as in
// Linux's vDSO: for the older frame pop eax; mov eax, sigreturn (119); int
// 0x80; and at rtReturnAt mov eax, rt_sigreturn (173); int 0x80.
var sigReturnCode = []byte{
	0x58, 0xb8, 0x77, 0x00, 0x00, 0x00, 0xcd, 0x80, 0, 0, 0, 0, 0, 0, 0, 0,
	0xb8, 0xad, 0x00, 0x00, 0x00, 0xcd, 0x80,
}

const rtReturnAt = vm.SigPage + 16
