/* asm/stat.h - see linux/stat.h. */
#include <linux/stat.h>
