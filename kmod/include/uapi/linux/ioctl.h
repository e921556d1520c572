/* uapi/linux/ioctl.h - see linux/ioctl.h. */
#include <linux/ioctl.h>
