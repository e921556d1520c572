/* export.h - symbols other modules may use. The macros only note the wish in
 * the section .export_symbol: a label __export_symbol_NAME, and there two
 * strings, the licence and the namespace. The modpost step of the build reads
 * it and makes the tables (linux/export-internal.h); the module that is built
 * has no such section.
 */
#ifndef _LINUX_EXPORT_H
#define _LINUX_EXPORT_H

#include <linux/compiler.h>
#include <linux/stringify.h>

/* A row of the tables that the loader searches. */
struct kernel_symbol {
	unsigned long value;
	const char *name;
	const char *namespace;
};

#define ___EXPORT_SYMBOL(sym, license, ns)				\
	extern __typeof__(sym) sym;					\
	__asm__("	.section \".export_symbol\",\"\",%progbits\n"	\
		"__export_symbol_" #sym ":\n"				\
		"	.asciz \"" license "\"\n"			\
		"	.asciz \"" ns "\"\n"				\
		"	.previous\n")

/* A source file may define it for all its exports. */
#ifdef DEFAULT_SYMBOL_NAMESPACE
#define __EXPORT_NS	__stringify(DEFAULT_SYMBOL_NAMESPACE)
#else
#define __EXPORT_NS	""
#endif

#define EXPORT_SYMBOL(sym)			___EXPORT_SYMBOL(sym, "", __EXPORT_NS)
#define EXPORT_SYMBOL_GPL(sym)			___EXPORT_SYMBOL(sym, "GPL", __EXPORT_NS)
#define EXPORT_SYMBOL_GPL_FUTURE(sym)		___EXPORT_SYMBOL(sym, "GPL future", __EXPORT_NS)
#define EXPORT_UNUSED_SYMBOL(sym)		___EXPORT_SYMBOL(sym, "unused", __EXPORT_NS)
#define EXPORT_UNUSED_SYMBOL_GPL(sym)		___EXPORT_SYMBOL(sym, "unused GPL", __EXPORT_NS)
#define EXPORT_SYMBOL_NS(sym, ns)		___EXPORT_SYMBOL(sym, "", __stringify(ns))
#define EXPORT_SYMBOL_NS_GPL(sym, ns)		___EXPORT_SYMBOL(sym, "GPL", __stringify(ns))

#endif
