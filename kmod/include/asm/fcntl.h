/* asm/fcntl.h - see linux/fcntl.h. */
#include <linux/fcntl.h>
