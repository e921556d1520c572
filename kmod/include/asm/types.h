/* asm/types.h - see linux/types.h. */
#include <linux/types.h>
