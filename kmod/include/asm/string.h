/* asm/string.h - see linux/string.h. */
#include <linux/string.h>
