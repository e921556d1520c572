/* asm/bug.h - see linux/bug.h. */
#include <linux/bug.h>
