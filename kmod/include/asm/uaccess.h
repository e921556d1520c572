/* asm/uaccess.h - see linux/uaccess.h. */
#include <linux/uaccess.h>
