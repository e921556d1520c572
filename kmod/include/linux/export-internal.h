/* export-internal.h - the export tables, as the generated NAME.mod.c fills them.
 * A row of a __ksymtab section is a struct kernel_symbol; the section of CRCs
 * that goes with it has 32 bits for each row, in the same order.
 */
#ifndef _LINUX_EXPORT_INTERNAL_H
#define _LINUX_EXPORT_INTERNAL_H

#include <linux/compiler.h>
#include <linux/types.h>

#if __SIZEOF_POINTER__ == 8
#define __KSYM_WORD ".dword"
#define __KSYM_ALIGN "8"
#else
#define __KSYM_WORD ".long"
#define __KSYM_ALIGN "4"
#endif

#define KSYMTAB(sym, sec, ns)							\
	__asm__("	.section \"__ksymtab_strings\",\"a\",%progbits\n"	\
		"__kstrtab_" #sym ":\n"						\
		"	.asciz \"" #sym "\"\n"					\
		"__kstrtabns_" #sym ":\n"					\
		"	.asciz \"" ns "\"\n"					\
		"	.previous\n"						\
		"	.section \"" sec "\",\"a\",%progbits\n"			\
		"	.balign " __KSYM_ALIGN "\n"				\
		"__ksymtab_" #sym ":\n"						\
		"	" __KSYM_WORD " " #sym "\n"				\
		"	" __KSYM_WORD " __kstrtab_" #sym "\n"			\
		"	" __KSYM_WORD " __kstrtabns_" #sym "\n"			\
		"	.previous\n")

#define SYMBOL_CRC(sym, crc, sec)						\
	__asm__("	.section \"" sec "\",\"a\",%progbits\n"			\
		"	.balign 4\n"						\
		"__crc_" #sym ":\n"						\
		"	.long " #crc "\n"					\
		"	.previous\n")

#endif
