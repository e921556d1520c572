/* asm/irq.h - see linux/irq.h. */
#include <linux/irq.h>
