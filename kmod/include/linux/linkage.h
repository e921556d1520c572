/* linkage.h - how functions are called: the compiler's usual way, which has its
 * arguments on the stack on i386 already.
 */
#ifndef _LINUX_LINKAGE_H
#define _LINUX_LINKAGE_H

#define asmlinkage

#endif
