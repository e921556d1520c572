/* uapi/linux/limits.h - see linux/limits.h. */
#include <linux/limits.h>
