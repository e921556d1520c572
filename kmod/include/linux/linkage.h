/* linkage.h - how functions are called. */
#ifndef _LINUX_LINKAGE_H
#define _LINUX_LINKAGE_H

/* All arguments on the stack, where another way could be asked for. */
#if defined(__i386__)
#define asmlinkage	__attribute__((regparm(0)))
#else
#define asmlinkage
#endif

#endif
