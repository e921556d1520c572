/* asm/hardirq.h - see linux/hardirq.h. */
#include <linux/hardirq.h>
