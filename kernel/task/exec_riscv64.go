package task

import "rv86/kernel/vm"

// interpBase is where the dynamic linker goes.
const interpBase = vm.PIEBase + 1<<32

// hwcap is AT_HWCAP: a bit for each single-letter extension (Linux
// arch/riscv/include/uapi/asm/hwcap.h): I, M, A, F, D, C.
const hwcap = 1<<('I'-'A') | 1<<('M'-'A') | 1<<('A'-'A') | 1<<('F'-'A') | 1<<('D'-'A') | 1<<('C'-'A')

// sigReturnCode is what a handler returns to: li a7, rt_sigreturn (139); ecall.
var sigReturnCode = []byte{0x93, 0x08, 0xb0, 0x08, 0x73, 0x00, 0x00, 0x00}
