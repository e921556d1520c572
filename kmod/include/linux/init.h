/* init.h - code and data that are only needed until init has returned. */
#ifndef _LINUX_INIT_H
#define _LINUX_INIT_H

#include <linux/compiler.h>

#define __init		__section(".init.text") __cold
#define __initdata	__section(".init.data")
#define __initconst	__section(".init.rodata")
#define __exit		__section(".exit.text") __used __cold
#define __exitdata	__section(".exit.data")
/* These refer to what is freed, and know what they do: modpost is silent. */
#define __ref		__section(".ref.text") noinline
#define __refdata	__section(".ref.data")
#define __refconst	__section(".ref.rodata")

typedef int (*initcall_t)(void);
typedef void (*exitcall_t)(void);

#endif
