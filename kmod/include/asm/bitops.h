/* asm/bitops.h - see linux/bitops.h. */
#include <linux/bitops.h>
