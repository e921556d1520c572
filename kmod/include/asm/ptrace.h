/* asm/ptrace.h - registers at a probe. */
#ifndef _ASM_PTRACE_H
#define _ASM_PTRACE_H

/* Only the place is known: a probe here is at the beginning of a function of the
 * kernel's. The kernel has the same layout.
 */
struct pt_regs {
#if defined(__riscv)
	unsigned long epc;
#else
	unsigned long ip;
#endif
	unsigned long regs[31];
};

#if defined(__riscv)
#define instruction_pointer(regs)	((regs)->epc)
#else
#define instruction_pointer(regs)	((regs)->ip)
#endif

#endif
