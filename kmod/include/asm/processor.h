/* asm/processor.h - see linux/processor.h. */
#include <linux/processor.h>
