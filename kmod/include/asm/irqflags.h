/* asm/irqflags.h - see linux/irqflags.h. */
#include <linux/irqflags.h>
