/* asm/div64.h - see linux/math64.h. */
#include <linux/math64.h>
