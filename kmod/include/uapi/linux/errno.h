/* uapi/linux/errno.h - see linux/errno.h. */
#include <linux/errno.h>
