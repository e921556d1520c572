/* asm/atomic.h - see linux/atomic.h. */
#include <linux/atomic.h>
