/* uapi/linux/stddef.h - see linux/stddef.h. */
#include <linux/stddef.h>
