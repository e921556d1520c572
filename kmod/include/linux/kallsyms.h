/* kallsyms.h - addresses and names. */
#ifndef _LINUX_KALLSYMS_H
#define _LINUX_KALLSYMS_H

#define KSYM_NAME_LEN	512
#define KSYM_SYMBOL_LEN	(KSYM_NAME_LEN + 64)

/* "module:name" names a symbol of that module; 0 if there is none. */
unsigned long kallsyms_lookup_name(const char *name);
/* Writes "function+0x10/0x40 [module]". */
int sprint_symbol(char *buffer, unsigned long address);

#endif
