/* uapi/linux/input.h - see linux/input.h. */
#include <linux/input.h>
