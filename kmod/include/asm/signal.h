/* asm/signal.h - see linux/signal.h. */
#include <linux/signal.h>
