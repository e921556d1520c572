/* export.h - symbols other modules may use. A row of the table is {address,
 * name, namespace}; the loader of the other module searches the names.
 */
#ifndef _LINUX_EXPORT_H
#define _LINUX_EXPORT_H

#include <linux/compiler.h>
#include <linux/stringify.h>

struct kernel_symbol {
	unsigned long value;
	const char *name;
	const char *namespace;
};

#define ___EXPORT_SYMBOL(sym, sec, ns)						\
	static const char __kstrtab_##sym[] __used				\
		__section("__ksymtab_strings") __aligned(1) = #sym;		\
	static const struct kernel_symbol __ksymtab_##sym __used		\
		__section(sec) = { (unsigned long)&sym, __kstrtab_##sym, ns }

#define EXPORT_SYMBOL(sym)		___EXPORT_SYMBOL(sym, "__ksymtab", 0)
#define EXPORT_SYMBOL_GPL(sym)		___EXPORT_SYMBOL(sym, "__ksymtab_gpl", 0)
#define EXPORT_SYMBOL_NS(sym, ns)	___EXPORT_SYMBOL(sym, "__ksymtab", __stringify(ns))
#define EXPORT_SYMBOL_NS_GPL(sym, ns)	___EXPORT_SYMBOL(sym, "__ksymtab_gpl", __stringify(ns))

#endif
